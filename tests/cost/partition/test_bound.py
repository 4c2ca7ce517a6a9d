"""The minimum cut is the least over all labels: against 2^n labellings of random graphs."""

from __future__ import annotations

import itertools
import random

import pytest

from sfdsl.cost.partition.bound import labelling


def energy(
    labels: tuple[bool, ...], standard: list[float], express: list[float | None], arcs: dict[tuple[int, int], float],
    entering: dict[int, float], leaving: dict[tuple[int, int], float],
) -> float:  # fmt: skip
    total = 0.0
    for v, is_express in enumerate(labels):
        cost = express[v] if is_express else standard[v]
        total += float("inf") if cost is None else cost
        total += entering.get(v, 0.0) if is_express else 0.0
    total += sum(dollars for (u, v), dollars in arcs.items() if not labels[u] and labels[v])
    return total + sum(dollars for (u, v), dollars in leaving.items() if labels[u] and not labels[v])


def compare(seed: int, most: int) -> None:
    rng = random.Random(seed)
    n = rng.randint(1, most)
    standard = [rng.choice((0.0, 25e-6, 25e-6, 75e-6)) * rng.random() for _ in range(n)]
    express = [None if rng.random() < 0.25 else rng.random() * rng.choice((1e-7, 1e-5, 1e-4)) for _ in range(n)]
    pairs = [(u, v) for u in range(n) for v in range(n) if u != v and rng.random() < 0.3]
    arcs = {pair: rng.random() * 26e-6 for pair in pairs}
    leaving = {pair: rng.random() * 25e-6 for pair in pairs} if rng.random() < 0.5 else {}
    entering = {0: 26e-6}
    dollars, labels = labelling(standard, express, arcs, entering, leaving)
    every = itertools.product((False, True), repeat=n)
    best = min(energy(each, standard, express, arcs, entering, leaving) for each in every)
    assert dollars == pytest.approx(best, abs=1e-12), f"seed {seed}"
    assert energy(tuple(labels), standard, express, arcs, entering, leaving) == pytest.approx(best, abs=1e-12)


def test_the_cut_is_the_least_of_all_labels() -> None:
    for seed in range(150):
        compare(seed, 9)


@pytest.mark.campaign
def test_the_cut_is_the_least_of_all_labels_of_two_thousand_graphs() -> None:
    for seed in range(10_000, 12_000):
        compare(seed, 11)
