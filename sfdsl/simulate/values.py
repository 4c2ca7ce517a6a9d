"""JSON values as the interpreter handles them: kinds, equality, size, AWS's spelling, copies.

Values are never changed in place once the interpreter has them, so that states, histories and results can share them.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, TypeAlias

Json: TypeAlias = (
    Any  # None | bool | int | float | str | list[Json] | dict[str, Json]; mypy has no use for the recursion
)

_encoder = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def _encoding() -> Callable[[Json], str]:
    """The function from a value to its text.

    `JSONEncoder.encode` makes a new encoder in C for every call, which takes longer than small payloads themselves;
    this one is kept. An interpreter without it has the method.
    """
    make, escape = getattr(json.encoder, "c_make_encoder", None), json.encoder.encode_basestring
    if make is None:
        return _encoder.encode
    write = make(None, _encoder.default, escape, None, ":", ",", False, False, False)
    join = "".join
    return lambda value: join(write(value, 0))


_encode = _encoding()


_SHOWN = 100
"""Characters of a value that is no JSON that the message shows."""

MAX_NESTING = 400
"""Arrays and objects inside each other that a payload may have here. AWS's own limit is not documented."""


class TooDeep(Exception):
    """A value with more than `MAX_NESTING` arrays and objects inside each other."""


class NotFinite(Exception):
    """A value with a number in it that JSON has no form for: infinite, or not a number."""


class NotJson(TypeError):
    """A value that JSON has no form for."""


def text(value: Json) -> str:
    """A value as AWS writes it into histories and causes: compact, keys in their order, only control escaped."""
    return _encode(value)


def size(value: Json) -> int:
    """Bytes of a value as AWS counts a payload: the UTF-8 form of its compact text.

    Raises:
        TooDeep: The value is nested too deeply.
        NotFinite: A number in it is infinite, or none.
    """
    try:
        written = _encode(value)
    except RecursionError:
        raise TooDeep from None
    except ValueError:
        raise NotFinite from None
    if len(written) > MAX_NESTING and written.count("[") + written.count("{") > MAX_NESTING:
        _check_nesting(value)
    return len(written) if written.isascii() else len(written.encode("utf-8", "surrogatepass"))


def parsed(source: str | bytes) -> Json:
    """The value of a JSON text, as strict as the standard: Python's own reader takes NaN, and 1e999 for infinity.

    Raises:
        ValueError: It is no JSON; the message says what is wrong.
    """
    return json.loads(source, parse_constant=_no_constant, parse_float=_finite)


def _no_constant(constant: str) -> Json:
    raise ValueError(f"{constant} is no JSON number")


def _finite(written: str) -> float:
    number = float(written)
    if number in (float("inf"), float("-inf")):
        raise ValueError(f"{written[:_SHOWN]} is too large a number")
    return number


def _check_nesting(value: Json) -> None:
    level = [value] if isinstance(value, dict | list) else []
    for _ in range(MAX_NESTING + 1):
        level = [
            item
            for outer in level
            for item in (outer.values() if isinstance(outer, dict) else outer)
            if isinstance(item, dict | list)
        ]
        if not level:
            return
    raise TooDeep


def kind(value: Json) -> str:
    """The JSON type of a value: string, number, boolean, null, array or object."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int | float):
        return "number"
    if isinstance(value, str):
        return "string"
    return "array" if isinstance(value, list) else "object"


def is_number(value: Json) -> bool:
    """Whether a value is a JSON number; true and false are none."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def same(left: Json, right: Json, *, spelling: bool = False) -> bool:
    """Whether two values are equal as JSON: the order of keys says nothing, true is not 1.

    With `spelling`, `1` and `1.0` differ.
    """
    pairs = [(left, right)]
    while pairs:
        a, b = pairs.pop()
        if isinstance(a, dict):
            if not isinstance(b, dict) or a.keys() != b.keys():
                return False
            pairs.extend((a[key], b[key]) for key in a)
        elif isinstance(a, list):
            if not isinstance(b, list) or len(a) != len(b):
                return False
            pairs.extend(zip(a, b, strict=True))
        elif isinstance(a, bool) or isinstance(b, bool):
            if a is not b:
                return False
        elif a != b or (spelling and is_number(a) and type(a) is not type(b)):
            return False
    return True


def copied(value: Json) -> Json:
    """A value of its own, for code that may change what it is given."""
    if isinstance(value, dict):
        return {key: copied(item) for key, item in value.items()}
    if isinstance(value, list):
        return [copied(item) for item in value]
    return value


def checked(value: Any) -> Json:
    """A value as JSON, of its own: tuples become arrays.

    Raises:
        NotJson: Some value in it has no form in JSON; the message says where and what.
    """
    try:
        return _checked(value, "", 0)
    except RecursionError:
        raise NotJson(_TOO_DEEP) from None


_TOO_DEEP = f"it has more than {MAX_NESTING} arrays and objects inside each other, or contains itself"


def _checked(value: Any, pointer: str, depth: int) -> Json:
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, float):
        if value != value or value in (float("inf"), float("-inf")):
            raise NotJson(f"{value} at {pointer or 'the top'} is no JSON number")
        return value
    if isinstance(value, dict | list | tuple) and depth >= MAX_NESTING:
        raise NotJson(_TOO_DEEP)
    if isinstance(value, dict):
        for key in value:
            if not isinstance(key, str):
                raise NotJson(f"the key {key!r} at {pointer or 'the top'} is no text")
        return {key: _checked(item, f"{pointer}/{key}", depth + 1) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_checked(item, f"{pointer}/{place}", depth + 1) for place, item in enumerate(value)]
    shown = repr(value)
    shown = shown if len(shown) <= _SHOWN else f"{shown[:_SHOWN]}..."
    raise NotJson(f"{shown} at {pointer or 'the top'} is a {type(value).__name__}, which JSON has no form for")
