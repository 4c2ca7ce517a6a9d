"""What both pictures of a machine show: boxes in frames, arrows between them, and their colours."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from typing import Final, TypeAlias

from attrs import field, frozen

__all__ = ["NAME_WIDTH", "PALETTE", "Arrow", "ArrowKind", "Box", "Diagram", "Frame", "Kind", "Paint"]

NAME_WIDTH: Final = 28
"""Characters in a line of a name."""


class Kind(Enum):
    """What a box or a frame stands for; the value names its colours in the texts written."""

    START = "start"
    END = "finish"  # `end` is a word of Mermaid
    TASK = "task"
    PASS = "pass"
    WAIT = "wait"
    CHOICE = "choice"
    SUCCEED = "succeed"
    FAIL = "fail"
    HANDLER = "handler"
    ENTRY = "entry"
    ERRORS = "errors"
    UNKNOWN = "unknown"
    MACHINE = "machine"
    PARALLEL = "parallel"
    MAP = "map"
    BRANCH = "branch"


class ArrowKind(Enum):
    """Why one state leads to another."""

    NEXT = "next"
    RULE = "rule"
    CATCH = "catch"


@frozen
class Paint:
    """The colours of a kind, as `#rrggbb`."""

    fill: str
    line: str
    text: str = "#1f2933"


# Blue where data comes in, purple for the machine's own work, orange for decisions and parallel work, green for a good
# end, red for errors; what the palette leaves open is neutral.
PALETTE: Final[dict[Kind, Paint]] = {
    Kind.START: Paint("#e1f5fe", "#0288d1"),
    Kind.END: Paint("#c8e6c9", "#388e3c"),
    Kind.TASK: Paint("#f3e5f5", "#8e24aa"),
    Kind.PASS: Paint("#f5f7f9", "#78909c"),
    Kind.WAIT: Paint("#e3f2fd", "#1e88e5"),
    Kind.CHOICE: Paint("#fff3e0", "#fb8c00"),
    Kind.SUCCEED: Paint("#c8e6c9", "#388e3c"),
    Kind.FAIL: Paint("#ffcdd2", "#d32f2f"),
    Kind.HANDLER: Paint("#ffebee", "#d32f2f"),
    Kind.ENTRY: Paint("#fff3e0", "#fb8c00"),
    Kind.ERRORS: Paint("#ffebee", "#d32f2f"),
    Kind.UNKNOWN: Paint("#ffffff", "#b71c1c"),
    Kind.PARALLEL: Paint("#fffaf3", "#ffb74d"),
    Kind.MAP: Paint("#fffaf3", "#ffb74d"),
    Kind.BRANCH: Paint("#ffffff", "#e0c9a6"),
}
CATCH_LINE: Final = "#d32f2f"
LINE: Final = "#52606d"
MUTED: Final = "#52606d"


@frozen(kw_only=True)
class Box:
    """One state, or the start or the end of the machine.

    Attributes:
        id: A word of ASCII letters, digits and underscores; unique in the diagram, made from the name.
        kind: What the state is, whichever colours it has.
        name: Its name in lines.
        detail: What it does, in lines.
        badges: How it does it: integration pattern, retries, timeout, heartbeat, and a handler that many states share.
        handler: Whether only a Catch leads to it; such a Task, Pass or Wait has the colours of an error.
    """

    id: str
    kind: Kind
    name: tuple[str, ...]
    detail: tuple[str, ...] = ()
    badges: tuple[str, ...] = ()
    handler: bool = False

    @property
    def paint(self) -> Kind:
        """The kind whose colours the box has."""
        return Kind.HANDLER if self.handler and self.kind in (Kind.TASK, Kind.PASS, Kind.WAIT) else self.kind

    def badge_lines(self, between: str) -> tuple[str, ...]:
        """The badges side by side, as many as fit into a line."""
        lines: list[str] = []
        for badge in self.badges:
            if lines and len(lines[-1]) + len(between) + len(badge) <= NAME_WIDTH:
                lines[-1] += between + badge
            else:
                lines.append(badge)
        return tuple(lines)


@frozen(kw_only=True)
class Arrow:
    """A way from a box or frame to another in the same frame, or from the entry of a frame into what it holds.

    Attributes:
        label: When it is taken, in lines; empty where it always is.
        back: Whether it leads up again, to what stands before its tail in flow order.
    """

    tail: str
    head: str
    kind: ArrowKind
    label: tuple[str, ...] = ()
    back: bool = False


@frozen(kw_only=True)
class Frame:
    """A Parallel, a branch of it, a Map with its body, or the whole machine.

    Attributes:
        id: Like a box's; arrows lead to and from the frame by it.
        name: Its name in lines; empty for the machine.
        entry: Where an execution comes in: says what the Parallel or Map does; None for machine and branches.
        exit: Id for the point that arrows leave a Parallel or Map from, where it has several ends.
        parts: What it holds, in flow order.
        arrows: Between its parts, and from the entry to them or into its branches.
        start: Id of the part that runs first; None where there is none.
    """

    id: str
    kind: Kind
    name: tuple[str, ...] = ()
    entry: Box | None = None
    exit: str = ""
    parts: tuple[Part, ...] = ()
    arrows: tuple[Arrow, ...] = ()
    start: str | None = None

    @property
    def boxes(self) -> tuple[Box, ...]:
        """The boxes that stand in it directly."""
        return tuple(part for part in self.parts if isinstance(part, Box))

    def last(self) -> Iterator[Box]:
        """The boxes in which the frame can end, those of frames in it included; its entry where it holds nothing."""
        branches = [part for part in self.parts if isinstance(part, Frame) and part.kind is Kind.BRANCH]
        for flow in branches or [self]:
            leading = {arrow.tail for arrow in flow.arrows}
            for part in flow.parts:
                if part.id not in leading:
                    yield from [part] if isinstance(part, Box) else part.last()
        if not any(flow.parts for flow in branches or [self]) and self.entry is not None:
            yield self.entry


Part: TypeAlias = "Box | Frame"


@frozen(kw_only=True)
class Diagram:
    """All of it.

    Attributes:
        title: The name of the pipeline.
        machine: The outermost frame.
        frames: Every frame by id, that of the machine included.
    """

    title: str
    machine: Frame
    frames: dict[str, Frame] = field(hash=False, repr=False)

    @property
    def spread(self) -> int:
        """How many boxes all arrows together pass by, a measure of how long the drawing takes."""
        total = 0
        for frame in self.frames.values():
            place = {part.id: i for i, part in enumerate(frame.parts)}
            ways = ((place.get(arrow.tail), place.get(arrow.head)) for arrow in frame.arrows)
            total += sum(abs(head - tail) for tail, head in ways if tail is not None and head is not None)
        return total

    def arrows(self) -> Iterator[Arrow]:
        """Every arrow, those of an outer frame before those of the frames in it."""
        for frame in self.frames.values():
            yield from frame.arrows

    def boxes(self) -> Iterator[Box]:
        """Every box."""
        for frame in self.frames.values():
            if frame.entry is not None:
                yield frame.entry
            yield from frame.boxes
