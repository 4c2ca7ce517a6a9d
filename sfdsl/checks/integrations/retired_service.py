"""SF504."""

from __future__ import annotations

from collections.abc import Iterator

from sfdsl.aws.sdk import Support, sdk_service
from sfdsl.checks.integrations._calls import service_tasks
from sfdsl.checks.integrations._rule import ResourceCheck
from sfdsl.diagnostics import Diagnostic, Severity
from sfdsl.graph import WorkflowGraph


class RetiredService(ResourceCheck):
    """A Task that calls a service which Step Functions lists and AWS has retired.

    Why it matters:
        The definition may still be taken, but nothing answers the call. Its operations and parameters are not
        known any more, so that they are not checked.

    Fires on:
        {"Type": "Task", "Resource": "arn:aws:states:::aws-sdk:robomaker:listRobots", "Parameters": {}, "End": true}

    Instead:
        {"Type": "Task", "Resource": "arn:aws:states:::aws-sdk:batch:listJobs",
         "Parameters": {"JobQueue": "robots"}, "End": true}
    """

    code = "SF504"
    severity = Severity.WARNING

    def run(self, graph: WorkflowGraph) -> Iterator[Diagnostic]:
        """Every aws-sdk call of a service that botocore no longer has."""
        for call, task in service_tasks(graph):
            service = sdk_service(task.service) if task.sdk else None
            if service is not None and service.support is Support.RETIRED:
                yield self.on(call, f"{call.subject} calls {task.service!r}, a service that AWS has retired")
