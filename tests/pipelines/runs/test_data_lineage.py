"""Returns: every stage says what it read and wrote, and one that cannot say it counts as failed."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pipelines.data_lineage import returns
from sfdsl.testing import Run, simulate
from tests.pipelines.runs.answers import BROKEN, JOB, SENT, parked

WELL: dict[str, Any] = {
    "Extract": JOB,
    "Transform": JOB,
    "Validate": {"Payload": {"valid": True}},
    "Load": JOB,
    "aws-sdk:datazone:postLineageEvent": {"Id": "event-1"},  # whichever step records lineage
    "Park in dead letter queue": SENT,
}
STAGES = (
    "Extract", "Log data source", "Transform", "Log transformation", "Validate", "Log validation", "Load",
    "Log destination",
)  # fmt: skip


def run(answers: dict[str, Any] | None = None) -> Run:
    return simulate(returns, {"day": "2026-11-23"}, tasks={**WELL, **(answers or {})})


def lineage(day: Run, state: str) -> dict[str, Any]:
    """The OpenLineage event that a step recorded."""
    event: dict[str, Any] = json.loads(day.arguments(state)[0]["Event"])
    return event


def test_each_stage_is_followed_by_the_step_that_records_its_lineage() -> None:
    day = run()
    assert day.status == "SUCCEEDED"
    assert tuple(state for state in day.path if state != "Valid?") == STAGES


def test_a_stage_records_what_it_read_and_wrote() -> None:
    event = lineage(run(), "Log transformation")
    assert event["inputs"] == [
        {"namespace": "s3://acme-raw", "name": "returns/day=2026-11-23"},
        {"namespace": "awsglue://eu-west-1", "name": "curated.orders"},
    ]
    assert event["outputs"] == [{"namespace": "awsglue://eu-west-1", "name": "curated.returns"}]
    assert event["job"] == {"namespace": "data-lineage", "name": "Transform"}


def test_what_one_stage_writes_the_next_one_reads() -> None:
    day = run()
    written = lineage(day, "Log data source")["outputs"]
    assert written[0] in lineage(day, "Log transformation")["inputs"]


def test_invalid_returns_are_not_loaded() -> None:
    day = run({"Validate": {"Payload": {"valid": False}}})
    assert (day.error, day.cause) == ("ReturnsInvalid", "see s3://acme-quality/returns/day=2026-11-23/report.json")
    assert day.path[-3:] == ("Valid?", "Park in dead letter queue", "Failed")


@pytest.mark.parametrize("task", STAGES)
def test_a_stage_that_breaks_or_cannot_tell_its_lineage_is_parked(task: str) -> None:
    day = run({task: BROKEN})
    assert day.path[-3:] == (task, "Park in dead letter queue", "Failed")
    assert parked(day.arguments("Park in dead letter queue")[0]) == ("States.TaskFailed", task)
