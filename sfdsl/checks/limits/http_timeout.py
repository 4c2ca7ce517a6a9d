"""SF425."""

from __future__ import annotations

from collections.abc import Iterator

from sfdsl.aws import quotas
from sfdsl.aws.resource import ServiceTask, parse
from sfdsl.checks.base import Check
from sfdsl.checks.limits._common import amount, literal
from sfdsl.diagnostics import Diagnostic, Severity
from sfdsl.graph import WorkflowGraph
from sfdsl.model.states import Task


class HttpTimeout(Check):
    """An HTTP task with a timeout that it cannot reach.

    Why it matters:
        A call of an HTTPS endpoint ends after 60 seconds with States.Http.Socket, whatever `TimeoutSeconds`
        says. A Catch for States.Timeout does not see it.

    Fires on:
        {"Type": "Task", "Resource": "arn:aws:states:::http:invoke", "TimeoutSeconds": 300, "End": true,
         "Parameters": {"ApiEndpoint": "https://example.com/orders", "Method": "GET",
           "Authentication": {"ConnectionArn": "${Connection}"}}}

    Instead:
        {"Type": "Task", "Resource": "arn:aws:states:::http:invoke", "TimeoutSeconds": 60, "End": true,
         "Parameters": {"ApiEndpoint": "https://example.com/orders", "Method": "GET",
           "Authentication": {"ConnectionArn": "${Connection}"}}}
    """

    code = "SF425"
    severity = Severity.WARNING

    def run(self, graph: WorkflowGraph) -> Iterator[Diagnostic]:
        """Every HTTP task whose literal timeout is over 60 seconds."""
        most = quotas.HTTP_TASK_SECONDS.limit
        for _, state in graph.states():
            asked = literal(state.timeout_seconds) if isinstance(state, Task) else None
            if asked is None or asked <= most or not isinstance(state, Task) or state.resource is None:
                continue
            resource = parse(state.resource)
            if isinstance(resource, ServiceTask) and resource.name == "http:invoke":
                yield self.at(
                    state,
                    f"state {state.name!r} times out after {amount(asked, 'second')}; an HTTP task ends after "
                    f"{amount(most, 'second')} with States.Http.Socket",
                    hint=f'use "TimeoutSeconds": {int(most)}; for a longer call let the endpoint answer at once and '
                    "send the token of a lambda:invoke.waitForTaskToken back",
                    field="TimeoutSeconds",
                )
