"""SF503."""

from __future__ import annotations

from collections.abc import Iterator

from sfdsl.aws.sdk import Support, sdk_service
from sfdsl.checks.integrations._calls import service_tasks
from sfdsl.checks.integrations._rule import ResourceCheck
from sfdsl.diagnostics import Diagnostic, Severity
from sfdsl.graph import WorkflowGraph


class UnlistedService(ResourceCheck):
    """A Task that calls a service of the AWS SDK which the list of Step Functions does not name.

    Why it matters:
        AWS adds services to Step Functions some time after the SDK has them, and some never. The definition
        may be refused; creating it shows whether it is.

    Fires on:
        {"Type": "Task", "Resource": "arn:aws:states:::aws-sdk:s3vectors:listVectorBuckets",
         "Parameters": {}, "End": true}

    Instead:
        {"Type": "Task", "Resource": "arn:aws:states:::aws-sdk:s3:listBuckets", "Parameters": {}, "End": true}
    """

    code = "SF503"
    severity = Severity.WARNING

    def run(self, graph: WorkflowGraph) -> Iterator[Diagnostic]:
        """Every aws-sdk call of a service that the developer guide does not list."""
        for call, task in service_tasks(graph):
            service = sdk_service(task.service) if task.sdk else None
            if service is not None and service.support is Support.UNLISTED:
                told = f"{call.subject} calls {task.service!r}, which Step Functions does not list among its services"
                yield self.on(call, told, "create it once to see whether Step Functions takes it, or call a function")
