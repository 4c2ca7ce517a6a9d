"""SF252."""

from __future__ import annotations

from collections.abc import Iterator

from sfdsl.checks.base import Check
from sfdsl.checks.dataflow._context import context_reads
from sfdsl.checks.dataflow._tokens import is_callback
from sfdsl.checks.dataflow._view import view
from sfdsl.diagnostics import Diagnostic, Severity
from sfdsl.graph import WorkflowGraph
from sfdsl.model.workflow import JSONATA


class TaskTokenNeverPassed(Check):
    """A `.waitForTaskToken` Task that hands its token to nobody.

    Why it matters:
        Nobody can call back, and the Task waits until its timeout; without one, up to a year.

    Fires on:
        {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken", "TimeoutSeconds": 600,
         "Parameters": {"QueueUrl": "approvals", "MessageBody": {"order.$": "$.order"}}, "End": true}

    Instead:
        {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken", "TimeoutSeconds": 600,
         "Parameters": {"QueueUrl": "approvals", "MessageBody": {"order.$": "$.order", "token.$": "$$.Task.Token"}},
         "End": true}
    """

    code = "SF252"
    severity = Severity.ERROR

    def run(self, graph: WorkflowGraph) -> Iterator[Diagnostic]:
        """One finding for each Task; silent where its payload cannot be read."""
        waiting = [(scope, state) for scope, state in graph.states() if is_callback(state)]
        if not waiting:
            return
        passing = {
            id(seen.state)
            for seen, _, way in context_reads(graph)
            if seen.text.field.key in _PAYLOAD and way in ((), ("Task",), ("Task", "Token"))
        }
        found = view(graph)
        for path in found.paths:
            if path.problem is not None and path.text.field.key in _PAYLOAD:
                passing.add(id(path.state))
        for expression in found.expressions:
            unclear = expression.problem is not None or () in expression.facts.states
            if unclear and expression.text.field.key in _PAYLOAD:
                passing.add(id(expression.state))
        for scope, state in waiting:
            if id(state) in passing:
                continue
            if scope.language(state) == JSONATA:
                entry, field = '"token": "{% $states.context.Task.Token %}"', "Arguments"
            else:
                entry, field = '"token.$": "$$.Task.Token"', "Parameters"
            message = f"state {state.name!r} waits for its task token, and hands it to nobody"
            yield self.at(state, message, hint=f"add {entry} to what {field} sends", field="Resource")


_PAYLOAD = ("Parameters", "Arguments", "InputPath")
