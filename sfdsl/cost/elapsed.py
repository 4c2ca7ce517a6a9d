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
        self._flows: dict[int, Times] = {}
        self._states: dict[tuple[int, str], list[tuple[Way, Times]]] = {}
        self._scopes = {id(scope.flow): scope for scope in behaviour.graph.scopes}

    def flow(self, scope: Scope) -> Times:
        """One run of a scope's flow, however it ends."""
        key = id(scope.flow)
        if key not in self._flows:
            graph = self.behaviour.graph.graph(scope)
            start = graph.flow.start_at
            total = NEVER
            if start in graph.by_name:
                for exit_ in self.region(scope, str(start), graph.reachable).values():
                    total = total.plus(exit_)
            self._flows[key] = total if total.mass else NOW
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
        order = _order(graph, entry, states)
        arrived: dict[str, Times] = {entry: NOW}
        left: dict[Hashable, Times] = {}
        for _ in range(MOST_ROUNDS):
            for name in order:
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
            if sum(sum(each.atoms.values()) for each in arrived.values()) <= LEFT_OVER:
                break
        stays = sum(each.mass for each in arrived.values())
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
        attempt = self._attempt(scope, name)
        if len(behaviour.ends) == 1:
            return [(way, attempt.scaled(way.probability)) for way in behaviour.ways if way.probability > 0]
        powers: dict[int, Times] = {}
        by_end: dict[tuple[int, str], Times] = {}
        for end in behaviour.ends:
            if end.attempts not in powers:
                powers[end.attempts] = attempt.repeated(end.attempts)
            time = powers[end.attempts].delayed(round(end.waited * 1000)).scaled(end.probability)
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

    def _attempt(self, scope: Scope, name: str) -> Times:
        state = self.behaviour.graph.graph(scope).by_name[name]
        match state:
            case Task() | Wait():
                durations = self.behaviour.knowledge.durations(state)
                return NOW if durations is None else times.of(durations)
            case Parallel():
                return times.slowest(self.flow(self._scopes[id(below.flow)]) for below in inner(scope, state))
            case Map():
                return self._map(scope, state)
            case _:
                return NOW

    def _map(self, scope: Scope, state: Map) -> Times:
        bodies = inner(scope, state)
        count = math.ceil(self.behaviour.children(state))
        if not bodies or not count:
            return NOW
        body = self.flow(self._scopes[id(bodies[0].flow)])
        width = int(concurrency(state))
        waves, rest = divmod(count, width)
        whole = body.slowest(width).repeated(waves) if waves else NOW
        return whole.then(body.slowest(rest)) if rest else whole


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
