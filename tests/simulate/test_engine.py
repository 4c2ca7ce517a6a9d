"""The interpreter where no recording reaches: time, concurrency, quotas, errors, in the author's own interface."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from sfdsl.testing import NoAnswer, Result, Run, TaskError, simulate

LAMBDA = "arn:aws:states:::lambda:invoke"


def task(resource: str = LAMBDA, **fields: Any) -> dict[str, Any]:
    return {"Type": "Task", "Resource": resource, **({"End": True} if "Next" not in fields else {}), **fields}


def flow(start: str = "A", **states: dict[str, Any]) -> dict[str, Any]:
    return {"StartAt": start, "States": states}


def passing(**fields: Any) -> dict[str, Any]:
    return {"Type": "Pass", **({"End": True} if "Next" not in fields else {}), **fields}


def run(definition: dict[str, Any], input: Any = None, tasks: Any = None, **options: Any) -> Run:
    return simulate(definition, input, tasks, check_results=False, **options)


def types(done: Run) -> list[str]:
    return [event["type"] for event in done.history]


# -- time -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("retrier", "attempts"),
    [
        pytest.param({}, [0, 1, 3, 7], id="one second, doubled, three times by default"),
        pytest.param({"IntervalSeconds": 5, "BackoffRate": 1, "MaxAttempts": 2}, [0, 5, 10], id="constant"),
        pytest.param(
            {"IntervalSeconds": 10, "BackoffRate": 10, "MaxDelaySeconds": 60}, [0, 10, 70, 130], id="with a ceiling"
        ),
        pytest.param({"MaxAttempts": 0}, [0], id="never"),
    ],
)
def test_retries_come_when_their_retrier_says(retrier: dict[str, Any], attempts: list[int]) -> None:
    retried = flow(A=task(Retry=[{"ErrorEquals": ["Busy"], **retrier}]))
    done = run(retried, tasks={"A": TaskError("Busy")})
    assert [call.time for call in done.calls] == attempts
    assert done.error == "Busy"


def test_each_retrier_counts_for_itself_and_the_first_that_matches_decides() -> None:
    retry = [
        {"ErrorEquals": ["Busy"], "MaxAttempts": 1},
        {"ErrorEquals": ["Slow"], "MaxAttempts": 1},
        {"ErrorEquals": ["States.ALL"], "MaxAttempts": 9},
    ]
    answers = [TaskError(name) for name in ("Busy", "Slow", "Busy")]
    done = run(flow(A=task(Retry=retry)), tasks={"A": answers})
    assert (done.error, len(done.calls)) == ("Busy", 3)


def test_counters_start_anew_when_the_state_is_entered_again() -> None:
    loop = flow(
        A=task(Retry=[{"ErrorEquals": ["Busy"], "MaxAttempts": 1}], ResultPath="$.done", Next="Again"),
        Again={"Type": "Choice", "Choices": [{"Variable": "$.done", "BooleanEquals": True, "Next": "End"}], "Default": "A"},
        End={"Type": "Succeed"},
    )  # fmt: skip
    done = run(loop, tasks={"A": [TaskError("Busy"), False, TaskError("Busy"), True]})
    assert (done.status, done.path) == ("SUCCEEDED", ("A", "Again", "A", "Again", "End"))


def test_jitter_stays_between_zero_and_the_interval() -> None:
    retry = [{"ErrorEquals": ["Busy"], "IntervalSeconds": 100, "MaxAttempts": 1, "JitterStrategy": "FULL"}]
    waits = {run(flow(A=task(Retry=retry)), tasks={"A": TaskError("Busy")}, seed=seed).duration for seed in range(50)}
    assert len(waits) == 50
    assert 0 <= min(waits) < 20 < 80 < max(waits) <= 100


def test_a_missed_heartbeat_ends_the_task_though_its_timeout_is_far() -> None:
    waiting = "arn:aws:states:::sqs:sendMessage.waitForTaskToken"
    beating = flow(A=task(waiting, TimeoutSeconds=3600, HeartbeatSeconds=60))
    missed = run(beating, tasks={"A": NoAnswer(heartbeats=(50, 100, 150))})
    assert (missed.error, missed.duration) == ("States.Timeout", 210)
    late = run(beating, tasks={"A": NoAnswer(heartbeats=(50, 120))})
    assert late.duration == 110
    fine = run(beating, tasks={"A": Result("ok", after=170, heartbeats=(50, 100, 150))})
    assert (fine.output, fine.duration) == ("ok", 170)


@pytest.mark.parametrize(
    ("names", "caught"),
    [
        (["States.HeartbeatTimeout"], True), (["States.Timeout"], True), (["States.ALL"], True),
        (["States.TaskFailed"], False), (["Other"], False),
    ],
)  # fmt: skip
def test_which_names_match_a_missed_heartbeat(names: list[str], caught: bool) -> None:
    states = flow(
        A=task(LAMBDA, HeartbeatSeconds=5, Catch=[{"ErrorEquals": names, "Next": "Caught"}]), Caught={"Type": "Succeed"}
    )
    assert (run(states, tasks={"A": NoAnswer()}).status == "SUCCEEDED") is caught


def test_the_timeout_of_the_machine_ends_what_nothing_inside_can_catch() -> None:
    states = flow(A=task(Catch=[{"ErrorEquals": ["States.ALL"], "Next": "Caught"}]), Caught={"Type": "Succeed"})
    done = run({**states, "TimeoutSeconds": 10}, tasks={"A": Result("late", after=11)})
    assert (done.status, done.duration, done.error) == ("TIMED_OUT", 10, None)
    assert types(done)[-2:] == ["TaskStateAborted", "ExecutionTimedOut"]


def test_a_standard_execution_lasts_a_year_and_an_express_one_five_minutes() -> None:
    waiting = flow(A={"Type": "Wait", "Seconds": 40_000_000, "End": True})
    assert (run(waiting).status, run(waiting).duration) == ("TIMED_OUT", 365 * 86_400)
    express = run(waiting, express=True)
    assert (express.status, express.error, express.duration) == ("TIMED_OUT", "States.Timeout", 300)


def test_a_wait_until_a_moment_that_has_passed_takes_no_time() -> None:
    until = flow(A={"Type": "Wait", "TimestampPath": "$.at", "End": True})
    assert run(until, {"at": "2025-12-31T00:00:00Z"}).duration == 0
    assert run(until, {"at": "2026-01-01T01:00:00+00:00"}).duration == 3600
    assert run(until, {"at": "2026-01-01T01:00:00+01:00"}).duration == 0


# -- side by side -----------------------------------------------------------------------------------------------------


def test_branches_advance_in_turn_and_results_keep_their_order() -> None:
    branches = [
        flow("A1", A1=passing(Next="A2"), A2=passing(Result="a")),
        flow("B1", B1=passing(Next="B2"), B2=passing(Result="b")),
    ]
    done = run(flow("P", P={"Type": "Parallel", "Branches": branches, "End": True}))
    assert done.path == ("P", "A1", "B1", "A2", "B2")
    assert done.output == ["a", "b"]


def test_the_slowest_branch_decides_how_long_a_parallel_takes() -> None:
    branches = [flow("A", A=task()), flow("B", B=task())]
    parallel = flow("P", P={"Type": "Parallel", "Branches": branches, "End": True})
    assert run(parallel, tasks={"A": Result(1, after=30), "B": Result(2, after=70)}).duration == 70


def test_the_first_branch_to_fail_stops_the_others() -> None:
    slow = flow("B", B=task(Next="C"), C=passing())
    waiting = flow("W", W={"Type": "Wait", "Seconds": 100, "End": True})
    inner = flow("I", I={"Type": "Parallel", "Branches": [flow("D", D=task())], "End": True})
    branches = [flow("A", A=task()), slow, waiting, inner]
    parallel = {
        "Type": "Parallel", "Branches": branches, "Next": "Done", "ResultPath": "$.all",
        "Catch": [{"ErrorEquals": ["States.BranchFailed"], "ResultPath": "$.error", "Next": "Done"}],
    }  # fmt: skip
    done = run(
        flow("P", P=parallel, Done={"Type": "Succeed"}),
        {"x": 1},
        tasks={"A": TaskError("Bad", "it is", after=10), "B": Result(1, after=50), "D": Result(1, after=50)},
    )
    assert done.output == {"x": 1, "error": {"Error": "Bad", "Cause": "it is"}}
    assert done.duration == 10
    assert Counter(each for each in types(done) if each.endswith("Aborted")) == {
        "TaskStateAborted": 3, "WaitStateAborted": 1, "ParallelStateAborted": 1,
    }  # fmt: skip
    assert "C" not in done.path


def test_a_retried_parallel_runs_all_its_branches_again() -> None:
    parallel = {
        "Type": "Parallel", "Branches": [flow("A", A=task()), flow("B", B=task())], "End": True,
        "Retry": [{"ErrorEquals": ["Bad"], "IntervalSeconds": 5}],
    }  # fmt: skip
    done = run(flow("P", P=parallel), tasks={"A": [1, 2], "B": [TaskError("Bad"), 3]})
    assert (done.output, done.duration) == ([2, 3], 5)
    assert done.transitions == 5  # the Parallel once, its branches twice


def test_an_error_that_the_machine_itself_made_ends_everything() -> None:
    parallel = {
        "Type": "Parallel", "Branches": [flow(A=passing(InputPath="$.missing"))], "End": True,
        "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "P"}], "Retry": [{"ErrorEquals": ["States.ALL"]}],
    }  # fmt: skip
    done = run(flow("P", P=parallel), {})
    assert (done.status, done.error, done.transitions) == ("FAILED", "States.Runtime", 2)


@pytest.mark.parametrize(("limit", "seconds"), [(1, 60), (2, 30), (4, 20), (0, 10)])
def test_max_concurrency_decides_how_long_a_map_takes(limit: int, seconds: int) -> None:
    body = flow("A", A=task())
    mapping = {"Type": "Map", "MaxConcurrency": limit, "ItemProcessor": body, "End": True}
    done = run(flow("M", M=mapping), [1, 2, 3, 4, 5, 6], tasks={"A": lambda item: Result(item * 2, after=10)})
    assert (done.output, done.duration) == ([2, 4, 6, 8, 10, 12], seconds)


def test_an_unlimited_inline_map_runs_forty_at_a_time() -> None:
    mapping = {"Type": "Map", "ItemProcessor": flow("A", A=task()), "End": True}
    assert run(flow("M", M=mapping), list(range(100)), tasks={"A": Result(0, after=10)}).duration == 30


def test_a_failed_iteration_stops_the_map_and_those_beside_it() -> None:
    mapping = {"Type": "Map", "MaxConcurrency": 2, "ItemProcessor": flow("A", A=task()), "End": True}
    answers = [Result(1, after=10), TaskError("Bad", after=5), 3]
    done = run(flow("M", M=mapping), [1, 2, 3], tasks={"A": answers})
    assert (done.error, done.duration, len(done.calls)) == ("Bad", 5, 1)
    assert types(done)[-5:] == [
        "MapIterationFailed", "TaskStateAborted", "MapIterationAborted", "MapStateFailed", "ExecutionFailed",
    ]  # fmt: skip


def test_maps_in_maps_know_their_places() -> None:
    inner = {"Type": "Map", "ItemProcessor": flow("A", A=task()), "End": True}
    outer = {"Type": "Map", "ItemProcessor": flow("I", I=inner), "End": True}
    seen = []
    run(flow("M", M=outer), [[1, 2], [3]], tasks={"A": lambda item, call: seen.append((item, call.iteration))})
    assert sorted(seen) == [(1, (0, 0)), (2, (0, 1)), (3, (1, 0))]


def test_variables_of_branches_vanish_and_outer_ones_are_read() -> None:
    branch = flow("B", B=passing(Assign={"inner.$": "$outer"}, Next="C"), C=passing(Parameters={"seen.$": "$inner"}))
    parallel = {"Type": "Parallel", "Branches": [branch], "Next": "After", "Assign": {"outer.$": "$[0].seen"}}
    states = flow(
        "A",
        A=passing(Assign={"outer": 1}, Next="P"),
        P=parallel,
        After=passing(Parameters={"outer.$": "$outer"}, Next="Gone"),
        Gone=passing(Parameters={"inner.$": "$inner"}),
    )
    done = run(states)
    assert done.path[-1] == "Gone"
    assert done.error == "States.Runtime"
    assert done.history[-3]["stateExitedEventDetails"]["output"] == '{"outer":1}'


def test_assigned_values_are_seen_by_the_next_state_only() -> None:
    swap = flow(
        "A",
        A=passing(Assign={"x": 1, "y": 2}, Next="B"),
        B=passing(Assign={"x.$": "$y", "y.$": "$x"}, Next="C"),
        C=passing(Parameters={"x.$": "$x", "y.$": "$y"}),
    )
    assert run(swap).output == {"x": 2, "y": 1}


# -- quotas -----------------------------------------------------------------------------------------------------------


def test_a_task_whose_result_is_too_large_fails_and_can_be_caught() -> None:
    states = flow(A=task(Catch=[{"ErrorEquals": ["States.ALL"], "Next": "B"}]), B={"Type": "Succeed"})
    assert run(states, tasks={"A": "x" * 262_142}).path == ("A",)
    caught = run(states, tasks={"A": "x" * 262_143})
    assert caught.output["Error"] == "States.DataLimitExceeded"
    wide = run(states, tasks={"A": "ä" * 131_072})
    assert wide.output["Error"] == "States.DataLimitExceeded"


def test_an_output_that_grows_too_large_ends_the_execution() -> None:
    grow = flow(
        A=task(Next="B", ResultPath="$.one"),
        B=task(ResultPath="$.two", Catch=[{"ErrorEquals": ["States.ALL"], "Next": "C"}], Next="C"),
        C={"Type": "Succeed"},
    )
    done = run(grow, {}, tasks={"*": "x" * 150_000})
    assert (done.status, done.error, done.path) == ("FAILED", "States.DataLimitExceeded", ("A", "B"))


def test_one_assign_holds_at_most_256_kib() -> None:
    states = flow(A=task(Assign={"a.$": "$", "b.$": "$"}))
    assert run(states, tasks={"A": "x" * 131_000}).status == "SUCCEEDED"
    assert run(states, tasks={"A": "x" * 131_080}).error == "States.DataLimitExceeded"


def test_the_variables_of_an_execution_hold_at_most_10_mib() -> None:
    names = [f"S{n}" for n in range(45)]
    states = {
        name: task(ResultPath=None, Assign={f"v{name}.$": "$"}, **({"Next": names[place + 1]} if name != names[-1] else {}))
        for place, name in enumerate(names)
    }  # fmt: skip
    done = run({"StartAt": "S0", "States": states}, {}, tasks={"*": "x" * 262_000})
    assert (done.error, done.transitions) == ("States.DataLimitExceeded", 41)


def test_a_standard_history_ends_with_event_25000() -> None:
    loop = flow(A=passing(Next="B"), B=passing(Next="A"))
    done = run(loop)
    assert (done.status, len(done.history)) == ("FAILED", 25_000)
    assert done.cause == "The execution reached the maximum number of history events (25000)."
    assert types(done)[-1] == "ExecutionFailed"


def test_an_express_history_has_no_end() -> None:
    count = flow(
        A=passing(Parameters={"n.$": "States.MathAdd($.n, 1)"}, Next="B"),
        B={"Type": "Choice", "Choices": [{"Variable": "$.n", "NumericLessThan": 10_000, "Next": "A"}], "Default": "C"},
        C={"Type": "Succeed"},
    )
    done = run(count, {"n": 0}, express=True)
    assert (done.output, done.transitions) == ({"n": 10_000}, 20_001)
    assert len(done.history) > 40_000


# -- errors -----------------------------------------------------------------------------------------------------------


def test_a_choice_without_a_match_and_a_default_fails() -> None:
    done = run(flow(A={"Type": "Choice", "Choices": [{"Variable": "$", "IsNull": True, "Next": "B"}]}, B=passing()), 1)
    assert (done.status, done.path) == ("FAILED", ("A",))
    assert done.cause is not None
    assert done.cause.endswith("Failed to transition out of the state. The state does not point to a next state.")


def test_a_query_that_fails_is_caught_but_not_as_a_failed_task() -> None:
    def states(name: str) -> dict[str, Any]:
        catch = [{"ErrorEquals": [name], "Next": "B", "Output": "{% $states.errorOutput.Error %}"}]
        return {
            "QueryLanguage": "JSONata",
            **flow(A=task(Arguments="{% $nothing %}", Catch=catch), B={"Type": "Succeed"}),
        }

    assert run(states("States.QueryEvaluationError")).output == "States.QueryEvaluationError"
    assert run(states("States.ALL")).output == "States.QueryEvaluationError"
    assert run(states("States.TaskFailed")).status == "FAILED"


def test_an_error_in_a_catcher_is_not_caught_again() -> None:
    catch = [{"ErrorEquals": ["States.ALL"], "Next": "A", "Output": "{% $nothing %}"}]
    done = run({"QueryLanguage": "JSONata", **flow(A=task(Catch=catch))}, tasks={"A": TaskError("Bad")})
    assert (done.status, done.error, done.transitions) == ("FAILED", "States.QueryEvaluationError", 1)


def test_a_result_path_that_cannot_be_applied_can_be_caught() -> None:
    catch = [{"ErrorEquals": ["States.ResultPathMatchFailure"], "ResultPath": None, "Next": "B"}]
    states = flow(A=task(ResultPath="$.text.field", Catch=catch), B={"Type": "Succeed"})
    assert run(states, {"text": "no object"}, tasks={"A": 1}).output == {"text": "no object"}


def test_an_expression_that_was_parsed_long_ago_still_has_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    timebox = pytest.importorskip("jsonata.timebox").Timebox
    states = {"QueryLanguage": "JSONata", **flow(A=passing(Output="{% $map([1, 2], function($v) { $v + 40 }) %}"))}
    assert run(states).output == [41, 42]
    now = timebox.current_milli_time()
    monkeypatch.setattr(timebox, "current_milli_time", staticmethod(lambda: now + 60_000))
    assert run(states).output == [41, 42]


# -- kinds of tasks ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("resource", "events"),
    [
        pytest.param(LAMBDA, ["TaskScheduled", "TaskStarted", "TaskSucceeded"], id="request and response"),
        pytest.param(
            "arn:aws:states:::glue:startJobRun.sync",
            ["TaskScheduled", "TaskStarted", "TaskSubmitted", "TaskSucceeded"], id="a job",
        ),
        pytest.param(
            "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
            ["TaskScheduled", "TaskStarted", "TaskSubmitted", "TaskSucceeded"], id="a callback",
        ),
        pytest.param(
            "arn:aws:lambda:us-east-1:123456789012:function:f",
            ["LambdaFunctionScheduled", "LambdaFunctionStarted", "LambdaFunctionSucceeded"], id="a function by its ARN",
        ),
        pytest.param(
            "arn:aws:states:us-east-1:123456789012:activity:worker",
            ["ActivityScheduled", "ActivityStarted", "ActivitySucceeded"], id="an activity",
        ),
    ],
)  # fmt: skip
def test_the_history_speaks_of_each_kind_of_task_in_its_own_way(resource: str, events: list[str]) -> None:
    done = run(flow(A=task(resource)), tasks={"A": Result(1, submitted={"Id": 1})})
    assert types(done)[2:-2] == events


def test_a_callback_gets_a_token_and_a_new_one_for_each_attempt() -> None:
    waiting = task(
        "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
        Parameters={"MessageBody": {"token.$": "$$.Task.Token"}}, Retry=[{"ErrorEquals": ["States.ALL"], "MaxAttempts": 1}],
    )  # fmt: skip
    done = run(flow(A=waiting), tasks={"A": [TaskError("Bad"), "ok"]})
    first, second = (call.arguments["MessageBody"]["token"] for call in done.calls)
    assert first != second


def test_credentials_are_told() -> None:
    asked = flow(A=task(Credentials={"RoleArn.$": "$.role"}))
    done = run(asked, {"role": "arn:aws:iam::1:role/other"}, tasks={"A": 1})
    assert done.history[2]["taskScheduledEventDetails"]["taskCredentials"] == {"roleArn": "arn:aws:iam::1:role/other"}
