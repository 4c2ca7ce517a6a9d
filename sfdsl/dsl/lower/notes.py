"""What an author asserts about steps, beside what ASL can carry."""

from __future__ import annotations

from sfdsl.dsl.lower.scopes import Outline
from sfdsl.dsl.maps import Map
from sfdsl.dsl.steps import Choice, Step, Task
from sfdsl.model.workflow import Assertion, Notes


def notes(outline: Outline) -> dict[str, Notes]:
    """The assertions by state; nothing for states without any."""
    found: dict[str, Notes] = {}
    chances = _chances(outline)
    for step in outline.scope_of:
        noted = Notes(
            idempotent=step.idempotent,
            asserts=frozenset(map(Assertion, step.asserts)),
            fused=step.fused if isinstance(step, Task) else None,
            duration=step.duration,
            probability=chances.get(step),
            items=step.items if isinstance(step, Map) else None,
            resources=step.resources if isinstance(step, Task) else (),
            suppress=step.suppress,
        )
        if noted != Notes():
            found[step.name] = noted
    return found


def _chances(outline: Outline) -> dict[Step, float]:
    """How often a way leads to a step, where the Choice before it says so."""
    return {
        arm.target: arm.probability
        for step in outline.scope_of
        if isinstance(step, Choice)
        for arm in step._arms
        if arm.target is not None and arm.probability is not None
    }
