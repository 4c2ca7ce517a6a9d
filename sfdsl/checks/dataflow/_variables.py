"""Which variables have a value when a state is entered: on every path to it, on some, or on none.

A state's `Assign` defines on its normal way out, a rule's and a catcher's on the way that it leads. Inner flows
see what their owner saw when it was entered; the body of a Distributed Map sees nothing from outside. The sets
are bit masks over the variables of the workflow, and two sweeps over the states settle them.

Source: Developer Guide, "Passing data between states with variables", scope and evaluation order.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from typing import NamedTuple

from sfdsl.checks.dataflow._view import view
from sfdsl.graph import FlowGraph, WorkflowGraph
from sfdsl.jsonpath import variables as path_variables
from sfdsl.model.edges import Edge, EdgeKind
from sfdsl.model.fields import ABSENT
from sfdsl.model.states import Catcher, ChoiceRule, Comparison, Condition, Map, State
from sfdsl.model.texts import Assigned, Kind, Text, assigned
from sfdsl.model.workflow import Scope

ALL = -1
"""The mask of every variable: what holds where no path leads."""

MOST_STEPS = 200_000
"""How many steps the search for paths in messages takes in one workflow; after that, messages name no path."""


class Reading(NamedTuple):
    """A state that reads a variable, with the first text that does."""

    scope: Scope
    state: State
    name: str
    text: Text


class Table:
    """One scope: what its states assign, and the masks of variables when each is entered.

    Attributes:
        scope: The scope.
        assigned: Name -> the assignments of it in this scope, in the order of the states.
        written: State -> way out, as `edges` counts them -> the variables that are written on it.
        always: State -> variables that every path to it has given a value; a state that no path enters is missing.
        maybe: State -> variables that some path to it has given a value.
    """

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.assigned: dict[str, list[tuple[State, Assigned]]] = {}
        self.written: dict[str, dict[tuple[EdgeKind, int], int]] = {}
        self.always: dict[str, int] = {}
        self.maybe: dict[str, int] = {}


class Variables:
    """The variables of a workflow.

    Attributes:
        tables: By scope, outer before inner.
        readings: Every state with every variable that it reads, each pair once.
        mentioned: Names behind a `$` in texts whose syntax is wrong, by scope: they may be read there.
        complete: Whether all assignments are known; false where an `Assign` is no object, such as a placeholder.
    """

    def __init__(self, graph: WorkflowGraph) -> None:
        self._graph = graph
        self._steps = MOST_STEPS
        self.bits: dict[str, int] = {}
        self.tables: dict[int, Table] = {}
        self.readings: list[Reading] = []
        self.mentioned: dict[int, set[str]] = {}
        self.complete = True
        for scope in graph.scopes:
            self.tables[id(scope)] = self._assignments(scope)
        self._find_readings()
        self._settle()

    def table(self, scope: Scope) -> Table:
        """What is known of a scope."""
        return self.tables[id(scope)]

    def scopes(self) -> Iterator[Table]:
        """The tables, outer scopes before inner ones."""
        yield from self.tables.values()

    def reachable(self, reading: Reading) -> bool:
        """Whether a path leads to the state, from the start of the machine or of the child execution."""
        return self.table(reading.scope).always.get(reading.state.name, ALL) != ALL

    def on_some_path(self, reading: Reading) -> bool:
        """Whether some path to the state has given the variable a value."""
        return bool(self.table(reading.scope).maybe.get(reading.state.name, 0) & self._bit(reading.name))

    def on_every_path(self, reading: Reading) -> bool:
        """Whether every path to the state has given the variable a value, or has failed for the lack of it before."""
        return bool(self.table(reading.scope).always.get(reading.state.name, ALL) & self._bit(reading.name))

    def around(self, scope: Scope) -> Iterator[Table]:
        """The tables that a state of the scope sees: its own, then outer ones up to the child execution or machine."""
        here: Scope | None = scope
        while here is not None:
            yield self.tables[id(here)]
            here = None if _child_execution(here) else here.parent

    def beyond(self, scope: Scope) -> Iterator[Table]:
        """The tables outside the child execution that the scope runs in; nothing in the machine's own execution."""
        child = scope.child_execution()
        here = child.parent if child is not None else None
        while here is not None:
            yield self.tables[id(here)]
            here = here.parent

    def path_without(self, reading: Reading) -> list[str]:
        """The states on a shortest path to the reader on which the variable gets no value; [] where the search ends.

        The path is one of the scope that assigns the variable: of an outer scope, it ends with the state that holds the
        reader.
        """
        for table, target in zip(self.around(reading.scope), _owners(reading.scope, reading.state), strict=False):
            if reading.name in table.assigned:
                return self._search(table, target.name, self._bit(reading.name))
        return []

    def _bit(self, name: str) -> int:
        return self.bits.get(name, 0)

    def _assignments(self, scope: Scope) -> Table:
        table = Table(scope)
        for state in scope.flow.states:
            for each in assigned(scope, state):
                if each.name not in self.bits:
                    self.bits[each.name] = 1 << len(self.bits)
                table.assigned.setdefault(each.name, []).append((state, each))
                ways = table.written.setdefault(state.name, {})
                ways[each.kind, each.index] = ways.get((each.kind, each.index), 0) | self.bits[each.name]
            for node in (state, *getattr(state, "catch", ()), *getattr(state, "choices", ())):
                value = getattr(node, "assign", ABSENT)
                if value is not ABSENT and not isinstance(value, dict):
                    self.complete = False
        return table

    def _find_readings(self) -> None:
        found = view(self._graph)
        seen: set[tuple[int, str, str]] = set()

        def read(scope: Scope, state: State, text: Text, names: frozenset[str]) -> None:
            for name in sorted(names) if len(names) > 1 else names:
                key = (id(scope), state.name, name)
                if text.kind is Kind.EXPRESSION and tolerates(text.text, name):
                    self.mentioned.setdefault(id(scope), set()).add(name)
                elif key not in seen:
                    seen.add(key)
                    self.readings.append(Reading(scope, state, name, text))

        for expression in found.expressions:
            if expression.problem is not None:
                self.mentioned.setdefault(id(expression.scope), set()).update(_NAME.findall(expression.text.text))
            elif expression.facts.variables:
                read(expression.scope, expression.state, expression.text, expression.facts.variables)
        for path in found.paths:
            if path.node is None:
                self.mentioned.setdefault(id(path.scope), set()).update(_NAME.findall(path.text.text))
            elif path.text.text.find("$") >= 0 and (names := path_variables(path.node)):
                read(path.scope, path.state, path.text, names)

    def _settle(self) -> None:
        wanted: dict[tuple[int, str], int] = {}
        for reading in self.readings:
            if not isinstance(reading.text.node, (Catcher, ChoiceRule, Comparison, Condition)):
                key = (id(reading.scope), reading.state.name)
                wanted[key] = wanted.get(key, 0) | self._bit(reading.name)
        for scope in self._graph.scopes:
            table = self.tables[id(scope)]
            always, maybe = 0, 0
            if scope.parent is not None and scope.owner is not None and not _child_execution(scope):
                outer = self.tables[id(scope.parent)]
                always, maybe = outer.always.get(scope.owner.name, ALL), outer.maybe.get(scope.owner.name, 0)
            _solve(self._graph.graph(scope), table, always, maybe, wanted)

    def _search(self, table: Table, target: str, bit: int) -> list[str]:
        graph = self._graph.graph(table.scope)
        start = graph.flow.start_at
        if start is None or start not in graph.by_name:
            return []
        came: dict[str, str | None] = {start: None}
        queue = deque([start])
        while queue and self._steps > 0:
            name = queue.popleft()
            if name == target:
                path = [name]
                while (before := came[path[-1]]) is not None:
                    path.append(before)
                return path[::-1]
            written = table.written.get(name, {})
            for edge in graph.outgoing[name]:
                self._steps -= 1
                after = edge.target
                if after in graph.by_name and after not in came and not written.get((edge.kind, edge.index), 0) & bit:
                    came[after] = name
                    queue.append(after)
        return []


def variables(graph: WorkflowGraph) -> Variables:
    """The variables of a workflow, computed once for all rules."""
    return graph.once(Variables)


_NAME = re.compile(r"\$([^\W\d]\w*)")


_TOLERANT = re.compile(r"\$(?:exists|append|boolean|not|type|count)\s*\(\s*\$(\w+)|\$(\w+)\s*\?")


def tolerates(expression: str, name: str) -> bool:
    """Whether an expression asks if the variable has a value, or gives one where it has none.

    JSONata goes on with nothing where a variable has no value: `$exists($n) ? $n : 0` and `$append($rows, 1)` work.
    """
    return any(name in names for names in _TOLERANT.findall(expression))


def _child_execution(scope: Scope) -> bool:
    return isinstance(scope.owner, Map) and scope.owner.distributed


def _owners(scope: Scope, state: State) -> Iterator[State]:
    """The state, then the Parallels and Maps around it."""
    yield state
    here: Scope | None = scope
    while here is not None and here.owner is not None:
        yield here.owner
        here = here.parent


def _solve(graph: FlowGraph, table: Table, always: int, maybe: int, wanted: dict[tuple[int, str], int]) -> None:
    """Fill `always` and `maybe` of a table.

    Args:
        graph: The scope's graph.
        table: The scope's table.
        always: Variables that surely have a value when the flow starts.
        maybe: Variables that may have one.
        wanted: What each state reads whichever way it goes on: a path that left it on its normal way out had the
            variable, else it would have failed there, and that is reported once.
    """
    start = graph.flow.start_at
    order = _reverse_postorder(graph)
    into: dict[str, list[tuple[str, int, int]]] = {name: [] for name in order}
    scope = id(table.scope)
    for name in order:
        written = table.written.get(name)
        read = wanted.get((scope, name), 0)
        for edge in graph.outgoing[name]:
            if edge.target in into:
                gives = written.get((edge.kind, edge.index), 0) if written else 0
                into[edge.target].append((name, gives, 0 if edge.kind is EdgeKind.CATCH else read))
    _solve_maybe(graph, order, into, maybe, table)
    known = table.always
    changed = True
    while changed:
        # Nothing takes a value away, so that the way back of a loop brings nothing new to a state which all of its ways
        # pass: the second sweep changes something only where a loop is entered at several places.
        changed = False
        for name in order:
            every = always if name == start else ALL
            for source, gives, read in into[name]:
                every &= known.get(source, ALL) | gives | read
            if known.get(name) != every:
                known[name] = every
                changed = True


def _solve_maybe(
    graph: FlowGraph, order: list[str], into: dict[str, list[tuple[str, int, int]]], maybe: int, table: Table
) -> None:
    """Fill `maybe`, loop by loop: what is assigned anywhere on a loop may have a value everywhere on it."""
    loop_of: dict[str, list[str]] = {name: loop for loop in graph.loops(into) for name in loop}
    for name in order:  # the first state of each loop comes before the states that the loop leads to
        if name in table.maybe:
            continue
        group = loop_of.get(name, [name])
        some = maybe if graph.flow.start_at in group else 0
        for each in group:
            for source, gives, _ in into[each]:
                some |= table.maybe.get(source, 0) | gives
        table.maybe.update(dict.fromkeys(group, some))


def _reverse_postorder(graph: FlowGraph) -> list[str]:
    """The reachable states, each before what it leads to, loops aside; without recursion, for long flows."""
    start = graph.flow.start_at
    if start is None or start not in graph.by_name:
        return []
    seen = {start}
    stack: list[tuple[str, Iterator[Edge]]] = [(start, iter(graph.outgoing[start]))]
    finished: list[str] = []
    while stack:
        name, ways = stack[-1]
        for edge in ways:
            if edge.target in graph.by_name and edge.target not in seen:
                seen.add(edge.target)
                stack.append((edge.target, iter(graph.outgoing[edge.target])))
                break
        else:
            stack.pop()
            finished.append(name)
    return finished[::-1]
