"""Expressions inside Python texts: an f-string keeps a mark where a value of a later time stands."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sfdsl.jsonata.expressions import Expression

_BEGIN, _END = "\ue000", "\ue001"  # private use: no text of an author's own holds them
_MARK = re.compile(f"{_BEGIN}([0-9]+){_END}")
_ESCAPED = re.compile(r"\\u(e000|E000)")
_marked: list[Expression] = []


class SpoiltText(TypeError):
    """A text was worked on after values of a later time were put into it."""


def mark(expression: Expression) -> str:
    """What stands for an expression in a text until that is rendered."""
    _marked.append(expression)
    return f"{_BEGIN}{len(_marked) - 1}{_END}"


def has_marks(text: str) -> bool:
    """Whether there are expressions in a text, whole or spoilt."""
    return _BEGIN in text or _END in text or ("\\u" in text and _ESCAPED.search(text) is not None)


def parts(text: str) -> list[str | Expression]:
    """A text with expressions in it, taken apart: literal pieces and expressions in turn, empty pieces left out.

    Raises:
        SpoiltText: A mark in it was cut, or written as JSON.
    """
    found: list[str | Expression] = []
    end = 0
    for each in _MARK.finditer(text):
        found += [text[end : each.start()], _marked[int(each[1])]]
        end = each.end()
    found.append(text[end:])
    literal = "".join(piece for piece in found if isinstance(piece, str))
    if _ESCAPED.search(literal):
        raise SpoiltText(
            "json.dumps cannot write a value of a later time: write fn.string({...}), or the object itself where JSON "
            "is asked for"
        )
    if _BEGIN in literal or _END in literal:
        raise SpoiltText(
            "a text with a value of a later time in it was cut or changed in Python: that value is known only when the "
            "pipeline runs, so write fn.substring(...), fn.replace(...) or jsonata(...)"
        )
    return [piece for piece in found if not isinstance(piece, str) or piece]


def plain(text: str) -> str:
    """A text with marks as a message can show it: `...` for each expression."""
    return _MARK.sub("...", text)
