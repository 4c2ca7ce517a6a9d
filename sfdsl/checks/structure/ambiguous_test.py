"""SF122."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sfdsl.checks.structure._fields import listed
from sfdsl.checks.structure._parts import Part, PartCheck, parts
from sfdsl.diagnostics import Diagnostic, Severity
from sfdsl.graph import WorkflowGraph
from sfdsl.model.states import OPERATORS, And, Comparison, Condition, Not, Or

LOGIC: Final = ("And", "Or", "Not")
_OPERATORS: Final = frozenset((*OPERATORS, *LOGIC))


class AmbiguousTest(PartCheck):
    """A Choice rule with more than one test: two operators, or an operator beside And, Or or Not.

    Why it matters:
        Step Functions refuses the definition: a rule tests one thing, and And, Or and Not combine rules.

    Fires on:
        {"StartAt": "Size?", "States": {
            "Size?": {"Type": "Choice", "Default": "Done", "Choices": [
                {"Variable": "$.rows", "NumericGreaterThan": 0, "NumericLessThan": 100, "Next": "Done"}]},
            "Done": {"Type": "Succeed"}}}

    Instead:
        {"StartAt": "Size?", "States": {
            "Size?": {"Type": "Choice", "Default": "Done", "Choices": [{"And": [
                {"Variable": "$.rows", "NumericGreaterThan": 0},
                {"Variable": "$.rows", "NumericLessThan": 100}], "Next": "Done"}]},
            "Done": {"Type": "Succeed"}}}
    """

    code = "SF122"
    severity = Severity.ERROR

    def run(self, graph: WorkflowGraph) -> Iterator[Diagnostic]:
        """One finding for each rule."""
        for part in parts(graph).tests:
            if not part.node.extra:
                continue
            operators = operators_of(part)
            combined = isinstance(part.node, (And, Or, Not)) and "Variable" in part.node.extra
            if len(operators) > 1:
                message = f"{part} tests {listed(operators)} at once"
                hint = 'test one thing a rule, and combine rules: {"And": [{...}, {...}], "Next": ...}'
                yield self.about(graph, part, message, hint=hint, field=operators[-1])
            elif combined:
                message = f"{part} has a Variable beside {operators[0]!r}"
                hint = f"move the Variable into the rules of {operators[0]!r}, or delete it"
                yield self.about(graph, part, message, hint=hint, field="Variable")


def operators_of(part: Part) -> list[str]:
    """The operators that a test names, And, Or, Not and misfits included."""
    test = part.node
    if isinstance(test, Condition):
        return []  # operators beside a Condition belong to the other query language (SF128)
    own = [test.operator] if isinstance(test, Comparison) and test.operator is not None else []
    if isinstance(test, (And, Or, Not)):
        own = [type(test).__name__]
    return own + [key for key in test.extra if key in _OPERATORS]
