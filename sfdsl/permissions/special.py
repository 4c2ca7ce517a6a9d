"""Calls whose permissions follow from several arguments at once, so that no template says them."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from sfdsl.permissions.arns import expand, fields, is_arn, is_placeholder, pattern, split
from sfdsl.permissions.collector import Collector
from sfdsl.permissions.special_athena import get_query_results, start_query_execution
from sfdsl.permissions.special_data import DATA, s3_resource
from sfdsl.permissions.special_jobs import create_mediaconvert_job, run_ecs_task, submit_batch_job
from sfdsl.permissions.statements import Doubt, Resource
from sfdsl.permissions.values import GAP, Value

__all__ = ["OPTIMIZED", "SAME_AS", "SDK", "function_resource", "managed_rule"]


def managed_rule(needs: Collector, rule: str) -> None:
    """Let Step Functions hear of the end of a job through the rule that it manages under this name.

    Source: Step Functions Developer Guide, "IAM policies for integrated services".
    """
    needs.allow(
        ("events:DescribeRule", "events:PutRule", "events:PutTargets"),
        [Resource(text=expand(f"~events:rule/{rule}"))],
        why="hear of the end of the job",
    )


# Lambda


def function_resource(text: str, qualifier: str | None) -> str:
    """The ARN that a call of a function is authorised on: with the version or alias where the call names one.

    Source: Lambda Developer Guide, "Resources and conditions for Lambda actions": a policy on the unqualified ARN does
    not allow a qualified call, nor the other way round.
    """
    if is_arn(text):
        parts = fields(text)
        qualified = parts is not None and len(split(parts[5])) > 2
        whole = text
    else:
        parts = split(text)
        if len(parts) >= 3 and parts[1] == "function":
            whole, qualified = f"arn:${{AWS::Partition}}:lambda:${{AWS::Region}}:{text}", len(parts) > 3
        else:
            whole, qualified = expand("~lambda:function:") + text, len(parts) > 1
    if qualifier is not None and not qualified and not whole.endswith(GAP):
        whole += f":{qualifier}"
    return pattern(whole)


def invoke_function(needs: Collector) -> None:
    name, qualifier = needs.get("FunctionName"), needs.get("Qualifier")
    every = expand("~lambda:function:*")
    if name is None:
        needs.templates("lambda:InvokeFunction", "~lambda:function:{FunctionName}", why="call the function")
        return
    qualifiers: list[str | None] = list(qualifier.texts) if qualifier is not None else [None]
    if qualifier is not None and not qualifier.certain and GAP not in qualifier.texts:
        qualifiers.append(None)
    found = []
    for text in name.texts:
        for each in qualifiers:
            resource = Resource(text=function_resource(text, each), shape=every, open=GAP in text + (each or ""))
            found.append(resource)
            if resource.open and not needs.narrowable(every):
                argument = name.path if GAP in text else qualifier.path if qualifier is not None else ""
                needs.remark(Doubt.RUN_TIME, f"lambda:InvokeFunction on {resource.text}", argument=argument)
    needs.allow("lambda:InvokeFunction", found, argument=name.path, why="call the function")


# SNS and SQS


def publish(needs: Collector) -> None:
    why = "publish the message"
    if needs.given("TopicArn") and (needs.get("PhoneNumber") is None or needs.get("TopicArn") is not None):
        needs.templates("sns:Publish", "~sns:{TopicArn!}", why=why)
    elif needs.given("TargetArn"):
        target = needs.get("TargetArn")
        if target is not None and not target.texts[0].startswith(GAP):
            needs.templates("sns:Publish", "~sns:{TargetArn!}", why=why)
        else:
            needs.templates("sns:Publish", "~sns:{TargetArn!}", "~sns:endpoint/{TargetArn!}", why=why)
    elif needs.given("PhoneNumber"):
        # A text message has no topic, and IAM knows no ARN of a telephone.
        needs.allow("sns:Publish", None, argument=f"{needs.arguments.key}.PhoneNumber", why="send a text message")
    else:
        needs.templates("sns:Publish", "~sns:{TopicArn!}", why=why)


_QUEUE = re.compile(
    r"https?://(?:sqs\.(?P<region>[^/]+?)|(?P<old>[^/]+?)\.queue|queue)\.amazonaws\.com(?:\.cn)?/"
    r"(?P<account>[^/]+)/(?P<name>[^/]+)/?"
)


def queue_resource(needs: Collector, text: str) -> Resource:
    """The queue behind a URL."""
    every = expand("~sqs:*")
    if is_arn(text):
        return Resource(text=pattern(text), shape=every, open=GAP in text)
    if is_placeholder(text):
        return Resource(text=needs.beside(text, "Arn", "ARN of the queue whose URL is"), shape=every, open=True)
    url = _QUEUE.fullmatch(text)
    if url is not None:
        region = url["region"] or url["old"] or "${AWS::Region}"
        arn = f"arn:${{AWS::Partition}}:sqs:{region}:{url['account']}:{url['name']}"
        return Resource(text=pattern(arn), shape=every, open=GAP in arn)
    last = split(text, "/")[-1]
    return Resource(text=expand("~sqs:") + pattern(last), shape=every, open=GAP in text)


def on_queue(action: str) -> Callable[[Collector], None]:
    """What a call with a `QueueUrl` needs."""

    def run(needs: Collector) -> None:
        url = needs.get("QueueUrl")
        texts = url.texts if url is not None else (GAP,)
        found = [queue_resource(needs, text) for text in texts]
        if url is not None and url.dynamic and not needs.narrowable(expand("~sqs:*")):
            needs.remark(Doubt.RUN_TIME, f"{action} on {found[0].text}", argument=url.path)
        needs.allow(action, found, argument=url.path if url is not None else "", why="use the queue")

    return run


# Step Functions


def _machine(text: str) -> tuple[str, str | None]:
    """The ARN of a machine without its version or alias, and that."""
    parts = fields(text)
    if parts is None:
        return text, None
    rest = split(parts[5])
    if len(rest) < 3:
        return text, None
    return ":".join([*parts[:5], *rest[:2]]), rest[2]


def start_execution(needs: Collector) -> None:
    machine = needs.get("StateMachineArn")
    every = expand("~states:stateMachine:*")
    action = "states:StartSyncExecution" if needs.call.api == "startSyncExecution" else "states:StartExecution"
    texts = machine.texts if machine is not None else (GAP,)
    argument = machine.path if machine is not None else ""
    if machine is not None and machine.dynamic and not needs.narrowable(every):
        needs.remark(Doubt.RUN_TIME, f"{action} on {_machine_pattern(machine)}", argument=argument)
    executions = []
    for text in texts:
        whole, qualifier = _machine(text)
        if not is_arn(whole) and not is_placeholder(whole):
            whole = expand("~states:stateMachine:") + ("*" if whole.startswith(GAP) else pattern(whole))
        resource = Resource(
            text=pattern(whole) if GAP in whole else whole, shape=every, open="*" in whole or GAP in text
        )
        # A version or alias is authorised on the machine; the condition narrows it to that one.
        # Source: Step Functions Developer Guide, "Versions and aliases", permissions.
        only = {"ForAnyValue:StringEquals": {"states:StateMachineQualifier": qualifier}} if qualifier else {}
        needs.allow(
            action,
            [resource],
            argument=argument,
            why="start the execution",
            conditions=only if GAP not in (qualifier or "") else {},
        )
        if needs.call.job:
            executions += _executions(needs, resource.text)
    if executions:
        needs.allow(
            ("states:DescribeExecution", "states:StopExecution"),
            executions,
            argument=argument,
            why="wait for the execution, and stop it when the state is stopped",
        )
        managed_rule(needs, "StepFunctionsGetEventsForStepFunctionsExecutionRule")


def _machine_pattern(machine: Value) -> str:
    text = next(text for text in machine.texts if GAP in text)
    return expand("~states:stateMachine:*") if text.startswith(GAP) else pattern(text)


def _executions(needs: Collector, machine: str) -> list[Resource]:
    """The executions of a machine; the reference lists both of their types as required for DescribeExecution."""
    if is_placeholder(machine):
        name = needs.beside(machine, "Name", "name of the state machine whose ARN is")
        machine = expand(f"~states:stateMachine:{name}")
    return [
        Resource(
            text=machine.replace(":stateMachine:", f":{kind}:", 1) + ending,
            shape=expand(f"~states:{kind}:*"),
            open=True,
        )
        for kind, ending in (("execution", ":*"), ("express", ":*:*"))
    ]


# Endpoints


def invoke_http(needs: Collector) -> None:
    endpoint, method = needs.get("ApiEndpoint"), needs.get("Method")
    conditions: dict[str, dict[str, object]] = {}
    if method is not None and not method.dynamic:
        conditions["StringEquals"] = {"states:HTTPMethod": list(method.texts)}
    if endpoint is not None and not all(text.startswith(GAP) for text in endpoint.texts):
        conditions["StringLike"] = {"states:HTTPEndpoint": [pattern(text) for text in endpoint.texts]}
    if endpoint is not None and endpoint.dynamic:
        needs.remark(Doubt.RUN_TIME, "states:InvokeHTTPEndpoint", argument=endpoint.path)
    # The action has no resource type; the two conditions are what narrows it.
    # Source: Step Functions Developer Guide, "Call HTTPS APIs", permissions.
    needs.allow(
        "states:InvokeHTTPEndpoint",
        [Resource(text="*")],
        argument=endpoint.path if endpoint is not None else "",
        why="call the endpoint",
        conditions=conditions,
    )
    for path in ("Authentication.ConnectionArn", "InvocationConfig.ConnectionArn"):
        if (connection := needs.get(path)) is not None:
            _connection(needs, connection, path)


def _connection(needs: Collector, connection: Value, path: str) -> None:
    needs.templates(
        "events:RetrieveConnectionCredentials", f"~events:connection/{{{path}!}}", why="authenticate at the endpoint"
    )
    secrets = []
    every = expand("~secretsmanager:secret:events!connection/*")
    for text in connection.texts:
        if is_placeholder(text):
            secret = needs.beside(text, "SecretArn", "ARN of the secret of the connection")
            secrets.append(Resource(text=secret, shape=every, open=True))
            continue
        parts = fields(text)
        name = split(parts[5], "/")[1] if parts is not None and len(split(parts[5], "/")) > 1 else GAP
        resource = pattern(expand(f"~secretsmanager:secret:events!connection/{name}/") + GAP)
        secrets.append(Resource(text=resource, shape=every, open=True))
    needs.allow(
        ("secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"),
        secrets,
        argument=connection.path,
        why="read what the connection authenticates with",
    )


_API = re.compile(r"(?:https?://)?(?P<id>[^./]+)(?:\.execute-api\.(?P<region>.+?)\.amazonaws\.com(?:\.cn)?)?/?")


def invoke_api(needs: Collector) -> None:
    kind = needs.get("AuthType")
    if kind is None or not any(text in ("IAM_ROLE", GAP) for text in kind.texts):
        return  # an API that asks nobody for a signature
    endpoint = needs.get("ApiEndpoint")
    stage, method, path = needs.get("Stage"), needs.get("Method"), needs.get("Path")
    found = []
    for text in endpoint.texts if endpoint is not None else (GAP,):
        api, region = GAP, "${AWS::Region}"
        if (parsed := _API.fullmatch(text)) is not None and not is_placeholder(text):
            api = parsed["id"]
            region = parsed["region"] or region
        elif is_placeholder(text):
            api = needs.beside(text, "Id", "id of the API whose endpoint is")
        for rest in _paths(stage, method, path):
            arn = f"arn:${{AWS::Partition}}:execute-api:{region}:${{AWS::AccountId}}:{api}/{rest}"
            found.append(
                Resource(text=pattern(arn), shape=expand("~execute-api:*"), open=GAP in arn or is_placeholder(text))
            )
    dynamic = next((value for value in (endpoint, stage, method, path) if value is not None and value.dynamic), None)
    if dynamic is not None and not needs.narrowable(expand("~execute-api:*")):
        needs.remark(Doubt.RUN_TIME, f"execute-api:Invoke on {found[0].text}", argument=dynamic.path)
    needs.allow("execute-api:Invoke", found, argument=endpoint.path if endpoint is not None else "", why="call the API")


def _paths(stage: Value | None, method: Value | None, path: Value | None) -> list[str]:
    stages = stage.texts if stage is not None else (GAP,)
    methods = method.texts if method is not None else (GAP,)
    paths = path.texts if path is not None else ("",)
    return [f"{s}/{m}/{p.lstrip('/')}" for s in stages for m in methods for p in paths]


# Bedrock

_PROFILE = re.compile(r"(?:us|eu|apac|us-gov|ca|jp|au|sa|global)\.(?P<model>[a-z0-9-]+\..+)")


def model_resources(needs: Collector, argument: str) -> list[Resource]:
    """What a call of a model is authorised on.

    Source: Bedrock User Guide, "Prerequisites for inference profiles": the profile, and its model in every region.
    """
    every = "arn:*:bedrock:*"
    value = needs.get(argument)
    found = []
    for text in value.texts if value is not None else (GAP,):
        if is_arn(text):
            found.append(Resource(text=pattern(text), shape=every, open=GAP in text))
            parts = fields(text)
            kind, _, name = (parts[5] if parts is not None else "").partition("/")
            if kind == "inference-profile" and (profile := _PROFILE.fullmatch(name)) is not None:
                found.append(_model_everywhere(profile["model"], every))
            elif kind == "application-inference-profile":
                found.append(_model_everywhere(GAP, every))
        elif (profile := _PROFILE.fullmatch(text)) is not None:
            found.append(
                Resource(text=pattern(expand("~bedrock:inference-profile/") + text), shape=every, open=GAP in text)
            )
            found.append(_model_everywhere(profile["model"], every))
        elif text.startswith(GAP) or is_placeholder(text):
            name = text if is_placeholder(text) else "*"
            for kind in ("application-inference-profile", "inference-profile", "provisioned-model"):
                if name == "*":
                    found.append(Resource(text=expand(f"~bedrock:{kind}/*"), shape=every, open=True))
            region = "*" if name == "*" else "${AWS::Region}"
            model = f"arn:${{AWS::Partition}}:bedrock:{region}::foundation-model/{name}"
            found.append(Resource(text=model, shape=every, open=name == "*"))
        else:
            model = f"arn:${{AWS::Partition}}:bedrock:${{AWS::Region}}::foundation-model/{text}"
            found.append(Resource(text=pattern(model), shape=every, open=GAP in text))
    if value is not None and value.dynamic and not needs.narrowable(every):
        needs.remark(Doubt.RUN_TIME, f"bedrock:InvokeModel on {found[-1].text}", argument=value.path)
    return found


def _model_everywhere(model: str, every: str) -> Resource:
    return Resource(
        text=pattern(f"arn:${{AWS::Partition}}:bedrock:{GAP}::foundation-model/{model}"), shape=every, open=True
    )


def invoke_model(needs: Collector) -> None:
    value = needs.get("ModelId")
    needs.allow(
        "bedrock:InvokeModel",
        model_resources(needs, "ModelId"),
        argument=value.path if value is not None else "",
        why="call the model",
    )
    for path in ("GuardrailIdentifier", "GuardrailConfig.GuardrailIdentifier"):
        if (guardrail := needs.get(path)) is not None and guardrail.certain:
            needs.templates("bedrock:ApplyGuardrail", f"~bedrock:guardrail/{{{path}@}}", why="apply the guardrail")
    for action, path, ending in (("s3:GetObject", "Input.S3Uri", ""), ("s3:PutObject", "Output.S3Uri", "/*")):
        if (uri := needs.get(path)) is not None and uri.certain:
            found = [s3_resource(text, ending) for text in uri.texts]
            if uri.dynamic:
                needs.remark(Doubt.RUN_TIME, f"{action} on {found[0].text}", argument=uri.path)
            needs.allow(action, found, argument=uri.path, why="read the input" if not ending else "write the output")


def retrieve_and_generate(needs: Collector) -> None:
    """Ask a model about a knowledge base: retrieval and generation are authorised each on its own.

    Source: Bedrock User Guide, "Set up permissions to create and query knowledge bases".
    """
    base = "RetrieveAndGenerateConfiguration.KnowledgeBaseConfiguration"
    needs.allow("bedrock:RetrieveAndGenerate", None, why="ask the knowledge base")
    needs.templates(
        "bedrock:Retrieve", f"~bedrock:knowledge-base/{{{base}.KnowledgeBaseId@}}", why="ask the knowledge base"
    )
    found = model_resources(needs, f"{base}.ModelArn")
    needs.allow("bedrock:InvokeModel", found, argument=f"{needs.arguments.key}.{base}.ModelArn", why="call the model")


OPTIMIZED: Final[dict[tuple[str, str], Callable[[Collector], None]]] = {
    ("apigateway", "invoke"): invoke_api,
    ("athena", "getQueryResults"): get_query_results,
    ("athena", "startQueryExecution"): start_query_execution,
    ("batch", "submitJob"): submit_batch_job,
    ("bedrock", "invokeModel"): invoke_model,
    ("ecs", "runTask"): run_ecs_task,
    ("http", "invoke"): invoke_http,
    ("lambda", "invoke"): invoke_function,
    ("mediaconvert", "createJob"): create_mediaconvert_job,
    ("sns", "publish"): publish,
    ("sqs", "sendMessage"): on_queue("sqs:SendMessage"),
    ("states", "startExecution"): start_execution,
}
"""What code derives for optimized integrations, whichever the pattern."""

SDK: Final[dict[tuple[str, str], Callable[[Collector], None]]] = {
    **DATA,
    ("athena", "getQueryResults"): get_query_results,
    ("athena", "startQueryExecution"): start_query_execution,
    ("batch", "submitJob"): submit_batch_job,
    ("bedrockagentruntime", "retrieveAndGenerate"): retrieve_and_generate,
    ("bedrockruntime", "converse"): invoke_model,
    ("bedrockruntime", "invokeModel"): invoke_model,
    ("ecs", "runTask"): run_ecs_task,
    ("lambda", "invoke"): invoke_function,
    ("mediaconvert", "createJob"): create_mediaconvert_job,
    ("sfn", "startExecution"): start_execution,
    ("sfn", "startSyncExecution"): start_execution,
    ("sns", "publish"): publish,
    **{
        ("sqs", api): on_queue(f"sqs:{action}")
        for api, action in {
            "changeMessageVisibility": "ChangeMessageVisibility",
            "changeMessageVisibilityBatch": "ChangeMessageVisibility",
            "deleteMessage": "DeleteMessage",
            "deleteMessageBatch": "DeleteMessage",
            "deleteQueue": "DeleteQueue",
            "getQueueAttributes": "GetQueueAttributes",
            "listDeadLetterSourceQueues": "ListDeadLetterSourceQueues",
            "listQueueTags": "ListQueueTags",
            "purgeQueue": "PurgeQueue",
            "receiveMessage": "ReceiveMessage",
            "sendMessage": "SendMessage",
            "sendMessageBatch": "SendMessage",
            "setQueueAttributes": "SetQueueAttributes",
            "tagQueue": "TagQueue",
            "untagQueue": "UntagQueue",
        }.items()
    },
}
"""What code derives for aws-sdk integrations."""

SAME_AS: Final[dict[str, str]] = {
    "emr:runJobFlow": "elasticmapreduce:createCluster",
    "emrcontainers:startJobRun": "emr-containers:startJobRun",
    "emrserverless:createApplication": "emr-serverless:createApplication",
    "emrserverless:startJobRun": "emr-serverless:startJobRun",
    "eks:createCluster": "eks:createCluster",
    "eks:createFargateProfile": "eks:createFargateProfile",
    "eks:createNodegroup": "eks:createNodegroup",
    **{
        f"sagemaker:create{kind}": f"sagemaker:create{kind}"
        for kind in (
            "Endpoint",
            "EndpointConfig",
            "HyperParameterTuningJob",
            "LabelingJob",
            "Model",
            "ProcessingJob",
            "TrainingJob",
            "TransformJob",
        )
    },
}
"""aws-sdk calls that need what the request-response form of an optimized integration needs."""
