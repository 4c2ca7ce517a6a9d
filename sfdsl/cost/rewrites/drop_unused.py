"""Drop states that are never entered, variables that are never read, and calls for results that nobody reads."""

from __future__ import annotations

from typing import Any

from attrs import evolve

from sfdsl.cost.rewrites.base import rewrite_of
from sfdsl.cost.rewrites.draft import Draft
from sfdsl.cost.rewrites.expressions import Cannot
from sfdsl.cost.rewrites.expressions import uncertain as uncertain_expressions
from sfdsl.cost.rewrites.facts import has_unknown
from sfdsl.cost.rewrites.liveness import input_is_read
from sfdsl.cost.rewrites.one_call import reads_of
from sfdsl.cost.rewrites.reasons import Hazard, Reason
from sfdsl.cost.rewrites.templates import Text
from sfdsl.cost.rewrites.templates import uncertain as uncertain_texts
from sfdsl.graph import FlowGraph
from sfdsl.jsonata_text import check, facts
from sfdsl.jsonpath import SyntaxProblem
from sfdsl.model.fields import ABSENT, Json
from sfdsl.model.states import Choice, Map, Opaque, Parallel, Pass, State, Task, Wait
from sfdsl.model.texts import Kind, parsed, texts, variables
from sfdsl.model.workflow import Assertion, Notes, Scope, Workflow, walk


@rewrite_of("R29")
def drop_unused(draft: Draft) -> None:
    """Drop states that are never entered, variables that are never read, and calls for results that nobody reads.

    Saves: no transition by itself; a Pass that only set such a variable, or stands in the place of such a call, is idle
        then, and goes.
    Safe because: no way leads to such a state from the start. No text of the whole machine reads such a variable, and
        computing it cannot fail. Nothing reads the result of such a call, and no Catch, its own or one around it, leads
        anywhere when it fails.
    Needs: `pure` for a call. It says that the call has no effect but its result, and so also that nobody waits for its
        failure: an execution that ended with its error or its timeout, or because its Arguments or ResultSelector
        could not be computed, goes on without it.
    """
    unreachable = FlowGraph(draft.flow()).unreachable()
    if unreachable and draft.start in draft:
        for state in unreachable:
            draft.remove(state.name)
        draft.did(Reason.NEVER_ENTERED, removed=tuple(state.name for state in unreachable), saves=0)
    for state in draft.states():
        if (
            isinstance(state, Task)
            and (notes := draft.notes(state.name)) is not None
            and Assertion.PURE in notes.asserts
        ):
            try:
                draft.replace(_without_call(draft, state))
            except Cannot as refused:
                draft.refuse(state.name, refused.hazard)
            else:
                draft.note(state.name, Notes(suppress=notes.suppress))
                draft.did(Reason.NOTHING_BUT_ITS_RESULT, states=(state.name,), saves=0)
    read = draft.once(read_anywhere)
    if read is None:
        return
    for state in draft.states():
        after = _without_unread(state, read, draft.jsonata(state))
        if after is not state:
            draft.replace(after)
            draft.did(Reason.NEVER_READ, states=(state.name,), saves=0)


def _without_call(draft: Draft, state: Task) -> Pass:
    """A Pass that hands on what a Task does, where that does not depend on what it calls.

    Raises:
        Cannot: It does, or a Catch waits for its failure.
    """
    if has_unknown(state):
        raise Cannot(Hazard.UNKNOWN_FIELDS)
    scope: Scope | None = draft.scope
    owners: list[Task | Parallel | Map] = [state]
    while scope is not None:
        owners += [scope.owner] if scope.owner is not None else []
        scope = scope.parent
    if any(owner.catch or (owner.retry and owner is not state) for owner in owners):
        raise Cannot(Hazard.HAS_HANDLERS)
    if draft.jsonata(state):
        if reads_of((state.output, state.assign), "result"):
            raise Cannot(Hazard.RESULT_IS_READ)
        if state.output is ABSENT and input_is_read(draft, state.next):
            raise Cannot(Hazard.RESULT_IS_READ)
    elif state.result_path is not None or state.assign is not ABSENT:
        raise Cannot(Hazard.RESULT_IS_READ)
    return Pass(
        name=state.name, output=state.output, assign=state.assign, output_path=state.output_path,
        comment=state.comment, query_language=state.query_language, next=state.next, origin=state.origin,
    )  # fmt: skip


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
