"""Glue jobs: worker type, number of workers and execution class, from runs that were measured.

Source: AWS Glue API, JobRun; AWS Glue pricing page (per second, one minute at least); Glue job metrics,
`glue.driver.ExecutorAllocationManager.executors.numberMaxNeededExecutors`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from attrs import frozen

from sfdsl.cost.prices import Prices
from sfdsl.cost.sizing.advice import Advice, SizingError

LEAST_SECONDS = 60
FLEX_WORKERS = ("G.1X", "G.2X")
"""What Flex offers. Source: Glue developer guide, "Configuring job properties", execution class."""


@frozen(kw_only=True)
class GlueRun:
    """One run of a job.

    Attributes:
        worker_type: `G.1X` and so on.
        workers: How many were allocated, the driver included.
        seconds: How long it ran.
        flex: Whether it had execution class FLEX.
        dpu_seconds: What was billed where auto scaling is on; None is workers times time.
        needed: Executors needed at most at any time; None was not measured.
    """

    worker_type: str
    workers: float
    seconds: float
    flex: bool = False
    dpu_seconds: float | None = None
    needed: float | None = None


def glue_runs(answer: Any, needed: Mapping[str, float] | None = None) -> tuple[GlueRun, ...]:
    """The runs that succeeded, from the answer of GetJobRuns or GetJobRun as parsed JSON, the last one last.

    Args:
        answer: With `JobRuns` or `JobRun`.
        needed: Id of a run -> executors needed at most, from its metrics.

    Raises:
        SizingError: It is no such answer.
    """
    if isinstance(answer, Mapping) and isinstance(answer.get("JobRun"), Mapping):
        runs = [answer["JobRun"]]
    elif isinstance(answer, Mapping) and isinstance(answer.get("JobRuns"), list):
        runs = answer["JobRuns"]
    else:
        raise SizingError("this is no answer of GetJobRuns: it has no JobRuns")
    found = []
    for run in runs:
        if run.get("JobRunState") != "SUCCEEDED" or not run.get("WorkerType") or not run.get("NumberOfWorkers"):
            continue
        found.append(
            GlueRun(
                worker_type=run["WorkerType"],
                workers=run["NumberOfWorkers"],
                seconds=run.get("ExecutionTime", 0),
                flex=run.get("ExecutionClass") == "FLEX",
                dpu_seconds=run.get("DPUSeconds"),
                needed=(needed or {}).get(run.get("Id", "")),
            )
        )
    return tuple(reversed(found))  # GetJobRuns lists the last run first


def run_dollars(run: GlueRun, prices: Prices, *, flex: bool | None = None) -> float:
    """Dollars of one run; `flex` to see it in the other execution class."""
    is_flex = run.flex if flex is None else flex
    rate = prices.figure("glue", "flex_dpu_hour" if is_flex else "etl_dpu_hour")
    used = run.dpu_seconds
    if used is None:
        used = run.workers * _dpu(run, prices) * max(LEAST_SECONDS, run.seconds)
    return used / 3600 * rate


def worker_type(
    state: str, current: tuple[str, float], runs: Iterable[GlueRun], prices: Prices, *,
    most_seconds: float | None = None,
) -> Advice | None:  # fmt: skip
    """Which of the measured pairs of worker type and number of workers is the cheapest on average.

    Args:
        state: That runs the job.
        current: Its worker type and number of workers.
        runs: Of the job, for the same work.
        prices: Of Glue.
        most_seconds: How long a run may take on average; None is any time.

    Raises:
        SizingError: The current pair was not measured, or no other.
    """
    grouped: dict[tuple[str, float], list[GlueRun]] = {}
    for run in runs:
        grouped.setdefault((run.worker_type, run.workers), []).append(run)
    if current not in grouped or len(grouped) < 2:
        raise SizingError(f"for the job of {state!r} runs of the current size and of another one are needed")

    def cost(size: tuple[str, float]) -> float:
        return sum(run_dollars(run, prices) for run in grouped[size]) / len(grouped[size])

    def seconds(size: tuple[str, float]) -> float:
        return sum(run.seconds for run in grouped[size]) / len(grouped[size])

    fit = [size for size in grouped if most_seconds is None or seconds(size) <= most_seconds]
    if not fit:
        return None
    best = min(fit, key=lambda size: (cost(size), seconds(size)))
    if cost(best) >= cost(current) * (1 - 1e-9):
        return None
    return Advice(
        state=state,
        change=f"run the job with {best[1]:g} workers of {best[0]} (now {current[1]:g} of {current[0]})",
        before=cost(current),
        after=cost(best),
        seconds_before=seconds(current),
        seconds_after=seconds(best),
        basis=f"{sum(map(len, grouped.values()))} runs of {len(grouped)} sizes",
    )


def idle_workers(state: str, runs: Iterable[GlueRun], prices: Prices) -> Advice | None:
    """Whether workers stood idle in every run: one is the driver, the others are executors that must be needed.

    Raises:
        SizingError: No run says how many executors it needed.
    """
    known = [run for run in runs if run.needed is not None]
    if not known:
        raise SizingError(f"no run of the job of {state!r} says how many executors it needed")
    last = known[-1]
    same = [run for run in known if (run.worker_type, run.workers) == (last.worker_type, last.workers)]
    wanted = max(2.0, max(run.needed or 0.0 for run in same) + 1)
    if wanted >= last.workers:
        return None
    before = sum(run_dollars(run, prices) for run in same) / len(same)
    # With auto scaling what is billed is what was used, so that idle workers cost nothing.
    if all(run.dpu_seconds is not None for run in same):
        return None
    seconds = sum(run.seconds for run in same) / len(same)
    return Advice(
        state=state,
        change=f"run the job with {wanted:g} workers (now {last.workers:g})",
        before=before,
        after=before * wanted / last.workers,
        seconds_before=seconds,
        seconds_after=seconds,
        basis=f"at most {wanted - 1:g} executors were needed in {len(same)} runs",
    )


def flex(state: str, runs: Iterable[GlueRun], prices: Prices, *, can_wait: bool) -> Advice | None:
    """What execution class FLEX would save; None where the job has it, cannot have it, or cannot wait.

    Args:
        state: That runs the job.
        runs: Of the job.
        prices: Of Glue.
        can_wait: Whether the job may start late and be interrupted, which only its author knows.

    Raises:
        SizingError: There are no runs.
    """
    found = list(runs)
    if not found:
        raise SizingError(f"there are no runs of the job of {state!r}")
    last = found[-1]
    if not can_wait or last.flex or last.worker_type not in FLEX_WORKERS:
        return None
    before = sum(run_dollars(run, prices) for run in found) / len(found)
    after = sum(run_dollars(run, prices, flex=True) for run in found) / len(found)
    seconds = sum(run.seconds for run in found) / len(found)
    return Advice(
        state=state,
        change='run the job with "ExecutionClass": "FLEX"',
        before=before,
        after=after,
        seconds_before=seconds,
        seconds_after=seconds,
        basis=f"{len(found)} runs",
        caveat="the job is of Glue 3.0 or later and of type glueetl",
    )


def _dpu(run: GlueRun, prices: Prices) -> float:
    known: Mapping[str, float] = prices.services["glue"]["dpu_per_worker"]
    if run.worker_type not in known:
        raise SizingError(f"how many DPU a worker of {run.worker_type!r} has is not known")
    return known[run.worker_type]
