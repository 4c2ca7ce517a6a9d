"""Payload templates: the objects of Parameters, ResultSelector, ItemSelector and Assign, whose `.$` keys hold texts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from attrs import frozen

from sfdsl.jsonpath.nodes import JSON


class Entry(NamedTuple):
    """A text in a template that AWS evaluates.

    Attributes:
        pointer: JSON Pointer of the entry, from where the template begins or from the prefix that was given.
        key: The key with its `.$`.
        text: What stands there.
    """

    pointer: str
    key: str
    text: str


@frozen
class TemplateProblem:
    """An entry that AWS refuses, whatever its text says.

    Attributes:
        pointer: JSON Pointer of the entry.
        message: What is wrong.
        hint: What to write instead.
    """

    pointer: str
    message: str
    hint: str


def template_strings(value: JSON, pointer: str = "") -> Iterator[Entry]:
    """The `.$` entries of a template, in document order, those inside objects and arrays included.

    Args:
        value: The template; anything but an object or array has no entries.
        pointer: JSON Pointer that the results begin with.
    """
    stack: list[tuple[str, JSON]] = [(pointer, value)]
    while stack:
        where, here = stack.pop()
        inner: list[tuple[str, JSON]] = []
        if isinstance(here, dict):
            for key, each in here.items():
                below = f"{where}/{_escape(key)}"
                if key.endswith(".$"):
                    if isinstance(each, str):
                        # Document order: what stands before this entry in the same object comes out first.
                        yield from _drain(inner)
                        yield Entry(below, key, each)
                elif isinstance(each, dict | list):
                    inner.append((below, each))
        elif isinstance(here, list):
            inner = [(f"{where}/{place}", each) for place, each in enumerate(here) if isinstance(each, dict | list)]
        stack.extend(reversed(inner))


def template_problems(value: JSON, pointer: str = "") -> Iterator[TemplateProblem]:
    """Entries that AWS refuses: `x` beside `x.$`, and a `.$` key with anything but a string.

    Source: Amazon States Language, "Payload Template".
    """
    stack: list[tuple[str, JSON]] = [(pointer, value)]
    while stack:
        where, here = stack.pop()
        if isinstance(here, dict):
            for key, each in here.items():
                below = f"{where}/{_escape(key)}"
                if key.endswith(".$"):
                    bare = key[:-2]
                    if bare in here:
                        message = f"{bare!r} and {key!r} both give the field {bare!r}"
                        yield TemplateProblem(below, message, "keep one of the two")
                    if not isinstance(each, str):
                        message = f"{key!r} must hold a path or an intrinsic function, in a string"
                        yield TemplateProblem(below, message, f"name the field {bare!r} if this is its value")
                else:
                    stack.append((below, each))
        elif isinstance(here, list):
            stack.extend((f"{where}/{place}", each) for place, each in enumerate(here))


def _drain(inner: list[tuple[str, JSON]]) -> Iterator[Entry]:
    for where, each in inner:
        yield from template_strings(each, where)
    inner.clear()


def _escape(key: str) -> str:
    return key.replace("~", "~0").replace("/", "~1")
