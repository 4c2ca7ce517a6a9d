"""SF101."""

from __future__ import annotations

from collections.abc import Iterator

from sfdsl.checks.base import Check
from sfdsl.checks.structure._fields import is_template, listed
from sfdsl.checks.structure._targets import hidden_targets, missing, where
from sfdsl.diagnostics import Diagnostic, Severity
from sfdsl.graph import FlowGraph, WorkflowGraph


class UnreachableState(Check):
    """A state that no path from the start of its flow enters.

    Why it matters:
        Step Functions refuses the whole definition at deploy time, minutes
        later and without the line that declared the state.

    Fires on:
        {"StartAt": "Charge", "States": {"Charge": {"Type": "Pass", "End": true}, "Declined": {"Type": "Fail"}}}

    Instead:
        {"StartAt": "Charge", "States": {
            "Charge": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke",
                       "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Declined"}], "End": true},
            "Declined": {"Type": "Fail"}}}
    """

    code = "SF101"
    severity = Severity.ERROR

    def run(self, graph: WorkflowGraph) -> Iterator[Diagnostic]:
        """One finding for each group of states that hangs together."""
        for scope in graph.scopes:
            flow = graph.graph(scope)
            groups = flow.islands()
            if not groups or any(is_template(edge.target) for edge in flow.edges):
                continue
            # One cause, one finding: what a misspelt name meant is reported there (SF102, SF103).
            meant = {m.meant.name for m in missing(graph) if m.scope is scope and m.meant is not None}
            excused = _behind(flow, meant | hidden_targets(flow))
            for head, *rest in groups:
                if head in excused:
                    continue
                others = [name for name in rest if name not in excused]
                message = f"state {head!r} is never entered from {scope.flow.start_at!r}, where {where(scope)} starts"
                if others:
                    message += f", nor {'is' if len(others) == 1 else 'are'} {listed(others)} behind it"
                hint = f"lead a Next, a Choice rule or a Catch to {head!r}, or delete it"
                yield self.at(flow.by_name[head], message, hint=hint)


def _behind(flow: FlowGraph, names: set[str]) -> set[str]:
    """The states of these names and all that they lead to."""
    found = {name for name in names if name in flow.by_name}
    stack = list(found)
    while stack:
        for after in flow.successors[stack.pop()]:
            if after not in found:
                found.add(after)
                stack.append(after)
    return found
