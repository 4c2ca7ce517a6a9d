"""Distributions of time, up to the five minutes that an Express execution may take.

Whole milliseconds hold exactly what measured and declared durations say; past `MOST_ATOMS` different times, they are
moved to multiples of 100 ms, each split over its two neighbours so that the mean stays what it is. What billing rounds
up is then counted as half a step, as it is for times that are spread over the steps evenly.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

from sfdsl.aws.quotas import EXPRESS_SECONDS
from sfdsl.cost.prices import ROUNDING_MS

CAP_MS = EXPRESS_SECONDS.limit * 1000
MOST_ATOMS = 6001
FEW_ATOMS = 100
NEGLIGIBLE = 1e-17
"""Of many times, those less likely than this are left out."""
FEW_PAIRS = 2000
LEAST_PAIR = 1e-19
"""Of many pairs of times, those less likely than this are left out: all of them together are below 1e-12."""
ROUNDOFF = 1e-15
"""A probability below this is what is left of a difference."""


class Times:
    """How long something takes, with probabilities that add up to `mass`, which may be less than 1.

    Attributes:
        atoms: Milliseconds, at most `CAP_MS` -> probability.
        over: Probability of more than `CAP_MS`.
        coarse: Whether times were moved to multiples of 100 ms.
    """

    __slots__ = ("atoms", "coarse", "over")

    def __init__(self, atoms: dict[int, float], over: float = 0.0, coarse: bool = False) -> None:
        self.coarse = coarse
        if len(atoms) > FEW_ATOMS:
            atoms = {ms: p for ms, p in atoms.items() if p > NEGLIGIBLE}
            if len(atoms) > MOST_ATOMS:
                atoms, self.coarse = _coarse(atoms), True
        self.atoms = atoms
        self.over = over

    @property
    def mass(self) -> float:
        """Probability that it happens at all."""
        return sum(self.atoms.values()) + self.over

    @property
    def seconds(self) -> float:
        """Probability times seconds, those over the cap counted as the cap."""
        return (sum(ms * p for ms, p in self.atoms.items()) + CAP_MS * self.over) / 1000

    @property
    def billed_seconds(self) -> float:
        """The same, each time rounded up to the 100 ms that Express bills."""
        total = sum(-(-ms // ROUNDING_MS) * p for ms, p in self.atoms.items()) * ROUNDING_MS
        if self.coarse:
            total += sum(self.atoms.values()) * ROUNDING_MS / 2
        return (total + CAP_MS * self.over) / 1000

    @property
    def least(self) -> int:
        """The shortest time in milliseconds; 0 where there is none."""
        return min(self.atoms, default=CAP_MS if self.over else 0)

    @property
    def most(self) -> float:
        """The longest time in milliseconds; infinity where some is over the cap."""
        return float("inf") if self.over > 0 else max(self.atoms, default=0)

    def then(self, other: Times) -> Times:
        """This, and then that."""
        if len(other.atoms) < len(self.atoms):
            self, other = other, self
        atoms: dict[int, float] = {}
        mass = other.mass
        over = self.over * mass
        pairs = list(other.atoms.items())
        many = len(pairs) * len(self.atoms) > FEW_PAIRS
        if many:
            pairs.sort(key=lambda pair: -pair[1])
        for first, p in self.atoms.items():
            over += p * other.over
            least = LEAST_PAIR / p if many and p else 0.0
            for second, q in pairs:
                if q < least:
                    break
                ms = first + second
                if ms > CAP_MS:
                    over += p * q
                else:
                    atoms[ms] = atoms.get(ms, 0.0) + p * q
        return Times(atoms, over, self.coarse or other.coarse)

    def delayed(self, ms: int) -> Times:
        """The same, later."""
        if ms == 0:
            return self
        atoms = {at + ms: p for at, p in self.atoms.items() if at + ms <= CAP_MS}
        over = self.over + sum(p for at, p in self.atoms.items() if at + ms > CAP_MS)
        return Times(atoms, over, self.coarse)

    def scaled(self, probability: float) -> Times:
        """The same, with a probability."""
        if probability == 1:
            return self
        return Times({ms: p * probability for ms, p in self.atoms.items()}, self.over * probability, self.coarse)

    def plus(self, other: Times) -> Times:
        """Either this or that: the probabilities add up."""
        if not other.atoms and not other.over:
            return self
        atoms = dict(self.atoms)
        for ms, p in other.atoms.items():
            atoms[ms] = atoms.get(ms, 0.0) + p
        return Times(atoms, self.over + other.over, self.coarse or other.coarse)

    def repeated(self, times: int) -> Times:
        """So many of these, one after the other."""
        result, power = NOW, self
        while times:
            if times & 1:
                result = result.then(power)
            times >>= 1
            if times:
                power = power.then(power)
        return result

    def slowest(self, count: int) -> Times:
        """The longest of so many of these, side by side, where all happen."""
        if count <= 1:
            return self
        atoms, below, before = {}, 0.0, 0.0
        for ms in sorted(self.atoms):
            below += self.atoms[ms]
            at = below**count
            if at > before:
                atoms[ms] = at - before
            before = at
        return Times(atoms, max(0.0, self.mass**count - before) if self.over > 0 else 0.0, self.coarse)

    def without(self, other: Times) -> Times:
        """This, a part of it taken away."""
        atoms = {ms: p - other.atoms.get(ms, 0.0) for ms, p in self.atoms.items()}
        atoms = {ms: p for ms, p in atoms.items() if p > ROUNDOFF}
        return Times(atoms, max(0.0, self.over - other.over), self.coarse)

    def certain(self) -> Times:
        """The same, given that it happens; nothing where it never does."""
        mass = self.mass
        return self.scaled(1 / mass) if mass > 0 else self

    def __repr__(self) -> str:
        told = ", ".join(f"{ms} ms: {p:g}" for ms, p in sorted(self.atoms.items())[:8])
        return f"Times({told}, over: {self.over:g})"


NOW = Times({0: 1.0})
NEVER = Times({})


def of(seconds: Iterable[float]) -> Times:
    """Equally likely durations."""
    values = list(seconds)
    atoms: dict[int, float] = {}
    over = 0.0
    for value in values:
        ms = round(value * 1000)
        if ms > CAP_MS:
            over += 1 / len(values)
        else:
            atoms[ms] = atoms.get(ms, 0.0) + 1 / len(values)
    return Times(atoms, over)


def slowest(branches: Iterable[Times]) -> Times:
    """The longest of several, side by side, where all happen.

    The product of the distribution functions: branches are taken to be independent.
    """
    found = list(branches)
    if len(found) <= 1:
        return found[0] if found else NOW
    points = sorted({ms for each in found for ms in each.atoms})
    below = [0.0] * len(found)
    atoms: dict[int, float] = {}
    before = 0.0
    for ms in points:
        at = 1.0
        for i, each in enumerate(found):
            below[i] += each.atoms.get(ms, 0.0)
            at *= below[i]
        if at > before:
            atoms[ms] = at - before
        before = at
    over = max(0.0, math.prod(each.mass for each in found) - before) if any(each.over for each in found) else 0.0
    return Times(atoms, over, any(each.coarse for each in found))


def _coarse(atoms: dict[int, float]) -> dict[int, float]:
    coarse: dict[int, float] = {}
    for ms, p in atoms.items():
        low = ms - ms % ROUNDING_MS
        share = (ms - low) / ROUNDING_MS
        coarse[low] = coarse.get(low, 0.0) + p * (1 - share)
        if share:
            coarse[low + ROUNDING_MS] = coarse.get(low + ROUNDING_MS, 0.0) + p * share
    return coarse
