"""A place in a text, and how far to read from it: what the parsers of paths and of calls share."""

from __future__ import annotations

import re
from typing import NoReturn

_SPACE = re.compile(r"\s*")
NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?(?![\w.])")


class SyntaxProblem(Exception):
    """A text that is neither a path nor a call of an intrinsic function.

    Attributes:
        position: Where in the text, in characters from 0.
        message: What is wrong.
        hint: What to write instead; empty where nothing better can be said.
    """

    def __init__(self, position: int, message: str, hint: str = "") -> None:
        super().__init__(f"{message} (at character {position})")
        self.position = position
        self.message = message
        self.hint = hint


class Cursor:
    """One text, read from left to right; every method begins at `at` and leaves it behind what it read."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def fail(self, message: str, hint: str = "", at: int | None = None) -> NoReturn:
        raise SyntaxProblem(self.at if at is None else at, message, hint)

    def peek(self) -> str:
        return self.text[self.at : self.at + 1]

    def space(self) -> None:
        self.at = _SPACE.match(self.text, self.at).end()  # type: ignore[union-attr]  # matches the empty text, too

    def take(self, token: str) -> bool:
        if self.text.startswith(token, self.at):
            self.at += len(token)
            return True
        return False

    def match(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        if found := pattern.match(self.text, self.at):
            self.at = found.end()
        return found


def number(found: re.Match[str]) -> int | float:
    """The number of a match of `NUMBER`."""
    return float(found[0]) if found[1] or found[2] else int(found[0])
