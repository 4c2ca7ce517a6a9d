"""SF125."""

from __future__ import annotations

from collections.abc import Iterator

from sfdsl.checks.structure._fields import is_template, words
from sfdsl.checks.structure._parts import PartCheck, parts
from sfdsl.diagnostics import Diagnostic, Severity
from sfdsl.graph import WorkflowGraph
from sfdsl.model.fields import Json
from sfdsl.model.states import OPERATORS, Comparison


class WrongOperand(PartCheck):
    """An operator of a Choice rule that compares with a value of another type than its own.

    Why it matters:
        Step Functions refuses the definition: String operators take texts, Numeric ones numbers, Boolean ones
        and the tests of the kind `IsPresent` true or false, and those that end in Path take a path.

    Fires on:
        {"StartAt": "Any?", "States": {
            "Any?": {"Type": "Choice", "Default": "Done", "Choices": [
                {"Variable": "$.rows", "NumericEquals": "1", "Next": "Done"}]},
            "Done": {"Type": "Succeed"}}}

    Instead:
        {"StartAt": "Any?", "States": {
            "Any?": {"Type": "Choice", "Default": "Done", "Choices": [
                {"Variable": "$.rows", "NumericEquals": 1, "Next": "Done"}]},
            "Done": {"Type": "Succeed"}}}
    """

    code = "SF125"
    severity = Severity.ERROR

    def run(self, graph: WorkflowGraph) -> Iterator[Diagnostic]:
        """One finding for each rule."""
        for part in parts(graph).of[Comparison]:
            operator, operand = part.node.operator, part.node.operand
            if operator is None or is_template(operand):
                continue
            shape = _shape(operator)
            if not _fits(shape, operand):
                message = f"{part.field(operator)} is {words(operand)}; it is {shape}"
                yield self.about(graph, part, message, hint=_hint(operator, operand), field=operator)


def _shape(operator: str) -> str:
    if operator.endswith("Path"):
        return "a path"
    if operator.startswith("Numeric"):
        return "a number"
    if operator.startswith(("Boolean", "Is")):
        return "true or false"
    return "a timestamp" if operator.startswith("Timestamp") else "a text"


def _fits(shape: str, operand: Json) -> bool:
    match shape:
        case "a number":
            return isinstance(operand, (int, float)) and not isinstance(operand, bool)
        case "true or false":
            return isinstance(operand, bool)
        case _:
            return isinstance(operand, str)


def _hint(operator: str, operand: Json) -> str:
    if isinstance(operand, str):
        if operand.startswith("$") and not operator.startswith("Is"):
            return f'write `"{operator}Path": "{operand}"` to compare with what is at that path'
        bare = operand.strip().lower()
        if operator.startswith("Numeric") and bare.replace(".", "", 1).lstrip("-").isdigit():
            return f'write `"{operator}": {bare}`'
        if bare in ("true", "false"):
            return f'write `"{operator}": {bare}`'
        return ""
    if isinstance(operand, bool) and operator.endswith("Equals"):
        return f'write `"BooleanEquals": {words(operand)}`'
    numeric = operator.replace("String", "Numeric")
    if isinstance(operand, (int, float)) and not isinstance(operand, bool) and numeric in OPERATORS:
        return f'write `"{numeric}": {words(operand)}` to compare numbers'
    if operand is None and operator.endswith("Equals"):
        return 'write `"IsNull": true`'
    return ""
