"""SF255."""

from __future__ import annotations

from collections.abc import Iterator

from sfdsl.checks.base import Check
from sfdsl.checks.dataflow._view import where
from sfdsl.diagnostics import Diagnostic, Severity
from sfdsl.graph import WorkflowGraph
from sfdsl.model.states import And, Choice, Comparison, Condition, Not, Or, Test
from sfdsl.model.workflow import JSONPATH


class UnguardedTest(Check):
    """A Choice looks into a field before it asks whether the field is there.

    Why it matters:
        A test of a field that is not there fails the execution with States.Runtime, which nothing can
        catch. The Choice asks IsPresent of the same field, so that the field can be missing, but asks too late.

    Fires on:
        {"StartAt": "Paid?", "States": {
          "Paid?": {"Type": "Choice", "Default": "Ship", "Choices": [
            {"Variable": "$.paid", "BooleanEquals": false, "Next": "Bill"},
            {"Variable": "$.paid", "IsPresent": false, "Next": "Bill"}]},
          "Bill": {"Type": "Fail"}, "Ship": {"Type": "Succeed"}}}

    Instead:
        {"StartAt": "Paid?", "States": {
          "Paid?": {"Type": "Choice", "Default": "Ship", "Choices": [
            {"Variable": "$.paid", "IsPresent": false, "Next": "Bill"},
            {"Variable": "$.paid", "BooleanEquals": false, "Next": "Bill"}]},
          "Bill": {"Type": "Fail"}, "Ship": {"Type": "Succeed"}}}
    """

    code = "SF255"
    severity = Severity.WARNING

    def run(self, graph: WorkflowGraph) -> Iterator[Diagnostic]:
        """One finding for each field of a Choice, at the first test that is not guarded."""
        for scope, state in graph.states():
            if not isinstance(state, Choice) or scope.language(state) != JSONPATH:
                continue
            asked = {path for rule in state.choices for path in _asked(rule.test)}
            if not asked:
                continue
            known: frozenset[str] = frozenset()
            told: set[str] = set()
            for rule in state.choices:
                for test in _unguarded(rule.test, known):
                    path = test.variable or ""
                    if path in asked and path not in told:
                        told.add(path)
                        place = where(state, test, ())
                        message = f"{place} of state {state.name!r} tests {path!r} before IsPresent asks for it"
                        guard = f'{{"And": [{{"Variable": "{path}", "IsPresent": true}}, {{...}}]}}'
                        yield self.at(state, message, hint=f"write {guard}", field="Variable", node=test)
                known |= _present_when(rule.test, False)


def _asked(test: Test) -> Iterator[str]:
    """The paths that a test asks IsPresent of."""
    match test:
        case Comparison():
            if test.operator == "IsPresent" and test.variable is not None:
                yield test.variable
        case And() | Or():
            for inner in test.tests:
                yield from _asked(inner)
        case Not():
            yield from _asked(test.test)
        case Condition():
            return


def _unguarded(test: Test, known: frozenset[str]) -> Iterator[Comparison]:
    """The comparisons that look into a path which is not known to be there, in the order that AWS makes them.

    Source: Developer Guide, "Choice workflow state": And and Or stop at the first test that decides.
    """
    match test:
        case Comparison():
            if test.operator not in (None, "IsPresent") and test.variable is not None and test.variable not in known:
                yield test
        case And() | Or():
            for inner in test.tests:
                yield from _unguarded(inner, known)
                known |= _present_when(inner, isinstance(test, And)) | _looked_at(inner)
        case Not():
            yield from _unguarded(test.test, known)
        case Condition():
            return


def _looked_at(test: Test) -> frozenset[str]:
    """The path of a plain comparison: what comes after it runs only where it was there."""
    if isinstance(test, Comparison) and test.operator not in (None, "IsPresent") and test.variable is not None:
        return frozenset({test.variable})
    return frozenset()


def _present_when(test: Test, outcome: bool) -> frozenset[str]:
    """The paths that are there for sure when a test had this outcome."""
    match test:
        case Comparison():
            if test.variable is None or test.operator is None:
                return frozenset()
            if test.operator == "IsPresent":
                return frozenset({test.variable}) if test.operand is outcome else frozenset()
            return frozenset({test.variable})
        case And():
            if outcome:
                return frozenset().union(*(_present_when(inner, True) for inner in test.tests))
            return _present_when(test.tests[0], False) & _common(test.tests, False)
        case Or():
            if not outcome:
                return frozenset().union(*(_present_when(inner, False) for inner in test.tests))
            return _present_when(test.tests[0], True) & _common(test.tests, True)
        case Not():
            return _present_when(test.test, not outcome)
        case Condition():
            return frozenset()


def _common(tests: tuple[Test, ...], outcome: bool) -> frozenset[str]:
    found = [_present_when(test, outcome) for test in tests]
    return frozenset.intersection(*found) if found else frozenset()
