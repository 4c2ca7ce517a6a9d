"""Times, retries and defaults as an author writes them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta
from enum import Enum
from typing import TypeAlias

from attrs import evolve, field, frozen

from sfdsl.dsl.errors import DeclarationError
from sfdsl.jsonata import Expression

Duration: TypeAlias = "int | float | str | timedelta | Expression"
"""Seconds as a number, a text (`90s`, `5m`, `1h30m`, `2d`), a timedelta, a `${Placeholder}` or an expression."""

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
_TEXT = re.compile(r"(?:\d+[smhdw])+\Z")


def seconds(value: Duration, what: str) -> int | str | Expression:
    """A duration in whole seconds; a placeholder or an expression stays what it is.

    Raises:
        DeclarationError: It is none of the forms of `Duration`, or no whole number of seconds.
    """
    if isinstance(value, Expression):
        return value
    if isinstance(value, timedelta):
        value = value.total_seconds()
    if isinstance(value, str):
        if "${" in value or "\ue000" in value or value.startswith("{%"):
            return value
        if _TEXT.match(value):
            return sum(int(n) * _UNITS[unit] for n, unit in re.findall(r"(\d+)([smhdw])", value))
    elif isinstance(value, (int, float)) and not isinstance(value, bool) and value == int(value):
        return int(value)
    raise DeclarationError(
        f"{what} is a duration in whole seconds, not {value!r}",
        "write a number of seconds, or a text such as '90s', '5m', '1h30m', '2d'",
    )


class Transient(Enum):
    """The type of `TRANSIENT`."""

    TRANSIENT = "transient"


TRANSIENT = Transient.TRANSIENT


def _names(errors: str | Sequence[str] | Transient) -> tuple[str, ...] | Transient:
    if isinstance(errors, Transient):
        return errors
    return (errors,) if isinstance(errors, str) else tuple(errors)


@frozen(kw_only=True)
class Retry:
    """Try a failed step again.

    Attributes:
        errors: Error names, or `TRANSIENT` for those of the step's service that pass by themselves.
        interval: Before the first retry, 1 s to 99,999,999 s.
        max_attempts: Retries at most, 0 to 99,999,999.
        backoff_rate: Factor from one interval to the next, at least 1.
        max_delay: Ceiling of an interval, up to 31,622,400 s; None is none.
        jitter: Draw each interval between 0 and its value, so that many executions do not retry in step.
    """

    errors: tuple[str, ...] | Transient = field(default=("States.ALL",), converter=_names)
    interval: Duration = 1
    max_attempts: int = 3
    backoff_rate: float = 2.0
    max_delay: Duration | None = None
    jitter: bool = False

    @classmethod
    def transient(
        cls,
        *,
        interval: Duration = 2,
        max_attempts: int = 4,
        backoff_rate: float = 2.0,
        max_delay: Duration | None = None,
        jitter: bool = True,
    ) -> Retry:
        """Retry what passes by itself: throttling and faults of the service, by the names it has for them."""
        return cls(
            errors=TRANSIENT,
            interval=interval,
            max_attempts=max_attempts,
            backoff_rate=backoff_rate,
            max_delay=max_delay,
            jitter=jitter,
        )


def _policies(value: Retry | Sequence[Retry] | None) -> tuple[Retry, ...]:
    if value is None:
        return ()
    return (value,) if isinstance(value, Retry) else tuple(value)


@frozen(kw_only=True)
class Defaults:
    """What every task has unless it says otherwise.

    Attributes:
        timeout: How long one attempt may take; None is none.
        heartbeat: For tasks that wait for a token: how long may pass between two heartbeats; None is none.
        retry: Policies in order; () never retries.
    """

    timeout: Duration | None = None
    heartbeat: Duration | None = None
    retry: tuple[Retry, ...] = field(default=None, converter=_policies)
