from __future__ import annotations

import pytest

from sfdsl.model.workflow import Notes
from tests.checks.limits.helpers import DISTRIBUTED_EXPRESS, DISTRIBUTED_STANDARD, codes, findings, map_of, task, told

PASS = {"Type": "Pass", "End": True}


def call(resource: str, **fields: object) -> dict:
    return {"Type": "Task", "Resource": resource, "End": True, **fields}


ACTIVITY = "arn:aws:states:eu-west-1:123456789012:activity:weigh"
ALIEN = [
    pytest.param(call("arn:aws:states:::glue:startJobRun.sync"), ["SF411"], id="sync"),
    pytest.param(call("arn:aws:states:::states:startExecution.sync:2"), ["SF411"], id="sync:2"),
    pytest.param(call("arn:aws:states:::sqs:sendMessage.waitForTaskToken"), ["SF412"], id="task token"),
    pytest.param(call("arn:aws:states:::aws-sdk:sqs:sendMessage.waitForTaskToken"), ["SF412"], id="token of the SDK"),
    pytest.param(call(ACTIVITY), ["SF413"], id="activity"),
    pytest.param(map_of({"Keep": PASS}, DISTRIBUTED_EXPRESS), ["SF414"], id="Distributed Map"),
    pytest.param(call("arn:aws:states:::glue:startJobRun"), [], id="request-response"),
    pytest.param(call("${Function}"), [], id="placeholder"),
    pytest.param(map_of({"Keep": PASS}), [], id="inline Map"),
]


@pytest.mark.parametrize(("state", "expected"), ALIEN)
def test_what_express_cannot_do(state, expected) -> None:
    assert codes({"S": state}, kind="EXPRESS") == expected
    assert codes({"S": state}) == []
    nested = map_of({"Inner": map_of({"S": state})})
    assert codes({"Outer": nested}, kind="EXPRESS") == expected


@pytest.mark.parametrize(("state", "expected"), ALIEN)
def test_express_children_of_a_distributed_map_are_express_too(state, expected) -> None:
    assert codes({"Each": map_of({"S": state}, DISTRIBUTED_EXPRESS)}) == expected
    assert codes({"Each": map_of({"S": state}, DISTRIBUTED_STANDARD)}) == []


def test_the_hint_names_the_way_out() -> None:
    start = call("arn:aws:states:::states:startExecution.sync:2")
    (finding,) = findings({"Child": start}, kind="EXPRESS")
    assert finding.message == "state 'Child' waits with .sync:2 in an Express state machine, which cannot"
    assert finding.hint == (
        "call an Express child with aws-sdk:sfn:startSyncExecution, or make the state machine STANDARD"
    )
    (finding,) = findings({"Each": map_of({"Child": start}, DISTRIBUTED_EXPRESS)})
    assert finding.message == "state 'Child' waits with .sync:2 in an Express child execution of 'Each', which cannot"
    assert finding.hint.endswith('or give \'Each\' "ExecutionType": "STANDARD"')


def wait(seconds: object, next_: str | None = None) -> dict:
    return {"Type": "Wait", "Seconds": seconds} | ({"End": True} if next_ is None else {"Next": next_})


@pytest.mark.parametrize(
    ("states", "expected"),
    [
        pytest.param({"W": wait(300)}, [], id="300 seconds fit"),
        pytest.param({"W": wait(301)}, ["SF415"], id="301 do not"),
        pytest.param({"A": wait(200, "B"), "B": wait(200)}, ["SF415"], id="two waits"),
        pytest.param({"W": wait("${Seconds}")}, [], id="a placeholder"),
        pytest.param(
            {
                "C": {
                    "Type": "Choice",
                    "Choices": [{"Variable": "$.x", "IsPresent": True, "Next": "W"}],
                    "Default": "E",
                },
                "W": wait(400),
                "E": {"Type": "Succeed"},
            },
            ["SF416"],
            id="a way around it",
        ),
        pytest.param(
            {
                "C": {
                    "Type": "Choice",
                    "Choices": [{"Variable": "$.x", "IsPresent": True, "Next": "W"}],
                    "Default": "E",
                },
                "W": wait(400),
                "E": {"Type": "Fail"},
            },
            ["SF415"],
            id="the way around it fails",
        ),
        pytest.param(
            {"P": {"Type": "Parallel", "End": True, "Branches": [
                {"StartAt": "A", "States": {"A": wait(10)}}, {"StartAt": "B", "States": {"B": wait(400)}}]}},
            ["SF415"],
            id="one branch of a Parallel",
        ),
        pytest.param(
            {"P": {"Type": "Parallel", "End": True, "Branches": [
                {"StartAt": "A", "States": {"A": wait(200)}}, {"StartAt": "B", "States": {"B": wait(200)}}]}},
            [],
            id="branches run side by side",
        ),
        pytest.param({"T": task(TimeoutSeconds=400)}, ["SF416"], id="a task's timeout"),
        pytest.param({"T": task("U", TimeoutSeconds=200), "U": task(TimeoutSeconds=200)}, ["SF416"], id="two of them"),
        pytest.param({"T": task(TimeoutSeconds=60, Retry=[{"ErrorEquals": ["A"], "MaxAttempts": 3}])}, [], id="fits"),
        pytest.param(
            {"T": task(Retry=[{"ErrorEquals": ["A"], "IntervalSeconds": 20, "MaxAttempts": 4}], Catch=[])},
            [],
            id="20 + 40 + 80 + 160 = 300 seconds of retries",
        ),
        pytest.param(
            {"T": task(Retry=[{"ErrorEquals": ["A"], "IntervalSeconds": 21, "MaxAttempts": 4}])},
            ["SF416"],
            id="315 seconds of retries",
        ),
        pytest.param(
            {"T": task(Retry=[
                {"ErrorEquals": ["A"], "IntervalSeconds": 21, "MaxAttempts": 4, "MaxDelaySeconds": 30}])},
            [],
            id="with a ceiling of 30 seconds",
        ),
        pytest.param(
            {"A": wait(100, "B"), "B": {"Type": "Choice", "Choices": [
                {"Variable": "$.x", "IsPresent": True, "Next": "A"}], "Default": "W"}, "W": wait(150)},
            [],
            id="a loop counts as one round",
        ),
    ],
)  # fmt: skip
def test_durations(states, expected) -> None:
    found = [code for code in codes(states, kind="EXPRESS") if code in ("SF415", "SF416")]
    assert found == expected
    in_children = [code for code in codes({"Each": map_of(states, DISTRIBUTED_EXPRESS)}) if code in ("SF415", "SF416")]
    assert in_children == expected
    assert codes(states) == []


def test_the_sum_is_shown() -> None:
    states = {
        "Load": task("Hold", TimeoutSeconds=100, Retry=[{"ErrorEquals": ["States.ALL"], "MaxAttempts": 1}]),
        "Hold": wait(120),
    }
    found = told(states, kind="EXPRESS", notes={"Load": Notes(idempotent=True)})
    assert found == [
        (
            "SF416",
            "the machine may take 321 seconds ('Load' 200 seconds until its timeouts (2 x 100), 'Hold' 120 seconds of "
            "waiting, 'Load' 1 second between its retries); an Express execution ends after 300 seconds",
        )
    ]


@pytest.mark.parametrize(("seconds", "expected"), [(300, []), (301, ["SF417"]), ("${T}", [])])
def test_a_timeout_of_the_machine(seconds, expected) -> None:
    assert codes({"P": PASS}, kind="EXPRESS", TimeoutSeconds=seconds) == expected
    assert codes({"P": PASS}, TimeoutSeconds=seconds) == []


RETRY = [{"ErrorEquals": ["States.TaskFailed"]}]


@pytest.mark.parametrize(
    ("resource", "expected"),
    [
        ("arn:aws:states:::lambda:invoke", ["SF418"]),
        ("arn:aws:lambda:eu-west-1:123456789012:function:f", ["SF418"]),
        ("arn:aws:states:::sqs:sendMessage", ["SF418"]),
        ("arn:aws:states:::events:putEvents", ["SF418"]),
        ("arn:aws:states:::aws-sdk:sfn:startExecution", ["SF418"]),
        ("arn:aws:states:::dynamodb:putItem", []),
        ("arn:aws:states:::aws-sdk:s3:putObject", []),
        ("arn:aws:states:::aws-sdk:s3:getObject", []),
        ("arn:aws:states:::aws-sdk:dynamodb:executeStatement", []),
    ],
)
def test_calls_that_add_something(resource, expected) -> None:
    assert codes({"T": call(resource, Retry=RETRY)}, kind="EXPRESS") == expected
    assert codes({"T": call(resource)}, kind="EXPRESS") == []
    assert codes({"T": call(resource, Retry=[{"ErrorEquals": ["A"], "MaxAttempts": 0}])}, kind="EXPRESS") == []
    assert codes({"T": call(resource, Retry=RETRY)}, kind="EXPRESS", notes={"T": Notes(idempotent=True)}) == []
