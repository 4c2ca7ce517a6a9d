"""SF412."""

from __future__ import annotations

from collections.abc import Iterator

from sfdsl.aws.resource import Pattern, ServiceTask
from sfdsl.checks.base import Check
from sfdsl.checks.limits._common import express_tasks, how_to_leave, where
from sfdsl.diagnostics import Diagnostic, Severity
from sfdsl.graph import WorkflowGraph


class CallbackInExpress(Check):
    """An Express execution that waits for a task token.

    Why it matters:
        Step Functions refuses the definition: a callback needs an execution that is stored, and an Express
        execution is not.

    Fires on:
        {"Type": "EXPRESS", "Definition": {"StartAt": "Ask", "States": {"Ask": {
          "Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
          "Parameters": {"QueueUrl": "${Queue}", "MessageBody": {"token.$": "$$.Task.Token"}}, "End": true}}}}

    Instead:
        {"Type": "EXPRESS", "Definition": {"StartAt": "Tell", "States": {"Tell": {
          "Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage",
          "Parameters": {"QueueUrl": "${Queue}", "MessageBody.$": "$"}, "End": true}}}}
    """

    code = "SF412"
    severity = Severity.ERROR

    def run(self, graph: WorkflowGraph) -> Iterator[Diagnostic]:
        """Every Task in an Express execution that uses `.waitForTaskToken`."""
        for scope, state, resource in express_tasks(graph):
            if isinstance(resource, ServiceTask) and resource.pattern is Pattern.WAIT_FOR_TASK_TOKEN:
                yield self.at(
                    state,
                    f"state {state.name!r} waits for a task token in {where(graph, scope)}, which cannot",
                    hint=f"call {resource.name} without .waitForTaskToken, or {how_to_leave(graph, scope)}",
                    field="Resource",
                )
