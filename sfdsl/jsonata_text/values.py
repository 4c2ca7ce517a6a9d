"""JSONata's own ideas of equality, truth and text, over plain JSON values. None is JSON's null; see `UNDEFINED`."""

from __future__ import annotations

import json
import math
from typing import Any, Final

from sfdsl.jsonata_text.nodes import JSON


class _Undefined:
    def __repr__(self) -> str:
        return "UNDEFINED"


UNDEFINED: Final[Any] = _Undefined()
"""What an expression gives that finds nothing. It never leaves this package."""


class EvaluationFault(Exception):
    """An error of JSONata, with its code.

    Attributes:
        code: Such as T2001.
        message: JSONata's words.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message


class NotJson(Exception):
    """The value of an expression is a function, or holds one."""


def is_number(value: JSON) -> bool:
    """Whether a value is a number; true and false are none."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def number(value: float) -> int | float:
    """A computed number: whole ones as int.

    Raises:
        EvaluationFault: It is infinite or none.
    """
    if not math.isfinite(value):
        raise EvaluationFault("D1001", f"Number out of range: {value}")
    return int(value) if value == int(value) else value


def equal(left: JSON, right: JSON) -> bool:
    """Deep equality: 1 and 1.0 are equal, 1 and true are not."""
    if isinstance(left, list):
        return isinstance(right, list) and len(left) == len(right) and all(map(equal, left, right))
    if isinstance(left, dict):
        if not isinstance(right, dict) or left.keys() != right.keys():
            return False
        return all(equal(value, right[key]) for key, value in left.items())
    return bool(left == right) and isinstance(left, bool) == isinstance(right, bool)


def truth(value: JSON) -> bool:
    """A value as a condition. An array is true if an element is; an empty text or object, 0 and null are false."""
    if value is UNDEFINED or value is None:
        return False
    if isinstance(value, list):
        return any(truth(each) for each in value)
    return bool(value)


def text(value: JSON) -> str:
    """A value as `&` and `$string` write it: numbers with 15 digits, the rest as JSON without white space."""
    if isinstance(value, str):
        return value
    return compact(value)


def compact(value: JSON) -> str:
    """JSON as JavaScript writes it, numbers rounded to 15 digits."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case int() | float():
            return _number_text(value)
        case str():
            return json.dumps(value, ensure_ascii=False)
        case list():
            return "[" + ",".join([compact(each) for each in value]) + "]"
        case dict():
            return "{" + ",".join([f"{compact(key)}:{compact(each)}" for key, each in value.items()]) + "}"
        case _:
            return '""'  # a function


def pretty(value: JSON, indent: str = "") -> str:
    """JSON with a line per element and an indent of two spaces."""
    inner = indent + "  "
    match value:
        case list() if value:
            lines = [inner + pretty(each, inner) for each in value]
            return "[\n" + ",\n".join(lines) + f"\n{indent}]"
        case dict() if value:
            lines = [f"{inner}{compact(key)}: {pretty(each, inner)}" for key, each in value.items()]
            return "{\n" + ",\n".join(lines) + f"\n{indent}}}"
        case _:
            return compact(value)


def _whole_text(value: float) -> str:
    """The shortest digits that give a double, then zeros: 2**60 is 1152921504606850000 once rounded."""
    digits, _, exponent = repr(value).replace(".", "").partition("e+")
    if not exponent:
        return digits.removesuffix("0")
    return digits + "0" * (int(exponent) + 1 - len(digits.lstrip("-")))


def _number_text(value: float) -> str:
    """A number rounded to 15 significant digits, then written as JavaScript does."""
    if isinstance(value, int) and abs(value) < 10**15:
        return str(value)
    if not math.isfinite(value):
        raise EvaluationFault("D3001", "Attempting to invoke string function on Infinity or NaN")
    rounded = float(f"{value:.15g}")
    if rounded == int(rounded) and abs(rounded) < 1e21:
        return str(int(rounded)) if abs(rounded) < 1e15 else _whole_text(rounded)
    mantissa, _, exponent = repr(rounded).partition("e")
    if not exponent:
        return mantissa
    power = int(exponent)
    if -7 < power < 0:
        return f"{rounded:.{len(mantissa.replace('-', '').replace('.', '')) - 1 - power}f}"
    return f"{mantissa.removesuffix('.0')}e{'+' if power > 0 else ''}{power}"
