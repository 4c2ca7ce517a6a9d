"""A child that tells with an error where it was left: what its ways out cost, state by state of the parent."""

from __future__ import annotations

import pytest

from sfdsl.cost.partition.outline import outline
from sfdsl.cost.partition.plan import choose
from sfdsl.cost.partition.runs import Return
from sfdsl.cost.partition.terms import Options
from sfdsl.cost.profile import Profile, StateProfile
from sfdsl.model.workflow import Notes
from tests.cost.machines import TOKEN, chain, task, workflow

C, R, S = 0.000025, 0.000001, 0.06 / 3600 / 16


def test_every_way_out_costs_the_states_that_it_enters() -> None:
    """A may fail (10 %) and is caught outside; B may fail (20 %) and nobody catches it."""
    caught = [{"ErrorEquals": ["States.ALL"], "Next": "Handle", "Output": "{% {'error': $states.errorOutput.Error} %}"}]
    states = chain(("A", task(Catch=caught)), ("B", task()), ("Ask", task(TOKEN)))
    states["Handle"] = task(TOKEN, End=True)
    notes = {name: Notes(idempotent=True, duration=1.0) for name in ("A", "B")}
    profile = Profile(states={"A": StateProfile(failures={"": 0.1}), "B": StateProfile(failures={"": 0.2})})
    plan = choose(workflow(states, notes=notes), profile, options=Options(), unlocking=False)
    (region,) = plan.regions
    assert (region.states, region.returns, region.fails) == (("A", "B"), Return.RAISE, pytest.approx(0.9 * 0.2))
    seconds = 0.1 * 1 + 0.9 * 2
    # A's error: the Task, the Choice, Handle. B's error: the Task, the Choice, the Fail. Else the Task, and Ask.
    ways = 0.1 * 3 + 0.9 * 0.2 * 3 + 0.9 * 0.8 * 2
    assert plan.after == pytest.approx(C * ways + R + S * seconds)
    parent = outline(plan).workflow.machine
    assert [state.name for state in parent.states] == [
        "A and 1 more", "After A and 1 more", "Ask", "Handle", "Failed in child",
    ]  # fmt: skip
