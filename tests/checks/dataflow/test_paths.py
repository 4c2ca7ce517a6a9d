"""Rules on JSONPath texts and payload templates: SF209, SF220 to SF231 and SF250."""

from __future__ import annotations

from typing import Any

import pytest

from tests.checks.dataflow.helpers import Json, codes, findings, machine, one, only, template


def call(text: str) -> Json:
    return template({"x.$": text})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("$.a.b[0]", [], id="a path"),
        pytest.param("$.rows[?(@.ok == true)].id", [], id="a filter"),
        pytest.param("$$.Execution.Input.anything", [], id="the execution's input"),
        pytest.param("$$", [], id="the context object"),
        pytest.param("$.a[", ["SF220"], id="a bracket is not closed"),
        pytest.param("a.b", ["SF220"], id="no $"),
        pytest.param("", ["SF220"], id="empty"),
        pytest.param("${Path}", [], id="a placeholder"),
        pytest.param("States.Format('{}', $.a)", [], id="a call"),
        pytest.param("States.Format('{}', $.a", ["SF220"], id="a parenthesis is not closed"),
        pytest.param('States.Format("{}", $.a)', ["SF220"], id="double quotes"),
        pytest.param("States.Fromat('{}', $.a)", ["SF224"], id="a misspelt function"),
        pytest.param("States.Array(States.Uuid())", ["SF224"], id="a misspelt function inside a call"),
        pytest.param("States.MathAdd($.a)", ["SF225"], id="too few arguments"),
        pytest.param("States.UUID($.a)", ["SF225"], id="too many arguments"),
        pytest.param("States.JsonMerge($.a, $.b, true)", ["SF226"], id="a deep merge"),
        pytest.param("States.JsonMerge($.a, $.b, $.deep)", [], id="a merge that data decides"),
        pytest.param("States.Hash($.a, 'SHA-2')", ["SF226"], id="an unknown algorithm"),
        pytest.param("States.Hash($.a, 'SHA-256')", [], id="a known algorithm"),
        pytest.param("States.ArrayRange(1, 1000, 1)", [], id="a range of 1,000"),
        pytest.param("States.ArrayRange(0, 1000, 1)", ["SF226"], id="a range of 1,001"),
        pytest.param("States.ArrayRange(1000, 0, -1)", ["SF226"], id="a range backwards of 1,001"),
        pytest.param("States.ArrayRange(1, 10, 0)", ["SF226"], id="a range that never moves"),
        pytest.param("States.MathAdd($.a, 'b')", ["SF226"], id="a text for a number"),
        pytest.param("States.Format('{} {}', $.a)", ["SF226"], id="a {} without a value"),
        pytest.param("States.Array(" * 10 + "$.a" + ")" * 10, [], id="ten calls deep"),
        pytest.param("States.Array(" * 11 + "$.a" + ")" * 11, ["SF227"], id="eleven calls deep"),
        pytest.param("States.Array(" * 10 + "States.UUID(1)" + ")" * 10, ["SF225", "SF227"], id="deep and wrong"),
        pytest.param("$$.Execution.ID", ["SF209"], id="a misspelt context field"),
        pytest.param("$$.StateMachine.Arn", ["SF209"], id="an invented context field"),
        pytest.param("States.Format('{}', $$.Stat.Name)", ["SF209"], id="a misspelt context field in a call"),
        pytest.param("$$.Map.Item.Value", ["SF250"], id="an item outside a Map"),
    ],
)
def test_codes_of_an_entry(text: str, expected: list[str]) -> None:
    assert codes(call(text)) == expected


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        pytest.param({"Type": "Pass", "InputPath": "$.rows[*].id"}, [], id="InputPath with a wildcard"),
        pytest.param({"Type": "Pass", "ResultPath": "$.rows[*]"}, ["SF221"], id="ResultPath with a wildcard"),
        pytest.param({"Type": "Pass", "ResultPath": "$.rows[0].id"}, [], id="ResultPath with an index"),
        pytest.param({"Type": "Wait", "SecondsPath": "$..seconds"}, ["SF221"], id="SecondsPath with a descent"),
        pytest.param({"Type": "Wait", "SecondsPath": "$seconds"}, ["SF240"], id="SecondsPath of a variable"),
        pytest.param({"Type": "Wait", "TimestampPath": "$.rows[-1]"}, ["SF221"], id="a negative index"),
        pytest.param({"Type": "Pass", "ResultPath": "$$.State"}, ["SF222"], id="ResultPath into the context"),
        pytest.param({"Type": "Pass", "ResultPath": None}, [], id="ResultPath null"),
        pytest.param({"Type": "Pass", "InputPath": "States.UUID()"}, ["SF223"], id="a call in InputPath"),
        pytest.param({"Type": "Fail", "CausePath": "States.Format('{}', $.a)"}, [], id="a call in CausePath"),
        pytest.param({"Type": "Fail", "CausePath": "States.StringSplit($.a, ',')"}, ["SF223"], id="not this call"),
        pytest.param({"Type": "Fail", "CausePath": "Cause"}, ["SF220"], id="CausePath without $"),
    ],
)
def test_codes_of_a_field(state: Json, expected: list[str]) -> None:
    assert codes(one(state)) == expected


def test_a_result_path_into_a_variable_says_how_to_assign() -> None:
    task = {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "ResultPath": "$sent.id"}
    found = [f for f in findings(one(task)) if f.code == "SF222"]
    assert [(f.origin.pointer, f.message, f.hint) for f in found] == [
        (
            "/States/S/ResultPath",
            "ResultPath of state 'S' is '$sent.id', and a ResultPath writes no variable",
            'write $.sent, or assign it: "Assign": {"sent.$": "$"}',
        )
    ]


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        pytest.param({"a.$": 1}, ["SF228"], id="a number under a .$ key"),
        pytest.param({"a": [{"b.$": {"c": 1}}]}, ["SF228"], id="an object under a .$ key, in an array"),
        pytest.param({"a": 1, "a.$": "$.a"}, ["SF229"], id="a field twice"),
        pytest.param({"a": {"a.$": "$.a"}}, [], id="the same name one level below"),
        pytest.param({"a": "$.a"}, ["SF230"], id="a path without .$"),
        pytest.param({"a": ["$.a"]}, ["SF230"], id="a path in an array"),
        pytest.param({"a": "$$.Execution.Id"}, ["SF230"], id="a context path without .$"),
        pytest.param({"a": "States.UUID()"}, ["SF230"], id="a call without .$"),
        pytest.param({"a": "$a"}, [], id="a word with a dollar sign"),
        pytest.param({"a": "$.50"}, ["SF230"], id="what parses as a path"),
        pytest.param({"a": "costs $.50 each"}, [], id="a sentence"),
        pytest.param({"a": "$"}, [], id="a dollar sign"),
        pytest.param({"a": "States.Wrong"}, [], id="an error's name"),
    ],
)
def test_codes_of_a_template(parameters: Any, expected: list[str]) -> None:
    assert codes(template(parameters)) == expected


@pytest.mark.parametrize(
    ("definition", "expected"),
    [
        pytest.param(
            call("States.Uuid()"),
            (
                "SF224",
                "/States/S/Parameters/x.$",
                "Parameters.x.$ of state 'S' calls States.Uuid, which is no intrinsic function",
                "did you mean States.UUID?",
            ),
            id="a misspelt function",
        ),
        pytest.param(
            call("States.ArrayRange(1, 5000, 1)"),
            (
                "SF226",
                "/States/S/Parameters/x.$",
                "Parameters.x.$ of state 'S' is wrong: the range has 5,000 elements, and States.ArrayRange gives "
                "1,000 at most",
                "raise the step, or split the range over several calls",
            ),
            id="a long range",
        ),
        pytest.param(
            template({"a": {"b.$": 7}}),
            (
                "SF228",
                "/States/S/Parameters/a/b.$",
                "Parameters.a.b.$ of state 'S' must hold a path, and it is 7",
                "name the key 'b' to hand the value on as it stands",
            ),
            id="no text",
        ),
        pytest.param(
            template({"id": "$.order.id"}),
            (
                "SF230",
                "/States/S/Parameters/id",
                "Parameters.id of state 'S' is the text '$.order.id': only a key that ends in .$ is evaluated",
                'to evaluate it, write "id.$": "$.order.id"',
            ),
            id="a path without .$",
        ),
        pytest.param(
            call("$$.Exeuction.Id"),
            (
                "SF209",
                "/States/S/Parameters/x.$",
                "Parameters.x.$ of state 'S' reads $$.Exeuction, which the context object does not have",
                "did you mean $$.Execution.Id?",
            ),
            id="a misspelt context field",
        ),
        pytest.param(
            one({"Type": "Pass", "InputPath": "order.id"}),
            (
                "SF220",
                "/States/S/InputPath",
                "InputPath of state 'S' is not a path: 'order.id'; a path begins with $",
                "did you mean $.order.id?",
            ),
            id="no $",
        ),
    ],
)
def test_what_is_said(definition: Json, expected: tuple[str, str, str, str]) -> None:
    assert only(definition) == expected


def test_a_dollar_key_in_result_is_one_finding_for_each_object() -> None:
    assert codes(one({"Type": "Pass", "Result": {"a.$": "$.a", "b.$": "$.b", "c": {"d.$": "x"}}})) == ["SF231", "SF231"]


def test_a_variable_without_dollar_key_is_told_apart_from_a_word() -> None:
    definition = machine(
        ("A", {"Type": "Pass", "Assign": {"day": 1}}),
        ("B", {"Type": "Pass", "Parameters": {"a": "$day", "b": "$other", "c.$": "$day"}}),
    )
    assert [(f.code, f.origin.pointer) for f in findings(definition)] == [("SF230", "/States/B/Parameters/a")]


@pytest.mark.parametrize(
    ("key", "expected"),
    [("ItemSelector", []), ("Parameters", []), ("ResultSelector", ["SF250"])],
)
def test_an_item_is_there_where_the_map_evaluates_for_each_item(key: str, expected: list[str]) -> None:
    body = {"StartAt": "I", "States": {"I": {"Type": "Pass", "Parameters": {"i.$": "$$.Map.Item.Index"}, "End": True}}}
    assert codes(one({"Type": "Map", key: {"v.$": "$$.Map.Item.Value"}, "ItemProcessor": body})) == expected


def test_a_finding_says_which_test_of_a_choice_it_means() -> None:
    test = {"And": [{"Variable": "$.a", "IsPresent": True}, {"Not": {"Variable": "b", "IsNull": True}}], "Next": "S"}
    found = only(one({"Type": "Choice", "Choices": [test], "Default": "S"}))
    assert found[1:3] == (
        "/States/S/Choices/0/And/1/Not/Variable",
        "Choices[0].And[1].Not.Variable of state 'S' is not a path: 'b'; a path begins with $",
    )
