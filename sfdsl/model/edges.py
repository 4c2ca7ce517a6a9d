"""The ways from state to state within one flow, as the definition writes them."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum

from attrs import field, frozen

from sfdsl.model.states import Catcher, Choice, ChoiceRule, Flow, Map, Parallel, State, Task
from sfdsl.origin import NOWHERE, Origin


class EdgeKind(Enum):
    """Which field of the state leads on."""

    NEXT = "Next"
    RULE = "Choices"
    DEFAULT = "Default"
    CATCH = "Catch"


@frozen(kw_only=True)
class Edge:
    """One way from a state to the state that it names, whether that exists or not.

    Attributes:
        index: Which rule or catcher, from 0; 0 for Next and Default.
        via: The rule or the catcher.
    """

    source: str
    target: str
    kind: EdgeKind
    index: int = 0
    via: ChoiceRule | Catcher | None = field(default=None, repr=False)
    origin: Origin = field(default=NOWHERE, eq=False, repr=False)


def edges(state: State) -> Iterator[Edge]:
    """The ways on from a state, in the order that the state has them: rules, default, next, catchers."""
    origin = state.origin
    if isinstance(state, Choice):
        for i, rule in enumerate(state.choices):
            if rule.next is not None:
                below = rule.origin.down("Next")
                yield Edge(source=state.name, target=rule.next, kind=EdgeKind.RULE, index=i, via=rule, origin=below)
        if state.default is not None:
            yield Edge(source=state.name, target=state.default, kind=EdgeKind.DEFAULT, origin=origin.down("Default"))
        return
    target = getattr(state, "next", None)
    if target is not None:
        yield Edge(source=state.name, target=target, kind=EdgeKind.NEXT, origin=origin.down("Next"))
    if isinstance(state, (Task, Parallel, Map)):
        for i, catcher in enumerate(state.catch):
            if catcher.next is not None:
                below = catcher.origin.down("Next")
                yield Edge(
                    source=state.name, target=catcher.next, kind=EdgeKind.CATCH, index=i, via=catcher, origin=below
                )


def flow_order(flow: Flow) -> tuple[State, ...]:
    """The states of a flow as a reader follows them: a state stands before those it leads to, loops aside.

    The arms of a Choice stand in the order of its rules and before the state they join in; handlers of
    errors come after the whole way without errors. States that nothing leads to keep their order at the end.
    """
    by_name = {state.name: state for state in flow.states}
    order: dict[str, State] = {}
    starts = [flow.start_at] if flow.start_at is not None else []
    while starts:
        placed = _reverse_postorder(starts, by_name, order)
        order.update((name, by_name[name]) for name in placed)
        starts = [edge.target for name in placed for edge in edges(by_name[name]) if edge.kind is EdgeKind.CATCH]
    kept = {id(state) for state in order.values()}
    return (*order.values(), *(state for state in flow.states if id(state) not in kept))


def _reverse_postorder(starts: list[str], by_name: dict[str, State], done: dict[str, State]) -> list[str]:
    """What the starts lead to without errors, each before what it leads to; without recursion, for long flows."""
    seen: set[str] = set()
    finished: list[str] = []
    for start in reversed(starts):
        stack: list[tuple[str, Iterator[str]]] = []
        if start in by_name and start not in done and start not in seen:
            seen.add(start)
            stack.append((start, _onward(by_name[start])))
        while stack:
            name, ways = stack[-1]
            for target in ways:
                if target in by_name and target not in done and target not in seen:
                    seen.add(target)
                    stack.append((target, _onward(by_name[target])))
                    break
            else:
                stack.pop()
                finished.append(name)
    return finished[::-1]


def _onward(state: State) -> Iterator[str]:
    # Last rule first: the reversed postorder then has the first rule's arm first.
    return reversed([edge.target for edge in edges(state) if edge.kind is not EdgeKind.CATCH])
