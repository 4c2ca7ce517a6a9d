"""Where something was declared: a line of Python, or a place in a JSON file."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NamedTuple

_PACKAGE = os.path.dirname(os.path.abspath(__file__)) + os.sep  # noqa: PTH100, PTH120 - pathlib would cost start-up time


class Origin(NamedTuple):
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
        return self._replace(pointer=self.pointer + "".join("/" + escape(str(key)) for key in keys))


NOWHERE = Origin()


def escape(key: str) -> str:
    """A key as one token of a JSON Pointer (RFC 6901, section 3)."""
    return key.replace("~", "~0").replace("/", "~1")


def here() -> Origin:
    """The line of the caller that is not part of sfdsl: the author's own line; its file as `relative` names it."""
    frame = _author()
    return Origin(file=relative(frame.f_code.co_filename), line=frame.f_lineno)


def unescape(token: str) -> str:
    """The key that one token of a JSON Pointer stands for."""
    return token.replace("~1", "/").replace("~0", "~")


_root: list[str] = []


@contextmanager
def rooted(root: str) -> Iterator[None]:
    """Within the block, files below `root` are named relative to it, so that no path of a machine gets into output."""
    _root.append(os.path.join(os.path.abspath(root), ""))  # noqa: PTH100, PTH118 - see _PACKAGE
    try:
        yield
    finally:
        _root.pop()


def relative(file: str) -> str:
    """A file's path as it is named in output: relative to the root in force where it lies below it, with slashes."""
    if _root and file.startswith(_root[-1]):
        file = file[len(_root[-1]) :]
    return file.replace(os.sep, "/")


def module_docstring() -> str:
    """The docstring of the author's module."""
    return str(_author().f_globals.get("__doc__") or "").strip()


def _author() -> FrameType:
    frame = sys._getframe(2)
    while frame.f_code.co_filename.startswith(_PACKAGE) and frame.f_back is not None:
        frame = frame.f_back
    return frame
