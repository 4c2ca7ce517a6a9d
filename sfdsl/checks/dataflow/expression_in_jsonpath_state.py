"""SF213."""

from __future__ import annotations

from collections.abc import Iterator

from sfdsl.checks.dataflow._view import TextCheck, is_jsonata, shown, view
from sfdsl.diagnostics import Diagnostic, Severity
from sfdsl.graph import WorkflowGraph
from sfdsl.jsonata_text import is_expression


class ExpressionInJsonpathState(TextCheck):
    """A JSONata expression in a JSONPath state.

    Why it matters:
        A JSONPath state does not evaluate it: the text with its `{% %}` is handed on as it stands, and a
        number field refuses it. A state without QueryLanguage is a JSONPath state unless its machine says otherwise.

    Fires on:
        {"Type": "Pass", "Parameters": {"id": "{% $states.input.id %}"}, "End": true}

    Instead:
        {"Type": "Pass", "QueryLanguage": "JSONata", "Output": {"id": "{% $states.input.id %}"}, "End": true}
    """

    code = "SF213"
    severity = Severity.WARNING

    def run(self, graph: WorkflowGraph) -> Iterator[Diagnostic]:
        """One finding for each text."""
        for seen in view(graph).literals:
            if "%}" in seen.text.text and not is_jsonata(seen) and is_expression(seen.text.text):
                message = f"is the text {shown(seen.text.text)}: a JSONPath state evaluates no expressions"
                hint = 'add "QueryLanguage": "JSONata" to the state, or write a path under a key that ends in .$'
                yield self.about(seen, message, hint=hint)
