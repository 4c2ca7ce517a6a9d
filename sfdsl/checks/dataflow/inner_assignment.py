"""SF243."""

from __future__ import annotations

from collections.abc import Iterator

from sfdsl.checks.base import Check
from sfdsl.checks.dataflow._variables import Table, Variables, variables
from sfdsl.diagnostics import Diagnostic, Severity
from sfdsl.graph import WorkflowGraph


class InnerAssignment(Check):
    """A branch or an iteration assigns a variable that a flow around it assigns as well.

    Why it matters:
        Step Functions refuses the definition: branches and iterations read the variables around them, and write
        variables of their own alone.

    Fires on:
        {"StartAt": "Count", "States": {
          "Count": {"Type": "Pass", "Assign": {"total": 0}, "Next": "Each"},
          "Each": {"Type": "Map", "ItemProcessor": {"StartAt": "Add", "States": {
            "Add": {"Type": "Pass", "Assign": {"total.$": "States.MathAdd($total, 1)"}, "End": true}}}, "End": true}}}

    Instead:
        {"StartAt": "Each", "States": {
          "Each": {"Type": "Map", "ItemProcessor": {"StartAt": "Add", "States": {
            "Add": {"Type": "Pass", "Parameters": {"n": 1}, "End": true}}},
            "Assign": {"total.$": "States.ArrayLength($)"}, "Next": "Tell"},
          "Tell": {"Type": "Pass", "Parameters": {"total.$": "$total"}, "End": true}}}
    """

    code = "SF243"
    severity = Severity.ERROR

    def run(self, graph: WorkflowGraph) -> Iterator[Diagnostic]:
        """One finding for each variable of an inner flow."""
        found = variables(graph)
        outer: dict[int, dict[str, Table]] = {}
        for table in found.scopes():
            above = outer[id(table.scope)] = _assigned_around(found, table, outer)
            for name in table.assigned.keys() & above.keys() if above else ():
                state, first = table.assigned[name][0]
                writer, _ = above[name].assigned[name][0]
                message = (
                    f"state {state.name!r} assigns the variable {name!r}, which state {writer.name!r} outside assigns"
                )
                owner = table.scope.owner
                hint = f"give it another name here, and hand it out with the output of {owner.name!r}" if owner else ""
                yield self.finding(message, hint=hint, origin=first.origin, state=state.name)


def _assigned_around(found: Variables, table: Table, outer: dict[int, dict[str, Table]]) -> dict[str, Table]:
    """The variables that the flows around one assign, with the table of each."""
    around = list(found.around(table.scope))
    if len(around) < 2:
        return {}
    parent = around[1]
    above = outer[id(parent.scope)]
    return {**above, **dict.fromkeys(parent.assigned, parent)} if parent.assigned else above
