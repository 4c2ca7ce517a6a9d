"""SF509."""

from __future__ import annotations

from collections.abc import Iterator

from sfdsl.checks.integrations._calls import service_tasks
from sfdsl.checks.integrations._rule import ResourceCheck
from sfdsl.diagnostics import Diagnostic, Severity
from sfdsl.graph import WorkflowGraph


class RegionInResource(ResourceCheck):
    """A Task that names a region or an account in the ARN of a service integration.

    Why it matters:
        An integration calls the service in the region and account of the state machine, whatever stands in the
        two fields; they are documented as empty. To call in another account, the Task takes on a role with
        `Credentials`.

    Fires on:
        {"Type": "Task", "Resource": "arn:aws:states:eu-west-1:123456789012:sqs:sendMessage",
         "Parameters": {"QueueUrl": "${Queue}", "MessageBody.$": "$"}, "End": true}

    Instead:
        {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage",
         "Parameters": {"QueueUrl": "${Queue}", "MessageBody.$": "$"}, "End": true}
    """

    code = "SF509"
    severity = Severity.WARNING

    def run(self, graph: WorkflowGraph) -> Iterator[Diagnostic]:
        """Every integration with something in the region or account field of its ARN."""
        for call, task in service_tasks(graph):
            if task.region or task.account:
                told = f"the Resource of {call.subject} names the region {task.region!r} and account {task.account!r}"
                yield self.on(call, told, f'write "arn:{task.partition}:states:::{task.name}{task.suffix}"')
