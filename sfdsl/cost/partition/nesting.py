"""Which state of a flow comes next on every way, and which belongs to which: the relations behind the sequences.

Loops with one way in are taken as points. The next sibling of a point is its immediate postdominator over normal ways
that do not fail. A point belongs to its immediate dominator, unless it is the next sibling, or something from elsewhere
leads to it too: it is then a sibling, or belongs to nobody.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection

from sfdsl.dominance import Dominators
from sfdsl.graph import FlowGraph
from sfdsl.model.edges import EdgeKind
from sfdsl.model.states import Fail

_START, _END = "\0start", "\0end"


class _Tree(Dominators[str]):
    """Dominators, asked for the nearest only: a list of all would take too long for each state of a long flow."""

    def nearest(self, node: str) -> str | None:
        """The immediate dominator."""
        return self._above.get(node)

    def first(self, node: str) -> int:
        """The node's number in a walk over the tree; 0 where no path leads to it."""
        return self._spans.get(node, (0, 0))[0]


class Nesting:
    """One set of states and how they belong to each other.

    Args:
        graph: Of the flow.
        states: The set.
        entry: Where it is entered.
        body: Whether it is the body of a loop: then ways back to the entry are left out.
        blocked: States that cannot run in Express.
        fails: What `failing` says of the flow.

    Attributes:
        loops: Header -> the states of the loop, for loops with one way in.
        order: The points, each before those it leads to.
        following: Point -> the next sibling; a point without one is not in it.
        parent: Point -> the point that it belongs to; a point that belongs to none is not in it.
    """

    def __init__(
        self, graph: FlowGraph, states: Collection[str], entry: str, body: bool, blocked: frozenset[str],
        fails: frozenset[str],
    ) -> None:  # fmt: skip
        self.graph = graph
        self.states = set(states)
        self.start = entry
        self.body = body
        self.blocked = blocked
        self.fails = fails
        self.position = {name: i for i, name in enumerate(graph.by_name)}
        self.point: dict[str, str] = {name: name for name in self.states}
        self.loops: dict[str, list[str]] = {}
        self.tangled: set[str] = set()
        self._find_loops()
        self.entry = self.point[entry]
        self.normal: dict[str, list[str]] = {}
        self.every: dict[str, list[str]] = {}
        self.before: dict[str, list[str]] = {}
        self.ends: set[str] = set()
        self._join()
        self.order = self._topological()
        self.following = self._next_siblings()
        self.parent = self._parents()

    def _find_loops(self) -> None:
        """Loops with one way in become points; the states of others stay on their own, their ways back left out."""
        entry = self.start
        for loop in self._components():
            inside = set(loop)
            doors = {
                name for name in loop
                if name == entry or any(edge.source not in inside for edge in self.graph.incoming[name]
                                        if edge.source in self.graph.reachable)
            }  # fmt: skip
            if len(doors) == 1:
                header = next(iter(doors))
                if header not in self.fails:  # else the failure is how it goes on
                    loop = [*loop, *self._failures_of(loop)]
                self.loops[header] = loop
                self.point.update(dict.fromkeys(loop, header))
            else:
                self.tangled |= inside

    def _failures_of(self, loop: list[str]) -> list[str]:
        """States that only a loop leads to and that only fail: they belong to it, though they lead not back."""
        graph = self.graph
        inside = set(loop)
        found: list[str] = []
        stack = list(loop)
        while stack:
            for target in graph.successors[stack.pop()]:
                if target in inside or target not in self.states or target not in self.fails:
                    continue
                if all(edge.source in inside for edge in graph.incoming[target] if edge.source in graph.reachable):
                    inside.add(target)
                    found.append(target)
                    stack.append(target)
        return found

    def _components(self) -> list[list[str]]:
        # Inside a loop the ways back to its header are left out, so that the loops within it show.
        return self.graph.loops(self.states - {self.start} if self.body else self.states)

    def _join(self) -> None:
        graph, point = self.graph, self.point
        for name in self.states:
            self.normal.setdefault(point[name], [])
            self.every.setdefault(point[name], [])
            self.before.setdefault(point[name], [])
        seen: set[tuple[str, str, bool]] = set()
        for name in sorted(self.states, key=self.position.__getitem__):
            source = point[name]
            # A Fail inside a loop is no way on from it.
            if graph.ends(graph.by_name[name]) and not (source in self.loops and self._always_fails(name)):
                self.ends.add(source)
            for edge in graph.outgoing[name]:
                if edge.target not in graph.by_name:
                    continue
                if edge.target not in self.states or (self.body and edge.target == self.start):
                    if edge.kind is not EdgeKind.CATCH:
                        self.ends.add(source)
                    continue
                target = point[edge.target]
                if target == source or (source in self.tangled and target in self.tangled):
                    continue
                catch = edge.kind is EdgeKind.CATCH
                if (source, target, catch) in seen:
                    continue
                seen.add((source, target, catch))
                if not catch:
                    self.normal[source].append(target)
                if (source, target, not catch) not in seen:
                    self.every[source].append(target)
                    self.before[target].append(source)
        # Ways among tangled states are left out: each of these states is a sequence of its own.
        for name in self.tangled:
            self.ends.add(name)

    def _next_siblings(self) -> dict[str, str]:
        """Point -> the next sibling: the nearest point that every normal way which does not fail goes through."""
        failing = {point for point in self.normal if self._fails(point)}
        alive: set[str] = {point for point in self.ends if point not in failing}
        incoming: dict[str, list[str]] = {point: [] for point in self.normal}
        for point, targets in self.normal.items():
            for target in targets:
                incoming[target].append(point)
        stack = list(alive)
        while stack:
            for source in incoming[stack.pop()]:
                if source not in alive:
                    alive.add(source)
                    stack.append(source)
        # Read backwards from the end: a way from a living point to a dead one is a failure and does not count.
        backwards: dict[str, list[str]] = {_END: []}
        for point, targets in self.normal.items():
            if (point in self.ends and point not in failing) or (not targets or point in failing):
                backwards[_END].append(point)
            for target in targets:
                if point not in alive or target in alive:
                    backwards.setdefault(target, []).append(point)
        tree = _Tree(_END, backwards)
        nearest = {point: tree.nearest(point) for point in self.normal}
        return {point: above for point, above in nearest.items() if above is not None and above != _END}

    def _fails(self, point: str) -> bool:
        return point not in self.loops and self._always_fails(point)

    def _always_fails(self, name: str) -> bool:
        return isinstance(self.graph.by_name[name], Fail)

    def _unreached(self, entry: str) -> list[str]:
        """Points that no kept way leads to from the entry: behind tangled states only."""
        seen = {entry}
        stack = [entry]
        found: list[str] = []
        order = self._topological()
        while True:
            while stack:
                for target in self.every[stack.pop()]:
                    if target not in seen:
                        seen.add(target)
                        stack.append(target)
            missing = next((point for point in order if point not in seen), None)
            if missing is None:
                return found
            found.append(missing)
            seen.add(missing)
            stack.append(missing)

    def _topological(self) -> list[str]:
        """The points, each before those it leads to."""
        degree = {point: len(sources) for point, sources in self.before.items()}
        ready = [point for point, count in degree.items() if count == 0]
        ready.sort(key=self.position.__getitem__, reverse=True)
        order: list[str] = []
        while ready:
            point = ready.pop()
            order.append(point)
            for target in reversed(self.every[point]):
                degree[target] -= 1
                if degree[target] == 0:
                    ready.append(target)
        return order

    def _parents(self) -> dict[str, str]:
        tree = _Tree(_START, {_START: [self.entry, *self._unreached(self.entry)], **self.every})
        kids: dict[str, list[str]] = {}
        for point in self.order:
            above = tree.nearest(point)
            if above is not None and above != _START:
                kids.setdefault(above, []).append(point)
        shut = self._shut(tree)
        parent: dict[str, str] = {}
        for point in self.order:
            for kid in self._between(point, kids.get(point, ()), tree, shut):
                parent[kid] = point
        for point in self.order:
            above = tree.nearest(point)
            # The next sibling stands where the one before it stands, however deep that is.
            if above is not None and point not in parent and self.following.get(above) == point:
                outer = parent.get(above)
                while outer is not None and self.following.get(outer) == point:
                    outer = parent.get(outer)
                if outer is not None:
                    parent[point] = outer
        return parent

    def _between(self, point: str, kids: Collection[str], tree: _Tree, shut: set[str]) -> list[str]:
        """Which of the points that a point dominates immediately belong to it.

        Not the next sibling, and not what something else leads to: what comes after the next sibling, or what does not
        belong either. A handler joins what it handles, unless it cannot run in Express: it would keep all of it out.
        """
        following = self.following.get(point)
        kept = dict.fromkeys(
            kid for kid in kids
            if kid != following and not (kid in shut and all(kid not in self.normal[b] for b in self.before[kid]))
        )  # fmt: skip
        if not kept:
            return []
        numbered = sorted((tree.first(kid), kid) for kid in kids)
        firsts = [number for number, _ in numbered]
        sources: dict[str, list[str]] = {}
        for kid in kept:
            for source in self.before[kid]:
                if source != point:
                    via = numbered[bisect_right(firsts, tree.first(source)) - 1][1]
                    sources.setdefault(via, []).append(kid)
        gone = [via for via in sources if via not in kept]
        while gone:
            for kid in sources.get(gone.pop(), ()):
                if kid in kept:
                    del kept[kid]
                    gone.append(kid)
        return list(kept)

    def _shut(self, tree: _Tree) -> set[str]:
        """The points that dominate, or are, something that cannot run in Express."""
        found: set[str] = set()
        for point in reversed(self.order):
            if point in found or not self.blocked.isdisjoint(self.loops.get(point, (point,))):
                found.add(point)
                above = tree.nearest(point)
                if above is not None:
                    found.add(above)
        return found


def failing(graph: FlowGraph) -> frozenset[str]:
    """The states from which every normal way comes to a Fail."""
    fine = [name for name, state in graph.by_name.items() if graph.ends(state) and not isinstance(state, Fail)]
    seen = set(fine)
    while fine:
        for edge in graph.incoming[fine.pop()]:
            if edge.kind is not EdgeKind.CATCH and edge.source not in seen:
                seen.add(edge.source)
                fine.append(edge.source)
    return frozenset(graph.by_name) - seen
