"""Do the work of a Pass in the state before it."""

from __future__ import annotations

from sfdsl.cost.rewrites import back_jsonata, back_jsonpath
from sfdsl.cost.rewrites.base import rewrite_of
from sfdsl.cost.rewrites.draft import Draft
from sfdsl.cost.rewrites.expressions import Cannot
from sfdsl.cost.rewrites.facts import has_unknown, is_idle
from sfdsl.cost.rewrites.reasons import Hazard, Reason
from sfdsl.model.edges import EdgeKind
from sfdsl.model.states import Pass


@rewrite_of("R2")
def fold_pass_back(draft: Draft) -> None:
    """Do the work of a Pass in the state before it, where no other way leads to the Pass.

    Saves: one billed transition each time the Pass would be entered.
    Safe because: the state before computes from its own result what the Pass computed from its output. Where the Pass
        may fail, no Retry or Catch of the state before names the error, so that its work is not done again and the
        error ends the flow as before. A rule of a Choice and a catcher take a Pass the same way, where they can
        compute at all.
    """
    for name in [state.name for state in draft.states()]:
        state = draft.get(name)
        if not isinstance(state, Pass) or is_idle(state, draft.jsonata(state)):
            continue
        try:
            _fold(draft, state)
        except Cannot as refused:
            draft.refuse(state.name, refused.hazard)


def _fold(draft: Draft, state: Pass) -> None:
    if state.name == draft.start:
        return
    if has_unknown(state):
        raise Cannot(Hazard.UNKNOWN_FIELDS)
    only = draft.only_way_into(state.name)
    if only is None:
        raise Cannot(Hazard.OTHER_WAYS_IN)
    source, kind, index = only
    before = draft[source]
    if before is state:
        return
    if has_unknown(before):
        raise Cannot(Hazard.UNKNOWN_FIELDS)
    if state.next is None and kind is not EdgeKind.NEXT:
        raise Cannot(Hazard.NEEDED_TO_END)
    if draft.scope.language(before) != draft.scope.language(state):
        raise Cannot(Hazard.OTHER_LANGUAGE)
    if draft.jsonata(state):
        folded, certain = back_jsonata.folded(before, kind, index, state)
    else:
        folded, certain = back_jsonpath.folded(draft, before, kind, index, state)
    draft.replace(folded)
    draft.remove(state.name)
    because = (Reason.ONLY_WAY_IN, Reason.COMPOSED, Reason.CANNOT_MISS if certain else Reason.SAME_FAILURES)
    draft.did(*because, removed=(state.name,), states=(source,))
