"""End the flow in the state before a Succeed."""

from __future__ import annotations

from sfdsl.cost.rewrites.base import rewrite_of
from sfdsl.cost.rewrites.draft import Draft
from sfdsl.cost.rewrites.facts import hands_on_input, has_unknown
from sfdsl.cost.rewrites.reasons import Hazard, Reason
from sfdsl.model.states import Succeed


@rewrite_of("R6")
def end_at_once(draft: Draft) -> None:
    """End the flow in the state before a Succeed that hands its input on.

    Saves: one billed transition for each end of the flow by that way.
    Safe because: `End` gives the output that the Succeed would have handed on. A Choice and a Catch cannot end the flow
        themselves, so that the Succeed stays for them.
    """
    targets: dict[str, str | None] = {}
    for state in draft.states():
        if isinstance(state, Succeed) and hands_on_input(state, draft.jsonata(state)):
            if has_unknown(state):
                draft.refuse(state.name, Hazard.UNKNOWN_FIELDS)
            else:
                targets[state.name] = None
    changed = draft.redirect(targets)
    for name in targets:
        stays = name == draft.start or any(draft.ways_into(name))
        if stays:
            draft.refuse(name, Hazard.ONLY_STATE if name == draft.start else Hazard.NEEDED_TO_END)
        if name not in changed:
            continue
        because = (Reason.INPUT_PASSES_THROUGH, Reason.CANNOT_FAIL, Reason.ENDS_ALL_THE_SAME)
        if stays:
            draft.did(*because, states=(name, *changed[name]))
        else:
            draft.remove(name)
            draft.did(*because, removed=(name,), states=changed[name])
