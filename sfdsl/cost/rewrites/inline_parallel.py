"""Put the only branch of a Parallel into the flow around it."""

from __future__ import annotations

from typing import Any

from attrs import evolve

from sfdsl.cost.rewrites import back_jsonata, back_jsonpath
from sfdsl.cost.rewrites.base import rewrite_of
from sfdsl.cost.rewrites.draft import Draft
from sfdsl.cost.rewrites.expressions import Cannot, Substitution, leaves, movable
from sfdsl.cost.rewrites.facts import WHOLE, has_unknown, is_input
from sfdsl.cost.rewrites.folding import as_assign, branch_failed_named
from sfdsl.cost.rewrites.forward_jsonpath import joined
from sfdsl.cost.rewrites.pass_tree import assigned, pass_tree, written
from sfdsl.cost.rewrites.reasons import Hazard, Reason
from sfdsl.cost.rewrites.templates import (
    GIVEN,
    Composition,
    Items,
    Text,
    object_template,
    shows,
    tree_of,
    uncertain,
)
from sfdsl.jsonata_text import facts
from sfdsl.model.edges import EdgeKind
from sfdsl.model.fields import ABSENT
from sfdsl.model.states import Branch, Choice, Fail, Opaque, Parallel, Pass, State, Succeed
from sfdsl.model.workflow import inner


@rewrite_of("R12")
def inline_parallel(draft: Draft) -> None:
    """Put the only branch of a Parallel into the flow around it.

    Saves: one billed transition each time the Parallel would be entered.
    Safe because: a single branch runs as a part of the flow would. The Parallel has no handlers, the branch sets no
        variables, which would be seen outside, and the states that end it make of their output what the Parallel made
        of the array of one.
    """
    for state in draft.states():
        if isinstance(state, Parallel) and len(state.branches) == 1:
            try:
                _inline(draft, state, state.branches[0])
            except Cannot as refused:
                draft.refuse(state.name, refused.hazard)


def _inline(draft: Draft, owner: Parallel, branch: Branch) -> None:
    if has_unknown(owner) or branch.extra or branch.start_at not in {state.name for state in branch.states}:
        raise Cannot(Hazard.UNKNOWN_FIELDS)
    if owner.retry or owner.catch:
        raise Cannot(Hazard.HAS_HANDLERS)
    if branch_failed_named(draft):
        raise Cannot(Hazard.BRANCH_FAILED_NAMED)
    (scope,) = inner(draft.scope, owner)
    jsonata = draft.jsonata(owner)
    shaping = _shaping(owner, jsonata)
    begin = owner.arguments if jsonata else owner.parameters
    first: list[State] = []
    if begin is not ABSENT and not (jsonata and is_input(begin)):
        if jsonata:
            movable(begin)
        fields: dict[str, Any] = {"output": begin} if jsonata else {"parameters": begin}
        first.append(
            Pass(
                name=owner.name,
                query_language=owner.query_language,
                next=branch.start_at,
                origin=owner.origin,
                **fields,
            )
        )
    if not jsonata and owner.input_path not in WHOLE:
        raise Cannot(Hazard.NOT_UNDERSTOOD)
    states: list[State] = []
    for state in branch.states:
        if not isinstance(state, Opaque) and scope.language(state) != draft.scope.language(state):
            state = evolve(state, query_language=scope.language(state))
        states.append(_ending(draft, owner, state, shaping))
    draft.insert_after(owner.name, states)
    if first:
        draft.replace(first[0])
    else:
        draft.redirect({owner.name: str(branch.start_at)})
        draft.remove(owner.name)
    removed = () if first else (owner.name,)
    because = (Reason.ALONE_IN_ITS_PARALLEL, Reason.COMPOSED)
    draft.did(*because, removed=removed, states=tuple(s.name for s in states), saves=0 if first else 1)


def _shaping(owner: Parallel, jsonata: bool) -> Pass | None:
    """A Pass that makes of the branch's output what the Parallel makes of its result; None where that is the same."""
    name = f"{owner.name} "
    language = owner.query_language
    if jsonata:
        given = ["{% $states.input %}"]
        for text in leaves([owner.output, owner.assign]):
            if any(read[:1] == ("input",) for read in facts(text).states):
                raise Cannot(Hazard.SETS_ITS_INPUT_ASIDE)
        movable(owner.output, owner.assign)
        put = Substitution(result=given)
        output = given if owner.output is ABSENT else put.payload(owner.output)
        assign = ABSENT if owner.assign is ABSENT else put.payload(as_assign(owner.assign))
        if is_input(output) and assign is ABSENT:
            return None
        return Pass(name=name, output=output, assign=assign, query_language=language, next=owner.next)
    over = Composition(Items((GIVEN,)))
    result = over.data if owner.result_selector is ABSENT else over.tree(tree_of(owner.result_selector))
    if owner.result_path not in WHOLE:
        raise Cannot(Hazard.SETS_ITS_INPUT_ASIDE)
    if owner.output_path not in WHOLE:
        if owner.output_path is None:
            raise Cannot(Hazard.NOT_UNDERSTOOD)
        result = Composition(result).text(owner.output_path)
    assign_ = written(assigned(owner.assign, over))
    if result == GIVEN and assign_ is ABSENT:
        return None
    if assign_ is not ABSENT:
        raise Cannot(Hazard.NO_FIELD_FOR_IT)
    if isinstance(result, Text):
        return Pass(name=name, input_path=result.text, query_language=language, next=owner.next)
    return Pass(name=name, parameters=object_template(result), query_language=language, next=owner.next)


def _ending(draft: Draft, owner: Parallel, state: State, shaping: Pass | None) -> State:
    """A state of the branch as a state of the flow around it."""
    if isinstance(state, (Succeed, Opaque)) or has_unknown(state):
        raise Cannot(Hazard.ENDS_INSIDE)
    if isinstance(state, Fail):
        return state
    for part in (state, *getattr(state, "choices", ()), *getattr(state, "catch", ())):
        if part.assign is not ABSENT:
            raise Cannot(Hazard.SETS_VARIABLES_INSIDE)
    if isinstance(state, Choice) or state.next is not None:
        return state
    if shaping is None:
        return evolve(state, next=owner.next)
    if draft.scope.language(state) != draft.scope.language(shaping):
        raise Cannot(Hazard.OTHER_LANGUAGE)
    if draft.jsonata(state):
        return back_jsonata.folded(state, EdgeKind.NEXT, 0, shaping)[0]
    if isinstance(state, Pass):
        if state.result_path not in (*WHOLE, None):
            raise Cannot(Hazard.INPUT_MAY_BE_NO_OBJECT)
        work = pass_tree(state)
        after, shown = joined(work, evolve(shaping, name=state.name))
        if not shows(uncertain(*work.all), shown):
            raise Cannot(Hazard.FAILURE_WOULD_BE_LOST)
        return evolve(after, origin=state.origin, comment=state.comment)
    return back_jsonpath.folded(draft, state, EdgeKind.NEXT, 0, shaping)[0]
