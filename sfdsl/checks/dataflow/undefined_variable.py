"""SF240."""

from __future__ import annotations

from collections.abc import Iterator

from sfdsl.checks.base import Check
from sfdsl.checks.dataflow._variables import Reading, Variables, variables
from sfdsl.checks.dataflow._view import where
from sfdsl.diagnostics import Diagnostic, Severity, near
from sfdsl.graph import WorkflowGraph
from sfdsl.jsonata_text import BUILTINS
from sfdsl.model.texts import Kind
from sfdsl.model.workflow import JSONATA


class UndefinedVariable(Check):
    """A state reads a variable that has no value on any path to it.

    Why it matters:
        The execution fails when it comes to the state: with States.QueryEvaluationError in JSONata, with
        States.Runtime in JSONPath, which nothing can catch.

    Fires on:
        {"StartAt": "Read", "States": {
          "Read": {"Type": "Pass", "Assign": {"orderId.$": "$.id"}, "Next": "Use"},
          "Use": {"Type": "Pass", "Parameters": {"id.$": "$orderID"}, "End": true}}}

    Instead:
        {"StartAt": "Read", "States": {
          "Read": {"Type": "Pass", "Assign": {"orderId.$": "$.id"}, "Next": "Use"},
          "Use": {"Type": "Pass", "Parameters": {"id.$": "$orderId"}, "End": true}}}
    """

    code = "SF240"
    severity = Severity.ERROR

    def run(self, graph: WorkflowGraph) -> Iterator[Diagnostic]:
        """One finding for each variable in a state; those of outer scopes of a Distributed Map are SF244."""
        found = variables(graph)
        if not found.complete:
            return
        for reading in found.readings:
            if found.on_some_path(reading) or not found.reachable(reading):
                continue
            if any(reading.name in table.assigned for table in found.beyond(reading.scope)):
                continue
            place = where(reading.state, reading.text.node, reading.text.keys)
            name, state = reading.name, reading.state.name
            if any(name in table.assigned for table in found.around(reading.scope)):
                message = f"{place} of state {state!r} reads the variable {name!r}, which no path to it has assigned"
            else:
                message = f"{place} of state {state!r} reads the variable {name!r}, which nothing assigns"
            yield self.finding(message, hint=_hint(found, reading), origin=reading.text.origin, state=state)


def _hint(found: Variables, reading: Reading) -> str:
    name = reading.name
    expression = reading.text.kind is Kind.EXPRESSION
    if name == "states":
        return "$states is JSONata's; in JSONPath the input is $ and the context object $$"
    if expression and name in BUILTINS:
        return f"a function is called: write ${name}(...)"
    for table in found.around(reading.scope):
        if name not in table.assigned:
            continue
        if any(state is reading.state for state, _ in table.assigned[name]):
            own = "a state's expressions see the values that variables had when it was entered"
            return f"{own}; assign {name!r} in a state before {reading.state.name!r}"
        writers = ", ".join(dict.fromkeys(repr(state.name) for state, _ in table.assigned[name][:3]))
        return f"{writers} assigns it on other ways; assign it before {reading.state.name!r}"
    elsewhere = next((table for table in found.scopes() if name in table.assigned), None)
    if elsewhere is not None:
        state, _ = elsewhere.assigned[name][0]
        ends = "variables of a branch or an iteration end with it"
        owner = elsewhere.scope.owner
        through = f" and the result of {owner.name!r}" if owner is not None else ""
        return f"{state.name!r} assigns it, and {ends}; hand it out with the output of the flow{through}"
    known = {known for table in found.around(reading.scope) for known in table.assigned}
    if expression:
        known.add("states")
    if len(known) <= MOST_KNOWN and (meant := near(name, known)) is not None:
        return f"did you mean ${meant}?"
    key, value = (name, "{% ... %}") if reading.text.language == JSONATA else (f"{name}.$", "$...")
    return f'assign it in a state before: "Assign": {{"{key}": "{value}"}}'


MOST_KNOWN = 1000
"""Comparing a wrong name with more than this many takes too long to be worth it."""
