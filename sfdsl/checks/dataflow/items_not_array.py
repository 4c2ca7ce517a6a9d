"""SF261."""

from __future__ import annotations

from collections.abc import Iterator

from sfdsl.aws.resource import has_placeholder
from sfdsl.checks.base import Check
from sfdsl.checks.dataflow._view import shown
from sfdsl.diagnostics import Diagnostic, Severity
from sfdsl.graph import WorkflowGraph
from sfdsl.jsonata_text import facts, half_delimited, is_expression
from sfdsl.model.fields import ABSENT, Json
from sfdsl.model.states import Map
from sfdsl.model.workflow import JSONATA


class ItemsNotArray(Check):
    """Items of a Map that can be no array: a plain text, a number, or an expression with such a constant value.

    Why it matters:
        Step Functions refuses the definition, or the execution fails with States.QueryEvaluationError when it comes to
        the state. A Distributed Map takes an object as well.

    Fires on:
        {"Type": "Map", "QueryLanguage": "JSONata", "Items": "$states.input.rows", "ItemProcessor": {
          "StartAt": "Load", "States": {"Load": {"Type": "Pass", "End": true}}}, "End": true}

    Instead:
        {"Type": "Map", "QueryLanguage": "JSONata", "Items": "{% $states.input.rows %}", "ItemProcessor": {
          "StartAt": "Load", "States": {"Load": {"Type": "Pass", "End": true}}}, "End": true}
    """

    code = "SF261"
    severity = Severity.ERROR

    def run(self, graph: WorkflowGraph) -> Iterator[Diagnostic]:
        """One finding for each Map."""
        for scope, state in graph.states():
            if not isinstance(state, Map) or state.items is ABSENT or scope.language(state) != JSONATA:
                continue
            items = state.items
            if isinstance(items, str):
                if half_delimited(items) or has_placeholder(items):
                    continue  # SF202; or nobody knows
                if is_expression(items):
                    constant = facts(items).constant
                    if constant is None:
                        continue
                    items = constant.value
            if isinstance(items, list) or (isinstance(items, dict) and state.distributed):
                continue
            message = f"Items of state {state.name!r} is {_said(items)}, and a Map takes an array"
            yield self.at(state, message, hint=_hint(items), field="Items")


def _said(items: Json) -> str:
    if isinstance(items, str):
        return f"the text {shown(items)}"
    if isinstance(items, dict):
        return "an object"
    return "null" if items is None else f"the value {items!r}".lower() if isinstance(items, bool) else f"{items!r}"


def _hint(items: Json) -> str:
    if isinstance(items, str):
        return f"write {{% {items} %}}" if items.startswith("$") else "write {% $states.input... %}, or an array"
    if isinstance(items, dict):
        return "make the Map distributed to run over the fields of an object, or write an array"
    return "write {% $states.input... %}, or an array"
