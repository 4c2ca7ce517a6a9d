"""SF201."""

from __future__ import annotations

from collections.abc import Iterator

from sfdsl.checks.dataflow._view import TextCheck, view
from sfdsl.diagnostics import Diagnostic, Severity
from sfdsl.graph import WorkflowGraph


class JsonataSyntax(TextCheck):
    """A JSONata expression with a syntax error.

    Why it matters:
        Step Functions refuses the definition.

    Fires on:
        {"Type": "Pass", "QueryLanguage": "JSONata", "Output": "{% $states.input.price * %}", "End": true}

    Instead:
        {"Type": "Pass", "QueryLanguage": "JSONata", "Output": "{% $states.input.price * 2 %}", "End": true}
    """

    code = "SF201"
    severity = Severity.ERROR

    def run(self, graph: WorkflowGraph) -> Iterator[Diagnostic]:
        """One finding for each expression."""
        for seen in view(graph).expressions:
            if seen.problem is not None:
                message = f"is not JSONata: {seen.problem.message}"
                hint = (
                    _JSONPATH if seen.text.text[2:].lstrip().startswith(("$.", "$$.", "States.")) else seen.problem.hint
                )
                yield self.about(seen, message, hint=hint, near=seen.problem.position)


_JSONPATH = "this is JSONPath; a JSONata path begins with $states.input, $states.context or a variable"
