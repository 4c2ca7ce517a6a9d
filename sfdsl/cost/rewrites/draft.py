"""One flow while it is being rewritten: its states by name, and the ways into each, kept as states change."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, TypeVar

from attrs import evolve, frozen

from sfdsl.cost.rewrites.reasons import Hazard, Reason
from sfdsl.model.edges import Edge, EdgeKind, edges
from sfdsl.model.states import Catcher, Choice, Flow, Opaque, State
from sfdsl.model.texts import reads
from sfdsl.model.workflow import JSONATA, JSONPATH, Notes, Scope, Workflow, inner

T = TypeVar("T")


@frozen(kw_only=True)
class Done:
    """What was done to a draft; the fields are those of `Evidence`."""

    removed: tuple[str, ...]
    states: tuple[str, ...]
    because: tuple[Reason, ...]
    transitions_saved: int


class Draft:
    """The states of one flow under rewriting. The flow it was made of stays as it was.

    Attributes:
        scope: The flow as it was, with what stands around it.
        start: Where the flow begins now.
        done: What was done.
        refused: What was left alone: state and hazard.
        noted: What is asserted now about states that took over what others did.
    """

    def __init__(self, scope: Scope, workflow: Workflow, shared: dict[Any, Any] | None = None) -> None:
        self._shared: dict[Any, Any] = {} if shared is None else shared
        self.scope = scope
        self.workflow = workflow
        self.start: str = scope.flow.start_at or ""
        self.done: list[Done] = []
        self.refused: list[tuple[str, Hazard]] = []
        self.noted: dict[str, Notes] = {}
        self._states: dict[str, State] = {state.name: state for state in scope.flow.states}
        self._into: dict[str, dict[tuple[str, EdgeKind, int], None]] = {}
        self._readers: dict[str, dict[str, bool]] | None = None
        self._changed = False
        for state in scope.flow.states:
            self._link(state)

    # -- what is there ------------------------------------------------------------------------------------------------

    def __contains__(self, name: object) -> bool:
        return name in self._states

    def __getitem__(self, name: str) -> State:
        return self._states[name]

    def get(self, name: str | None) -> State | None:
        """The state of that name; None where the flow has none."""
        return self._states.get(name) if name is not None else None

    def states(self) -> list[State]:
        """The states as they are now, in order; a copy, so that states may change while it is walked."""
        return list(self._states.values())

    def ways_into(self, name: str) -> Iterator[tuple[str, EdgeKind, int]]:
        """The ways into a state: the state it comes from, which field leads on, which rule or catcher."""
        yield from self._into.get(name, ())

    def only_way_into(self, name: str) -> tuple[str, EdgeKind, int] | None:
        """The only way into a state; None where there are more or none, or the flow begins there."""
        ways = self._into.get(name, {})
        return next(iter(ways)) if len(ways) == 1 and name != self.start else None

    def readers(self, variable: str) -> Mapping[str, bool]:
        """The states that read a variable, and for each whether its catchers or the flows inside it do."""
        if self._readers is None:
            self._readers = {}
            for state in self._states.values():
                self._note_reads(state)
        return self._readers.get(variable, {})

    def jsonata(self, state: State) -> bool:
        """Whether a state is written in JSONata."""
        return self.scope.language(state) == JSONATA

    def jsonpath(self, state: State) -> bool:
        """Whether a state is written in JSONPath."""
        return self.scope.language(state) == JSONPATH

    def notes(self, name: str) -> Notes | None:
        """What the author asserts about a state."""
        return self.noted.get(name, self.workflow.notes.get(name))

    def once(self, compute: Callable[[Workflow], T]) -> T:
        """What a function makes of the workflow as it was before the rewrite, computed once for all of its flows."""
        if compute not in self._shared:
            self._shared[compute] = compute(self.workflow)
        found: T = self._shared[compute]
        return found

    # -- changes ------------------------------------------------------------------------------------------------------

    def replace(self, state: State) -> None:
        """Put a state in the place of the one that has its name."""
        self._unlink(self._states[state.name])
        self._states[state.name] = state
        self._link(state)
        self._changed = True

    def remove(self, name: str) -> None:
        """Take a state away; nothing may lead to it any more."""
        self._unlink(self._states.pop(name))
        self._changed = True

    def insert_after(self, name: str, states: Iterable[State]) -> None:
        """Put new states right behind one that is there."""
        new = list(states)
        order: dict[str, State] = {}
        for key, state in self._states.items():
            order[key] = state
            if key == name:
                order.update((each.name, each) for each in new)
        self._states = order
        for state in new:
            self._link(state)
        self._changed = True

    def begin_at(self, name: str) -> None:
        """Let the flow begin at another state."""
        self.start = name
        self._changed = True

    def redirect(self, targets: Mapping[str, str | None]) -> dict[str, list[str]]:
        """Lead the ways into some states elsewhere.

        Args:
            targets: State to where its ways shall lead; None ends the flow, which a Next can and a Choice rule, a
                Default or a Catch cannot, so that those ways stay.

        Returns:
            By state of `targets`, the states whose ways were changed; a state without such ways is not in it.
        """
        sources: dict[str, None] = {}
        for old in targets:
            sources.update((source, None) for source, _, _ in self._into.get(old, ()))
        changed: dict[str, list[str]] = {}
        for source in sources:
            state = self._states[source]
            after, moved = _led(state, targets)
            if moved:
                self.replace(after)
                for old in moved:
                    changed.setdefault(old, []).append(source)
        if targets.get(self.start) is not None:
            changed.setdefault(self.start, [])
            self.begin_at(str(targets[self.start]))
        return changed

    # -- what is said about it ----------------------------------------------------------------------------------------

    def did(self, *because: Reason, removed: Iterable[str] = (), states: Iterable[str] = (), saves: int = 1) -> None:
        """Record what was done and why it is safe."""
        self.done.append(Done(removed=tuple(removed), states=tuple(states), because=because, transitions_saved=saves))

    def refuse(self, state: str, hazard: Hazard) -> None:
        """Record that something was left alone."""
        self.refused.append((state, hazard))

    def note(self, name: str, notes: Notes) -> None:
        """Assert something else about a state."""
        self.noted[name] = notes

    def flow(self) -> Flow:
        """The flow as it is now; the one it was made of where nothing changed."""
        if not self._changed:
            return self.scope.flow
        flow: Flow = evolve(self.scope.flow, start_at=self.start, states=tuple(self._states.values()))
        return flow

    def _link(self, state: State) -> None:
        if self._readers is not None:
            self._note_reads(state)
        for edge in edges(state):
            self._into.setdefault(edge.target, {})[edge.source, edge.kind, edge.index] = None

    def _unlink(self, state: State) -> None:
        if self._readers is not None:
            for name in _reads(self.scope, state):
                self._readers[name].pop(state.name, None)
        for edge in edges(state):
            self._into[edge.target].pop((edge.source, edge.kind, edge.index), None)

    def _note_reads(self, state: State) -> None:
        assert self._readers is not None
        for name, apart in _reads(self.scope, state).items():
            self._readers.setdefault(name, {})[state.name] = apart


def _reads(scope: Scope, state: State) -> dict[str, bool]:
    """The variables that a state reads, and for each whether its catchers or the flows inside it do."""
    found: dict[str, bool] = {}
    for read in reads(scope, state):
        found[read.name] = found.get(read.name, False) or isinstance(read.text.node, Catcher)
    left = inner(scope, state)
    while left:
        below = left.pop()
        for each in below.flow.states:
            found.update((read.name, True) for read in reads(below, each))
            left += inner(below, each)
    return found


def _led(state: State, targets: Mapping[str, str | None]) -> tuple[State, dict[str, None]]:
    """A state with its ways led elsewhere, and which of the targets that concerned."""
    moved: dict[str, None] = {}
    changes: dict[str, Any] = {}

    def lead(old: str | None, *, may_end: bool = False) -> str | None:
        if old is None or old not in targets or (targets[old] is None and not may_end):
            return old
        moved[old] = None
        return targets[old]

    if isinstance(state, Opaque):
        return state, moved
    if isinstance(state, Choice):
        changes["choices"] = tuple(
            rule if (to := lead(rule.next)) == rule.next else evolve(rule, next=to) for rule in state.choices
        )
        changes["default"] = lead(state.default)
    else:
        if hasattr(state, "next"):
            changes["next"] = lead(state.next, may_end="End" not in state.extra)
        if hasattr(state, "catch"):
            changes["catch"] = tuple(
                catcher if (to := lead(catcher.next)) == catcher.next else evolve(catcher, next=to)
                for catcher in state.catch
            )
    return (evolve(state, **changes) if moved else state), moved


def way(state: State, kind: EdgeKind, index: int) -> Edge:
    """The way on from a state that `Draft.ways_into` names."""
    return next(edge for edge in edges(state) if edge.kind is kind and edge.index == index)
