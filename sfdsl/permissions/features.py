"""What is not a call of a service: Distributed Maps, roles to take on, logs, traces, keys."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from attrs import field, frozen

from sfdsl.aws.resource import parse
from sfdsl.model.states import ItemReader, Map, ResultWriter
from sfdsl.permissions.arns import expand, fill, pattern
from sfdsl.permissions.collector import Collector
from sfdsl.permissions.services.storage import list_objects
from sfdsl.permissions.statements import Condition, Doubt, Reason, Resource, Statement
from sfdsl.permissions.values import GAP, Value

__all__ = ["Surroundings", "assume_role", "distributed_map", "read_items", "surroundings", "write_results"]

_BUCKET: Final = "arn:${AWS::Partition}:s3:::"


@frozen(kw_only=True)
class Surroundings:
    """What stands around the machine and needs permissions of its role too.

    Attributes:
        logging: Whether it writes logs to CloudWatch Logs.
        log_group: ARN of the log group, with or without `:*` at its end; None where it is not known.
        tracing: Whether it is traced with X-Ray.
        kms_key: ARN of the customer-managed key of the machine, placeholders allowed; None where AWS owns the key.
        data_keys: ARNs of the keys that encrypt the queues, topics, tables, secrets and objects that its states use.
        substitutions: Values of placeholders, where they are known: they are read as if they stood in the definition.
    """

    logging: bool = False
    log_group: str | None = None
    tracing: bool = False
    kms_key: str | None = None
    data_keys: tuple[str, ...] = ()
    substitutions: Mapping[str, str] = field(factory=dict, hash=False)


def distributed_map(needs: Collector, state: Map, machine: str) -> None:
    """Start, follow, stop and redrive the child executions of a Distributed Map.

    The guide names `execution:MACHINE:*`; the ARN of a child has the map's label behind the machine's name as well.

    Source: Step Functions Developer Guide, "IAM policies for using Distributed Map states"; the Service Authorization
    Reference, resource type labelled execution.
    """
    needs.allow(
        "states:StartExecution",
        [Resource(text=expand(f"~states:stateMachine:{machine}"))],
        argument="ItemProcessor",
        why="start the child executions",
    )
    label = pattern(state.label) if state.label else "*"
    children = Resource(text=expand(f"~states:execution:{machine}/{label}:*"))
    needs.allow(
        ("states:DescribeExecution", "states:StopExecution"),
        [
            Resource(text=expand(f"~states:execution:{machine}:*")),
            children,
            Resource(text=expand(f"~states:express:{machine}/{label}:*:*")),
        ],
        argument="ItemProcessor",
        why="follow the child executions, and stop them when the map is stopped",
    )
    needs.allow(
        "states:RedriveExecution", [children], argument="Label", why="redrive the child executions with the map"
    )


def read_items(needs: Collector, reader: ItemReader) -> None:
    """What an ItemReader reads, narrowed to bucket, prefix and key."""
    config = reader.reader_config
    kind = (config.input_type or "").upper() if config is not None else ""
    flattened = config is not None and config.transformation == "LOAD_AND_FLATTEN"
    if needs.call.api == "listObjectsV2":
        list_objects(needs, below=True)
        if flattened:
            _objects(needs, "s3:GetObject", "Prefix", "read the objects that are listed")
        return
    key = needs.get("Key")
    versioned = needs.get("VersionId") is not None
    actions = ["s3:GetObject", *(["s3:GetObjectVersion"] if versioned else [])]
    needs.templates(actions, _BUCKET + "{Bucket}/{Key}", why="read the items")
    if kind in ("MANIFEST", "S3_INVENTORY", "ATHENA_DATA") or (config is not None and config.manifest_type):
        _behind_manifest(needs, key)


def _behind_manifest(needs: Collector, key: Value | None) -> None:
    # The manifest lists the files that hold the items; which ones they are stands in it alone.
    bucket = needs.own("DataBucket", "bucket that holds the files which the manifest lists")
    every = f"{_BUCKET}*/*"
    argument = key.path if key is not None else ""
    needs.remark(Doubt.TO_SUPPLY, bucket, argument=argument, shape=every)
    needs.allow(
        "s3:GetObject",
        [Resource(text=f"{_BUCKET}{bucket}/*", shape=every, open=True)],
        argument=argument,
        why="read the files that the manifest lists",
    )


def _objects(needs: Collector, actions: str | tuple[str, ...], prefix: str, why: str, slash: str = "") -> None:
    value = needs.get(prefix)
    bucket = fill(_BUCKET + "{Bucket}", needs.arguments)
    every = f"{_BUCKET}*/*"
    texts = value.texts if value is not None and value.certain else ("",)
    found = []
    for entry in bucket:
        for text in texts:
            inside = pattern(text.rstrip("/") + "/" if text and slash and not text.endswith(GAP) else text)
            whole = f"{entry.resource.text}/{inside}*".replace("**", "*")
            found.append(Resource(text=whole, shape=every, open=True))
    dynamic = [path for entry in bucket for path in entry.dynamic]
    if value is not None and value.dynamic:
        dynamic.append(value.path)
    if dynamic:
        needs.unknown(actions if isinstance(actions, str) else actions[0], found[0], dynamic[0])
    arguments = [path for entry in bucket for path in entry.arguments]
    if value is not None:
        arguments.append(value.path)
    needs.allow(actions, found, argument=", ".join(dict.fromkeys(arguments)), why=why)


def write_results(needs: Collector, writer: ResultWriter) -> None:
    """What a ResultWriter writes, narrowed to bucket and prefix; nothing where it only shapes the output."""
    if writer.resource is None and not needs.given("Bucket"):
        return
    actions = ("s3:AbortMultipartUpload", "s3:GetObject", "s3:ListMultipartUploadParts", "s3:PutObject")
    _objects(needs, actions, "Prefix", "write the results, in parts where they are long", slash="/")


def assume_role(needs: Collector) -> None:
    """Take on the role of `Credentials`, in whose name the call is made.

    Source: Step Functions Developer Guide, "Accessing resources in other AWS accounts".
    """
    role = needs.get("RoleArn")
    if role is not None and all(text.startswith(GAP) for text in role.texts):
        # Credentials are there to reach other accounts, so that a role that is not known can be in any of them.
        anywhere = "arn:${AWS::Partition}:iam::*:role/*"
        resource = Resource(text=anywhere, shape=anywhere, open=True)
        needs.unknown("sts:AssumeRole", resource, role.path)
        needs.allow("sts:AssumeRole", [resource], argument=role.path, why="act as the role of Credentials")
        return
    needs.templates("sts:AssumeRole", "~iam:role/{RoleArn!}", why="act as the role of Credentials")


# Source: Step Functions Developer Guide, "Logging using CloudWatch Logs", IAM policies.
_LOGS: Final = (
    "logs:CreateLogDelivery",
    "logs:DeleteLogDelivery",
    "logs:DescribeLogGroups",
    "logs:DescribeResourcePolicies",
    "logs:GetLogDelivery",
    "logs:ListLogDeliveries",
    "logs:PutResourcePolicy",
    "logs:UpdateLogDelivery",
)
# Source: Step Functions Developer Guide, "AWS X-Ray and Step Functions", required permissions.
_TRACES: Final = (
    "xray:GetSamplingRules",
    "xray:GetSamplingTargets",
    "xray:PutTelemetryRecords",
    "xray:PutTraceSegments",
)


def surroundings(around: Surroundings, machine: str, *, distributed: bool, writes: bool) -> list[Statement]:
    """The statements that no state needs, but the machine as a whole.

    Source: Step Functions Developer Guide, "Data at rest encryption", "Logging using CloudWatch Logs".
    """
    made = []
    own = expand(f"~states:stateMachine:{machine}")
    if around.logging:
        why = "deliver the logs of the machine"
        made.append(_statement("DeliverLogs", _LOGS, ("*",), (), "logging", why))
        # The documentation gives these two `*` as well; the reference lists a type for them.
        group = around.log_group.removesuffix(":*") if around.log_group else expand("~logs:log-group:*")
        streams = ("logs:CreateLogStream", "logs:PutLogEvents")
        made.append(_statement("WriteLogs", streams, (f"{group}:log-stream:*",), (), "logging", why))
    if around.tracing:
        made.append(_statement("SendTraces", _TRACES, ("*",), (), "tracing", "send the traces of the machine"))
    if around.kms_key is not None:
        machines: tuple[str, ...] = (own, own + "/*") if distributed else (own,)
        context = Condition(
            operator="StringLike" if distributed else "StringEquals",
            key="kms:EncryptionContext:aws:states:stateMachineArn",
            values=machines,
        )
        actions = ("kms:Decrypt", "kms:GenerateDataKey")
        why = "encrypt and decrypt the definition and the executions"
        made.append(_statement("UseMachineKey", actions, (around.kms_key,), (context,), "encryption", why))
        if around.logging:
            logs = Condition(
                operator="StringEquals", key="kms:EncryptionContext:SourceArn", values=(expand("~logs:*"),)
            )
            why = "encrypt the logs on their way"
            key = (around.kms_key,)
            made.append(_statement("EncryptLogs", ("kms:GenerateDataKey",), key, (logs,), "encryption", why))
    if around.data_keys:
        # Results are written in parts where they are long, which needs Encrypt as well.
        actions = ("kms:Decrypt", *(("kms:Encrypt",) if writes else ()), "kms:GenerateDataKey")
        why = "use what is encrypted with the key"
        all_keys = tuple(sorted(around.data_keys))
        made.append(_statement("UseDataKeys", actions, all_keys, (), "encryption", why))
    return made


def _statement(
    sid: str,
    actions: tuple[str, ...],
    resources: tuple[str, ...],
    conditions: tuple[Condition, ...],
    call: str,
    why: str,
) -> Statement:
    reason = Reason(state="", call=call, why=why)
    return Statement(sid=sid, actions=actions, resources=resources, conditions=conditions, reasons=(reason,))


def resource_of(node: ItemReader | ResultWriter) -> str:
    """The API that a reader or writer calls, such as `getObject`; empty where nobody can tell."""
    found = parse(node.resource) if node.resource is not None else None
    return getattr(found, "api", "")
