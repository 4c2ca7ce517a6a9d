"""The optimum is the optimum: against a meter that shares no code with it, over every plan of random workflows."""

from __future__ import annotations

import itertools
import random
import time
from collections import Counter
from typing import Any

import pytest

from sfdsl.cost.partition.plan import Plan, choose
from sfdsl.cost.partition.terms import Options
from tests.cost.partition import meter
from tests.cost.partition.structured import (
    Both,
    Each,
    Fork,
    Items,
    Loop,
    Step,
    Stop,
    draw,
    every_item,
    traffic,
    written,
)

MOST_PLANS = 4000
"""Of a workflow; those with more are left out."""


def compare(items: Items) -> Counter[str]:
    """Check one workflow: how many plans it has, how many cannot be, and what the best saves."""
    found = choose(written(items), traffic(items), options=Options(callers_ok=False), unlocking=False)
    every = list(itertools.islice(meter.plans(items), MOST_PLANS + 1))
    if len(every) > MOST_PLANS:
        return Counter({"left out for their plans": 1})
    try:
        return judged(items, found, every)
    except meter.TooMany:
        return Counter({"left out for their times": 1})


def judged(items: Items, found: Plan, every: list[meter.Plan]) -> Counter[str]:
    """Check the plan for a workflow against all there are."""
    seen = Counter(workflows=1, plans=len(every))
    best, unbound, plain = float("inf"), float("inf"), 0.0
    for plan in every:
        try:
            dollars = meter.metered(items, plan, bound=False)
        except meter.TooLong:
            seen["plans too long"] += 1
            continue
        unbound = min(unbound, dollars)
        if not meter.fit(items, plan):
            seen["plans with too large data"] += 1
            continue
        best = min(best, dollars)
        if not plan:
            plain = dollars
    chosen = frozenset(frozenset(region.states) for region in found.regions)
    assert meter.metered(items, chosen) == pytest.approx(found.after, rel=1e-9), "the plan costs what it says"
    assert best == pytest.approx(found.after, rel=1e-9), "no plan costs less"
    assert plain == pytest.approx(found.before, rel=1e-9), "today's cost is right"
    assert found.bound is not None
    assert found.bound <= found.after * (1 + 1e-9), "the bound is one"
    if found.express is not None:
        assert meter.whole_express(items) == pytest.approx(found.express, rel=1e-9)
        seen["as Express"] += 1
    seen["with children"] += bool(chosen)
    seen["with several children"] += len(chosen) > 1
    seen["dearer for data"] += unbound < best * (1 - 1e-9)
    seen["proved by the bound"] += found.after <= found.bound * (1 + 1e-9)
    for kind in (Step, Fork, Both, Each, Loop):
        seen[f"with {kind.__name__}"] += any(isinstance(each, kind) for each in every_item(items))
    steps = [each for each in every_item(items) if isinstance(each, Step)]
    seen["with handlers"] += any(step.handler for step in steps)
    seen["with retries"] += any(step.retries for step in steps)
    seen["with ineligible states"] += not all(step.ok for step in steps)
    seen["with variables"] += any(step.reads for step in steps)
    seen["savings in percent"] += round(100 * found.saved / found.before)
    return seen


def campaign(seeds: range) -> Counter[str]:
    total: Counter[str] = Counter()
    for seed in seeds:
        rng = random.Random(seed)
        items = draw(rng, max(rng.randint(1, 10), rng.randint(1, 10)))
        try:
            total += compare(items)
        except AssertionError as wrong:
            raise AssertionError(f"seed {seed}: {wrong}\n{items}") from wrong
    return total


def test_no_plan_is_cheaper_and_the_meter_agrees() -> None:
    seen = campaign(range(150))
    assert seen["workflows"] >= 140
    assert seen["plans"] > seen["workflows"]
    assert seen["with several children"] >= 5


@pytest.mark.campaign
@pytest.mark.parametrize("part", range(8))
def test_ten_thousand_workflows(part: int) -> None:
    """At least 10,000 workflows in all, 0 differences."""
    seen = campaign(range(1_000 + part * 1_300, 1_000 + (part + 1) * 1_300))
    print(dict(sorted(seen.items())))
    assert seen["workflows"] >= 1_250
    for what in ("with Fork", "with Loop", "with retries", "with handlers", "with ineligible states", "with variables"):
        assert seen[what] > 100, what
    for what in ("with Both", "with Each", "with several children", "as Express"):
        assert seen[what] > 50, what
    assert seen["plans too long"] > 1_000
    assert seen["plans with too large data"] > 1_000
    assert seen["dearer for data"] > 10


def step(name: str, ms: int = 450, **fields: Any) -> Step:
    return Step(name, (ms,), fields.pop("ok", True), **fields)


def children(items: Items) -> list[set[str]]:
    compare(items)
    found = choose(written(items), traffic(items), options=Options(), unlocking=False)
    return [set(region.states) for region in found.regions]


def test_what_follows_a_loop_with_a_fail_inside_is_behind_the_loop() -> None:
    fails = Fork("Sane?", ((0.5, (step("Tell"), Stop("Broken", True))), (0.5, ())))
    loop = Loop("Again?", 0.5, (step("Try"), fails, step("Note")))
    inside = {"Try", "Sane?", "Tell", "Broken", "Note", "Again?"}
    assert children((step("First"), loop, step("Wait", ok=False), step("Last", ok=False))) == [{"First", *inside}]


def test_a_child_is_left_out_whose_results_are_too_large_together() -> None:
    def reading(size: int) -> Items:
        return step("A", gives=size), step("B", gives=size), step("Read", ok=False, reads=("A", "B"))

    assert children(reading(80)) == [{"A", "B"}]
    assert children(reading(100)) == []  # the output of B, and both variables


def test_a_run_that_is_late_only_where_all_of_it_runs_may_begin_earlier() -> None:
    """A loop that is over 270 s once in half a billion runs, behind a Choice that mostly ends the flow."""
    ends = Fork("Needed?", ((0.875, (step("Tell"), Stop("No", True))), (0.125, ())))
    loop = Loop("Again?", 0.5, (step("Try", 9_000),))
    items = (ends, loop, step("Store", 3_000), step("Report", 3_000))
    assert children(items) == [{"Needed?", "Tell", "No", "Try", "Again?", "Store", "Report"}]


def test_a_long_flow_of_large_data_is_planned_in_seconds() -> None:
    """Each step hands on 100 KiB and reads the four before it: no run fits, and few need to be looked at to know it."""
    items = tuple(
        step(f"S{i}", 2_000, gives=100, reads=tuple(f"S{k}" for k in range(max(0, i - 4), i))) for i in range(400)
    )
    began = time.process_time()
    found = choose(written(items), traffic(items), options=Options(), unlocking=False)
    assert time.process_time() - began < 5  # it took minutes where every run that was too large was looked at
    assert [region.states for region in found.regions] == []
