"""What the parameters of a Task look like: `Arguments`, or `Parameters` in JSONPath."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache

from sfdsl.aws.integrations import Optimized, optimized
from sfdsl.aws.resource import Resource, ServiceTask
from sfdsl.aws.sdk import Operation, botocore_service, sdk_service
from sfdsl.aws.shapes import ANY, EMPTY, STRING, Kind, Shape, Spelling, choice, listed, mapped, structure

__all__ = ["arguments_shape", "botocore_operation"]


def botocore_operation(name: str) -> Operation | None:
    """The operation that data names as botocore's service and operation, for example `emr:RunJobFlow`."""
    service_name, _, operation = name.partition(":")
    service = botocore_service(service_name)
    api = service.spelled(operation) if service is not None else None
    return service.operation(api) if service is not None and api is not None else None


@cache
def arguments_shape(resource: Resource) -> Shape | None:
    """The parameters of a call, or None where nothing is known about them: a Lambda function's ARN, an unknown API.

    Optimized integrations take the documented parameters with the types of the API, and any JSON where Step Functions
    writes the JSON text itself: Lambda `Payload`, SQS `MessageBody`, SNS `Message`, EventBridge `Detail`,
    Step Functions `Input`, Bedrock `Body`.

    Source: Step Functions Developer Guide, the page in `Optimized.source`; botocore.
    """
    if not isinstance(resource, ServiceTask):
        return None
    if resource.sdk:
        service = sdk_service(resource.service)
        operation = service.operation(resource.api) if service is not None else None
        return operation.input if operation is not None else None
    api = optimized(resource.service, resource.api)
    return _of_optimized(api) if api is not None else None


def _of_optimized(api: Optimized) -> Shape:
    made = _MADE.get((api.service, api.api))
    if made is not None:
        return made(api)
    operation = botocore_operation(api.operation) if api.operation is not None else None
    request = operation.shape("input", Spelling.API) if operation is not None else EMPTY
    added = _ADDED.get((api.service, api.api))
    if added is not None:
        request = request.with_members(added(request))
    names = api.allowed
    if api.whole_request:  # a botocore newer than the data knows more
        names += tuple(name for name in request.members if name not in api.allowed)
    return request.only(names, required=api.required)


def _json(*names: str) -> Callable[[Shape], Mapping[str, Shape]]:
    return lambda request: dict.fromkeys(names, ANY)


def _event_entries(request: Shape) -> Mapping[str, Shape]:
    entry = request.at("Entries", 0) or EMPTY
    return {"Entries": listed(entry.with_members({"Detail": ANY}))}


def _bedrock(request: Shape) -> Mapping[str, Shape]:
    uri = structure({"S3Uri": STRING}, required=("S3Uri",))
    return {"Body": ANY, "Input": uri, "Output": uri}


_ADDED: dict[tuple[str, str], Callable[[Shape], Mapping[str, Shape]]] = {
    ("lambda", "invoke"): _json("Payload"),
    ("sns", "publish"): _json("Message"),
    ("sqs", "sendMessage"): _json("MessageBody"),
    ("states", "startExecution"): _json("Input"),
    ("events", "putEvents"): _event_entries,
    ("bedrock", "invokeModel"): _bedrock,
}
"""What Step Functions adds to the request of an API, or takes in another form."""


def _of_emr(members: Mapping[str, tuple[str, ...]]) -> Callable[[Optimized], Shape]:
    """A wrapped EMR call: each member is named by its path in the input of EMR's operation; no path is a string."""

    def make(api: Optimized) -> Shape:
        operation = botocore_operation(api.operation or "")
        request = operation.shape("input", Spelling.API) if operation is not None else EMPTY
        found = {name: (request.at(*path) if path else STRING) or ANY for name, path in members.items()}
        return structure(found, required=api.required)

    return make


def _of_group(api: Optimized) -> Shape:
    operation = botocore_operation(api.operation or "")
    request = operation.shape("input", Spelling.API) if operation is not None else EMPTY
    group = request.at("InstanceGroups", "0") or EMPTY
    # Step Functions finds the id by the name and refuses it here.
    named = group.only(tuple(name for name in group.members if name != "InstanceGroupId"), required=())
    return structure({"ClusterId": STRING, "InstanceGroupName": STRING, "InstanceGroup": named}, required=api.required)


def _of_fleet(api: Optimized) -> Shape:
    operation = botocore_operation(api.operation or "")
    request = operation.shape("input", Spelling.API) if operation is not None else EMPTY
    fleet = request.at("InstanceFleet") or EMPTY
    named = fleet.only(tuple(name for name in fleet.members if name != "InstanceFleetId"), required=())
    return structure({"ClusterId": STRING, "InstanceFleetName": STRING, "InstanceFleet": named}, required=api.required)


def _of_http(api: Optimized) -> Shape:
    connection = structure({"ConnectionArn": STRING}, required=("ConnectionArn",))
    encoding = structure({"ArrayFormat": choice(api.enums["Transform.RequestEncodingOptions.ArrayFormat"])})
    members = {
        "ApiEndpoint": STRING,
        "Method": choice(api.enums["Method"]),
        "Authentication": connection,
        "InvocationConfig": connection,
        "Headers": mapped(ANY),
        "QueryParameters": mapped(ANY),
        "RequestBody": ANY,
        "Transform": structure(
            {
                "RequestBodyEncoding": choice(api.enums["Transform.RequestBodyEncoding"]),
                "RequestEncodingOptions": encoding,
            }
        ),
    }
    return structure(members, required=api.required)


def _of_apigateway(api: Optimized) -> Shape:
    members = {
        "ApiEndpoint": STRING,
        "Method": choice(api.enums["Method"]),
        "Stage": STRING,
        "Path": STRING,
        "Headers": mapped(ANY),
        "QueryParameters": mapped(ANY),
        "RequestBody": ANY,
        "AllowNullValues": Shape(kind=Kind.BOOLEAN),
        "AuthType": choice(api.enums["AuthType"]),
    }
    return structure(members, required=api.required)


def _of_kubernetes(api: Optimized) -> Shape:
    members = dict.fromkeys(api.allowed, STRING)
    for name in ("Job", "LogOptions", "QueryParameters", "RequestBody"):
        if name in members:
            members[name] = ANY
    if "Method" in members:
        members["Method"] = choice(api.enums["Method"])
    return structure(members, required=api.required)


_MADE: dict[tuple[str, str], Callable[[Optimized], Shape]] = {
    ("http", "invoke"): _of_http,
    ("apigateway", "invoke"): _of_apigateway,
    ("eks", "call"): _of_kubernetes,
    ("eks", "runJob"): _of_kubernetes,
    ("elasticmapreduce", "addStep"): _of_emr(
        {"ClusterId": (), "Step": ("Steps", "0"), "ExecutionRoleArn": ("ExecutionRoleArn",)}
    ),
    ("elasticmapreduce", "cancelStep"): _of_emr({"ClusterId": (), "StepId": ()}),
    ("elasticmapreduce", "terminateCluster"): _of_emr({"ClusterId": ()}),
    ("elasticmapreduce", "setClusterTerminationProtection"): _of_emr(
        {"ClusterId": (), "TerminationProtected": ("TerminationProtected",)}
    ),
    ("elasticmapreduce", "modifyInstanceFleetByName"): _of_fleet,
    ("elasticmapreduce", "modifyInstanceGroupByName"): _of_group,
}
"""Calls whose parameters are Step Functions' own rather than those of an API."""
