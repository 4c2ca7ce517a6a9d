"""Measurements of all kinds, as they come from files: each gives the advice that its figures bear, or says what is missing."""

from __future__ import annotations

from typing import Any

import pytest
from attrs import evolve

from sfdsl.cost.analysis import Analysis, analyse
from sfdsl.cost.profile import Profile, StateProfile
from sfdsl.model.workflow import Notes, Workflow
from tests.cost.machines import TOKEN, chain, distributed, task, workflow

GLUE = "arn:aws:states:::glue:startJobRun.sync"
EMR = "arn:aws:states:::elasticmapreduce:createCluster.sync"


def analysed(machine: Workflow, documents: dict[str, Any], profile: Profile | None = None) -> Analysis:
    return analyse(machine, profile, measured=documents, unlocking=False)


def one(resource: str, **arguments: Any) -> Workflow:
    return workflow(chain(("Work", task(resource, Arguments=arguments))))


def power(*sizes: tuple[int, float]) -> dict[str, Any]:
    return {"stats": [{"value": size, "averageDuration": ms} for size, ms in sizes]}


def job_run(id: str, workers: int, seconds: int, kind: str = "G.1X") -> dict[str, Any]:
    return {
        "Id": id, "JobRunState": "SUCCEEDED", "WorkerType": kind, "NumberOfWorkers": workers, "ExecutionTime": seconds,
    }  # fmt: skip


def changes(found: Analysis) -> list[str]:
    assert found.sized.problems == ()
    return [each.change for each in found.sized.advice]


def test_a_function_gets_the_cheapest_size_that_was_measured() -> None:
    profile = Profile(states={"Work": StateProfile(memory_mb=1024)})
    found = analysed(workflow(chain(("Work", task()))), {"Work": power((256, 1000), (512, 400), (1024, 390))}, profile)
    assert changes(found) == ["set the memory of the function to 512 MB (now 1024 MB)"]
    (advice,) = found.sized.advice
    assert advice.saved == pytest.approx((0.390 * 1 - 0.400 * 0.5) * 0.0000166667, rel=1e-4)


def test_the_size_and_the_partition_are_chosen_together() -> None:
    """Alone 128 MB is the cheapest; in an Express child, which the quick sizes make worth it, its seconds cost more."""
    names = ("A", "B", "C", "D")
    machine = workflow(
        chain(("Ask", task(TOKEN)), *((name, task()) for name in names)),
        notes={name: Notes(idempotent=True, duration=60.0) for name in names},
    )
    profile = Profile(states={name: StateProfile(memory_mb=128) for name in names})
    documents = {name: power((128, 60_000), (1024, 7_550)) for name in names}
    assert changes(analysed(machine, documents, profile)) == []
    assert (
        changes(analysed(evolve(machine, auto=True), documents, profile))
        == ["set the memory of the function to 1024 MB (now 128 MB)"] * 4
    )


def test_a_job_gets_the_worker_type_that_was_cheaper() -> None:
    document = {"JobRuns": [job_run("jr_2", 5, 1000, "G.2X"), job_run("jr_1", 10, 1800)]}
    assert changes(analysed(one(GLUE, WorkerType="G.1X", NumberOfWorkers=10), {"Work": document})) == [
        "run the job with 5 workers of G.2X (now 10 of G.1X)"
    ]


def test_without_arguments_the_last_run_is_the_size_of_today() -> None:
    document = {"JobRuns": [job_run("jr_2", 5, 1000, "G.2X"), job_run("jr_1", 10, 1800)]}  # the last run first
    assert changes(analysed(one(GLUE), {"Work": document})) == []


def test_a_job_with_idle_workers_that_can_wait() -> None:
    document = {"JobRuns": [job_run("jr_1", 10, 1800)], "needed": {"jr_1": 4}, "can_wait": True}
    assert sorted(changes(analysed(one(GLUE), {"Work": document}))) == [
        'run the job with "ExecutionClass": "FLEX"', "run the job with 5 workers (now 10)",
    ]  # fmt: skip


def test_a_cluster_whose_memory_was_free_and_whose_tasks_may_go() -> None:
    document = {
        "instances": 10, "hours": 2.0, "instance_hour": 0.24, "free_memory": 60, "runs": 14,
        "spot": {"task_instances": 8, "spot_hour": 0.07, "interruptions": 0.02, "redo_hours": 0.5},
    }  # fmt: skip
    assert changes(analysed(one(EMR), {"Work": document})) == [
        "run the 8 task instances as Spot", "run 5 instances (now 10)",
    ]  # fmt: skip


def test_a_distributed_map_gets_its_batch_and_its_children() -> None:
    rows = [[100, 28.0], [200, 32.0], [400, 62.0], [500, 74.0], [600, 90.0], [800, 120.0], [1000, 150.0]]
    found = analysed(distributed(50_000_000, 100, "EXPRESS", 28.0), {"Each": {"batches": rows}})
    assert changes(found) == ["set MaxItemsPerBatch 1000 (now 100) and ExecutionType STANDARD (now EXPRESS)"]
    (advice,) = found.sized.advice
    assert advice.after == pytest.approx(3.75, abs=0.005)


def test_a_map_in_a_hurry_gets_the_concurrency_that_it_needs() -> None:
    document = {"batches": [[100, 28.0], [1000, 150.0]], "most_seconds": 3600}
    found = analysed(distributed(50_000_000, 100, "STANDARD", 28.0), {"Each": document})
    # 24 waves of 150 s are 3,600 s, so that 50,000 children take 2,084 at a time.
    assert changes(found) == ["set MaxItemsPerBatch 1000 (now 100) and MaxConcurrency 2084"]
    document["throttled_above"] = 400
    found = analysed(distributed(50_000_000, 100, "STANDARD", 28.0), {"Each": document})
    assert found.sized.problems == (("Each", "50,000 children of 150 s are not done in 3600 s, 400 at a time"),)


@pytest.mark.parametrize(
    ("document", "problem"),
    [
        pytest.param([], "the measurements are no JSON object", id="a list"),
        pytest.param({}, "this output has neither stats nor a visualization", id="nothing"),
        pytest.param(power((512, 1), (1024, 1)), "say memory_mb of 'Work' in the profile", id="no size of today"),
        pytest.param({"JobRuns": []}, "no run succeeded", id="no runs"),
        pytest.param({"JobRuns": [{"JobRunState": "SUCCEEDED", "WorkerType": "G.9X", "NumberOfWorkers": 2, "Id": "a"}], "can_wait": True, "needed": {"a": 9}},
                     "", id="a worker type that cannot be had as Flex is left alone"),
        pytest.param({"instances": 10}, "the measurements are not as they should be", id="half a cluster"),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_said(document: Any, problem: str) -> None:
    found = analysed(workflow(chain(("Work", task()))), {"Work": document}).sized
    assert found.advice == ()
    assert [text for _, text in found.problems if problem and problem in text] == [text for _, text in found.problems]
    assert bool(found.problems) == bool(problem)


def test_measurements_of_what_is_not_there() -> None:
    found = analysed(workflow(chain(("Work", task()))), {"Wrk": {}}).sized
    assert found.problems == (("Wrk", "there is no such state"),)
