"""The interface for authors' tests: what a mock can be, and what a run tells."""

from __future__ import annotations

import json
import warnings
from typing import Any

import pytest

from sfdsl.testing import (
    Child,
    InvalidDefinition,
    InvalidInput,
    Mocks,
    MockWarning,
    NoAnswer,
    NotJson,
    Result,
    Run,
    SimulationError,
    StepLimitExceeded,
    TaskError,
    UnmockedTask,
    simulate,
)


def task(**fields: Any) -> dict[str, Any]:
    given = {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Parameters": {"FunctionName": "f"}}
    return {**given, **({"End": True} if "Next" not in fields else {}), **fields}


def machine(start: str = "A", **states: Any) -> dict[str, Any]:
    return {"StartAt": start, "States": {name.replace("_", " "): state for name, state in states.items()}}


ONE_TASK = machine(A=task())
RETRIED = machine(A=task(Retry=[{"ErrorEquals": ["States.ALL"], "IntervalSeconds": 10, "MaxAttempts": 2}]))


def run_one(mock: Any, definition: dict[str, Any] = ONE_TASK, **options: Any) -> Run:
    return simulate(definition, {"x": 1}, tasks={"A": mock}, check_results=False, **options)


def test_a_value_is_what_the_task_returns_every_time() -> None:
    loop = machine(
        A=task(Next="Again"), Again={"Type": "Pass", "Next": "B"}, B=task(Resource="arn:aws:states:::sns:publish")
    )
    run = simulate(loop, tasks={"A": {"ok": True}, "B": 7}, check_results=False)
    assert (run.status, run.output) == ("SUCCEEDED", 7)
    assert run.path == ("A", "Again", "B")
    assert run.transitions == 3


@pytest.mark.parametrize(
    ("mock", "error", "cause"),
    [
        pytest.param(TaskError("Rows.Rejected", "3 rows"), "Rows.Rejected", "3 rows", id="a TaskError"),
        pytest.param(TaskError("Rows.Rejected"), "Rows.Rejected", None, id="a TaskError without a cause"),
        pytest.param(
            ValueError("no such day"), "ValueError", "no such day", id="an exception, by the name of its class"
        ),
        pytest.param(KeyError, "KeyError", "", id="a class of exceptions"),
        pytest.param(NoAnswer(), None, None, id="no answer, until the execution's own limit of a year"),
    ],
)
def test_a_mock_can_fail(mock: Any, error: str | None, cause: str | None) -> None:
    run = run_one(mock)
    assert run.status == ("TIMED_OUT" if isinstance(mock, NoAnswer) else "FAILED")
    assert (run.error, run.cause, run.output) == (error, cause, None)


def test_a_function_is_given_the_arguments_and_its_exception_is_the_error() -> None:
    def answer(arguments: dict[str, Any]) -> Any:
        if arguments["FunctionName"] != "f":
            raise LookupError("no function")
        arguments["FunctionName"] = "changed"  # its own copy
        return {"said": "yes"}

    run = run_one(answer)
    assert run.output == {"said": "yes"}
    assert run.calls[0].arguments == {"FunctionName": "f"}
    wrong = machine(A=task(Parameters={"FunctionName": "g"}))
    assert run_one(answer, wrong).error == "LookupError"


def test_a_function_of_two_parameters_is_given_the_call() -> None:
    seen = []

    def answer(arguments: Any, call: Any) -> Any:
        seen.append((call.state, call.attempt, call.count, call.time, call.context["State"]["RetryCount"]))
        return TaskError("Busy") if call.attempt < 3 else "done"

    assert run_one(answer, RETRIED).output == "done"
    assert seen == [("A", 1, 1, 0.0, 0), ("A", 2, 2, 10.0, 1), ("A", 3, 3, 30.0, 2)]


def test_an_assertion_in_a_mock_is_the_tests_own() -> None:
    def answer(arguments: Any) -> Any:
        assert arguments["FunctionName"] == "other"

    with pytest.raises(AssertionError):
        run_one(answer)


def test_a_list_has_one_answer_for_each_call() -> None:
    run = run_one([TaskError("Busy"), ValueError("busy"), {"ok": 1}], RETRIED)
    assert run.output == {"ok": 1}
    assert [(call.attempt, call.failed, call.error) for call in run.calls] == [
        (1, True, "Busy"), (2, True, "ValueError"), (3, False, None),
    ]  # fmt: skip
    assert run.duration == 30.0
    assert run.path == ("A",)


def test_an_ellipsis_repeats_the_last_answer() -> None:
    run = run_one([TaskError("Busy"), ...], RETRIED)
    assert run.error == "Busy"
    assert len(run.calls) == 3


def test_a_list_that_is_too_short_says_so() -> None:
    with pytest.raises(UnmockedTask, match=r"task 'A' is called for the 2nd time, and its mock has 1 result; add one"):
        run_one([TaskError("Busy")], RETRIED)


def test_a_result_can_take_time_and_so_time_out() -> None:
    limited = machine(A=task(TimeoutSeconds=60))
    assert run_one(Result("ok", after=59), limited).duration == 59
    late = run_one(Result("ok", after=61), limited)
    assert (late.error, late.duration) == ("States.Timeout", 60)


def test_durations_apply_where_the_mock_says_nothing() -> None:
    assert run_one("ok", durations={"A": 600}).duration == 600
    assert run_one(Result("ok", after=5), durations={"A": 600}).duration == 5


def test_an_unmocked_task_shows_what_it_was_called_with() -> None:
    with pytest.raises(UnmockedTask) as caught:
        simulate(ONE_TASK, tasks={})
    assert str(caught.value) == (
        "task 'A' calls arn:aws:states:::lambda:invoke and has no mock; give it one: tasks={'A': ...}\n"
        '  its arguments (attempt 1): {"FunctionName":"f"}'
    )


@pytest.mark.parametrize("key", ["A", "lambda:invoke", "*"])
def test_a_mock_is_found_by_state_by_call_and_by_star(key: str) -> None:
    assert simulate(ONE_TASK, tasks={key: {"Payload": 5}}).output == {"Payload": 5}


def test_the_name_of_the_state_goes_before_the_call() -> None:
    mocks = {"*": {"Payload": 1}, "lambda:invoke": {"Payload": 2}, "A": {"Payload": 3}}
    assert simulate(ONE_TASK, tasks=mocks).output == {"Payload": 3}


def test_results_that_the_service_cannot_give_are_warned_of() -> None:
    with pytest.warns(MockWarning) as caught:
        simulate(ONE_TASK, tasks={"A": {"StatusCode": "200", "PayLoad": {}}})
    assert sorted(str(warning.message).partition(": ")[2] for warning in caught) == [
        "Field 'StatusCode' must be a number",
        "PayLoad is no field of the result; did you mean Payload?",
    ]
    assert {warning.filename for warning in caught} == {__file__}
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        simulate(ONE_TASK, tasks={"A": {"StatusCode": 200, "Payload": {"any": ["thing"]}}})


def test_a_loop_without_an_end_is_an_error_that_names_the_states() -> None:
    loop = machine("Left", Left={"Type": "Pass", "Next": "Right"}, Right={"Type": "Pass", "Next": "Left"})
    with pytest.raises(StepLimitExceeded, match=r"1000 states were entered .* Left, Right, Left, Right"):
        simulate(loop, max_transitions=1000, max_events=10**9)


def test_a_machine_that_aws_refuses_is_an_error() -> None:
    with pytest.raises(InvalidDefinition, match="'A' leads to 'Nowhere'"):
        simulate(machine(A={"Type": "Pass", "Next": "Nowhere"}))


def test_a_year_of_waiting_takes_no_time() -> None:
    run = simulate(machine(A={"Type": "Wait", "Seconds": 31_000_000, "End": True}))
    assert (run.status, run.duration) == ("SUCCEEDED", 31_000_000)


def test_the_same_seed_gives_the_same_run() -> None:
    retry = [{"ErrorEquals": ["States.ALL"], "MaxAttempts": 3, "JitterStrategy": "FULL", "IntervalSeconds": 100}]
    jittering = machine(A=task(Retry=retry))
    mock = [TaskError("Busy"), TaskError("Busy"), "ok"]
    one, two, other = (run_one(mock, jittering, seed=seed) for seed in (1, 1, 2))
    assert one.history == two.history
    assert one.duration != other.duration
    assert 0 < one.duration < 300


def test_the_history_is_that_of_get_execution_history() -> None:
    run = simulate(machine(A={"Type": "Pass", "Result": [1, "ä"], "Assign": {"n": 1}, "End": True}), {"k": None})
    assert run.history == [
        {
            "timestamp": "2026-01-01T00:00:00.000Z", "type": "ExecutionStarted", "id": 1, "previousEventId": 0,
            "executionStartedEventDetails": {
                "input": '{"k":null}', "inputDetails": {"truncated": False},
                "roleArn": "arn:aws:iam::123456789012:role/simulated",
            },
        },
        {
            "timestamp": "2026-01-01T00:00:00.000Z", "type": "PassStateEntered", "id": 2, "previousEventId": 0,
            "stateEnteredEventDetails": {"name": "A", "input": '{"k":null}', "inputDetails": {"truncated": False}},
        },
        {
            "timestamp": "2026-01-01T00:00:00.000Z", "type": "PassStateExited", "id": 3, "previousEventId": 2,
            "stateExitedEventDetails": {
                "name": "A", "output": '[1,"ä"]', "outputDetails": {"truncated": False},
                "assignedVariables": {"n": "1"}, "assignedVariablesDetails": {"truncated": False},
            },
        },
        {
            "timestamp": "2026-01-01T00:00:00.000Z", "type": "ExecutionSucceeded", "id": 4, "previousEventId": 3,
            "executionSucceededEventDetails": {"output": '[1,"ä"]', "outputDetails": {"truncated": False}},
        },
    ]  # fmt: skip


# -- machines inside machines -----------------------------------------------------------------------------------------

CHILD = machine(
    Twice={"Type": "Pass", "Parameters": {"twice.$": "States.Array($.n, $.n)"}, "Next": "Call"},
    Call=task(),
    start="Twice",
)


def parent(resource: str, **fields: Any) -> dict[str, Any]:
    given = {"StateMachineArn": "arn:aws:states:us-east-1:123456789012:stateMachine:child", "Input": {"n.$": "$.n"}}
    return machine(Start=task(Resource=f"arn:aws:states:::{resource}", Parameters=given, **fields), start="Start")


def test_a_child_machine_answers_as_step_functions_does() -> None:
    child = Child(CHILD, {"Call": Result({"ok": 1}, after=5)}, check_results=False)
    run = simulate(parent("states:startExecution.sync:2"), {"n": 7}, tasks={"Start": child})
    assert run.output["Output"] == {"ok": 1}
    assert (run.output["Input"], run.output["Status"], run.duration) == ({"n": 7}, "SUCCEEDED", 5)
    assert child.runs[0].path == ("Twice", "Call")
    assert child.runs[0].calls[0].arguments == {"FunctionName": "f"}
    text = simulate(parent("states:startExecution.sync"), {"n": 7}, tasks={"Start": child})
    assert (text.output["Output"], text.output["Input"]) == ('{"ok":1}', '{"n":7}')
    started = simulate(parent("states:startExecution"), {"n": 7}, tasks={"Start": child})
    assert started.output.keys() == {"ExecutionArn", "StartDate"}


def test_a_child_that_fails_fails_the_task_that_waits_for_it() -> None:
    child = Child(CHILD, {"Call": TaskError("Bad", "it is")})
    run = simulate(parent("states:startExecution.sync:2"), {"n": 7}, tasks={"Start": child})
    assert run.error == "States.TaskFailed"
    assert json.loads(run.cause or "")["Error"] == "Bad"
    given = {"Parameters": {"StateMachineArn": "arn", "Input.$": "States.JsonToString($)"}}
    sync = machine(Start=task(Resource="arn:aws:states:::aws-sdk:sfn:startSyncExecution", **given), start="Start")
    told = simulate(sync, {"n": 7}, tasks={"Start": Child(CHILD, {"Call": TaskError("Bad", "it is")}, express=True)})
    assert (told.status, told.output["Status"], told.output["Error"]) == ("SUCCEEDED", "FAILED", "Bad")


def test_mocks_can_be_shared_by_machines_that_share_their_calls() -> None:
    shared = Mocks({"Call": [{"n": 1}, {"n": 2}], "Start": 0})
    outputs = [simulate(CHILD, {"n": 1}, tasks=shared, check_results=False).output for _ in range(2)]
    assert outputs == [{"n": 1}, {"n": 2}]


def test_a_missing_mock_of_a_child_is_the_tests_mistake_not_the_childs_error() -> None:
    with pytest.raises(UnmockedTask, match="task 'Call'"):
        simulate(parent("states:startExecution.sync:2"), {"n": 7}, tasks={"Start": Child(CHILD)})


def test_placeholders_of_a_template_can_be_filled_in() -> None:
    template = machine(
        A={
            "Type": "Map", "MaxConcurrency": "${Limit}", "ItemProcessor": machine(B=task(Resource="${Function}"), start="B"),
            "Next": "C",
        },
        C={"Type": "Pass", "Parameters": {"url": "https://${Host}/x", "other": "${Other}"}, "End": True},
    )  # fmt: skip
    filled = {"Limit": 1, "Function": "arn:aws:lambda:us-east-1:1:function:f", "Host": "example.org"}
    run = simulate(template, [1], tasks={"B": 2}, substitutions=filled)
    assert run.output == {"url": "https://example.org/x", "other": "${Other}"}
    assert run.calls[0].resource == filled["Function"]
    with pytest.raises(
        InvalidDefinition, match=r"MaxConcurrency must be a number, .*substitutions=\{'Limit': \.\.\.\}"
    ):
        simulate(template, [1])


@pytest.mark.parametrize(
    ("given", "message"),
    [
        pytest.param({"a": [1, float("nan")]}, "nan at /a/1 is no JSON number", id="NaN"),
        pytest.param({"a": {1: 2}}, "the key 1 at /a is no text", id="a number for a key"),
        pytest.param({"a": {1, 2}}, "{1, 2} at /a is a set, which JSON has no form for", id="a set"),
        pytest.param(b"x" * 1000, "... at the top is a bytes, which JSON has no form for", id="many bytes"),
    ],
)
def test_a_value_that_is_no_json_is_named_with_its_place(given: Any, message: str) -> None:
    definition = machine(A={"Type": "Pass", "End": True})
    with pytest.raises(NotJson) as caught:
        simulate(definition, given)
    assert str(caught.value).endswith(message)
    assert len(str(caught.value)) < 200
    with pytest.raises(NotJson, match="the mock of task 'A' gives no JSON: "):
        run_one(given)


def test_a_value_that_contains_itself_is_no_json() -> None:
    ring: list[Any] = []
    ring.append(ring)
    with pytest.raises(NotJson, match=r"the input is no JSON: it has more than 400 .* or contains itself"):
        simulate(machine(A={"Type": "Pass", "End": True}), ring)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        pytest.param(
            "x" * 262_143, "the input has 262,145 bytes; StartExecution takes 262,144 at most", id="too large"
        ),
        pytest.param("é" * 131_072, "the input has 262,146 bytes", id="too large in UTF-8"),
    ],
)
def test_an_input_that_aws_refuses_starts_nothing(given: Any, message: str) -> None:
    definition = machine(A={"Type": "Pass", "End": True})
    with pytest.raises(InvalidInput, match=message):
        simulate(definition, given)
    assert simulate(definition, given[:-2]).status == "SUCCEEDED"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        pytest.param(
            {"tasks": {"A": {}, "Aa": 1}},
            "no state and no call of 'machine' is named 'Aa', so its mock is not used; did you mean 'A'?",
            id="a misspelt state",
        ),
        pytest.param({"tasks": {"A": {}, "sqs:sendMessage": 1}}, "is named 'sqs:sendMessage'", id="a call of no task"),
        pytest.param({"tasks": {"A": {}}, "durations": {"Elsewhere": 1}}, "is named 'Elsewhere'", id="a duration"),
    ],
)
def test_a_mock_that_nothing_can_use_is_warned_of(options: dict[str, Any], message: str) -> None:
    with pytest.warns(MockWarning) as caught:
        simulate(ONE_TASK, **options)
    (warning,) = caught
    assert message in str(warning.message)
    assert warning.filename == __file__


def test_a_mock_for_a_call_or_for_all_is_no_mistake() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        simulate(ONE_TASK, tasks={"lambda:invoke": {"Payload": 1}, "*": 1})


def test_arguments_are_those_of_every_attempt() -> None:
    run = run_one([TaskError("Busy"), "ok"], RETRIED)
    assert run.arguments("A") == [{"FunctionName": "f"}, {"FunctionName": "f"}]
    assert run.arguments("Elsewhere") == []


def test_a_result_object_is_held_to_json_like_a_plain_value() -> None:
    with pytest.raises(NotJson, match="the mock of task 'A' gives no JSON: "):
        run_one(Result({1}))


@pytest.mark.parametrize(
    ("given", "message"),
    [
        pytest.param({"pipeline": 5}, "a machine is a Pipeline, .* not int", id="a number for a machine"),
        pytest.param({"pipeline": "orders"}, "a machine is a Pipeline, .* not str", id="a name for a machine"),
        pytest.param(
            {"tasks": [1]}, "tasks is a mapping from names of states to mocks, not list", id="a list of mocks"
        ),
        pytest.param({"durations": {"A": "5m"}}, "the duration of 'A' is a number of seconds, not '5m'", id="a text"),
    ],
)
def test_an_argument_of_another_type_is_told(given: dict[str, Any], message: str) -> None:
    with pytest.raises(TypeError, match=message):
        simulate(**{"pipeline": ONE_TASK, "tasks": {"A": {}}, **given})


def test_a_number_that_json_has_no_form_for_fails_the_state_that_makes_it() -> None:
    parsing = machine(A={"Type": "Pass", "Parameters": {"a.$": "States.StringToJson('1e999')"}, "End": True})
    assert simulate(parsing).error == "States.IntrinsicFailure"
    waiting = machine(A={"Type": "Wait", "SecondsPath": "$.s", "End": True})
    assert simulate(waiting, {"s": 10**400}).error == "States.Runtime"


@pytest.mark.parametrize("mock", [Result(1, after=-5), TaskError("Busy", after=float("nan"))])
def test_a_task_cannot_end_before_it_begins(mock: Any) -> None:
    with pytest.raises(SimulationError, match=r"the mock of task 'A' ends after (-5|nan) seconds"):
        run_one(mock)
