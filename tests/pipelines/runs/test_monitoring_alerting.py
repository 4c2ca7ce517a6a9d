"""A shift of micro-batches: it goes on while they keep to the thresholds, else an operator decides."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pipelines.monitoring_alerting import shift
from sfdsl.testing import Run, simulate
from tests.pipelines.runs.answers import BROKEN, SENT

THRESHOLDS = {"Parameter": {"Value": json.dumps({"seconds": 600, "rows": 1000})}}


def micro_batch(seconds: int = 100, rows: int = 5000) -> dict[str, Any]:
    """What the micro-batch machine gives."""
    return {"Output": {"seconds": seconds, "rows": rows}}


SLOW = [micro_batch(seconds=900), micro_batch(), ...]
WELL: dict[str, Any] = {
    "Run micro-batch": micro_batch(),
    "Publish metrics": {},
    "Read thresholds": THRESHOLDS,
    "Raise alarm": {},
    "Email alert": SENT,
    "SMS alert": SENT,
    "Slack notification": {"Payload": None},
    "Manual intervention": {"decision": "continue"},
    "Report failure": SENT,
}
ROUND = ("Run micro-batch", "Publish metrics", "Read thresholds", "Threshold exceeded?")
ALARM = (
    "Raise alarm", "Send notifications", "Email alert", "SMS alert", "Slack notification", "Manual intervention",
    "Go on?",
)  # fmt: skip


def run(answers: dict[str, Any] | None = None) -> Run:
    return simulate(shift, {"stream": "orders", "hours": 1}, tasks={**WELL, **(answers or {})})


def test_a_quiet_shift_runs_a_batch_every_five_minutes_until_it_is_over() -> None:
    done = run()
    assert done.status == "SUCCEEDED"
    assert done.path == (*[*ROUND, "Continue monitoring"] * 13, *ROUND, "Shift is over")
    assert done.duration == 13 * 300


def test_each_round_publishes_what_it_took_and_moved() -> None:
    published = run().arguments("Publish metrics")[0]["MetricData"]
    assert [(metric["MetricName"], metric["Value"]) for metric in published] == [("Duration", 100), ("Rows", 5000)]


@pytest.mark.parametrize("batch", [micro_batch(seconds=601), micro_batch(rows=999)], ids=["too slow", "too few rows"])
def test_a_batch_beyond_the_thresholds_raises_the_alarm_on_three_channels(batch: dict[str, Any]) -> None:
    done = run({"Run micro-batch": [batch, micro_batch(), ...]})
    assert done.path[: len(ROUND + ALARM) + 1] == (*ROUND, *ALARM, "Continue monitoring")
    (said,) = done.arguments("SMS alert")
    took, moved = batch["Output"]["seconds"], batch["Output"]["rows"]
    assert said["Message"] == f"The micro-batch of orders took {took} seconds and moved {moved} rows."


def test_an_operator_can_stop_the_shift() -> None:
    done = run({"Run micro-batch": SLOW, "Manual intervention": {"decision": "stop"}})
    assert (done.status, done.error) == ("FAILED", "StoppedByOperators")
    assert done.path == (*ROUND, *ALARM, "Stopped by the operators")


@pytest.mark.parametrize("channel", ["Email alert", "SMS alert", "Slack notification"])
def test_a_channel_that_is_down_does_not_keep_the_question_from_being_asked(channel: str) -> None:
    done = run({"Run micro-batch": SLOW, channel: BROKEN})
    assert done.status == "SUCCEEDED"
    assert done.path.count("Manual intervention") == 1


@pytest.mark.parametrize(
    "task", ["Run micro-batch", "Publish metrics", "Read thresholds", "Raise alarm", "Manual intervention"]
)
def test_what_breaks_ends_the_shift_and_is_reported(task: str) -> None:
    done = run({"Run micro-batch": SLOW, task: BROKEN})
    assert (done.status, done.error) == ("FAILED", "States.TaskFailed")
    assert done.path[-3:] == (task, "Report failure", "Failed")
    assert done.arguments("Report failure")[0]["Message"].startswith(f"{task} failed with States.TaskFailed.")
