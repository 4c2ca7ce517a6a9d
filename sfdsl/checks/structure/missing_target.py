"""SF102."""

from __future__ import annotations

from collections.abc import Iterator

from sfdsl.checks.base import Check
from sfdsl.checks.structure._targets import Missing, at, missing, where
from sfdsl.diagnostics import Diagnostic, Severity
from sfdsl.graph import WorkflowGraph
from sfdsl.model.edges import EdgeKind
from sfdsl.model.workflow import Scope


class MissingTarget(Check):
    """A state leads to a name that its flow does not have: misspelt, missing, or a state of another flow.

    Why it matters:
        Step Functions refuses the definition. States lead only to states of their own flow: not into a
        branch of a Parallel or the body of a Map, and not out of one.

    Fires on:
        {"StartAt": "Charge", "States": {"Charge": {"Type": "Pass", "Next": "Shp"},
                                         "Ship": {"Type": "Succeed"}}}

    Instead:
        {"StartAt": "Charge", "States": {"Charge": {"Type": "Pass", "Next": "Ship"},
                                         "Ship": {"Type": "Succeed"}}}
    """

    code = "SF102"
    severity = Severity.ERROR

    def run(self, graph: WorkflowGraph) -> Iterator[Diagnostic]:
        """One finding for each field that names such a state."""
        for found in missing(graph):
            edge = found.edge
            if edge is None:
                continue
            state = graph.graph(found.scope).by_name[edge.source]
            verb = {
                EdgeKind.NEXT: "continues with",
                EdgeKind.RULE: f"leads by Choices[{edge.index}] to",
                EdgeKind.DEFAULT: "leads by Default to",
                EdgeKind.CATCH: f"leads by Catch[{edge.index}] to",
            }[edge.kind]
            message = f"state {state.name!r} {verb} {found.name!r}, which {_flow(found)} does not declare"
            field = "Default" if edge.kind is EdgeKind.DEFAULT else "Next"
            yield self.at(state, message, hint=_hint(found), field=field, node=edge.via)


def _flow(found: Missing) -> str:
    return "this flow" if found.scope.owner is None else where(found.scope)


def _hint(found: Missing) -> str:
    name, scope = found.name, found.scope
    if found.meant is not None and found.elsewhere is None:
        return f"did you mean {found.meant.name!r}?{at(found.meant)}"
    if found.elsewhere is not None:
        if scope.owner is not None and _contains(found.elsewhere, scope):
            return (
                f'{name!r} is outside, in {where(found.elsewhere)}: end {where(scope)} here with `"End": true` and '
                f"lead on from {scope.owner.name!r}"
            )
        if found.elsewhere.owner is not None and _contains(scope, found.elsewhere):
            owner = found.elsewhere.owner.name
            return f"{name!r} is inside, in {where(found.elsewhere)}: lead to {owner!r}, which runs it"
        return f"{name!r} is in {where(found.elsewhere)}, and a state leads only to states of its own flow"
    return f"declare a state {name!r}, or end the flow here"


def _contains(outer: Scope, inner: Scope) -> bool:
    scope: Scope | None = inner
    while scope is not None:
        if scope is outer or scope.flow is outer.flow:
            return True
        scope = scope.parent
    return False
