"""Rules on the tests of a Choice and on task tokens: SF251 to SF258."""

from __future__ import annotations

from typing import Any

import pytest

from tests.checks.dataflow.helpers import Json, codes, machine, one, only

SQS = "arn:aws:states:::sqs:sendMessage"
WAIT = SQS + ".waitForTaskToken"
TOKEN = {"token.$": "$$.Task.Token"}


def task(resource: str, parameters: Any = None, **more: Any) -> Json:
    given = {} if parameters is None else {"Parameters": parameters}
    return one({"Type": "Task", "Resource": resource, **given, **more})


@pytest.mark.parametrize(
    ("definition", "expected"),
    [
        pytest.param(task(WAIT, {"MessageBody": TOKEN}), [], id="handed on"),
        pytest.param(task(WAIT, {"MessageBody": {"all.$": "$$"}}), [], id="handed on with the context"),
        pytest.param(task(WAIT, {"MessageBody": {"t.$": "States.Format('{}', $$.Task.Token)"}}), [], id="in a call"),
        pytest.param(task(WAIT, None, InputPath="$$"), [], id="handed on by InputPath"),
        pytest.param(task(WAIT, {"MessageBody": "$$.Task.Token"}), ["SF230", "SF252"], id="handed on as a text"),
        pytest.param(task(WAIT, {"MessageBody": {"x.$": "$.x["}}), ["SF220"], id="nobody can read what is handed on"),
        pytest.param(task(WAIT), ["SF252"], id="nothing handed on"),
        pytest.param(task(SQS, {"MessageBody": TOKEN}), ["SF253"], id="not waited for"),
        pytest.param(task("arn:aws:states:::states:startExecution.sync:2", {"Input": TOKEN}), [], id="a job has one"),
        pytest.param(task("arn:aws:states:us-east-1:123456789012:activity:a", TOKEN), [], id="an activity"),
        pytest.param(task("${Resource}", TOKEN), [], id="nobody knows what is called"),
        pytest.param(task("arn:aws:lambda:us-east-1:123456789012:function:f", TOKEN), ["SF253"], id="a function"),
        pytest.param(one({"Type": "Pass", "Parameters": TOKEN}), ["SF251"], id="a Pass"),
        pytest.param(
            one({"Type": "Task", "Resource": WAIT, "Arguments": {"t": "{% $states.context.Task.Token %}"}}, "JSONata"),
            [],
            id="handed on in JSONata",
        ),
        pytest.param(
            one({"Type": "Task", "Resource": WAIT, "Arguments": {"t": "{% $states %}"}}, "JSONata"),
            [],
            id="handed on with $states",
        ),
        pytest.param(
            one({"Type": "Task", "Resource": WAIT, "Arguments": {"t": "{% $states.input %}"}}, "JSONata"),
            ["SF252"],
            id="not handed on in JSONata",
        ),
    ],
)
def test_codes_of_tokens(definition: Json, expected: list[str]) -> None:
    assert codes(definition) == expected


def test_what_is_said_of_a_token() -> None:
    assert only(task(WAIT, {"QueueUrl": "q"})) == (
        "SF252",
        "/States/S/Resource",
        "state 'S' waits for its task token, and hands it to nobody",
        'add "token.$": "$$.Task.Token" to what Parameters sends',
    )
    assert only(task(SQS, {"MessageBody": TOKEN}))[2:] == (
        "Parameters.MessageBody.token.$ of state 'S' reads $$.Task.Token, and the Task does not wait for it to come back",
        f'write "Resource": "{WAIT}"',
    )


def comparison(path: str, operator: str, operand: Any) -> Json:
    return {"Variable": path, operator: operand}


def choice(*tests: Json) -> Json:
    return machine(
        ("C", {"Type": "Choice", "Choices": [{**each, "Next": "A"} for each in tests], "Default": "B"}),
        ("A", {"Type": "Succeed"}),
        ("B", {"Type": "Succeed"}),
    )


PRESENT, ABSENT = comparison("$.a", "IsPresent", True), comparison("$.a", "IsPresent", False)
IS_X = comparison("$.a", "StringEquals", "x")
IS_Y = comparison("$.a", "StringEquals", "y")


@pytest.mark.parametrize(
    ("definition", "expected"),
    [
        pytest.param(choice(IS_X), [], id="nobody asks whether it is there"),
        pytest.param(choice(IS_X, ABSENT), ["SF255"], id="asked too late"),
        pytest.param(choice(ABSENT, IS_X), [], id="asked by an earlier rule"),
        pytest.param(choice({"And": [PRESENT, IS_X]}), [], id="asked before in And"),
        pytest.param(choice({"And": [IS_X, PRESENT]}), ["SF255"], id="asked behind in And"),
        pytest.param(choice({"Or": [ABSENT, IS_X]}), [], id="asked before in Or"),
        pytest.param(choice({"Or": [IS_X, {"Not": PRESENT}]}), ["SF255"], id="asked behind in Or"),
        pytest.param(choice({"Not": PRESENT}, IS_X), [], id="asked by Not"),
        pytest.param(choice({"Or": [ABSENT, IS_X]}, IS_Y), [], id="an Or that failed leaves it there"),
        pytest.param(choice({"And": [PRESENT, IS_X]}, IS_Y), ["SF255"], id="an And that failed says nothing"),
        pytest.param(choice({"And": [PRESENT, {"Or": [IS_X, IS_Y]}]}), [], id="asked before an inner Or"),
        pytest.param(choice(ABSENT, comparison("$.b", "IsNull", True)), [], id="another field"),
        pytest.param(choice(IS_X, IS_X), ["SF258"], id="the same test twice"),
        pytest.param(choice(IS_X, {**IS_X, "Comment": "again"}), ["SF258"], id="the same test with a comment"),
        pytest.param(choice(IS_X, IS_Y), [], id="two values"),
        pytest.param(choice({"And": [IS_X, IS_Y]}), ["SF256"], id="two values at once"),
        pytest.param(choice({"And": [PRESENT, {"And": [ABSENT, PRESENT]}]}), ["SF256"], id="there and not there"),
        pytest.param(choice({"Or": [{"And": [IS_X, IS_Y]}, IS_X]}), [], id="one arm of an Or can be true"),
        pytest.param(
            choice({"And": [comparison("$.a", "StringEquals", "${A}"), comparison("$.a", "StringEquals", "${B}")]}),
            [],
            id="two placeholders",
        ),
        pytest.param(
            choice({"And": [comparison("$.a", "NumericGreaterThan", 1), comparison("$.a", "NumericGreaterThan", 2)]}),
            [],
            id="two bounds",
        ),
    ],
)
def test_codes_of_tests(definition: Json, expected: list[str]) -> None:
    assert codes(definition) == expected


def test_what_is_said_of_a_test() -> None:
    assert only(choice(IS_X, ABSENT)) == (
        "SF255",
        "/States/C/Choices/0/Variable",
        "Choices[0] of state 'C' tests '$.a' before IsPresent asks for it",
        'write {"And": [{"Variable": "$.a", "IsPresent": true}, {...}]}',
    )
    assert only(choice(IS_X, IS_Y, IS_X)) == (
        "SF258",
        "/States/C/Choices/2",
        "Choices[2] of state 'C' tests what Choices[0] tests",
        "leave it out, or test something else; Choices[0] is tried before it",
    )
