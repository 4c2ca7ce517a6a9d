"""Retry a task in place of a loop that does."""

from __future__ import annotations

from attrs import evolve

from sfdsl.cost.rewrites.base import rewrite_of
from sfdsl.cost.rewrites.draft import Draft
from sfdsl.cost.rewrites.expressions import Cannot, movable
from sfdsl.cost.rewrites.facts import hands_on_input, has_unknown, is_input
from sfdsl.cost.rewrites.reasons import Hazard, Reason
from sfdsl.cost.rewrites.templates import node
from sfdsl.model.edges import EdgeKind
from sfdsl.model.fields import ABSENT
from sfdsl.model.states import Catcher, Retrier, Task, Wait
from sfdsl.model.texts import Kind, texts

ALWAYS = 99_999_999
"""Retries at most. Source: Amazon States Language, Retry, MaxAttempts."""
_WILDCARDS = frozenset({"States.ALL", "States.TaskFailed", "States.Timeout", "States.HeartbeatTimeout"})


@rewrite_of("R11")
def retry_in_place(draft: Draft) -> None:
    """Retry a task in place of a Catch that waits and begins it again.

    Saves: one billed transition for each attempt: a retry is one, a Wait and the task again are two.
    Safe because: the task begins again with the same input after the same constant time, as often as it fails, which is
        what a Retry without backoff does.
    """
    for state in draft.states():
        if isinstance(state, Task):
            for place, catcher in enumerate(state.catch):
                wait = draft.get(catcher.next)
                if isinstance(wait, Wait) and wait.next == state.name and wait.name != state.name:
                    try:
                        _retry(draft, state, place, catcher, wait)
                    except Cannot as refused:
                        draft.refuse(state.name, refused.hazard)
                    break


def _retry(draft: Draft, state: Task, place: int, catcher: Catcher, wait: Wait) -> None:
    if has_unknown(state) or has_unknown(wait) or catcher.extra:
        raise Cannot(Hazard.UNKNOWN_FIELDS)
    if draft.only_way_into(wait.name) != (state.name, EdgeKind.CATCH, place):
        raise Cannot(Hazard.OTHER_WAYS_IN)
    same = (
        is_input(catcher.output) and catcher.output is not ABSENT
        if draft.jsonata(state)
        else catcher.result_path is None
    )
    if not same or not hands_on_input(wait, draft.jsonata(wait)):
        raise Cannot(Hazard.INPUT_CHANGES)
    if catcher.assign is not ABSENT or wait.assign is not ABSENT:
        raise Cannot(Hazard.SETS_VARIABLES_INSIDE)
    seconds = wait.seconds
    if not isinstance(seconds, int) or seconds < 1 or wait.timestamp or wait.timestamp_path or wait.seconds_path:
        raise Cannot(Hazard.WAIT_MAY_FAIL)
    # A Retry is asked before any Catch, and the counters of the others would no longer begin anew with each visit.
    before = [name for other in state.catch[:place] for name in other.error_equals]
    if state.retry or (before and not _WILDCARDS.isdisjoint([*before, *catcher.error_equals])):
        raise Cannot(Hazard.ERRORS_OVERLAP)
    if not set(before).isdisjoint(catcher.error_equals):
        raise Cannot(Hazard.ERRORS_OVERLAP)
    for text in texts(draft.scope, state):
        if text.kind is Kind.EXPRESSION:
            movable(text.text)
        elif text.kind is not Kind.LITERAL:
            node(text.text)
    retrier = Retrier(
        error_equals=catcher.error_equals, interval_seconds=seconds, max_attempts=ALWAYS, backoff_rate=1.0,
        comment=catcher.comment, origin=catcher.origin,
    )  # fmt: skip
    draft.replace(evolve(state, retry=(retrier,), catch=state.catch[:place] + state.catch[place + 1 :]))
    draft.remove(wait.name)
    draft.did(Reason.RETRIED_THE_SAME, removed=(wait.name,), states=(state.name,))
