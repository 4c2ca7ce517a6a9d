"""SF126."""

from __future__ import annotations

from collections.abc import Iterator

from sfdsl.checks.structure._numbers import Limits, numbers
from sfdsl.checks.structure._parts import PartCheck
from sfdsl.diagnostics import Diagnostic, Severity
from sfdsl.graph import WorkflowGraph


class NumberOutOfRange(PartCheck):
    """A number below or above what its field takes.

    Why it matters:
        Step Functions refuses the definition.

    Fires on:
        {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "TimeoutSeconds": 0, "End": true}

    Instead:
        {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "TimeoutSeconds": 60, "End": true}
    """

    code = "SF126"
    severity = Severity.ERROR

    def run(self, graph: WorkflowGraph) -> Iterator[Diagnostic]:
        """One finding for each number."""
        for part, key, value, limits in numbers(graph):
            if isinstance(value, str) or (value >= limits.least and (limits.most is None or value <= limits.most)):
                continue
            unit = f" {limits.unit}" if limits.unit else ""
            message = f"{part.field(key)} is {_shown(value)}; {_allowed(limits)}{unit} may be written there"
            low = value < limits.least
            nearest = f"{limits.least:g}` or more" if low or limits.most is None else f"{limits.most:.0f}` or less"
            yield self.about(graph, part, message, hint=f'write `"{key}": {nearest}', field=key)


def _shown(value: float) -> str:
    return f"{value:,}" if isinstance(value, int) else f"{value:g}"


def _allowed(limits: Limits) -> str:
    if limits.most is None:
        return f"{limits.least:g} or more"
    return f"{limits.least:g} to {limits.most:,.0f}"
