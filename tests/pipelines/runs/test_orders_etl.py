"""The nightly orders: each way through the pipeline, one story a test."""

from __future__ import annotations

from typing import Any

import pytest

from pipelines.orders_etl import orders
from sfdsl.testing import Run, TaskError, simulate
from tests.pipelines.runs.answers import BROKEN, JOB, SENT, parked

WELL: dict[str, Any] = {
    "Extract": JOB,
    "Transform": {**JOB, "Id": "jr_transform"},
    "Validate": {"Payload": {"rejected": 0}},
    "Load": JOB,
    "Park in dead letter queue": SENT,
}
REJECTED = {"Payload": {"rejected": 3, "rejected_at": "s3://acme-orders-raw/rejected/"}}


def run(**answers: Any) -> Run:
    return simulate(orders, {"day": "2026-11-23"}, tasks={**WELL, **answers})


def test_a_day_without_rejected_rows_is_loaded() -> None:
    night = run()
    assert night.status == "SUCCEEDED"
    assert night.path == ("Extract", "Transform", "Validate", "Rows rejected?", "Load")
    (load,) = night.arguments("Load")
    assert load["Arguments"] == {
        "--day": "2026-11-23",
        "--run": "jr_transform",
        "--target": "warehouse.sales.orders",
    }


def test_rejected_rows_are_corrected_and_loaded() -> None:
    night = run(Validate=REJECTED, Correct={"Payload": {"rejected": 0}})
    assert night.status == "SUCCEEDED"
    assert night.path[3:] == ("Rows rejected?", "Correct", "Corrected?", "Load")
    (correct,) = night.arguments("Correct")
    assert correct["Payload"] == {"day": "2026-11-23", "rejected": "s3://acme-orders-raw/rejected/"}


def test_rows_that_stay_wrong_end_in_the_dead_letter_queue() -> None:
    night = run(Validate=REJECTED, Correct={"Payload": {"rejected": 1}})
    assert (night.status, night.error) == ("FAILED", "RowsUncorrectable")
    assert night.cause == "rows are still rejected after the correction"
    assert night.path[-3:] == ("Corrected?", "Park in dead letter queue", "Failed")
    assert "Load" not in night.path


def test_a_busy_glue_is_asked_again_after_a_pause() -> None:
    night = run(Extract=[TaskError("Glue.ConcurrentRunsExceededException"), JOB])
    assert night.status == "SUCCEEDED"
    assert [(call.attempt, call.failed) for call in night.calls if call.state == "Extract"] == [(1, True), (2, False)]
    assert 0 < night.duration <= 2  # two seconds at most, with jitter


@pytest.mark.parametrize("stage", ["Extract", "Transform", "Validate", "Correct", "Load"])
def test_what_breaks_is_parked_with_all_that_a_second_run_needs(stage: str) -> None:
    night = run(**{"Validate": REJECTED, "Correct": {"Payload": {"rejected": 0}}, stage: BROKEN})
    assert (night.status, night.error, night.cause) == ("FAILED", "States.TaskFailed", "it broke")
    assert night.path[-3:] == (stage, "Park in dead letter queue", "Failed")
    (message,) = night.arguments("Park in dead letter queue")
    assert parked(message) == ("States.TaskFailed", stage)
    assert message["MessageBody"]["input"] == {"day": "2026-11-23"}
    assert message["MessageBody"]["execution"].endswith(":execution:orders-etl:simulated")
