"""SF106."""

from __future__ import annotations

from collections.abc import Iterator

from sfdsl.checks.base import Check
from sfdsl.checks.structure._fields import listed
from sfdsl.checks.structure._loops import loops
from sfdsl.diagnostics import Diagnostic, Severity
from sfdsl.graph import WorkflowGraph
from sfdsl.model.states import Task


class BusyLoop(Check):
    """A loop that only looks, chooses and passes on, without a Wait.

    Why it matters:
        It goes round as fast as Step Functions can, many times a second: each round is billed by its
        transitions, the looking hits the service's rate limit, and 25,000 events end the execution after minutes.
        A loop that reads page after page (its task is given a token) is not meant, nor is one with a task that
        waits by itself: `.sync`, `.waitForTaskToken` or an activity.

    Fires on:
        {"StartAt": "Look", "States": {
            "Look": {"Type": "Task", "Resource": "arn:aws:states:::aws-sdk:glue:getCrawler",
                     "Parameters": {"Name": "orders"}, "Next": "Ready?"},
            "Ready?": {"Type": "Choice", "Choices": [{"Variable": "$.Crawler.State", "StringEquals": "READY",
                       "Next": "Done"}], "Default": "Look"},
            "Done": {"Type": "Succeed"}}}

    Instead:
        {"StartAt": "Look", "States": {
            "Look": {"Type": "Task", "Resource": "arn:aws:states:::aws-sdk:glue:getCrawler",
                     "Parameters": {"Name": "orders"}, "Next": "Ready?"},
            "Ready?": {"Type": "Choice", "Choices": [{"Variable": "$.Crawler.State", "StringEquals": "READY",
                       "Next": "Done"}], "Default": "Rest"},
            "Rest": {"Type": "Wait", "Seconds": 30, "Next": "Look"},
            "Done": {"Type": "Succeed"}}}
    """

    code = "SF106"
    severity = Severity.WARNING

    def run(self, graph: WorkflowGraph) -> Iterator[Diagnostic]:
        """One finding for each loop, at its first state."""
        for loop in loops(graph):
            if not loop.idle:
                continue
            first = next((state for state in loop.states if isinstance(state, Task)), loop.states[0])
            names = [state.name for state in loop.states]
            what = "looks again and again" if isinstance(first, Task) else "goes round and round"
            message = f"the loop of {listed(names)} {what} without a Wait"
            hint = f'put a Wait into the loop: {{"Type": "Wait", "Seconds": 30, "Next": "{first.name}"}}'
            yield self.at(first, message, hint=hint)
