"""An inline Map written as a Distributed Map with batches; see `batching`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from attrs import evolve

from sfdsl.aws.quotas import PAYLOAD_BYTES as PAYLOAD
from sfdsl.cost.partition.batching import JOINED, Batched
from sfdsl.cost.partition.child import machine_of
from sfdsl.cost.partition.runs import Region, Return
from sfdsl.cost.rewrites.expressions import Substitution
from sfdsl.jsonata_text import facts
from sfdsl.model.fields import ABSENT, Json
from sfdsl.model.states import ItemBatcher, ItemProcessor, Map, ProcessorConfig
from sfdsl.model.texts import Kind, Text, texts, variables
from sfdsl.model.workflow import JSONATA, Scope, inner


def spread(batched: Batched, state: Map, caller: str, name: str) -> Map:
    """A Map with batches.

    Args:
        batched: How.
        state: As it is.
        caller: Name of the variable for the context of the execution around the children.
        name: Of the Map over the items of a batch.
    """
    body = state.item_processor
    assert body is not None
    needs = batched.needs
    selector, states, start = state.item_selector, body.states, body.start_at
    shared, own = _shared(batched, state), any(read[0] == "Map" for read in needs.context)
    if own:
        item = "{% $states.context.Map.Item.Value %}" if selector is ABSENT else selector
        selector = {"input": item, "item": "{% $states.context.Map.Item %}"}
    if shared or own:
        by_name = {each.name: each for each in body.states}
        machine = machine_of(_region(batched, state), by_name, "", caller)
        states, start = machine.states, machine.start_at
    inside = body.query_language or batched.scope.query_language
    each = Map(
        name=name,
        query_language=None if inside == JSONATA else JSONATA,
        items="{% $states.input.Items %}",
        item_selector=_given(shared, own) if shared or own else ABSENT,
        max_concurrency=batched.width,
        item_processor=evolve(
            body, states=states, start_at=start, processor_config=ProcessorConfig(mode="INLINE"), comment=None
        ),
        origin=state.origin,
    )
    children = ItemProcessor(
        processor_config=ProcessorConfig(mode="DISTRIBUTED", execution_type="EXPRESS"),
        query_language=body.query_language,
        start_at=each.name,
        states=(each,),
        comment=body.comment,
        origin=body.origin,
    )
    joined = Substitution(result=JOINED)
    return evolve(
        state,
        item_processor=children,
        item_selector=selector,
        item_batcher=ItemBatcher(
            max_items_per_batch=batched.size,
            max_input_bytes_per_batch=int(PAYLOAD.limit),
            batch_input=shared or ABSENT,
        ),
        max_concurrency=batched.children,
        output=JOINED if state.output is ABSENT else joined.payload(state.output),
        assign=joined.payload(state.assign) if state.assign is not ABSENT else ABSENT,
    )


def _given(shared: Mapping[str, Any], own: bool) -> Json:
    """What the Map over the items of a batch gives the body, from the item and from what all items share."""
    given: dict[str, Any] = {"input": f"{{% $states.context.Map.Item.Value{'.input' if own else ''} %}}"}
    if "variables" in shared:
        given["variables"] = "{% $states.input.BatchInput.variables %}"
    context: dict[str, Any] = {
        name: f"{{% $states.input.BatchInput.context.{name} %}}" for name in shared.get("context", ())
    }
    if own:
        context["Map"] = {"Item": "{% $states.context.Map.Item.Value.item %}"}
    return {**given, "context": context} if context else given


def _shared(batched: Batched, state: Map) -> dict[str, Any]:
    """What all items are given from around the Map: of objects just the fields that the body reads."""
    body = inner(batched.scope, state)[0]
    found: dict[str, Any] = {}
    if batched.needs.variables:
        found["variables"] = {name: _part(body, f"${name}", (name,)) for name in batched.needs.variables}
    told: dict[str, Any] = {}
    for read in batched.needs.context:
        if len(read) == 1 and read[0] != "Map":
            told[read[0]] = f"{{% $states.context.{read[0]} %}}"
    for read in batched.needs.context:
        if len(read) > 1 and read[0] != "Map" and not isinstance(told.get(read[0]), str):
            source = f"$states.context.{read[0]}.{read[1]}"
            told.setdefault(read[0], {})[read[1]] = _part(body, source, ("states", "context", *read[:2]))
    return {**found, "context": told} if told else found


def _part(body: Scope, source: str, way: tuple[str, ...]) -> str:
    """A value of which the body reads certain fields: an object of these, or the whole where it reads the whole."""
    fields: set[str] = set()
    left = [body]
    while left:
        scope = left.pop()
        for state in scope.flow.states:
            left += inner(scope, state)
            for text in texts(scope, state):
                found = _fields(text, source, way)
                if found is None:
                    return f"{{% {source} %}}"
                fields |= found
    if not fields:
        return f"{{% {source} %}}"
    return "{% {" + ", ".join(f"'{each}': {source}.{each}" for each in sorted(fields)) + "} %}"


def _fields(text: Text, source: str, way: tuple[str, ...]) -> set[str] | None:
    """The fields that a text reads of a value; None where it reads the whole, or a place in it."""
    if text.kind is Kind.LITERAL:
        return set()
    if text.kind is not Kind.EXPRESSION:
        return None if "$$" in text.text or way[0] in variables(text) else set()
    known = facts(text.text)
    reads = {("states", *read) for read in known.states} | known.reads
    found: set[str] = set()
    for read in reads:
        if read[: len(way)] != way[: len(read)]:
            continue
        if len(read) <= len(way) or re.fullmatch(r"[A-Za-z_]\w*", read[len(way)]) is None:
            return None
        found.add(read[len(way)])
    if way[0] in known.variables and not found:
        return None
    # A position belongs to the value itself: of an object of fields it would be another one.
    return None if re.search(rf"{re.escape(source)}\s*\[", text.text) else found


def _region(batched: Batched, state: Map) -> Region:
    """The whole body as a region, of which the states are made that unpack what is carried in."""
    body = inner(batched.scope, state)[0]
    names = [each.name for each in body.flow.states]
    start = str(body.flow.start_at)
    return Region(
        scope=body, entry=start, states=(start, *(name for name in names if name != start)), entered=0.0,
        returns=Return.PLAIN, exits=(None,), caught=(), fails=0.0, billed_seconds=0.0, chunks=1, before=0.0, after=0.0,
        needs=batched.needs,
    )  # fmt: skip
