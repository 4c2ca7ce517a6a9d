"""How an attrs field stands in ASL: its key, how it is read and how it is written.

Each node class of `states` declares its fields with these helpers; `asl` reads and writes every
class by that one table. A value that does not fit its field (a list where ASL has a text) is
kept as it is in the node's `extra`, so that nothing is lost and a check can report it.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import Any, Final, TypeAlias

from attrs import field, frozen

Json: TypeAlias = Any  # a JSON value: None, bool, int, float, str, list or dict with str keys


class Absent(Enum):
    """The type of `ABSENT`: the field is not written, which differs from null."""

    ABSENT = "absent"

    def __repr__(self) -> str:
        return "ABSENT"

    def __bool__(self) -> bool:
        return False


ABSENT: Final = Absent.ABSENT

Number: TypeAlias = "int | float | str"
"""A number as ASL writes it, a `${Placeholder}` or a JSONata expression."""


class Misfit(Exception):
    """A JSON value does not have the shape of its field."""


@frozen
class Slot:
    """How one field is read from and written to JSON."""

    key: str
    read: Callable[[Json], Any]
    write: Callable[[Any], Json]


def _same(value: Json) -> Json:
    return value


def _text(value: Json) -> str:
    if isinstance(value, str):
        return value
    raise Misfit


def _number(value: Json) -> Number:
    if isinstance(value, (int, float, str)) and not isinstance(value, bool):
        return value
    raise Misfit


def _texts(value: Json) -> tuple[str, ...]:
    if isinstance(value, list) and value and all(isinstance(item, str) for item in value):
        return tuple(value)
    raise Misfit


def _path(value: Json) -> str | None:
    if value is None or isinstance(value, str):
        return value
    raise Misfit


def text(key: str) -> Any:
    """A text; None where it is not written."""
    return field(default=None, metadata={"slot": Slot(key, _text, _same)})


def number(key: str) -> Any:
    """A number, placeholder or expression; None where it is not written."""
    return field(default=None, metadata={"slot": Slot(key, _number, _same)})


def texts(key: str) -> Any:
    """A non-empty array of texts; () where it is not written."""
    return field(default=(), metadata={"slot": Slot(key, _texts, list)})


def path(key: str) -> Any:
    """A path or null, which differ from nothing."""
    return field(default=ABSENT, metadata={"slot": Slot(key, _path, _same)})


def payload(key: str) -> Any:
    """Any JSON value, kept as it is; takes part in equality but not in the hash."""
    return field(default=ABSENT, hash=False, metadata={"slot": Slot(key, _same, _same)})


def node(key: str, name: str) -> Any:
    """One node of class `name`; None where it is not written."""
    return field(default=None, metadata={"node": (key, name)})


def nodes(key: str, name: str) -> Any:
    """A non-empty array of nodes of class `name`; () where it is not written."""
    return field(default=(), metadata={"nodes": (key, name)})


def extra() -> Any:
    """What the node's JSON object has beyond its fields, as read: unknown keys and misfits."""
    return field(factory=dict, hash=False, repr=False)


def origin() -> Any:
    """Where it was declared; takes no part in equality."""
    from sfdsl.origin import NOWHERE

    return field(default=NOWHERE, eq=False, repr=False)
