"""What assertions would let the rewrites do: each is tried, and worth what the workflow costs less with it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING

from attrs import evolve

from sfdsl.cost.partition.plan import Unlock
from sfdsl.cost.rewrites.base import Refusal
from sfdsl.cost.rewrites.reasons import UNLOCKS, Hazard
from sfdsl.model.workflow import Assertion, Notes, Workflow

if TYPE_CHECKING:
    from sfdsl.cost.analysis import Analysis

ROUNDS = 4
"""One assertion may show that another is missing, too: so many times."""
MOST_ALONE = 12
"""States of one rewrite that are tried alone."""

Words = frozenset[tuple[str, Hazard]]
"""States, and what each would have to assert."""


def _noted(word: Assertion) -> Callable[[Notes], Notes]:
    return lambda notes: evolve(notes, asserts=notes.asserts | {word})


ASSERTED: Mapping[Hazard, Callable[[Notes], Notes]] = {
    Hazard.NOT_IDEMPOTENT: lambda notes: evolve(notes, idempotent=True),
    Hazard.NOT_SAID_TO_BE_ASKABLE: lambda notes: evolve(notes, idempotent=True),
    Hazard.NOT_FUSED: lambda notes: evolve(notes, fused="fused"),  # whatever its name will be
    Hazard.ORDER_MATTERS: _noted(Assertion.UNORDERED),
    Hazard.BARRIER_MATTERS: _noted(Assertion.NO_BARRIER),
    Hazard.NOT_ATOMIC: _noted(Assertion.ATOMIC),
    Hazard.MAY_BE_SAME_ITEM: _noted(Assertion.UNORDERED),
    Hazard.MAY_OUTGROW: _noted(Assertion.ATOMIC),
    Hazard.MAY_NOT_BE_STOPPED: _noted(Assertion.STOP_ON_ABORT),
    Hazard.ERROR_NAMES_MATTER: _noted(Assertion.ERROR_NAMES_FREE),
}
"""Hazard -> the notes with what lifts it, for all of `UNLOCKS`."""


def unlocks(analysis: Analysis, again: Callable[[Workflow], Analysis]) -> list[Unlock]:
    """What assertions for the rewrites would save, each beyond what is done.

    Args:
        analysis: What is done.
        again: Analyses a workflow with other notes in the same way.
    """
    found: dict[Words, Unlock] = {}
    by_rewrite: dict[str, list[Refusal]] = {}
    for refusal in analysis.refusals:
        if refusal.hazard in ASSERTED:
            by_rewrite.setdefault(refusal.rewrite, []).append(refusal)
    for name, refusals in by_rewrite.items():
        for tried in [refusals] if len(refusals) == 1 else [refusals, *([each] for each in refusals[:MOST_ALONE])]:
            words, after = _closure(analysis, name, tried, again)
            saved = analysis.dollars_after - after.dollars_after
            if saved > 1e-12:
                found.setdefault(words, _told(words, saved, analysis.executions_per_month))
    return list(found.values())


def _closure(
    analysis: Analysis, name: str, refusals: Iterable[Refusal], again: Callable[[Workflow], Analysis]
) -> tuple[Words, Analysis]:
    """The assertions that a rewrite asks for one after the other, and the workflow with all of them."""
    workflow, after = analysis.workflow, analysis
    words: Words = frozenset((refusal.state, refusal.hazard) for refusal in refusals)
    for _ in range(ROUNDS):
        after = again(_with(workflow, words))
        touched = {state for state, _ in words}
        more = {
            (each.state, each.hazard) for each in after.refusals
            if each.rewrite == name and each.hazard in ASSERTED and each.state in touched
        }  # fmt: skip
        if more <= words:
            break
        words |= more
    return words, after


def _with(workflow: Workflow, words: Words) -> Workflow:
    notes = dict(workflow.notes)
    for state, hazard in words:
        notes[state] = ASSERTED[hazard](notes.get(state, Notes()))
    return evolve(workflow, notes=notes)


def _told(words: Words, saved: float, executions: float | None) -> Unlock:
    states = tuple(sorted({state for state, _ in words}))
    hints = sorted({UNLOCKS[hazard] for _, hazard in words})
    month = None if executions is None else saved * executions
    return Unlock(states=states, hint=" and ".join(hints), saved=saved, month=month)
