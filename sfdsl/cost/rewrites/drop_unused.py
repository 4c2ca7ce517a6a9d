"""Drop states that are never entered, and variables that are never read."""

from __future__ import annotations

from typing import Any

from attrs import evolve

from sfdsl.cost.rewrites.base import rewrite_of
from sfdsl.cost.rewrites.draft import Draft
from sfdsl.cost.rewrites.expressions import uncertain as uncertain_expressions
from sfdsl.cost.rewrites.reasons import Reason
from sfdsl.cost.rewrites.templates import Text
from sfdsl.cost.rewrites.templates import uncertain as uncertain_texts
from sfdsl.graph import FlowGraph
from sfdsl.jsonata_text import check, facts
from sfdsl.jsonpath import SyntaxProblem
from sfdsl.model.fields import ABSENT, Json
from sfdsl.model.states import Choice, Map, Opaque, Parallel, Pass, State, Task, Wait
from sfdsl.model.texts import Kind, parsed, texts, variables
from sfdsl.model.workflow import Workflow, walk


@rewrite_of("R29")
def drop_unused(draft: Draft) -> None:
    """Drop states that are never entered, and variables that are never read.

    Saves: no transition by itself; a Pass that only set such a variable is idle then, and goes.
    Safe because: no way leads to such a state from the start. No text of the whole machine reads such a variable, and
        computing it cannot fail.
    """
    unreachable = FlowGraph(draft.flow()).unreachable()
    if unreachable and draft.start in draft:
        for state in unreachable:
            draft.remove(state.name)
        draft.did(Reason.NEVER_ENTERED, removed=tuple(state.name for state in unreachable), saves=0)
    read = draft.once(read_anywhere)
    if read is None:
        return
    for state in draft.states():
        after = _without_unread(state, read, draft.jsonata(state))
        if after is not state:
            draft.replace(after)
            draft.did(Reason.NEVER_READ, states=(state.name,), saves=0)


def read_anywhere(workflow: Workflow) -> frozenset[str] | None:
    """The names of all variables that a machine reads; None where a text is not understood."""
    names: set[str] = set()
    for scope, state in walk(workflow.machine):
        if isinstance(state, Opaque):
            return None
        for text in texts(scope, state):
            if text.kind is Kind.EXPRESSION:
                if check(text.text) is not None:
                    return None
                # What is called may be a variable that holds a function.
                names.update(call.name for call in facts(text.text).calls)
            elif text.kind is not Kind.LITERAL and isinstance(parsed(text), SyntaxProblem):
                return None
            names.update(variables(text))
    return frozenset(names)


def _without_unread(state: State, read: frozenset[str], jsonata: bool) -> State:
    changes: dict[str, Any] = {}
    if isinstance(state, (Task, Pass, Choice, Wait, Parallel, Map)):
        kept = _kept(state.assign, read, jsonata)
        if kept is not state.assign:
            changes["assign"] = kept
    for name in ("choices", "catch"):
        parts = getattr(state, name, ())
        after = tuple(
            part if (kept := _kept(part.assign, read, jsonata)) is part.assign else evolve(part, assign=kept)
            for part in parts
        )
        if any(new is not old for new, old in zip(after, parts, strict=True)):
            changes[name] = after
    return evolve(state, **changes) if changes else state


def _kept(assign: Json, read: frozenset[str], jsonata: bool) -> Json:
    if not isinstance(assign, dict):
        return assign
    kept = {key: value for key, value in assign.items() if not _unread(key, value, read, jsonata)}
    return assign if len(kept) == len(assign) else kept or ABSENT


def _unread(key: str, value: Json, read: frozenset[str], jsonata: bool) -> bool:
    if jsonata:
        return key not in read and not uncertain_expressions(value)
    if key.endswith(".$"):
        return key[:-2] not in read and isinstance(value, str) and not uncertain_texts(Text(value))
    return key not in read and not isinstance(value, (dict, list))
