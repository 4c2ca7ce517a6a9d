"""SF206."""

from __future__ import annotations

from collections.abc import Iterator

from sfdsl.checks.dataflow._view import TextCheck, view
from sfdsl.diagnostics import Diagnostic, Severity
from sfdsl.graph import WorkflowGraph


class EvalCall(TextCheck):
    """A JSONata expression that calls `$eval`, which Step Functions leaves out.

    Why it matters:
        The execution fails with States.QueryEvaluationError when it comes to the state.

    Fires on:
        {"Type": "Pass", "QueryLanguage": "JSONata", "Output": "{% $eval($states.input.body) %}", "End": true}

    Instead:
        {"Type": "Pass", "QueryLanguage": "JSONata", "Output": "{% $parse($states.input.body) %}", "End": true}
    """

    code = "SF206"
    severity = Severity.ERROR

    def run(self, graph: WorkflowGraph) -> Iterator[Diagnostic]:
        """One finding for each expression."""
        for seen in view(graph).expressions:
            if any(call.name == "eval" for call in seen.facts.calls):
                yield self.about(
                    seen, "calls $eval, which Step Functions has not", hint="write $parse(text) to read JSON"
                )
