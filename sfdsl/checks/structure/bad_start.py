"""SF103."""

from __future__ import annotations

from collections.abc import Iterator

from sfdsl.checks.structure._parts import PartCheck, parts
from sfdsl.checks.structure._targets import at, missing, where
from sfdsl.diagnostics import Diagnostic, Severity
from sfdsl.graph import WorkflowGraph


class BadStart(PartCheck):
    """A flow that does not say where it starts, or that starts at a state it does not have.

    Why it matters:
        Step Functions refuses the definition. Every flow has its own StartAt: the machine, each branch of
        a Parallel, the body of a Map; it names a state of exactly that flow.

    Fires on:
        {"StartAt": "extract", "States": {"Extract": {"Type": "Succeed"}}}

    Instead:
        {"StartAt": "Extract", "States": {"Extract": {"Type": "Succeed"}}}
    """

    code = "SF103"
    severity = Severity.ERROR

    def run(self, graph: WorkflowGraph) -> Iterator[Diagnostic]:
        """One finding for each flow without a start."""
        for part in parts(graph).flows:
            if part.node.start_at is None and "StartAt" not in part.node.extra:
                names = [state.name for state in part.node.states]
                entered = {edge.target for scope in graph.scopes if scope.flow is part.node
                           for edge in graph.graph(scope).edges}  # fmt: skip
                first = next((name for name in names if name not in entered), names[0] if names else None)
                hint = f'add `"StartAt": "{first}"`' if first is not None else ""
                yield self.about(graph, part, f"{part} has no StartAt", hint=hint)
        for found in missing(graph):
            if found.edge is not None:
                continue
            if found.meant is not None:
                hint = f"did you mean {found.meant.name!r}?{at(found.meant)}"
            elif found.elsewhere is not None:
                hint = f"{found.name!r} is in {where(found.elsewhere)}; a flow starts at one of its own states"
            else:
                hint = f"declare a state {found.name!r}, or start at a state that is there"
            message = f"{where(found.scope)} starts at {found.name!r}, which it does not declare"
            owner = found.scope.owner
            if owner is None:
                yield self.overall(graph, message, hint=hint, field="StartAt")
            else:
                yield self.at(owner, message, hint=hint, field="StartAt", node=found.scope.flow)
