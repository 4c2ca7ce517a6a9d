"""SF421."""

from __future__ import annotations

from collections.abc import Iterator

from sfdsl.aws import quotas
from sfdsl.checks.base import Check
from sfdsl.checks.limits._common import amount, express, literal, span
from sfdsl.diagnostics import Diagnostic, Severity
from sfdsl.graph import WorkflowGraph
from sfdsl.model.states import Wait


class WaitOverAYear(Check):
    """A Wait longer than an execution may run.

    Why it matters:
        A Standard execution ends after one year with States.Timeout. This Wait never ends well.

    Fires on:
        {"Type": "Wait", "Seconds": 40000000, "End": true}

    Instead:
        {"Type": "Wait", "Seconds": 2592000, "End": true}
    """

    code = "SF421"
    severity = Severity.ERROR

    def run(self, graph: WorkflowGraph) -> Iterator[Diagnostic]:
        """Every Wait of a Standard execution with more literal seconds than a year has."""
        year = quotas.STANDARD_SECONDS.limit
        for scope, state in graph.states():
            if isinstance(state, Wait) and not express(graph, scope):
                seconds = literal(state.seconds)
                if seconds is not None and seconds > year:
                    yield self.at(
                        state,
                        f"state {state.name!r} waits {amount(seconds, 'second')} ({span(seconds)}); an execution ends "
                        f"after {amount(year, 'second')}, one year",
                        hint="end this execution and let a schedule of Amazon EventBridge Scheduler start the next one",
                        field="Seconds",
                    )
