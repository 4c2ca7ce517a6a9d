"""Make something simpler of a Map whose items are known."""

from __future__ import annotations

from attrs import evolve

from sfdsl.cost.rewrites.base import rewrite_of
from sfdsl.cost.rewrites.draft import Draft
from sfdsl.cost.rewrites.expressions import Cannot, Substitution
from sfdsl.cost.rewrites.facts import has_unknown
from sfdsl.cost.rewrites.folding import as_assign, branch_failed_named
from sfdsl.cost.rewrites.reasons import Hazard, Reason
from sfdsl.jsonata_text import facts, is_expression
from sfdsl.model.fields import ABSENT, Json
from sfdsl.model.states import Branch, Map, Parallel, Pass
from sfdsl.model.texts import Kind, texts
from sfdsl.model.workflow import inner


@rewrite_of("R13")
def unroll_map(draft: Draft) -> None:
    """Make a Pass of a Map over no items, and a Parallel of one branch of a Map over one.

    Saves: nothing by itself; such a Pass is folded into a neighbour, and such a branch is put into the flow around it.
    Safe because: over no items the body never runs and the result is an empty array. Over one item it runs like a
        single branch, where nothing in it reads which item it is.
    """
    for state in draft.states():
        if not isinstance(state, Map) or state.distributed or state.body is None or not draft.jsonata(state):
            continue
        items = _constant(state.items)
        if items is None or len(items) > 1:
            continue
        try:
            if has_unknown(state) or state.body.extra or state.item_reader or state.item_batcher or state.result_writer:
                raise Cannot(Hazard.UNKNOWN_FIELDS)
            if not isinstance(state.max_concurrency, (int, type(None))):
                raise Cannot(Hazard.NOT_UNDERSTOOD)
            if items:
                _single(draft, state, items[0])
            else:
                _none(draft, state)
        except Cannot as refused:
            draft.refuse(state.name, refused.hazard)


def _constant(items: Json) -> list[Json] | None:
    """Items that are the same every time, as they stand there; None of any others."""
    if isinstance(items, list):
        return items
    if isinstance(items, str) and is_expression(items):
        known = facts(items).constant
        if known is not None and isinstance(known.value, list):
            return known.value
    return None


def _none(draft: Draft, state: Map) -> None:
    if state.retry or state.catch:
        # Its Output may fail, and the handlers would see that.
        raise Cannot(Hazard.HAS_HANDLERS)
    put = Substitution(result=[])
    output: Json = [] if state.output is ABSENT else put.payload(state.output)
    assign = state.assign if state.assign is ABSENT else put.payload(as_assign(state.assign))
    draft.replace(
        Pass(
            name=state.name,
            output=output,
            assign=assign,
            comment=state.comment,
            query_language=state.query_language,
            next=state.next,
            origin=state.origin,
        )
    )
    draft.did(Reason.NO_ITEMS, states=(state.name,), saves=0)


def _single(draft: Draft, state: Map, item: Json) -> None:
    body = state.body
    assert body is not None
    if branch_failed_named(draft, state):
        raise Cannot(Hazard.BRANCH_FAILED_NAMED)
    given = item if state.item_selector is ABSENT else state.item_selector
    if state.parameters is not ABSENT or not (
        isinstance(given, dict) or (isinstance(given, str) and is_expression(given))
    ):
        raise Cannot(Hazard.NO_FIELD_FOR_IT)
    _refuse_item_reads(draft, state)
    branch = Branch(
        start_at=body.start_at, states=body.states, comment=body.comment, query_language=body.query_language,
        origin=body.origin,
    )  # fmt: skip
    changes = {
        name: getattr(state, name) for name in ("output", "assign", "retry", "catch", "comment", "query_language")
    }
    after = Parallel(name=state.name, branches=(branch,), arguments=given, next=state.next, origin=state.origin)
    draft.replace(evolve(after, **changes))
    draft.did(Reason.ONE_ITEM, states=(state.name,), saves=0)


def _refuse_item_reads(draft: Draft, state: Map) -> None:
    """Make sure that nothing in a Map or its body reads which item it is.

    Raises:
        Cannot: Something may.
    """
    scopes = inner(draft.scope, state)
    found = list(texts(draft.scope, state))
    while scopes:
        scope = scopes.pop()
        for each in scope.flow.states:
            found += texts(scope, each)
            scopes += inner(scope, each)
    for text in found:
        if text.kind is not Kind.LITERAL and "Map" in text.text:
            raise Cannot(Hazard.NAME_OBSERVED)
        if text.kind is Kind.EXPRESSION and not facts(text.text).states.isdisjoint({(), ("context",)}):
            raise Cannot(Hazard.NAME_OBSERVED)
        if text.kind is not Kind.LITERAL and text.text.strip() == "$$":
            raise Cannot(Hazard.NAME_OBSERVED)
