"""Which states of a loop take time, and which only burn transitions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from attrs import frozen

from sfdsl.aws.resource import Activity, LambdaFunction, Pattern, ServiceTask, Unresolved, parse
from sfdsl.graph import FlowGraph, WorkflowGraph
from sfdsl.model.fields import ABSENT
from sfdsl.model.states import Choice, Map, Opaque, Parallel, Pass, State, Task, Wait

_LOOKS: Final = ("describe", "get", "list", "head", "check", "batchGet", "lookup")
"""How the names of operations begin that only look."""

_PAGES: Final = ("token", "marker", "startkey", "cursor", "page", "offset", "index")
"""Words in a parameter's name that say the loop reads on from where it was: it makes progress, and need not wait."""


@frozen(eq=False)
class Loop:
    """A loop in which nothing waits.

    Attributes:
        states: Its states, in the order of the flow.
        idle: Whether the states only pass, choose, or look at something again. In the others, at least one calls a
            Lambda function, of which nobody knows whether it makes progress or asks again.
    """

    states: tuple[State, ...]
    idle: bool


def loops(graph: WorkflowGraph) -> list[Loop]:
    """Every loop of the workflow in which nothing waits; idle ones first taken out of larger ones."""
    return graph.once(_loops)


def _loops(graph: WorkflowGraph) -> list[Loop]:
    found = []
    for scope in graph.scopes:
        flow = graph.graph(scope)
        on_loops = {name for loop in flow.loops() for name in loop}
        if not on_loops:
            continue
        quick = {name for name in on_loops & flow.reachable if not _waits(flow.by_name[name])}
        looks = {name for name in quick if _is_idle(flow.by_name[name])}
        idle = _named(flow, flow.loops(looks))
        found += [Loop(states, True) for states in idle]
        functions = {name for name in quick if _is_function(flow.by_name[name])}
        if functions:
            taken = {state.name for states in idle for state in states}
            found += [
                Loop(states, False)
                for states in _named(flow, flow.loops(looks | functions))
                if taken.isdisjoint(state.name for state in states)
            ]
    return found


def _named(flow: FlowGraph, found: list[list[str]]) -> list[tuple[State, ...]]:
    return [tuple(flow.by_name[name] for name in names) for names in found]


def _waits(state: State) -> bool:
    """Whether a state waits for the clock, for a job, for a worker or for an answer; inside it counts as well."""
    match state:
        case Wait() | Opaque():
            return True
        case Task(resource=str() as resource):
            what = parse(resource)
            return isinstance(what, (Activity, Unresolved)) or (
                isinstance(what, ServiceTask) and (what.pattern.waits or what.pattern is Pattern.UNKNOWN)
            )
        case Parallel():
            return any(_waits(inner) for branch in state.branches for inner in branch.states)
        case Map():
            return state.body is not None and (state.distributed or any(_waits(inner) for inner in state.body.states))
        case _:
            return False


def _is_idle(state: State) -> bool:
    if isinstance(state, (Pass, Choice)):
        return True
    if not isinstance(state, Task) or state.resource is None:
        return False
    what = parse(state.resource)
    if not isinstance(what, ServiceTask) or not what.api.startswith(_LOOKS):
        return False
    given = [value for value in (state.parameters, state.arguments) if value is not ABSENT]
    return not any(word in key.lower() for value in given for key in _keys(value) for word in _PAGES)


def _is_function(state: State) -> bool:
    if not isinstance(state, Task) or state.resource is None:
        return False
    what = parse(state.resource)
    return isinstance(what, LambdaFunction) or (isinstance(what, ServiceTask) and what.name == "lambda:invoke")


def _keys(value: Any) -> Iterator[str]:
    stack = [value]
    while stack:
        value = stack.pop()
        if isinstance(value, dict):
            yield from value
            stack.extend(value.values())
        elif isinstance(value, list):
            stack.extend(value)
