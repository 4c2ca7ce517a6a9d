"""What the parameters of a call may be, without reading a service's model where the names alone tell."""

from __future__ import annotations

from typing import Final

from sfdsl.aws.arguments import arguments_shape
from sfdsl.aws.integrations import Optimized, optimized
from sfdsl.aws.resource import ServiceTask, has_placeholder
from sfdsl.aws.shapes import ANY, STRING, Shape, structure
from sfdsl.checks.integrations._calls import Call
from sfdsl.model.fields import Json
from sfdsl.model.states import ItemReader, Task

# Parameters that take any text, and maps that take texts under any key, of the calls that most machines make: they need
# no look into the service's model, which takes longer to read than all else here. A test holds them against the models.
TEXTS: Final = {
    "lambda:invoke": ("FunctionName", "Qualifier", "ClientContext"),
    "glue:startJobRun": ("JobName", "JobRunId", "SecurityConfiguration"),
    "sqs:sendMessage": ("QueueUrl", "MessageDeduplicationId", "MessageGroupId"),
    "sns:publish": ("TopicArn", "TargetArn", "PhoneNumber", "Subject", "MessageStructure", "MessageGroupId"),
    "states:startExecution": ("StateMachineArn", "Name"),
    "dynamodb:getItem": ("TableName", "ProjectionExpression"),
    "dynamodb:putItem": ("TableName", "ConditionExpression"),
    "dynamodb:updateItem": ("TableName", "ConditionExpression", "UpdateExpression"),
    "dynamodb:deleteItem": ("TableName", "ConditionExpression"),
    "batch:submitJob": ("JobName", "JobQueue", "JobDefinition"),
    "ecs:runTask": ("Cluster", "TaskDefinition", "Group", "PlatformVersion"),
    "athena:startQueryExecution": ("QueryString", "WorkGroup"),
}
TEXT_MAPS: Final = {"glue:startJobRun": ("Arguments",), "batch:submitJob": ("Parameters", "Tags")}
ANY_JSON: Final = {
    "lambda:invoke": ("Payload",),
    "sqs:sendMessage": ("MessageBody",),
    "sns:publish": ("Message",),
    "states:startExecution": ("Input",),
}


def parameters_shape(call: Call) -> Shape | None:
    """The shape to hold the parameters of a call against; None where nothing is known, or there are none to judge."""
    if not isinstance(call.payload, dict) or not isinstance(call.resource, ServiceTask):
        return None
    if not isinstance(call.node, Task):
        return _READERS.get(call.resource.name) if isinstance(call.node, ItemReader) else _WRITER
    api = None if call.resource.sdk else optimized(call.resource.service, call.resource.api)
    if api is not None and not _needs_model(call, api):
        return structure(dict.fromkeys(api.allowed, ANY), required=api.required)
    return arguments_shape(call.resource)


def _needs_model(call: Call, api: Optimized) -> bool:
    """Whether names alone do not tell: the type of a value matters, or a newer model may know a name."""
    texts, maps = TEXTS.get(f"{api.service}:{api.api}", ()), TEXT_MAPS.get(f"{api.service}:{api.api}", ())
    anything = ANY_JSON.get(f"{api.service}:{api.api}", ())
    assert isinstance(call.payload, dict)
    for key, value in call.payload.items():
        name = key if call.jsonata else key.removesuffix(".$")
        if name not in api.allowed:
            if api.whole_request:
                return True
        elif name == key and name not in anything and not is_open(value):
            text = name in texts and isinstance(value, str)
            if not text and not (name in maps and isinstance(value, dict) and _only_texts(value)):
                return True
    return False


def _only_texts(value: dict[str, Json]) -> bool:
    return all(isinstance(item, str) for item in value.values())


def is_open(value: Json) -> bool:
    """Whether nobody knows yet what will stand there: an expression, or a text that placeholders make up."""
    return isinstance(value, str) and (value.startswith("{%") or has_placeholder(value))


_READERS: Final = {
    "s3:getObject": structure(
        dict.fromkeys(("Bucket", "Key", "VersionId", "ExpectedBucketOwner"), STRING), required=("Bucket", "Key")
    ),
    "s3:listObjectsV2": structure(
        dict.fromkeys(("Bucket", "Prefix", "Delimiter", "ExpectedBucketOwner"), STRING), required=("Bucket",)
    ),
}
_WRITER: Final = structure(dict.fromkeys(("Bucket", "Prefix", "ExpectedBucketOwner"), STRING), required=("Bucket",))
"""What readers and writers take. Source: Developer Guide, "ItemReader" and "ResultWriter"."""
