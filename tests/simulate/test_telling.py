"""What `sfdsl run` prints, the sequence diagram, and files of mocks."""

from __future__ import annotations

import re
from pathlib import Path
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


def test_the_narrative_names_a_state_again_where_others_came_between() -> None:
    lines: list[str] = []
    definition = {"StartAt": "Both", "States": {"Both": {"Type": "Parallel", "End": True, "Branches": [
        {"StartAt": "Slow", "States": {"Slow": calling("glue:startJobRun")}},
        {"StartAt": "Fast", "States": {"Fast": calling("athena:startQueryExecution")}},
    ]}}}  # fmt: skip
    tasks = {"Slow": Result("s", after=9), "Fast": Result("f", after=1)}
    simulate(definition, 1, tasks, listener=Narrator(lines.append), check_results=False)
    assert lines == [
        " 00:00:00  Both (Parallel) <- 1",
        " 00:00:00    Slow (Task) <- 1",
        " 00:00:00    Fast (Task) <- 1",
        ' 00:00:01       -> "f"',
        ' 00:00:09    Slow -> "s"',
        ' 00:00:09  Both -> ["s","f"]',
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
    participant s5 as Load
    participant s6 as Lambda load
    client->>sf: Start execution
    sf->>s2: Execute Extract
    s2->>s3: startJobRun.sync
    s3-->>s2: Accepted
    s3--xs2: Glue.Busy
    s2--xsf: State failed
    sf->>sf: Back off, 90 seconds
    sf->>s2: Retry Extract
    s2->>s3: startJobRun.sync
    s3-->>s2: Accepted
    s3-->>s2: Return result
    s2-->>sf: State complete
    sf->>s4: Execute Each file
    s4->>sf: Iteration 0
    sf->>sf: Check#59; #35;1
    s4->>sf: Iteration 1
    sf->>sf: Check#59; #35;1
    s4-->>sf: State complete
    sf->>s5: Execute Load
    s5->>s6: invoke
    s6--xs5: Disk
    s5--xsf: State failed, error caught
    sf->>sf: Failed
    sf--xclient: Execution failed: Load.Failed after 180 seconds
"""
    )


def messages(definition: Any, tasks: dict[str, Any]) -> list[str]:
    """The messages of a diagram, with names in place of the short ones."""
    lines = sequence(simulate(definition, tasks=tasks, check_results=False)).splitlines()
    names = [line.split(" as ") for line in lines if line.startswith("    participant")]
    told = [line.strip() for line in lines if "->>" in line or "--x" in line]
    for alias, name in reversed([(alias.split()[1], name) for alias, name in names]):
        told = [re.sub(rf"(^|>>|x){alias}(?=-|:)", rf"\1<{name}>", line) for line in told]
    return told


def calling(resource: str, **more: Any) -> dict[str, Any]:
    return {"Type": "Task", "Resource": f"arn:aws:states:::{resource}", "End": True, **more}


def test_answers_go_to_the_state_that_asked_where_flows_run_side_by_side() -> None:
    definition = {"StartAt": "Both", "States": {"Both": {"Type": "Parallel", "End": True, "Branches": [
        {"StartAt": "Slow", "States": {"Slow": calling("glue:startJobRun")}},
        {"StartAt": "Fast", "States": {"Fast": calling("athena:startQueryExecution")}},
    ]}}}  # fmt: skip
    assert messages(definition, {"Slow": Result({}, after=9), "Fast": Result({}, after=1)}) == [
        "<Client>->><Step Functions>: Start execution",
        "<Step Functions>->><Both>: Execute Both",
        "<Step Functions>->><Slow>: Execute Slow",
        "<Slow>->><glue>: startJobRun",
        "<Step Functions>->><Fast>: Execute Fast",
        "<Fast>->><athena>: startQueryExecution",
        "<athena>-->><Fast>: Return result",
        "<Fast>-->><Step Functions>: State complete",
        "<glue>-->><Slow>: Return result",
        "<Slow>-->><Step Functions>: State complete",
        "<Both>-->><Step Functions>: State complete",
        "<Step Functions>-->><Client>: Execution succeeded after 9 seconds",
    ]


def test_a_parallel_that_fails_in_a_parallel_is_tried_again_and_caught() -> None:
    inner = {"Type": "Parallel", "End": True, "Branches": [{"StartAt": "Call", "States": {"Call": calling("x:y")}}],
             "Retry": [{"ErrorEquals": ["Busy"], "IntervalSeconds": 5, "MaxAttempts": 1}]}  # fmt: skip
    definition = {"StartAt": "Outer", "States": {
        "Outer": {"Type": "Parallel", "Branches": [{"StartAt": "Inner", "States": {"Inner": inner}}],
                  "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Pause"}], "End": True},
        "Pause": {"Type": "Wait", "Seconds": 60, "Next": "Enough?"},
        "Enough?": {"Type": "Choice", "Choices": [{"Variable": "$.Error", "IsPresent": True, "Next": "Done"}]},
        "Done": {"Type": "Succeed"},
    }}  # fmt: skip
    call = ["<Step Functions>->><Call>: Execute Call", "<Call>->><x>: y", "<x>--x<Call>: Busy"]
    assert messages(definition, {"Call": TaskError("Busy")})[1:] == [
        "<Step Functions>->><Outer>: Execute Outer",
        "<Step Functions>->><Inner>: Execute Inner",
        *call,
        "<Inner>--x<Step Functions>: State failed",
        "<Step Functions>->><Step Functions>: Back off, 5 seconds",
        "<Step Functions>->><Inner>: Retry Inner",
        *call,
        "<Outer>--x<Step Functions>: State failed, error caught",
        "<Step Functions>->><Step Functions>: Pause, 60 seconds",
        "<Step Functions>->><Step Functions>: Enough? leads to Done",
        "<Step Functions>->><Step Functions>: Done",
        "<Step Functions>-->><Client>: Execution succeeded after 65 seconds",
    ]


def test_children_of_a_distributed_map_are_one_message() -> None:
    body = {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}, "StartAt": "Call",
            "States": {"Call": calling("x:y")}}  # fmt: skip
    each = {"Type": "Map", "ItemsPath": "$.rows", "ToleratedFailureCount": 1, "ItemProcessor": body, "End": True}
    definition = {"StartAt": "Rows", "States": {
        "Rows": {"Type": "Pass", "Result": {"rows": [1, 2, 3]}, "Next": "Each"}, "Each": each,
    }}  # fmt: skip
    assert messages(definition, {"Call": [TaskError("Busy"), 1, 1]})[2:-1] == [
        "<Step Functions>->><Each>: Execute Each",
        "<Each>->><Step Functions>: 3 child executions, 1 failed",
        "<Each>-->><Step Functions>: State complete",
    ]


def test_a_long_execution_is_cut() -> None:
    chain = {f"S{n}": {"Type": "Pass", "Next": f"S{n + 1}"} for n in range(500)}
    drawn = sequence(simulate({"StartAt": "S0", "States": {**chain, "S500": {"Type": "Succeed"}}}))
    assert drawn.count("\n") < 450
    assert drawn.endswith("    Note over sf: 1004 events in all, the rest is left out\n")


# -- files ------------------------------------------------------------------------------------------------------------


def test_our_own_file_has_answers_sequences_objects_and_durations() -> None:
    mocks = read_mocks(
        {
            "tasks": {
                "Extract": [{"error": "Glue.Busy", "cause": "try again", "after": 30}, {"return": {"Id": "jr"}}],
                "Load": [{"error": "Disk", "cause": "is full"}, "..."],
            },
            "durations": {"Extract": 60},
            "objects": {"s3://b/k": "x"},
            "substitutions": {"Bucket": "b"},
            "input": [1],
        }
    )
    assert mocks.objects == {"s3://b/k": "x"}
    assert (mocks.substitutions, mocks.input) == ({"Bucket": "b"}, [1])
    done = run(mocks.tasks, durations=mocks.durations)
    assert (done.error, done.cause, done.duration) == ("Load.Failed", "is full", 180)


def test_an_answer_is_told_by_its_keys() -> None:
    mocks = read_mocks({"Plain": {"return": 1, "other": 2}, "Never": {"never": True, "heartbeats": [5]}})
    assert mocks.tasks == {"Plain": Result({"return": 1, "other": 2}), "Never": NoAnswer(heartbeats=(5.0,))}


def test_an_object_can_be_a_local_file_beside_the_file_of_mocks(tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text("id\n1\n")
    given = {"tasks": {}, "objects": {"s3://b/rows.csv": {"file": "rows.csv"}}}
    assert read_mocks(given, folder=tmp_path).objects == {"s3://b/rows.csv": tmp_path / "rows.csv"}
    with pytest.raises(InvalidMocks, match=r"there is no file nowhere/rows.csv for the object s3://b/rows.csv"):
        read_mocks(given, folder=Path("nowhere"))


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
        pytest.param(
            {"tasks": {}, "objets": {}}, None,
            "unknown key 'objets' in the file of mocks; did you mean 'objects'?", id="misspelt key",
        ),
        pytest.param({"tasks": {}, "durations": {"A": "5m"}}, None, 'durations/A is a number of seconds, not "5m"', id="text for seconds"),
        pytest.param({"A": {"return": 1, "after": -1}}, None, "after of task 'A' is a number of seconds, not -1", id="negative"),
        pytest.param({"A": {"never": 1, "heartbeats": 5}}, None, "heartbeats of task 'A' is an array of seconds", id="one heartbeat"),
        pytest.param({"A": {"error": 404}}, None, "error of task 'A' is a text, not number", id="a number for an error"),
        pytest.param({"tasks": {}, "objects": {"rows.csv": ""}}, None, "'rows.csv' names no object; write s3://bucket/key", id="no bucket"),
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
