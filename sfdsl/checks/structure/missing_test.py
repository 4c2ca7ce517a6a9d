"""SF123."""

from __future__ import annotations

from collections.abc import Iterator

from sfdsl.checks.structure._parts import PartCheck, parts
from sfdsl.checks.structure.ambiguous_test import operators_of
from sfdsl.checks.structure.unknown_operator import misspelt
from sfdsl.diagnostics import Diagnostic, Severity
from sfdsl.graph import WorkflowGraph
from sfdsl.model.states import Comparison


class MissingTest(PartCheck):
    """A Choice rule that does not say what it tests: no operator, no Variable, or no Condition in JSONata.

    Why it matters:
        Step Functions refuses the definition.

    Fires on:
        {"StartAt": "Any?", "States": {
            "Any?": {"Type": "Choice", "Default": "Done", "Choices": [{"Variable": "$.rows", "Next": "Done"}]},
            "Done": {"Type": "Succeed"}}}

    Instead:
        {"StartAt": "Any?", "States": {
            "Any?": {"Type": "Choice", "Default": "Done", "Choices": [
                {"Variable": "$.rows", "IsPresent": true, "Next": "Done"}]},
            "Done": {"Type": "Succeed"}}}
    """

    code = "SF123"
    severity = Severity.ERROR

    def run(self, graph: WorkflowGraph) -> Iterator[Diagnostic]:
        """One finding for each rule; nothing where the rule is of the other query language (SF128)."""
        for part in parts(graph).of[Comparison]:
            test = part.node
            operators = operators_of(part)
            if part.language == "JSONata":
                if not operators and test.variable is None and "Condition" not in test.extra and not misspelt(part):
                    hint = 'add `"Condition": "{% $states.input.ready %}"`'
                    yield self.about(graph, part, f"{part} has no Condition", hint=hint)
                continue
            if "Condition" in test.extra:
                continue
            if not operators:
                if not misspelt(part):
                    of = f" of {test.variable!r}" if test.variable is not None else ""
                    hint = 'add one, for example `"IsPresent": true`'
                    yield self.about(graph, part, f"{part} does not say what it tests{of}", hint=hint)
            elif test.operator is not None and test.variable is None and "Variable" not in test.extra:
                hint = f'add `"Variable": "$.path"` beside {test.operator!r}'
                yield self.about(graph, part, f"{part} has no Variable to test with {test.operator!r}", hint=hint)
