"""How the arms of a Choice go on: their open ends lead to what was written behind the Choice.

An end is open where a step has no way on and does not end the flow. It is an arm's own where no way leads to it but
through the arm. Where ways from elsewhere join, the end is the arm's as well, unless the joined step leads back to the
Choice (a loop), or stands behind the Choice by `>>` (an arm that leaves out some steps).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Hashable
from functools import partial
from typing import TypeAlias

from sfdsl.dominance import Dominators
from sfdsl.dsl.steps import Choice, Step

Ways: TypeAlias = "dict[Hashable, list[Hashable]]"
"""Where each step leads, errors included; the arms of a Choice that something follows begin at a node of their own."""

Conflict: TypeAlias = "Callable[[Step, Step, Step], None]"
"""Told of a step that two Choices lead on, and where each of them leads it."""

_START, _END = "start", "end"


def continuations(heads: list[Step], steps: list[Step], conflict: Conflict) -> dict[Step, Step]:
    """Where open ends lead to because of the Choices that they are in arms of.

    Args:
        heads: Where the scope can begin.
        steps: All steps of the scope, in the order in which they are met.
        conflict: Told of each end that cannot go on as two Choices want it.
    """
    choices = [step for step in steps if isinstance(step, Choice) and step._next is not None]
    if not choices:
        return {}
    found: dict[Step, Step] = {}
    ways = _ways(heads, steps)

    def lead_on(end: Step, following: Step) -> None:
        first = found.get(end)
        if first is None:
            found[end] = following
            ways[end].append(following)
        elif first is not following:
            conflict(end, first, following)

    dominators = Dominators(_START, ways)
    joined: dict[Choice, list[Step]] = {}
    for choice in choices:
        assert choice._next is not None
        own = partial(dominators.dominates, _arms(choice))
        ends, joined[choice] = _walk(choice, choice._branches(), own)
        for end in ends:
            lead_on(end, choice._next)
    if any(joined.values()):
        line = _line(steps)
        for choice in choices:
            assert choice._next is not None
            for step in joined[choice]:
                if line.dominates(step, choice._next) or _leads_to(step, choice, ways):
                    continue
                ends, _ = _walk(choice, [step], lambda _: True)
                for end in ends:
                    if not line.dominates(end, choice._next):
                        lead_on(end, choice._next)
    return found


def _ways(heads: list[Step], steps: list[Step]) -> Ways:
    ways: Ways = {_START: [*heads]}
    for step in steps:
        following: list[Hashable] = [] if step._next is None else [step._next]
        if isinstance(step, Choice) and step._next is not None:
            ways[_arms(step)] = [*step._branches()]
            following.append(_arms(step))
        else:
            following += step._branches()
        ways[step] = following
    return ways


def _arms(choice: Choice) -> Hashable:
    """The node that stands for the arms of a Choice."""
    return ("arms", choice)


def _line(steps: list[Step]) -> Dominators[Hashable]:
    """One step dominates another where the other leads to it by `>>` alone."""
    before: Ways = {_END: []}
    for step in steps:
        before.setdefault(_END if step._next is None else step._next, []).append(step)
    return Dominators(_END, before)


def _walk(choice: Choice, starts: list[Step], belongs: Callable[[Step], bool]) -> tuple[list[Step], list[Step]]:
    """The open ends of an arm, and the steps at which it joins what does not belong to it."""
    assert choice._next is not None
    seen: set[Step] = {choice, choice._next}
    ends: list[Step] = []
    joined: list[Step] = []
    stack = list(reversed(starts))
    while stack:
        step = stack.pop()
        if step in seen:
            continue
        seen.add(step)
        if not belongs(step):
            joined.append(step)
        elif step._next is not None:
            stack.append(step._next)
        elif isinstance(step, Choice):
            stack.extend(step._branches())
            if step._otherwise is None or any(arm.target is None for arm in step._arms):
                ends.append(step)
        elif not step.terminal:
            ends.append(step)
    return ends, joined


def _leads_to(start: Step, goal: Step, ways: Ways) -> bool:
    """Whether a step leads to another; the nearest are looked at first, because a loop is mostly a short way back."""
    seen: set[Hashable] = {start}
    queue: deque[Hashable] = deque([start])
    while queue:
        for after in ways.get(queue.popleft(), ()):
            if after is goal:
                return True
            if after not in seen:
                seen.add(after)
                queue.append(after)
    return False
