"""An execution told in lines, as it goes, and its outcome: what `sfdsl run` prints."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sfdsl.simulate.run import Run
from sfdsl.simulate.values import Json, text

_SHOWN = 100


class Narrator:
    """A listener that writes a line for each thing that happens.

    Args:
        write: Given each line, without an end of line.
        payloads: Whether to show inputs and outputs.
    """

    def __init__(self, write: Callable[[str], None], *, payloads: bool = True) -> None:
        self._write = write
        self._payloads = payloads
        self._last: Any = None

    def entered(self, engine: Any, frame: Any) -> None:
        """A state was entered."""
        self._line(engine, frame, f"{_named(frame)} ({frame.state.type})" + self._shown(" <- ", frame.input))
        self._last = frame

    def left(self, engine: Any, frame: Any, output: Json) -> None:
        """A state was left."""
        if output is not frame.input or frame.state.type == "Task":
            self._then(engine, frame, self._shown("-> ", output))

    def retries(self, engine: Any, frame: Any, error: Any, delay: float) -> None:
        """A state failed and will be tried again."""
        self._then(engine, frame, f"{_error(error)}; retry {frame.attempt} in {seconds(delay)}")

    def caught(self, engine: Any, frame: Any, error: Any) -> None:
        """A state failed and a catcher takes the error."""
        self._then(engine, frame, f"{_error(error)}; caught")

    def failed(self, engine: Any, frame: Any, error: Any) -> None:
        """A flow ended with an error."""
        self._then(engine, frame, f"{_error(error)}; not caught")

    def _then(self, engine: Any, frame: Any, what: str) -> None:
        """A line about a state that was entered before: below its name, or with it where others came between."""
        below = "   " if self._last is frame else f"{_named(frame)} "
        if what:
            self._line(engine, frame, below + what)
            self._last = frame

    def _line(self, engine: Any, frame: Any, what: str) -> None:
        self._write(f"{_clock(engine.now):>9}  {'  ' * _depth(frame)}{what}")

    def _shown(self, arrow: str, value: Json) -> str:
        return f"{arrow}{shortened(value)}" if self._payloads else ""


def _named(frame: Any) -> str:
    where = f" [{'.'.join(map(str, frame.iteration))}]" if frame.iteration else ""
    return f"{frame.state.name}{where}"


def _depth(frame: Any) -> int:
    """How many Parallels and Maps are around a flow, those that started its execution included."""
    depth = 0
    while True:
        group = frame.group or (frame.execution.map_run.group if frame.execution.map_run is not None else None)
        if group is None:
            return depth
        depth, frame = depth + 1, group.owner


def outcome(run: Run) -> list[str]:
    """The end of an execution in lines."""
    if run.status == "SUCCEEDED":
        head = f"SUCCEEDED: {text(run.output)}"
    else:
        head = f"{run.status}: {run.error or 'no error named'}"
        if run.cause:
            head += f": {run.cause}"
    states = "1 state" if run.transitions == 1 else f"{run.transitions} states"
    calls = "1 task call" if len(run.calls) == 1 else f"{len(run.calls)} task calls"
    return [head, f"{states}, {calls}, {seconds(run.duration)} of virtual time, {len(run.execution.events)} events"]


def shortened(value: Json) -> str:
    """The text of a value, cut where it is long."""
    written = text(value)
    return written if len(written) <= _SHOWN else f"{written[: _SHOWN - 3]}..."


def seconds(duration: float) -> str:
    """A duration with its unit."""
    if duration >= 86_400:
        return f"{duration / 86_400:.4g} days"
    if duration >= 3600:
        return f"{duration / 3600:.4g} hours"
    return "1 second" if duration == 1 else f"{duration:.6g} seconds"


def _clock(now: float) -> str:
    whole = int(now)
    days, rest = divmod(whole, 86_400)
    clock = f"{rest // 3600:02}:{rest % 3600 // 60:02}:{rest % 60:02}"
    return f"{days}d {clock}" if days else clock


def _error(error: Any) -> str:
    told = str(error.error)
    return f"{told}: {error.cause}" if error.cause else told
