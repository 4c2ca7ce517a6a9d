"""How many events a state writes into the history of an execution, and the fewest that a flow writes."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Mapping

from sfdsl.aws.quotas import EVENTS_PER_STATE
from sfdsl.aws.resource import ServiceTask, parse
from sfdsl.checks.limits._counts import items
from sfdsl.graph import FlowGraph, WorkflowGraph
from sfdsl.model.edges import EdgeKind
from sfdsl.model.states import Map, Opaque, Parallel, State, Task
from sfdsl.model.workflow import Scope, inner

MAP, EXECUTION = EVENTS_PER_STATE["Map"], EVENTS_PER_STATE["Execution"]


class Events:
    """The fewest events that the states and flows of a workflow write, computed once each.

    A Map whose number of items nobody knows counts as one without items; errors that are caught are left out.
    """

    def __init__(self, graph: WorkflowGraph, asserted: bool) -> None:
        """The events of a workflow.

        Args:
            graph: The workflow.
            asserted: Whether to believe the author's `items` notes, beside what the definition says.
        """
        self.graph = graph
        self.asserted = asserted
        self._scopes = {id(scope.flow): scope for scope in graph.scopes}
        self._known: dict[int, int] = {}

    def count(self, scope: Scope, state: Map) -> int | None:
        """How many items a Map has, or None where nobody knows."""
        known = items(self.graph.graph(scope), state)
        if known is None and self.asserted and state.name in self.graph.workflow.notes:
            return self.graph.workflow.notes[state.name].items
        return known

    def of(self, scope: Scope, state: State) -> int:
        """Events of one visit of a state in the history of the execution that it runs in."""
        match state:
            case Task():
                resource = parse(state.resource) if state.resource is not None else None
                waits = isinstance(resource, ServiceTask) and resource.pattern.waits
                return EVENTS_PER_STATE["TaskWaiting" if waits else "Task"]
            case Parallel():
                return EVENTS_PER_STATE["Parallel"] + sum(
                    self.flow(self._scope(below)) for below in inner(scope, state)
                )
            case Map() if state.distributed:
                return EVENTS_PER_STATE["DistributedMap"]
            case Map():
                return MAP + (self.count(scope, state) or 0) * self.iteration(scope, state)
            case Opaque():
                return 0
            case _:
                return EVENTS_PER_STATE[type(state).__name__]

    def iteration(self, scope: Scope, state: Map) -> int:
        """Events of one iteration of an inline Map."""
        return EVENTS_PER_STATE["MapIteration"] + sum(self.flow(self._scope(below)) for below in inner(scope, state))

    def flow(self, scope: Scope) -> int:
        """Events on the shortest way through a flow that meets no error; 0 where none leads to an end."""
        key = id(scope.flow)
        if key not in self._known:
            flow = self.graph.graph(scope)
            ends = [name for name, state in flow.by_name.items() if flow.ends(state)]
            start = flow.flow.start_at
            cheapest = least(flow, lambda state: self.of(scope, state), [] if start is None else [start], ends)
            self._known[key] = int(cheapest or 0)
        return self._known[key]

    def round(self, scope: Scope, loop: list[str], through: str) -> int:
        """Events of the shortest round of a loop from a state back to itself."""
        flow = self.graph.graph(scope)
        inside = set(loop)
        after = [edge.target for edge in flow.outgoing[through] if edge.target in inside]
        cheapest = least(flow, lambda state: self.of(scope, state), after, [through], inside)
        return int(cheapest or self.of(scope, flow.by_name[through]))

    def _scope(self, scope: Scope) -> Scope:
        return self._scopes[id(scope.flow)]


def least(
    flow: FlowGraph,
    weight: Callable[[State], float],
    starts: Iterable[str],
    ends: Iterable[str],
    inside: set[str] | None = None,
    kinds: frozenset[EdgeKind] = frozenset({EdgeKind.NEXT, EdgeKind.RULE, EdgeKind.DEFAULT}),
) -> float | None:
    """The least weight of a way from one of the starts to one of the ends, both counted; None where none leads there.

    Args:
        flow: The states and ways.
        weight: Of a state; not negative.
        starts: Names to start from.
        ends: Names to end at.
        inside: The states that may be entered; None is all.
        kinds: The ways that may be taken.
    """
    allowed: Mapping[str, State] = flow.by_name
    goals = set(ends)
    queue = [(weight(allowed[name]), name) for name in starts if name in allowed and (inside is None or name in inside)]
    heapq.heapify(queue)
    done: set[str] = set()
    while queue:
        distance, name = heapq.heappop(queue)
        if name in goals:
            return distance
        if name in done:
            continue
        done.add(name)
        for edge in flow.outgoing[name]:
            target = edge.target
            if edge.kind in kinds and target in allowed and target not in done and (inside is None or target in inside):
                heapq.heappush(queue, (distance + weight(allowed[target]), target))
    return None
