"""Make one Wait of two in a row, and drop one of no seconds."""

from __future__ import annotations

import re

from attrs import evolve

from sfdsl.cost.rewrites.base import rewrite_of
from sfdsl.cost.rewrites.draft import Draft
from sfdsl.cost.rewrites.facts import hands_on_input, has_unknown
from sfdsl.cost.rewrites.reasons import Hazard, Reason
from sfdsl.jsonata_text import facts, is_expression
from sfdsl.model.edges import EdgeKind
from sfdsl.model.fields import ABSENT
from sfdsl.model.states import Wait

LONGEST = 99_999_999
"""Seconds that one Wait can hold. Source: Amazon States Language, Wait."""
_UTC = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")  # of one length, so that the order of texts is that of times


@rewrite_of("R7")
def merge_waits(draft: Draft) -> None:
    """Make one Wait of two in a row, and drop one of no seconds.

    Saves: one billed transition each time.
    Safe because: the flow is held for the same time: constant seconds add up, and of two moments the later counts.
        Nothing observes what lies between.
    """
    for name in [state.name for state in draft.states()]:
        state = draft.get(name)
        if not isinstance(state, Wait):
            continue
        if has_unknown(state):
            draft.refuse(name, Hazard.UNKNOWN_FIELDS)
        elif not _plain(draft, state):
            if state.next is not None and isinstance(draft.get(state.next), Wait):
                draft.refuse(name, Hazard.OUTPUT_IS_READ_WHOLE)
        elif _seconds(state) == 0:
            _drop(draft, state)
        else:
            _merge(draft, state)


def _plain(draft: Draft, state: Wait) -> bool:
    return state.assign is ABSENT and hands_on_input(state, draft.jsonata(state))


def _seconds(state: Wait) -> int | None:
    """Seconds of a Wait that are the same every time; None of any other."""
    if state.timestamp is not None or state.seconds_path is not None or state.timestamp_path is not None:
        return None
    seconds = state.seconds
    if isinstance(seconds, str) and is_expression(seconds):
        known = facts(seconds).constant
        seconds = known.value if known is not None else None
    if isinstance(seconds, int) and not isinstance(seconds, bool) and 0 <= seconds <= LONGEST:
        return seconds
    return None


def _drop(draft: Draft, state: Wait) -> None:
    if state.next == state.name:
        draft.refuse(state.name, Hazard.ENDLESS_LOOP)
        return
    changed = draft.redirect({state.name: state.next}).get(state.name, [])
    stays = state.name == draft.start or any(draft.ways_into(state.name))
    if stays:
        draft.refuse(state.name, Hazard.ONLY_STATE if state.name == draft.start else Hazard.NEEDED_TO_END)
    else:
        draft.remove(state.name)
    if not stays or changed:
        removed, states = ((), (state.name, *changed)) if stays else ((state.name,), tuple(changed))
        draft.did(Reason.WAITS_AS_LONG, Reason.INPUT_PASSES_THROUGH, removed=removed, states=states)


def _merge(draft: Draft, state: Wait) -> None:
    """Take the Waits behind a Wait into it, as long as no other way leads to them."""
    while isinstance(following := draft.get(state.next), Wait) and following.name != state.name:
        only = draft.only_way_into(following.name)
        if only is None or only[1] is not EdgeKind.NEXT:
            draft.refuse(state.name, Hazard.OTHER_WAYS_IN)
            return
        if not _plain(draft, following) or has_unknown(following):
            draft.refuse(state.name, Hazard.OUTPUT_IS_READ_WHOLE)
            return
        first, second = _seconds(state), _seconds(following)
        if first is not None and second is not None and first + second <= LONGEST:
            after = evolve(state, seconds=first + second, next=following.next)
        elif _moment(state) and _moment(following):
            later = max(str(state.timestamp), str(following.timestamp))
            after = evolve(state, timestamp=later, next=following.next)
        else:
            draft.refuse(state.name, Hazard.WAIT_MAY_FAIL)
            return
        draft.replace(after)
        draft.remove(following.name)
        draft.did(Reason.ONLY_WAY_IN, Reason.WAITS_AS_LONG, removed=(following.name,), states=(state.name,))
        state = after


def _moment(state: Wait) -> bool:
    return state.seconds is None and state.timestamp is not None and _UTC.fullmatch(state.timestamp) is not None
