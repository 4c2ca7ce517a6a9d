"""A primary region that fails is looked at again before the backup region takes over."""

from __future__ import annotations

from typing import Any

import pytest

from pipelines.disaster_recovery import recovery
from sfdsl.testing import Run, simulate
from tests.pipelines.runs.answers import BROKEN, SENT


def checkers(healthy: int) -> dict[str, Any]:
    """What sixteen checkers of Route 53 say, of whom so many find the region healthy."""
    seen = ["Success: HTTP Status Code 200, OK" if i < healthy else "Failure: Connection timed out" for i in range(16)]
    return {"HealthCheckObservations": [{"StatusReport": {"Status": status}} for status in seen]}


def database(promoted: bool) -> dict[str, Any]:
    """What RDS says of the global cluster: which member is the writer."""
    backup = {"DbClusterArn": "${BackupClusterArn}", "IsWriter": promoted}
    primary = {"DbClusterArn": "arn:primary", "IsWriter": not promoted}
    return {"GlobalClusters": [{"GlobalClusterMembers": [primary, backup]}]}


GONE = checkers(2)
WELL: dict[str, Any] = {
    "Check primary health": GONE,
    "Trigger recovery": {"FailedEntryCount": 0},
    "Promote backup database": {},
    "Look at database": [database(False), database(True)],
    "Enable schedules": {},
    "Make room for the load": {},
    "Start pipeline in backup region": {"Output": {}},
    "Report recovery": SENT,
    "Call for help": SENT,
}


def run(answers: dict[str, Any] | None = None) -> Run:
    return simulate(recovery, {"day": "2026-11-23"}, tasks={**WELL, **(answers or {})})


def test_a_healthy_primary_is_left_alone() -> None:
    watch = run({"Check primary health": checkers(16)})
    assert watch.path == ("Check primary health", "Primary healthy?", "Primary is healthy")


def test_a_failure_of_a_moment_is_not_believed() -> None:
    watch = run({"Check primary health": [checkers(1), checkers(15)]})
    assert watch.path[-4:] == ("Look again", "Check primary health", "Primary healthy?", "Primary is healthy")
    assert watch.duration == 30


def test_a_primary_that_is_gone_for_three_minutes_is_replaced() -> None:
    watch = run()
    assert watch.status == "SUCCEEDED"
    look = ("Check primary health", "Primary healthy?")
    assert watch.path[:15] == (*[*look, "Look again"] * 5,)
    assert watch.path.count("Look again") == 6
    assert watch.path[20:] == (
        "Trigger recovery", "Activate backup", "Promote backup database", "Enable schedules", "Make room for the load",
        *["Wait for promotion", "Look at database", "Database promoted?"] * 2, "Database is promoted",
        "Start pipeline in backup region", "Report recovery",
    )  # fmt: skip
    (started,) = watch.arguments("Start pipeline in backup region")
    assert started["Input"]["day"] == "2026-11-23"


def test_the_announcement_says_how_many_checkers_are_left() -> None:
    assert run().arguments("Trigger recovery")[0]["Entries"][0]["Detail"]["healthy_checkers"] == 2


def test_a_backup_that_is_not_promoted_within_an_hour_calls_for_help() -> None:
    watch = run({"Look at database": database(False)})
    assert watch.path[-4:] == ("Database promoted?", "Not promoted", "Call for help", "Failed")
    assert (watch.error, watch.cause) == ("NotPromoted", "the backup database is no writer after an hour")
    assert 3600 < watch.duration < 3700


@pytest.mark.parametrize(
    "task",
    ["Check primary health", "Trigger recovery", "Start pipeline in backup region", "Report recovery"],
)
def test_what_breaks_calls_for_help(task: str) -> None:
    watch = run({task: BROKEN})
    assert watch.path[-3:] == (task, "Call for help", "Failed")
    assert watch.arguments("Call for help")[0]["Message"].startswith(f"{task} failed with States.TaskFailed: it broke")


@pytest.mark.parametrize("task", ["Promote backup database", "Enable schedules", "Make room for the load"])
def test_a_part_of_the_activation_that_breaks_calls_for_help(task: str) -> None:
    watch = run({task: BROKEN})
    assert watch.path[-2:] == ("Call for help", "Failed")
    assert "Start pipeline in backup region" not in watch.path
