"""SF210."""

from __future__ import annotations

from collections.abc import Iterator

from sfdsl.checks.dataflow._view import TextCheck, view
from sfdsl.diagnostics import Diagnostic, Severity
from sfdsl.graph import WorkflowGraph


class NameWithoutValue(TextCheck):
    """A field name, `$` or `$$` at the beginning of a JSONata path, where it has no value.

    Why it matters:
        In other places JSONata looks such names up in its input; an expression of Step Functions has none.
        The path gives nothing, and the execution fails with States.QueryEvaluationError.

    Fires on:
        {"Type": "Pass", "QueryLanguage": "JSONata", "Output": "{% order.id %}", "End": true}

    Instead:
        {"Type": "Pass", "QueryLanguage": "JSONata", "Output": "{% $states.input.order.id %}", "End": true}
    """

    code = "SF210"
    severity = Severity.ERROR

    def run(self, graph: WorkflowGraph) -> Iterator[Diagnostic]:
        """One finding for each name."""
        for seen in view(graph).expressions:
            if not seen.facts.problems:
                continue
            calls = {call.position for call in seen.facts.calls}
            for problem in seen.facts.problems:
                if problem.position not in calls:  # those of calls are SF204, SF205 and SF206
                    yield self.about(seen, f"is wrong: {problem.message}", hint=problem.hint, near=problem.position)
