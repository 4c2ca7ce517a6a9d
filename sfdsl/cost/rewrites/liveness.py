"""Whether anybody reads what a state hands on."""

from __future__ import annotations

from collections.abc import Mapping

from sfdsl.cost.rewrites.draft import Draft
from sfdsl.jsonata_text import check, facts
from sfdsl.model.fields import ABSENT
from sfdsl.model.states import Choice, Fail, Map, Parallel, Pass, State, Succeed, Task, Wait
from sfdsl.model.texts import Kind, texts
from sfdsl.model.workflow import JSONATA, Scope, inner


def input_is_read(draft: Draft, name: str | None) -> bool:
    """Whether somebody may read the input that a state of a flow is given; None is the end, where it is the output."""
    return _read(draft.scope, {state.name: state for state in draft.states()}, name)


def _read(scope: Scope, states: Mapping[str, State], name: str | None) -> bool:
    seen: set[str] = set()
    left = [name]
    while left:
        current = left.pop()
        if current is None or current not in states:
            return True
        if current in seen:
            continue
        seen.add(current)
        onward = _handed_on(scope, states[current])
        if onward is None:
            return True
        left += onward
    return False


def _handed_on(scope: Scope, state: State) -> list[str | None] | None:
    """Where a state hands its input on to; None where it reads it itself, or may."""
    if scope.language(state) != JSONATA or getattr(state, "extra", True):
        return None
    for text in texts(scope, state):
        if text.kind is Kind.EXPRESSION:
            if check(text.text) is not None:
                return None
            if any(not read or read[0] == "input" for read in facts(text.text).states):
                return None
    match state:
        case Fail():
            return []
        case Choice():
            ways = [(rule.output, rule.next) for rule in state.choices]
            if state.default is not None:
                ways.append((state.output, state.default))
            return [target for output, target in ways if output is ABSENT]
        case Pass() | Wait():
            return [state.next] if state.output is ABSENT else []
        case Succeed():
            return [None] if state.output is ABSENT else []
        case Task():
            return None if state.arguments is ABSENT else []
        case Map():
            return None if state.items is ABSENT or state.item_reader is not None else []
        case Parallel():
            return None if state.arguments is ABSENT and _read_in_branches(scope, state) else []
        case _:
            return None


def _read_in_branches(scope: Scope, state: Parallel) -> bool:
    return any(
        _read(below, {each.name: each for each in below.flow.states}, below.flow.start_at)
        for below in inner(scope, state)
    )
