"""A pipeline that is measured and tuned for a week: each kind of trouble has its own three remedies."""

from __future__ import annotations

from typing import Any

import pytest

from pipelines.performance_optimization import tuning
from sfdsl.testing import Run, TaskError, simulate
from tests.pipelines.runs.answers import BROKEN, GLUE_JOB, SENT, function_sizes


def figures(latency: float = 1000, transitions: float = 10, finished: float = 9) -> dict[str, Any]:
    """What CloudWatch says of the last hour."""
    return {"MetricDataResults": [{"Values": [value]} for value in (latency, transitions, finished)]}


FINE = figures()
SLOW, DEAR, SLUGGISH = figures(latency=9e6), figures(transitions=5000), figures(finished=0)
WELL: dict[str, Any] = {
    "Performance monitoring": FINE,
    "Monitor impact": FINE,
    "Minimize state count": {},
    "Optimize state logic": {},
    "Read Express definition": {"Body": '{"StartAt": "A"}'},
    "Use Express workflow": {"StateMachineArn": "arn:express", "CreationDate": "2026-01-01T00:00:00Z"},
    "Update Express workflow": {},
    "Read memory recommendations": {"LambdaFunctionRecommendations": [function_sizes("etl-a", 512, 1024)]},
    "Right-size Lambda": {},
    "Read Glue job": GLUE_JOB,
    "Optimize Glue capacity": {},
    "Use Spot instances": {},
    "Find running execution": {"Executions": [{"ExecutionArn": "arn:running"}]},
    "Find map run": {"MapRuns": [{"MapRunArn": "arn:map"}]},
    "Increase parallel states": {},
    "Optimize batch size": {},
    "Use concurrent execution": {},
    "Apply changes": {},
    "Further optimization": SENT,
    "Report failure": SENT,
}


def run(first: dict[str, Any], answers: dict[str, Any] | None = None) -> Run:
    """A week of which the first hour looks like this, and all others are fine."""
    given = {"seconds_at_most": 600, "transitions_at_most": 1000, "executions_at_least": 5}
    return simulate(tuning, given, tasks={**WELL, "Performance monitoring": [first, FINE, ...], **(answers or {})})


def first_round(week: Run) -> tuple[str, ...]:
    """The states between the first look at the figures and the second."""
    again = week.path.index("Performance monitoring", 1) if week.path.count("Performance monitoring") > 1 else None
    return week.path[2:again]


def test_a_fine_week_is_only_watched() -> None:
    week = run(FINE)
    assert week.status == "SUCCEEDED"
    assert set(week.path) == {
        "Performance monitoring", "Performance issue?", "Continue monitoring", "Watch is over"
    }  # fmt: skip
    assert week.duration == 7 * 86_400 + 6 * 3600


def test_high_latency_is_met_by_leaner_variants_and_an_express_machine() -> None:
    week = run(SLOW)
    assert week.status == "SUCCEEDED"
    assert first_round(week) == (
        "Optimize state transitions", "Minimize state count", "Optimize state logic", "Read Express definition",
        "Use Express workflow", "Apply changes", "Let it settle", "Monitor impact", "Performance improved?",
        "Continue monitoring",
    )  # fmt: skip
    (created,) = week.arguments("Use Express workflow")
    assert (created["Type"], created["Definition"]) == ("EXPRESS", '{"StartAt": "A"}')


def test_an_express_machine_of_an_earlier_round_is_updated() -> None:
    week = run(SLOW, {"Use Express workflow": TaskError("Sfn.StateMachineAlreadyExistsException")})
    assert week.status == "SUCCEEDED"
    assert week.arguments("Update Express workflow")[0]["Definition"] == '{"StartAt": "A"}'


def test_high_cost_is_met_by_the_right_sizes_and_spot() -> None:
    week = run(DEAR)
    assert set(first_round(week)) >= {"Optimize resources", "Each function", "Use Spot instances", "Apply changes"}
    assert week.arguments("Right-size Lambda") == [{"FunctionName": "etl-a", "MemorySize": 512}]
    assert week.arguments("Optimize Glue capacity")[0]["JobUpdate"]["NumberOfWorkers"] == 8


def test_low_throughput_is_met_by_more_at_a_time() -> None:
    week = run(SLUGGISH)
    assert set(first_round(week)) >= {"Optimize batch size", "Use concurrent execution", "Apply changes"}
    assert week.arguments("Find map run") == [{"ExecutionArn": "arn:running"}]
    assert week.arguments("Increase parallel states") == [{"MapRunArn": "arn:map", "MaxConcurrency": 200}]


@pytest.mark.parametrize(
    "answer",
    [{"Find running execution": {"Executions": []}}, {"Find map run": {"MapRuns": []}}],
    ids=["nothing runs", "what runs is in no Map"],
)
def test_a_map_that_does_not_run_is_not_widened(answer: dict[str, Any]) -> None:
    week = run(SLUGGISH, answer)
    assert week.status == "SUCCEEDED"
    assert "Nothing runs now" in first_round(week)
    assert week.arguments("Increase parallel states") == []


def test_what_does_not_help_is_handed_to_the_engineers() -> None:
    week = run(SLOW, {"Monitor impact": SLOW})
    assert first_round(week)[-2:] == ("Performance improved?", "Further optimization")
    (told,) = week.arguments("Further optimization")
    assert told["Message"].startswith("p95 9000000 ms, 10 transitions and 9 executions in the last hour.")


@pytest.mark.parametrize(
    ("task", "first"),
    [
        ("Performance monitoring", FINE),
        ("Apply changes", SLOW),
        ("Monitor impact", SLOW),
        ("Further optimization", SLOW),
    ],
)
def test_what_breaks_is_reported(task: str, first: dict[str, Any]) -> None:
    week = run(first, {"Monitor impact": SLOW, task: BROKEN})
    assert (week.status, week.error) == ("FAILED", "States.TaskFailed")
    assert week.path[-3:] == (task, "Report failure", "Failed")


@pytest.mark.parametrize(
    ("task", "first", "remedies"),
    [
        ("Minimize state count", SLOW, "Optimize state transitions"),
        ("Use Spot instances", DEAR, "Optimize resources"),
        ("Optimize batch size", SLUGGISH, "Optimize parallelism"),
    ],
)
def test_a_remedy_that_breaks_keeps_the_others_from_being_applied(
    task: str, first: dict[str, Any], remedies: str
) -> None:
    week = run(first, {task: BROKEN})
    assert week.path[-2:] == ("Report failure", "Failed")
    assert "Apply changes" not in week.path
    assert week.arguments("Report failure")[0]["Message"].startswith(f"{remedies}: it broke")
