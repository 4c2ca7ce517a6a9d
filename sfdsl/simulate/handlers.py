"""Retry and Catch of the states that have them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sfdsl.model.edges import EdgeKind
from sfdsl.model.states import Catcher, Map, Parallel, Retrier, Task
from sfdsl.simulate.code import Code, FlowCode, target
from sfdsl.simulate.data import CaughtByPath, CaughtByQuery
from sfdsl.simulate.errors import StatesError
from sfdsl.simulate.paths import InvalidText, unfilled

if TYPE_CHECKING:
    from sfdsl.simulate.engine import Engine
    from sfdsl.simulate.frames import Frame


class Retrying:
    """One retrier.

    Attributes:
        names: What ErrorEquals lists.
        attempts: Retries at most.
    """

    __slots__ = ("attempts", "backoff", "ceiling", "interval", "jitter", "names")

    def __init__(self, retrier: Retrier) -> None:
        self.names = retrier.error_equals
        self.attempts = int(_number(retrier.max_attempts, 3, "MaxAttempts"))
        self.interval = _number(retrier.interval_seconds, 1, "IntervalSeconds")
        self.backoff = _number(retrier.backoff_rate, 2.0, "BackoffRate")
        self.ceiling = (
            None if retrier.max_delay_seconds is None else _number(retrier.max_delay_seconds, 0, "MaxDelaySeconds")
        )
        self.jitter = retrier.jitter_strategy == "FULL"

    def delay(self, attempt: int) -> float:
        """Seconds before a retry, without jitter.

        Args:
            attempt: Which retry this is, from 1.

        Source: Amazon States Language, "Errors", fields IntervalSeconds, BackoffRate and MaxDelaySeconds.
        """
        try:
            delay = self.interval * self.backoff ** (attempt - 1)
        except OverflowError:
            delay = float("inf")
        limit = 99_999_999.0 if self.ceiling is None else self.ceiling
        return min(delay, limit)


class Catching:
    """One catcher."""

    __slots__ = ("caught", "edge", "names", "to", "written")

    def __init__(self, name: str, place: int, catcher: Catcher, jsonata: bool) -> None:
        self.names = catcher.error_equals
        self.written = catcher
        self.caught = CaughtByQuery(catcher) if jsonata else CaughtByPath(catcher)
        self.edge = (name, EdgeKind.CATCH, place)
        self.to: Code | None = None

    def take(self, engine: Engine, frame: Frame, error: StatesError) -> bool:
        """Hand the error to the state that handles it."""
        output, assigned = self.caught.finish(frame, error)
        return engine.leave(frame, output, assigned, self.to, self.edge)


class HandlingCode(Code):
    """A state with Retry and Catch."""

    retries = True

    def __init__(self, state: Task | Parallel | Map, jsonata: bool) -> None:
        super().__init__(state)
        self.retriers = [Retrying(retrier) for retrier in state.retry]
        self.catchers = [Catching(state.name, place, catcher, jsonata) for place, catcher in enumerate(state.catch)]

    def link(self, state: Any, flow: FlowCode) -> None:
        """Resolve names, those of the catchers included."""
        super().link(state, flow)
        for catcher in self.catchers:
            if catcher.written.next is None:
                raise InvalidText(f"a catcher of state {self.name!r} has no Next")
            catcher.to = target(flow, self.name, catcher.written.next)

    def run(self, engine: Engine, frame: Frame) -> bool:
        return self.begin(engine, frame)

    def begin(self, engine: Engine, frame: Frame) -> bool:
        """Do the work once: the first time, and again for each retry."""
        raise NotImplementedError

    def retry(self, frame: Frame, error: StatesError) -> tuple[Retrying, int] | None:
        """The retrier for an error and which of its retries is due; None where there is none left.

        The first retrier that matches decides. Each counts for itself.
        """
        for place, retrier in enumerate(self.retriers):
            if error.matches(retrier.names):
                used = frame.retries.get(place, 0)
                if used >= retrier.attempts:
                    return None
                frame.retries[place] = used + 1
                return retrier, used + 1
        return None

    def catcher(self, error: StatesError) -> Catching | None:
        """The first catcher that matches."""
        for catcher in self.catchers:
            if error.matches(catcher.names):
                return catcher
        return None


def _number(written: Any, default: float, field: str) -> float:
    if written is None:
        return default
    if isinstance(written, str):
        raise InvalidText(f"{field} must be a number, not {written!r}{unfilled(written)}")
    return float(written)
