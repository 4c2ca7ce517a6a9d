"""The flow equations, against plain iteration and on flows whose answer is known."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfdsl.cost.entries import entries


@st.composite
def chances(draw: st.DrawFn) -> dict[str, dict[str, float]]:
    """Up to eight states with any ways between them, each of which ends the flow with 5 % at least."""
    names = [f"s{i}" for i in range(draw(st.integers(1, 8)))]
    ways = {}
    for name in names:
        weights = {target: draw(st.integers(0, 3)) for target in names}
        total = sum(weights.values())
        share = draw(st.sampled_from([0.5, 0.9, 0.95]))
        ways[name] = {target: share * w / total for target, w in weights.items() if w} if total else {}
    return ways


@given(ways=chances())
def test_entries_solve_the_flow_equations(ways: dict[str, dict[str, float]]) -> None:
    start = {"s0": 1.0}
    found = entries(start, ways)
    guess = dict.fromkeys(ways, 0.0)
    for _ in range(800):
        following = {name: start.get(name, 0.0) for name in ways}
        for name, targets in ways.items():
            for target, p in targets.items():
                following[target] += guess[name] * p
        guess = following
    assert found == pytest.approx(guess, rel=1e-9, abs=1e-12)


def test_a_loop_runs_as_often_as_its_probability_says() -> None:
    found = entries({"A": 1.0}, {"A": {"B": 1.0}, "B": {"A": 0.75, "C": 0.25}, "C": {}})
    assert found == pytest.approx({"A": 4.0, "B": 4.0, "C": 1.0})


def test_an_endless_loop_counts_for_a_round() -> None:
    found = entries({"A": 1.0}, {"A": {"B": 1.0}, "B": {"A": 1.0}})
    assert all(1.0 <= times <= 2.0 for times in found.values())


def test_what_nothing_leads_to_is_not_entered() -> None:
    assert entries({"A": 1.0}, {"A": {}, "B": {"A": 1.0}}) == {"A": 1.0, "B": 0.0}


@pytest.mark.parametrize("shape", ["chain", "loop", "handler"])
def test_five_thousand_states_take_a_moment(shape: str) -> None:
    count = 5000
    ways: dict[str, dict[str, float]] = {f"s{i}": {f"s{i + 1}": 0.999} for i in range(count - 1)}
    ways[f"s{count - 1}"] = {}
    if shape == "loop":
        ways[f"s{count - 1}"] = {"s0": 0.5}
    if shape == "handler":
        for targets in ways.values():
            targets["handler"] = 0.0005
        ways["handler"] = {"s0": 0.5}
    began = time.perf_counter()
    found = entries({"s0": 1.0}, ways)
    assert time.perf_counter() - began < 1.0
    assert len(found) >= count
