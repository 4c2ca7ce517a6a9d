"""Times, retries and defaults as an author writes them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import Enum
from typing import TYPE_CHECKING, Any, TypeAlias

from sfdsl.dsl.errors import DeclarationError
from sfdsl.dsl.given import boolean, number, shown, texts
from sfdsl.jsonata import Expression, has_marks

if TYPE_CHECKING:
    from datetime import timedelta

Duration: TypeAlias = "int | float | str | timedelta | Expression"
"""Seconds as a number, a text (`90s`, `5m`, `1h30m`, `2d`), a timedelta, a `${Placeholder}` or an expression."""

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
_TEXT = re.compile(r"(?:[0-9]{1,12}[smhdw])+\Z")


def seconds(value: Duration, what: str) -> int | str | Expression:
    """A duration in whole seconds; a placeholder or an expression stays what it is.

    Raises:
        DeclarationError: It is none of the forms of `Duration`, or no whole number of seconds.
    """
    if isinstance(value, Expression):
        return value
    if isinstance(value, str):
        if "${" in value or has_marks(value) or value.startswith("{%"):
            return value
        if _TEXT.match(value):
            return sum(int(n) * _UNITS[unit] for n, unit in re.findall(r"([0-9]+)([smhdw])", value))
    else:
        length = value.total_seconds() if hasattr(value, "total_seconds") else value
        if isinstance(length, (int, float)) and not isinstance(length, bool) and abs(length) < 1e15 and length % 1 == 0:
            return int(length)
    raise DeclarationError(
        f"{what} is a duration in whole seconds, not {shown(value)}",
        "write a number of seconds, or a text such as '90s', '5m', '1h30m', '2d'",
    )


def fixed_seconds(value: Duration | None, what: str) -> int | str | None:
    """A duration that is known now, or a placeholder; None for none.

    Raises:
        DeclarationError: It is no duration, or one that is known only when the pipeline runs.
    """
    if value is None:
        return None
    length = seconds(value, what)
    if isinstance(length, Expression) or (isinstance(length, str) and has_marks(length)):
        raise DeclarationError(
            f"{what} is fixed when the pipeline is compiled, and cannot be a value of a later time", "write '5m'"
        )
    return length


_LENGTH = re.compile(r"(?:[0-9]{1,12}(?:\.[0-9]{1,6})?(?:ms|[smhdw]))+\Z")
_PIECE = re.compile(r"([0-9.]+)(ms|[smhdw])")


def length(value: Duration | None, what: str) -> float | None:
    """How long something takes in seconds, parts of them included; None where nobody says.

    Raises:
        DeclarationError: It is no duration that is known now.
    """
    if value is None:
        return None
    found: Any = value.total_seconds() if hasattr(value, "total_seconds") else value
    if isinstance(found, str) and _LENGTH.match(found):
        found = sum(float(n) * (0.001 if unit == "ms" else _UNITS[unit]) for n, unit in _PIECE.findall(found))
    if isinstance(found, (int, float)) and not isinstance(found, bool) and 0 <= found < 1e15:
        return float(found)
    raise DeclarationError(
        f"{what} is a number of seconds that is known now, not {shown(value)}",
        "write a number of seconds, or a text such as '300ms', '90s', '1h30m'",
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
        self.errors = (
            errors
            if isinstance(errors, Transient)
            else texts(errors, "an error of a Retry", "write Retry(errors=['Busy'])")
        )
        self.interval = fixed_seconds(interval, "the interval of a Retry")
        self.max_attempts = number(max_attempts, "max_attempts of a Retry", whole=True)
        self.backoff_rate = number(backoff_rate, "backoff_rate of a Retry")
        self.max_delay = fixed_seconds(max_delay, "max_delay of a Retry")
        self.jitter = boolean(jitter, "jitter of a Retry")

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
        self.timeout = fixed_seconds(timeout, "the timeout of Defaults")
        self.heartbeat = fixed_seconds(heartbeat, "the heartbeat of Defaults")
        given: Any = () if retry is None else (retry,) if isinstance(retry, Retry) else retry
        self.retry = policies(given if isinstance(given, (tuple, list)) else (given,), "retry of Defaults")


def policies(given: Sequence[Any], what: str) -> tuple[Retry, ...]:
    """Retry policies in order.

    Raises:
        DeclarationError: Something else is among them.
    """
    for each in given:
        if not isinstance(each, Retry):
            hint = "write Retry.transient() or Retry(errors=[...], max_attempts=3)"
            raise DeclarationError(f"{what} takes policies, not {shown(each)}", hint)
    return tuple(given)
