"""Go over the items of two Maps once."""

from __future__ import annotations

import re
from typing import Any

from attrs import evolve

from sfdsl.cost.rewrites import forward_jsonata
from sfdsl.cost.rewrites.base import rewrite_of
from sfdsl.cost.rewrites.draft import Draft
from sfdsl.cost.rewrites.expressions import Cannot, movable
from sfdsl.cost.rewrites.facts import WHOLE, has_unknown
from sfdsl.cost.rewrites.one_call import not_asserted, not_idempotent, reads_of, require_alike, told_apart
from sfdsl.cost.rewrites.passing import FIRST, is_source, only_passed_on, passed_on
from sfdsl.cost.rewrites.reasons import Hazard, Reason
from sfdsl.cost.rewrites.rows import together
from sfdsl.cost.rewrites.trees import names
from sfdsl.graph import FlowGraph
from sfdsl.jsonata_text import facts
from sfdsl.model.edges import EdgeKind
from sfdsl.model.fields import ABSENT, Json
from sfdsl.model.states import Choice, Fail, ItemProcessor, Map, Opaque, Pass, State, Succeed
from sfdsl.model.texts import Kind, assigned, reads, texts
from sfdsl.model.workflow import Assertion, Notes, Scope, inner

_ITEM = re.compile(r"\$states\.context\.Map\.Item\.Value\b")


@rewrite_of("R14", asserted=True)
def map_once(draft: Draft) -> None:
    """Make one Map of two where the second goes over exactly what the first gives.

    Saves: one billed transition each time.
    Safe because: each item goes through the body of the first and then through that of the second, at most as many at a
        time as either allowed, and the results stand in the same places. Nothing else reads what the first gives.
        Where items fail, others may have come further or less far, and the error is that of any of them. A Retry counts
        the failures of both bodies together.
    Needs: `no_barrier` on the second, since an item enters its body before the first is done with all others. Also
        `idempotent` on both where they have a Retry, which begins all items anew; and `error_names_free` on both where
        a Catch hands on which of the two failed.
    """
    for name in [state.name for state in draft.states()]:
        second = draft.get(name)
        if not isinstance(second, Map) or name == draft.start:
            continue
        firsts = [state for source, kind, _ in draft.ways_into(name) if isinstance(state := draft[source], Map)
                  and kind is EdgeKind.NEXT and state is not second]  # fmt: skip
        if not firsts:
            continue
        try:
            _join(draft, firsts[0], second)
        except Cannot as refused:
            draft.refuse(name, refused.hazard)


def _join(draft: Draft, first: Map, second: Map) -> None:
    if draft.only_way_into(second.name) is None:
        raise Cannot(Hazard.OTHER_WAYS_IN)
    if draft.scope.language(first) != draft.scope.language(second):
        raise Cannot(Hazard.OTHER_LANGUAGE)
    _require_plain(first)
    _require_plain(second)
    require_alike([first, second])
    outer = _outer(draft, first, second) if draft.jsonata(first) else _outer_in_jsonpath(first, second)
    selector = second.item_selector if second.parameters is ABSENT else second.parameters
    body = _body(draft, first, second, selector)
    lacking = not_asserted(draft, [second], Assertion.NO_BARRIER, Hazard.BARRIER_MATTERS)
    if any(retrier.max_attempts != 0 for retrier in first.retry):
        lacking += not_idempotent(draft, [first, second])
    if told_apart([first, second]):
        lacking += not_asserted(draft, [first, second], Assertion.ERROR_NAMES_FREE, Hazard.ERROR_NAMES_MATTER)
    for name, hazard in lacking:
        draft.refuse(name, hazard)
    if lacking:
        return
    field = "item_processor" if first.item_processor is not None else "iterator"
    most = [each for each in (first.max_concurrency, second.max_concurrency) if each]
    changes: dict[str, Any] = {field: body, "max_concurrency": min(most) if most else first.max_concurrency}
    draft.replace(evolve(outer, next=second.next, **changes))
    draft.remove(second.name)
    notes = [draft.notes(each.name) or Notes() for each in (first, second)]
    if any(each != Notes() for each in notes):
        items = notes[0].items if notes[0].items is not None else notes[1].items
        draft.note(first.name, evolve(together(notes), items=items))
    draft.did(Reason.ITEM_BY_ITEM, Reason.SAID_BY_THE_AUTHOR, removed=(second.name,), states=(first.name,))


def _require_plain(state: Map) -> None:
    """Make sure that a Map is an inline one that is understood."""
    if state.distributed or any((state.item_reader, state.item_batcher, state.result_writer)):
        raise Cannot(Hazard.DISTRIBUTED)
    if state.body is None or has_unknown(state) or state.body.extra:
        raise Cannot(Hazard.UNKNOWN_FIELDS)
    computed = (state.max_concurrency_path, state.tolerated_failure_count, state.tolerated_failure_percentage,
                state.tolerated_failure_count_path, state.tolerated_failure_percentage_path)  # fmt: skip
    if not isinstance(state.max_concurrency, (int, type(None))) or any(each is not None for each in computed):
        raise Cannot(Hazard.NOT_UNDERSTOOD)


def _outer(draft: Draft, first: Map, second: Map) -> Map:
    """The first Map with what the second makes of its results."""
    passed = passed_on(draft, first, second, second.items)
    if not is_source(passed.received, FIRST):
        raise Cannot(Hazard.SOMETHING_ELSE_IS_PASSED)
    if reads_of((second.item_selector,), "input"):
        raise Cannot(Hazard.NO_FIELD_FOR_IT)  # in the body the input is the item
    made: Map = evolve(first, output=passed.output, assign=passed.assign)
    return made


def _outer_in_jsonpath(first: Map, second: Map) -> Map:
    only_passed_on(first, second)
    if second.items_path not in WHOLE or second.input_path not in WHOLE:
        raise Cannot(Hazard.SOMETHING_ELSE_IS_PASSED)
    if second.item_selector is not ABSENT or second.parameters is not ABSENT:
        raise Cannot(Hazard.SOMETHING_ELSE_IS_PASSED)
    made: Map = evolve(first, result_selector=second.result_selector, output_path=second.output_path)
    return made


# -- one body of two ---------------------------------------------------------------------------------------------------


def _body(draft: Draft, first: Map, second: Map, selector: Json) -> ItemProcessor:
    """The body of the first with that of the second behind it."""
    ((mine,), (yours,)) = inner(draft.scope, first), inner(draft.scope, second)
    assert isinstance(mine.flow, ItemProcessor)
    if mine.query_language != yours.query_language:
        raise Cannot(Hazard.OTHER_LANGUAGE)
    if mine.flow.start_at is None or yours.flow.start_at is None or names(mine.flow) & names(yours.flow):
        raise Cannot(Hazard.NOT_UNDERSTOOD)
    _require_apart(draft, first, second)
    states = [_leading_on(state, yours.flow.start_at) for state in mine.flow.states]
    behind = list(yours.flow.states)
    if selector is not ABSENT:
        behind = _selecting(draft, yours, selector)
    made: ItemProcessor = evolve(mine.flow, states=(*states, *behind))
    return made


def _leading_on(state: State, target: str) -> State:
    """A state that leads to the body of the second where it ended that of the first."""
    if has_unknown(state):
        raise Cannot(Hazard.UNKNOWN_FIELDS)
    if isinstance(state, Succeed):
        raise Cannot(Hazard.ENDS_INSIDE)
    if isinstance(state, (Fail, Choice, Opaque)) or state.next is not None:
        return state
    return evolve(state, next=target)


def _selecting(draft: Draft, scope: Scope, selector: Json) -> list[State]:
    """The states of the second body, the first of which makes of the item what the ItemSelector made."""
    start = next(state for state in scope.flow.states if state.name == scope.flow.start_at)
    if FlowGraph(scope.flow).incoming.get(start.name):
        raise Cannot(Hazard.OTHER_WAYS_IN)
    if scope.language(start) != "JSONata":
        raise Cannot(Hazard.OTHER_LANGUAGE)
    glue = Pass(name=start.name, output=_of_item(selector))
    folded, _ = forward_jsonata.folded(draft, glue, start)
    return [folded if state is start else state for state in scope.flow.states]


def _of_item(selector: Json) -> Json:
    """An ItemSelector as an `Output` over the item."""
    if isinstance(selector, str):
        text = _ITEM.sub("$states.input", selector)
        movable(text)
        return text
    if isinstance(selector, dict):
        return {key: _of_item(each) for key, each in selector.items()}
    if isinstance(selector, list):
        return [_of_item(each) for each in selector]
    return selector


def _require_apart(draft: Draft, first: Map, second: Map) -> None:
    """Make sure that what the bodies read and set does not mix, and that the second does not ask which item it is."""
    set_by_first = {each.name for each in assigned(draft.scope, first)}
    read_by_second: set[str] = set()
    set_within: list[set[str]] = [set(), set()]
    for place, owner in enumerate((first, second)):
        scopes = inner(draft.scope, owner)
        while scopes:
            scope = scopes.pop()
            for state in scope.flow.states:
                set_within[place].update(each.name for each in assigned(scope, state))
                if place:
                    read_by_second.update(each.name for each in reads(scope, state))
                    _require_no_item(scope, state)
                scopes += inner(scope, state)
    read_by_second.update(read.name for read in reads(draft.scope, second) if read.text.field.key == "ItemSelector")
    if not read_by_second.isdisjoint(set_by_first | set_within[0]) or not set_within[0].isdisjoint(set_within[1]):
        raise Cannot(Hazard.VARIABLE_READ_INSIDE)


def _require_no_item(scope: Scope, state: State) -> None:
    for text in texts(scope, state):
        if text.kind is Kind.LITERAL:
            continue
        whole = text.kind is Kind.EXPRESSION and not facts(text.text).states.isdisjoint({(), ("context",)})
        if whole or "Map" in text.text or text.text.strip() == "$$":
            raise Cannot(Hazard.NAME_OBSERVED)
