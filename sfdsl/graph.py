"""The networkx view of a machine: what leads where, what runs before what. The only module that imports networkx.

What every check run asks (reachability, ends, loops) is computed here in plain Python, linear in states and ways:
importing networkx takes a quarter of a second, which a definition without variables need not pay.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Container, Iterable, Iterator
from functools import cached_property
from typing import Any, TypeAlias, TypeVar

from sfdsl.dominance import Dominators
from sfdsl.model.edges import Edge, EdgeKind, edges
from sfdsl.model.states import Choice, Fail, Flow, Opaque, State, Succeed
from sfdsl.model.workflow import Scope, Workflow, scopes

_END = "\0end"  # no state has this name
Point: TypeAlias = "tuple[str, bool]"
"""A moment of a state: entered (False), or completed on its normal way out (True)."""

T = TypeVar("T")


class FlowGraph:
    """The states of one flow and the ways between them.

    Ways to states that the flow does not have are in `edges` and not in the graph. Of states with one
    name, which only broken definitions have, the last stands for the name.
    """

    def __init__(self, flow: Flow) -> None:
        self.flow = flow
        self.by_name: dict[str, State] = {state.name: state for state in flow.states}
        self.edges: list[Edge] = [edge for state in self.by_name.values() for edge in edges(state)]

    @cached_property
    def graph(self) -> Any:
        """The states as a `networkx.DiGraph`, an edge wherever one state can lead to another."""
        import networkx

        graph: Any = networkx.DiGraph()
        graph.add_nodes_from(self.by_name)
        graph.add_edges_from((edge.source, edge.target) for edge in self.edges if edge.target in self.by_name)
        return graph

    @cached_property
    def outgoing(self) -> dict[str, list[Edge]]:
        """The ways on from each state, in the state's own order."""
        ways: dict[str, list[Edge]] = {name: [] for name in self.by_name}
        for edge in self.edges:
            ways[edge.source].append(edge)
        return ways

    @cached_property
    def incoming(self) -> dict[str, list[Edge]]:
        """The ways into each state, from states of this flow."""
        ways: dict[str, list[Edge]] = {name: [] for name in self.by_name}
        for edge in self.edges:
            if edge.target in ways:
                ways[edge.target].append(edge)
        return ways

    @cached_property
    def successors(self) -> dict[str, list[str]]:
        """The states of this flow that each state can lead to, each once, in the state's own order."""
        after: dict[str, dict[str, None]] = {name: {} for name in self.by_name}
        for edge in self.edges:
            if edge.target in self.by_name:
                after[edge.source][edge.target] = None
        return {name: list(targets) for name, targets in after.items()}

    @cached_property
    def reachable(self) -> frozenset[str]:
        """The names of the states that the start leads to, the start included."""
        start = self.flow.start_at
        return frozenset(_closure([start], self.successors)) if start in self.by_name else frozenset()

    def unreachable(self) -> list[State]:
        """The states that no path from the start enters; none where the start itself is missing."""
        if self.flow.start_at not in self.by_name:
            return []
        return [state for name, state in self.by_name.items() if name not in self.reachable]

    def islands(self) -> list[list[str]]:
        """The unreachable states in groups: first a state that no other group leads to, then those it leads to.

        A state that two groups lead to belongs to the first. Groups are in the order of the flow.
        """
        left = {state.name for state in self.unreachable()}
        if not left:
            return []
        position = {name: i for i, name in enumerate(self.by_name)}
        among = self._components(left)
        number = {name: i for i, names in enumerate(among) for name in names}
        entered = {
            number[after] for name in left for after in self.successors[name]
            if after in left and number[after] != number[name]
        }  # fmt: skip
        heads = [min(names, key=position.__getitem__) for i, names in enumerate(among) if i not in entered]
        groups = []
        for head in sorted(heads, key=position.__getitem__):
            found = _closure([head], self.successors, left)
            left.difference_update(found)
            groups.append(found)
        return groups

    def ends(self, state: State) -> bool:
        """Whether the flow can end in this state on its normal way out."""
        match state:
            case Succeed() | Fail():
                return True
            case Choice() | Opaque():
                return False
            case _:
                return state.next is None and "End" not in state.extra

    def endless(self) -> list[State]:
        """The reachable states from which no path leads to an end.

        A state whose way on is missing or misspelt counts as an end, since that is another fault.
        """
        before: dict[str, list[str]] = {name: [] for name in self.by_name}
        can_end = []
        for name, state in self.by_name.items():
            for after in self.successors[name]:
                before[after].append(name)
            broken = "End" in state.extra if not isinstance(state, Opaque) else True
            if self.ends(state) or broken or not self.outgoing[name]:
                can_end.append(name)
        can_end += [edge.source for edge in self.edges if edge.target not in self.by_name]
        ending = set(_closure(can_end, before))
        return [state for name, state in self.by_name.items() if name in self.reachable and name not in ending]

    def loops(self, among: Container[str] | None = None) -> list[list[str]]:
        """The loops, each as the names of the states that lie on it together, in the order of the flow.

        Args:
            among: Only loops that stay among these states; None is all of them.
        """
        return [list(names) for names in (self._loops if among is None else self._loops_among(among))]

    @cached_property
    def _loops(self) -> list[list[str]]:
        return self._loops_among(self.by_name)

    def _loops_among(self, among: Container[str]) -> list[list[str]]:
        position = {name: i for i, name in enumerate(self.by_name)}
        found = []
        for component in self._components([name for name in self.by_name if name in among]):
            if len(component) > 1 or component[0] in self.successors[component[0]]:
                found.append(sorted(component, key=position.__getitem__))
        return sorted(found, key=lambda names: position[names[0]])

    def _components(self, among: Iterable[str]) -> list[list[str]]:
        """The strongly connected components of some states (Tarjan's algorithm, without recursion)."""
        inside = set(among)
        order: dict[str, int] = {}
        lowest: dict[str, int] = {}
        open_: dict[str, None] = {}  # Tarjan's stack: in the order of arrival, with fast membership
        components: list[list[str]] = []
        for root in among:
            if root in order:
                continue
            order[root] = lowest[root] = len(order)
            open_[root] = None
            walk = [(root, iter(self.successors[root]))]
            while walk:
                name, ways = walk[-1]
                for after in ways:
                    if after not in inside:
                        continue
                    if after not in order:
                        order[after] = lowest[after] = len(order)
                        open_[after] = None
                        walk.append((after, iter(self.successors[after])))
                        break
                    if after in open_:
                        lowest[name] = min(lowest[name], order[after])
                else:
                    walk.pop()
                    if walk:
                        above = walk[-1][0]
                        lowest[above] = min(lowest[above], lowest[name])
                    if lowest[name] == order[name]:
                        component: list[str] = []
                        while not component or component[-1] != name:
                            component.append(open_.popitem()[0])
                        components.append(component)
        return components

    def path(self, source: str, target: str) -> list[str]:
        """The names along one shortest path from state to state, both included; [] where there is none."""
        import networkx

        try:
            found: list[str] = networkx.shortest_path(self.graph, source, target)
        except (networkx.NetworkXNoPath, networkx.NodeNotFound):
            return []
        return found

    @cached_property
    def _points(self) -> dict[Point, list[Point]]:
        """Entered and completed moments: a catcher leads on from a state that was entered and not completed."""
        ways: dict[Point, list[Point]] = {}
        for name in self.by_name:
            ways[name, False] = [(name, True)]
            ways[name, True] = []
        for edge in self.edges:
            if edge.target in self.by_name:
                ways[edge.source, edge.kind is not EdgeKind.CATCH].append((edge.target, False))
        return ways

    @cached_property
    def _dominators(self) -> Dominators[Point]:
        start = self.flow.start_at if self.flow.start_at in self.by_name else ""
        return Dominators((str(start), False), self._points)

    @cached_property
    def _inevitable(self) -> Dominators[str]:
        """Dominators of the flow read backwards from its ends, errors left out."""
        ways: dict[str, list[str]] = {_END: [name for name, state in self.by_name.items() if self.ends(state)]}
        for edge in self.edges:
            if edge.kind is not EdgeKind.CATCH and edge.target in self.by_name:
                ways.setdefault(edge.target, []).append(edge.source)
        return Dominators(_END, ways)

    def completes_before(self, producer: str, reader: str) -> bool:
        """Whether every path that enters `reader` has completed `producer` on its normal way out.

        A reader that nothing leads to has no path, so that the answer is True.
        """
        return self._dominators.dominates((producer, True), (reader, False))

    def entered_before(self, first: str, second: str) -> bool:
        """Whether every path that enters `second` has entered `first`; True for a state and itself."""
        return self._dominators.dominates((first, False), (second, False))

    def dominators(self, name: str) -> list[str]:
        """The states that every path to `name` enters, nearest first, without `name` itself."""
        return [other for other, completed in self._dominators.above((name, False)) if not completed]

    def always_leads_to(self, source: str, target: str) -> bool:
        """Whether every path from a state to an end of the flow enters `target`, as long as nothing fails."""
        return source in self._inevitable and target in self._inevitable and self._inevitable.dominates(target, source)

    def path_around(self, producer: str, reader: str) -> list[str]:
        """The states of one shortest path that enters `reader` without completing `producer`; [] where none does."""
        if self.flow.start_at not in self.by_name:
            return []
        start, goal, closed = (self.flow.start_at, False), (reader, False), (producer, True)
        came: dict[Any, Any] = {start: None}
        queue: deque[Any] = deque([start])
        while queue:
            point = queue.popleft()
            if point == goal:
                return [name for name, completed in _back(came, goal) if not completed]
            for after in self._points[point]:
                if after != closed and after not in came:
                    came[after] = point
                    queue.append(after)
        return []

    def leads_to(self, source: str, target: str) -> bool:
        """Whether one or more steps lead from a state to another, or back to itself."""
        import networkx

        return any(
            after == target or networkx.has_path(self.graph, after, target) for after in self.graph.successors(source)
        )


def _closure(starts: Iterable[str], ways: dict[str, list[str]], among: Container[str] | None = None) -> list[str]:
    """The starts and all that they lead to (without leaving `among`), each once; a walk that goes broad first."""
    seen = dict.fromkeys(starts)
    queue = deque(seen)
    while queue:
        for after in ways[queue.popleft()]:
            if after not in seen and (among is None or after in among):
                seen[after] = None
                queue.append(after)
    return list(seen)


def _back(came: dict[Any, Any], goal: Any) -> list[Any]:
    path = []
    point = goal
    while point is not None:
        path.append(point)
        point = came[point]
    return path[::-1]


class WorkflowGraph:
    """A workflow with its scopes and their graphs, computed once and shared by all who look at it."""

    def __init__(self, workflow: Workflow) -> None:
        self.workflow = workflow
        self.machine = workflow.machine
        self.scopes: tuple[Scope, ...] = tuple(scopes(workflow.machine))
        self._graphs: dict[int, FlowGraph] = {}
        self._computed: dict[Callable[[WorkflowGraph], Any], Any] = {}

    def graph(self, scope: Scope) -> FlowGraph:
        """The graph of one scope's flow."""
        key = id(scope.flow)
        if key not in self._graphs:
            self._graphs[key] = FlowGraph(scope.flow)
        return self._graphs[key]

    def states(self) -> Iterator[tuple[Scope, State]]:
        """Every state with its scope, scope by scope, outer before inner."""
        for scope in self.scopes:
            for state in scope.flow.states:
                yield scope, state

    def once(self, compute: Callable[[WorkflowGraph], T]) -> T:
        """What a function makes of this workflow, computed the first time that somebody asks.

        Args:
            compute: A function of the module level, since it is also the key.
        """
        if compute not in self._computed:
            self._computed[compute] = compute(self)
        found: T = self._computed[compute]
        return found
