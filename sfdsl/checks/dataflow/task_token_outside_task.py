"""SF251."""

from __future__ import annotations

from collections.abc import Iterator

from sfdsl.checks.dataflow._context import context_reads
from sfdsl.checks.dataflow._view import TextCheck
from sfdsl.diagnostics import Diagnostic, Severity
from sfdsl.graph import WorkflowGraph
from sfdsl.model.states import Task


class TaskTokenOutsideTask(TextCheck):
    """`Task.Token` of the context object, read in a state that is no Task.

    Why it matters:
        There is no token, and the execution fails when it comes to the state.

    Fires on:
        {"Type": "Pass", "Parameters": {"token.$": "$$.Task.Token"}, "End": true}

    Instead:
        {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken", "Parameters": {
          "QueueUrl": "approvals", "MessageBody": {"token.$": "$$.Task.Token"}}, "End": true}
    """

    code = "SF251"
    severity = Severity.ERROR

    def run(self, graph: WorkflowGraph) -> Iterator[Diagnostic]:
        """One finding for each text."""
        for seen, root, way in context_reads(graph):
            if way[:2] == ("Task", "Token") and not isinstance(seen.state, Task):
                hint = "hand it on in the Parameters or Arguments of a .waitForTaskToken Task"
                yield self.about(seen, f"reads {root}.Task.Token, and a {_kind(seen.state)} has no token", hint=hint)


def _kind(state: object) -> str:
    return type(state).__name__
