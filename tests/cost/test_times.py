"""Distributions of time."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfdsl.cost import times
from sfdsl.cost.times import CAP_MS, NOW, Times

samples = st.lists(st.integers(0, 400_000), min_size=1, max_size=6)


def of(values: list[int]) -> Times:
    return times.of(ms / 1000 for ms in values)


@given(samples, samples)
def test_one_after_the_other_is_every_pair(first: list[int], second: list[int]) -> None:
    found = of(first).then(of(second))
    sums = [min(a, CAP_MS + 1) + min(b, CAP_MS + 1) for a in first for b in second]
    assert found.mass == pytest.approx(1)
    assert found.over == pytest.approx(sum(each > CAP_MS for each in sums) / len(sums))
    assert found.seconds * 1000 == pytest.approx(sum(min(each, CAP_MS) for each in sums) / len(sums))


@given(samples, samples)
def test_the_slowest_of_two_is_the_larger_of_every_pair(first: list[int], second: list[int]) -> None:
    found = times.slowest([of(first), of(second)])
    pairs = [max(a, b) for a in first for b in second]
    assert found.seconds * 1000 == pytest.approx(sum(min(each, CAP_MS) for each in pairs) / len(pairs))
    assert found.over == pytest.approx(sum(each > CAP_MS for each in pairs) / len(pairs))


@given(samples, st.integers(1, 4))
def test_the_slowest_of_several_alike(values: list[int], count: int) -> None:
    assert of(values).slowest(count).seconds == pytest.approx(times.slowest([of(values)] * count).seconds)


@given(samples, st.integers(0, 6))
def test_repeated_is_one_after_the_other(values: list[int], count: int) -> None:
    expected = NOW
    for _ in range(count):
        expected = expected.then(of(values))
    found = of(values).repeated(count)
    assert found.atoms == pytest.approx(expected.atoms)
    assert found.over == pytest.approx(expected.over)


def test_billing_rounds_every_time_up() -> None:
    assert times.of([0.001, 0.1, 0.101, 299.95]).billed_seconds == pytest.approx((0.1 + 0.1 + 0.2 + 300) / 4)


def test_too_many_times_keep_their_mean() -> None:
    one = times.of(i * 0.0371 for i in range(5000))
    two = one.then(times.of([0.0001, 3.3337]))
    assert two.coarse
    assert len(two.atoms) <= 3001
    assert two.seconds == pytest.approx(one.seconds + (0 + 3.334) / 2)
    assert two.billed_seconds == pytest.approx(two.seconds + 0.05)


def test_what_takes_too_long_is_over() -> None:
    assert times.of([1, 301]).over == 0.5
    assert times.of([200]).delayed(100_001).over == 1.0
