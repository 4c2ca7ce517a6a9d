"""What `sfdsl run` prints, the sequence diagram, and files of mocks."""

from __future__ import annotations

from typing import Any

import pytest

from sfdsl.simulate.files import InvalidMocks, read_mocks
from sfdsl.simulate.narrative import Narrator, outcome
from sfdsl.simulate.sequence import sequence
from sfdsl.testing import NoAnswer, Result, TaskError, simulate

PIPELINE = {
    "StartAt": "Extract",
    "States": {
        "Extract": {
            "Type": "Task", "Resource": "arn:aws:states:::glue:startJobRun.sync", "Parameters": {"JobName": "extract"},
            "Retry": [{"ErrorEquals": ["States.TaskFailed"], "IntervalSeconds": 90, "MaxAttempts": 1}],
            "ResultPath": "$.job", "Next": "Each file",
        },
        "Each file": {
            "Type": "Map", "ItemsPath": "$.files", "MaxConcurrency": 1, "ResultPath": None,
            "ItemProcessor": {"StartAt": "Check; #1", "States": {"Check; #1": {"Type": "Pass", "End": True}}},
            "Next": "Load",
        },
        "Load": {
            "Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:load", "ResultPath": None,
            "Catch": [{"ErrorEquals": ["States.ALL"], "ResultPath": "$.error", "Next": "Failed"}], "Next": "Done",
        },
        "Done": {"Type": "Succeed"},
        "Failed": {"Type": "Fail", "Error": "Load.Failed", "CausePath": "$.error.Cause"},
    },
}  # fmt: skip
TASKS = {
    "Extract": [TaskError("Glue.Busy", "try again", after=30), Result({"Id": "jr"}, after=60)],
    "Load": TaskError("Disk", "is full"),
}


def run(tasks: dict[str, Any] = TASKS, **options: Any) -> Any:
    return simulate(PIPELINE, {"files": ["a", "b"]}, tasks=tasks, check_results=False, **options)


def test_the_narrative_tells_each_state_retry_catch_and_time() -> None:
    lines: list[str] = []
    done = run(listener=Narrator(lines.append))
    assert lines == [
        ' 00:00:00  Extract (Task) <- {"files":["a","b"]}',
        " 00:00:30     Glue.Busy: try again; retry 1 in 90 seconds",
        ' 00:03:00     -> {"files":["a","b"],"job":{"Id":"jr"}}',
        ' 00:03:00  Each file (Map) <- {"files":["a","b"],"job":{"Id":"jr"}}',
        ' 00:03:00    Check; #1 [0] (Pass) <- "a"',
        ' 00:03:00    Check; #1 [1] (Pass) <- "b"',
        ' 00:03:00  Load (Task) <- {"files":["a","b"],"job":{"Id":"jr"}}',
        " 00:03:00     Disk: is full; caught",
        ' 00:03:00     -> {"files":["a","b"],"job":{"Id":"jr"},"error":{"Error":"Disk","Cause":"is full"}}',
        ' 00:03:00  Failed (Fail) <- {"files":["a","b"],"job":{"Id":"jr"},"error":{"Error":"Disk","Cause":"is full"}}',
        " 00:03:00     Load.Failed: is full; not caught",
    ]
    assert outcome(done) == [
        "FAILED: Load.Failed: is full",
        "6 states, 3 task calls, 180 seconds of virtual time, 30 events",
    ]


def test_payloads_can_be_left_out() -> None:
    lines: list[str] = []
    run(listener=Narrator(lines.append, payloads=False))
    assert lines[0] == " 00:00:00  Extract (Task)"
    assert not any("files" in line for line in lines)


def test_the_sequence_diagram_shows_who_asked_whom() -> None:
    drawn = sequence(run(), "Nightly; orders", started_by="Scheduler")
    assert (
        drawn
        == """\
---
title: "Nightly; orders"
---
sequenceDiagram
    participant client as Scheduler
    participant sf as Step Functions
    participant s2 as Extract
    participant s3 as glue
    participant s4 as Each file
    participant s5 as Check#59; #35;1
    participant s6 as Load
    participant s7 as Lambda load
    participant s8 as Failed
    client->>sf: Start execution
    sf->>s2: Execute Task
    s2->>s3: startJobRun.sync
    s3-->>s2: Accepted
    s3--xs2: Glue.Busy
    s2->>s3: startJobRun.sync
    s3-->>s2: Accepted
    s3-->>s2: Return result
    s2-->>sf: State complete
    sf->>s4: Execute Map
    s4->>sf: Iteration 0
    sf->>s5: Execute Pass
    s5-->>sf: State complete
    s4->>sf: Iteration 1
    sf->>s5: Execute Pass
    s5-->>sf: State complete
    s4-->>sf: State complete
    sf->>s6: Execute Task
    s6->>s7: invoke
    s7--xs6: Disk
    s6-->>sf: State complete
    sf->>s8: Execute Fail
    sf--xclient: Execution failed: Load.Failed after 180 seconds
"""
    )


def test_a_long_execution_is_cut() -> None:
    chain = {f"S{n}": {"Type": "Pass", "Next": f"S{n + 1}"} for n in range(300)}
    drawn = sequence(simulate({"StartAt": "S0", "States": {**chain, "S300": {"Type": "Succeed"}}}))
    assert drawn.count("\n") < 750
    assert drawn.endswith("    Note over sf: 604 events in all, the rest is left out\n")


# -- files ------------------------------------------------------------------------------------------------------------


def test_our_own_file_has_answers_sequences_objects_and_durations() -> None:
    mocks = read_mocks(
        {
            "tasks": {
                "Extract": [{"error": "Glue.Busy", "cause": "try again", "after": 30}, {"return": {"Id": "jr"}}],
                "Load": [{"error": "Disk", "cause": "is full"}, "..."],
                "Plain": {"return": 1, "other": 2},
                "Never": {"never": True, "heartbeats": [5]},
            },
            "durations": {"Extract": 60},
            "objects": {"s3://b/k": "x"},
        }
    )
    assert mocks.tasks["Plain"] == Result({"return": 1, "other": 2})
    assert mocks.tasks["Never"] == NoAnswer(heartbeats=(5,))
    assert mocks.objects == {"s3://b/k": "x"}
    done = run(mocks.tasks, durations=mocks.durations)
    assert (done.error, done.cause, done.duration) == ("Load.Failed", "is full", 180)


def test_a_file_may_hold_nothing_but_tasks() -> None:
    assert read_mocks({"Load": {"Payload": 1}}).tasks == {"Load": Result({"Payload": 1})}


AWS = {
    "StateMachines": {"Orders": {"TestCases": {"HappyPath": {"Extract": "Run", "Load": "Loaded"},
                                               "Retried": {"Extract": "Busy"}}}},
    "MockedResponses": {
        "Run": {"0": {"Return": {"Id": "jr"}}},
        "Loaded": {"0": {"Return": {}}},
        "Busy": {"0-1": {"Throw": {"Error": "Glue.Busy", "Cause": "busy"}}, "2": {"Return": {"Id": "jr"}}},
    },
}  # fmt: skip


def test_the_file_of_step_functions_local_is_read_by_test_case() -> None:
    mocks = read_mocks(AWS, "Orders", "HappyPath")
    assert mocks.cases == ("HappyPath", "Retried")
    assert run(mocks.tasks).status == "SUCCEEDED"
    busy = read_mocks(AWS, "Orders", "Retried").tasks["Extract"]
    assert [getattr(each, "error", "") for each in busy] == ["Glue.Busy", "Glue.Busy", ""]
    assert run({**mocks.tasks, "Extract": busy}).error == "Glue.Busy"


@pytest.mark.parametrize(
    ("content", "case", "message"),
    [
        pytest.param([], None, "a file of mocks holds a JSON object, not array", id="no object"),
        pytest.param(AWS, None, "choose a test case; Orders has HappyPath, Retried", id="no case chosen"),
        pytest.param(AWS, "Sad", "there is no test case 'Sad'; Orders has HappyPath, Retried", id="no such case"),
        pytest.param({"tasks": {}, "task": {}}, None, "unknown keys in the file of mocks: task", id="misspelt key"),
        pytest.param(
            {"A": {"return": 1, "error": "E"}}, None,
            "an answer of task 'A' has more than one of return, error and never", id="two ends",
        ),
        pytest.param({"A": 1}, "Case", "only AWS's MockConfigFile.json has test cases", id="a case of our own file"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_read_says_why(content: Any, case: str | None, message: str) -> None:
    with pytest.raises(InvalidMocks) as caught:
        read_mocks(content, "Orders", case)
    assert message in str(caught.value)
