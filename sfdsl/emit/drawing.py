"""A workflow as the diagram that both pictures show: what is a box, what is an arrow, and what stands on them."""

from __future__ import annotations

import re
import unicodedata
import zlib
from collections import deque
from collections.abc import Iterable, Iterator
from typing import Final
from weakref import WeakKeyDictionary

from attrs import evolve

from sfdsl.aws.resource import Pattern, ServiceTask, parse
from sfdsl.emit import labels
from sfdsl.emit.diagram import NAME_WIDTH, Arrow, ArrowKind, Box, Diagram, Frame, Kind, Part
from sfdsl.emit.labels import assert_never
from sfdsl.graph import WorkflowGraph
from sfdsl.model.edges import Edge, EdgeKind, edges, flow_order
from sfdsl.model.states import (
    ABSENT,
    Catcher,
    Choice,
    ChoiceRule,
    Fail,
    Map,
    Opaque,
    Parallel,
    Pass,
    State,
    Succeed,
    Task,
    Wait,
)
from sfdsl.model.workflow import MachineType, Scope, inner

__all__ = ["draw", "slug"]

DETAIL_WIDTH: Final = 34
ARROW_WIDTH: Final = 30
MANY_CATCHES: Final = 5
"""So many states of a scope that hand errors to one handler are drawn as one source, with a badge on each."""


def draw(graph: WorkflowGraph) -> Diagram:
    """The diagram of a workflow; the same for the same workflow, and nearly the same after a small edit."""
    if graph not in _DRAWN:
        _DRAWN[graph] = _Drawing(graph).diagram()
    return _DRAWN[graph]


# A graph does not change, and two emitters want its diagram.
_DRAWN: WeakKeyDictionary[WorkflowGraph, Diagram] = WeakKeyDictionary()


class _Drawing:
    """Gives every name its id while the frames are built."""

    def __init__(self, graph: WorkflowGraph) -> None:
        self.graph = graph
        self.taken: set[str] = {"Start", "End"}
        self.frames: dict[str, Frame] = {}

    def diagram(self) -> Diagram:
        workflow = self.graph.workflow
        self.frames["Machine"] = Frame(id="Machine", kind=Kind.MACHINE)  # outer frames come first
        self.taken.add("Machine")
        machine = self.flow(self.graph.scopes[0], "Machine", Kind.MACHINE)
        badges = ["Express"] if workflow.type is MachineType.EXPRESS else []
        if workflow.machine.timeout_seconds is not None:
            badges.append(f"⏱ {labels.shorten(labels.number(workflow.machine.timeout_seconds), 24)}")
        start = Box(id="Start", kind=Kind.START, name=("Start",), badges=tuple(badges))
        first = () if machine.start is None else (Arrow(tail="Start", head=machine.start, kind=ArrowKind.NEXT),)
        last = self.ends(self.graph.scopes[0], machine)
        end = (Box(id="End", kind=Kind.END, name=("End",)),) if last else ()
        machine = evolve(machine, parts=(start, *machine.parts, *end), arrows=(*first, *machine.arrows, *last))
        self.frames["Machine"] = machine
        return Diagram(title=labels.printable(workflow.name), machine=machine, frames=self.frames)

    def ends(self, scope: Scope, machine: Frame) -> tuple[Arrow, ...]:
        """The arrows to the end of the machine: from every state that ends it on its normal way out."""
        graph = self.graph.graph(scope)
        # Parts are in flow order; after them come the boxes of targets that nobody declared.
        placed = zip(flow_order(scope.flow), machine.parts, strict=False)
        return tuple(
            Arrow(tail=part.id, head="End", kind=ArrowKind.NEXT)
            for state, part in placed
            if not isinstance(state, (Succeed, Fail)) and graph.ends(state)
        )

    def flow(self, scope: Scope, own: str, kind: Kind, name: tuple[str, ...] = ()) -> Frame:
        """The frame of one scope, with what stands in it; not yet the way into it."""
        order = flow_order(scope.flow)
        ids = {state.name: self.id(state.name) for state in order}
        handlers = _handlers(scope)
        ways = {state.name: _ways(state) for state in order}
        bundles = _bundles(way for all_ways in ways.values() for way in all_ways)
        targets = dict.fromkeys(edge.target for all_ways in ways.values() for edge, _ in all_ways)
        missing = {target: self.id(target) for target in targets if target not in ids}
        known = ids | missing
        place = {state.name: i for i, state in enumerate(order)}
        parts: list[Part] = []
        arrows: list[Arrow] = []
        for state in order:
            caught = []
            for edge, label in ways[state.name]:
                if edge.kind is EdgeKind.CATCH and edge.target in bundles:
                    caught.append(f"↯ {labels.shorten(' '.join(_name(edge.target)), NAME_WIDTH - 2)}")
                    continue
                tail, head, arrow_kind = ids[state.name], known[edge.target], _KINDS[edge.kind]
                back = place.get(edge.target, len(place)) <= place[state.name]
                arrows.append(Arrow(tail=tail, head=head, kind=arrow_kind, label=label, back=back))
            parts.append(self.state(scope, state, ids[state.name], state.name in handlers, tuple(caught)))
        for target, (errors, count) in bundles.items():
            name_, detail = _lines(errors), (f"in {count} states",)
            bundle = Box(id=self.id(f"{known[target]}_errors"), kind=Kind.ERRORS, name=name_, detail=detail)
            parts.append(bundle)
            arrows.append(Arrow(tail=bundle.id, head=known[target], kind=ArrowKind.CATCH))
        for target, id_ in missing.items():
            parts.append(Box(id=id_, kind=Kind.UNKNOWN, name=_name(target), detail=("not declared",)))
        start = ids.get(scope.flow.start_at) if scope.flow.start_at is not None else None
        return Frame(id=own, kind=kind, name=name, parts=tuple(parts), arrows=tuple(arrows), start=start)

    def state(self, scope: Scope, state: State, id_: str, handler: bool, caught: tuple[str, ...]) -> Part:
        name = _name(state.name)
        match state:
            case Task():
                badges = (*_badges(state), *caught)
                return Box(id=id_, kind=Kind.TASK, name=name, detail=_task(state), badges=badges, handler=handler)
            case Pass():
                return Box(id=id_, kind=Kind.PASS, name=name, handler=handler)
            case Wait():
                name = labels.wrap(state.name, 20, 5) or name  # a hexagon grows sideways
                detail = labels.wrap(labels.until(state), DETAIL_WIDTH, 2)
                return Box(id=id_, kind=Kind.WAIT, name=name, detail=detail, handler=handler)
            case Choice():
                return Box(id=id_, kind=Kind.CHOICE, name=labels.wrap(state.name, 20, 5) or name)
            case Succeed():
                return Box(id=id_, kind=Kind.SUCCEED, name=name)
            case Fail():
                return Box(id=id_, kind=Kind.FAIL, name=name, detail=labels.wrap(_error(state), DETAIL_WIDTH, 2))
            case Parallel():
                return self.parallel(scope, state, id_, caught)
            case Map():
                return self.map(scope, state, id_, caught)
            case Opaque():
                return Box(id=id_, kind=Kind.UNKNOWN, name=name, detail=("of no known type",))
            case _:
                return assert_never(state)

    def parallel(self, scope: Scope, state: Parallel, own: str, caught: tuple[str, ...]) -> Frame:
        self.frames[own] = Frame(id=own, kind=Kind.PARALLEL)
        count = len(state.branches)
        says = f"{count} branch{'' if count == 1 else 'es'} at once"
        badges = (*_badges(state), *caught)
        entry = Box(id=self.id(f"{own}_in"), kind=Kind.ENTRY, name=(says,), badges=badges)
        branches = []
        for below in inner(scope, state):
            id_ = self.id(f"{own}_{below.index + 1}")
            self.frames[id_] = Frame(id=id_, kind=Kind.BRANCH)
            branches.append(self.flow(below, id_, Kind.BRANCH, (f"branch {below.index + 1}",)))
            self.frames[id_] = branches[-1]
        frame = Frame(
            id=own,
            kind=Kind.PARALLEL,
            name=_name(state.name),
            entry=entry,
            exit=self.id(f"{own}_out"),
            parts=tuple(branches),
            arrows=tuple(Arrow(tail=entry.id, head=branch.id, kind=ArrowKind.NEXT) for branch in branches),
            start=entry.id,
        )
        self.frames[own] = frame
        return frame

    def map(self, scope: Scope, state: Map, own: str, caught: tuple[str, ...]) -> Frame:
        self.frames[own] = Frame(id=own, kind=Kind.MAP)
        says = labels.wrap(labels.each(state), DETAIL_WIDTH, 2)
        badges = (*_map_badges(state), *_badges(state), *caught)
        entry = Box(id=self.id(f"{own}_in"), kind=Kind.ENTRY, name=says, badges=badges)
        exit_ = self.id(f"{own}_out")
        frame = Frame(id=own, kind=Kind.MAP, name=_name(state.name), entry=entry, exit=exit_, start=entry.id)
        for below in inner(scope, state):
            body = self.flow(below, own, Kind.MAP)
            into = () if body.start is None else (Arrow(tail=entry.id, head=body.start, kind=ArrowKind.NEXT),)
            frame = evolve(frame, parts=body.parts, arrows=(*into, *body.arrows))
        self.frames[own] = frame
        return frame

    def id(self, name: str) -> str:
        """A free word for a name: its ASCII letters and digits, the first one a capital."""
        base = slug(name)
        free, n = base, 1
        while free in self.taken:
            n += 1
            free = f"{base}_{n}"
        self.taken.add(free)
        return free


_UNSAFE = re.compile("[^A-Za-z0-9]+")
_KINDS: Final = {
    EdgeKind.NEXT: ArrowKind.NEXT,
    EdgeKind.RULE: ArrowKind.RULE,
    EdgeKind.DEFAULT: ArrowKind.RULE,
    EdgeKind.CATCH: ArrowKind.CATCH,
}


def slug(name: str) -> str:
    """A name as one ASCII word that starts with a capital, which is no keyword of Mermaid or DOT.

    A name without ASCII letters or digits gets a checksum, so that the word stays as other names change.
    """
    plain = name if name.isascii() else unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    word = _UNSAFE.sub("_", plain).strip("_")
    if not word:
        return f"State_{zlib.crc32(name.encode('utf-8', 'surrogatepass')):08x}"
    return word[0].upper() + word[1:] if word[0].isalpha() else f"State_{word}"


def _name(name: str) -> tuple[str, ...]:
    return labels.wrap(name, NAME_WIDTH, 4) or ("(no name)",)


def _error(state: Fail) -> str:
    error = state.error if state.error is not None else state.error_path
    return "" if error is None else labels.expression(error)


def _task(state: Task) -> tuple[str, ...]:
    return labels.wrap(labels.service(state.resource), DETAIL_WIDTH, 2)


def _badges(state: Task | Parallel | Map) -> tuple[str, ...]:
    """How a state does its work, each in a few characters."""
    badges = []
    if isinstance(state, Task) and state.resource is not None:
        call = parse(state.resource)
        if isinstance(call, ServiceTask) and call.pattern is Pattern.WAIT_FOR_TASK_TOKEN:
            badges.append("↩ callback")
    if retried := labels.attempts(state.retry):
        badges.append(f"⟳ {retried}")
    if isinstance(state, Task):
        if timeout := labels.number(state.timeout_seconds, state.timeout_seconds_path):
            badges.append(f"⏱ {labels.shorten(timeout, 24)}")
        if heartbeat := labels.number(state.heartbeat_seconds, state.heartbeat_seconds_path):
            badges.append(f"♥ {labels.shorten(heartbeat, 24)}")
        if state.credentials is not ABSENT:
            badges.append("other role")
    return tuple(badges)


def _map_badges(state: Map) -> Iterator[str]:
    if state.distributed:
        config = state.body.processor_config if state.body is not None else None
        express = config is not None and config.execution_type == "EXPRESS"
        yield "distributed, Express" if express else "distributed"
    batch = state.item_batcher.max_items_per_batch if state.item_batcher is not None else None
    if batch is not None:
        yield f"{labels.shorten(_count(batch), 24)} a batch"
    if state.max_concurrency_path is not None:
        yield f"{labels.shorten(labels.printable(state.max_concurrency_path), 24)} at once"
    elif state.max_concurrency == 1:
        yield "one by one"
    elif state.max_concurrency:
        yield f"{labels.shorten(_count(state.max_concurrency), 24)} at once"


def _count(value: float | str) -> str:
    return labels.expression(value) if isinstance(value, str) else f"{value:,}"


def _ways(state: State) -> list[tuple[Edge, tuple[str, ...]]]:
    """The ways on from a state with their labels; those that differ only in the label are one way."""
    merged: dict[tuple[str, ArrowKind], tuple[Edge, list[str]]] = {}
    for edge in edges(state):
        first = merged.setdefault((edge.target, _KINDS[edge.kind]), (edge, []))
        first[1].append(_label(edge))
    return [(edge, _lines(texts)) for edge, texts in merged.values()]


def _bundles(ways: Iterable[tuple[Edge, tuple[str, ...]]]) -> dict[str, tuple[list[str], int]]:
    """The handlers that too many states share to draw each way to them: by name, what leads there, and how many."""
    shared: dict[str, list[str]] = {}
    for edge, label in ways:
        if edge.kind is EdgeKind.CATCH:
            shared.setdefault(edge.target, []).append(" ".join(label))
    return {
        target: (list(dict.fromkeys(texts)), len(texts))
        for target, texts in shared.items()
        if len(texts) >= MANY_CATCHES
    }


def _label(edge: Edge) -> str:
    match edge.via:
        case ChoiceRule() as rule:
            return labels.condition(rule.test)
        case Catcher() as catcher:
            return ", ".join(map(labels.printable, catcher.error_equals)) or "no error"
        case None:
            return "otherwise" if edge.kind is EdgeKind.DEFAULT else ""


def _lines(texts: list[str]) -> tuple[str, ...]:
    """The label of an arrow: one text in three lines at most, or several in two each and six in all."""
    if len(texts) == 1:
        return labels.wrap(texts[0], ARROW_WIDTH, 3)
    each = [labels.wrap(text, ARROW_WIDTH, 2) for text in texts[:3]]
    more = len(texts) - 3
    # "or" stands where ASL tries one rule after the other: each of them leads here.
    lines = [line if not i or j else f"or {line}" for i, text in enumerate(each) for j, line in enumerate(text)]
    return tuple(lines) if more <= 0 else (*lines, f"or {more} more")


def _handlers(scope: Scope) -> set[str]:
    """The states of a flow that are entered only after an error was caught."""
    by_name = {state.name: state for state in scope.flow.states}
    normal = _reached(by_name, [scope.flow.start_at], (EdgeKind.NEXT, EdgeKind.RULE, EdgeKind.DEFAULT))
    caught = [edge.target for name in normal for edge in edges(by_name[name]) if edge.kind is EdgeKind.CATCH]
    return _reached(by_name, caught, tuple(EdgeKind)) - normal


def _reached(by_name: dict[str, State], starts: list[str] | list[str | None], along: tuple[EdgeKind, ...]) -> set[str]:
    queue = deque(starts)
    reached: set[str] = set()
    while queue:
        name = queue.popleft()
        if name is not None and name in by_name and name not in reached:
            reached.add(name)
            queue.extend(edge.target for edge in edges(by_name[name]) if edge.kind in along)
    return reached
