"""What states behind a place read of what they are given there: variables, and parts of the input."""

from __future__ import annotations

from collections.abc import Iterator

from sfdsl.cost.rewrites.draft import Draft
from sfdsl.cost.rewrites.facts import is_input
from sfdsl.cost.rewrites.folding import nested_reads
from sfdsl.jsonata_text import facts
from sfdsl.model.edges import edges
from sfdsl.model.fields import ABSENT, Json
from sfdsl.model.states import Choice, Fail, Map, Parallel, Pass, State, Succeed, Task, Wait
from sfdsl.model.texts import Kind, reads, texts


def variables_read(draft: Draft, target: str) -> set[str]:
    """The names of the variables that a state and those behind it read; some may be set anew before that."""
    found: set[str] = set()
    for state in _behind(draft, target):
        found |= {read.name for read in reads(draft.scope, state)}
        found |= set(nested_reads(draft, state))
    return found


def _behind(draft: Draft, target: str) -> Iterator[State]:
    seen: set[str] = set()
    left = [target]
    while left:
        name = left.pop()
        state = draft.get(name)
        if state is None or name in seen:
            continue
        seen.add(name)
        yield state
        left += [edge.target for edge in edges(state)]


def input_read(draft: Draft, target: str) -> set[tuple[str, ...]]:
    """The parts of its input that a state, and those that it hands the input on to, read.

    `()` is the whole of it. A path leads to the nearest field that is named; positions in arrays are left out.
    """
    found: set[tuple[str, ...]] = set()
    seen: set[str] = set()
    left = [target]
    while left:
        name = left.pop()
        state = draft.get(name)
        if name in seen:
            continue
        seen.add(name)
        if state is None or not draft.jsonata(state):
            found.add(())
            continue
        for text in texts(draft.scope, state):
            if text.kind is Kind.EXPRESSION and not (text.field.attribute == "output" and is_input(text.text)):
                found |= {read[1:] for read in facts(text.text).states if read[:1] == ("input",)}
                found |= {() for read in facts(text.text).states if not read}
        found |= {()} if _takes_input(state) else set()
        for following in _handed_to(state):
            if following is None:
                found.add(())
            else:
                left.append(following)
    return found


def _takes_input(state: State) -> bool:
    """Whether a state gives its work the whole input, or is not understood."""
    match state:
        case Task() | Parallel():
            return state.arguments is ABSENT
        case Map():
            return state.items is ABSENT
        case Pass() | Wait() | Choice() | Succeed() | Fail():
            return False
        case _:
            return True


def _handed_to(state: State) -> Iterator[str | None]:
    """The states that are given the same input; None where it ends the flow."""

    def whole(output: Json) -> bool:
        return is_input(output)

    match state:
        case Pass() | Wait():
            if whole(state.output):
                yield state.next
        case Succeed():
            if whole(state.output):
                yield None
        case Choice():
            for rule in state.choices:
                if whole(rule.output):
                    yield rule.next
            if whole(state.output):
                yield state.default
        case Task() | Parallel() | Map():
            if state.output is not ABSENT and whole(state.output):
                yield state.next
            for catcher in state.catch:
                if catcher.output is not ABSENT and whole(catcher.output):
                    yield catcher.next
        case _:
            return
