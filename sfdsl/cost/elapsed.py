"""How long states and flows take as distributions, for what Express bills and for its limit of five minutes."""

from __future__ import annotations

import math
from collections.abc import Collection, Hashable
from typing import Final

from sfdsl.cost import attempts, times
from sfdsl.cost.behaviour import Behaviour, StateBehaviour, Way, concurrency
from sfdsl.cost.times import NEVER, NOW, Times
from sfdsl.graph import FlowGraph
from sfdsl.model.edges import EdgeKind
from sfdsl.model.states import Map, Parallel, Task, Wait
from sfdsl.model.workflow import Scope, inner

END: Final = None
"""The exit of a region where the flow ends well; the others are names of states, and `FAILS`."""
FAILS: Final = ("fails",)
MOST_ROUNDS = 2000
LEFT_OVER = 1e-12
"""Executions still in a loop after `MOST_ROUNDS`, or so few, are taken to stay beyond the cap."""


class Elapsed:
    """Distributions of time for one workflow, computed as they are asked for."""

    def __init__(self, behaviour: Behaviour) -> None:
        self.behaviour = behaviour
        self._flows: dict[int, tuple[Times, Times]] = {}
        self._states: dict[tuple[int, str], list[tuple[Way, Times]]] = {}
        self._scopes = {id(scope.flow): scope for scope in behaviour.graph.scopes}

    def flow(self, scope: Scope) -> Times:
        """One run of a scope's flow, however it ends."""
        return self._flow(scope)[0]

    def _flow(self, scope: Scope) -> tuple[Times, Times]:
        """One run of a scope's flow, however it ends, and where it ends well."""
        key = id(scope.flow)
        if key not in self._flows:
            graph = self.behaviour.graph.graph(scope)
            start = graph.flow.start_at
            total, well = NEVER, NEVER
            if start in graph.by_name:
                for where, time in self.region(scope, str(start), graph.reachable).items():
                    total = total.plus(time)
                    well = well if where == FAILS else well.plus(time)
            self._flows[key] = (total, well) if total.mass else (NOW, NOW)
        return self._flows[key]

    def region(self, scope: Scope, entry: str, states: Collection[str]) -> dict[Hashable, Times]:
        """From entering a region at one state to leaving it, by where it is left: a state, `END` or `FAILS`."""
        graph = self.behaviour.graph.graph(scope)
        if len(states) == 1:
            only: dict[Hashable, Times] = {}
            loops = False
            for way, time in self.state(scope, entry):
                loops = loops or way.target == entry
                _add(only, _exit(way), time)
            if not loops:
                return only
        arrived: dict[str, Times] = {entry: NOW}
        left: dict[Hashable, Times] = {}
        stays = 0.0
        for part in _parts(graph, entry, states):
            for _ in range(MOST_ROUNDS):
                for name in part:
                    if name not in arrived:
                        continue
                    time = arrived.pop(name)
                    for way, more in self.state(scope, name):
                        passed = time.then(more)
                        if way.target is not None and way.target in states:
                            arrived[way.target] = arrived.get(way.target, NEVER).plus(passed)
                        else:
                            _add(left, _exit(way), passed)
                # Whoever is over the cap already needs no more rounds.
                if sum(sum(arrived[name].atoms.values()) for name in part if name in arrived) <= LEFT_OVER:
                    break
            stays += sum(arrived.pop(name).mass for name in part if name in arrived)
        if stays > 0:
            _add(left, FAILS, Times({}, stays))
        return left

    def state(self, scope: Scope, name: str) -> list[tuple[Way, Times]]:
        """From entering a state to leaving it, by the way that it is left."""
        key = (id(scope.flow), name)
        if key not in self._states:
            behaviour = self.behaviour.state(scope, name)
            self._states[key] = [] if behaviour is None else self._state(scope, name, behaviour)
        return self._states[key]

    def _state(self, scope: Scope, name: str, behaviour: StateBehaviour) -> list[tuple[Way, Times]]:
        fine, failed = self._attempt(scope, name)
        if len(behaviour.ends) == 1 and behaviour.ends[0].catcher == attempts.SUCCEEDS:
            return [(way, fine.scaled(way.probability)) for way in behaviour.ways if way.probability > 0]
        by_end: dict[tuple[int, str], Times] = {}
        before = [NOW]
        for end in behaviour.ends:
            while len(before) <= end.attempts:
                before.append(before[-1].then(failed))
            time = before[end.attempts]
            if end.catcher == attempts.SUCCEEDS:
                time = before[end.attempts - 1].then(fine)
            time = time.delayed(round(end.waited * 1000)).scaled(end.probability)
            by_end[end.catcher, end.error] = by_end.get((end.catcher, end.error), NEVER).plus(time)
        found = []
        for way in behaviour.ways:
            total = NEVER
            for (catcher, error), time in by_end.items():
                if _leads(way, catcher, error):
                    total = total.plus(time)
            if total.mass:
                found.append((way, total))
        return found

    def _attempt(self, scope: Scope, name: str) -> tuple[Times, Times]:
        """One attempt of a state that succeeds, and one that fails; each given that it does."""
        state = self.behaviour.graph.graph(scope).by_name[name]
        match state:
            case Task() | Wait():
                durations = self.behaviour.knowledge.durations(state)
                time = NOW if durations is None else times.of(durations)
                return time, time
            case Parallel():
                flows = [self._flow(self._scopes[id(below.flow)]) for below in inner(scope, state)]
                return _split(times.slowest(total for total, _ in flows), times.slowest(well for _, well in flows))
            case Map():
                return self._map(scope, state)
            case _:
                return NOW, NOW

    def _map(self, scope: Scope, state: Map) -> tuple[Times, Times]:
        bodies = inner(scope, state)
        count = math.ceil(self.behaviour.children(state))
        if not bodies or not count:
            return NOW, NOW
        width = int(concurrency(state))
        waves, rest = divmod(count, width)
        found = []
        for body in self._flow(self._scopes[id(bodies[0].flow)]):
            whole = body.slowest(width).repeated(waves) if waves else NOW
            found.append(whole.then(body.slowest(rest)) if rest else whole)
        return _split(found[0], found[1])


def _split(total: Times, well: Times) -> tuple[Times, Times]:
    """Given that it ends well, and given that it fails; where one never happens, the whole stands for it."""
    fails = total.without(well)
    return (well if well.mass else total).certain(), (fails if fails.mass > times.ROUNDOFF else total).certain()


def _leads(way: Way, catcher: int, error: str) -> bool:
    if catcher == attempts.SUCCEEDS:
        return way.kind is EdgeKind.NEXT
    if catcher == attempts.FAILS:
        return way.kind is None and way.error == error
    return way.kind is EdgeKind.CATCH and way.place == catcher


def _exit(way: Way) -> Hashable:
    return FAILS if way.kind is None else way.target


def _add(left: dict[Hashable, Times], key: Hashable, time: Times) -> None:
    left[key] = left[key].plus(time) if key in left else time


def _parts(graph: FlowGraph, entry: str, states: Collection[str]) -> list[list[str]]:
    """The states of a region, each with those it is in a loop with, each part before those it leads to.

    A loop comes to its end before what follows it begins; else what little is left of the one would be led through all
    of the others, round for round.
    """
    order = _order(graph, entry, states)
    together: dict[str, int] = {}
    for number, loop in enumerate(graph.loops(set(order))):
        together.update(dict.fromkeys(loop, number))
    parts: list[list[str]] = []
    begun: dict[int, list[str]] = {}
    for name in order:
        part = begun.get(together.get(name, -1))
        if part is not None:
            part.append(name)
            continue
        parts.append([name])
        if name in together:
            begun[together[name]] = parts[-1]
    return parts


def _order(graph: FlowGraph, entry: str, states: Collection[str]) -> list[str]:
    """The states of a region, each before those it leads to, loops aside; without recursion, for long flows."""
    seen = {entry}
    finished: list[str] = []
    stack = [(entry, iter(graph.successors[entry]))]
    while stack:
        name, ways = stack[-1]
        for after in ways:
            if after in states and after not in seen:
                seen.add(after)
                stack.append((after, iter(graph.successors[after])))
                break
        else:
            stack.pop()
            finished.append(name)
    return finished[::-1]
