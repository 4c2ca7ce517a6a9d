"""Where states lead that their flow does not have, and what was probably meant."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from attrs import frozen

from sfdsl.checks.structure._fields import is_template
from sfdsl.diagnostics import near, place
from sfdsl.graph import FlowGraph, WorkflowGraph
from sfdsl.model.edges import Edge
from sfdsl.model.states import Opaque, State
from sfdsl.model.workflow import Scope

_COMPARISONS: Final = 25_000
"""How many pairs of names are compared in search of what was meant, which is a matter of half a second at most."""


@frozen(eq=False)
class Missing:
    """A name that its flow does not have.

    Attributes:
        scope: The scope that the name stands in.
        name: The name as written.
        edge: The way that leads there; None for `StartAt`.
        meant: The state of the same flow whose name is nearest; None where none is near.
        elsewhere: The scope of a state that has exactly this name; None where there is none.
    """

    scope: Scope
    name: str
    edge: Edge | None
    meant: State | None
    elsewhere: Scope | None


def missing(graph: WorkflowGraph) -> list[Missing]:
    """Every target and every start that its flow does not have; placeholders are left alone."""
    return graph.once(_missing)


def where(scope: Scope) -> str:
    """A scope in words: `the machine`, `Branches[1] of state 'P'`, `the body of state 'M'`."""
    if scope.owner is None:
        return "the machine"
    part = f"Branches[{scope.index}]" if hasattr(scope.owner, "branches") else "the body"
    return f"{part} of state {scope.owner.name!r}"


def at(state: State) -> str:
    """The place of a state in brackets, for a hint; nothing where no file is known."""
    return f" ({place(state.origin)})" if state.origin.file else ""


def hidden_targets(flow: FlowGraph) -> set[str]:
    """Names under Next and Default in what could not be read: states of no known type and fields of a wrong shape."""
    found: set[str] = set()
    for state in flow.by_name.values():
        unread = state.value if isinstance(state, Opaque) else state.extra
        if unread:
            found.update(_names(unread))
    return found


def _names(value: Any) -> Iterator[str]:
    stack = [value]
    while stack:
        value = stack.pop()
        if isinstance(value, dict):
            for key, item in value.items():
                if key in ("Next", "Default") and isinstance(item, str):
                    yield item
                else:
                    stack.append(item)
        elif isinstance(value, list):
            stack.extend(value)


def _missing(graph: WorkflowGraph) -> list[Missing]:
    found: list[tuple[Scope, str, Edge | None]] = []
    for scope in graph.scopes:
        flow = graph.graph(scope)
        start = scope.flow.start_at
        # A flow without states is that fault alone (SF113, SF114, SF119).
        if start is not None and flow.by_name and start not in flow.by_name and not is_template(start):
            found.append((scope, start, None))
        found += [
            (scope, edge.target, edge)
            for edge in flow.edges
            if edge.target not in flow.by_name and not is_template(edge.target)
        ]
    if not found:
        return []
    home: dict[str, Scope] = {}
    for scope, state in graph.states():
        home.setdefault(state.name, scope)
    left = _COMPARISONS
    known: dict[tuple[int, str], str | None] = {}
    answers = []
    for scope, name, edge in found:
        flow = graph.graph(scope)
        key = (id(scope.flow), name)
        if key not in known and left > 0:
            left -= len(flow.by_name)
            known[key] = _meant(name, flow)
        meant = known.get(key)
        answers.append(Missing(scope, name, edge, flow.by_name[meant] if meant is not None else None, home.get(name)))
    return answers


def _meant(name: str, flow: FlowGraph) -> str | None:
    # A misspelt name often leaves the state that was meant without a way in.
    return near(name, [state.name for state in flow.unreachable()]) or near(name, flow.by_name, cutoff=0.7)
