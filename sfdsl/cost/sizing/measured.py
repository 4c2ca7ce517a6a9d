"""What measurements say about the sizes of a workflow: each file is known by what is in it.

Lambda Power Tuning: its output, for a Task; `memory_mb` of the profile says the size of today.

Glue: the answer of GetJobRuns, for a Task. Beside JobRuns may stand `needed` (id of a run -> executors needed at most)
and `can_wait` (the job may start late and be interrupted, so that Flex serves).

EMR: `{"instances": 10, "hours": 2.5, "instance_hour": 0.24, "free_memory": 60, "runs": 14}`, for a Task, with
`"spot": {"task_instances": 8, "spot_hour": 0.07, "interruptions": 0.02, "redo_hours": 0.5}` where Spot may serve.

Distributed Map: `{"batches": [[100, 28.0], [1000, 150.0]], "most_seconds": 3600, "throttled_above": 400}`: items of a
batch and seconds that a child took, how long the Map may take, and how many children at a time were throttled.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from attrs import frozen

from sfdsl.cost.estimate import Estimate
from sfdsl.cost.knowledge import Knowledge, literal
from sfdsl.cost.partition.plan import Plan
from sfdsl.cost.partition.terms import Options
from sfdsl.cost.prices import Prices
from sfdsl.cost.sizing.advice import Advice, SizingError
from sfdsl.cost.sizing.batches import best_batch
from sfdsl.cost.sizing.emr import ClusterUse, instance_count, spot
from sfdsl.cost.sizing.glue import GlueRun, flex, glue_runs, idle_workers, worker_type
from sfdsl.cost.sizing.joint import Size, joint
from sfdsl.cost.sizing.lambda_memory import invocation, lambda_memory, power_tuning
from sfdsl.model.states import Map, State, Task
from sfdsl.model.workflow import MachineType, inner, walk


@frozen(kw_only=True)
class Sized:
    """What came of the measurements.

    Attributes:
        advice: What to change, the most saved first.
        problems: State and what is wrong with its measurements.
    """

    advice: tuple[Advice, ...] = ()
    problems: tuple[tuple[str, str], ...] = ()


def advise(
    documents: Mapping[str, Any], knowledge: Knowledge, before: Estimate, plan: Plan, prices: Prices
) -> Sized:  # fmt: skip
    """What to change in the sizes of what a workflow calls.

    Args:
        documents: State -> its measurements as parsed JSON.
        knowledge: Of the workflow as declared, with its profile.
        before: Its estimate.
        plan: Which of its states run in Express, where seconds cost.
        prices: Of the services.
    """
    states = {state.name: state for _, state in walk(knowledge.workflow.machine)}
    if knowledge.workflow.auto:
        plan = _fitting(documents, states, knowledge, plan, prices)
    advisor = _Advisor(knowledge, before, plan, prices)
    advice: list[Advice] = []
    problems: list[tuple[str, str]] = []
    for name, document in documents.items():
        if name not in states:
            problems.append((name, "there is no such state"))
            continue
        try:
            advice += advisor.of(states[name], document)
        except SizingError as problem:
            problems.append((name, str(problem)))
        except (KeyError, TypeError, ValueError, AttributeError) as problem:
            problems.append((name, f"the measurements are not as they should be: {type(problem).__name__}: {problem}"))
    runs = before.entries
    advice.sort(key=lambda each: -each.saved * runs.get(each.state, 0.0))
    return Sized(advice=tuple(advice), problems=tuple(problems))


def _fitting(
    documents: Mapping[str, Any], states: Mapping[str, State], knowledge: Knowledge, plan: Plan, prices: Prices
) -> Plan:  # fmt: skip
    """The plan that goes with the best sizes of functions: one that is cheaper and slower may cost more in Express."""
    sizes: dict[str, list[Size]] = {}
    kept = {state.name for _, state in walk(plan.workflow.machine)}
    for name, document in documents.items():
        if name not in kept or not isinstance(states.get(name), Task):
            continue
        try:
            powers = power_tuning(document)
        except SizingError:
            continue  # no measurements of a function; where they are wrong, that is told by whoever reads them
        sizes[name] = [Size(f"{each.megabytes:g} MB", each.seconds, invocation(each, prices)) for each in powers]
    if not sizes:
        return plan
    return joint(plan.workflow, sizes, knowledge.profile, prices, Options(callers_ok=True)).plan


class _Advisor:
    def __init__(self, knowledge: Knowledge, before: Estimate, plan: Plan, prices: Prices) -> None:
        self.knowledge = knowledge
        self.before = before
        self.plan = plan
        self.prices = prices

    def of(self, state: State, document: Any) -> Iterator[Advice]:
        """What measurements of one kind say about a state."""
        if not isinstance(document, Mapping):
            raise SizingError("the measurements are no JSON object")
        if isinstance(state, Map):
            yield from filter(None, [self._batches(state, document)])
        elif not isinstance(state, Task):
            raise SizingError(f"{state.name!r} calls nothing that has a size")
        elif "JobRuns" in document or "JobRun" in document:
            yield from self._glue(state, document)
        elif "instances" in document:
            yield from self._emr(state, document)
        else:
            yield from filter(None, [self._function(state, document)])

    def _function(self, state: Task, document: Mapping[str, Any]) -> Advice | None:
        powers = power_tuning(document)
        current = self.knowledge.told(state.name).memory_mb
        if current is None:
            raise SizingError(f"say memory_mb of {state.name!r} in the profile: the size of the function today")
        if all(power.megabytes != current for power in powers):
            raise SizingError(f"the size of today, {current:g} MB, is not among those that were measured")
        rate = 0.0
        if self.plan.type is MachineType.EXPRESS:
            rate = self.prices.express_second()
        for region in self.plan.regions:
            if state.name in region.states:
                rate = self.prices.express_second(region.chunks, self.plan.tier)
        return lambda_memory(state.name, current, powers, self.prices, express_second=rate)

    def _glue(self, state: Task, document: Mapping[str, Any]) -> Iterator[Advice]:
        runs = glue_runs(document, document.get("needed"))
        if not runs:
            raise SizingError("no run succeeded, or none says its worker type and number of workers")
        current = self._workers(state, runs)
        found: list[Advice | None] = []
        if len({(run.worker_type, run.workers) for run in runs}) > 1:
            found.append(worker_type(state.name, current, runs, self.prices))
        if not any(found) and any(run.needed is not None for run in runs):
            found.append(idle_workers(state.name, runs, self.prices))
        found.append(flex(state.name, runs, self.prices, can_wait=document.get("can_wait") is True))
        yield from filter(None, found)

    def _workers(self, state: Task, runs: tuple[GlueRun, ...]) -> tuple[str, float]:
        """Worker type and number of today: as the arguments say, else as in the last run."""
        arguments = state.arguments if isinstance(state.arguments, Mapping) else {}
        kind, number = arguments.get("WorkerType"), arguments.get("NumberOfWorkers")
        last = runs[-1]
        return (
            kind if isinstance(kind, str) and not kind.startswith("{%") else last.worker_type,
            number if isinstance(number, int) else last.workers,
        )

    def _emr(self, state: Task, document: Mapping[str, Any]) -> Iterator[Advice]:
        known = ("instances", "hours", "instance_hour", "free_memory", "runs")
        use = ClusterUse(**{key: document[key] for key in known if key in document})
        if use.free_memory is not None:
            yield from filter(None, [instance_count(state.name, use, least=document.get("least", 1))])
        if "spot" in document:
            yield from filter(None, [spot(state.name, use, **document["spot"])])

    def _batches(self, state: Map, document: Mapping[str, Any]) -> Advice | None:
        if not state.distributed or state.item_batcher is None:
            raise SizingError(f"{state.name!r} is no Distributed Map with an ItemBatcher")
        size = literal(state.item_batcher.max_items_per_batch)
        items = self.knowledge.items(state)
        if size is None or items is None:
            raise SizingError(f"MaxItemsPerBatch and the number of items of {state.name!r} have to be known")
        config = state.body.processor_config if state.body is not None else None
        kind = getattr(config, "execution_type", None) or "STANDARD"
        scope = next(scope for scope, each in walk(self.knowledge.workflow.machine) if each is state)
        (body,) = inner(scope, state)
        children = self.before.entries.get(state.name, 0.0) * max(1.0, items / size)
        steps = sum(self.before.entries.get(each.name, 0.0) for each in body.flow.states)
        return best_batch(
            state.name,
            (int(size), kind),
            int(items),
            [(int(count), float(seconds)) for count, seconds in document["batches"]],
            steps / children if children else float(len(body.flow.states)),
            self.prices,
            express=not any(self.plan.blockers.get(each.name) for each in body.flow.states),
            most_seconds=document.get("most_seconds"),
            concurrency=literal(state.max_concurrency) or None,
            throttled_above=document.get("throttled_above"),
        )
