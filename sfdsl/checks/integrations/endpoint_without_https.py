"""SF527."""

from __future__ import annotations

from collections.abc import Iterator

from sfdsl.checks.integrations._calls import service_tasks
from sfdsl.checks.integrations._rule import ResourceCheck
from sfdsl.diagnostics import Diagnostic, Severity
from sfdsl.graph import WorkflowGraph


class EndpointWithoutHttps(ResourceCheck):
    """An HTTP task whose endpoint is not an https URL.

    Why it matters:
        Step Functions calls https endpoints only; the Task fails whenever it runs.

    Fires on:
        {"Type": "Task", "Resource": "arn:aws:states:::http:invoke", "End": true,
         "Parameters": {"ApiEndpoint": "http://example.com/orders", "Method": "GET",
           "Authentication": {"ConnectionArn": "${Connection}"}}}

    Instead:
        {"Type": "Task", "Resource": "arn:aws:states:::http:invoke", "End": true,
         "Parameters": {"ApiEndpoint": "https://example.com/orders", "Method": "GET",
           "Authentication": {"ConnectionArn": "${Connection}"}}}
    """

    code = "SF527"
    severity = Severity.ERROR

    def run(self, graph: WorkflowGraph) -> Iterator[Diagnostic]:
        """Every HTTP task with a literal endpoint of another scheme."""
        for call, task in service_tasks(graph):
            if task.name != "http:invoke" or not isinstance(call.payload, dict):
                continue
            endpoint = call.payload.get("ApiEndpoint")
            if isinstance(endpoint, str) and not endpoint.lower().startswith(("https://", "$", "#{", "{%")):
                bare = endpoint.split("://", 1)[-1]
                yield self.finding(
                    f"{call.subject} calls {endpoint!r}, which is no https URL",
                    hint=f'write "ApiEndpoint": "https://{bare}"',
                    origin=call.origin.down("ApiEndpoint"),
                    state=call.state.name,
                )
