"""SF521."""

from __future__ import annotations

from collections.abc import Iterator

from sfdsl.aws.resource import Pattern
from sfdsl.checks.integrations._calls import service_tasks
from sfdsl.checks.integrations._rule import ResourceCheck
from sfdsl.diagnostics import Diagnostic, Severity
from sfdsl.graph import WorkflowGraph


class ChildOutputAsText(ResourceCheck):
    """A Task that waits for a child execution with `.sync`, which gives its output as a text.

    Why it matters:
        With `.sync` the `Output` of the child is JSON as a text, to be parsed before a field of it can be
        read. With `.sync:2` it is JSON.

    Fires on:
        {"Type": "Task", "Resource": "arn:aws:states:::states:startExecution.sync", "End": true,
         "Parameters": {"StateMachineArn": "${Child}"}}

    Instead:
        {"Type": "Task", "Resource": "arn:aws:states:::states:startExecution.sync:2", "End": true,
         "Parameters": {"StateMachineArn": "${Child}"}}
    """

    code = "SF521"
    severity = Severity.INFO

    def run(self, graph: WorkflowGraph) -> Iterator[Diagnostic]:
        """Every `states:startExecution.sync`."""
        for call, task in service_tasks(graph):
            if task.name == "states:startExecution" and task.pattern is Pattern.SYNC:
                told = f"{call.subject} waits with .sync, which gives the output of the child as a text"
                yield self.on(call, told, f'write "arn:{task.partition}:states:::states:startExecution.sync:2"')
