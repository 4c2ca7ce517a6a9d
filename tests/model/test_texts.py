"""Where texts stand, what they may read, and which variables a state writes and reads."""

from __future__ import annotations

import json
from typing import Any

import pytest

from sfdsl.model.asl import read
from sfdsl.model.edges import EdgeKind
from sfdsl.model.texts import (
    ERROR_OUTPUT,
    FAIL_INTRINSICS,
    INPUT,
    RESULT,
    Kind,
    Text,
    assigned,
    reads,
    texts,
    values,
)
from sfdsl.model.workflow import scopes, walk
from tests.conftest import shared


def found(state: dict[str, Any], language: str = "JSONPath") -> list[Text]:
    machine = read({"QueryLanguage": language, "StartAt": "S", "States": {"S": state}})
    scope = next(scopes(machine))
    return list(texts(scope, machine.states[0]))


def table(state: dict[str, Any], language: str = "JSONPath") -> list[tuple[str, str, str]]:
    return [(text.origin.pointer, text.kind.value, text.text) for text in found(state, language)]


def test_a_jsonata_task_has_expressions_and_literals_in_every_field() -> None:
    state = {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke",
        "Arguments": {"FunctionName": "f", "Payload": {"rows": ["{% $states.input %}", 7, "plain"]}},
        "Output": "{% $states.result %}",
        "Credentials": {"RoleArn": "{% $role %}"},
        "TimeoutSeconds": "{% $limit %}",
        "HeartbeatSeconds": 5,
        "Assign": {"x": "{% 1 %}"},
        "Catch": [
            {"ErrorEquals": ["E"], "Next": "S", "Output": "{% $states.errorOutput %}", "Assign": {"y": "{% 2 %}"}}
        ],
        "End": True,
    }
    assert table(state, "JSONata") == [
        ("/States/S/Arguments/FunctionName", "literal", "f"),
        ("/States/S/Arguments/Payload/rows/0", "expression", "{% $states.input %}"),
        ("/States/S/Arguments/Payload/rows/2", "literal", "plain"),
        ("/States/S/Output", "expression", "{% $states.result %}"),
        ("/States/S/Credentials/RoleArn", "expression", "{% $role %}"),
        ("/States/S/TimeoutSeconds", "expression", "{% $limit %}"),
        ("/States/S/Assign/x", "expression", "{% 1 %}"),
        ("/States/S/Catch/0/Output", "expression", "{% $states.errorOutput %}"),
        ("/States/S/Catch/0/Assign/y", "expression", "{% 2 %}"),
    ]


def test_a_jsonpath_map_has_paths_entries_and_literals_in_every_field() -> None:
    state = {
        "Type": "Map",
        "InputPath": "$.in",
        "OutputPath": None,
        "ItemsPath": "$.rows",
        "ResultPath": "$.out",
        "MaxConcurrencyPath": "$.n",
        "ToleratedFailureCountPath": "$.f",
        "ItemSelector": {"row.$": "$$.Map.Item.Value", "kind": "$.literal"},
        "ResultSelector": {"first.$": "$[0]"},
        "ItemReader": {
            "Resource": "arn:aws:states:::s3:getObject",
            "Parameters": {"Bucket": "b", "Key.$": "$.key"},
            "ReaderConfig": {"InputType": "CSV", "MaxItemsPath": "$max"},
        },
        "ItemBatcher": {"MaxItemsPerBatchPath": "$.size", "BatchInput": {"day.$": "$.day"}},
        "ResultWriter": {"Resource": "arn:aws:states:::s3:putObject", "Parameters": {"Bucket.$": "$bucket"}},
        "Catch": [{"ErrorEquals": ["E"], "Next": "S", "ResultPath": "$.error"}],
        "ItemProcessor": {"StartAt": "I", "States": {"I": {"Type": "Pass", "InputPath": "$.inner", "End": True}}},
        "End": True,
    }
    assert sorted(table(state)) == [
        ("/States/S/Catch/0/ResultPath", "path", "$.error"),
        ("/States/S/InputPath", "path", "$.in"),
        ("/States/S/ItemBatcher/BatchInput/day.$", "entry", "$.day"),
        ("/States/S/ItemBatcher/MaxItemsPerBatchPath", "path", "$.size"),
        ("/States/S/ItemReader/Parameters/Bucket", "literal", "b"),
        ("/States/S/ItemReader/Parameters/Key.$", "entry", "$.key"),
        ("/States/S/ItemReader/ReaderConfig/MaxItemsPath", "path", "$max"),
        ("/States/S/ItemSelector/kind", "literal", "$.literal"),
        ("/States/S/ItemSelector/row.$", "entry", "$$.Map.Item.Value"),
        ("/States/S/ItemsPath", "path", "$.rows"),
        ("/States/S/MaxConcurrencyPath", "path", "$.n"),
        ("/States/S/ResultPath", "path", "$.out"),
        ("/States/S/ResultSelector/first.$", "entry", "$[0]"),
        ("/States/S/ResultWriter/Parameters/Bucket.$", "entry", "$bucket"),
        ("/States/S/ToleratedFailureCountPath", "path", "$.f"),
    ]


def test_the_tests_of_a_choice_are_read_at_any_depth() -> None:
    state = {
        "Type": "Choice",
        "Choices": [
            {
                "And": [
                    {"Variable": "$.a", "IsPresent": True},
                    {"Not": {"Or": [{"Variable": "$.b", "StringEqualsPath": "$.c"}]}},
                ],
                "Next": "S",
                "Assign": {"x.$": "$.d"},
            }
        ],
        "Default": "S",
    }
    assert table(state) == [
        ("/States/S/Choices/0/And/0/Variable", "path", "$.a"),
        ("/States/S/Choices/0/And/1/Not/Or/0/Variable", "path", "$.b"),
        ("/States/S/Choices/0/And/1/Not/Or/0/StringEqualsPath", "path", "$.c"),
        ("/States/S/Choices/0/Assign/x.$", "entry", "$.d"),
    ]


def test_a_condition_is_an_expression_and_a_boolean_is_no_text() -> None:
    rules = [{"Condition": "{% $a %}", "Next": "S", "Output": "{% $b %}"}, {"Condition": True, "Next": "S"}]
    assert table({"Type": "Choice", "Choices": rules}, "JSONata") == [
        ("/States/S/Choices/0/Condition", "expression", "{% $a %}"),
        ("/States/S/Choices/0/Output", "expression", "{% $b %}"),
    ]


@pytest.mark.parametrize(
    ("state", "language"),
    [
        pytest.param({"Type": "Pass", "Output": "{% 1 %}", "End": True}, "JSONPath", id="JSONata's field in JSONPath"),
        pytest.param({"Type": "Pass", "InputPath": "$", "End": True}, "JSONata", id="JSONPath's field in JSONata"),
        pytest.param({"Type": "Pass", "InputPath": "$", "QueryLanguage": "XPath", "End": True}, "JSONPath", id="XPath"),
        pytest.param({"Type": "Pass", "InputPath": None, "End": True}, "JSONPath", id="a null path"),
        pytest.param({"Type": "Nap", "InputPath": "$"}, "JSONPath", id="a state of no known type"),
        pytest.param({"Type": "Task", "Resource": "{% $x %}", "End": True}, "JSONata", id="fields that take none"),
    ],
)
def test_what_is_no_data_gives_no_text(state: dict[str, Any], language: str) -> None:
    assert table(state, language) == []


def test_result_of_a_pass_is_literal_whatever_its_keys_say() -> None:
    assert table({"Type": "Pass", "Result": {"x.$": "$.a"}, "End": True}) == [
        ("/States/S/Result/x.$", "literal", "$.a")
    ]


@pytest.mark.parametrize(
    ("state", "key", "states"),
    [
        pytest.param({"Type": "Task", "Resource": "r", "Arguments": "{% 1 %}"}, "Arguments", INPUT, id="arguments"),
        pytest.param({"Type": "Task", "Resource": "r", "Output": "{% 1 %}"}, "Output", RESULT, id="output of a task"),
        pytest.param({"Type": "Pass", "Output": "{% 1 %}"}, "Output", INPUT, id="output of a pass"),
        pytest.param({"Type": "Map", "Assign": {"x": "{% 1 %}"}}, "Assign", RESULT, id="assign of a map"),
        pytest.param({"Type": "Wait", "Seconds": "{% 1 %}"}, "Seconds", INPUT, id="seconds of a wait"),
        pytest.param(
            {"Type": "Task", "Catch": [{"ErrorEquals": ["E"], "Output": "{% 1 %}"}]},
            "Output",
            ERROR_OUTPUT,
            id="output of a catcher",
        ),
        pytest.param(
            {"Type": "Choice", "Choices": [{"Condition": True, "Output": "{% 1 %}"}]},
            "Output",
            INPUT,
            id="output of a rule",
        ),
    ],
)
def test_which_fields_of_states_have_a_value(state: dict[str, Any], key: str, states: frozenset[str]) -> None:
    (text,) = found(state, "JSONata")
    assert (text.field.key, text.field.states) == (key, states)


def test_what_paths_may_be() -> None:
    fields = {
        text.field.key: text.field
        for state in (
            {"Type": "Pass", "InputPath": "$", "ResultPath": "$.x", "Parameters": {"a.$": "$"}},
            {"Type": "Fail", "ErrorPath": "$.e"},
        )
        for text in found(state)
    }
    assert [fields[key].reference for key in ("InputPath", "ResultPath", "Parameters", "ErrorPath")] == [
        False,
        True,
        False,
        True,
    ]
    assert not fields["ResultPath"].context
    assert not fields["ResultPath"].variables
    assert "States.MathAdd" in fields["Parameters"].intrinsics
    assert fields["ErrorPath"].intrinsics == FAIL_INTRINSICS
    assert fields["InputPath"].intrinsics == frozenset()


def test_values_are_whole_fields() -> None:
    machine = read({"StartAt": "S", "States": {"S": {"Type": "Pass", "Parameters": {"a": 1, "b.$": "$"}, "End": True}}})
    (value,) = values(next(scopes(machine)), machine.states[0])
    assert (value.field.key, value.value, value.origin.pointer) == (
        "Parameters",
        {"a": 1, "b.$": "$"},
        "/States/S/Parameters",
    )


def test_the_key_of_a_text_is_the_nearest_name() -> None:
    (text,) = found({"Type": "Pass", "Parameters": {"a/b": ["x"]}, "End": True})
    assert (text.key, text.pointer) == ("a/b", "/Parameters/a~1b/0")


def test_variables_are_written_on_one_way_out() -> None:
    machine = read(
        {
            "StartAt": "C",
            "States": {
                "C": {
                    "Type": "Choice",
                    "Choices": [{"Variable": "$.a", "IsPresent": True, "Next": "T", "Assign": {"one.$": "$.a"}}],
                    "Default": "T",
                    "Assign": {"two": 2},
                },
                "T": {
                    "Type": "Task",
                    "Resource": "r",
                    "Assign": {"three": 3},
                    "Catch": [{"ErrorEquals": ["E"], "Next": "T", "Assign": {"four": 4}}],
                    "End": True,
                },
            },
        }
    )
    scope = next(scopes(machine))
    found = [(a.name, a.kind, a.index, a.origin.pointer) for state in machine.states for a in assigned(scope, state)]
    assert found == [
        ("one", EdgeKind.RULE, 0, "/States/C/Choices/0/Assign/one.$"),
        ("two", EdgeKind.DEFAULT, 0, "/States/C/Assign/two"),
        ("three", EdgeKind.NEXT, 0, "/States/T/Assign/three"),
        ("four", EdgeKind.CATCH, 0, "/States/T/Catch/0/Assign/four"),
    ]


def test_a_jsonata_key_keeps_its_dollar() -> None:
    machine = read(
        {"QueryLanguage": "JSONata", "StartAt": "S", "States": {"S": {"Type": "Pass", "Assign": {"x.$": 1}}}}
    )
    assert [a.name for a in assigned(next(scopes(machine)), machine.states[0])] == ["x.$"]


def test_a_text_with_a_syntax_error_reads_nothing() -> None:
    machine = read(
        {"StartAt": "S", "States": {"S": {"Type": "Pass", "Parameters": {"a.$": "$x[", "b.$": "$y.z"}, "End": True}}}
    )
    assert [each.name for each in reads(next(scopes(machine)), machine.states[0])] == ["y"]


def test_reads_are_the_variable_references_that_aws_gives() -> None:
    compared = 0
    for line in shared("aws_recordings/definitions.jsonl").read_text().split("\n"):
        record = json.loads(line or "{}")
        if record.get("operation") != "DescribeStateMachine":
            continue
        ours: dict[str, list[str]] = {}
        for scope, state in walk(read(record["definition"])):
            if names := sorted({each.name for each in reads(scope, state)}):
                ours[state.name] = names
        assert ours == record["variable_references"]
        compared += 1
    assert compared == 8


def test_every_text_of_the_corpus_has_its_place() -> None:
    counts = dict.fromkeys(Kind, 0)
    for path in sorted(shared("corpus/asl").glob("*.json")):
        definition = json.loads(path.read_text())
        for scope, state in walk(read(definition)):
            for text in texts(scope, state):
                value = definition
                for token in text.origin.pointer.split("/")[1:]:
                    token = token.replace("~1", "/").replace("~0", "~")
                    value = value[int(token)] if isinstance(value, list) else value[token]
                assert value == text.text
                counts[text.kind] += 1
    assert counts == {Kind.EXPRESSION: 463, Kind.PATH: 2109, Kind.ENTRY: 2704, Kind.LITERAL: 5559}
