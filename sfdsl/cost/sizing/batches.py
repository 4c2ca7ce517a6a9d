"""Batches of a Distributed Map: how many items in each, which type of children, how many at a time.

Only batch sizes that were measured are compared: how long a batch takes is not a line through two points.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

from attrs import frozen

from sfdsl.aws.quotas import DISTRIBUTED_MAP_CONCURRENCY, EXPRESS_SECONDS
from sfdsl.cost.prices import Prices, billed_seconds
from sfdsl.cost.sizing.advice import Advice, SizingError


@frozen(kw_only=True)
class Batch:
    """A batch size, and the better type of children for it.

    Attributes:
        size: Items of a batch.
        seconds: How long a child takes.
        children: How many there are.
        standard: Dollars as Standard children: each is started by one transition and enters its states.
        express: The same as Express children; None where they may take too long or cannot be Express.
    """

    size: int
    seconds: float
    children: int
    standard: float
    express: float | None

    @property
    def kind(self) -> str:
        """STANDARD or EXPRESS, whichever is cheaper."""
        return "STANDARD" if self.express is None or self.standard <= self.express else "EXPRESS"

    @property
    def dollars(self) -> float:
        """What the cheaper type costs."""
        return self.standard if self.express is None else min(self.standard, self.express)


def batches(
    items: int, measured: Iterable[tuple[int, float]], steps: float, prices: Prices, *,
    express: bool = True, margin_seconds: float = 30.0, chunks: int = 1,
) -> tuple[Batch, ...]:  # fmt: skip
    """What each measured batch size costs, for the children alone.

    Args:
        items: Of one run of the Map.
        measured: Size of a batch and seconds that a child took with it.
        steps: Expected transitions inside a child.
        prices: Of Step Functions.
        express: Whether the body can run in Express.
        margin_seconds: An Express child must stay so far below five minutes.
        chunks: Steps of 64 MB that an Express child is billed.
    """
    found = []
    for size, seconds in measured:
        if size < 1:
            raise SizingError(f"a batch has at least one item, not {size}")
        children = math.ceil(items / size)
        standard = children * (1 + steps) * prices.transition
        by_express = None
        if express and seconds <= EXPRESS_SECONDS.limit - margin_seconds:
            each = prices.transition + prices.request + prices.express_second(chunks) * billed_seconds(seconds)
            by_express = children * each
        found.append(Batch(size=size, seconds=seconds, children=children, standard=standard, express=by_express))
    return tuple(sorted(found, key=lambda batch: batch.size))


def best_batch(
    state: str, current: tuple[int, str], items: int, measured: Iterable[tuple[int, float]], steps: float,
    prices: Prices, *, express: bool = True, most_seconds: float | None = None, concurrency: float | None = None,
    throttled_above: float | None = None,
) -> Advice | None:  # fmt: skip
    """Which measured batch size and type of children cost least; None where that is what there is.

    Args:
        state: Name of the Map.
        current: Size of a batch and type of the children.
        items: Of one run of the Map.
        measured: Size of a batch and seconds that a child took with it.
        steps: Expected transitions inside a child.
        prices: Of Step Functions.
        express: Whether the body can run in Express.
        most_seconds: How long the Map may take; None is any time.
        concurrency: Children at a time; None is as many as AWS allows.
        throttled_above: Children at a time above which what they call was measured to throttle; None was not.

    Raises:
        SizingError: The current size was not measured, or the best one is not done in time unthrottled.
    """
    rows = batches(items, measured, steps, prices, express=express)
    now = next((row for row in rows if row.size == current[0]), None)
    if now is None:
        raise SizingError(f"how long a batch of {current[0]} items takes in {state!r} was not measured")
    before = now.express if current[1] == "EXPRESS" and now.express is not None else now.standard

    def whole(row: Batch) -> float:
        width = concurrency or DISTRIBUTED_MAP_CONCURRENCY.limit
        return math.ceil(row.children / width) * row.seconds

    fit = [row for row in rows if most_seconds is None or whole(row) <= most_seconds]
    if not fit:
        return None
    best = min(fit, key=lambda row: (row.dollars, row.seconds))
    if best.dollars >= before * (1 - 1e-9):
        return None
    change = f"MaxItemsPerBatch {best.size} (now {current[0]})" if best.size != current[0] else ""
    kind = f"ExecutionType {best.kind} (now {current[1]})" if best.kind != current[1] else ""
    few = ""
    if most_seconds is not None:
        few = f"MaxConcurrency {best_concurrency(best.children, best.seconds, most_seconds, throttled_above)}"
    return Advice(
        state=state,
        change=f"set {' and '.join(part for part in (change, kind, few) if part)}",
        before=before,
        after=best.dollars,
        seconds_before=whole(now),
        seconds_after=whole(best),
        basis=f"measured with batches of {', '.join(f'{row.size:,}' for row in rows)}",
        caveat="the input of a batch stays below 256 KiB" if best.size > current[0] else "",
    )


def best_concurrency(children: int, seconds: float, most_seconds: float, throttled_above: float | None = None) -> int:
    """The fewest children at a time that are done in time; fewer spare what they call, and cost the same.

    Args:
        children: How many there are.
        seconds: How long one takes.
        most_seconds: How long all may take.
        throttled_above: Children at a time above which what they call was measured to throttle; None was not.

    Raises:
        SizingError: Not even as many as there may be are done in time.
    """
    waves = math.floor(most_seconds / seconds) if seconds > 0 else children
    most = min(DISTRIBUTED_MAP_CONCURRENCY.limit, throttled_above or DISTRIBUTED_MAP_CONCURRENCY.limit)
    wanted = math.ceil(children / waves) if waves else math.inf
    if wanted > most:
        raise SizingError(
            f"{children:,} children of {seconds:g} s are not done in {most_seconds:g} s, {most:g} at a time"
        )
    return max(1, int(wanted))
