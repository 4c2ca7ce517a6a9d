"""The cheapest and the dearest way through a workflow: transitions and seconds.

The cheapest ends well if any way does. The dearest uses every retry that is written and takes each loop as often as it
is expected to be taken, rounded up, since nothing but the timeout of the execution bounds a loop; `loops` names them.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable, Mapping

from attrs import field, frozen

from sfdsl.cost.attempts import longest
from sfdsl.cost.behaviour import Behaviour, FlowBehaviour, concurrency, runs_express
from sfdsl.cost.knowledge import literal
from sfdsl.graph import FlowGraph
from sfdsl.model.states import Fail, Map, Parallel, State, Task, Wait
from sfdsl.model.workflow import inner


@frozen(kw_only=True)
class Extremes:
    """The least and the most that one execution takes.

    Attributes:
        transitions: Least and most Standard state transitions.
        seconds: Least and most time.
        loops: First state of a loop -> rounds that the most counts.
    """

    transitions: tuple[float, float]
    seconds: tuple[float, float]
    loops: Mapping[str, int] = field(factory=dict, hash=False)


def extremes(behaviour: Behaviour) -> Extremes:
    """The cheapest and the dearest way."""
    loops: dict[str, int] = {}
    graph = behaviour.graph
    known: dict[int, tuple[float, float, float, float]] = {}
    for scope in reversed(graph.scopes):
        flow = graph.graph(scope)
        below = {
            name: tuple(known[id(each.flow)] for each in inner(scope, state)) for name, state in flow.by_name.items()
        }
        counts = not (scope.child_execution() and runs_express(scope, graph.workflow.type))
        least = _Least(behaviour, below, counts)
        most = _Most(behaviour, below, counts)
        rounds = _rounds(flow, behaviour.flow(scope))
        loops.update({loop[0]: rounds[loop[0]] for loop in flow.loops() if rounds.get(loop[0], 1) > 1})
        known[id(scope.flow)] = (
            _shortest(flow, least.transitions),
            _longest(flow, most.transitions, rounds),
            _shortest(flow, least.seconds),
            _longest(flow, most.seconds, rounds),
        )
    low, high, quick, slow = known[id(graph.scopes[0].flow)]
    limit = literal(graph.machine.timeout_seconds)
    if limit is not None:
        slow = min(slow, limit)
    return Extremes(transitions=(low, high), seconds=(quick, slow), loops=loops)


_Below = Mapping[str, "tuple[tuple[float, float, float, float], ...]"]


class _Least:
    """What a state takes at least."""

    def __init__(self, behaviour: Behaviour, below: _Below, counts: bool) -> None:
        self.behaviour, self.below, self.counts = behaviour, below, counts

    def transitions(self, state: State) -> float:
        inside = sum(flow[0] for flow in self.below[state.name])
        own = 1.0 if self.counts else 0.0
        match state:
            case Map() if state.distributed:
                return own + self.behaviour.children(state) * (1 + inside)
            case Map():
                return own + self.behaviour.children(state) * inside
            case _:
                return own + inside

    def seconds(self, state: State) -> float:
        match state:
            case Task() | Wait():
                return min(self.behaviour.knowledge.durations(state) or (0.0,))
            case Map():
                waves = math.ceil(self.behaviour.children(state) / concurrency(state))
                return waves * max((flow[2] for flow in self.below[state.name]), default=0.0)
            case _:
                return max((flow[2] for flow in self.below[state.name]), default=0.0)


class _Most:
    """What a state takes at most."""

    def __init__(self, behaviour: Behaviour, below: _Below, counts: bool) -> None:
        self.behaviour, self.below, self.counts = behaviour, below, counts

    def transitions(self, state: State) -> float:
        attempts, _ = _attempts(state)
        inside = sum(flow[1] for flow in self.below[state.name])
        own = 1.0 if self.counts else 0.0
        match state:
            case Map() if state.distributed:
                return attempts * (own + self.behaviour.children(state) * (1 + inside))
            case Map():
                return attempts * (own + self.behaviour.children(state) * inside)
            case _:
                return attempts * (own + inside)

    def seconds(self, state: State) -> float:
        attempts, waits = _attempts(state)
        match state:
            case Task():
                limit = literal(state.timeout_seconds)
                durations = self.behaviour.knowledge.durations(state) or (0.0,)
                return attempts * max(max(durations), limit or 0.0) + waits
            case Wait():
                return max(self.behaviour.knowledge.durations(state) or (0.0,))
            case Map():
                waves = math.ceil(self.behaviour.children(state) / concurrency(state))
                return attempts * waves * max((flow[3] for flow in self.below[state.name]), default=0.0) + waits
            case _:
                return attempts * max((flow[3] for flow in self.below[state.name]), default=0.0) + waits


def _attempts(state: State) -> tuple[int, float]:
    return longest(state.retry) if isinstance(state, Task | Parallel | Map) else (1, 0.0)


def _rounds(flow: FlowGraph, found: FlowBehaviour) -> dict[str, int]:
    """State on a loop -> how often the dearest way enters it."""
    rounds: dict[str, int] = {}
    for loop in flow.loops():
        inside = set(loop)
        entered = sum(
            found.entries.get(edge.source, 0.0) * way.probability
            for name in loop
            for edge in flow.incoming[name]
            if edge.source not in inside and edge.source in found.states
            for way in found.states[edge.source].ways
            if way.target == name and way.kind is edge.kind and way.place == edge.index
        )
        if flow.flow.start_at in inside:
            entered += 1.0
        for name in loop:
            often = found.entries.get(name, 0.0) / entered if entered > 0 else 1.0
            rounds[name] = max(1, math.ceil(round(often, 6)))
    return rounds


def _shortest(flow: FlowGraph, weight: Callable[[State], float]) -> float:
    """The least weight of a way from the start to an end, to a good one if there is one."""
    start = flow.flow.start_at
    if start not in flow.by_name:
        return 0.0
    best: dict[str, float] = {}
    queue = [(weight(flow.by_name[start]), start)]
    while queue:
        cost, name = heapq.heappop(queue)
        if name in best:
            continue
        best[name] = cost
        for after in flow.successors[name]:
            if after not in best:
                heapq.heappush(queue, (cost + weight(flow.by_name[after]), after))
    ends = {name: flow.ends(flow.by_name[name]) for name in best}
    good = [best[name] for name, ending in ends.items() if ending and not isinstance(flow.by_name[name], Fail)]
    return min(good or [best[name] for name, ending in ends.items() if ending] or best.values())


def _longest(flow: FlowGraph, weight: Callable[[State], float], rounds: Mapping[str, int]) -> float:
    """The most weight of a way from the start, each loop taken as one point that has the weight of all its rounds."""
    start = flow.flow.start_at
    if start not in flow.by_name:
        return 0.0
    group: dict[str, str] = {name: name for name in flow.reachable}
    for loop in flow.loops():
        group.update((name, loop[0]) for name in loop if name in group)
    total: dict[str, float] = {}
    after: dict[str, dict[str, None]] = {}
    for name in flow.reachable:
        key = group[name]
        total[key] = total.get(key, 0.0) + rounds.get(name, 1) * weight(flow.by_name[name])
        for target in flow.successors[name]:
            if group[target] != key:
                after.setdefault(key, {})[group[target]] = None
    before = dict.fromkeys(total, 0)
    for targets in after.values():
        for target in targets:
            before[target] += 1
    most = {key: total[key] for key in total}
    ready = [key for key, count in before.items() if count == 0]
    while ready:
        key = ready.pop()
        for target in after.get(key, ()):
            most[target] = max(most[target], most[key] + total[target])
            before[target] -= 1
            if before[target] == 0:
                ready.append(target)
    return max(most.values())
