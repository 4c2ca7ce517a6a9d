"""How long a retrier waits, as its numbers say."""

from __future__ import annotations

import math
from typing import Final

from attrs import frozen

from sfdsl.model.fields import Number
from sfdsl.model.states import Retrier

_ENOUGH: Final = 10 * 365 * 86_400.0
"""Beyond ten years nothing is added up any more."""


def literal(value: Number | None) -> float | None:
    """The number that is written; None where nothing, a placeholder or an expression stands there."""
    if isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value):
        return value
    return None


@frozen
class Schedule:
    """When a retrier tries again.

    Attributes:
        interval: Seconds before the first retry.
        attempts: Retries at most.
        rate: Factor from one delay to the next.
        ceiling: Seconds that a delay has at most; infinite where nothing is written.
    """

    interval: float
    attempts: int
    rate: float
    ceiling: float

    def total(self, attempts: int | None = None) -> float:
        """Seconds of all delays together, without jitter and without the time that the attempts take.

        Args:
            attempts: Of the first so many retries; None is all of them.

        Source: Amazon States Language, "Errors", fields IntervalSeconds, BackoffRate and MaxDelaySeconds.
        """
        left = self.attempts if attempts is None else attempts
        seconds, delay = 0.0, self.interval
        while left > 0 and seconds < _ENOUGH:
            if self.rate == 1.0 or delay >= self.ceiling:
                return seconds + left * min(delay, self.ceiling)
            seconds += delay
            delay *= self.rate
            left -= 1
        return seconds

    def longest(self) -> float:
        """Seconds of the last delay, without regard to the ceiling; at most ten years."""
        delay = self.interval
        for _ in range(self.attempts - 1):
            if self.rate == 1.0 or delay > _ENOUGH:
                break
            delay *= self.rate
        return min(delay, _ENOUGH)

    def attempts_within(self, seconds: float) -> int:
        """How many retries have begun after so many seconds."""
        low, high = 0, self.attempts
        while low < high:
            middle = (low + high + 1) // 2
            low, high = (middle, high) if self.total(middle) <= seconds else (low, middle - 1)
        return low


def schedule(retrier: Retrier) -> Schedule | None:
    """When a retrier tries again; None where a number is hidden, misshapen or out of range (SF126, SF127)."""
    interval = 1.0 if retrier.interval_seconds is None else literal(retrier.interval_seconds)
    attempts = 3.0 if retrier.max_attempts is None else literal(retrier.max_attempts)
    rate = 2.0 if retrier.backoff_rate is None else literal(retrier.backoff_rate)
    ceiling = math.inf if retrier.max_delay_seconds is None else literal(retrier.max_delay_seconds)
    if interval is None or attempts is None or rate is None or ceiling is None or not _KEYS.isdisjoint(retrier.extra):
        return None
    if interval < 1 or attempts < 0 or rate < 1 or ceiling < 1:
        return None
    return Schedule(interval, int(attempts), rate, ceiling)


_KEYS: Final = {"IntervalSeconds", "MaxAttempts", "BackoffRate", "MaxDelaySeconds"}


def amount(seconds: float) -> str:
    """Seconds as a message tells them: `372 seconds`, beyond a few hours with days."""
    rounded = math.ceil(seconds - 1e-9)
    if rounded >= _ENOUGH:
        return "more than ten years"
    told = f"{rounded:,} second{'s' if rounded != 1 else ''}"
    return told if rounded < 2 * 86_400 else f"{told} ({rounded // 86_400:,} days)"
