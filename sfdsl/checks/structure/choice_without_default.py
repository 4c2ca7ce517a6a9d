"""SF120."""

from __future__ import annotations

import json
from collections.abc import Iterator

from sfdsl.checks.structure._fields import given
from sfdsl.checks.structure._parts import PartCheck, parts
from sfdsl.diagnostics import Diagnostic, Severity
from sfdsl.graph import WorkflowGraph
from sfdsl.model.asl import write_test
from sfdsl.model.states import Choice, Comparison, Condition, Not, Test


class ChoiceWithoutDefault(PartCheck):
    """A Choice that does not say where to go when no rule is true.

    Why it matters:
        The execution then fails with States.NoChoiceMatched, which a Choice cannot catch itself. Nothing is
        said where the rules leave no case open: a test and its opposite, or true and false of the same path.

    Fires on:
        {"StartAt": "Kind?", "States": {
            "Kind?": {"Type": "Choice", "Choices": [{"Variable": "$.kind", "StringEquals": "full", "Next": "Done"}]},
            "Done": {"Type": "Succeed"}}}

    Instead:
        {"StartAt": "Kind?", "States": {
            "Kind?": {"Type": "Choice", "Default": "Unknown", "Choices": [
                {"Variable": "$.kind", "StringEquals": "full", "Next": "Done"}]},
            "Done": {"Type": "Succeed"},
            "Unknown": {"Type": "Fail", "Error": "UnknownKind"}}}
    """

    code = "SF120"
    severity = Severity.WARNING

    def run(self, graph: WorkflowGraph) -> Iterator[Diagnostic]:
        """One finding for each Choice that has rules."""
        for part in parts(graph).of[Choice]:
            state = part.node
            if state.default is not None or not state.choices or given(state, "Default") or "Next" in state.extra:
                continue
            if _leave_nothing_open([rule.test for rule in state.choices]):
                continue
            message = f"{part} has no Default: where no rule is true, the execution fails with States.NoChoiceMatched"
            hint = f'add `"Default": "{state.choices[-1].next}"`, or lead it to a Fail that says what was unexpected'
            yield self.about(graph, part, message, hint=hint)


def _leave_nothing_open(tests: list[Test]) -> bool:
    """Whether one of the tests is surely true, whatever the input."""
    seen = {_text(test) for test in tests}
    for test in tests:
        if isinstance(test, Condition):
            if test.text is True or (isinstance(test.text, str) and test.text.strip("{%} ") == "true"):
                return True
            # `$not(x)` and `x`, which is what an author writes for the two sides.
            if isinstance(test.text, str) and _opposite(test.text) in {
                t.text for t in tests if isinstance(t, Condition)
            }:
                return True
        elif isinstance(test, Not):
            if _text(test.test) in seen:
                return True
        elif isinstance(test, Comparison) and isinstance(test.operand, bool):
            twin = Comparison(variable=test.variable, operator=test.operator, operand=not test.operand)
            # IsPresent false covers what IsPresent true does not; BooleanEquals leaves other types open, which
            # nobody means: a path that holds true or false.
            if _text(twin) in seen:
                return True
    return False


def _opposite(condition: str) -> str:
    inner = condition.removeprefix("{%").removesuffix("%}").strip()
    return f"{{% $not({inner}) %}}"


def _text(test: Test) -> str:
    written = write_test(test)
    written.pop("Comment", None)
    return json.dumps(written, sort_keys=True)
