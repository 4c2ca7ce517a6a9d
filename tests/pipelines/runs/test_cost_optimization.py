"""Costs under watch: below the limit nothing happens, above it everything is tried for two weeks."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pipelines.cost_optimization import costs
from sfdsl.testing import Run, simulate
from tests.pipelines.runs.answers import BROKEN, GLUE_JOB, SENT, function_sizes


def week(*days: float) -> dict[str, Any]:
    """What Cost Explorer says of each day."""
    return {"ResultsByTime": [{"Total": {"UnblendedCost": {"Amount": str(day), "Unit": "USD"}}} for day in days]}


def variant(arn: str) -> dict[str, Any]:
    """What CodeBuild gives: the ARN of what it deployed."""
    return {"Build": {"ExportedEnvironmentVariables": [{"Name": "ARN", "Value": arn}]}}


DEAR, CHEAP = week(50, 60), week(10)
WELL: dict[str, Any] = {
    "Cost monitoring": [DEAR, CHEAP],
    "Continue normal operation": {},
    "Read memory recommendations": {
        "LambdaFunctionRecommendations": [function_sizes("etl-a", 512, 1024), function_sizes("etl-b")]
    },
    "Optimize Lambda memory": {},
    "Read Glue job": GLUE_JOB,
    "Optimize Glue capacity": {},
    "Optimize EMR instances": {},
    "Build variant (parallel stages)": variant("arn:parallel"),
    "Use parallel states": {},
    "Build variant (Express)": variant("arn:express"),
    "Use Express workflows": {},
    "Build variant (fewest transitions)": variant("arn:lean"),
    "Minimize state transitions": {},
    "Updated configuration": {},
    "Ask for a decision": SENT,
    "Report failure": SENT,
}


def run(answers: dict[str, Any] | None = None) -> Run:
    given = {"weekly_limit": 100, "emr_task_nodes": 2}
    return simulate(costs, given, tasks={**WELL, **(answers or {})})


def test_costs_below_the_limit_change_nothing() -> None:
    watched = run({"Cost monitoring": CHEAP})
    assert watched.path == ("Cost monitoring", "Cost threshold?", "Continue normal operation")
    assert watched.arguments("Continue normal operation")[0]["MetricData"][0]["Value"] == 10


def test_costs_are_read_for_the_last_week() -> None:
    assert run().arguments("Cost monitoring")[0]["TimePeriod"] == {"Start": "2025-12-25", "End": "2026-01-01"}


def test_costs_above_the_limit_are_brought_down_and_read_again_after_two_days() -> None:
    watched = run()
    assert watched.status == "SUCCEEDED"
    assert watched.path[:3] == ("Cost monitoring", "Cost threshold?", "Cost optimization")
    assert watched.path[-5:] == (
        "Updated configuration", "Monitor impact", "Cost monitoring", "Cost threshold?", "Continue normal operation"
    )  # fmt: skip
    assert watched.duration == 2 * 86_400
    recorded = json.loads(watched.arguments("Updated configuration")[0]["Value"])
    assert recorded["weekly_cost"] == 110


def test_a_function_is_given_the_best_size_and_one_without_advice_is_left_alone() -> None:
    assert run().arguments("Optimize Lambda memory") == [{"FunctionName": "etl-a", "MemorySize": 512}]


def test_nothing_is_resized_where_every_function_has_its_size() -> None:
    watched = run({"Read memory recommendations": {"LambdaFunctionRecommendations": []}})
    assert watched.status == "SUCCEEDED"
    assert watched.arguments("Optimize Lambda memory") == []


def test_a_resized_glue_job_keeps_what_it_was() -> None:
    (change,) = run().arguments("Optimize Glue capacity")
    assert change == {
        "JobName": "orders-transform",
        "JobUpdate": {
            "Role": "transform-role", "WorkerType": "G.1X", "Command": {"Name": "glueetl"}, "NumberOfWorkers": 8,
        },
    }  # fmt: skip


def test_each_variant_is_built_and_put_to_use() -> None:
    watched = run()
    (routing,) = watched.arguments("Use parallel states")
    assert routing["RoutingConfiguration"] == [{"StateMachineVersionArn": "arn:parallel", "Weight": 100}]
    assert watched.arguments("Use Express workflows")[0]["Targets"][0]["Arn"] == "arn:express"
    (lean,) = watched.arguments("Minimize state transitions")
    assert [route["Weight"] for route in lean["RoutingConfiguration"]] == [10, 90]


def test_after_two_weeks_without_success_somebody_has_to_decide() -> None:
    watched = run({"Cost monitoring": DEAR})
    assert (watched.status, watched.error, watched.cause) == ("FAILED", "CostsTooHigh", "110 USD in a week")
    assert watched.path.count("Cost optimization") == 8
    assert watched.path[-3:] == ("Cost threshold?", "Ask for a decision", "Costs stay too high")


@pytest.mark.parametrize(
    "task", ["Cost monitoring", "Continue normal operation", "Updated configuration", "Ask for a decision"]
)
def test_what_breaks_is_reported(task: str) -> None:
    dear = {"Cost monitoring": DEAR} if task == "Ask for a decision" else {}
    watched = run({**dear, task: BROKEN})
    assert (watched.status, watched.error) == ("FAILED", "States.TaskFailed")
    assert watched.path[-3:] == (task, "Report failure", "Failed")


@pytest.mark.parametrize("task", ["Read Glue job", "Optimize EMR instances", "Build variant (Express)"])
def test_a_saving_that_breaks_stops_the_others(task: str) -> None:
    watched = run({task: BROKEN})
    assert watched.path[-2:] == ("Report failure", "Failed")
    assert "Updated configuration" not in watched.path
