"""What realises an edge of a diagram: a way through a compiled machine, a field of a state, or something around it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

from attrs import field, frozen

from sfdsl.model.asl import write_state
from sfdsl.model.edges import EdgeKind, edges
from sfdsl.model.states import Map, State, Task
from sfdsl.model.workflow import Workflow, inner, walk

START, END = "(start)", "(end)"
"""Where an execution enters its machine, and where it leaves it."""


class Machine:
    """A compiled machine as its states and the hops between them, nested ones included.

    Besides the edges of every flow, a Parallel or Map leads to the first state of each branch or body, and the last
    states of these lead to it.
    """

    def __init__(self, workflow: Workflow) -> None:
        self.states: dict[str, State] = {}
        self.hops: set[tuple[str, str]] = {(START, workflow.machine.start_at or "")}
        self.catches: dict[tuple[str, str], tuple[str, ...]] = {}
        for scope, state in walk(workflow.machine):
            self.states[state.name] = state
            ways = list(edges(state))
            for edge in ways:
                if edge.kind is EdgeKind.CATCH:
                    names = self.catches.get((edge.source, edge.target), ())
                    self.catches[edge.source, edge.target] = (*names, *getattr(edge.via, "error_equals", ()))
                else:
                    self.hops.add((edge.source, edge.target))
            if all(edge.kind is EdgeKind.CATCH for edge in ways):
                self.hops.add((state.name, END if scope.owner is None else scope.owner.name))
            self.hops |= {(state.name, below.flow.start_at or "") for below in inner(scope, state)}

    def json(self, name: str) -> dict[str, Any]:
        """A state as ASL."""
        found: dict[str, Any] = write_state(self.states[name])
        return found


class Evidence:
    """One reason why an edge is realised; `missing` says what is not so in a machine."""

    def missing(self, machine: Machine) -> Iterator[str]:
        """What of it the machine does not have."""
        raise NotImplementedError

    def names(self) -> tuple[str, ...]:
        """The states that it is about."""
        return ()


class Path(Evidence):
    """States that lead one to the next as long as nothing fails."""

    def __init__(self, *names: str) -> None:
        assert len(names) > 1
        self._names = names

    def missing(self, machine: Machine) -> Iterator[str]:
        for hop in zip(self._names, self._names[1:], strict=False):
            if hop not in machine.hops:
                yield f"{hop[0]!r} does not lead to {hop[1]!r}"

    def names(self) -> tuple[str, ...]:
        return tuple(name for name in self._names if name not in (START, END))


@frozen
class Catch(Evidence):
    """A state whose error leads to a handler."""

    state: str
    handler: str
    error: str = "States.ALL"

    def missing(self, machine: Machine) -> Iterator[str]:
        if self.error not in machine.catches.get((self.state, self.handler), ()):
            yield f"{self.state!r} does not lead {self.error} to {self.handler!r}"

    def names(self) -> tuple[str, ...]:
        return self.state, self.handler


@frozen
class Calls(Evidence):
    """A task that calls a service, in an integration pattern."""

    state: str
    call: str

    def missing(self, machine: Machine) -> Iterator[str]:
        state = machine.states.get(self.state)
        if not isinstance(state, Task) or not (state.resource or "").endswith(f":{self.call}"):
            yield f"{self.state!r} does not call {self.call}"

    def names(self) -> tuple[str, ...]:
        return (self.state,)


@frozen
class Has(Evidence):
    """A field of a state, by the keys that lead to it, with the value given or a text that holds it."""

    state: str
    keys: tuple[str | int, ...]
    value: Any

    def missing(self, machine: Machine) -> Iterator[str]:
        found: Any = machine.json(self.state) if self.state in machine.states else {}
        for key in self.keys:
            try:
                found = found[key]
            except (KeyError, IndexError, TypeError):
                yield f"{self.state!r} has no {self.keys}"
                return
        held = isinstance(self.value, str) and self.value in (found if isinstance(found, str) else json.dumps(found))
        if found != self.value and not held:
            yield f"{self.keys} of {self.state!r} is {found!r}, not {self.value!r}"

    def names(self) -> tuple[str, ...]:
        return (self.state,)


@frozen
class Retried(Evidence):
    """A state that is tried again; with an error given, after that error, and with these fields of its Retry."""

    state: str
    error: str | None = None
    fields: Mapping[str, Any] = field(factory=dict)

    def missing(self, machine: Machine) -> Iterator[str]:
        retry = machine.json(self.state).get("Retry", []) if self.state in machine.states else []
        for policy in retry:
            if self.error is None or self.error in policy["ErrorEquals"]:
                for key, value in self.fields.items():
                    if policy.get(key) != value:
                        yield f"{key} of {self.state!r} is {policy.get(key)!r}, not {value!r}"
                return
        yield f"{self.state!r} is not tried again" + (f" after {self.error}" if self.error else "")

    def names(self) -> tuple[str, ...]:
        return (self.state,)


@frozen
class Decides(Evidence):
    """A task whose outcome decides the way: one for success, another for the error."""

    state: str

    def missing(self, machine: Machine) -> Iterator[str]:
        state = machine.states.get(self.state)
        if not isinstance(state, (Task, Map)) or state.next is None or not state.catch:
            yield f"{self.state!r} does not lead to two ways by its outcome"

    def names(self) -> tuple[str, ...]:
        return (self.state,)


@frozen
class Around(Evidence):
    """Something that stands around the machine and not in it, with the reason; it is declared on the pipeline."""

    what: str
    reason: str

    def missing(self, machine: Machine) -> Iterator[str]:
        return iter(())


Evidences: TypeAlias = "Evidence | tuple[Evidence, ...]"
Table: TypeAlias = "dict[tuple[str, ...], Evidences]"
"""By edge as the diagram writes it: what realises it."""


def evidences(found: Evidences) -> tuple[Evidence, ...]:
    """One or several as a tuple."""
    return found if isinstance(found, tuple) else (found,)
