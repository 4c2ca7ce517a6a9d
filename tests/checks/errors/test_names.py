"""Rules about the error names of retriers and catchers (SF301 to SF310, SF319)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.checks.errors.machines import ACTIVITY, CALLBACK, GLUE, LAMBDA, PASS, catch, codes, machine, one, retry, task

ALL, FAILED, TIMEOUT, HEARTBEAT = "States.ALL", "States.TaskFailed", "States.Timeout", "States.HeartbeatTimeout"
BODY = {"StartAt": "B", "States": {"B": PASS}}
INLINE = {"Type": "Map", "ItemProcessor": BODY, "End": True}
PARALLEL = {"Type": "Parallel", "Branches": [BODY], "End": True}


def map_(**config: str) -> dict[str, Any]:
    return {"Type": "Map", "ItemProcessor": BODY | {"ProcessorConfig": config}, "End": True}


def around(state: dict[str, Any]) -> dict[str, Any]:
    return {"Type": "Parallel", "Branches": [{"StartAt": "B", "States": {"B": state, "C": PASS}}], "End": True}


@pytest.mark.parametrize(
    ("definition", "expected"),
    [
        pytest.param(retry([ALL]), set(), id="alone and last"),
        pytest.param(retry([TIMEOUT], [ALL]), set(), id="behind another"),
        pytest.param(retry([TIMEOUT, ALL]), {"SF301"}, id="not alone"),
        pytest.param(catch([ALL, "E"]), {"SF301"}, id="not alone in a catcher"),
        pytest.param(retry([ALL, ALL]), {"SF304"}, id="twice"),
        pytest.param(retry([ALL], [TIMEOUT]), {"SF302"}, id="not last"),
        pytest.param(catch([ALL], ["E"], ["F"]), {"SF302"}, id="not last in Catch"),
        pytest.param(retry([TIMEOUT, ALL], ["E"]), {"SF301", "SF302"}, id="neither alone nor last"),
        pytest.param(retry(["E"], ["E"]), {"SF303"}, id="the same again"),
        pytest.param(retry(["E", "F"], ["F"], ["E"]), {"SF303"}, id="two hidden by one"),
        pytest.param(retry(["E"], ["F"]), set(), id="different names"),
        pytest.param(retry([FAILED], ["E"]), {"SF303"}, id="a task's error behind States.TaskFailed"),
        pytest.param(retry([FAILED], [TIMEOUT]), set(), id="a timeout behind States.TaskFailed"),
        pytest.param(retry(["E"], [FAILED]), set(), id="States.TaskFailed behind a task's error"),
        pytest.param(retry([FAILED], ["States.Permissions"]), {"SF303"}, id="a permission behind it"),
        pytest.param(retry([FAILED], ["States.IntrinsicFailure"]), set(), id="of which the guide does not speak"),
        pytest.param(catch([FAILED], ["E"], state=PARALLEL), set(), id="on a Parallel nobody knows"),
        pytest.param(
            machine(task(HeartbeatSeconds=5, Retry=[{"ErrorEquals": [TIMEOUT]}, {"ErrorEquals": [HEARTBEAT]}])),
            {"SF303"},
            id="a heartbeat behind a timeout",
        ),
        pytest.param(
            machine(task(HeartbeatSeconds=5, Retry=[{"ErrorEquals": [HEARTBEAT]}, {"ErrorEquals": [TIMEOUT]}])),
            set(),
            id="a timeout behind a heartbeat",
        ),
        pytest.param(retry(["E", "E"]), {"SF304"}, id="twice in one list"),
        pytest.param(retry(["E"], ["E", "F"]), {"SF304"}, id="again beside another"),
        pytest.param(retry([FAILED], ["E", TIMEOUT]), {"SF304"}, id="matched before, beside another"),
        pytest.param(retry(["${Error}"], ["${Error}"]), set(), id="placeholders"),
        pytest.param(retry([FAILED, "E"]), {"SF306"}, id="beside a wider one"),
        pytest.param(retry([FAILED, TIMEOUT]), set(), id="the two together are all"),
        pytest.param(machine(task(Retry=[])), set(), id="no retrier"),
    ],
)
def test_what_hides_what(definition: dict[str, Any], expected: set[str]) -> None:
    assert codes(definition) == expected


@pytest.mark.parametrize(
    ("definition", "expected"),
    [
        pytest.param(retry(["States.ItemReaderFailed"]), {"SF307"}, id="a reader on a Task"),
        pytest.param(catch(["States.ItemReaderFailed"], state=INLINE), {"SF307"}, id="on an inline Map"),
        pytest.param(
            catch(["States.ItemReaderFailed"], state=map_(Mode="DISTRIBUTED", ExecutionType="STANDARD")),
            set(),
            id="on a Distributed Map",
        ),
        pytest.param(catch(["States.ItemReaderFailed"], state=map_(Mode="${Mode}")), set(), id="on a Map of some mode"),
        pytest.param(
            catch(["States.ExceedToleratedFailureThreshold"], state=around(map_(Mode="DISTRIBUTED"))),
            set(),
            id="around a Distributed Map",
        ),
        pytest.param(catch(["States.NoChoiceMatched"]), {"SF307"}, id="a Choice on a Task"),
        pytest.param(
            catch(
                ["States.NoChoiceMatched"],
                state=around({"Type": "Choice", "Choices": [{"Variable": "$.x", "IsNull": True, "Next": "C"}]}),
            ),
            set(),
            id="around a Choice",
        ),
        pytest.param(
            catch(
                ["States.NoChoiceMatched"],
                state=around(
                    {"Type": "Choice", "Default": "C", "Choices": [{"Variable": "$.x", "IsNull": True, "Next": "C"}]}
                ),
            ),
            {"SF307"},
            id="around a Choice with a Default",
        ),
        pytest.param(catch(["States.BranchFailed"]), {"SF307"}, id="a branch on a Task"),
        pytest.param(catch(["States.BranchFailed"], state=PARALLEL), set(), id="a branch on a Parallel"),
        pytest.param(retry(["States.Http.StatusCode.503"]), {"SF307"}, id="a status on a function"),
        pytest.param(
            machine(task("arn:aws:states:::http:invoke", Retry=[{"ErrorEquals": ["States.Http.Socket"]}])),
            set(),
            id="a socket on an HTTP task",
        ),
        pytest.param(machine(task("${Arn}", Retry=[{"ErrorEquals": ["States.Http.Socket"]}])), set(), id="who knows"),
        pytest.param(retry([HEARTBEAT]), {"SF307"}, id="a heartbeat where there is none"),
        pytest.param(
            machine(task(HeartbeatSecondsPath="$.h", Retry=[{"ErrorEquals": [HEARTBEAT]}])),
            set(),
            id="a heartbeat by path",
        ),
        pytest.param(retry(["States.QueryEvaluationError"]), {"SF307"}, id="JSONata's error in JSONPath"),
        pytest.param(
            machine(task(QueryLanguage="JSONata", Retry=[{"ErrorEquals": ["States.QueryEvaluationError"]}])),
            set(),
            id="JSONata's error in JSONata",
        ),
        pytest.param(
            machine(task(QueryLanguage="JSONata", Retry=[{"ErrorEquals": ["States.IntrinsicFailure"]}])),
            {"SF307"},
            id="JSONPath's error in JSONata",
        ),
        pytest.param(catch(["States.QueryEvaluationError"], state=around({"Type": "${Type}"})), set(), id="some type"),
        pytest.param(retry(["States.Runtime"]), {"SF308"}, id="what nothing catches"),
        pytest.param(catch(["States.DataLimitExceeded"]), set(), id="what its name catches"),
        pytest.param(retry(["States.All"]), {"SF309"}, id="in the wrong case"),
        pytest.param(retry(["State.TaskFailed"]), {"SF309"}, id="without its s"),
        pytest.param(retry(["States.Unheard"]), {"SF309"}, id="of no such name"),
        pytest.param(
            machine(task("arn:aws:states:::http:invoke", Retry=[{"ErrorEquals": ["States.Http.StatusCode.*"]}])),
            {"SF309"},
            id="a wildcard",
        ),
        pytest.param(retry(["StatementFailed"]), set(), id="an error of the author's"),
        pytest.param(retry(["State.Invalid"]), set(), id="one that resembles nothing"),
    ],
)
def test_what_a_state_raises(definition: dict[str, Any], expected: set[str]) -> None:
    assert codes(definition) == expected


@pytest.mark.parametrize(
    ("resource", "name", "expected"),
    [
        (LAMBDA, "Lambda.TooManyRequestsException", set()),
        (LAMBDA, "DynamoDB.ConditionalCheckFailedException", set()),  # a function may raise it
        (GLUE, "Glue.ConcurrentRunsExceededException", set()),
        (GLUE, "Glue.SomethingNewException", set()),
        (GLUE, "Lambda.TooManyRequestsException", {"SF310"}),
        (GLUE, "Sandbox.Timedout", {"SF310"}),
        (GLUE, "java.lang.Exception", set()),
        (GLUE, "JobFailed", set()),
        (GLUE, "ConcurrentRunsExceededException", {"SF310"}),
        ("arn:aws:states:::dynamodb:putItem", "DynamoDb.ThrottlingException", {"SF310"}),
        ("arn:aws:states:::dynamodb:putItem", "DynamoDB.ThrottlingException", set()),
        ("arn:aws:states:::aws-sdk:dynamodb:putItem", "DynamoDB.ThrottlingException", {"SF310"}),
        ("arn:aws:states:::aws-sdk:dynamodb:putItem", "DynamoDb.ThrottlingException", set()),
        ("arn:aws:states:::aws-sdk:nosuch:thing", "Glue.ThrottlingException", set()),
        ("${Arn}", "Glue.ThrottlingException", set()),
        (CALLBACK, "Glue.ThrottlingException", set()),  # who answers chooses the name
        (ACTIVITY, "Glue.ThrottlingException", set()),
        (GLUE, "${Error}", set()),
    ],
)
def test_whose_error_it_is(resource: str, name: str, expected: set[str]) -> None:
    assert codes(machine(task(resource, TimeoutSeconds=9, Retry=[{"ErrorEquals": [name]}]))) == expected


@pytest.mark.parametrize(
    ("definition", "expected"),
    [
        pytest.param(
            machine(task(TimeoutSeconds=9, Catch=[{"ErrorEquals": [FAILED], "Next": "H"}])), {"SF319"}, id="lost"
        ),
        pytest.param(machine(task(Catch=[{"ErrorEquals": [FAILED], "Next": "H"}])), set(), id="no timeout"),
        pytest.param(machine(task(TimeoutSeconds=9, Catch=[{"ErrorEquals": ["E"], "Next": "H"}])), set(), id="named"),
        pytest.param(
            machine(
                task(
                    TimeoutSeconds=9,
                    Catch=[{"ErrorEquals": [FAILED], "Next": "H"}, {"ErrorEquals": [ALL], "Next": "H"}],
                )
            ),
            set(),
            id="all",
        ),
        pytest.param(
            machine(task(TimeoutSeconds=9, Catch=[{"ErrorEquals": [FAILED, TIMEOUT], "Next": "H"}])), set(), id="both"
        ),
        pytest.param(machine(task(TimeoutSeconds=9, Retry=[{"ErrorEquals": [FAILED]}])), set(), id="a retrier alone"),
    ],
)
def test_a_timeout_that_is_not_caught(definition: dict[str, Any], expected: set[str]) -> None:
    assert codes(definition) == expected


@pytest.mark.parametrize(
    ("definition", "code", "message", "hint", "pointer"),
    [
        (
            retry([TIMEOUT, ALL]),
            "SF301",
            "Retry[0] of state 'A' has States.ALL together with 'States.Timeout'",
            'write `"ErrorEquals": ["States.ALL"]`, which matches them as well',
            "/States/A/Retry/0/ErrorEquals",
        ),
        (
            catch([ALL], ["E"], ["F"]),
            "SF302",
            "Catch[0] of state 'A' has States.ALL, so that Catch[1], Catch[2] behind it never apply",
            "move it to the end of Catch",
            "/States/A/Catch/0/ErrorEquals",
        ),
        (
            retry([FAILED], ["E"]),
            "SF303",
            "Retry[1] of state 'A' never applies: Retry[0] before it matches 'States.TaskFailed'",
            "put it before Retry[0], or delete it",
            "/States/A/Retry/1/ErrorEquals",
        ),
        (
            retry(["E", "F"], ["E", "G", "F"]),
            "SF304",
            "Retry[1] of state 'A' names 'E', 'F', which Retry[0] before it takes already",
            "delete 'E', 'F' here, or what matches it in Retry[0]",
            "/States/A/Retry/1/ErrorEquals",
        ),
        (
            retry(["E", "F", FAILED]),
            "SF306",
            "Retry[0] of state 'A' names 'E', 'F' beside 'States.TaskFailed', which matches them as well",
            "delete 'E', 'F', or 'States.TaskFailed' if only those are meant",
            "/States/A/Retry/0/ErrorEquals",
        ),
        (
            retry(["States.NoChoiceMatched"]),
            "SF307",
            "Retry[0] of state 'A' names 'States.NoChoiceMatched', which a Choice without Default raises; "
            "this state never does",
            "delete 'States.NoChoiceMatched'",
            "/States/A/Retry/0/ErrorEquals",
        ),
        (
            retry(["States.All"]),
            "SF309",
            "Retry[0] of state 'A' names 'States.All', which is no error of Step Functions",
            "did you mean 'States.ALL'?",
            "/States/A/Retry/0/ErrorEquals",
        ),
        (
            machine(
                task("arn:aws:states:::aws-sdk:dynamodb:putItem", Retry=[{"ErrorEquals": ["RequestLimitExceeded"]}])
            ),
            "SF310",
            "Retry[0] of state 'A' names 'RequestLimitExceeded'; errors of aws-sdk:dynamodb:putItem start with 'DynamoDb.'",
            "did you mean 'DynamoDb.RequestLimitExceededException'?",
            "/States/A/Retry/0/ErrorEquals",
        ),
        (
            machine(task(GLUE, TimeoutSeconds=9, Retry=[{"ErrorEquals": ["Lambda.ServiceException"]}])),
            "SF310",
            "Retry[0] of state 'A' names 'Lambda.ServiceException', an error of another service than glue:startJobRun",
            "delete it; errors of glue:startJobRun start with 'Glue.'",
            "/States/A/Retry/0/ErrorEquals",
        ),
    ],
)
def test_what_is_said(definition: dict[str, Any], code: str, message: str, hint: str, pointer: str) -> None:
    finding = one(definition, code)
    assert (finding.message, finding.hint, finding.origin.pointer) == (message, hint, pointer)
