"""Distributed Map: a Map Run that starts a child execution for each item or batch of items."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sfdsl.aws import quotas
from sfdsl.model.states import ABSENT, ItemBatcher, Map
from sfdsl.simulate.data import Data, QueryData
from sfdsl.simulate.errors import TOLERATED, StatesError, runtime
from sfdsl.simulate.frames import Execution, Frame, Group
from sfdsl.simulate.groups import MapCode, Whole
from sfdsl.simulate.paths import template
from sfdsl.simulate.queries import query
from sfdsl.simulate.readers import Item, Reading
from sfdsl.simulate.values import Json, size
from sfdsl.simulate.writers import Writing, outcome

if TYPE_CHECKING:
    from sfdsl.simulate.engine import Engine

DISTRIBUTED_CONCURRENCY = quotas.DISTRIBUTED_MAP_CONCURRENCY.limit
"""Child executions under way at once."""


class MapRun:
    """One Map Run under way.

    Attributes:
        arn: Of the Map Run.
        id: The last part of it.
        inputs: What each child is started with, and how many items that is.
        executions: The children started so far.
        failed: Items of children that failed.
        count, percentage: Failures that are tolerated; None where the field is absent.
    """

    def __init__(self, state: DistributedCode, group: Group, arn: str, id: str) -> None:
        self.state = state
        self.group = group
        self.arn = arn
        self.id = id
        self.inputs: list[tuple[Json, int]] = []
        self.executions: list[Execution] = []
        self.items = 0
        self.failed = 0
        self.count: float | None = None
        self.percentage: float | None = None

    def start(self, engine: Engine) -> None:
        """Start the next child."""
        group, state = self.group, self.state
        owner, place = group.owner, group.following
        group.following += 1
        name = engine.uuid()
        arn = f"{owner.execution.arn.split(':execution:')[0].split(':express:')[0]}"
        child = Execution(
            name, f"{arn}:execution:{engine.machine_name}/{state.label}:{name}", state.express, None, engine.now
        )
        child.input = self.inputs[place][0]
        child.parent = owner.execution
        child.map_run = self
        owner.execution.children.append(child)
        self.executions.append(child)
        frame = engine.begin(child, state.body, None)
        frame.slot = place
        frame.iteration = (*owner.iteration, place)
        group.running[place] = frame

    def child_ended(self, engine: Engine, child: Execution) -> None:
        """A child execution ended, well or not."""
        group = self.group
        assert child.root is not None
        place = child.root.slot
        if place not in group.running:
            return  # aborted with the run
        del group.running[place]
        group.left -= 1
        if child.status == "SUCCEEDED":
            group.results[place] = child.output
        else:
            self.failed += self.inputs[place][1]
            if self.exceeded():
                engine.queue(group.owner, lambda engine, frame: self.state.exceed(engine, self))
                return
        if group.following < len(self.inputs):
            self.start(engine)
        elif group.left == 0:
            engine.queue(group.owner, self.state.complete)

    def exceeded(self) -> bool:
        """Whether more failed than is tolerated.

        Where nothing is said, nothing is; and 0 says nothing. Source: measured by the authors of sfnx.
        """
        if not self.count and not self.percentage:
            return self.failed > 0
        if self.count and self.failed > self.count:
            return True
        return bool(self.percentage) and 100 * self.failed > (self.percentage or 0) * self.items


class DistributedCode(MapCode):
    """A Distributed Map."""

    def __init__(self, state: Map, jsonata: bool) -> None:
        super().__init__(state, jsonata)
        config = state.body.processor_config if state.body is not None else None
        self.express = config is not None and config.execution_type == "EXPRESS"
        self.label = state.label or "".join(char for char in state.name if char.isalnum())[:40] or "Map"
        self.reading = None if state.item_reader is None else Reading(state.item_reader, jsonata)
        self.batching = None if state.item_batcher is None else Batching(state.item_batcher, jsonata)
        self.writing = None if state.result_writer is None else Writing(state.result_writer, jsonata)
        self.count = Whole(
            "ToleratedFailureCount", state.tolerated_failure_count, state.tolerated_failure_count_path, jsonata
        )
        self.percentage = Whole(
            "ToleratedFailurePercentage",
            state.tolerated_failure_percentage,
            state.tolerated_failure_percentage_path,
            jsonata,
            real=True,
        )
        if isinstance(self.data, QueryData):
            self.data.context = True  # readers, batchers and writers may read it, too

    def begin(self, engine: Engine, frame: Frame) -> bool:
        data = self.data
        effective = data.effective(frame)
        limit = int(self.concurrency.value(data, frame, effective, 0))
        items = [] if self.reading is not None else self._items(frame, effective)
        frame.work = None
        engine.record(frame, "MapStateStarted", {"length": len(items)})
        count = self.count.value(data, frame, effective, 0) if self.count.given else None
        percentage = self.percentage.value(data, frame, effective, 0) if self.percentage.given else None
        for name, value, most in (("Count", count, None), ("Percentage", percentage, 100)):
            if value is not None and not (value >= 0 and (most is None or value <= most)):
                between = "be between 0 and 100" if most else "be at least 0"
                raise runtime(f"ToleratedFailure{name} must {between}.")
        group = Group(self, frame, 0, limit or DISTRIBUTED_CONCURRENCY)
        id = engine.uuid()
        machine = engine.machine_arn.replace(":stateMachine:", ":mapRun:")
        run = group.run = MapRun(self, group, f"{machine}/{self.label}:{id}", id)
        run.count, run.percentage = count, percentage
        frame.work = group
        engine.record(frame, "MapRunStarted", {"mapRunArn": run.arn})
        try:
            self._prepare(engine, frame, effective, run, items)
        except StatesError as error:
            if error.terminal:
                raise
            engine.record(frame, "MapRunFailed", {"error": error.error, "cause": error.cause})
            raise
        group.results = [None] * len(run.inputs)
        group.left = len(run.inputs)
        if not run.inputs:
            engine.queue(frame, self.complete)
        for _ in range(min(group.window, len(run.inputs))):
            run.start(engine)
        return False

    def _prepare(self, engine: Engine, frame: Frame, effective: Json, run: MapRun, items: list[Item]) -> None:
        data = self.data
        if self.reading is not None:
            most = self.reading.max_items(data, frame, effective)
            items = self.reading.read(engine.objects, self.reading.arguments(data, frame, effective), most)
        run.items = len(items)
        chosen: list[Json] = []
        for place, item in enumerate(items):
            context: dict[str, Json] = {"Index": place, "Value": item.value, "Source": item.source}
            if item.key is not None:
                context["Key"] = item.key
            # What an object's entries look like: measured by the authors of sfnx.
            whole = item.value if item.key is None else {"Key": item.key, "Value": item.value}
            chosen.append(self.selected(frame, context, whole))
        if self.batching is None:
            run.inputs = [(value, 1) for value in chosen]
        else:
            run.inputs = self.batching.batches(data, frame, effective, chosen)

    def _items(self, frame: Frame, effective: Json) -> list[Item]:
        found = self._found(frame, effective)
        given = self.items is not None or self.items_path is not None
        if isinstance(found, dict) and given and self.batching is None:
            return [Item(value, key=key) for key, value in found.items()]
        return [Item(value) for value in self.array(frame, effective)]

    def complete(self, engine: Engine, frame: Frame) -> bool:
        """All children have ended, and no more of them failed than is tolerated."""
        run: MapRun = frame.work.run
        # Neither is named by what follows: measured, the recorded executions since November 2024.
        started = frame.last
        engine.record(frame, "MapRunSucceeded", {})
        engine.record(frame, "MapStateSucceeded", {})
        frame.last = started
        if self.writing is not None:
            result = self.writing.result(engine, self.data, frame, run)
        else:
            result = [outcome(child) for child in run.executions]
        output, assigned = self.data.finish(frame, result)
        return engine.leave(frame, output, assigned, self.next, self.edge)

    def exceed(self, engine: Engine, run: MapRun) -> bool:
        """More children failed than is tolerated."""
        frame = run.group.owner
        frame.serial += 1
        self.abort_group(engine, run.group, True)
        error = StatesError(TOLERATED, "The specified tolerated failure threshold was exceeded")
        engine.record(frame, "MapRunFailed", {"error": error.error, "cause": error.cause})
        return engine.failed(frame, error)

    def abort_group(self, engine: Engine, group: Group, recorded: bool) -> None:
        running, group.running = group.running, {}
        for frame in running.values():
            engine.abort(frame)
            engine.end(frame.execution, "ABORTED")


class Batching:
    """An ItemBatcher, compiled."""

    def __init__(self, batcher: ItemBatcher, jsonata: bool) -> None:
        self.most = Whole("MaxItemsPerBatch", batcher.max_items_per_batch, batcher.max_items_per_batch_path, jsonata)
        self.bytes = Whole(
            "MaxInputBytesPerBatch", batcher.max_input_bytes_per_batch, batcher.max_input_bytes_per_batch_path, jsonata
        )
        self.shared: Any = None
        if batcher.batch_input is not ABSENT:
            written = batcher.batch_input
            self.shared = query(written, "ItemBatcher/BatchInput") if jsonata else template(written)

    def batches(self, data: Data, frame: Frame, effective: Json, items: list[Json]) -> list[tuple[Json, int]]:
        """The inputs of the children, and how many items each has."""
        most = int(self.most.value(data, frame, effective, 0)) or len(items) or 1
        limit = self.bytes.value(data, frame, effective, 0) or float("inf")
        outer: dict[str, Json] = {}
        if self.shared is not None:
            outer["BatchInput"] = (
                self.shared(frame, data.states(frame)) if isinstance(data, QueryData) else self.shared(effective, frame)
            )
        empty = size({**outer, "Items": []})
        batches: list[list[Json]] = []
        used = 0
        for item in items:
            # A comma stands before every item but the first.
            more = size(item) + 1
            if not batches or len(batches[-1]) >= most or used + more > limit:
                batches.append([])
                used = empty - 1
            batches[-1].append(item)
            used += more
        return [({**outer, "Items": batch}, len(batch)) for batch in batches]
