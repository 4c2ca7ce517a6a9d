"""What a region of states needs from outside and leaves behind: variables and fields of the context object.

A child execution has variables and a context of its own. What its states read is passed to it, and what they assign and
somebody reads later is handed back. Only what surely has a value can be passed: a variable that has one on some ways
and none on others would fail where it is packed.

Source: Developer Guide, "Passing data between states with variables" and "Accessing execution data from the Context
object".
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterator

from attrs import field, frozen

from sfdsl import jsonpath
from sfdsl.cost.partition.contexts import readable
from sfdsl.graph import FlowGraph, WorkflowGraph
from sfdsl.jsonata_text import facts
from sfdsl.model.edges import EdgeKind
from sfdsl.model.states import Map, State
from sfdsl.model.texts import Kind, Text, assigned, parsed, texts, variables
from sfdsl.model.workflow import Scope, inner

Context = tuple[str, ...]

PASSED = ("Execution", "StateMachine", "Map")
"""Parts of the context object that are others in a child execution; `State` and `Task` belong to the state."""


@frozen(kw_only=True)
class Needs:
    """What a region needs and leaves behind.

    Attributes:
        variables: Names of variables that it is given, in order.
        context: Fields of the context object that it is given, such as `("Execution", "Input")`, in order.
        results: Exit (a target, or None for the end of the flow) -> variables that it hands back there.
        missing: Variables that it would need and that may have no value; with any, it cannot be a child.
    """

    variables: tuple[str, ...]
    context: tuple[Context, ...]
    results: dict[str | None, tuple[str, ...]] = field(hash=False)
    missing: tuple[str, ...] = ()


class Flows:
    """Variables of every scope: which have a value when a state is entered, and which are read later.

    Sets of variables are bit masks over the names of the workflow.
    """

    def __init__(self, graph: WorkflowGraph) -> None:
        self.graph = graph
        self.names: list[str] = []
        self._bits: dict[str, int] = {}
        self._uses: dict[tuple[int, str], int] = {}
        self._gives: dict[tuple[int, str], dict[tuple[EdgeKind, int], int]] = {}
        self._always: dict[int, dict[str, int]] = {}
        self._live: dict[int, dict[str, int]] = {}
        for scope in reversed(graph.scopes):
            self._collect(scope)
        for scope in graph.scopes:
            self._solve(scope)

    def needs(self, scope: Scope, entry: str, region: Collection[str]) -> Needs:
        """What a region with one entry needs and leaves behind."""
        graph = self.graph.graph(scope)
        key = id(scope.flow)
        exposed, given = self._within(scope, graph, entry, region)
        always = self._always[key].get(entry, 0)
        results: dict[str | None, int] = {}
        passed_on = 0
        written = 0
        for name in region:
            for mask in self._gives[key, name].values():
                written |= mask
        for target, sure in given:
            live = self._live[key].get(target, 0) if target is not None else 0
            wanted = written & live
            passed_on |= wanted & ~sure
            results[target] = results.get(target, 0) | wanted
        wanted = exposed | passed_on
        context: dict[Context, None] = {}
        for name in sorted(region):
            for read in _context_of(scope, graph.by_name[name]):
                if read[:1] and read[0] in PASSED:
                    context[read] = None
        return Needs(
            variables=self.named(wanted & always),
            context=tuple(sorted(context)),
            results={target: self.named(mask) for target, mask in results.items()},
            missing=self.named(wanted & ~always),
        )

    def masks(self, scope: Scope, states: Collection[str]) -> tuple[int, int]:
        """What a part of a run reads as soon as it is entered, and what may be written in it; as bit masks.

        Of several states nothing is taken to be read: what one of them reads another may have written.
        """
        key = id(scope.flow)
        written = 0
        for name in states:
            for mask in self._gives[key, name].values():
                written |= mask
        return (self._uses[key, next(iter(states))] if len(states) == 1 else 0), written

    def _within(
        self, scope: Scope, graph: FlowGraph, entry: str, region: Collection[str]
    ) -> tuple[int, list[tuple[str | None, int]]]:
        """Variables that a region reads before it writes them, and for every way out what was surely written."""
        key = id(scope.flow)
        sure: dict[str, int] = {entry: 0}
        exposed = 0
        queue = deque([entry])
        while queue:
            name = queue.popleft()
            for target, gives in self._ways(key, graph, name):
                if target is None or target not in region:
                    continue
                mask = sure[name] | gives
                before = sure.get(target)
                after = mask if before is None else before & mask
                if target == entry:
                    after = 0
                if after != before:
                    sure[target] = after
                    queue.append(target)
        exits: list[tuple[str | None, int]] = []
        for name, mask in sure.items():
            exposed |= self._uses[key, name] & ~mask
            for target, gives in self._ways(key, graph, name):
                if target is None or target not in region:
                    exits.append((target, mask | gives))
        return exposed, exits

    def _ways(self, key: int, graph: FlowGraph, name: str) -> Iterator[tuple[str | None, int]]:
        gives = self._gives[key, name]
        for edge in graph.outgoing[name]:
            if edge.target in graph.by_name:
                yield edge.target, gives.get((edge.kind, edge.index), 0)
        if graph.ends(graph.by_name[name]):
            yield None, gives.get((EdgeKind.NEXT, 0), 0)

    def _collect(self, scope: Scope) -> None:
        """What each state of a scope reads, inner flows included, and writes."""
        for state in self.graph.graph(scope).by_name.values():
            key = (id(scope.flow), state.name)
            uses = 0
            for text in texts(scope, state):
                for name in variables(text):
                    uses |= self._bit(name)
            for below in inner(scope, state):
                own = 0
                read = 0
                for deeper in self.graph.graph(below).by_name:
                    read |= self._uses[id(below.flow), deeper]
                    for mask in self._gives[id(below.flow), deeper].values():
                        own |= mask
                uses |= read & ~own
            gives: dict[tuple[EdgeKind, int], int] = {}
            for each in assigned(scope, state):
                gives[each.kind, each.index] = gives.get((each.kind, each.index), 0) | self._bit(each.name)
            self._uses[key] = uses
            self._gives[key] = gives

    def _solve(self, scope: Scope) -> None:
        graph = self.graph.graph(scope)
        key = id(scope.flow)
        start = graph.flow.start_at
        outside = 0
        if scope.parent is not None and scope.owner is not None and not _own_execution(scope):
            outside = self._always[id(scope.parent.flow)].get(scope.owner.name, 0)
        always: dict[str, int] = {str(start): outside} if start in graph.by_name else {}
        queue = deque(always)
        while queue:
            name = queue.popleft()
            for target, gives in self._ways(key, graph, name):
                if target is None:
                    continue
                mask = always[name] | gives
                before = always.get(target)
                after = mask if before is None else before & mask
                if after != before:
                    always[target] = after
                    queue.append(target)
        live: dict[str, int] = {}
        waiting = deque(reversed(list(always)))
        queued = set(waiting)
        while waiting:
            name = waiting.popleft()
            queued.discard(name)
            mask = self._uses[key, name]
            for target, gives in self._ways(key, graph, name):
                if target is not None:
                    mask |= live.get(target, 0) & ~gives
            if live.get(name) != mask:
                live[name] = mask
                for edge in graph.incoming[name]:
                    if edge.source in always and edge.source not in queued:
                        queued.add(edge.source)
                        waiting.append(edge.source)
        self._always[key] = always
        self._live[key] = live

    def _bit(self, name: str) -> int:
        if name not in self._bits:
            self._bits[name] = 1 << len(self.names)
            self.names.append(name)
        return self._bits[name]

    def named(self, mask: int) -> tuple[str, ...]:
        """The variables of a bit mask, in order."""
        found = []
        while mask:
            bit = mask & -mask
            found.append(self.names[bit.bit_length() - 1])
            mask ^= bit
        return tuple(sorted(found))


def context_of(text: Text) -> tuple[Context, ...]:
    """What a text reads of the context object; `()` stands for all of it."""
    match text.kind:
        case Kind.EXPRESSION:
            reads = facts(text.text).states
            whole = ((),) if () in reads else ()
            return (*whole, *(_kept(read[1:]) for read in reads if read[:1] == ("context",)))
        case Kind.PATH | Kind.ENTRY:
            if "$$" not in text.text:
                return ()
            node = parsed(text)
            if isinstance(node, jsonpath.SyntaxProblem):
                return ()
            return tuple(
                _kept(tuple(step for step in way if isinstance(step, str))) for way in jsonpath.context_paths(node)
            )
        case Kind.LITERAL:
            return ()


def reads_whole_context(scope: Scope, state: State) -> bool:
    """Whether a state reads the context object, or its part `Execution`, as a whole, or in a form not understood."""
    return any(
        read in ((), ("Execution",)) or not readable(text.text)
        for text in texts(scope, state) for read in context_of(text)
    )  # fmt: skip


def own_item(text: Text, state: State) -> bool:
    """Whether a text sees the item of the Map that it stands in: the ItemSelector of that Map."""
    return isinstance(state, Map) and text.node is state and text.field.attribute in ("item_selector", "parameters")


def _kept(way: tuple[str, ...]) -> Context:
    """As much of a way into the context as is passed on: the whole input, the whole item."""
    return way[:3] if way[:1] == ("Map",) else way[:2]


def _context_of(scope: Scope, state: State) -> Iterator[Context]:
    """What a state and the states inside it read of the context of the execution they stand in."""
    for text in texts(scope, state):
        for read in context_of(text):
            if not (read[:1] == ("Map",) and own_item(text, state)):
                yield read
    for below in inner(scope, state):
        for deeper in below.flow.states:
            for read in _context_of(below, deeper):
                if not (read[:1] == ("Map",) and isinstance(state, Map)):
                    yield read


def _own_execution(scope: Scope) -> bool:
    return isinstance(scope.owner, Map) and scope.owner.distributed
