"""What becomes of a state that may fail: attempts, waits between them, and which catcher gets what is left."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

from attrs import frozen

from sfdsl.aws.errors import matches
from sfdsl.cost.knowledge import literal
from sfdsl.model.states import Catcher, Retrier

NEGLIGIBLE = 1e-12
"""Ways less likely than this are left out."""
MOST_ATTEMPTS = 3000
"""Attempts after which a state that always fails is taken to go on no more."""
FAILS = -1
SUCCEEDS = -2


@frozen
class End:
    """One way for a state with Retry and Catch to end.

    Attributes:
        probability: Of this end.
        attempts: How often it was tried, from 1.
        waited: Seconds between the attempts; with jitter, as they are on average.
        catcher: Place of the catcher that takes the error; `FAILS` where none does, `SUCCEEDS` without an error.
        error: Name of the error; "" for one of any name, and without one.
    """

    probability: float
    attempts: int
    waited: float
    catcher: int
    error: str = ""


def ends(failures: Mapping[str, float], retry: tuple[Retrier, ...], catch: tuple[Catcher, ...]) -> tuple[End, ...]:
    """Every way to end that is not negligible.

    Args:
        failures: Error name -> probability that an attempt fails with it. The name "" is an error that the first
            retrier and the first catcher take, since those are written for what happens.
        retry: As the state has them.
        catch: As the state has them.
    """
    rates = {error: p for error, p in failures.items() if p > 0}
    if not rates:
        return (End(1.0, 1, 0.0, SUCCEEDS),)
    success = max(0.0, 1.0 - sum(rates.values()))
    takers = {error: (_taker(error, retry), _taker(error, catch)) for error in rates}
    found: list[End] = []
    frontier: dict[tuple[int, ...], tuple[float, float]] = {(0,) * len(retry): (1.0, 0.0)}
    attempt = 1
    while frontier and attempt <= MOST_ATTEMPTS:
        following: dict[tuple[int, ...], tuple[float, float]] = {}
        for used, (p, waited) in frontier.items():
            if success:
                found.append(End(p * success, attempt, waited, SUCCEEDS))
            for error, rate in rates.items():
                share = p * rate
                retrier, catcher = takers[error]
                if retrier != FAILS and used[retrier] < most(retry[retrier]) and share > NEGLIGIBLE:
                    later = (*used[:retrier], used[retrier] + 1, *used[retrier + 1 :])
                    after = waited + delay(retry[retrier], used[retrier] + 1)
                    before, total = following.get(later, (0.0, 0.0))
                    # One order of errors or another: what was waited is the average over the orders.
                    total = (before * total + share * after) / (before + share)
                    following[later] = (before + share, total)
                else:
                    found.append(End(share, attempt, waited, catcher, error))
        frontier = following
        attempt += 1
    return tuple(found)


def most(retrier: Retrier) -> int:
    """How often a retrier tries again at most."""
    attempts = literal(retrier.max_attempts)
    return 3 if attempts is None else int(attempts)


def delay(retrier: Retrier, retry: int) -> float:
    """Seconds before a retry, counted from 1; with jitter half of it, the average."""
    interval = _or(retrier.interval_seconds, 1.0)
    rate = max(1.0, _or(retrier.backoff_rate, 2.0))
    ceiling = _or(retrier.max_delay_seconds, 99_999_999.0)
    seconds = min(interval * rate ** min(retry - 1, 500), ceiling) if interval else 0.0
    return seconds / 2 if retrier.jitter_strategy == "FULL" else seconds


def longest(retry: tuple[Retrier, ...]) -> tuple[int, float]:
    """Attempts and seconds of waiting when every retrier is used up; after a hundred retries of one, no more count."""
    attempts, seconds = 1, 0.0
    for retrier in retry:
        count = min(most(retrier), 100)
        attempts += count
        jitter = 2 if retrier.jitter_strategy == "FULL" else 1
        seconds += sum(delay(retrier, i + 1) * jitter for i in range(count))
    return attempts, seconds


def _taker(error: str, handlers: Sequence[Retrier | Catcher]) -> int:
    for place, handler in enumerate(handlers):
        if error == "" or any(_matches(entry, error) for entry in handler.error_equals):
            return place
    return FAILS


@lru_cache(maxsize=4096)
def _matches(entry: str, error: str) -> bool:
    return matches(entry, error)


def _or(value: object, default: float) -> float:
    number = literal(value) if isinstance(value, int | float) else None
    return default if number is None else number
