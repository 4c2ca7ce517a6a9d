"""SF260."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sfdsl.checks.dataflow._view import TextCheck, shown, view
from sfdsl.diagnostics import Diagnostic, Severity
from sfdsl.graph import WorkflowGraph
from sfdsl.jsonata_text import expression
from sfdsl.model.states import Map


class SingletonItems(TextCheck):
    """Items of a Map that JSONata filters, and that are no array where one item is left.

    Why it matters:
        JSONata gives a sequence of one element as the element itself. The Map then fails with
        States.QueryEvaluationError for it is given no array, and so it does where no item is left.

    Fires on:
        {"Type": "Map", "QueryLanguage": "JSONata", "Items": "{% $states.input.rows[ok] %}", "ItemProcessor": {
          "StartAt": "Load", "States": {"Load": {"Type": "Pass", "End": true}}}, "End": true}

    Instead:
        {"Type": "Map", "QueryLanguage": "JSONata", "Items": "{% [$states.input.rows[ok]] %}", "ItemProcessor": {
          "StartAt": "Load", "States": {"Load": {"Type": "Pass", "End": true}}}, "End": true}
    """

    code = "SF260"
    severity = Severity.INFO

    def run(self, graph: WorkflowGraph) -> Iterator[Diagnostic]:
        """One finding for each Map."""
        for seen in view(graph).expressions:
            if not isinstance(seen.state, Map) or seen.text.keys != ("Items",) or seen.problem is not None:
                continue
            text = seen.text.text
            if ("[" in text or "$filter" in text) and _collapses(text):
                message = f"is {shown(text)}, which is no array where it selects one item or none"
                yield self.about(seen, message, hint=f"write {{% [{expression(text)}] %}}")


def _collapses(text: str) -> bool:
    from sfdsl.jsonata_text.thorough import SyntaxFault, parse

    try:
        tree = parse(text[2:-2], 2)
    except SyntaxFault:
        return False
    return _is_filtered(tree)


def _is_filtered(node: Any) -> bool:
    """Whether a node of jsonata-python's tree ends in a sequence that a filter made, and keeps no array."""
    match node.type:
        case "block":
            return bool(node.expressions) and _is_filtered(node.expressions[-1])
        case "path":
            if node.keep_singleton_array or any(step.keep_array for step in node.steps):
                return False
            stages = [stage for step in node.steps for stage in (*(step.predicate or ()), *(step.stages or ()))]
            return any(stage.type == "filter" and stage.expr.type != "number" for stage in stages)
        case "function":
            return bool(node.procedure.type == "variable" and node.procedure.value == "filter")
        case "variable":
            return any(stage.expr.type != "number" for stage in node.predicate or () if stage.type == "filter")
        case _:
            return False
