"""Lead ways to one of several states that are the same."""

from __future__ import annotations

import json

from sfdsl.cost.rewrites.base import rewrite_of
from sfdsl.cost.rewrites.draft import Draft
from sfdsl.cost.rewrites.expressions import Cannot, movable
from sfdsl.cost.rewrites.reasons import Hazard, Reason
from sfdsl.cost.rewrites.templates import node
from sfdsl.model.asl import write_state
from sfdsl.model.states import Choice, Pass, State, Task, Wait
from sfdsl.model.texts import Kind, texts


@rewrite_of("R28")
def share_states(draft: Draft) -> None:
    """Lead ways to one of several states that are the same, such as handlers written out for every task.

    Saves: no transition, only states of the definition. A Succeed and a Fail keep their names, which say how an
        execution ended, and so do Parallels and Maps.
    Safe because: the states do the same and lead to the same, none of them reads its own name, and the author says the
        same about them.
    """
    first: dict[str, str] = {}
    targets: dict[str, str | None] = {}
    for state in draft.states():
        if not isinstance(state, (Task, Pass, Choice, Wait)):
            continue
        key = json.dumps([write_state(state), repr(draft.notes(state.name))], sort_keys=True)
        kept = first.setdefault(key, state.name)
        if kept != state.name:
            if _names_itself(draft, state):
                draft.refuse(state.name, Hazard.NAME_OBSERVED)
            elif state.name != draft.start:
                targets[state.name] = kept
    draft.redirect(targets)
    for name, shared in targets.items():
        if not any(draft.ways_into(name)):
            draft.remove(name)
            draft.did(Reason.SAME_STATES, removed=(name,), states=(str(shared),), saves=0)


def _names_itself(draft: Draft, state: State) -> bool:
    try:
        for text in texts(draft.scope, state):
            if text.kind is Kind.EXPRESSION:
                movable(text.text)
            elif text.kind is not Kind.LITERAL:
                node(text.text)
    except Cannot as cannot:
        return cannot.hazard is not Hazard.IMPURE
    return False
