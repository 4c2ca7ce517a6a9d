"""Parallel and inline Map: flows side by side, which the queue lets advance in turn."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any

from sfdsl.aws import quotas
from sfdsl.model.states import ABSENT, Map, Parallel
from sfdsl.simulate.code import FlowCode
from sfdsl.simulate.data import Data, PathData, QueryData, selecting
from sfdsl.simulate.engine import enter
from sfdsl.simulate.errors import StatesError, evaluation, runtime
from sfdsl.simulate.frames import Frame, Group
from sfdsl.simulate.handlers import HandlingCode
from sfdsl.simulate.paths import InvalidText, items, path, template, unfilled
from sfdsl.simulate.queries import failure, query, typed
from sfdsl.simulate.values import Json, is_number, kind, text

if TYPE_CHECKING:
    from sfdsl.simulate.engine import Engine

INLINE_CONCURRENCY = quotas.INLINE_MAP_CONCURRENCY.limit
"""Iterations of an inline Map under way at once where MaxConcurrency is 0."""


class GroupCode(HandlingCode, ABC):
    """A state that has flows of its own; see `sfdsl.simulate.frames.Grouping`."""

    data: Data

    def _start(self, engine: Engine, group: Group, place: int, flow: FlowCode, input: Json) -> Frame:
        """Queue the start of one of the flows; it sees the variables that are there now."""
        owner = group.owner
        frame = Frame(engine, owner.execution, flow, input)
        frame.variables, frame.sizes = owner.variables, owner.sizes
        frame.item, frame.iteration = owner.item, owner.iteration
        frame.last = owner.last
        frame.group, frame.slot = group, place
        group.running[place] = frame
        engine.queue(frame, enter)
        return frame

    @abstractmethod
    def flow_ended(self, engine: Engine, group: Group, frame: Frame, output: Json) -> None: ...

    @abstractmethod
    def flow_failed(self, engine: Engine, group: Group, frame: Frame, error: StatesError) -> bool: ...

    @abstractmethod
    def abort_group(self, engine: Engine, group: Group, recorded: bool) -> None: ...

    def complete(self, engine: Engine, frame: Frame) -> bool:
        """All flows have ended well."""
        group = frame.work
        engine.record(frame, f"{self.type}StateSucceeded", {}, advance=False)
        output, assigned = self.data.finish(frame, group.results)
        return engine.leave(frame, output, assigned, self.next, self.edge)

    def failed_event(self, engine: Engine, frame: Frame) -> None:
        if frame.work is not None or isinstance(self.data, QueryData):
            engine.record(frame, f"{self.type}StateFailed", {})


class ParallelCode(GroupCode):
    """Branches side by side."""

    type = "Parallel"

    def __init__(self, state: Parallel, jsonata: bool) -> None:
        super().__init__(state, jsonata)
        self.data = QueryData(state) if jsonata else PathData(state)
        self.branches: list[FlowCode] = []

    def begin(self, engine: Engine, frame: Frame) -> bool:
        arguments = self.data.arguments(frame, self.data.effective(frame))
        engine.record(frame, "ParallelStateStarted", {})
        group = Group(self, frame, len(self.branches), len(self.branches))
        frame.work = group
        for place, branch in enumerate(self.branches):
            self._start(engine, group, place, branch, arguments)
        return False

    def flow_ended(self, engine: Engine, group: Group, frame: Frame, output: Json) -> None:
        group.results[frame.slot] = output
        del group.running[frame.slot]
        group.left -= 1
        if group.left == 0:
            group.owner.last = frame.last
            engine.queue(group.owner, self.complete)

    def flow_failed(self, engine: Engine, group: Group, frame: Frame, error: StatesError) -> bool:
        owner = group.owner
        owner.serial += 1
        # The state that failed counts among those that are stopped: measured, the recorded
        # test_sqs_failure_in_wait_for_task_tok_no_error_field[SQS_PARALLEL_WAIT_FOR_TASK_TOKEN].
        self.abort_group(engine, group, True)
        owner.last = frame.last
        return engine.failed(owner, from_branch(error))

    def abort_group(self, engine: Engine, group: Group, recorded: bool) -> None:
        for frame in group.running.values():
            engine.abort(frame, recorded=recorded)
        group.running = {}


class MapCode(GroupCode):
    """An inline Map, and what a distributed one shares with it: items, selector, concurrency."""

    type = "Map"

    def __init__(self, state: Map, jsonata: bool) -> None:
        super().__init__(state, jsonata)
        selector = state.item_selector if state.item_selector is not ABSENT else state.parameters
        fields = (state.items, selector, state.max_concurrency)
        self.data = QueryData(state, *fields) if jsonata else PathData(state)
        if isinstance(self.data, PathData):
            self.data.parameters = None  # the older name of ItemSelector
        self.items_path = None if jsonata else selecting(state.items_path)
        if self.items_path is not None and isinstance(state.items_path, str):
            self.items_path = items(state.items_path)
        # AWS tells a path into the context object with one $ less. Source: measured, test_state_map_context_object.
        self.items_text = state.items_path.replace("$$", "$", 1) if isinstance(state.items_path, str) else "$"
        self.items = None if state.items is ABSENT else query(state.items, "Items")
        self.items_written = state.items
        self.selector: Any = None
        if selector is not ABSENT:
            self.selector = query(selector, "ItemSelector") if jsonata else template(selector)
        self.concurrency = Whole("MaxConcurrency", state.max_concurrency, state.max_concurrency_path, jsonata)
        self.body = FlowCode()

    def begin(self, engine: Engine, frame: Frame) -> bool:
        effective = self.data.effective(frame)
        found = self.array(frame, effective)
        limit = int(self.concurrency.value(self.data, frame, effective, 0))
        engine.record(frame, "MapStateStarted", {"length": len(found)})
        group = Group(self, frame, len(found), limit or INLINE_CONCURRENCY)
        group.items = found
        frame.work = group
        if not found:
            engine.queue(frame, self.complete)
        try:
            for _ in range(min(group.window, len(found))):
                self._iterate(engine, group, frame.last)
        except StatesError:
            self.abort_group(engine, group, True)
            raise
        return False

    def _iterate(self, engine: Engine, group: Group, previous: int) -> None:
        owner, place = group.owner, group.following
        group.following += 1
        item = group.items[place]
        context = {"Index": place, "Value": item}
        input = self.selected(owner, context, item)
        frame = self._start(engine, group, place, self.body, input)
        frame.item = context
        frame.iteration = (*owner.iteration, place)
        frame.last = previous
        engine.record(frame, "MapIterationStarted", {"name": self.name, "index": place})

    def selected(self, owner: Frame, context: dict[str, Json], item: Json) -> Json:
        """What the body is given for an item."""
        if self.selector is None:
            return item
        outer, owner.item = owner.item, context
        try:
            if isinstance(self.data, QueryData):
                return self.selector(owner, self.data.states(owner))
            return self.selector(self.data.effective(owner), owner)
        finally:
            owner.item = outer

    def array(self, frame: Frame, effective: Json) -> list[Json]:
        """The items, from ItemsPath, Items or the input."""
        found = self._found(frame, effective)
        if isinstance(found, list):
            return found
        if not isinstance(self.data, QueryData):
            raise runtime(f'Reference path "{self.items_text}" must point to array.')
        if self.items is None:
            raise evaluation(f"Map state input must be an array but was: {text(found)}", None)
        what = f"returned an unexpected result type. Expected 'array', but was '{kind(found)}' for value: {text(found)}"
        raise failure(source_of(self.items_written), "Items", what)

    def _found(self, frame: Frame, effective: Json) -> Json:
        if isinstance(self.data, QueryData):
            return frame.input if self.items is None else self.items(frame, self.data.states(frame))
        return effective if self.items_path is None else self.items_path(effective, frame)

    def flow_ended(self, engine: Engine, group: Group, frame: Frame, output: Json) -> None:
        group.results[frame.slot] = output
        del group.running[frame.slot]
        group.left -= 1
        last = frame.last
        ended = engine.record(frame, "MapIterationSucceeded", {"name": self.name, "index": frame.slot})
        owner = group.owner
        if group.following < len(group.items):
            try:
                self._iterate(engine, group, last)
            except StatesError as error:
                broken = error
                engine.queue(owner, lambda engine, frame: self._broken(engine, group, broken))
        elif group.left == 0:
            owner.last = ended
            engine.queue(owner, self.complete)

    def _broken(self, engine: Engine, group: Group, error: StatesError) -> bool:
        """The selector failed for an item while others were under way."""
        group.owner.serial += 1
        self.abort_group(engine, group, True)
        raise error

    def flow_failed(self, engine: Engine, group: Group, frame: Frame, error: StatesError) -> bool:
        owner = group.owner
        owner.serial += 1
        group.running.pop(frame.slot, None)
        if isinstance(frame.work, Group):
            frame.work.state.abort_group(engine, frame.work, True)
        engine.record(frame, "MapIterationFailed", {"name": self.name, "index": frame.slot}, advance=False)
        self.abort_group(engine, group, True)
        owner.last = frame.last
        return engine.failed(owner, error)

    def abort_group(self, engine: Engine, group: Group, recorded: bool) -> None:
        for frame in group.running.values():
            engine.abort(frame, recorded=recorded)
            if recorded:
                engine.record(frame, "MapIterationAborted", {"name": self.name, "index": frame.slot}, advance=False)
        group.running = {}


def from_branch(error: StatesError) -> StatesError:
    """An error as the Parallel around the branch sees it."""
    if error.terminal:
        return error
    return StatesError(error.error, error.cause, of_branch=True, missed_heartbeat=error.missed_heartbeat)


def source_of(written: Json) -> str:
    """The expression of a `{% %}` text, for a cause."""
    from sfdsl import jsonata_text

    if isinstance(written, str) and jsonata_text.is_expression(written):
        return jsonata_text.expression(written)
    return text(written)


class Whole:
    """A number of a Map in any of its forms: a number, an expression, a path; a whole one unless it is `real`."""

    __slots__ = ("constant", "name", "path", "query", "real", "written")

    def __init__(self, name: str, value: Any, written: str | None, jsonata: bool, *, real: bool = False) -> None:
        self.name = name
        self.written = written
        self.real = real
        self.constant: float | None = None
        self.query = self.path = None
        if isinstance(value, int | float):
            self.constant = value
        elif isinstance(value, str):
            if not jsonata:
                raise InvalidText(f"{name} must be a number, not {value!r}{unfilled(value)}")
            self.query = typed(value, name, "number")
        elif written is not None:
            self.path = path(written)

    @property
    def given(self) -> bool:
        """Whether the field is there."""
        return self.constant is not None or self.query is not None or self.path is not None

    def value(self, data: Data, frame: Frame, effective: Json, default: float) -> float:
        """The number; a whole one is rounded down where an expression gives it."""
        if self.constant is not None:
            return self.constant
        if self.query is not None and isinstance(data, QueryData):
            found = self.query(frame, data.states(frame))
            return float(found) if self.real else int(found)
        if self.path is None:
            return default
        found = self.path(effective, frame)
        try:
            # A text that holds a number will do: measured, MAP_STATE_REFERENCE_IN_MAX_CONCURRENCY_PATH.
            if isinstance(found, str) or (is_number(found) and (self.real or not isinstance(found, float))):
                return float(found) if self.real else int(found)
        except ValueError:
            pass
        kind = "float" if self.real else "integer"
        message = f"The {self.name}Path field refers to value {text(found)} which is not a valid {kind}: {self.written}"
        raise runtime(message)
