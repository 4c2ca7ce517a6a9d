"""SF506."""

from __future__ import annotations

from collections.abc import Iterator

from sfdsl.aws.sdk import sdk_service
from sfdsl.checks.integrations._calls import service_tasks
from sfdsl.checks.integrations._rule import ResourceCheck
from sfdsl.diagnostics import Diagnostic, Severity
from sfdsl.graph import WorkflowGraph


class UnsupportedOperation(ResourceCheck):
    """A Task that calls an operation of the AWS SDK which Step Functions does not call.

    Why it matters:
        Step Functions refuses the definition: it does not stream, and leaves a few operations out.

    Fires on:
        {"Type": "Task", "Resource": "arn:aws:states:::aws-sdk:s3:selectObjectContent", "Parameters": {
          "Bucket": "orders", "Key": "a.csv", "Expression": "SELECT *", "ExpressionType": "SQL",
          "InputSerialization": {}, "OutputSerialization": {}}, "End": true}

    Instead:
        {"Type": "Task", "Resource": "arn:aws:states:::aws-sdk:s3:getObject",
         "Parameters": {"Bucket": "orders", "Key": "a.csv"}, "End": true}
    """

    code = "SF506"
    severity = Severity.ERROR

    def run(self, graph: WorkflowGraph) -> Iterator[Diagnostic]:
        """Every aws-sdk call of an operation in the list of unsupported ones."""
        for call, task in service_tasks(graph):
            service = sdk_service(task.service) if task.sdk else None
            if service is not None and f"{task.api[:1].upper()}{task.api[1:]}" in service.unsupported:
                told = f"{call.subject} calls {task.name}, an operation that Step Functions does not support"
                yield self.on(call, told, "call a function that calls it")
