"""Names of errors: those that Step Functions reserves, and those that a call can raise."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from attrs import frozen

from sfdsl.aws.arguments import botocore_operation
from sfdsl.aws.integrations import optimized
from sfdsl.aws.naming import exception_word
from sfdsl.aws.resource import LambdaFunction, Resource, ServiceTask
from sfdsl.aws.sdk import Operation, sdk_service

__all__ = [
    "ERRORS",
    "LAMBDA_TRANSIENT",
    "ReservedError",
    "error_names",
    "error_prefix",
    "is_reserved",
    "matches",
    "transient",
]


@frozen(kw_only=True)
class ReservedError:
    """An error name that starts with `States.`.

    Attributes:
        name: The name.
        when: When it is raised, or what it stands for.
        by_name: Whether Retry and Catch match it by its own name.
        by_all: Whether `States.ALL` matches it.
        by_task_failed: Whether `States.TaskFailed` matches it; None where the developer guide is not clear.
        terminal: Whether it ends the execution whatever Retry and Catch say.
        wildcard: Whether it stands for others in ErrorEquals and is never raised itself under that meaning.
    """

    name: str
    when: str
    by_name: bool = True
    by_all: bool = True
    by_task_failed: bool | None = None
    terminal: bool = False
    wildcard: bool = False


def _table(*errors: ReservedError) -> Mapping[str, ReservedError]:
    return {error.name: error for error in errors}


ERRORS: Mapping[str, ReservedError] = _table(
    ReservedError(name="States.ALL", when="any error but the terminal ones; alone and last", wildcard=True),
    ReservedError(
        name="States.TaskFailed", when="a task failed; any error but States.Timeout", by_task_failed=True, wildcard=True
    ),
    ReservedError(
        name="States.Timeout",
        when="a task ran longer than TimeoutSeconds or missed a heartbeat",
        by_task_failed=False,
    ),
    ReservedError(name="States.HeartbeatTimeout", when="a task sent no heartbeat within HeartbeatSeconds"),
    ReservedError(
        name="States.Permissions", when="the execution role lacks a permission for the task", by_task_failed=True
    ),
    ReservedError(name="States.QueryEvaluationError", when="a JSONata expression failed", by_task_failed=True),
    ReservedError(
        name="States.DataLimitExceeded",
        when="an output, or an input after Parameters, is larger than 256 KiB",
        by_name=False,
        by_all=False,
        by_task_failed=False,
        terminal=True,
    ),
    ReservedError(
        name="States.Runtime",
        when="the interpreter failed, for example at a path that finds nothing",
        by_name=False,
        by_all=False,
        by_task_failed=False,
        terminal=True,
    ),
    ReservedError(name="States.ResultPathMatchFailure", when="ResultPath cannot be applied to the input"),
    ReservedError(name="States.ParameterPathFailure", when="a path in Parameters or ResultSelector finds nothing"),
    ReservedError(name="States.BranchFailed", when="a branch of a Parallel failed"),
    ReservedError(name="States.NoChoiceMatched", when="no rule of a Choice matched and it has no Default"),
    ReservedError(name="States.IntrinsicFailure", when="an intrinsic function failed"),
    ReservedError(
        name="States.ExceedToleratedFailureThreshold", when="more items of a Distributed Map failed than tolerated"
    ),
    ReservedError(name="States.ItemReaderFailed", when="the ItemReader of a Distributed Map could not read"),
    ReservedError(name="States.ResultWriterFailed", when="the ResultWriter of a Distributed Map could not write"),
    ReservedError(
        name="States.Http.Socket",
        when="an HTTP task timed out after 60 seconds or its connection failed",
        by_task_failed=True,
    ),
)
"""The reserved names, in the order of the developer guide; `States.Http.StatusCode.NNN` has one for each status.

Source: Step Functions Developer Guide, "Handling errors in Step Functions workflows". That States.TaskFailed matches
States.QueryEvaluationError is inferred.
"""

_STATUS_CODE = re.compile(r"States\.Http\.StatusCode\.[1-5][0-9][0-9]")


def matches(entry: str, error: str) -> bool:
    """Whether an entry of ErrorEquals matches an error that was raised.

    Where the developer guide does not say whether `States.TaskFailed` matches, its sentence "any known error name
    except for States.Timeout" is taken by the letter.

    Source: Step Functions Developer Guide, "Handling errors in Step Functions workflows".
    """
    reserved = ERRORS.get(error)
    if reserved is not None and reserved.terminal:
        return False
    match entry:
        case "States.ALL":
            return True
        case "States.TaskFailed":
            return reserved is None or reserved.by_task_failed is not False
        case "States.Timeout":
            return error in ("States.Timeout", "States.HeartbeatTimeout")
        case _:
            return entry == error


def is_reserved(name: str) -> bool:
    """Whether Step Functions raises an error of that name, or takes it as a wildcard."""
    return name in ERRORS or _STATUS_CODE.fullmatch(name) is not None


LAMBDA_TRANSIENT = (
    "Lambda.ServiceException",
    "Lambda.AWSLambdaException",
    "Lambda.SdkClientException",
    "Lambda.TooManyRequestsException",
    "Lambda.ClientExecutionTimeoutException",
)
"""Errors of the Lambda service that pass by themselves.

Source: Step Functions Developer Guide, "Handle transient Lambda service exceptions".
"""

# The function itself: an error without a type, and the time limit of its sandbox.
_LAMBDA_FUNCTION = ("Lambda.Unknown", "Sandbox.Timedout")
_ADDED: Mapping[str, tuple[str, ...]] = {
    "ecs:runTask": ("AmazonECS.Unknown",),
    "events:putEvents": ("EventBridge.FailedEntry",),
}
_BY_STATUS: Mapping[str, str] = {
    "http:invoke": "States.Http.StatusCode",
    "apigateway:invoke": "ApiGateway",
    "eks:call": "EKS",
}
_STATUSES = ("400", "401", "403", "404", "408", "409", "422", "429", "500", "502", "503", "504")
_TRANSIENT_STATUSES = ("429", "500", "502", "503", "504")
_TRANSIENT = re.compile(
    r"Throttl|TooManyRequests|RequestRateTooLarge|SlowDown|ThroughputExceeded|ConcurrentRunsExceeded"
    r"|(^|Request|Rate|Client|Operation|Execution|Throughput|Query|Concurrent\w*|Service|Account|Resource(Number)?)LimitExceeded"
    r"|Unavailable|Internal(Server|Service|Failure|Error)|OperationTimeout|RequestTimeout|ModelNotReady"
    r"|TransactionConflict|TransactionInProgress"
)

# Lambda answers with status 502 where it cannot use a key or an image; it cannot use it a second later either.
_PERMANENT = re.compile(r"NotFound|AccessDenied|Invalid|Disabled|Validation|AlreadyExists")


def error_prefix(resource: Resource) -> str | None:
    """What stands before the dot in the names of a call's own errors; None where nothing is known.

    Source: Step Functions Developer Guide, "Supported AWS SDK service integrations", column Exception prefix, and the
    pages of the optimized integrations; `Optimized.error_prefix_confirmed` tells which of those are assumed.
    """
    if isinstance(resource, LambdaFunction):
        return "Lambda"
    if not isinstance(resource, ServiceTask):
        return None
    if resource.sdk:
        service = sdk_service(resource.service)
        return service.error_prefix if service is not None else None
    api = optimized(resource.service, resource.api)
    return api.error_prefix if api is not None else None


@cache
def error_names(resource: Resource) -> tuple[str, ...]:
    """The errors that a call is known to raise, besides the reserved ones; in the order of the model.

    Not every error of a service is in its model: a name with the right `error_prefix` may occur although it is not
    among these. A Lambda function also raises errors of its own, named after their class.

    Source: botocore, errors of the operation; Step Functions Developer Guide, "Learning to use AWS service SDK
    integrations" for aws-sdk names. That optimized integrations keep the API's capitals: measured, recorded executions.
    """
    if isinstance(resource, LambdaFunction):
        return LAMBDA_TRANSIENT + _LAMBDA_FUNCTION
    prefix = error_prefix(resource)
    if not isinstance(resource, ServiceTask) or prefix is None:
        return ()
    if not resource.sdk and resource.name in _BY_STATUS:
        by_status = tuple(f"{_BY_STATUS[resource.name]}.{status}" for status in _STATUSES)
        return by_status + (("States.Http.Socket",) if resource.name == "http:invoke" else ())
    operation = _operation(resource)
    names = [_error_name(resource, prefix, shape) for shape in (operation.errors if operation is not None else ())]
    if resource.sdk:
        names += [f"{prefix}.{prefix}Exception"]
    elif resource.name == "lambda:invoke":
        names += [*LAMBDA_TRANSIENT, *_LAMBDA_FUNCTION]
    else:
        names += _ADDED.get(resource.name, ())
    return tuple(dict.fromkeys([*names, f"{prefix}.SdkClientException"]))


@cache
def transient(resource: Resource) -> tuple[str, ...]:
    """The errors of a call that are worth a retry: throttling, and failures on the service's side.

    They are the errors of the operation's model that it marks as retryable or as its own fault (status 5xx), or whose
    name says so (ThrottlingException, TooManyRequestsException, InternalServerError, ...), then the client's failure to
    get an answer. Where the model names none, and for activities and unknown calls, it is `States.TaskFailed`, which
    matches every failure of the task but a timeout. The order is stable.

    Source: botocore, errors of the operation; for Lambda the developer guide, "Handle transient Lambda service
    exceptions"; that `SdkClientException` is worth a retry elsewhere is assumed from Lambda.
    """
    if isinstance(resource, LambdaFunction):
        return LAMBDA_TRANSIENT
    prefix = error_prefix(resource)
    if not isinstance(resource, ServiceTask) or prefix is None:
        return ("States.TaskFailed",)
    if not resource.sdk and resource.name == "lambda:invoke":
        return LAMBDA_TRANSIENT
    if not resource.sdk and resource.name in _BY_STATUS:
        by_status = tuple(f"{_BY_STATUS[resource.name]}.{status}" for status in _TRANSIENT_STATUSES)
        return by_status + (("States.Http.Socket",) if resource.name == "http:invoke" else ())
    operation = _operation(resource)
    if operation is None:
        return ("States.TaskFailed",)
    names = [_error_name(resource, prefix, shape) for shape in operation.errors if _passes(operation, shape)]
    return tuple(dict.fromkeys([*names, f"{prefix}.SdkClientException"])) if names else ("States.TaskFailed",)


def _operation(task: ServiceTask) -> Operation | None:
    if task.sdk:
        service = sdk_service(task.service)
        return service.operation(task.api) if service is not None else None
    api = optimized(task.service, task.api)
    return botocore_operation(api.operation) if api is not None and api.operation is not None else None


def _error_name(task: ServiceTask, prefix: str, shape: str) -> str:
    if task.sdk:
        return f"{prefix}.{exception_word(shape)}"
    word = shape.removesuffix("Fault").removesuffix("Exception")
    return f"{prefix}.{word}Exception"


def _passes(operation: Operation, shape: str) -> bool:
    if _PERMANENT.search(shape):
        return False
    model = operation.error(shape)
    status = model.get("error", {}).get("httpStatusCode", 400)
    return bool("retryable" in model or model.get("fault") or status >= 500 or _TRANSIENT.search(shape))
