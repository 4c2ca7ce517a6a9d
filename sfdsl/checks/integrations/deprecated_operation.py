"""SF525."""

from __future__ import annotations

from collections.abc import Iterator

from sfdsl.aws.sdk import sdk_service
from sfdsl.checks.integrations._calls import service_tasks
from sfdsl.checks.integrations._rule import ResourceCheck
from sfdsl.diagnostics import Diagnostic, Severity, near
from sfdsl.graph import WorkflowGraph


class DeprecatedOperation(ResourceCheck):
    """A Task that calls an operation which its service has deprecated.

    Why it matters:
        It still works; the service advises against it and may retire it.

    Fires on:
        {"Type": "Task", "Resource": "arn:aws:states:::aws-sdk:guardduty:getMasterAccount", "End": true,
         "Parameters": {"DetectorId": "${Detector}"}}

    Instead:
        {"Type": "Task", "Resource": "arn:aws:states:::aws-sdk:guardduty:getAdministratorAccount", "End": true,
         "Parameters": {"DetectorId": "${Detector}"}}
    """

    code = "SF525"
    severity = Severity.INFO

    def run(self, graph: WorkflowGraph) -> Iterator[Diagnostic]:
        """Every aws-sdk call of an operation that its model calls deprecated."""
        for call, task in service_tasks(graph):
            service = sdk_service(task.service) if task.sdk else None
            operation = service.operation(task.api) if service is not None else None
            if service is None or operation is None or not operation.deprecated or not operation.supported:
                continue
            newer = [api for api in service.apis if _in_use(service.operation(api))]
            other = near(task.api, newer, cutoff=0.8)
            hint = f"the service also has {other!r}" if other is not None else ""
            yield self.on(call, f"{call.subject} calls {task.name}, which its service has deprecated", hint)


def _in_use(operation: object) -> bool:
    return not getattr(operation, "deprecated", True)
