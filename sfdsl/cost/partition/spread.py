"""An inline Map written as a Distributed Map with batches; see `batching`."""

from __future__ import annotations

from typing import Any

from attrs import evolve

from sfdsl.aws.quotas import PAYLOAD_BYTES as PAYLOAD
from sfdsl.cost.partition.batching import JOINED, Batched
from sfdsl.cost.partition.child import machine_of
from sfdsl.cost.partition.runs import Region, Return
from sfdsl.cost.rewrites.expressions import Substitution
from sfdsl.model.fields import ABSENT, Json
from sfdsl.model.states import ItemBatcher, ItemProcessor, Map, ProcessorConfig
from sfdsl.model.workflow import JSONATA, inner


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
    selector = state.item_selector
    states, start = body.states, body.start_at
    if needs.variables or needs.context:
        item = "{% $states.context.Map.Item.Value %}" if selector is ABSENT else selector
        selector = {"input": item}
        if needs.variables:
            selector["variables"] = {name: f"{{% ${name} %}}" for name in needs.variables}
        if needs.context:
            selector["context"] = _context(needs.context)
        by_name = {each.name: each for each in body.states}
        machine = machine_of(_region(batched, state), by_name, "", caller)
        states, start = machine.states, machine.start_at
    inside = body.query_language or batched.scope.query_language
    each = Map(
        name=name,
        query_language=None if inside == JSONATA else JSONATA,
        items="{% $states.input.Items %}",
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
        item_batcher=ItemBatcher(max_items_per_batch=batched.size, max_input_bytes_per_batch=int(PAYLOAD.limit)),
        max_concurrency=batched.children,
        output=JOINED if state.output is ABSENT else joined.payload(state.output),
        assign=joined.payload(state.assign) if state.assign is not ABSENT else ABSENT,
    )


def _context(reads: tuple[tuple[str, ...], ...]) -> Json:
    told: dict[str, Any] = {}
    for read in reads:
        if len(read) == 1:
            told[read[0]] = f"{{% $states.context.{read[0]} %}}"
    for read in reads:
        if len(read) > 1 and not isinstance(told.get(read[0]), str):
            told.setdefault(read[0], {})[read[1]] = f"{{% $states.context.{read[0]}.{read[1]} %}}"
    return told


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
