"""Rules on JSONata texts: SF201 to SF215, SF256, SF257, SF260 and SF261."""

from __future__ import annotations

from typing import Any

import pytest

from tests.checks.dataflow.helpers import Json, codes, findings, jsonata, machine, one, only

SQS = "arn:aws:states:::sqs:sendMessage"


@pytest.mark.parametrize(
    ("output", "expected"),
    [
        pytest.param("{% $states.input.a + 1 %}", [], id="an expression"),
        pytest.param("{%$states.input.a%}", [], id="no blanks inside"),
        pytest.param("{% $states.input.a + %}", ["SF201"], id="an operand is missing"),
        pytest.param("{% ($states.input.a %}", ["SF201"], id="a parenthesis is not closed"),
        pytest.param("{% $.rows[?(@.ok)] %}", ["SF201"], id="JSONPath between delimiters"),
        pytest.param("{% $states.input.a ?? 1 %}", ["SF201"], id="an operator of a later JSONata"),
        pytest.param("{% %}", ["SF201"], id="nothing between delimiters"),
        pytest.param("{% $states.input", ["SF202"], id="not closed"),
        pytest.param("$states.input %}", ["SF202"], id="not opened"),
        pytest.param({"a": ["{% 1 %"]}, ["SF202"], id="half closed, deep inside"),
        pytest.param("50 % off", [], id="a percent sign"),
        pytest.param("{ % x % }", [], id="no delimiters at all"),
        pytest.param(" {% $states.input %} ", ["SF203"], id="blanks before and behind"),
        pytest.param(" {% $states.input %}", ["SF202"], id="a blank before"),
        pytest.param("{% $states.input %}\n", ["SF202"], id="a line end behind"),
        pytest.param("{% $lowerCase($states.input.a) %}", ["SF204"], id="a misspelt function"),
        pytest.param("{% $foo($bar(1)) %}", ["SF204", "SF204"], id="two unknown functions"),
        pytest.param("{% ($f := function($x) { $x + 1 }; $f(1)) %}", [], id="a function of its own"),
        pytest.param("{% $map($states.input.rows, $uppercase) %}", [], id="a function as an argument"),
        pytest.param("{% $partition([1, 2, 3]) %}", ["SF205"], id="too few arguments"),
        pytest.param("{% $uuid(1) %}", ["SF205"], id="too many arguments"),
        pytest.param("{% [1, 2, 3] ~> $partition(2) %}", [], id="an argument by ~>"),
        pytest.param("{% $eval('1 + 1') %}", ["SF206"], id="$eval"),
        pytest.param("{% $states.result %}", ["SF207"], id="a result in a Pass"),
        pytest.param("{% $states.errorOutput.Error %}", ["SF207"], id="an error output in a Pass"),
        pytest.param("{% $states.inputs %}", ["SF208"], id="a misspelt field of $states"),
        pytest.param("{% $states %}", [], id="$states as a whole"),
        pytest.param("{% $states.context.Exeuction.Id %}", ["SF209"], id="a misspelt field of the context"),
        pytest.param("{% $states.context.Execution.ID %}", ["SF209"], id="the case of a context field"),
        pytest.param("{% $states.context.Execution.Input.ID %}", [], id="any field of the execution's input"),
        pytest.param("{% $states.context.State.Name.first %}", ["SF209"], id="a field of a text"),
        pytest.param("{% $states.context %}", [], id="the context as a whole"),
        pytest.param("{% order.id %}", ["SF210"], id="a bare field name"),
        pytest.param("{% $.order %}", ["SF210"], id="a bare $"),
        pytest.param("{% $$.order %}", ["SF210"], id="a bare $$"),
        pytest.param("{% $states.input.rows[id = 1].name %}", [], id="field names inside a filter"),
        pytest.param("{% $states.input.rows.($ & 'x') %}", [], id="$ inside a step"),
        pytest.param("$.order.id", ["SF212"], id="a path as a text"),
        pytest.param({"id.$": "$.order.id"}, ["SF212"], id="a path under a .$ key"),
        pytest.param({"id.$": "{% 1 %}"}, ["SF212"], id="an expression under a .$ key"),
        pytest.param("States.UUID()", ["SF212"], id="an intrinsic call as a text"),
        pytest.param("$5 off", [], id="a price"),
        pytest.param("$", [], id="a dollar sign"),
        pytest.param("$states.input.id", ["SF214"], id="no delimiters"),
        pytest.param({"{% $states.input.k %}": 1}, ["SF215"], id="an expression as a key"),
    ],
)
def test_codes(output: Any, expected: list[str]) -> None:
    assert codes(jsonata(output)) == expected


@pytest.mark.parametrize(
    ("output", "expected"),
    [
        pytest.param(
            {"a": {"b": ["x", "{% $upperCase('a') %}"]}},
            (
                "SF204",
                "/States/S/Output/a/b/1",
                "Output.a.b[1] of state 'S' calls $upperCase, and there is no such function",
                "did you mean $uppercase?",
            ),
            id="a misspelt function",
        ),
        pytest.param(
            "{% $stringify($states.input) %}",
            (
                "SF204",
                "/States/S/Output",
                "Output of state 'S' calls $stringify, and there is no such function",
                "write $string(value)",
            ),
            id="a function of another language",
        ),
        pytest.param(
            "{% $hash('a') %}",
            (
                "SF205",
                "/States/S/Output",
                "Output of state 'S' is wrong: $hash takes 2 arguments, not 1",
                "write $hash(text, 'SHA-256')",
            ),
            id="an argument is missing",
        ),
        pytest.param(
            "{% $states.result %}",
            (
                "SF207",
                "/States/S/Output",
                "Output of state 'S' reads $states.result, which has no value there",
                "a Pass has no result; write $states.input",
            ),
            id="a result in a Pass",
        ),
        pytest.param(
            "{% $states.inptu.id %}",
            (
                "SF208",
                "/States/S/Output",
                "Output of state 'S' reads $states.inptu, which does not exist",
                "did you mean 'input'?",
            ),
            id="a field of $states",
        ),
        pytest.param(
            "{% $states.context.Exeuction.Id %}",
            (
                "SF209",
                "/States/S/Output",
                "Output of state 'S' reads $states.context.Exeuction, which the context object does not have",
                "did you mean $states.context.Execution.Id?",
            ),
            id="a field of the context",
        ),
        pytest.param(
            "{% $states.input",
            (
                "SF202",
                "/States/S/Output",
                "Output of state 'S' begins with {% and does not end with %}: '{% $states.input'",
                "write {% $states.input %}",
            ),
            id="a delimiter is missing",
        ),
        pytest.param(
            {"id.$": "$.order.id"},
            (
                "SF212",
                "/States/S/Output/id.$",
                "Output.id.$ of state 'S' is the text '$.order.id': a JSONata state evaluates no paths",
                'write "id": "{% $states.input.order.id %}"',
            ),
            id="a path",
        ),
    ],
)
def test_what_is_said(output: Any, expected: tuple[str, str, str, str]) -> None:
    assert only(jsonata(output)) == expected


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        pytest.param({"Type": "Task", "Resource": SQS, "Arguments": "{% $states.result %}"}, ["SF207"], id="before"),
        pytest.param({"Type": "Task", "Resource": SQS, "Output": "{% $states.result %}"}, [], id="after"),
        pytest.param(
            {"Type": "Task", "Resource": SQS, "Output": "{% $states.errorOutput %}"}, ["SF207"], id="an error in Output"
        ),
        pytest.param(
            {"Type": "Task", "Resource": SQS, "Retry": [{"ErrorEquals": ["{% 'E' %}"]}]},
            ["SF211"],
            id="an error's name",
        ),
        pytest.param({"Type": "Task", "Resource": SQS, "TimeoutSeconds": "{% $states.input.t %}"}, [], id="a timeout"),
        pytest.param({"Type": "Task", "Resource": SQS, "Comment": "{% no %}"}, [], id="a comment"),
    ],
)
def test_codes_of_a_task(state: Json, expected: list[str]) -> None:
    assert codes(one(state, "JSONata")) == expected


def test_a_catcher_has_an_error_output_and_no_result() -> None:
    catcher = {"ErrorEquals": ["E"], "Next": "S", "Output": "{% [$states.errorOutput, $states.result] %}"}
    found = only(one({"Type": "Task", "Resource": SQS, "Catch": [catcher]}, "JSONata"))
    assert found == (
        "SF207",
        "/States/S/Catch/0/Output",
        "Catch[0].Output of state 'S' reads $states.result, which has no value there",
        "after an error there is no result; read $states.errorOutput or $states.input",
    )


def test_an_expression_in_next_and_in_a_reader() -> None:
    map_ = {
        "Type": "Map",
        "ItemReader": {
            "Resource": "arn:aws:states:::s3:getObject",
            "ReaderConfig": {"InputType": "{% $states.input.type %}", "MaxItems": "{% $states.input.n %}"},
        },
        "ItemProcessor": {
            "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
            "StartAt": "I",
            "States": {"I": {"Type": "Pass", "Next": "{% $states.input.next %}"}},
        },
    }
    assert [(f.code, f.origin.pointer) for f in findings(one(map_, "JSONata"))] == [
        ("SF211", "/States/S/ItemReader/ReaderConfig/InputType"),
        ("SF211", "/States/S/ItemProcessor/States/I/Next"),
    ]


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        pytest.param({"id": "{% $states.input.id %}"}, ["SF213"], id="an expression"),
        pytest.param({"id": "100 %} of {%"}, [], id="delimiters in the middle"),
    ],
)
def test_an_expression_in_a_jsonpath_state(parameters: Json, expected: list[str]) -> None:
    assert codes(one({"Type": "Pass", "Parameters": parameters})) == expected


def choice(condition: Any) -> Json:
    return machine(
        ("C", {"Type": "Choice", "Choices": [{"Condition": condition, "Next": "A"}], "Default": "B"}),
        ("A", {"Type": "Succeed"}),
        ("B", {"Type": "Succeed"}),
        language="JSONata",
    )


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        pytest.param("{% $states.input.a = 1 %}", [], id="a comparison"),
        pytest.param("{% 1 = 1 %}", ["SF256"], id="a constant comparison"),
        pytest.param(True, ["SF256"], id="a literal boolean"),
        pytest.param("{% 'yes' %}", ["SF257"], id="a constant text"),
        pytest.param("{% 1 %}", ["SF257"], id="a constant number"),
        pytest.param("$states.input.a = 1", ["SF257"], id="no delimiters"),
        pytest.param(" {% $states.input.a = 1 %} ", ["SF203", "SF257"], id="blanks around"),
        pytest.param("{% $states.input.a = 1", ["SF202"], id="half delimited"),
        pytest.param("${Condition}", [], id="a placeholder"),
    ],
)
def test_conditions(condition: Any, expected: list[str]) -> None:
    assert codes(choice(condition)) == expected


@pytest.mark.parametrize(
    ("items", "expected"),
    [
        pytest.param("{% $states.input.rows %}", [], id="a path"),
        pytest.param("{% $states.input.rows[ok] %}", ["SF260"], id="a filter"),
        pytest.param("{% $states.input.rows[ok].id %}", ["SF260"], id="a step behind a filter"),
        pytest.param("{% $filter($states.input.rows, function($r) { $r.ok }) %}", ["SF260"], id="$filter"),
        pytest.param("{% [$states.input.rows[ok]] %}", [], id="a filter in brackets"),
        pytest.param("{% $states.input.rows[ok][] %}", [], id="a filter that keeps its array"),
        pytest.param("{% $states.input.rows[0] %}", [], id="an index"),
        pytest.param("{% $append($states.input.rows[ok], []) %}", [], id="a filter inside a call"),
        pytest.param("{% [1..5] %}", [], id="a range"),
        pytest.param("{% [] %}", [], id="an empty array"),
        pytest.param([1, "{% 2 %}"], [], id="a literal array"),
        pytest.param("{% 'a' %}", ["SF261"], id="a constant text"),
        pytest.param("{% null %}", ["SF261"], id="null"),
        pytest.param("{% {'a': 1} %}", ["SF261"], id="a constant object"),
        pytest.param({"a": 1}, ["SF261"], id="a literal object"),
        pytest.param("rows", ["SF261"], id="a plain text"),
        pytest.param(7, ["SF261"], id="a number"),
        pytest.param("${Items}", [], id="a placeholder"),
        pytest.param("{% [1, 2]", ["SF202"], id="half delimited"),
    ],
)
def test_items(items: Any, expected: list[str]) -> None:
    body = {"StartAt": "I", "States": {"I": {"Type": "Pass", "End": True}}}
    assert codes(one({"Type": "Map", "Items": items, "ItemProcessor": body}, "JSONata")) == expected


def test_a_distributed_map_runs_over_an_object() -> None:
    config = {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}
    body = {"ProcessorConfig": config, "StartAt": "I", "States": {"I": {"Type": "Pass", "End": True}}}
    assert codes(one({"Type": "Map", "Items": {"a": 1}, "ItemProcessor": body}, "JSONata")) == []
