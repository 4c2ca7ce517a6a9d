"""Functions whose lists JSONata collapses: one element stands alone, and of none there is nothing.

Python has a list in each case, so that an array is built around them. Source: JSONata 2.0 documentation, "Sequences".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeGuard

from sfdsl.jsonata.expressions import (
    GIVE_TEXT,
    Binary,
    Call,
    Conditional,
    Function,
    Negative,
    Path,
    Value,
)

_COLLAPSING = frozenset({"filter", "map", "each", "distinct", "keys", "spread", "range"})
TAKE_COLLAPSED = frozenset({"count", "exists", "filter", "map", "reduce", "single"})
"""Functions that take one element, and nothing, for the list that it was."""

_GIVE_ONE = GIVE_TEXT | frozenset(
    {"number", "sum", "max", "min", "average", "count", "length", "round", "floor", "ceil", "abs", "power", "sqrt",
     "boolean", "not", "exists", "contains", "millis", "toMillis", "merge"}
)  # fmt: skip


def collapses(value: Value) -> TypeGuard[Call]:
    """Whether a value is a call whose list collapses."""
    return isinstance(value, Call) and value._function in _COLLAPSING


def kept_apart(call: Call) -> str:
    """`[]` where one element alone may itself be a list, which would melt into the array around it."""
    match call._function, call._arguments:
        case "keys" | "spread" | "range", _:
            return ""
        case "filter", (_, Function() as function):
            return "" if _reads_fields(function) else "[]"
        case "map" | "each", (_, Function() as function):
            return "" if _is_no_list(function._body) else "[]"
        case _:
            return "[]"


def _reads_fields(function: Function) -> bool:
    """Whether a function reads fields of what it is given, which is an object then."""
    stack: list[Value] = [function._body]
    while stack:
        value = stack.pop()
        if isinstance(value, Path):
            base, fields, _ = value._names()
            if fields and any(base is parameter for parameter in function._parameters[:1]):
                return True
            stack.append(base)
        elif isinstance(value, Binary):
            stack += (value._left, value._right)
        elif isinstance(value, Call):
            stack += value._arguments
    return False


def _is_no_list(value: Value) -> bool:
    match value:
        case Binary() | Negative() | str() | int() | float() | None | Mapping():
            return True
        case Call():
            return value._function in _GIVE_ONE
        case Conditional():
            return _is_no_list(value._then) and _is_no_list(value._otherwise)
        case _:
            return False
