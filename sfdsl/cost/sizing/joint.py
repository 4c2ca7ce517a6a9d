"""Sizes and partition together: in Standard a second is free, in Express it is not, so that each depends on the other.

In a child, a state takes the size with the least of dollars and seconds, whichever child that is; so the partition is
chosen with the times of those sizes and with the dollars that they cost beyond the cheapest. Only where the limit of
five minutes or a second step of memory decides, that is not exact; sizes and partition are then adapted to each other
in turns, from the cheapest and from the fastest sizes as well, until nothing changes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from attrs import evolve, frozen

from sfdsl.cost.partition.plan import Plan, choose
from sfdsl.cost.partition.terms import Options
from sfdsl.cost.prices import Prices
from sfdsl.cost.profile import Profile, StateProfile
from sfdsl.model.workflow import MachineType, Workflow

ROUNDS = 20


@frozen
class Size:
    """One measured size of what a Task calls.

    Attributes:
        name: Such as `512 MB`.
        seconds: How long a call takes.
        dollars: What a call costs, Step Functions left out.
    """

    name: str
    seconds: float
    dollars: float


@frozen(kw_only=True)
class Joint:
    """Sizes and a plan that fit each other.

    Attributes:
        sizes: State -> its size.
        plan: For these sizes.
        dollars: What one execution costs, calls included.
    """

    sizes: Mapping[str, Size]
    plan: Plan
    dollars: float


def joint(
    workflow: Workflow,
    sizes: Mapping[str, Sequence[Size]],
    profile: Profile | None,
    prices: Prices,
    options: Options | None = None,
) -> Joint:
    """The cheapest sizes and plan.

    Args:
        workflow: It.
        sizes: State -> the sizes that were measured.
        profile: Traffic besides; durations of the states in `sizes` come from there.
        prices: Of Step Functions.
        options: What may be chosen for Express.
    """
    starts: list[dict[str, Size]] = [
        {state: min(found, key=lambda size: (size.dollars, size.seconds)) for state, found in sizes.items()},
        {state: min(found, key=lambda size: (size.seconds, size.dollars)) for state, found in sizes.items()},
    ]
    starts.append(_at_once(workflow, sizes, profile, prices, options))
    found = [_settled(workflow, sizes, start, profile, prices, options) for start in starts]
    return min(found, key=lambda each: each.dollars)


def _at_once(
    workflow: Workflow, sizes: Mapping[str, Sequence[Size]], profile: Profile | None, prices: Prices,
    options: Options | None,
) -> dict[str, Size]:  # fmt: skip
    """The sizes that go with the best partition, as far as children have time and memory enough."""
    rate = prices.express_second()
    cheap = {state: min(found, key=lambda size: (size.dollars, size.seconds)) for state, found in sizes.items()}
    quick = {state: min(found, key=lambda size: size.dollars + rate * size.seconds) for state, found in sizes.items()}
    extra = {state: quick[state].dollars - cheap[state].dollars for state in sizes}
    plan = choose(
        workflow, _sized(profile, quick), prices, evolve(options or Options(), extra=extra), unlocking=False
    )  # fmt: skip
    inside = {name for region in plan.regions for name in region.states}
    whole = plan.type is MachineType.EXPRESS
    return {state: quick[state] if whole or state in inside else cheap[state] for state in sizes}


def dollars_of(
    workflow: Workflow, chosen: Mapping[str, Size], profile: Profile | None, prices: Prices, options: Options | None
) -> Joint:
    """What an execution costs with sizes, at the best plan for them."""
    from sfdsl.cost.estimate import estimate

    sized = _sized(profile, chosen)
    plan = choose(workflow, sized, prices, options, unlocking=False)
    entries = estimate(workflow, sized, prices).entries
    calls = sum(entries.get(state, 0.0) * size.dollars for state, size in chosen.items())
    return Joint(sizes=dict(chosen), plan=plan, dollars=plan.after + calls)


def _settled(
    workflow: Workflow, sizes: Mapping[str, Sequence[Size]], start: Mapping[str, Size], profile: Profile | None,
    prices: Prices, options: Options | None,
) -> Joint:  # fmt: skip
    best = dollars_of(workflow, start, profile, prices, options)
    for _ in range(ROUNDS):
        inside = {name: region.chunks for region in best.plan.regions for name in region.states}
        whole = best.plan.type is MachineType.EXPRESS
        chosen: dict[str, Size] = {}
        for state, found in sizes.items():
            rate = prices.express_second(inside.get(state, 1), best.plan.tier) if whole or state in inside else 0.0
            chosen[state] = min(found, key=lambda size: (size.dollars + rate * size.seconds, size.seconds))
        following = dollars_of(workflow, chosen, profile, prices, options)
        if following.dollars >= best.dollars - 1e-15:
            return best
        best = following
    return best


def _sized(profile: Profile | None, chosen: Mapping[str, Size]) -> Profile:
    base = profile or Profile()
    states = dict(base.states)
    for state, size in chosen.items():
        states[state] = evolve(states.get(state, StateProfile()), durations=(size.seconds,), source="sizing")
    return evolve(base, states=states)
