"""SF202."""

from __future__ import annotations

from collections.abc import Iterator

from sfdsl.checks.dataflow._view import TextCheck, is_jsonata, shown, view
from sfdsl.diagnostics import Diagnostic, Severity
from sfdsl.graph import WorkflowGraph
from sfdsl.jsonata_text import half_delimited, is_expression


class HalfDelimitedExpression(TextCheck):
    """A text of a JSONata state with one of the two delimiters `{%` and `%}`.

    Why it matters:
        Step Functions refuses the definition: an expression has both, and a plain text has neither.
        White space before the one or behind the other counts.

    Fires on:
        {"Type": "Pass", "QueryLanguage": "JSONata", "Output": "{% $states.input.id", "End": true}

    Instead:
        {"Type": "Pass", "QueryLanguage": "JSONata", "Output": "{% $states.input.id %}", "End": true}
    """

    code = "SF202"
    severity = Severity.ERROR

    def run(self, graph: WorkflowGraph) -> Iterator[Diagnostic]:
        """One finding for each text."""
        for seen in view(graph).literals:
            if ("{%" in seen.text.text or "%}" in seen.text.text) and is_jsonata(seen):
                text = seen.text.text
                if not half_delimited(text):
                    continue
                bare = text.strip()
                if not is_expression(bare):
                    inner = text.removeprefix("{").removesuffix("}").strip("%").strip()
                    bare = f"{{% {inner or '...'} %}}"
                if text.startswith("{%"):
                    message = f"begins with {{% and does not end with %}}: {shown(text)}"
                else:
                    message = f"ends with %}} and does not begin with {{%: {shown(text)}"
                yield self.about(seen, message, hint=f"write {bare}")
