"""Right-sizing: what was measured, what it saves, and no advice without data."""

from __future__ import annotations

import base64
import itertools
import random
import struct
from typing import Any

import pytest

from sfdsl.cost.prices import load
from sfdsl.cost.sizing import (
    ClusterUse,
    GlueRun,
    Power,
    Size,
    SizingError,
    best_batch,
    best_concurrency,
    finding,
    flex,
    glue_runs,
    idle_workers,
    instance_count,
    joint,
    lambda_memory,
    power_tuning,
    spot,
    worker_type,
)
from sfdsl.cost.sizing.joint import dollars_of
from sfdsl.model.workflow import Notes
from tests.cost.machines import LAMBDA, TOKEN, chain, task, workflow

PRICES = load()
SECOND = PRICES.express_second()

# -- Lambda ------------------------------------------------------------------------------------------------------------

STATS = {
    "results": {
        "power": "512",
        "cost": 1e-6,
        "duration": 300,
        "stats": [
            {"value": 1024, "averageDuration": 160.0, "averagePrice": 1.0},
            {"value": 128, "averageDuration": 1300.0, "averagePrice": 1.0},
            {"value": 512, "averageDuration": 300.0, "averagePrice": 1.0},
        ],
    }
}


def encoded(sizes: list[int], times: list[float]) -> dict[str, Any]:
    parts = [struct.pack(f"<{len(sizes)}h", *sizes), struct.pack(f"<{len(times)}f", *times), b"\0" * 4 * len(times)]
    url = "https://lambda-power-tuning.show/#" + ";".join(base64.b64encode(part).decode() for part in parts)
    return {"power": "128", "stateMachine": {"visualization": url}}


def test_power_tuning_by_its_stats() -> None:
    assert power_tuning(STATS) == (Power(128, 1.3), Power(512, 0.3), Power(1024, 0.16))


def test_power_tuning_by_its_picture() -> None:
    assert power_tuning(encoded([128, 3008], [1300.0, 62.5])) == (Power(128, 1.3), Power(3008, 0.0625))


@pytest.mark.parametrize("result", [{}, {"power": "128"}, 3, {"stats": [{"value": 1}]}, encoded([1, 2], [1.0])])
def test_power_tuning_without_data_is_no_data(result: Any) -> None:
    with pytest.raises(SizingError):
        power_tuning(result)


def test_the_cheapest_memory_is_the_one_with_the_least_gb_seconds() -> None:
    found = lambda_memory("Load", 1024, power_tuning(STATS), PRICES)
    assert found is not None
    assert found.change == "set the memory of the function to 512 MB (now 1024 MB)"
    assert found.before == pytest.approx(0.2e-6 + 0.16 * 1.66667e-5)
    assert found.after == pytest.approx(0.2e-6 + 0.15 * 1.66667e-5)


def test_in_express_a_faster_function_may_be_the_cheaper_one() -> None:
    assert lambda_memory("Load", 1024, power_tuning(STATS), PRICES, express_second=SECOND * 20) is None


def test_a_limit_of_time_rules_sizes_out() -> None:
    found = lambda_memory("Load", 128, power_tuning(STATS), PRICES, most_seconds=0.2)
    assert found is not None
    assert found.seconds_after == 0.16


def test_one_size_is_no_data() -> None:
    with pytest.raises(SizingError, match="one size was measured"):
        lambda_memory("Load", 128, [Power(128, 1.0)], PRICES)


def test_a_size_that_was_not_measured_gets_no_advice() -> None:
    assert lambda_memory("Load", 256, power_tuning(STATS), PRICES) is None


def test_advice_as_a_finding() -> None:
    found = lambda_memory("Load", 1024, power_tuning(STATS), PRICES)
    assert found is not None
    told = finding(found, runs=1_000_000)
    assert told.code == "SF452"
    assert told.message == (
        "'Load' costs $0.167 a month more than it need (measured at 128, 512, 1024 MB); "
        "a run takes 0.3 s instead of 0.16 s"
    )
    assert told.hint == "set the memory of the function to 512 MB (now 1024 MB)"


# -- Glue --------------------------------------------------------------------------------------------------------------


def job_run(**more: Any) -> dict[str, Any]:
    return {
        "Id": "jr_1", "JobRunState": "SUCCEEDED", "WorkerType": "G.1X", "NumberOfWorkers": 10, "ExecutionTime": 1800, **more
    }  # fmt: skip


def test_runs_are_read_from_the_api() -> None:
    answer = {
        "JobRuns": [
            job_run(),
            job_run(JobRunState="FAILED"),
            job_run(Id="jr_2", ExecutionClass="FLEX", DPUSeconds=9000.0),
            {"JobRunState": "SUCCEEDED", "MaxCapacity": 2.0},
        ]
    }
    assert glue_runs(answer, {"jr_1": 4}) == (
        GlueRun(worker_type="G.1X", workers=10, seconds=1800, flex=True, dpu_seconds=9000.0),
        GlueRun(worker_type="G.1X", workers=10, seconds=1800, needed=4),
    )
    with pytest.raises(SizingError):
        glue_runs({"Jobs": []})


def test_workers_that_were_never_needed_are_idle() -> None:
    found = idle_workers("Transform", glue_runs({"JobRuns": [job_run()]}, {"jr_1": 4}), PRICES)
    assert found is not None
    assert found.change == "run the job with 5 workers (now 10)"
    assert found.before == pytest.approx(10 * 0.5 * 0.44)
    assert found.after == pytest.approx(5 * 0.5 * 0.44)


def test_auto_scaling_bills_no_idle_workers() -> None:
    assert idle_workers("T", glue_runs({"JobRuns": [job_run(DPUSeconds=9000.0)]}, {"jr_1": 4}), PRICES) is None


def test_without_the_metric_nothing_is_said_about_workers() -> None:
    with pytest.raises(SizingError, match="how many executors"):
        idle_workers("Transform", glue_runs({"JobRuns": [job_run()]}), PRICES)


def test_flex_is_for_jobs_that_can_wait() -> None:
    runs = glue_runs({"JobRuns": [job_run()]})
    assert flex("Transform", runs, PRICES, can_wait=False) is None
    found = flex("Transform", runs, PRICES, can_wait=True)
    assert found is not None
    assert found.saved == pytest.approx(5 * (0.44 - 0.29))
    assert flex("T", glue_runs({"JobRuns": [job_run(WorkerType="G.8X")]}), PRICES, can_wait=True) is None


def test_the_cheapest_measured_worker_type() -> None:
    runs = [
        GlueRun(worker_type="G.1X", workers=10, seconds=1800),
        GlueRun(worker_type="G.2X", workers=5, seconds=1500),
        GlueRun(worker_type="G.2X", workers=10, seconds=1400),
    ]
    found = worker_type("Transform", ("G.1X", 10), runs, PRICES)
    assert found is not None
    assert found.change == "run the job with 5 workers of G.2X (now 10 of G.1X)"
    assert found.saved == pytest.approx(10 * 300 / 3600 * 0.44)
    with pytest.raises(SizingError):
        worker_type("Transform", ("G.1X", 4), runs, PRICES)


def test_a_job_pays_a_minute_at_least() -> None:
    runs = [
        GlueRun(worker_type="G.1X", workers=2, seconds=5),
        GlueRun(worker_type="G.1X", workers=2, seconds=60),
        GlueRun(worker_type="G.2X", workers=2, seconds=5),
    ]
    assert worker_type("T", ("G.1X", 2), runs, PRICES) is None


# -- EMR ---------------------------------------------------------------------------------------------------------------


def test_instances_whose_memory_was_free_all_the_time() -> None:
    use = ClusterUse(instances=10, hours=2, instance_hour=0.24, free_memory=60, runs=5)
    found = instance_count("Cluster", use)
    assert found is not None
    assert found.change == "run 5 instances (now 10)"
    assert found.saved == pytest.approx(5 * 2 * 0.24)
    assert instance_count("Cluster", ClusterUse(instances=10, hours=2, instance_hour=0.24, free_memory=10)) is None
    with pytest.raises(SizingError):
        instance_count("Cluster", ClusterUse(instances=10, hours=2, instance_hour=0.24))


def test_spot_pays_unless_interruptions_eat_it_up() -> None:
    use = ClusterUse(instances=10, hours=2, instance_hour=0.24)
    found = spot("Cluster", use, 8, 0.08, interruptions=0.05, redo_hours=1.0)
    assert found is not None
    assert found.after == pytest.approx(2 * 2 * 0.24 + 16 * 1.05 * 0.08)
    assert spot("Cluster", use, 8, 0.23, interruptions=0.5, redo_hours=1.0) is None
    with pytest.raises(SizingError):
        spot("Cluster", use, 11, 0.08, 0.05, 1.0)


# -- batches -----------------------------------------------------------------------------------------------------------

MEASURED = [(100, 28.0), (200, 32.0), (400, 62.0), (500, 74.0), (600, 90.0), (800, 120.0), (1000, 150.0)]


def test_the_published_table_has_its_optimum_at_a_thousand() -> None:
    """Seven sizes, two types each: $3.75 with Standard children of 1,000 items is the least."""
    for current in ((100, "STANDARD"), (100, "EXPRESS"), (200, "EXPRESS")):
        found = best_batch("Each", current, 50_000_000, MEASURED, 2, PRICES)
        assert found is not None
        assert found.after == pytest.approx(3.75)
        assert "MaxItemsPerBatch 1000" in found.change
    assert best_batch("Each", (1000, "STANDARD"), 50_000_000, MEASURED, 2, PRICES) is None


def test_one_fused_step_is_cheaper_still() -> None:
    found = best_batch("Each", (100, "EXPRESS"), 50_000_000, MEASURED, 1, PRICES)
    assert found is not None
    assert found.after == pytest.approx(2.50)


def test_a_deadline_keeps_batches_small() -> None:
    found = best_batch(
        "Each", (100, "STANDARD"), 50_000_000, MEASURED, 2, PRICES, most_seconds=1700, concurrency=10_000
    )
    assert found is not None
    assert found.seconds_after <= 1700
    unbounded = best_batch("Each", (100, "STANDARD"), 50_000_000, MEASURED, 2, PRICES)
    assert unbounded is not None
    assert found.after >= unbounded.after


def test_a_size_that_nobody_measured_gets_no_advice() -> None:
    with pytest.raises(SizingError):
        best_batch("Each", (50, "STANDARD"), 1000, MEASURED, 2, PRICES)


def test_the_fewest_children_at_a_time_that_are_done_in_time() -> None:
    assert best_concurrency(1000, 10, 100) == 100
    assert best_concurrency(1, 10, 100) == 1
    with pytest.raises(SizingError):
        best_concurrency(1_000_000, 100, 100)
    with pytest.raises(SizingError):
        best_concurrency(1000, 10, 100, throttled_above=50)


# -- together with the partition -----------------------------------------------------------------------------------------


def sized(seed: int) -> tuple[Any, dict[str, list[Size]]]:
    """Up to six tasks in a row, some of which must stay Standard, with up to three sizes each."""
    rng = random.Random(seed)
    count = rng.randint(2, 6)
    names = [f"S{i}" for i in range(count)]
    states = chain(*((name, task(LAMBDA if rng.random() < 0.8 else TOKEN)) for name in names))
    notes = {name: Notes(idempotent=True, duration=1.0) for name in names}
    sizes = {}
    for name in names:
        seconds = rng.choice((0.2, 2.0, 15.0, 40.0))
        dollars = rng.choice((1e-6, 1e-5, 4e-5))
        sizes[name] = [
            Size(f"{k}", round(seconds / k ** rng.choice((0.5, 1.0)), 3), dollars * k ** rng.choice((0.2, 0.6)))
            for k in range(1, rng.randint(2, 4))
        ]
    return workflow(states, notes=notes), sizes


def test_sizes_and_partition_are_the_best_of_all_pairs() -> None:
    different = 0
    for seed in range(60):
        machine, sizes = sized(seed)
        found = joint(machine, sizes, None, PRICES)
        best = min(
            dollars_of(machine, dict(zip(sizes, each, strict=True)), None, PRICES, None).dollars
            for each in itertools.product(*sizes.values())
        )
        # Rounding up to 100 ms may make a size a hair better than it is by its seconds.
        assert found.dollars <= best * 1.002 + 1e-12, f"seed {seed}"
        different += found.dollars > best * (1 + 1e-9)
    assert different <= 6
