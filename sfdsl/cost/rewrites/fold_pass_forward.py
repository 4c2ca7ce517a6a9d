"""Do the work of a Pass in the state behind it."""

from __future__ import annotations

from attrs import evolve

from sfdsl.cost.rewrites import forward_jsonata, forward_jsonpath
from sfdsl.cost.rewrites.base import rewrite_of
from sfdsl.cost.rewrites.draft import Draft
from sfdsl.cost.rewrites.expressions import Cannot
from sfdsl.cost.rewrites.facts import has_unknown, is_idle
from sfdsl.cost.rewrites.reasons import Hazard, Reason
from sfdsl.model.states import Pass


@rewrite_of("R3")
def fold_pass_forward(draft: Draft) -> None:
    """Do the work of a Pass in the state behind it, where no other way leads to that state.

    Saves: one billed transition each time the Pass would be entered.
    Safe because: what the state behind read of the Pass's output and variables, it computes from the Pass's own input.
        What may fail in the Pass fails in a field that is evaluated before any work is done, with the same error, and
        no Retry or Catch of that state names the error.
    """
    for name in [state.name for state in reversed(draft.states())]:
        state = draft[name]  # as it is now: another fold may have changed where it leads
        if not isinstance(state, Pass) or state.next is None or is_idle(state, draft.jsonata(state)):
            continue
        try:
            _fold(draft, state)
        except Cannot as refused:
            draft.refuse(state.name, refused.hazard)


def _fold(draft: Draft, state: Pass) -> None:
    target = draft.get(state.next)
    if target is None or target is state:
        return
    if has_unknown(state) or has_unknown(target):
        raise Cannot(Hazard.UNKNOWN_FIELDS)
    if draft.only_way_into(target.name) is None:
        raise Cannot(Hazard.OTHER_WAYS_IN)
    if draft.scope.language(state) != draft.scope.language(target):
        raise Cannot(Hazard.OTHER_LANGUAGE)
    if draft.jsonata(state):
        folded, certain = forward_jsonata.folded(draft, state, target)
    else:
        folded, certain = forward_jsonpath.folded(draft, state, target)
    draft.replace(evolve(state, next=None))  # the only way into the target goes over the Pass
    draft.replace(folded)
    draft.redirect({state.name: target.name})
    draft.remove(state.name)
    because = (Reason.ONLY_WAY_IN, Reason.READS_ARE_REPLACED, Reason.CANNOT_MISS if certain else Reason.SAME_FAILURES)
    draft.did(*because, removed=(state.name,), states=(target.name,))
