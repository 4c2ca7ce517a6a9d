"""Where something was declared: a line of Python, or a place in a JSON file."""

from __future__ import annotations

import sys
from pathlib import Path

from attrs import evolve, frozen

_PACKAGE = str(Path(__file__).resolve().parent)


@frozen
class Origin:
    """The place that a finding about a node points to.

    Attributes:
        file: Path of the file, as the user would write it; empty where nothing was written in a file.
        line: Line in that file, from 1; None where only the pointer is known (`locate` finds the line in the text).
        pointer: JSON Pointer (RFC 6901) of the node in an ASL file; empty for a declaration in Python.
    """

    file: str = ""
    line: int | None = None
    pointer: str = ""

    def down(self, *keys: str | int) -> Origin:
        """The place below this one in a JSON document; a declaration in Python stays the line it is."""
        if self.line is not None:
            return self
        return evolve(self, pointer=self.pointer + "".join("/" + escape(str(key)) for key in keys))


NOWHERE = Origin()


def escape(key: str) -> str:
    """A key as one token of a JSON Pointer (RFC 6901, section 3)."""
    return key.replace("~", "~0").replace("/", "~1")


def here() -> Origin:
    """The line of the caller that is not part of sfdsl: the author's own line."""
    frame = sys._getframe(1)
    while frame is not None and frame.f_code.co_filename.startswith(_PACKAGE):
        if frame.f_back is None:
            break
        frame = frame.f_back
    return Origin(file=frame.f_code.co_filename, line=frame.f_lineno)
