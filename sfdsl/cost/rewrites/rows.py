"""Tasks that follow each other, and one Task in the place of as many of them as go together."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence

from attrs import field, frozen

from sfdsl.cost.rewrites.draft import Draft
from sfdsl.cost.rewrites.expressions import Cannot
from sfdsl.cost.rewrites.reasons import Hazard, Reason
from sfdsl.model.states import Task
from sfdsl.model.workflow import Notes


class NotYet(Cannot):
    """One cannot be made of some Tasks, but perhaps of these and more."""


Key = Callable[[Draft, Task], Hashable | None]


@frozen(kw_only=True)
class One:
    """A Task that does what some Tasks in a row do.

    Attributes:
        task: The Task; it has the name of the first.
        lacking: What is not asserted of them and has to be, by state.
    """

    task: Task = field()
    lacking: tuple[tuple[str, Hazard], ...] = ()


Make = Callable[[Draft, Sequence[Task]], One | None]


def rows(draft: Draft, key: Key) -> list[list[Task]]:
    """Two or more Tasks that lead to each other, have the same key, and have no other way in but from each other.

    Args:
        draft: The flow.
        key: What Tasks of a row have in common; None where a Task belongs to none.
    """
    keys = {state.name: key(draft, state) for state in draft.states() if isinstance(state, Task)}
    after: dict[str, str] = {}
    for name, own in keys.items():
        state = draft[name]
        assert isinstance(state, Task)
        if own is None or state.next is None or state.next == name or keys.get(state.next) != own:
            continue
        if draft.only_way_into(state.next) is None:
            draft.refuse(state.next, Hazard.OTHER_WAYS_IN)
        else:
            after[name] = state.next
    inside = set(after.values())
    found = []
    for name in after:
        if name not in inside:
            row = [name]
            while row[-1] in after:
                row.append(after[row[-1]])
            found.append([state for each in row if isinstance(state := draft[each], Task)])
    return found


def merge_rows(draft: Draft, key: Key, make: Make) -> None:
    """Put one Task in the place of as many Tasks of each row as can be made one, from the first on.

    Args:
        draft: The flow.
        key: What Tasks of a row have in common.
        make: Makes one of two or more Tasks; None where one call takes no more.
    """
    for row in rows(draft, key):
        place = 0
        while place < len(row) - 1:
            group, one = _longest(draft, row[place:], make)
            if one is not None:
                _put(draft, group, one)
            place += len(group)


def _longest(draft: Draft, row: Sequence[Task], make: Make) -> tuple[Sequence[Task], One | None]:
    best: tuple[Sequence[Task], One | None] = (row[:1], None)
    for count in range(2, len(row) + 1):
        try:
            one = make(draft, row[:count])
        except Cannot as refused:
            draft.refuse(row[count - 1].name, refused.hazard)
            if isinstance(refused, NotYet):
                continue
            break
        if one is None or one.lacking:
            for name, hazard in one.lacking if one is not None else ():
                draft.refuse(name, hazard)
            break
        best = row[:count], one
    return best


def _put(draft: Draft, group: Sequence[Task], one: One) -> None:
    first, *others = (task.name for task in group)
    draft.replace(one.task)
    for name in others:
        draft.remove(name)
    notes = [draft.notes(task.name) or Notes() for task in group]
    if any(each != Notes() for each in notes):
        draft.note(first, together(notes))
    draft.did(
        Reason.ONE_CALL_FOR_ALL, Reason.SAID_BY_THE_AUTHOR, removed=others, states=(first,), saves=len(others)
    )  # fmt: skip


def together(notes: Sequence[Notes]) -> Notes:
    """What is asserted about a state that does what some did one after the other."""
    times = [each.duration for each in notes]
    told = [each.idempotent for each in notes]
    return Notes(
        idempotent=True if all(told) else False if False in told else None,
        asserts=frozenset.intersection(*(each.asserts for each in notes)),
        duration=None if None in times else sum(time for time in times if time is not None),
        probability=notes[0].probability,
        resources=tuple(dict.fromkeys(each for own in notes for each in own.resources)),
        suppress=tuple(dict.fromkeys(each for own in notes for each in own.suppress)),
    )
