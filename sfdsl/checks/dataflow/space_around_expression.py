"""SF203."""

from __future__ import annotations

from collections.abc import Iterator

from sfdsl.checks.dataflow._view import TextCheck, is_jsonata, view
from sfdsl.diagnostics import Diagnostic, Severity
from sfdsl.graph import WorkflowGraph
from sfdsl.jsonata_text import half_delimited, is_expression


class SpaceAroundExpression(TextCheck):
    """A JSONata expression with white space on both sides of its delimiters.

    Why it matters:
        Only a text that begins with `{%` and ends with `%}` is evaluated. One with white space before and behind
        is not, and the expression itself is handed on as a text (white space on one side only is refused: SF202).

    Fires on:
        {"Type": "Pass", "QueryLanguage": "JSONata", "Output": {"id": " {% $states.input.id %} "}, "End": true}

    Instead:
        {"Type": "Pass", "QueryLanguage": "JSONata", "Output": {"id": "{% $states.input.id %}"}, "End": true}
    """

    code = "SF203"
    severity = Severity.WARNING

    def run(self, graph: WorkflowGraph) -> Iterator[Diagnostic]:
        """One finding for each text."""
        for seen in view(graph).literals:
            if "%}" in seen.text.text and is_jsonata(seen):
                text, bare = seen.text.text, seen.text.text.strip()
                if text != bare and is_expression(bare) and not half_delimited(text):
                    message = "has white space around its expression, which is then handed on as a text"
                    yield self.about(seen, message, hint=f"write {bare}")
