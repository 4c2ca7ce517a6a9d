"""SF107."""

from __future__ import annotations

from collections.abc import Iterator

from sfdsl.checks.base import Check
from sfdsl.checks.structure._fields import listed
from sfdsl.checks.structure._loops import loops
from sfdsl.diagnostics import Diagnostic, Severity
from sfdsl.graph import WorkflowGraph


class LoopWithoutWait(Check):
    """A loop that calls a Lambda function and starts its next round at once.

    Why it matters:
        That is right where each round makes progress: the next item, the next attempt at a correction. Where
        the function only looks whether something has happened elsewhere, the loop asks many times a second and
        pays for each time. Loops in which a service call does the work, or reads page after page, are not meant.

    Fires on:
        {"StartAt": "Status", "States": {
            "Status": {"Type": "Task", "Resource": "arn:aws:lambda:eu-west-1:123456789012:function:status",
                       "Next": "Done?"},
            "Done?": {"Type": "Choice", "Choices": [{"Variable": "$.done", "BooleanEquals": true, "Next": "Done"}],
                      "Default": "Status"},
            "Done": {"Type": "Succeed"}}}

    Instead:
        {"StartAt": "Status", "States": {
            "Status": {"Type": "Task", "Resource": "arn:aws:lambda:eu-west-1:123456789012:function:status",
                       "Next": "Done?"},
            "Done?": {"Type": "Choice", "Choices": [{"Variable": "$.done", "BooleanEquals": true, "Next": "Done"}],
                      "Default": "Rest"},
            "Rest": {"Type": "Wait", "Seconds": 30, "Next": "Status"},
            "Done": {"Type": "Succeed"}}}
    """

    code = "SF107"
    severity = Severity.INFO

    def run(self, graph: WorkflowGraph) -> Iterator[Diagnostic]:
        """One finding for each loop that SF106 does not report, at its first state."""
        for loop in loops(graph):
            if loop.idle:
                continue
            names = [state.name for state in loop.states]
            message = f"the loop of {listed(names)} starts its next round at once"
            hint = f'if it waits for something, put in {{"Type": "Wait", "Seconds": 30, "Next": "{names[0]}"}}'
            yield self.at(loop.states[0], message, hint=hint)
