"""What no partition can go below: a minimum cut.

Without the limit of five minutes and without rounding, each state is labelled Standard or Express. Different labels of
neighbours cost the start of a child, and nothing else couples two states, so that one minimum cut is the exact optimum
of the labels, for any flow, structured or not. Every plan pays at least that. Amounts are whole numbers of `UNIT`
dollars, rounded down, so that the cut is exact.

Source: Kolmogorov and Zabih, "What energy functions can be minimized via graph cuts", 2004; Dinitz' algorithm.
"""

from __future__ import annotations

from collections import deque

from sfdsl.cost.behaviour import runs_express
from sfdsl.cost.partition.terms import Terms
from sfdsl.model.states import Fail, Map
from sfdsl.model.workflow import MachineType, Scope, inner

UNIT = 1e-15
"""Dollars of one unit of a capacity."""
NEVER = 1 << 62
"""The capacity of what must not be cut."""


def lower_bound(terms: Terms) -> float:
    """Dollars that one execution costs at least at the margin, whatever becomes Express children."""
    found: dict[int, float] = {}
    for scope in reversed(terms.graph.scopes):
        found[id(scope.flow)] = _of_scope(terms, scope, found)
    surcharge = terms.prices.start_end_surcharge * terms.transition
    return surcharge + found[id(terms.graph.scopes[0].flow)]


def _of_scope(terms: Terms, scope: Scope, found: dict[int, float]) -> float:
    graph = terms.graph.graph(scope)
    behaviour = terms.behaviour
    names = [name for name in graph.by_name if name in graph.reachable]
    number = {name: i for i, name in enumerate(names)}
    standard: list[float] = []
    express: list[float | None] = []
    arcs: dict[tuple[int, int], float] = {}
    starting = terms.transition + terms.request
    for name in names:
        state = graph.by_name[name]
        does = behaviour.state(scope, name)
        entered = behaviour.entries(scope, name)
        if does is None:
            standard.append(0.0)
            express.append(None)
            continue
        own = entered * does.transitions * terms.transition
        if isinstance(state, Map) and state.distributed:
            children = entered * does.rounds
            own += children * terms.transition
            own += sum(min(found[id(body.flow)], _express_children(terms, body)) for body in inner(scope, state))
        else:
            own += sum(found[id(body.flow)] for body in inner(scope, state))
        standard.append(own)
        if terms.blockers[name] or not terms.options.children:
            express.append(None)
        else:
            seconds = sum(time.seconds for _, time in terms.elapsed.state(scope, name))
            fails = entered * terms.transition if isinstance(state, Fail) else 0.0
            extra = terms.extra(scope, state) if terms.options.extra else 0.0
            express.append(entered * seconds * terms.second() + fails + extra)
        for way in does.ways:
            if way.target in number and way.probability:
                arc = number[name], number[way.target]
                arcs[arc] = arcs.get(arc, 0.0) + entered * way.probability * starting
    start = graph.flow.start_at
    entering = {number[start]: behaviour.runs[id(scope.flow)] * starting} if start in number else {}
    return labelling(standard, express, arcs, entering)[0]


def _express_children(terms: Terms, scope: Scope) -> float:
    """The least that Express children running a scope's flow cost."""
    graph, behaviour = terms.graph.graph(scope), terms.behaviour
    if not runs_express(scope, MachineType.STANDARD) and any(terms.blockers[name] for name in graph.reachable):
        return float("inf")
    total = behaviour.runs[id(scope.flow)] * terms.request
    for name in graph.reachable:
        if behaviour.state(scope, name) is not None:
            seconds = sum(time.seconds for _, time in terms.elapsed.state(scope, name))
            total += behaviour.entries(scope, name) * seconds * terms.second()
    return total


def labelling(
    standard: list[float],
    express: list[float | None],
    arcs: dict[tuple[int, int], float],
    entering: dict[int, float],
    leaving: dict[tuple[int, int], float] | None = None,
) -> tuple[float, list[bool]]:
    """The cheapest labels.

    Args:
        standard: Dollars of each state in Standard.
        express: Dollars of each state in Express; None where it cannot be there.
        arcs: (state, state) -> dollars if the first is Standard and the second Express.
        entering: State -> dollars if it is Express, for the ways in from outside.
        leaving: (state, state) -> dollars if the first is Express and the second Standard.

    Returns:
        The dollars of the cheapest labels, and for each state whether it is Express.
    """
    count = len(standard)
    source, sink = count, count + 1
    network = _Network(count + 2)
    for v in range(count):
        # On the source's side is Express: a Standard state is cut from the source, an Express one from the sink.
        cost = express[v]
        network.join(source, v, int(standard[v] / UNIT))
        network.join(v, sink, NEVER if cost is None else int((cost + entering.get(v, 0.0)) / UNIT))
    for (u, v), dollars in arcs.items():
        network.join(v, u, int(dollars / UNIT))
    for (u, v), dollars in (leaving or {}).items():
        network.join(u, v, int(dollars / UNIT))
    flow = network.maximum(source, sink)
    side = network.side(source)
    return flow * UNIT, side[:count]


class _Network:
    """A network of whole capacities, for one maximum flow."""

    def __init__(self, count: int) -> None:
        self.heads: list[int] = []
        self.left: list[int] = []
        self.after: list[list[int]] = [[] for _ in range(count)]

    def join(self, u: int, v: int, capacity: int) -> None:
        """Add an arc; the one with the next number is its way back."""
        if capacity <= 0:
            return
        self.after[u].append(len(self.heads))
        self.heads.append(v)
        self.left.append(capacity)
        self.after[v].append(len(self.heads))
        self.heads.append(u)
        self.left.append(0)

    def maximum(self, source: int, sink: int) -> int:
        """The value of a maximum flow."""
        total = 0
        heads, left, after = self.heads, self.left, self.after
        while True:
            level = self._levels(source, sink)
            if level[sink] < 0:
                return total
            following = [0] * len(after)
            path: list[int] = []  # arcs from the source to where the walk stands
            here = source
            while True:
                if here == sink:
                    amount = min(left[arc] for arc in path)
                    total += amount
                    cut = 0
                    for place in range(len(path) - 1, -1, -1):
                        arc = path[place]
                        left[arc] -= amount
                        left[arc ^ 1] += amount
                        if left[arc] == 0:
                            cut = place
                    here = heads[path[cut] ^ 1]
                    del path[cut:]
                    continue
                arcs = after[here]
                place = following[here]
                while place < len(arcs) and not (
                    left[arcs[place]] > 0 and level[heads[arcs[place]]] == level[here] + 1
                ):
                    place += 1
                following[here] = place
                if place < len(arcs):
                    path.append(arcs[place])
                    here = heads[arcs[place]]
                elif path:
                    here = heads[path.pop() ^ 1]
                    following[here] += 1
                else:
                    break

    def side(self, source: int) -> list[bool]:
        """Which points are on the source's side of the minimum cut; the flow must be maximum."""
        seen = [False] * len(self.after)
        seen[source] = True
        queue = [source]
        while queue:
            for arc in self.after[queue.pop()]:
                if self.left[arc] > 0 and not seen[self.heads[arc]]:
                    seen[self.heads[arc]] = True
                    queue.append(self.heads[arc])
        return seen

    def _levels(self, source: int, sink: int) -> list[int]:
        level = [-1] * len(self.after)
        level[source] = 0
        queue = deque([source])
        while queue:
            here = queue.popleft()
            if here == sink:
                break
            for arc in self.after[here]:
                if self.left[arc] > 0 and level[self.heads[arc]] < 0:
                    level[self.heads[arc]] = level[here] + 1
                    queue.append(self.heads[arc])
        return level
