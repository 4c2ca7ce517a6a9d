"""Which references a value reads, and what becomes of it where one of them is missing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from sfdsl.jsonata.expressions import (
    Array,
    Binary,
    Call,
    Conditional,
    Default,
    Expression,
    Function,
    Negative,
    Parameter,
    Path,
    Reference,
    Text,
    Value,
    Variable,
)
from sfdsl.jsonata.marks import has_marks, parts


class Use:
    """One place where a reference is read.

    Attributes:
        reference: What is read.
        path: The field names that are read of it, () for the whole.
        needed: Whether evaluation fails for certain where the field is missing: the value is the field and nothing
            else. Larger expressions can have a value all the same; a comparison with a missing field is false.
        guarded: Whether the expression says what stands for it where the step did not run, or there is no such field.
        asked: Whether the expression asks if the field is there, by a default or by `exists`.
    """

    __slots__ = ("asked", "guarded", "needed", "path", "reference")

    def __init__(self, reference: Reference, path: tuple[str, ...], needed: bool, guarded: bool, asked: bool) -> None:
        self.reference = reference
        self.path = path
        self.needed = needed
        self.guarded = guarded
        self.asked = asked


def uses(value: Value) -> Iterator[Use]:
    """Every place in a value where a reference is read.

    Raises:
        TypeError: Something in it is neither JSON nor an expression.
    """
    yield from _uses(value, needed=True, guarded=False, asked=False)


def _uses(value: Value, needed: bool, guarded: bool, asked: bool) -> Iterator[Use]:
    match value:
        case Reference():
            yield Use(value, (), needed, guarded, asked)
        case Path():
            base, fields, rest = value._names()
            if isinstance(base, Reference):
                yield Use(base, fields, needed, guarded, asked)
            else:
                yield from _uses(base, False, guarded, asked)
            for key in rest:
                if isinstance(key, Expression):
                    yield from _uses(key, False, guarded, asked)
        case Default():
            yield from _uses(value._value, False, True, True)
            yield from _uses(value._otherwise, False, guarded, asked)
        case Call():
            exists = value._function == "exists"
            for each in value._arguments:
                yield from _uses(each, False, guarded, asked or exists)
        case Binary():
            operands: list[Value] = []
            while isinstance(value, Binary):  # as `writing` goes down the left side
                operands.append(value._right)
                value = value._left
            for each in (value, *reversed(operands)):
                yield from _uses(each, False, guarded, asked)
        case Expression():
            for each in _parts(value):
                yield from _uses(each, False, guarded, asked)
        case str():
            if has_marks(value):
                for each in parts(value):
                    if isinstance(each, Expression):
                        yield from _uses(each, False, guarded, asked)
        case Mapping():
            for item in value.values():
                yield from _uses(item, needed, guarded, asked)
        case None | bool() | int() | float():
            pass
        case Sequence() if not isinstance(value, (bytes, bytearray)):
            for item in value:
                yield from _uses(item, needed, guarded, asked)
        case _:
            raise TypeError(f"{value!r} is neither JSON nor an expression")


def _parts(value: Expression) -> tuple[Value, ...]:
    match value:
        case Negative():
            return (value._value,)
        case Conditional():
            return (value._test, value._then, value._otherwise)
        case Array():
            return value._items
        case Function():
            return (value._body,)
        case Text():
            return tuple(value._values.values())
        case Variable() | Parameter():
            return ()
        case _:
            raise AssertionError(value)
