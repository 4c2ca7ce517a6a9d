"""SF108."""

from __future__ import annotations

from collections.abc import Iterator

from sfdsl.checks.base import Check
from sfdsl.checks.structure._targets import at, where
from sfdsl.diagnostics import Diagnostic, Severity
from sfdsl.graph import WorkflowGraph
from sfdsl.model.states import State
from sfdsl.model.workflow import Scope


class DuplicateStateName(Check):
    """Two states of one machine with the same name, be it in different branches or bodies.

    Why it matters:
        Step Functions refuses the definition: a name is unique in the whole machine, branches of a Parallel
        and bodies of a Map included.

    Fires on:
        {"StartAt": "Both", "States": {"Both": {"Type": "Parallel", "End": true, "Branches": [
            {"StartAt": "Load", "States": {"Load": {"Type": "Succeed"}}},
            {"StartAt": "Load", "States": {"Load": {"Type": "Succeed"}}}]}}}

    Instead:
        {"StartAt": "Both", "States": {"Both": {"Type": "Parallel", "End": true, "Branches": [
            {"StartAt": "Load orders", "States": {"Load orders": {"Type": "Succeed"}}},
            {"StartAt": "Load clients", "States": {"Load clients": {"Type": "Succeed"}}}]}}}
    """

    code = "SF108"
    severity = Severity.ERROR

    def run(self, graph: WorkflowGraph) -> Iterator[Diagnostic]:
        """One finding for each use of a name after the first."""
        first: dict[str, tuple[Scope, State]] = {}
        for scope, state in graph.states():
            if state.name not in first:
                first[state.name] = scope, state
                continue
            home, other = first[state.name]
            place = "in the same flow" if home.flow is scope.flow else f"in {where(home)}"
            message = f"there is a state {state.name!r} already, {place}{at(other)}"
            free = next(f"{state.name} {n}" for n in range(2, len(first) + 3) if f"{state.name} {n}" not in first)
            yield self.at(state, message, hint=f"rename one of them, for example to {free!r}, and what leads to it")
