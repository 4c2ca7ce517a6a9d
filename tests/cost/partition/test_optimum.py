"""The optimum is the optimum: against a meter that shares no code with it, over every plan of random workflows."""

from __future__ import annotations

import itertools
import random

import pytest

from sfdsl.cost.partition.plan import choose
from sfdsl.cost.partition.terms import Options
from tests.cost.partition import meter
from tests.cost.partition.structured import Items, draw, traffic, written

MOST_PLANS = 4000


def compare(items: Items) -> tuple[int, float]:
    """Check one workflow; how many plans it has, and the share that the best saves."""
    found = choose(written(items), traffic(items), options=Options(callers_ok=False), unlocking=False)
    every = list(itertools.islice(meter.plans(items), MOST_PLANS + 1))
    count = len(every)
    if count > MOST_PLANS:
        return 0, 0.0  # too many to look at them all
    best, plain = float("inf"), 0.0
    for plan in every:
        try:
            dollars = meter.metered(items, plan)
        except meter.TooLong:
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
    return count, found.saved / found.before


def campaign(seeds: range) -> tuple[int, int, float]:
    workflows, plans, saved = 0, 0, 0.0
    for seed in seeds:
        rng = random.Random(seed)
        items = draw(rng, rng.randint(1, 10))
        try:
            count, share = compare(items)
        except AssertionError as wrong:
            raise AssertionError(f"seed {seed}: {wrong}\n{items}") from wrong
        workflows += count > 0
        plans += count
        saved += share
    return workflows, plans, saved


def test_no_plan_is_cheaper_and_the_meter_agrees() -> None:
    workflows, plans, saved = campaign(range(150))
    assert workflows >= 140
    assert plans > workflows
    assert saved > 0


@pytest.mark.campaign
@pytest.mark.parametrize("part", range(8))
def test_ten_thousand_workflows(part: int) -> None:
    """At least 10,000 workflows in all, 0 differences."""
    workflows, plans, saved = campaign(range(1_000 + part * 1_300, 1_000 + (part + 1) * 1_300))
    print(f"{workflows} workflows, {plans} plans, {saved / workflows:.1%} saved on average")
    assert workflows >= 1_250
