"""Rules about delays, timeouts and what a catcher hands on (SF305, SF311 to SF318)."""

from __future__ import annotations

from typing import Any

import pytest

from sfdsl.checks.errors._delays import Schedule, amount, schedule
from sfdsl.model.states import Retrier
from sfdsl.model.workflow import MachineType
from tests.checks.errors.machines import (
    ACTIVITY,
    CALLBACK,
    GLUE,
    LAMBDA,
    PASS,
    codes,
    machine,
    one,
    retry,
    task,
)

YEAR = 365 * 86_400


def timed(seconds: Any, **fields: Any) -> dict[str, Any]:
    """A machine with a timeout, whose Task has a retrier of these fields."""
    return retry(["E"], **fields) | {"TimeoutSeconds": seconds}


@pytest.mark.parametrize(
    ("retrier", "total"),
    [
        (Retrier(), 1 + 2 + 4),
        (Retrier(max_attempts=0), 0),
        (Retrier(interval_seconds=6, max_attempts=6), 6 + 12 + 24 + 48 + 96 + 192),
        (Retrier(interval_seconds=5, max_attempts=4, backoff_rate=1.0), 20),
        (Retrier(interval_seconds=5, max_attempts=4, backoff_rate=1.5), 5 + 7.5 + 11.25 + 16.875),
        (Retrier(interval_seconds=10, max_attempts=5, max_delay_seconds=25), 10 + 20 + 25 + 25 + 25),
        (Retrier(interval_seconds=60, max_attempts=2, max_delay_seconds=30), 60),
        (Retrier(max_attempts=99_999_999, max_delay_seconds=1), 99_999_999),
    ],
)
def test_the_delays_of_a_retrier_add_up(retrier: Retrier, total: float) -> None:
    plan = schedule(retrier)
    assert plan is not None
    assert plan.total() == total


def test_a_schedule_knows_how_many_retries_fit() -> None:
    plan = Schedule(interval=6, attempts=6, rate=2.0, ceiling=float("inf"))
    assert [plan.attempts_within(seconds) for seconds in (5, 6, 17, 18, 300, 378, 9999)] == [0, 1, 1, 2, 5, 6, 6]
    assert plan.longest() == 192


@pytest.mark.parametrize(
    "retrier",
    [
        Retrier(interval_seconds="${Pause}"),
        Retrier(backoff_rate=0.5),
        Retrier(max_attempts=-1),
        Retrier(extra={"MaxAttempts": None}),
    ],
)
def test_a_schedule_that_nobody_knows_is_none(retrier: Retrier) -> None:
    assert schedule(retrier) is None


def test_seconds_are_told_as_people_say_them() -> None:
    assert [amount(s) for s in (1, 372, 90_000, 31_536_001)] == [
        "1 second",
        "372 seconds",
        "90,000 seconds",
        "31,536,001 seconds (365 days)",
    ]
    assert amount(1e12) == "more than ten years"


@pytest.mark.parametrize(
    ("definition", "expected"),
    [
        pytest.param(timed(300, IntervalSeconds=6, MaxAttempts=6), {"SF305"}, id="378 seconds in 300"),
        pytest.param(timed(378, IntervalSeconds=6, MaxAttempts=6), set(), id="378 seconds in 378"),
        pytest.param(timed("${Timeout}", IntervalSeconds=6, MaxAttempts=6), set(), id="a timeout nobody knows"),
        pytest.param(timed(300, IntervalSeconds="${Pause}", MaxAttempts=6), set(), id="an interval nobody knows"),
        pytest.param(timed(5), {"SF305"}, id="the defaults take seven seconds"),
        pytest.param(timed(5, MaxAttempts=0), set(), id="never"),
        pytest.param(timed(10, MaxAttempts=10, MaxDelaySeconds=2), {"SF305"}, id="capped delays"),
        pytest.param(timed(19, MaxAttempts=10, MaxDelaySeconds=2), set(), id="capped delays that fit"),
        pytest.param(retry(["E"], MaxAttempts=100), {"SF314"}, id="doubling for a hundred times"),
        pytest.param(retry(["E"], MaxAttempts=100, MaxDelaySeconds=300), set(), id="capped"),
        pytest.param(retry(["E"], MaxAttempts=366, IntervalSeconds=86_400, BackoffRate=1), {"SF314"}, id="366 days"),
        pytest.param(retry(["E"], MaxAttempts=365, IntervalSeconds=86_400, BackoffRate=1), set(), id="365 days"),
        pytest.param(timed(300, MaxAttempts=100), {"SF305"}, id="the nearer end counts"),
        pytest.param(retry(["E"], IntervalSeconds=60, MaxDelaySeconds=30), {"SF312"}, id="a ceiling under the floor"),
        pytest.param(retry(["E"], IntervalSeconds=60, MaxDelaySeconds=60), {"SF312"}, id="a ceiling on the floor"),
        pytest.param(retry(["E"], IntervalSeconds=60, MaxDelaySeconds=61), set(), id="a ceiling above it"),
        pytest.param(retry(["E"], MaxDelaySeconds=1), {"SF312"}, id="on the floor that is not written"),
        pytest.param(retry(["E"], MaxDelaySeconds=60), {"SF313"}, id="a ceiling that no delay reaches"),
        pytest.param(retry(["E"], MaxDelaySeconds=3), set(), id="a ceiling that a delay reaches"),
        pytest.param(retry(["E"], MaxAttempts=1, BackoffRate=2), {"SF313"}, id="a backoff of one retry"),
        pytest.param(retry(["E"], MaxAttempts=2, BackoffRate=2), set(), id="a backoff of two"),
        pytest.param(retry(["E"], MaxAttempts=0), set(), id="never, and nothing else"),
        pytest.param(retry(["E"], MaxAttempts=0, IntervalSeconds=5), {"SF313"}, id="never, every five seconds"),
    ],
)
def test_retries(definition: dict[str, Any], expected: set[str]) -> None:
    assert codes(definition) == expected


def test_the_end_of_an_express_execution_is_another_rule() -> None:
    assert codes(retry(["E"], MaxAttempts=100), MachineType.EXPRESS) == set()


@pytest.mark.parametrize(
    ("definition", "expected"),
    [
        pytest.param(machine(task(GLUE)), {"SF315"}, id="a job"),
        pytest.param(machine(task(GLUE, TimeoutSeconds=9)), set(), id="a job with a timeout"),
        pytest.param(machine(task(GLUE, TimeoutSecondsPath="$.t")), set(), id="a job with a timeout by path"),
        pytest.param(
            machine(task(GLUE, TimeoutSeconds=None)), set(), id="a timeout of the wrong type is another fault"
        ),
        pytest.param(machine(task(GLUE, HeartbeatSeconds=9)), {"SF315"}, id="a job sends no heartbeat"),
        pytest.param(machine(task(GLUE)) | {"TimeoutSeconds": 9}, {"SF315"}, id="the machine's timeout is not caught"),
        pytest.param(machine(task("arn:aws:states:::states:startExecution.sync:2")), {"SF315"}, id="a child"),
        pytest.param(machine(task("arn:aws:states:::glue:startJobRun")), set(), id="a job that nobody waits for"),
        pytest.param(machine(task(LAMBDA)), set(), id="a function ends by itself"),
        pytest.param(machine(task("arn:aws:lambda:eu-west-1:123456789012:function:sync-orders")), set(), id="its name"),
        pytest.param(machine(task(CALLBACK)), {"SF316"}, id="a callback"),
        pytest.param(machine(task(CALLBACK, TimeoutSeconds=9)), set(), id="a callback with a timeout"),
        pytest.param(machine(task(CALLBACK, HeartbeatSeconds=9)), set(), id="a callback with a heartbeat"),
        pytest.param(machine(task(ACTIVITY)), {"SF316"}, id="an activity"),
        pytest.param(machine(task(ACTIVITY, HeartbeatSecondsPath="$.h")), set(), id="an activity with a heartbeat"),
        pytest.param(machine(task(ACTIVITY, TimeoutSeconds=60, HeartbeatSeconds=60)), {"SF311"}, id="as long as"),
        pytest.param(machine(task(ACTIVITY, TimeoutSeconds=60, HeartbeatSeconds=59)), set(), id="shorter"),
        pytest.param(machine(task(ACTIVITY, TimeoutSeconds=60, HeartbeatSeconds="${H}")), set(), id="who knows"),
    ],
)
def test_timeouts(definition: dict[str, Any], expected: set[str]) -> None:
    assert codes(definition) == expected


def back(**fields: Any) -> dict[str, Any]:
    return machine(task(Catch=[{"ErrorEquals": ["E"], "Next": "A"} | fields]))


def handler(state: dict[str, Any], **catcher: Any) -> dict[str, Any]:
    """A Task whose catcher leads to B, which is this state."""
    return machine(task(Catch=[{"ErrorEquals": ["E"], "Next": "B"} | catcher]), B=state)


def sends(value: Any) -> dict[str, Any]:
    return task("arn:aws:states:::sqs:sendMessage", Parameters={"QueueUrl": "q", "MessageBody": value})


@pytest.mark.parametrize(
    ("definition", "expected"),
    [
        pytest.param(back(ResultPath=None), {"SF317"}, id="back with the same input"),
        pytest.param(back(ResultPath="$.error"), set(), id="back with the error beside it"),
        pytest.param(back(ResultPath=None, Assign={"n": 1}), set(), id="back with another variable"),
        pytest.param(handler(PASS, ResultPath=None), set(), id="to another state"),
        pytest.param(
            machine(
                task(
                    QueryLanguage="JSONata",
                    Catch=[{"ErrorEquals": ["E"], "Next": "A", "Output": "{% $states.input %}"}],
                )
            ),
            {"SF317"},
            id="in JSONata",
        ),
        pytest.param(
            machine(task(QueryLanguage="JSONata", Catch=[{"ErrorEquals": ["E"], "Next": "A"}])),
            set(),
            id="in JSONata with the error",
        ),
        pytest.param(handler(sends({"Order.$": "$.order"})), {"SF318"}, id="it reads what is lost"),
        pytest.param(handler(sends({"Order.$": "$.order"}), ResultPath="$"), {"SF318"}, id="that is the default"),
        pytest.param(handler(sends({"Order.$": "$.order"}), ResultPath="$.error"), set(), id="beside the input"),
        pytest.param(handler(sends({"Order.$": "$.order"}), ResultPath=None), set(), id="the input alone"),
        pytest.param(handler(sends({"Why.$": "$.Cause", "All.$": "$"})), set(), id="it reads the error"),
        pytest.param(handler(sends({"Id.$": "$$.Execution.Id", "Order.$": "$order.id"})), set(), id="or other things"),
        pytest.param(handler(sends({"Text.$": "States.Format('{}: {}', $.day, $.Cause)"})), {"SF318"}, id="in a call"),
        pytest.param(handler(sends({"Orders.$": "$..order"})), set(), id="a path that may find nothing"),
        pytest.param(handler(sends({"Order.$": "$.order"}) | {"InputPath": "$.Cause"}), set(), id="below another path"),
        pytest.param(handler(sends({}) | {"InputPath": "$.order"}), {"SF318"}, id="an InputPath that is lost"),
        pytest.param(handler({"Type": "Wait", "SecondsPath": "$.pause", "End": True}), {"SF318"}, id="a Wait"),
        pytest.param(
            handler(
                {
                    "Type": "Choice",
                    "Default": "H",
                    "Choices": [{"Variable": "$.kind", "StringEquals": "x", "Next": "H"}],
                }
            ),
            {"SF318"},
            id="a Choice",
        ),
        pytest.param(
            handler(
                {"Type": "Choice", "Default": "H", "Choices": [{"Variable": "$.kind", "IsPresent": True, "Next": "H"}]}
            ),
            set(),
            id="a Choice that looks first",
        ),
        pytest.param(
            handler(
                {
                    "Type": "Choice",
                    "Default": "H",
                    "Choices": [{"Variable": "$.Error", "StringEquals": "x", "Next": "H"}],
                }
            ),
            set(),
            id="a Choice on the error",
        ),
        pytest.param(handler({"Type": "Fail", "CausePath": "$.reason"}), {"SF318"}, id="a Fail"),
        pytest.param(handler({"Type": "Fail", "CausePath": "$.Cause"}), set(), id="a Fail with the cause"),
        pytest.param(
            handler(PASS | {"QueryLanguage": "JSONata", "Output": "{% $states.input.order %}"}),
            set(),
            id="JSONata says it otherwise",
        ),
        pytest.param(handler(sends({"Order.$": "$.order"}), Next="Z"), set(), id="a state that is not there"),
    ],
)
def test_what_a_catcher_hands_on(definition: dict[str, Any], expected: set[str]) -> None:
    assert codes(definition) == expected


@pytest.mark.parametrize(
    ("definition", "code", "message", "hint"),
    [
        (
            timed(300, IntervalSeconds=6, MaxAttempts=6),
            "SF305",
            "state 'A' retries for up to 378 seconds by Retry[0]; the state machine times out after 300 seconds",
            "lower MaxAttempts to 5, or raise the state machine's TimeoutSeconds to 400",
        ),
        (
            retry(["E"], MaxAttempts=100),
            "SF314",
            "state 'A' retries for up to more than ten years by Retry[0]; an execution ends after "
            "31,536,000 seconds (365 days)",
            'lower MaxAttempts to 24, or cap the delays: `"MaxDelaySeconds": 300`',
        ),
        (
            machine(task(ACTIVITY, TimeoutSeconds=60, HeartbeatSeconds=90)),
            "SF311",
            "state 'A' expects a heartbeat every 90 seconds and times out after 60 seconds; the heartbeat is the smaller one",
            'write `"HeartbeatSeconds": 15`',
        ),
        (
            retry(["E"], IntervalSeconds=60, MaxDelaySeconds=30),
            "SF312",
            "Retry[0] of state 'A' has MaxDelaySeconds of 30 seconds, which is not above IntervalSeconds of 60 seconds",
            'write `"MaxDelaySeconds": 480`, or delete it',
        ),
        (
            retry(["E"], MaxDelaySeconds=60),
            "SF313",
            "MaxDelaySeconds of Retry[0] of state 'A' does nothing: the longest delay is 4 seconds",
            "delete MaxDelaySeconds",
        ),
        (
            machine(task(GLUE)),
            "SF315",
            "state 'A' waits for glue:startJobRun without a TimeoutSeconds, up to a year",
            'add `"TimeoutSeconds": 3600`, or how long it may take at most',
        ),
        (
            machine(task(CALLBACK)) | {"TimeoutSeconds": 60},
            "SF316",
            "state 'A' waits for a callback without a timeout or heartbeat; only the timeout of the state machine ends it, "
            "which no Catch sees",
            'add `"TimeoutSeconds": 86400`, or how long the answer may take',
        ),
        (
            back(ResultPath=None),
            "SF317",
            "Catch[0] of state 'A' leads back to the state with the input it had: its errors repeat for ever",
            'write {"ErrorEquals": ["E"], "IntervalSeconds": 10, "MaxAttempts": 5} into Retry instead',
        ),
        (
            handler(sends({"Order.$": "$.order"})),
            "SF318",
            "Catch[0] of state 'A' hands on the error alone; state 'B' reads '$.order', which is then lost",
            'add `"ResultPath": "$.error"` to the catcher, which puts the error beside the input',
        ),
    ],
)
def test_what_is_said(definition: dict[str, Any], code: str, message: str, hint: str) -> None:
    finding = one(definition, code)
    assert (finding.message, finding.hint) == (message, hint)
