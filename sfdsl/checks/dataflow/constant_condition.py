"""SF256."""

from __future__ import annotations

from collections.abc import Iterator

from sfdsl.checks.base import Check
from sfdsl.checks.dataflow._view import view
from sfdsl.diagnostics import Diagnostic, Severity
from sfdsl.graph import WorkflowGraph
from sfdsl.model.states import And, Choice, Comparison, Condition, Or, Test
from sfdsl.model.workflow import JSONATA


class ConstantCondition(Check):
    """A rule of a Choice that is always true, or never.

    Why it matters:
        The Choice does not choose: the rules behind one that is always true are never tried, and one that is never
        true leads nowhere. Each visit is billed as a state transition all the same.

    Fires on:
        {"StartAt": "Big?", "States": {
          "Big?": {"Type": "Choice", "QueryLanguage": "JSONata", "Default": "Small", "Choices": [
            {"Condition": "{% true %}", "Next": "Big"}]},
          "Big": {"Type": "Succeed"}, "Small": {"Type": "Succeed"}}}

    Instead:
        {"StartAt": "Big?", "States": {
          "Big?": {"Type": "Choice", "QueryLanguage": "JSONata", "Default": "Small", "Choices": [
            {"Condition": "{% $states.input.size > 10 %}", "Next": "Big"}]},
          "Big": {"Type": "Succeed"}, "Small": {"Type": "Succeed"}}}
    """

    code = "SF256"
    severity = Severity.WARNING

    def run(self, graph: WorkflowGraph) -> Iterator[Diagnostic]:
        """One finding for each rule."""
        constants = {
            id(seen.text.node): seen.facts.constant.value
            for seen in view(graph).expressions
            if seen.text.field.key == "Condition" and seen.facts.constant is not None
        }
        for scope, state in graph.states():
            if not isinstance(state, Choice):
                continue
            for i, rule in enumerate(state.choices):
                value: object = None
                if isinstance(rule.test, Condition):
                    if scope.language(state) == JSONATA:
                        value = rule.test.text if isinstance(rule.test.text, bool) else constants.get(id(rule.test))
                elif _contradicts_itself(rule.test):
                    value = False
                if isinstance(value, bool):
                    message = f"Choices[{i}] of state {state.name!r} is {'always' if value else 'never'} true"
                    hint = "make it the Default" if value else "leave it out, or test something that can be true"
                    yield self.at(state, message, hint=hint, node=rule)


def _contradicts_itself(test: Test) -> bool:
    """Whether a test asks one field to have two values at once, or to be there and not to be."""
    if isinstance(test, Or):
        return bool(test.tests) and all(_contradicts_itself(inner) for inner in test.tests)
    if not isinstance(test, And):
        return False
    wanted: dict[tuple[str, str], object] = {}
    for inner in test.tests:
        if not isinstance(inner, Comparison) or inner.variable is None or inner.operator is None:
            if _contradicts_itself(inner):
                return True
            continue
        if inner.operator not in _SINGLE:
            continue
        before = wanted.setdefault((inner.variable, inner.operator), inner.operand)
        if type(before) is type(inner.operand) and before != inner.operand and "${" not in f"{before}{inner.operand}":
            return True
    return False


_SINGLE = frozenset(
    {"StringEquals", "NumericEquals", "BooleanEquals", "IsPresent", "IsNull", "IsString", "IsNumeric", "IsBoolean"}
)
"""Operators that only one operand can satisfy. TimestampEquals is none of them: two texts can mean one moment."""
