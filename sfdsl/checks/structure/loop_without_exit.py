"""SF105."""

from __future__ import annotations

from collections.abc import Iterator

from sfdsl.checks.base import Check
from sfdsl.checks.structure._fields import listed
from sfdsl.checks.structure.flow_without_end import never_ends
from sfdsl.diagnostics import Diagnostic, Severity
from sfdsl.graph import WorkflowGraph


class LoopWithoutExit(Check):
    """A loop that no path leaves, in a flow that ends elsewhere.

    Why it matters:
        An execution that comes into the loop can never succeed: it goes round until it has 25,000 events
        or its time is up, and then it fails. Every round is billed.

    Fires on:
        {"StartAt": "Ready?", "States": {
            "Ready?": {"Type": "Choice", "Choices": [{"Variable": "$.ready", "BooleanEquals": true, "Next": "Done"}],
                       "Default": "Rest"},
            "Rest": {"Type": "Wait", "Seconds": 60, "Next": "Look"},
            "Look": {"Type": "Pass", "Next": "Rest"},
            "Done": {"Type": "Succeed"}}}

    Instead:
        {"StartAt": "Ready?", "States": {
            "Ready?": {"Type": "Choice", "Choices": [{"Variable": "$.ready", "BooleanEquals": true, "Next": "Done"}],
                       "Default": "Rest"},
            "Rest": {"Type": "Wait", "Seconds": 60, "Next": "Look"},
            "Look": {"Type": "Pass", "Next": "Ready?"},
            "Done": {"Type": "Succeed"}}}
    """

    code = "SF105"
    severity = Severity.ERROR

    def run(self, graph: WorkflowGraph) -> Iterator[Diagnostic]:
        """One finding for each loop, at its first state."""
        for scope in graph.scopes:
            flow = graph.graph(scope)
            endless = {state.name for state in flow.endless()}
            if not endless or never_ends(flow):
                continue
            for loop in flow.loops(endless):
                if any(after not in loop for name in loop for after in flow.successors[name]):
                    continue  # it leads on, into another endless loop that has its own finding
                message = (
                    f"state {loop[0]!r} leads back to itself for ever"
                    if len(loop) == 1
                    else f"no path leads out of the loop of {listed(loop)}"
                )
                hint = "leave it by a Choice on a condition, or on a counter, that leads to the states behind it"
                yield self.at(flow.by_name[loop[0]], message, hint=hint)
