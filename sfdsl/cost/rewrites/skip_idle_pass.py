"""Lead transitions past a Pass that does nothing."""

from __future__ import annotations

from sfdsl.cost.rewrites.base import rewrite_of
from sfdsl.cost.rewrites.draft import Draft
from sfdsl.cost.rewrites.facts import has_unknown, is_idle
from sfdsl.cost.rewrites.reasons import Hazard, Reason
from sfdsl.model.states import Pass


@rewrite_of("R1")
def skip_idle_pass(draft: Draft) -> None:
    """Lead transitions past a Pass that does nothing.

    Saves: one billed transition each time the Pass would be entered.
    Safe because: the Pass hands its input on unchanged, and it can neither fail nor be retried, so that no Catch or
        Retry could have seen it. Where it ends the flow, the state before it ends it.
    """
    idle: dict[str, Pass] = {}
    for state in draft.states():
        if isinstance(state, Pass) and is_idle(state, draft.jsonata(state)):
            if has_unknown(state):
                draft.refuse(state.name, Hazard.UNKNOWN_FIELDS)
            elif state.next is None or state.next in draft:
                idle[state.name] = state
    targets: dict[str, str | None] = {}
    for name in idle:
        _follow(name, idle, targets, draft)
    changed = draft.redirect(targets)
    gone = {name for name in targets if name != draft.start and not any(draft.ways_into(name))}
    for name in gone:
        draft.remove(name)
    for name, target in targets.items():
        sources = [source for source in changed.get(name, ()) if source in draft]
        because: tuple[Reason, ...] = (Reason.INPUT_PASSES_THROUGH, Reason.CANNOT_FAIL)
        if target is None:
            because = (*because, Reason.ENDS_ALL_THE_SAME)
        if name in gone:
            draft.did(*because, removed=(name,), states=sources)
            continue
        if sources:
            draft.did(*because, states=(name, *sources))
        draft.refuse(name, Hazard.ONLY_STATE if name == draft.start else Hazard.NEEDED_TO_END)


def _follow(name: str, idle: dict[str, Pass], targets: dict[str, str | None], draft: Draft) -> None:
    """Find where a chain of idle Passes leads, and note it for each of them; a loop of them keeps one."""
    chain: dict[str, None] = {}
    here: str | None = name
    while here is not None and here in idle and here not in targets and here not in chain:
        chain[here] = None
        here = idle[here].next
    if here in chain:
        draft.refuse(here, Hazard.ENDLESS_LOOP)
        del chain[here]
        end: str | None = here
    else:
        end = targets[here] if here is not None and here in targets else here
    for each in chain:
        targets[each] = end
