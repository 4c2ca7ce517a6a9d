"""SF213."""

from __future__ import annotations

from collections.abc import Iterator

from sfdsl.checks.dataflow._view import TextCheck, is_jsonata, shown, view
from sfdsl.diagnostics import Diagnostic, Severity
from sfdsl.graph import WorkflowGraph
from sfdsl.jsonata_text import is_expression
from sfdsl.model.texts import Shape


class ExpressionInJsonpathState(TextCheck):
    """A JSONata expression in a JSONPath state.

    Why it matters:
        A JSONPath state does not evaluate it: the text with its `{% %}` is handed on as it stands.
        A state without QueryLanguage is a JSONPath state unless its machine says otherwise.

    Fires on:
        {"Type": "Pass", "Parameters": {"id": "{% $states.input.id %}"}, "End": true}

    Instead:
        {"Type": "Pass", "QueryLanguage": "JSONata", "Output": {"id": "{% $states.input.id %}"}, "End": true}
    """

    code = "SF213"
    severity = Severity.WARNING

    def run(self, graph: WorkflowGraph) -> Iterator[Diagnostic]:
        """One finding for each text; that in a number or timestamp is no text at all (SF127)."""
        for seen in view(graph).literals:
            if "%}" not in seen.text.text or is_jsonata(seen) or not is_expression(seen.text.text):
                continue
            if seen.text.field.shape is Shape.PAYLOAD or seen.text.field.key in ("Error", "Cause"):
                message = f"is the text {shown(seen.text.text)}: a JSONPath state evaluates no expressions"
                key = seen.text.field.key
                instead = f"{key}Path" if key in ("Error", "Cause") else "a path under a key that ends in .$"
                hint = f'add "QueryLanguage": "JSONata" to the state, or write {instead}'
                yield self.about(seen, message, hint=hint)
