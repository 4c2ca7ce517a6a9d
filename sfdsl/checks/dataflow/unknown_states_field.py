"""SF208."""

from __future__ import annotations

from collections.abc import Iterator

from sfdsl.checks.dataflow._view import TextCheck, view
from sfdsl.diagnostics import Diagnostic, Severity, did_you_mean
from sfdsl.graph import WorkflowGraph
from sfdsl.model.texts import ERROR_OUTPUT, RESULT


class UnknownStatesField(TextCheck):
    """A field of `$states` that there is not.

    Why it matters:
        `$states` has input, context, result and errorOutput. Anything else has no value, and an expression
        without a value fails with States.QueryEvaluationError.

    Fires on:
        {"Type": "Pass", "QueryLanguage": "JSONata", "Output": "{% $states.inputs.id %}", "End": true}

    Instead:
        {"Type": "Pass", "QueryLanguage": "JSONata", "Output": "{% $states.input.id %}", "End": true}
    """

    code = "SF208"
    severity = Severity.ERROR

    def run(self, graph: WorkflowGraph) -> Iterator[Diagnostic]:
        """One finding for each such field in an expression."""
        known = sorted(ERROR_OUTPUT | RESULT)
        for seen in view(graph).expressions:
            for name in sorted({read[0] for read in seen.facts.states if read}):
                if name in known:
                    continue
                hint = did_you_mean(name, known)
                if not hint:
                    hint = f"the input is $states.input: write $states.input.{name}"
                yield self.about(seen, f"reads $states.{name}, which does not exist", hint=hint)
