"""SF526."""

from __future__ import annotations

from collections.abc import Iterator

from sfdsl.aws.resource import Activity, ServiceTask
from sfdsl.checks.integrations._calls import calls
from sfdsl.checks.integrations._rule import ResourceCheck
from sfdsl.diagnostics import Diagnostic, Severity
from sfdsl.graph import WorkflowGraph
from sfdsl.model.fields import ABSENT
from sfdsl.model.states import Task


class CredentialsNotTaken(ResourceCheck):
    """A Task with `Credentials` that calls something which takes no role: an activity or an HTTPS endpoint.

    Why it matters:
        Only a function or a service of AWS is called with another role. An HTTPS endpoint is called with the
        secret of its connection.

    Fires on:
        {"Type": "Task", "Resource": "arn:aws:states:::http:invoke", "End": true,
         "Credentials": {"RoleArn": "${Role}"},
         "Parameters": {"ApiEndpoint": "https://example.com/orders", "Method": "GET",
           "Authentication": {"ConnectionArn": "${Connection}"}}}

    Instead:
        {"Type": "Task", "Resource": "arn:aws:states:::http:invoke", "End": true,
         "Parameters": {"ApiEndpoint": "https://example.com/orders", "Method": "GET",
           "Authentication": {"ConnectionArn": "${Connection}"}}}
    """

    code = "SF526"
    severity = Severity.ERROR

    def run(self, graph: WorkflowGraph) -> Iterator[Diagnostic]:
        """Every Task with `Credentials` whose call takes none."""
        for call in calls(graph):
            if not isinstance(call.node, Task) or call.node.credentials is ABSENT:
                continue
            match call.resource:
                case Activity():
                    what = "an activity"
                case ServiceTask(service="http", sdk=False):
                    what = "an HTTPS endpoint"
                case _:
                    continue
            told = f"{call.subject} has Credentials and calls {what}, which takes none"
            yield self.at(call.state, told, hint="delete Credentials", field="Credentials")
