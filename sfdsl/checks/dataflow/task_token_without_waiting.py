"""SF253."""

from __future__ import annotations

from collections.abc import Iterator

from sfdsl.aws.resource import ServiceTask, parse
from sfdsl.checks.dataflow._context import context_reads
from sfdsl.checks.dataflow._tokens import answers_at_once
from sfdsl.checks.dataflow._view import TextCheck
from sfdsl.diagnostics import Diagnostic, Severity
from sfdsl.graph import WorkflowGraph
from sfdsl.model.states import State, Task


class TaskTokenWithoutWaiting(TextCheck):
    """A Task that hands its token on and does not wait for it.

    Why it matters:
        The Task is over once its call is answered: whoever calls back with the token is told that the task has
        timed out. The documentation promises a token to a `.waitForTaskToken` Task alone.

    Fires on:
        {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage", "Parameters": {
          "QueueUrl": "approvals", "MessageBody": {"token.$": "$$.Task.Token"}}, "End": true}

    Instead:
        {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken", "Parameters": {
          "QueueUrl": "approvals", "MessageBody": {"token.$": "$$.Task.Token"}}, "End": true}
    """

    code = "SF253"
    severity = Severity.WARNING

    def run(self, graph: WorkflowGraph) -> Iterator[Diagnostic]:
        """One finding for each text."""
        for seen, root, way in context_reads(graph):
            if way[:2] == ("Task", "Token") and answers_at_once(seen.state):
                message = f"reads {root}.Task.Token, and the Task does not wait for it to come back"
                yield self.about(seen, message, hint=_hint(seen.state))


def _hint(state: State) -> str:
    call = parse(state.resource) if isinstance(state, Task) and state.resource is not None else None
    if isinstance(call, ServiceTask):
        return f'write "Resource": "{call.text}.waitForTaskToken"'
    return "call the function by arn:aws:states:::lambda:invoke.waitForTaskToken"
