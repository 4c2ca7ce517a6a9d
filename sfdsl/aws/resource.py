"""The grammar of a Task's `Resource`: which service, which API, which integration pattern."""

from __future__ import annotations

import enum
import re
from functools import lru_cache
from typing import TypeAlias

from attrs import frozen

__all__ = [
    "Activity",
    "LambdaFunction",
    "Malformed",
    "Pattern",
    "Resource",
    "ServiceTask",
    "Unresolved",
    "has_placeholder",
    "parse",
    "service_task",
]


class Pattern(enum.Enum):
    """How a Task waits for the service it calls; the value is the suffix that ASL appends to the API."""

    REQUEST_RESPONSE = ""
    SYNC = ".sync"
    SYNC_2 = ".sync:2"
    WAIT_FOR_TASK_TOKEN = ".waitForTaskToken"
    UNKNOWN = "?"
    """No pattern of ASL; `ServiceTask.suffix` has what was written."""

    @property
    def waits(self) -> bool:
        """Whether the Task ends later than the call: a job (`.sync`) or a callback."""
        return self in (Pattern.SYNC, Pattern.SYNC_2, Pattern.WAIT_FOR_TASK_TOKEN)


@frozen(kw_only=True)
class ServiceTask:
    """A call of a service: an optimized integration, an `aws-sdk` integration or `http:invoke`.

    Attributes:
        partition: As written: `aws`, `aws-cn`, or a placeholder such as `${AWS::Partition}`.
        service: ASL's word for the service, for example `states`, `elasticmapreduce`, or `sfn` where `sdk` is set.
        api: The operation in camelCase, without the pattern's suffix.
        pattern: The integration pattern; `Pattern.UNKNOWN` when the suffix is none of ASL's.
        suffix: The suffix as written, for example `.sync:2`; empty for request-response.
        sdk: Whether it is the `aws-sdk:` form.
        region: What stands in the ARN's region field: normally nothing.
        account: What stands in the ARN's account field: normally nothing.
        text: The whole string as written.
    """

    partition: str
    service: str
    api: str
    pattern: Pattern
    suffix: str
    sdk: bool
    region: str = ""
    account: str = ""
    text: str

    @property
    def name(self) -> str:
        """Service and API as ASL joins them, without the pattern: `aws-sdk:s3:getObject`, `glue:startJobRun`."""
        return f"{'aws-sdk:' if self.sdk else ''}{self.service}:{self.api}"


@frozen(kw_only=True)
class LambdaFunction:
    """A Lambda function called by its own ARN, the form older than `lambda:invoke`.

    Attributes:
        name: Name of the function, or a placeholder.
        qualifier: Version or alias; None where the ARN has none.
        region: As written; a placeholder where the definition has one.
        account: As written; a placeholder where the definition has one.
        text: The whole string as written.
    """

    name: str
    qualifier: str | None
    region: str
    account: str
    text: str


@frozen(kw_only=True)
class Activity:
    """An activity, which workers poll; Standard only.

    Attributes:
        name: Name of the activity, or a placeholder.
        region: As written.
        account: As written.
        text: The whole string as written.
    """

    name: str
    region: str
    account: str
    text: str


@frozen(kw_only=True)
class Unresolved:
    """A string whose placeholder hides what it is: known only once the template is deployed."""

    text: str


@frozen(kw_only=True)
class Malformed:
    """A string that Step Functions refuses as a `Resource`.

    Attributes:
        text: The whole string as written.
        reason: What is wrong with it, as the end of a sentence that starts with the text.
    """

    text: str
    reason: str


Resource: TypeAlias = ServiceTask | LambdaFunction | Activity | Unresolved | Malformed
"""What the `Resource` of a Task can be."""

# CloudFormation, Terraform and CDK write ${...}, Serverless also #{...}; colons inside them do not separate fields.
_PLACEHOLDER = re.compile(r"[$#]\{[^{}]*\}")
_FIELD = r"(?:[$#]\{[^{}]*\}|[^:$#]|[$#](?!\{))"
_ARN = re.compile(
    rf"arn:(?P<partition>{_FIELD}+):(?P<service>{_FIELD}+):(?P<region>{_FIELD}*):(?P<account>{_FIELD}*):(?P<rest>.+)",
    re.DOTALL,
)
_LAMBDA = re.compile(rf"function:(?P<name>{_FIELD}+)(?::(?P<qualifier>{_FIELD}+))?")
_CALL = re.compile(r"(?P<sdk>aws-sdk:)?(?P<service>[A-Za-z0-9_-]+):(?P<api>[A-Za-z0-9_]+)(?P<suffix>\..*)?", re.DOTALL)
_PATTERNS = {pattern.value: pattern for pattern in Pattern if pattern is not Pattern.UNKNOWN}


def has_placeholder(text: str) -> bool:
    """Whether a `${...}` or `#{...}` stands in the text, to be replaced when the template is deployed."""
    return _PLACEHOLDER.search(text) is not None


@lru_cache(maxsize=4096)
def parse(resource: str) -> Resource:
    """What a Task's `Resource` means.

    Placeholders are accepted in any field of an ARN. Only where one hides the service, the API or the pattern is the
    answer `Unresolved`. Region and account are accepted (and kept) in the ARN of an integration, since definitions
    with them are in use.

    Source: Step Functions Developer Guide, "Task workflow state", field Resource.
    """
    arn = _ARN.fullmatch(resource)
    if arn is None:
        if has_placeholder(resource):
            return Unresolved(text=resource)
        return Malformed(text=resource, reason=_no_arn(resource))
    match arn["service"]:
        case "states":
            return _of_states(arn, resource)
        case "lambda":
            return _of_lambda(arn, resource)
        case service if has_placeholder(service):
            return Unresolved(text=resource)
        case service:
            return Malformed(text=resource, reason=f"names the service {service!r}; a Task takes `states` or `lambda`")


def service_task(
    service: str,
    api: str,
    *,
    pattern: Pattern = Pattern.REQUEST_RESPONSE,
    sdk: bool = False,
    partition: str = "aws",
) -> ServiceTask:
    """The `Resource` of a call, ready to be written: `.text` is its ARN.

    Args:
        service: ASL's word for the service.
        api: The operation in camelCase.
        pattern: One of ASL's patterns, so not `Pattern.UNKNOWN`.
        sdk: Whether to use the `aws-sdk` form.
        partition: `aws`, `aws-cn`, `aws-us-gov` or a placeholder.

    Raises:
        ValueError: If `pattern` is `Pattern.UNKNOWN`.
    """
    if pattern is Pattern.UNKNOWN:
        raise ValueError("Pattern.UNKNOWN has no suffix to write")
    text = f"arn:{partition}:states:::{'aws-sdk:' if sdk else ''}{service}:{api}{pattern.value}"
    return ServiceTask(
        partition=partition, service=service, api=api, pattern=pattern, suffix=pattern.value, sdk=sdk, text=text
    )


def _of_states(arn: re.Match[str], text: str) -> Resource:
    rest = arn["rest"]
    if rest.startswith("activity:") and rest != "activity:":
        name = rest.removeprefix("activity:")
        return Activity(name=name, region=arn["region"], account=arn["account"], text=text)
    if has_placeholder(rest):
        return Unresolved(text=text)
    if rest.split(":")[0] in ("stateMachine", "execution", "express", "mapRun"):
        return Malformed(text=text, reason="is a state machine's ARN; call one with `states:startExecution`")
    call = _CALL.fullmatch(rest)
    if call is None or (call["service"] == "aws-sdk" and not call["sdk"]):
        return Malformed(text=text, reason="does not end in SERVICE:API")
    suffix = call["suffix"] or ""
    return ServiceTask(
        partition=arn["partition"],
        service=call["service"],
        api=call["api"],
        pattern=_PATTERNS.get(suffix, Pattern.UNKNOWN),
        suffix=suffix,
        sdk=call["sdk"] is not None,
        region=arn["region"],
        account=arn["account"],
        text=text,
    )


def _of_lambda(arn: re.Match[str], text: str) -> Resource:
    function = _LAMBDA.fullmatch(arn["rest"])
    if function is not None:
        return LambdaFunction(
            name=function["name"],
            qualifier=function["qualifier"],
            region=arn["region"],
            account=arn["account"],
            text=text,
        )
    if has_placeholder(arn["rest"]):
        return Unresolved(text=text)
    return Malformed(text=text, reason="is no function's ARN; it ends in function:NAME or function:NAME:QUALIFIER")


def _no_arn(text: str) -> str:
    if text.startswith("{%"):
        return "is an expression; a Resource is a constant"
    if text.startswith("$"):
        return "is a path; a Resource is a constant"
    return "is no ARN; it starts with arn:aws:states::: or is a function's or an activity's ARN"
