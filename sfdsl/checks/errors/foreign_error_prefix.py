"""SF310."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from sfdsl.aws.errors import error_names, error_prefix, is_reserved
from sfdsl.aws.integrations import all_optimized, optimized
from sfdsl.aws.resource import Pattern, ServiceTask, parse
from sfdsl.aws.sdk import sdk_services
from sfdsl.checks.errors._handlers import HandlerCheck, handlers
from sfdsl.diagnostics import Diagnostic, Severity
from sfdsl.graph import WorkflowGraph
from sfdsl.model.states import Task


class ForeignErrorPrefix(HandlerCheck):
    """An error name of another service than the one that the task calls, or without the service's name.

    Why it matters:
        The errors of a service call are named after the service: Glue.ThrottlingException, DynamoDb.... They are
        matched letter by letter, so that Lambda.TooManyRequestsException on a Glue task never applies, nor does
        ThrottlingException alone. The aws-sdk form has names of its own: DynamoDb there, DynamoDB elsewhere.

    Fires on:
        {"Type": "Task", "Resource": "arn:aws:states:::glue:startJobRun.sync", "End": true,
         "Parameters": {"JobName": "orders"}, "TimeoutSeconds": 3600,
         "Retry": [{"ErrorEquals": ["Lambda.TooManyRequestsException"]}]}

    Instead:
        {"Type": "Task", "Resource": "arn:aws:states:::glue:startJobRun.sync", "End": true,
         "Parameters": {"JobName": "orders"}, "TimeoutSeconds": 3600,
         "Retry": [{"ErrorEquals": ["Glue.ConcurrentRunsExceededException"]}]}
    """

    code = "SF310"
    severity = Severity.WARNING

    def run(self, graph: WorkflowGraph) -> Iterator[Diagnostic]:
        """One finding for each name; nothing on calls that may raise errors of any name."""
        for handler in handlers(graph):
            if not isinstance(handler.state, Task) or handler.state.resource is None:
                continue
            call = parse(handler.state.resource)
            if not isinstance(call, ServiceTask) or not _sure(call):
                continue
            for name in handler.names:
                if is_reserved(name) or name.startswith("States."):
                    continue
                own = error_prefix(call)
                prefix, dot, rest = name.partition(".")
                if prefix == own or own is None:
                    continue
                meant = f"{own}.{rest}" if dot else f"{own}.{name}"
                if dot and prefix.lower() == own.lower():
                    message = f"{handler} names {name!r}; errors of {call.name} start with '{own}.'"
                elif dot and _is_service(prefix):
                    message = f"{handler} names {name!r}, an error of another service than {call.name}"
                    meant = _known(call, meant)
                elif not dot and (meant := _known(call, meant)):
                    message = f"{handler} names {name!r}; errors of {call.name} start with '{own}.'"
                else:
                    continue
                hint = f"did you mean {meant!r}?" if meant else f"delete it; errors of {call.name} start with '{own}.'"
                yield self.about(handler, message, hint=hint, field="ErrorEquals")


def _sure(call: ServiceTask) -> bool:
    """Whether all errors of a call are known to carry one prefix.

    A function raises errors of any name, and so does who answers a callback; a job ends with names of its own.
    """
    if call.pattern is not Pattern.REQUEST_RESPONSE and call.pattern not in (Pattern.SYNC, Pattern.SYNC_2):
        return False
    if call.sdk:
        return call.name not in ("aws-sdk:lambda:invoke", "aws-sdk:sfn:startSyncExecution")
    api = optimized(call.service, call.api)
    return api is not None and api.error_prefix_confirmed and call.service not in _ANY_NAME


_ANY_NAME = ("lambda", "apigateway", "eks", "http")
"""Services whose answers bring names of their own: functions, and what answers with a status."""


def _known(call: ServiceTask, name: str) -> str:
    """An error name as the call raises it; empty where it is not known to."""
    return next((known for known in (name, f"{name}Exception") if known in error_names(call)), "")


@cache
def _optimized() -> frozenset[str]:
    return frozenset({api.error_prefix.lower() for api in all_optimized()} | {"sandbox"})


def _is_service(prefix: str) -> bool:
    """Whether a prefix is a service's; nearly all are the name of the aws-sdk service with capitals."""
    return prefix.lower() in sdk_services() or prefix.lower() in _optimized()
