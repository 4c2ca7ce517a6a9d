"""Three sources side by side: extracted, joined, judged and loaded, or nothing is loaded at all."""

from __future__ import annotations

from typing import Any

import pytest

from pipelines.parallel_sources import customer_360
from sfdsl.testing import Result, Run, simulate
from tests.pipelines.runs.answers import BAD_SCORE, BROKEN, JOB, QUALITY_GATE, SENT, parked

WELL: dict[str, Any] = {
    **QUALITY_GATE,
    "Extract orders": JOB,
    "Extract customers": {},
    "Extract clicks": {},
    "Transform": {},
    "Load": {"Id": "statement-1"},
    "Look at load": [{"Status": "STARTED"}, {"Status": "FINISHED"}],
    "Park in dead letter queue": SENT,
}


def run(answers: dict[str, Any] | None = None, **options: Any) -> Run:
    return simulate(customer_360, {"day": "2026-11-23"}, tasks={**WELL, **(answers or {})}, **options)


def test_the_sources_are_joined_judged_and_loaded() -> None:
    day = run()
    assert day.status == "SUCCEEDED"
    assert [state for state in day.path if not state.endswith("?")] == [
        "Extract sources", "Extract orders", "Extract customers", "Extract clicks", "Transform", "Start quality check",
        *["Wait for quality check", "Look at quality check"] * 2, "Read quality score", "Load",
        *["Wait for load", "Look at load"] * 2, "Done",
    ]  # fmt: skip
    (transform,) = day.arguments("Transform")
    assert transform["JobDriver"]["SparkSubmit"]["EntryPointArguments"] == [
        "--day", "2026-11-23",
        "--orders", "s3://acme-staging/orders/simulated/",
        "--customers", "s3://acme-staging/customers/simulated/",
        "--clicks", "s3://acme-staging/clicks/simulated/",
        "--target", "s3://acme-curated/customer_360/day=2026-11-23/",
    ]  # fmt: skip


def test_the_sources_are_extracted_at_the_same_time() -> None:
    slow = {"Extract orders": Result(JOB, after=1200), "Extract customers": Result({}, after=600)}
    assert run(slow).duration - run().duration == 1200


def test_clicks_are_read_under_the_role_of_their_account() -> None:
    seen = []

    def athena(arguments: Any, call: Any) -> dict[str, Any]:
        seen.append((call.credentials, arguments["ExecutionParameters"]))
        return {}

    run({"Extract clicks": athena})
    assert seen == [({"RoleArn": "${ClickstreamAccountRoleArn}"}, ["'2026-11-23'"])]


def test_data_of_low_quality_is_not_loaded() -> None:
    day = run({"Read quality score": BAD_SCORE})
    assert (day.error, day.cause) == ("QualityTooLow", "the rules passed with a score of 0.5, not 0.98")
    assert day.path[-3:] == ("Quality good enough?", "Park in dead letter queue", "Failed")
    assert "Load" not in day.path


def test_an_evaluation_that_breaks_down_is_no_good_quality() -> None:
    day = run({"Look at quality check": {"Status": "TIMEOUT"}})
    assert day.error == "QualityCheckFailed"
    assert "Load" not in day.path


def test_a_load_that_the_warehouse_undoes_fails_the_run() -> None:
    day = run({"Look at load": {"Status": "ABORTED", "Error": "the disk is full"}})
    assert (day.error, day.cause) == ("LoadFailed", "the disk is full")
    assert day.path[-3:] == ("Loaded?", "Park in dead letter queue", "Failed")


@pytest.mark.parametrize("source", ["Extract orders", "Extract customers", "Extract clicks"])
def test_a_source_that_fails_stops_the_others_and_is_parked(source: str) -> None:
    day = run({source: BROKEN})
    assert day.path[-2:] == ("Park in dead letter queue", "Failed")
    assert parked(day.arguments("Park in dead letter queue")[0]) == ("States.TaskFailed", "Extract sources")
    assert "Transform" not in day.path


@pytest.mark.parametrize(
    "task", ["Transform", "Start quality check", "Look at quality check", "Read quality score", "Load", "Look at load"]
)
def test_what_breaks_later_is_parked(task: str) -> None:
    day = run({task: BROKEN})
    assert day.path[-3:] == (task, "Park in dead letter queue", "Failed")
    assert parked(day.arguments("Park in dead letter queue")[0]) == ("States.TaskFailed", task)
