"""Times, retries and defaults as an author writes them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import Enum
from typing import TYPE_CHECKING, TypeAlias

from sfdsl.dsl.errors import DeclarationError
from sfdsl.jsonata import Expression

if TYPE_CHECKING:
    from datetime import timedelta

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
    if not isinstance(value, (int, float, str)):
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


class Retry:
    """Try a failed step again.

    Args:
        errors: Error names, or `TRANSIENT` for those of the step's service that pass by themselves.
        interval: Before the first retry, 1 s to 99,999,999 s.
        max_attempts: Retries at most, 0 to 99,999,999.
        backoff_rate: Factor from one interval to the next, at least 1.
        max_delay: Ceiling of an interval, up to 31,622,400 s; None is none.
        jitter: Draw each interval between 0 and its value, so that many executions do not retry in step.
    """

    def __init__(
        self,
        *,
        errors: str | Sequence[str] | Transient = ("States.ALL",),
        interval: Duration = 1,
        max_attempts: int = 3,
        backoff_rate: float = 2.0,
        max_delay: Duration | None = None,
        jitter: bool = False,
    ) -> None:
        self.errors: tuple[str, ...] | Transient = (
            errors if isinstance(errors, Transient) else (errors,) if isinstance(errors, str) else tuple(errors)
        )
        self.interval = seconds(interval, "interval")
        self.max_attempts = max_attempts
        self.backoff_rate = backoff_rate
        self.max_delay = None if max_delay is None else seconds(max_delay, "max_delay")
        self.jitter = jitter

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


class Defaults:
    """What every task has unless it says otherwise.

    Args:
        timeout: How long one attempt may take; None is none.
        heartbeat: For tasks that wait for a token: how long may pass between two heartbeats; None is none.
        retry: Policies in order; None never retries.
    """

    def __init__(
        self,
        *,
        timeout: Duration | None = None,
        heartbeat: Duration | None = None,
        retry: Retry | Sequence[Retry] | None = None,
    ) -> None:
        self.timeout = None if timeout is None else seconds(timeout, "timeout")
        self.heartbeat = None if heartbeat is None else seconds(heartbeat, "heartbeat")
        self.retry = () if retry is None else (retry,) if isinstance(retry, Retry) else tuple(retry)
