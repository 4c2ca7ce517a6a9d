"""Inline Maps as Distributed Maps whose Express children work on batches (R18).

An iteration of an inline Map pays its transitions; an Express child pays for its start and its time, and takes a whole
batch. The children are in the same machine: the outer Map starts one for each batch, with `Items` as its input, and an
inner Map runs the body for each of them, so that the body itself stays as it is. What the body reads from around the
Map (variables, and fields of the context that are others in a child execution) is carried in once for each batch, as
`BatchInput`: of objects just the fields that it reads. What belongs to the item is carried by the ItemSelector.

What stays the same: which items are worked on, with which input, at most how many at a time (children times items of a
batch at a time), and the results and their order: the outer Map gives an array for each batch, and its Output joins
them. What does not: an item that fails, fails the Map with `States.ExceedToleratedFailureThreshold`, and batches that
run beside it are finished, since Express executions cannot be stopped. So the author asserts `error_names_free` on the
Map, and every Task of the body is idempotent, as in any Express child.

A batch size of one is not looked at: it costs what an Express child of the body costs that the Map starts as a Task.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator

from attrs import field, frozen

from sfdsl.aws.quotas import PAYLOAD_BYTES as PAYLOAD
from sfdsl.cost.behaviour import concurrency
from sfdsl.cost.knowledge import literal
from sfdsl.cost.partition.data import Needs
from sfdsl.cost.partition.terms import Terms
from sfdsl.cost.prices import BASE_MB, CHUNK_MB, MB_PER_GB, memory_chunks
from sfdsl.cost.rewrites.expressions import Cannot, Substitution
from sfdsl.cost.times import NOW, Times
from sfdsl.model.fields import ABSENT
from sfdsl.model.states import Map
from sfdsl.model.workflow import JSONATA, Assertion, Scope, inner

EVERY = frozenset({"States.ALL"})
JOINED = "{% $reduce($states.result, function($all, $some) { $append($all, $some) }, []) %}"
"""The results of the items, in order, of the arrays that the batches gave."""


@frozen(kw_only=True)
class Batched:
    """An inline Map that had better be a Distributed Map with batches.

    Attributes:
        scope: Where it stands.
        state: Its name.
        size: Items of a batch at most.
        children: Children that run at a time.
        width: Items of a batch that are worked on at a time.
        runs: How often the Map runs in one execution of the workflow.
        started: Children that one execution of the workflow starts.
        gb_seconds: What Express bills for them.
        before: Dollars an execution spends on the iterations as they are at best.
        after: The same with batches.
        needs: What the body is given from around the Map.
    """

    scope: Scope
    state: str
    size: int
    children: int
    width: int
    runs: float
    started: float
    gb_seconds: float
    before: float
    after: float
    needs: Needs = field(hash=False)


def batching(terms: Terms, scope: Scope, state: Map, before: float, *, asserted: bool = False) -> Batched | None:
    """The cheapest batches for the iterations of an inline Map; None where nothing is cheaper than they are.

    Args:
        terms: Prices and what is known.
        scope: Where the Map stands.
        state: It.
        before: Dollars that one execution of the workflow spends on its iterations at best.
        asserted: Whether to take it as asserted that nobody reads the names of its errors.
    """
    free = asserted or Assertion.ERROR_NAMES_FREE in terms.knowledge.notes(state.name).asserts
    if not free or not _may(terms, scope, state):
        return None
    body = inner(scope, state)[0]
    needs = _needs(terms, body)
    items = terms.knowledge.items(state)
    if needs is None or items is None:
        return None
    best: Batched | None = None
    runs = terms.behaviour.runs[id(body.flow)] / items if items else 0.0
    for size in sizes(math.ceil(items), int(concurrency(state)), _fitting(terms, body)):
        found = _batched(terms, scope, state, size, runs, before, needs)
        if found is None:
            break  # a larger one takes no less time
        if found.after < (before if best is None else best.after) - 1e-15:
            best = found
    return best


def sizes(items: int, at_a_time: int, fitting: Iterable[int] = ()) -> list[int]:
    """The batch sizes to look at; what any other would cost, one of these does not exceed.

    A batch that fills its last wave wastes no time, and a larger one with as many waves needs fewer children. So it is
    the multiples of what is worked on at a time, and all items in one batch; and where a larger batch is billed another
    step of memory, the largest that is not.

    Args:
        items: How many there are.
        at_a_time: How many are worked on at a time.
        fitting: The largest sizes that are billed so many steps of memory.
    """
    found = {items, *range(at_a_time, items, at_a_time)}
    for most in fitting:
        found |= {most, most - most % at_a_time}
    return sorted(size for size in found if 2 <= size <= items)


def _fitting(terms: Terms, body: Scope) -> list[int]:
    """The largest sizes of a batch that are billed one step of memory, two, and so on."""
    definition, per_item = _size(terms, body)
    data = per_item * terms.payload
    if data <= 0:
        return []
    return [int(((chunks * CHUNK_MB - BASE_MB) * MB_PER_GB * 1024 - definition) / data) for chunks in range(1, 5)]


def _size(terms: Terms, body: Scope) -> tuple[int, float]:
    """Bytes of the definition of a body, and states that an item enters."""
    iterations = terms.behaviour.runs[id(body.flow)]
    definition = sum(terms.bytes_of(each) for each in terms.graph.graph(body).by_name.values())
    return definition, terms.inner_steps(body) / iterations if iterations else 0.0


def _may(terms: Terms, scope: Scope, state: Map) -> bool:
    """Whether a Map may become a Distributed Map, whatever it costs."""
    body = state.item_processor
    if state.distributed or body is None or body.extra or state.extra or not can_join(state):
        return False
    if scope.language(state) != JSONATA or not _outside_maps(scope):
        return False
    if any(not set(handler) <= EVERY for handler in _handled(state)):
        return False
    if state.max_concurrency is not None and literal(state.max_concurrency) is None:
        return False
    return not any(terms.blockers[name] for name in terms.graph.graph(inner(scope, state)[0]).by_name)


def can_join(state: Map) -> bool:
    """Whether the Output and the Assign of a Map can be given the joined results."""
    joined = Substitution(result=JOINED)
    try:
        joined.payload([value for value in (state.output, state.assign) if value is not ABSENT])
    except Cannot:
        return False
    return True


def _handled(state: Map) -> Iterator[tuple[str, ...]]:
    yield from (retrier.error_equals for retrier in state.retry)
    yield from (catcher.error_equals for catcher in state.catch)


def _outside_maps(scope: Scope) -> bool:
    """Whether no Map stands around a scope: each of its iterations would open a Map Run, of which few may be open."""
    at: Scope | None = scope
    while at is not None:
        if isinstance(at.owner, Map):
            return False
        at = at.parent
    return True


def _needs(terms: Terms, body: Scope) -> Needs | None:
    """What the body is given from around the Map; None where it cannot be."""
    graph = terms.graph.graph(body)
    start = graph.flow.start_at
    if start not in graph.by_name or set(graph.by_name) != set(graph.reachable):
        return None
    needs = terms.flows.needs(body, str(start), frozenset(graph.by_name))
    if needs.missing or terms.data_bytes(body, frozenset(graph.by_name), str(start), needs) > PAYLOAD.limit:
        return None
    return needs


def _batched(
    terms: Terms, scope: Scope, state: Map, size: int, runs: float, before: float, needs: Needs
) -> Batched | None:
    """A Map with batches of a size; None where a child may take too long."""
    body = inner(scope, state)[0]
    items = math.ceil(terms.knowledge.items(state) or 0.0)
    most = int(concurrency(state))
    width = min(size, most)
    full, rest = divmod(items, size)
    one = terms.elapsed.flow(body)
    definition, per_item = _size(terms, body)
    dollars = gb_seconds = 0.0
    for count, times in ((size, full), (rest, 1 if rest else 0)):
        if not times or not count:
            continue
        time = of_batch(one, count, width)
        if time.over + sum(p for ms, p in time.atoms.items() if ms > terms.limit_ms) > terms.late:
            return None
        chunks = memory_chunks(definition, terms.payload, per_item * count)
        billed = time.billed_seconds
        each = terms.transition + terms.request + terms.second(chunks) * billed
        each += terms.log_dollars(1 + math.ceil(per_item * count))
        dollars += times * each
        gb_seconds += times * billed * chunks * CHUNK_MB / 1024
    extra = 0.0
    if terms.options.extra:
        extra = sum(terms.extra(body, each) for each in body.flow.states)
    return Batched(
        scope=scope,
        state=state.name,
        size=size,
        children=max(1, most // width),
        width=width,
        runs=runs,
        started=runs * (full + (1 if rest else 0)),
        gb_seconds=runs * gb_seconds,
        before=before,
        after=runs * dollars + extra,
        needs=needs,
    )


def of_batch(one: Times, count: int, width: int) -> Times:
    """How long a batch of so many items takes, so many at a time, where one item takes a time."""
    waves, rest = divmod(count, width)
    whole = one.slowest(width).repeated(waves) if waves else NOW
    return whole.then(one.slowest(rest)) if rest else whole
