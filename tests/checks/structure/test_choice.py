"""Rules about the rules of a Choice (SF120 to SF125)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.checks.structure.machines import choice, codes, one

TRUE = {"Variable": "$.x", "IsPresent": True}
FALSE = {"Variable": "$.x", "IsPresent": False}
JSONATA = {"QueryLanguage": "JSONata"}


@pytest.mark.parametrize(
    ("definition", "expected"),
    [
        pytest.param(choice(TRUE), set(), id="with a Default"),
        pytest.param(choice(TRUE, Default=None), {"SF120"}, id="without"),
        pytest.param(choice(TRUE, FALSE, Default=None), set(), id="a test and its opposite"),
        pytest.param(choice(TRUE, {"Not": TRUE}, Default=None), set(), id="a test and its Not"),
        pytest.param(choice(TRUE, {"Not": FALSE}, Default=None), {"SF120"}, id="a test and another Not"),
        pytest.param(choice(TRUE, FALSE | {"Variable": "$.y"}, Default=None), {"SF120"}, id="of another path"),
        pytest.param(
            choice(
                {"Variable": "$.x", "BooleanEquals": True}, {"Variable": "$.x", "BooleanEquals": False}, Default=None
            ),
            set(),
            id="true and false",
        ),
        pytest.param(choice({"Condition": True}, Default=None, **JSONATA), set(), id="a condition that is always true"),
        pytest.param(choice({"Condition": "{% true %}"}, Default=None, **JSONATA), set(), id="and so written"),
        pytest.param(choice({"Condition": "{% $a %}"}, Default=None, **JSONATA), {"SF120"}, id="a condition"),
        pytest.param(
            choice({"Condition": "{% $a %}"}, {"Condition": "{% $not($a) %}"}, Default=None, **JSONATA),
            set(),
            id="a condition and its opposite",
        ),
        pytest.param(choice(TRUE, Default=7), {"SF113"}, id="a Default of the wrong type"),
    ],
)
def test_default(definition: dict[str, Any], expected: set[str]) -> None:
    assert codes(definition) == expected


@pytest.mark.parametrize(
    ("definition", "expected"),
    [
        pytest.param(choice({"And": [TRUE, {"Not": FALSE}]}), set(), id="nested rules"),
        pytest.param(choice({"And": [TRUE | {"Next": "B"}]}), {"SF121"}, id="a nested Next"),
        pytest.param(choice({"Not": TRUE | {"Assign": {"a": 1}}}), {"SF121"}, id="a nested Assign"),
        pytest.param(choice({"Or": [TRUE | {"Comment": "why"}]}), set(), id="a nested Comment"),
        pytest.param(choice({"Or": [TRUE | {"Comment": 1}]}), {"SF113"}, id="a nested Comment that is no text"),
        pytest.param(choice(TRUE | {"IsNull": True}), {"SF122"}, id="two operators"),
        pytest.param(choice(TRUE | {"And": [TRUE]}), {"SF122"}, id="an operator beside And"),
        pytest.param(choice({"And": [TRUE], "Or": [TRUE]}), {"SF122"}, id="And beside Or"),
        pytest.param(choice({"And": [TRUE], "Or": 3}), {"SF113", "SF122"}, id="And beside an Or that is no array"),
        pytest.param(choice({"And": [TRUE], "Variable": "$.x"}), {"SF122"}, id="a Variable beside And"),
        pytest.param(choice({"Variable": "$.x"}), {"SF123"}, id="no operator"),
        pytest.param(choice({}), {"SF123"}, id="nothing but Next"),
        pytest.param(choice({"IsNull": True}), {"SF123"}, id="no Variable"),
        pytest.param(choice({"IsNull": True, "Variable": 5}), {"SF113"}, id="a Variable that is no text"),
        pytest.param(choice({}, **JSONATA), {"SF123"}, id="no Condition"),
        pytest.param(choice({"Condition": 5}, **JSONATA), {"SF113"}, id="a Condition that is a number"),
        pytest.param(choice({"Variable": "$.x", "StringEqual": "a"}), {"SF124"}, id="a misspelt operator"),
        pytest.param(choice({"Variable": "$.x", "isnull": True}), {"SF124"}, id="an operator in the wrong case"),
        pytest.param(choice({"and": [TRUE]}), {"SF124"}, id="And in the wrong case"),
        pytest.param(
            choice({"Variable": "$.x", "Colour": "red"}), {"SF112", "SF123"}, id="a field that is no operator"
        ),
        pytest.param(choice(TRUE | {"Colour": "red"}), {"SF112"}, id="a field beside an operator"),
        pytest.param(choice({"And": []}), {"SF119"}, id="And of nothing"),
        pytest.param(choice({"Not": [TRUE]}), {"SF113"}, id="Not of an array"),
    ],
)
def test_tests(definition: dict[str, Any], expected: set[str]) -> None:
    assert codes(definition) == expected


@pytest.mark.parametrize(
    ("operator", "operand", "expected"),
    [
        ("NumericEquals", 1, set()),
        ("NumericEquals", 1.5, set()),
        ("NumericEquals", "1", {"SF125"}),
        ("NumericEquals", True, {"SF125"}),
        ("NumericEquals", "${Limit}", set()),
        ("NumericEqualsPath", "$.y", set()),
        ("NumericEqualsPath", 1, {"SF125"}),
        ("StringEquals", "a", set()),
        ("StringEquals", 1, {"SF125"}),
        ("StringMatches", "a*", set()),
        ("StringEquals", None, {"SF125"}),
        ("BooleanEquals", False, set()),
        ("BooleanEquals", "false", {"SF125"}),
        ("IsPresent", True, set()),
        ("IsPresent", "$.x", {"SF125"}),
        ("TimestampEquals", "2026-12-24T18:00:00Z", set()),
        ("TimestampEquals", 1, {"SF125"}),
        ("TimestampEquals", "2026-12-24", {"SF136"}),
    ],
)
def test_operands(operator: str, operand: Any, expected: set[str]) -> None:
    assert codes(choice({"Variable": "$.x", operator: operand})) == expected


@pytest.mark.parametrize(
    ("operator", "operand", "hint"),
    [
        ("NumericEquals", "1", 'write `"NumericEquals": 1`'),
        ("NumericLessThan", "$.y", 'write `"NumericLessThanPath": "$.y"` to compare with what is at that path'),
        ("StringEquals", True, 'write `"BooleanEquals": true`'),
        ("StringEquals", 5, 'write `"NumericEquals": 5` to compare numbers'),
        ("StringEquals", None, 'write `"IsNull": true`'),
        ("BooleanEquals", "True", 'write `"BooleanEquals": true`'),
        ("StringMatches", 5, ""),
    ],
)
def test_hints_for_operands(operator: str, operand: Any, hint: str) -> None:
    assert one(choice({"Variable": "$.x", operator: operand}), "SF125").hint == hint


def test_a_choice_without_default_says_where_it_could_lead() -> None:
    finding = one(choice(TRUE, Default=None), "SF120")
    assert finding.message == (
        "state 'A' has no Default: where no rule is true, the execution fails with States.NoChoiceMatched"
    )
    assert finding.hint == 'add `"Default": "B"`, or lead it to a Fail that says what was unexpected'


def test_a_misspelt_operator_says_which_was_meant() -> None:
    finding = one(choice({"And": [{"Variable": "$.x", "NumericGreaterThen": 1}]}), "SF124")
    assert finding.message == "Choices[0].And[0] of state 'A' tests with 'NumericGreaterThen', which is no operator"
    assert finding.hint == "did you mean 'NumericGreaterThan'?"
    assert finding.origin.pointer == "/States/A/Choices/0/And/0/NumericGreaterThen"
