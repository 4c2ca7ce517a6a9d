"""Whether what a state reads surely has a value there, as far as the states right before it tell."""

from __future__ import annotations

import re

from sfdsl.cost.rewrites.draft import Draft
from sfdsl.cost.rewrites.expressions import nature
from sfdsl.jsonata_text import expression
from sfdsl.model.edges import EdgeKind
from sfdsl.model.fields import Json
from sfdsl.model.states import Pass, State, Task

_BACK = 40
"""States back at most; a longer way back says nothing."""
_PATH = re.compile(r"\$[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*")


def certain(draft: Draft, before: State | None, text: str) -> bool:
    """Whether a text cannot fail where it is evaluated right behind a state.

    It cannot where it is a path to something that was evaluated for itself in a state before, and that always comes
    before it: what is undefined would have failed there.

    Args:
        draft: The flow.
        before: The state that alone leads there, by its Next; None where there is none.
        text: A text `{% ... %}`.
    """
    if nature(text).total:
        return True
    if before is None or _PATH.fullmatch(expression(text)) is None:
        return False
    name, *steps = expression(text)[1:].split(".")
    if name == "states":
        given = before.output if isinstance(before, (Task, Pass)) else None
        return steps[:1] == ["input"] and isinstance(given, dict) and _reached(given, steps[1:])
    at: State | None = before
    for _ in range(_BACK):
        if at is None or not draft.jsonata(at):
            return False
        assign = getattr(at, "assign", None)
        if isinstance(assign, dict) and name in assign:
            return _reached(assign[name], steps)
        way = draft.only_way_into(at.name)
        at = draft[way[0]] if way is not None and way[1] is EdgeKind.NEXT else None
    return False


def _reached(tree: Json, steps: list[str]) -> bool:
    """Whether a path into a payload ends at something that was evaluated for itself."""
    for step in steps:
        if not isinstance(tree, dict) or step not in tree:
            return False
        tree = tree[step]
    return True
