"""SF104."""

from __future__ import annotations

from collections.abc import Iterator

from sfdsl.checks.base import Check
from sfdsl.checks.structure._targets import where
from sfdsl.diagnostics import Diagnostic, Severity
from sfdsl.graph import FlowGraph, WorkflowGraph
from sfdsl.model.states import Opaque


class FlowWithoutEnd(Check):
    """A flow in which no state can be the last one.

    Why it matters:
        Step Functions refuses the definition: the machine, each branch of a Parallel and the body of a Map
        need a state that ends them, which is a Succeed, a Fail, or a state with `"End": true`.

    Fires on:
        {"StartAt": "Poll", "States": {"Poll": {"Type": "Pass", "Next": "Rest"},
                                       "Rest": {"Type": "Wait", "Seconds": 60, "Next": "Poll"}}}

    Instead:
        {"StartAt": "Poll", "States": {"Poll": {"Type": "Choice",
                "Choices": [{"Variable": "$.done", "BooleanEquals": true, "Next": "Done"}], "Default": "Rest"},
            "Rest": {"Type": "Wait", "Seconds": 60, "Next": "Poll"},
            "Done": {"Type": "Succeed"}}}
    """

    code = "SF104"
    severity = Severity.ERROR

    def run(self, graph: WorkflowGraph) -> Iterator[Diagnostic]:
        """One finding for each flow; silent where a way on is missing or misspelt, which may be the end."""
        for scope in graph.scopes:
            flow = graph.graph(scope)
            if not flow.by_name or not never_ends(flow):
                continue
            hint = 'lead a way out of the loop to a Succeed, or write `"End": true` in place of a Next'
            message = f"{where(scope)} has no state that ends it"
            if scope.owner is None:
                yield self.overall(graph, message, hint=hint, field="States")
            else:
                yield self.at(scope.owner, message, hint=hint, field="States", node=scope.flow)


def never_ends(flow: FlowGraph) -> bool:
    """Whether surely no state ends the flow."""
    for state in flow.by_name.values():
        if flow.ends(state) or isinstance(state, Opaque) or "End" in state.extra:
            return False
        if not flow.outgoing[state.name]:
            return False
    return all(edge.target in flow.by_name for edge in flow.edges)
