"""The part of `iam_data.py` for aws-sdk calls: which actions on which resources each operation needs.

Three sources meet here: the exception map and the map from arguments to variables of ARNs (sdk_iam_map.json), the
types of resources of every action (iam_resources.json), and botocore's input shapes, which tell what an operation can
be given.
"""

from __future__ import annotations

import json
import re
import sys
from functools import cache
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from sfdsl.aws._models import model
from sfdsl.aws.naming import api_of, fold, sdk_member
from sfdsl.permissions.arns import ACCOUNT, PARTITION, REGION, expand, split

# Which service a role is passed to, where it is not PREFIX.amazonaws.com.
# Source: the service principals that the documentation of each service gives for its roles.
PRINCIPALS = {
    "application-autoscaling": "application-autoscaling.amazonaws.com",
    "aps": "aps.amazonaws.com",
    "batch": "ecs-tasks.amazonaws.com",
    "codebuild": "codebuild.amazonaws.com",
    "cognito-idp": "cognito-idp.amazonaws.com",
    "dms": "dms.amazonaws.com",
    "ds": "ds.amazonaws.com",
    "ec2": "ec2.amazonaws.com",
    "ecs": "ecs-tasks.amazonaws.com",
    "elasticfilesystem": "elasticfilesystem.amazonaws.com",
    "es": "es.amazonaws.com",
    "iotanalytics": "iotanalytics.amazonaws.com",
    "mediapackage-vod": "mediapackage.amazonaws.com",
    "mobiletargeting": "pinpoint.amazonaws.com",
    "shield": "drt.shield.amazonaws.com",
    "snowball": "importexport.amazonaws.com",
    "workmail": "export.workmail.amazonaws.com",
    "geo": "geo.amazonaws.com",
    "kafkaconnect": "kafkaconnect.amazonaws.com",
    "logs": "logs.amazonaws.com",
    "rds": "rds.amazonaws.com",
    "s3": "s3.amazonaws.com",
    "ses": "ses.amazonaws.com",
    "timestream": "timestream.amazonaws.com",
}
PRINCIPALS_OF_CALLS = {
    "batch:createComputeEnvironment": "batch.amazonaws.com",
    "batch:updateComputeEnvironment": "batch.amazonaws.com",
    "autoscaling:putLifecycleHook": "autoscaling.amazonaws.com",
    "autoscaling:createLaunchConfiguration": "ec2.amazonaws.com",
    "cloudwatchlogs:putSubscriptionFilter": "logs.amazonaws.com",
    "ec2:createFlowLogs": "vpc-flow-logs.amazonaws.com",
    "ecs:createService": "ecs.amazonaws.com",
    "rds:createDBInstance": "monitoring.rds.amazonaws.com",
    "rds:createDBInstanceReadReplica": "monitoring.rds.amazonaws.com",
    "rds:modifyDBInstance": "monitoring.rds.amazonaws.com",
    "rds:startExportTask": "export.rds.amazonaws.com",
    "s3control:createJob": "batchoperations.s3.amazonaws.com",
    "apprunner:createService": "build.apprunner.amazonaws.com",
    "apprunner:updateService": "build.apprunner.amazonaws.com",
    "bedrock:createMarketplaceModelEndpoint": "sagemaker.amazonaws.com",
    "cloudwatch:putMetricStream": "streams.metrics.cloudwatch.amazonaws.com",
    "eventbridge:putTargets": "events.amazonaws.com",
    **{f"lexmodelsv2:{api}": "lexv2.amazonaws.com" for api in ("createBot", "updateBot", "startImport")},
}

# Where neither the map nor a name tells which argument fills a variable: reviewed by hand.
# `=` stands for the wildcard: the argument says that such a resource is used, not which one its ARN will name.
BY_HAND: dict[str, dict[str, list[str]]] = {
    "cloudwatchlogs:filterLogEvents": {"": ["~logs:log-group:{LogGroupName}:*"]},
    "cloudwatchlogs:startQuery": {"": ["~logs:log-group:{LogGroupName}:*"]},
    "dynamodb:describeTable": {"": ["~dynamodb:table/{TableName@}"]},
    "ec2:startInstances": {"": ["~ec2:instance/{InstanceIds[]}"]},
    "ec2:stopInstances": {"": ["~ec2:instance/{InstanceIds[]}"]},
    "ec2:rebootInstances": {"": ["~ec2:instance/{InstanceIds[]}"]},
    "ec2:terminateInstances": {"": ["~ec2:instance/{InstanceIds[]}"]},
    "ec2:deleteTags": {"": ["~ec2:*/{Resources[]}"]},
    "ec2:createTags": {"": ["~ec2:*/{Resources[]}"]},
    "ecs:updateService": {"": ["~ecs:service/{Cluster|default}/{Service@}"]},
    "ecs:deleteService": {"": ["~ecs:service/{Cluster|default}/{Service@}"]},
    "ecs:describeServices": {"": ["~ecs:service/{Cluster|default}/{Services[]@}"]},
    "ecs:describeTasks": {"": ["~ecs:task/{Cluster|default}/{Tasks[]@}"]},
    "ecs:stopTask": {"": ["~ecs:task/{Cluster|default}/{Task@}"]},
    "emr:modifyInstanceGroups": {"": ["~elasticmapreduce:cluster/{ClusterId}"]},
    "emr:terminateJobFlows": {"": ["~elasticmapreduce:cluster/{JobFlowIds[]}"]},
    "emr:addJobFlowSteps": {"": ["~elasticmapreduce:cluster/{JobFlowId}"]},
    "emr:setTerminationProtection": {"": ["~elasticmapreduce:cluster/{JobFlowIds[]}"]},
    "eventbridge:putEvents": {"": ["~events:event-bus/{Entries[].EventBusName@|default}"]},
    "eventbridge:putRule": {"": ["~events:rule/{Name}"]},
    "eventbridge:putTargets": {"": ["~events:rule/{Rule}"]},
    "eventbridge:enableRule": {"": ["~events:rule/{Name}"]},
    "eventbridge:disableRule": {"": ["~events:rule/{Name}"]},
    "eventbridge:deleteRule": {"": ["~events:rule/{Name}"]},
    "eventbridge:describeRule": {"": ["~events:rule/{Name}"]},
    "eventbridge:removeTargets": {"": ["~events:rule/{Rule}"]},
    "eventbridge:listTargetsByRule": {"": ["~events:rule/{Rule}"]},
    "firehose:putRecord": {"": ["~firehose:deliverystream/{DeliveryStreamName}"]},
    "firehose:putRecordBatch": {"": ["~firehose:deliverystream/{DeliveryStreamName}"]},
    "kms:decrypt": {"": ["~kms:key/{KeyId@}"]},
    "kms:encrypt": {"": ["~kms:key/{KeyId@}"]},
    "kms:generateDataKey": {"": ["~kms:key/{KeyId@}"]},
    "kms:describeKey": {"": ["~kms:key/{KeyId@}"]},
    "redshift:pauseCluster": {"": ["~redshift:cluster:{ClusterIdentifier}"]},
    "redshift:resumeCluster": {"": ["~redshift:cluster:{ClusterIdentifier}"]},
    "redshiftdata:cancelStatement": {"": []},
    "s3:copyObject": {
        "s3:PutObject": ["arn:${AWS::Partition}:s3:::{Bucket}/{Key}"],
        "s3:GetObject": ["arn:${AWS::Partition}:s3:::{CopySource/}"],
    },
    "s3:deleteObjects": {"": ["arn:${AWS::Partition}:s3:::{Bucket}/{Delete.Objects[].Key}"]},
    "scheduler:createSchedule": {"": ["~scheduler:schedule/{GroupName|default}/{Name}"]},
    "scheduler:updateSchedule": {"": ["~scheduler:schedule/{GroupName|default}/{Name}"]},
    "scheduler:deleteSchedule": {"": ["~scheduler:schedule/{GroupName|default}/{Name}"]},
    "scheduler:getSchedule": {"": ["~scheduler:schedule/{GroupName|default}/{Name}"]},
    "secretsmanager:getSecretValue": {"": ["~secretsmanager:secret:{SecretId!}-??????"]},
    "secretsmanager:describeSecret": {"": ["~secretsmanager:secret:{SecretId!}-??????"]},
    "secretsmanager:putSecretValue": {"": ["~secretsmanager:secret:{SecretId!}-??????"]},
    "secretsmanager:updateSecret": {"": ["~secretsmanager:secret:{SecretId!}-??????"]},
    "secretsmanager:rotateSecret": {"": ["~secretsmanager:secret:{SecretId!}-??????"]},
    "secretsmanager:deleteSecret": {"": ["~secretsmanager:secret:{SecretId!}-??????"]},
    "secretsmanager:createSecret": {"": ["~secretsmanager:secret:{Name}-??????"]},
    "ssm:getParameter": {"": ["~ssm:parameter/{Name/@}"]},
    "ssm:getParameters": {"": ["~ssm:parameter/{Names[]/@}"]},
    "ssm:putParameter": {"": ["~ssm:parameter/{Name/@}"]},
    "ssm:deleteParameter": {"": ["~ssm:parameter/{Name/@}"]},
    "ssm:getParametersByPath": {"": ["~ssm:parameter/{Path/}", "~ssm:parameter/{Path/}/*"]},
    "ssm:sendCommand": {
        "ssm:SendCommand": ["~ssm:document/{DocumentName@}", "~ec2:instance/{InstanceIds[]}"],
    },
    "ssm:startAutomationExecution": {
        "": [
            "~ssm:automation-definition/{DocumentName}:*",
            "~ssm:automation-execution/*",
            "~ssm:document/{DocumentName}",
        ],
    },
    "stepfunctions:redriveExecution": {"": ["~states:execution:{ExecutionArn!}"]},
}

# These read and write objects in the caller's name; `sfdsl/permissions` derives which ones.
READS_OBJECTS = ("polly", "textract")

# A role that these are told of is looked at or trusted by name, and not handed to the service to act with.
NEVER_PASS = (
    "access-analyzer",
    "auditmanager",
    "emr-containers",
    "iam",
    "ram",
    "rolesanywhere",
    "sso",
    "sts",
    "organizations",
)
PASSED_ROLE = re.compile(
    r"[.{](RoleArn|RoleARN|[A-Za-z]*(Execution|Service|Access|Job|Task)Role(Arn)?|IamRoleArn)[@!]?\}"
)
TAG_MEMBERS = re.compile(r"^(Tags|TagList|TagSpecifications?|TagSet|Tagging|BackupTags|Tag)$")
ROLE_MEMBER = re.compile(r"(role|rolearn|iamrole|serviceiamrole|roleid)$", re.IGNORECASE)
NOT_A_ROLE = re.compile(r"(session|userrole|databaserole|dbrole|assumerolename|lakerole|memberrole)", re.IGNORECASE)


def calls(facts: Path) -> dict[str, Any]:
    """By service of the aws-sdk form: its prefix, its operations, and those that nobody could confirm."""
    mapped = json.loads((facts / "sdk_iam_map.json").read_text())
    reference = json.loads((facts / "iam_resources.json").read_text())
    services: dict[str, Any] = {}
    unlisted = {entry["would_be_named"]: entry["botocore"] for entry in mapped["unlisted_services"]}
    for name, entry in sorted(mapped["services"].items()):
        if entry.get("botocore") is None or entry.get("iam_prefix") is None:
            continue
        services[name] = _service(name, entry["botocore"], entry["iam_prefix"], mapped, reference)
    assert not set(unlisted) & set(services)
    return services


def _service(name: str, botocore: str, prefix: str, mapped: Any, reference: Any) -> dict[str, Any]:
    content = model(botocore)
    if content is None:
        return {"prefix": prefix, "operations": {}}
    unverified = {api_of(operation) for operation in mapped["unverified"].get(name, ())}
    operations: dict[str, Any] = {}
    for operation in sorted(content["operations"]):
        api = api_of(operation)
        if operation in mapped["services"][name]["unsupported_operations"]:
            continue
        call = _Call(name, api, operation, content, prefix, mapped, reference)
        if api in unverified and f"{name}:{api}" not in mapped["exceptions"]:
            continue
        operations[api] = call.grants()
    found: dict[str, Any] = {"prefix": prefix, "operations": operations}
    left = sorted(unverified - set(operations))
    if left:
        found["unverified"] = left
    return found


class _Call:
    def __init__(
        self, service: str, api: str, operation: str, content: Any, prefix: str, mapped: Any, reference: Any
    ) -> None:
        self.name = f"{service}:{api}"
        self.operation = operation
        self.prefix = prefix
        self.reference = reference
        self.listed = mapped["exceptions"].get(self.name)
        self.given = mapped["op_resources"].get(self.name, {})
        self.shapes = content["shapes"]
        shape = content["operations"][operation].get("input")
        self.input: dict[str, Any] = self.shapes[shape["shape"]]["members"] if shape else {}
        self.members = {sdk_member(member): body for member, body in self.input.items()}
        self.folded = {fold(member): member for member in self.members}

    def grants(self) -> list[list[Any]]:
        """`[action, [templates], [templates of optional types], {"when": ..., "to": ...}]`, empty ends left out."""
        needs = list(self.listed) if self.listed is not None else [{"action": f"{self.prefix}:{self.operation}"}]
        if self.listed != [] and not any(need["action"] == "iam:PassRole" for need in needs) and self._passes():
            needs.append({"action": "iam:PassRole", "pass_role": True})
        made = []
        for need in needs:
            if need.get("pass_role") or need["action"] == "iam:PassRole":
                roles = self._roles()
                if roles:
                    made.append(["iam:PassRole", roles, [], {"to": self._principal()}])
                continue
            if need["action"].startswith("s3:") and self.name.partition(":")[0] in READS_OBJECTS:
                continue
            made.append(self._grant(need))
        return [_trimmed(entry) for entry in made]

    def _passes(self) -> bool:
        """Whether the call hands a role to its service: the reference says so, or it writes and has an `...Arn`."""
        level, _, dependent = (*self._action(f"{self.prefix}:{self.operation}"), [])[:3]
        if "iam:PassRole" in dependent:
            return True
        if level not in ("W", "P") or self.prefix in NEVER_PASS:
            return False
        return any(PASSED_ROLE.search(text) for text in self._roles())

    def _action(self, action: str) -> Any:
        prefix, _, name = action.partition(":")
        known = self.reference["actions"].get(prefix, {})
        return known.get(name) or known.get(_same_but_for_case(known, name), ["", []])

    def _grant(self, need: dict[str, Any]) -> list[Any]:
        action = need["action"]
        prefix, _, name = action.partition(":")
        known = self.reference["actions"].get(prefix, {})
        action = f"{prefix}:{_same_but_for_case(known, name)}"
        level, listed, *_rest = self._action(action)
        more: dict[str, Any] = {}
        if need.get("conditional"):
            more["when"] = "?"
        elif level == "T" and name != self.operation:
            tags = [member for member in self.members if TAG_MEMBERS.match(member)]
            if tags:
                more["when"] = tags[0]
        if action == "iam:CreateServiceLinkedRole":
            return [action, ["~iam:role/aws-service-role/*"], [], more]
        by_hand = BY_HAND.get(self.name, {})
        if action in by_hand or ("" in by_hand and name != "PassRole"):
            return [action, by_hand.get(action, by_hand.get("", [])), [], more]
        patterns = self.reference["resources"].get(prefix, {})
        if prefix == "s3":
            # An access point stands in the place of the bucket, by its ARN; an argument with that is taken as it is.
            kept = [kind for kind in listed if not kind.startswith(("accesspoint", "objectlambda"))]
            listed = kept or listed
        required = [kind[:-1] for kind in listed if kind.endswith("*")]
        optional = [kind for kind in listed if not kind.endswith("*")]
        needed = [self._template(prefix, kind, patterns[kind]) for kind in required if kind in patterns]
        needed = [text for text, _ in needed]
        offered = []
        for kind in optional:
            if kind in patterns:
                text, filled = self._template(prefix, kind, patterns[kind])
                if filled:
                    offered.append(text)
        if not needed and optional and not offered:
            # Any of its types: where nothing in the call names one, all of the service's.
            offered_any = [self._template(prefix, kind, patterns[kind])[0] for kind in optional if kind in patterns]
            needed = offered_any if len(offered_any) <= 3 else [_common(offered_any)]
        elif not needed and offered:
            more["else"] = sorted({_open(text) for text in offered})
        return [action, sorted(set(needed)), sorted(set(offered) - set(needed)), more]

    def _template(self, prefix: str, kind: str, pattern: str) -> tuple[str, bool]:
        """The ARN of a type with the arguments of this call in it, and whether any argument could be placed."""
        arns = {fold(key): value for key, value in self.given.get("arns", {}).items()}
        text = bare = _abbreviated(pattern)
        own = re.findall(r"\$\{(\w+)\}", text)
        whole = self._member(arns.get(fold(kind), "")) or self._arn_member(kind)
        filled = False
        for name in own:
            source = self._source(kind, name)
            if source is None:
                text = text.replace("${" + name + "}", "*")
            else:
                accepts = "@" if "." not in source else ""
                text = text.replace("${" + name + "}", "{" + source + accepts + "}")
                filled = True
        if whole and own and f"{{{whole}@}}" not in text:
            # The last variable is where a value that is no ARN, and a wildcard, would stand.
            for name in own[:-1]:
                bare = bare.replace("${" + name + "}", "*")
            bare = bare.replace("${" + own[-1] + "}", "{" + whole + "!}")
            # Two arguments name the same resource: the call gives one of them.
            text = f"{text}||{bare}" if filled else bare
            filled = True
        return text, filled

    def _source(self, kind: str, variable: str) -> str | None:
        """The argument that fills a variable of an ARN, or None where it cannot be told."""
        listed = self.given.get("vars", {}).get(variable)
        if listed is not None:
            return self._member(listed)
        wanted = fold(variable)
        if wanted in self.folded and self._is_text(self.folded[wanted]):
            return self.folded[wanted]
        ending = re.search(r"(name|id|identifier|)$", wanted)[0]  # type: ignore[index]
        stem = wanted[: len(wanted) - len(ending)]
        # A name does not tell an id, which the service makes up; an identifier is what each service takes it to be.
        endings = {"name": ("name", "identifier"), "id": ("id", "identifier")}.get(ending, ("identifier", "name", "id"))
        noun = fold(re.sub(r"^[A-Z][a-z]+", "", self.operation))
        for candidate in (*(stem + each for each in endings), stem):
            if candidate and candidate in self.folded and self._is_text(self.folded[candidate]):
                return self.folded[candidate]
        if (stem and noun in (stem, fold(kind), f"{stem}s")) or (noun.startswith(stem) and stem == fold(kind)):
            for candidate in endings:
                if candidate in self.folded and self._is_text(self.folded[candidate]):
                    return self.folded[candidate]
        plural = next((m for f, m in self.folded.items() if f in tuple(f"{stem}{each}s" for each in endings)), None)
        if plural and self._is_texts(plural):
            return plural + "[]"
        return None

    def _arn_member(self, kind: str) -> str | None:
        own = fold(kind.partition("/")[0])  # `listener/app` and its kin are all of them listeners
        for candidate in (f"{own}arn", "resourcearn", "arn"):
            if candidate in self.folded and self._is_text(self.folded[candidate]):
                return self.folded[candidate]
        plural = self.folded.get(f"{own}arns") or self.folded.get("resourcearns")
        return plural + "[]" if plural and self._is_texts(plural) else None

    def _member(self, path: str) -> str | None:
        """The path of an argument as Step Functions spells it, or None where the operation has no such argument."""
        if not path:
            return None
        spelled = []
        members = self.input
        for step in path.replace("[]", "").split("."):
            found = next((member for member in members if fold(member) == fold(step)), None)
            if found is None:
                return None
            shape = self.shapes[members[found]["shape"]]
            spelling = sdk_member(found)
            if shape["type"] == "list":
                spelling += "[]"
                shape = self.shapes[shape["member"]["shape"]]
            spelled.append(spelling)
            members = shape.get("members", {})
        return ".".join(spelled)

    def _is_text(self, member: str) -> bool:
        return bool(self.shapes[self.members[member]["shape"]]["type"] == "string")

    def _is_texts(self, member: str) -> bool:
        shape = self.shapes[self.members[member]["shape"]]
        return shape["type"] == "list" and self.shapes[shape["member"]["shape"]]["type"] == "string"

    def _roles(self) -> list[str]:
        """Templates for every argument that can name a role."""
        found: list[str] = []
        queue: list[tuple[str, dict[str, Any], int]] = [("", self.input, 0)]
        while queue:
            path, members, depth = queue.pop(0)
            for member, body in members.items():
                shape = self.shapes[body["shape"]]
                where = f"{path}{sdk_member(member)}"
                if shape["type"] == "list":
                    where += "[]"
                    shape = self.shapes[shape["member"]["shape"]]
                if shape["type"] == "string" and ROLE_MEMBER.search(member) and not NOT_A_ROLE.search(member):
                    # A pattern that begins with `arn` leaves no other way to name the role.
                    only = member.lower().endswith("arn") or shape.get("pattern", "").lstrip("^").startswith("arn")
                    found.append(f"~iam:role/{{{where}{'!' if only else '@'}}}")
                elif shape["type"] == "structure" and depth < 3:
                    queue.append((where + ".", shape["members"], depth + 1))
        return found

    def _principal(self) -> str:
        return PRINCIPALS_OF_CALLS.get(self.name) or PRINCIPALS.get(self.prefix) or f"{self.prefix}.amazonaws.com"


def _abbreviated(pattern: str) -> str:
    """The pattern of a type with pseudo parameters for what the reference calls them, and its head cut short."""
    parts = split(pattern)
    for place, known in ((1, PARTITION), (3, REGION), (4, ACCOUNT)):
        if parts[place].startswith("${"):
            parts[place] = known
    text = ":".join(parts)
    text = re.sub(r"^arn:\$\{AWS::Partition\}:([\w-]+):\$\{AWS::Region\}:\$\{AWS::AccountId\}:", r"~\1:", text)
    text = re.sub(r"^arn:\$\{AWS::Partition\}:iam::\$\{AWS::AccountId\}:", "~iam:", text)
    return text.replace("${Account}", ACCOUNT)


def _open(template: str) -> str:
    """The template with every argument as a wildcard."""
    return re.sub(r"(?<!\$)\{[^{}]*\}", "*", template.partition("||")[0])


def _common(templates: list[str]) -> str:
    """One pattern of the service for types that are too many to list."""
    heads = {":".join(split(expand(text))[:5]) for text in templates}
    head = sorted(heads, key=lambda text: (REGION not in text, text))[0] + ":*"
    return re.sub(r"^arn:\$\{AWS::Partition\}:([\w-]+):\$\{AWS::Region\}:\$\{AWS::AccountId\}:", r"~\1:", head)


@cache
def _case(names: frozenset[str]) -> dict[str, str]:
    return {name.lower(): name for name in names}


def _same_but_for_case(known: dict[str, Any], name: str) -> str:
    # Actions are the same in any case; the reference's spelling is the one people know.
    return name if name in known else _case(frozenset(known)).get(name.lower(), name)


def _trimmed(entry: list[Any]) -> list[Any]:
    while entry and entry[-1] in ([], {}):
        entry = entry[:-1]
    return entry
