"""Which states and loops write more events than the history of an execution holds, and the arithmetic of it."""

from __future__ import annotations

from collections.abc import Iterator
from weakref import WeakKeyDictionary

from attrs import frozen

from sfdsl.aws import quotas
from sfdsl.checks.limits._common import amount, express
from sfdsl.checks.limits._counts import counted
from sfdsl.checks.limits._events import EXECUTION, MAP, Events
from sfdsl.graph import FlowGraph, WorkflowGraph
from sfdsl.model.states import Map, State
from sfdsl.model.workflow import Scope

_LOOPS: WeakKeyDictionary[FlowGraph, list[list[str]]] = WeakKeyDictionary()


def loops(flow: FlowGraph) -> list[list[str]]:
    """The loops of a flow, found once for all rules."""
    if flow not in _LOOPS:
        _LOOPS[flow] = flow.loops()
    return _LOOPS[flow]


@frozen(kw_only=True)
class Overflow:
    """A state that writes more events than a history holds.

    Attributes:
        state: The Map, or the Choice that counts the rounds of a loop; None for the whole way through the machine.
        arithmetic: How many events, and why that many.
        hint: What to write instead.
    """

    state: State | None
    arithmetic: str
    hint: str


def overflows(graph: WorkflowGraph, *, asserted: bool) -> list[Overflow]:
    """The innermost causes of histories that do not fit.

    Args:
        graph: The workflow.
        asserted: Whether to believe the author's `items` notes, beside what the definition says.
    """
    events = Events(graph, asserted)
    budget = quotas.HISTORY_EVENTS.limit
    found: list[tuple[Scope, Overflow]] = []
    around: set[int] = set()  # Maps and Parallels with a cause inside them
    for scope in reversed(graph.scopes):
        if express(graph, scope):
            continue
        for overflow in (*_maps(graph, events, scope, budget, around), *_loops(graph, events, scope, budget)):
            found.append((scope, overflow))
            above: Scope | None = scope
            while above is not None and above.owner is not None:
                around.add(id(above.owner))
                above = above.parent
    if not found and not express(graph, graph.scopes[0]):
        found += _whole(graph, events, budget)
    return [overflow for _, overflow in reversed(found)]


def _maps(graph: WorkflowGraph, events: Events, scope: Scope, budget: int, around: set[int]) -> Iterator[Overflow]:
    for state in scope.flow.states:
        if not isinstance(state, Map) or state.distributed or id(state) in around:
            continue
        count = events.count(scope, state)
        total = events.of(scope, state) if count else 0
        if count and total > budget:
            each = events.iteration(scope, state)
            yield Overflow(
                state=state,
                arithmetic=f"writes {MAP} + {count:,} items x {amount(each, 'event')} = {amount(total, 'event')}",
                hint='use "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "EXPRESS"}, where each item has '
                "an execution of its own, or hand the body several items at a time",
            )


def _loops(graph: WorkflowGraph, events: Events, scope: Scope, budget: int) -> Iterator[Overflow]:
    flow = graph.graph(scope)
    for loop in loops(flow):
        counter = counted(flow, loop)
        if counter is None:
            continue
        each = events.round(scope, loop, counter.choice.name)
        total = counter.rounds * each
        if total > budget:
            yield Overflow(
                state=counter.choice,
                arithmetic=f"counts {counter.variable} from {counter.first:g} to {counter.bound:,g} in steps of "
                f"{counter.step:g}: {counter.rounds:,} rounds x {amount(each, 'event')} = {amount(total, 'event')}",
                hint=f"do more in a round (at most {budget // each:,} rounds fit), or run the rounds in executions of "
                "their own with states:startExecution",
            )


def _whole(graph: WorkflowGraph, events: Events, budget: int) -> list[tuple[Scope, Overflow]]:
    root = graph.scopes[0]
    if not any(isinstance(state, Map) for _, state in graph.states()) and _at_most(graph) <= budget:
        return []
    total = events.flow(root) + EXECUTION
    if total <= budget:
        return []
    overflow = Overflow(
        state=None,
        arithmetic=f"writes at least {amount(total, 'event')} on its shortest way",
        hint="move a part of it into a state machine of its own and call it with states:startExecution.sync:2",
    )
    return [(root, overflow)]


def _at_most(graph: WorkflowGraph) -> int:
    return EXECUTION + 6 * sum(len(scope.flow.states) for scope in graph.scopes)
