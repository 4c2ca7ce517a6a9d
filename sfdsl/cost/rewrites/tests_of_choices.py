"""What rewrites ask about the tests of Choice rules."""

from __future__ import annotations

from attrs import evolve

from sfdsl.cost.rewrites.expressions import Cannot, movable, nature
from sfdsl.cost.rewrites.facts import WHOLE
from sfdsl.cost.rewrites.reasons import Hazard
from sfdsl.cost.rewrites.templates import node
from sfdsl.jsonata_text import facts, is_expression
from sfdsl.model.fields import Json
from sfdsl.model.states import And, Choice, Comparison, Condition, Not, Or, Test


def constant(test: Test) -> bool | None:
    """The outcome of a test that has the same one every time; None of any other."""
    if not isinstance(test, Condition):
        return None
    if isinstance(test.text, bool):
        return test.text
    if not is_expression(test.text):
        return None
    known = facts(test.text).constant
    return known.value if known is not None and isinstance(known.value, bool) else None


def stable(test: Test) -> bool:
    """Whether a test has the same outcome in another Choice that is given the same data."""
    try:
        require_stable(test)
    except Cannot:
        return False
    return True


def require_stable(test: Test) -> None:
    """Make sure that a test may stand in another Choice.

    Raises:
        Cannot: It may not.
    """
    match test:
        case Condition():
            if isinstance(test.text, bool) or not is_expression(test.text):
                raise Cannot(Hazard.NOT_UNDERSTOOD)
            movable(test.text)
        case And() | Or():
            for each in test.tests:
                require_stable(each)
        case Not():
            require_stable(test.test)
        case Comparison():
            if test.extra or test.variable is None or test.operator is None:
                raise Cannot(Hazard.NOT_UNDERSTOOD)
            node(test.variable)
            if test.operator.endswith("Path"):
                if not isinstance(test.operand, str):
                    raise Cannot(Hazard.NOT_UNDERSTOOD)
                node(test.operand)


def certain(test: Test) -> bool:
    """Whether a test cannot fail."""
    match test:
        case Condition():
            return (
                isinstance(test.text, str)
                and is_expression(test.text)
                and nature(test.text).total
                and nature(test.text).kind == "boolean"
            )
        case And() | Or():
            return all(certain(each) for each in test.tests)
        case Not():
            return certain(test.test)
        case Comparison():
            return test.operator == "IsPresent" and not test.extra


def tests_its_input(state: Choice) -> bool:
    """Whether a Choice tests its whole input and hands it on, Outputs aside."""
    return state.input_path in WHOLE and state.output_path in WHOLE and not state.extra


def read_variables(test: Test) -> frozenset[str]:
    """The variables that a stable test reads."""
    from sfdsl.jsonpath import variables

    match test:
        case Condition():
            return facts(test.text).variables if isinstance(test.text, str) else frozenset()
        case And() | Or():
            return frozenset().union(*(read_variables(each) for each in test.tests))
        case Not():
            return read_variables(test.test)
        case Comparison():
            texts = [test.variable, test.operand if (test.operator or "").endswith("Path") else None]
            return frozenset().union(*(variables(node(text)) for text in texts if isinstance(text, str)))


def with_text(test: Condition, text: Json) -> Condition:
    """A JSONata test with another text, which may have become a constant.

    Raises:
        Cannot: It is no test any more.
    """
    if isinstance(text, bool) and not isinstance(test.text, bool):
        text = "{% true %}" if text else "{% false %}"
    if not isinstance(text, bool) and not (isinstance(text, str) and is_expression(text)):
        raise Cannot(Hazard.NOT_UNDERSTOOD)
    after: Condition = evolve(test, text=text)
    return after
