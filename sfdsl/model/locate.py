"""Where in a JSON text a value stands: the line of every JSON Pointer, and keys that stand twice."""

from __future__ import annotations

import re
from bisect import bisect_right
from json.decoder import scanstring  # type: ignore[attr-defined]

from attrs import frozen

from sfdsl.origin import escape

_SPACE = re.compile(r"[ \t\n\r]*")
_SCALAR = re.compile(r"[^,\]}\s]+")


@frozen
class Located:
    """What a walk over a JSON text found.

    Attributes:
        lines: Line, from 1, of the key or element at each JSON Pointer; `""` is the whole.
        duplicates: Pointers of keys that stand more than once in their object, with the lines of both.
    """

    lines: dict[str, int]
    duplicates: tuple[tuple[str, int, int], ...]


def locate(text: str) -> Located:
    """The places of a JSON text that `json.loads` takes.

    Deep nesting costs no stack: the walk keeps its own.
    """
    breaks = [match.start() for match in re.finditer("\n", text)]
    lines: dict[str, int] = {}
    duplicates: list[tuple[str, int, int]] = []

    def line(at: int) -> int:
        return bisect_right(breaks, at - 1) + 1 if at else 1

    stack: list[tuple[str, bool, int]] = []  # pointer, whether an object, next index
    at = _skip(text, 0)
    pointer = ""
    lines[pointer] = line(at)
    while True:
        char = text[at]
        if char in "{[":
            stack.append((pointer, char == "{", 0))
            at = _skip(text, at + 1)
            closed = text[at] in "}]"
        else:
            at = scanstring(text, at + 1, True)[1] if char == '"' else _end(text, at)
            closed = True
            at = _skip(text, at) - 0
            if stack and text[at] == ",":
                at, closed = _skip(text, at + 1), False
        while closed:
            if not stack:
                return Located(lines, tuple(duplicates))
            if text[at] in "}]":
                stack.pop()
                at = _skip(text, at + 1)
                continue
            at, closed = _skip(text, at + 1), False  # a comma
        parent, is_object, index = stack[-1]
        begin = at
        if is_object:
            key, at = scanstring(text, at + 1, True)
            at = _skip(text, _skip(text, at) + 1)  # the colon
            pointer = f"{parent}/{escape(key)}"
            if pointer in lines:
                duplicates.append((pointer, lines[pointer], line(begin)))
        else:
            pointer = f"{parent}/{index}"
            stack[-1] = (parent, False, index + 1)
        lines[pointer] = line(begin)


def _skip(text: str, at: int) -> int:
    match = _SPACE.match(text, at)
    return match.end() if match is not None else at


def _end(text: str, at: int) -> int:
    match = _SCALAR.match(text, at)
    return match.end() if match is not None else at + 1
