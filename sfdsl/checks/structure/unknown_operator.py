"""SF124."""

from __future__ import annotations

from collections.abc import Iterator

from sfdsl.checks.structure._parts import Part, PartCheck, parts
from sfdsl.diagnostics import Diagnostic, Severity, near
from sfdsl.graph import WorkflowGraph
from sfdsl.model.states import OPERATORS, Comparison


class UnknownOperator(PartCheck):
    """A Choice rule whose operator the language does not have.

    Why it matters:
        Step Functions refuses the definition. There are 39 comparison operators, spelled exactly so; most have
        a twin that ends in Path and compares with another path.

    Fires on:
        {"StartAt": "Any?", "States": {
            "Any?": {"Type": "Choice", "Default": "Done", "Choices": [
                {"Variable": "$.rows", "NumericGreater": 0, "Next": "Done"}]},
            "Done": {"Type": "Succeed"}}}

    Instead:
        {"StartAt": "Any?", "States": {
            "Any?": {"Type": "Choice", "Default": "Done", "Choices": [
                {"Variable": "$.rows", "NumericGreaterThan": 0, "Next": "Done"}]},
            "Done": {"Type": "Succeed"}}}
    """

    code = "SF124"
    severity = Severity.ERROR

    def run(self, graph: WorkflowGraph) -> Iterator[Diagnostic]:
        """One finding for each rule without an operator that has a key like one."""
        for part in parts(graph).of[Comparison]:
            for key, meant in misspelt(part):
                message = f"{part} tests with {key!r}, which is no operator"
                yield self.about(graph, part, message, hint=f"did you mean {meant!r}?", field=key)


def misspelt(part: Part) -> list[tuple[str, str]]:
    """Keys of a test without operator that look like one, each with what was meant."""
    test = part.node
    if not isinstance(test, Comparison) or test.operator is not None or not test.extra:
        return []
    names = (*OPERATORS, "And", "Or", "Not")
    found = [
        (key, near(key, names))
        for key in test.extra
        if key not in ("Next", "Variable", "Condition", "And", "Or", "Not")
    ]
    return [(key, meant) for key, meant in found if meant is not None]
