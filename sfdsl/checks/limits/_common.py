"""What several rules on limits ask: literal numbers, who runs a scope, and numbers as people read them."""

from __future__ import annotations

import math
from collections.abc import Iterator

from sfdsl.aws.resource import Resource, parse
from sfdsl.graph import WorkflowGraph
from sfdsl.model.fields import Number
from sfdsl.model.states import Map, State, Task
from sfdsl.model.workflow import MachineType, Scope


def literal(value: Number | None) -> float | None:
    """The number that is written; None where nothing, a placeholder or an expression stands there."""
    if isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value):
        return value
    return None


def express(graph: WorkflowGraph, scope: Scope) -> bool:
    """Whether the states of a scope run in Express executions: the machine's own, or children of a Distributed Map."""
    child = scope.child_execution()
    if child is None:
        return graph.workflow.type is MachineType.EXPRESS
    return runs_express_children(child.owner)


def runs_express_children(state: object) -> bool:
    """Whether a state is a Distributed Map with `ExecutionType` EXPRESS."""
    if not isinstance(state, Map) or not state.distributed or state.body is None:
        return False
    config = state.body.processor_config
    return config is not None and config.execution_type == "EXPRESS"


def in_express(graph: WorkflowGraph) -> Iterator[tuple[Scope, State]]:
    """The states that run in Express executions."""
    for scope in graph.scopes:
        if express(graph, scope):
            for state in scope.flow.states:
                yield scope, state


def express_tasks(graph: WorkflowGraph) -> Iterator[tuple[Scope, Task, Resource]]:
    """The Tasks that run in Express executions, with what they call."""
    for scope, state in in_express(graph):
        if isinstance(state, Task) and state.resource is not None:
            yield scope, state, parse(state.resource)


def where(graph: WorkflowGraph, scope: Scope) -> str:
    """The Express execution that a scope runs in, for messages: `an Express state machine`, or the Map's children."""
    child = scope.child_execution()
    if child is None or child.owner is None:
        return "an Express state machine"
    return f"an Express child execution of {child.owner.name!r}"


def how_to_leave(graph: WorkflowGraph, scope: Scope) -> str:
    """What makes the scope Standard instead."""
    child = scope.child_execution()
    if child is None or child.owner is None:
        return "make the state machine STANDARD"
    return f'give {child.owner.name!r} "ExecutionType": "STANDARD"'


def amount(number: float, unit: str) -> str:
    """A number with its unit: `1 event`, `25,000 events`, `0.5 seconds`."""
    shown = f"{number:,.0f}" if number == int(number) else f"{number:,g}"
    return f"{shown} {unit}" if number == 1 else f"{shown} {unit}s"


def span(seconds: float) -> str:
    """A time as people say it: `45 seconds`, `7 minutes`, `3 h 51 min`, `12 days`."""
    if seconds < 120:
        return amount(round(seconds, 1), "second")
    minutes = round(seconds / 60)
    if minutes < 120:
        return amount(minutes, "minute")
    if minutes < 48 * 60:
        return f"{minutes // 60} h {minutes % 60} min" if minutes % 60 else f"{minutes // 60} h"
    return amount(round(seconds / 86_400), "day")
