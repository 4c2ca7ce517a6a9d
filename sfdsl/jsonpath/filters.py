"""Filters `[?(...)]` as predicates. Source: Jayway JsonPath, "Filter operators"."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, TypeAlias

from sfdsl.jsonpath import reading
from sfdsl.jsonpath.errors import PathNotFound
from sfdsl.jsonpath.nodes import (
    JSON,
    And,
    Compare,
    Exists,
    Literal,
    Not,
    Operand,
    Or,
    Path,
    Predicate,
    Regex,
    Root,
    assert_never,
)
from sfdsl.jsonpath.reading import Roots

Test: TypeAlias = Callable[[JSON, Roots], bool]
Get: TypeAlias = Callable[[JSON, Roots], Any]

_MISSING = object()


def compile_predicate(predicate: Predicate) -> Test:
    """A predicate as a function of the element it looks at and the roots outside of the filter."""
    match predicate:
        case Exists():
            get = _operand(predicate.path)
            if predicate.path.definite:
                return lambda item, roots: get(item, roots) is not _MISSING
            return lambda item, roots: get(item, roots) not in (_MISSING, [])
        case Compare():
            left, right = _operand(predicate.left), _operand(predicate.right)
            compare = _COMPARISONS[predicate.operator]
            return lambda item, roots: compare(left(item, roots), right(item, roots))
        case Not():
            inner = compile_predicate(predicate.predicate)
            return lambda item, roots: not inner(item, roots)
        case And():
            parts = [compile_predicate(each) for each in predicate.predicates]
            return lambda item, roots: all(part(item, roots) for part in parts)
        case Or():
            parts = [compile_predicate(each) for each in predicate.predicates]
            return lambda item, roots: any(part(item, roots) for part in parts)
        case _:
            return assert_never(predicate)


def _operand(operand: Operand) -> Get:
    match operand:
        case Literal():
            value = operand.value
            return lambda item, roots: value
        case Regex():
            pattern = _compiled(operand)
            return lambda item, roots: pattern
        case Path():
            read = reading.reader(operand)
            of_item = operand.root is Root.ITEM

            def get(item: JSON, roots: Roots) -> Any:
                data, context, variables = roots
                try:
                    return read(item if of_item else data, context, variables)
                except PathNotFound:
                    return _MISSING

            return get
        case _:
            return assert_never(operand)


def _compiled(regex: Regex) -> re.Pattern[str]:
    known = {"i": re.IGNORECASE, "m": re.MULTILINE, "s": re.DOTALL, "x": re.VERBOSE}
    flags = 0
    for letter in regex.flags:
        flags |= known.get(letter, 0)
    return re.compile(regex.pattern, flags)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _equal(left: Any, right: Any) -> bool:
    if left is _MISSING or right is _MISSING:
        return False
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if _is_number(left) and isinstance(right, str):
        return bool(left == _as_number(right))
    if isinstance(left, str) and _is_number(right):
        return bool(left == str(right))
    return bool(left == right)


def _as_number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _ordered(compare: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    def ordered(left: Any, right: Any) -> bool:
        alike = (_is_number(left) and _is_number(right)) or (isinstance(left, str) and isinstance(right, str))
        return alike and compare(left, right)

    return ordered


def _matches(left: Any, right: Any) -> bool:
    pattern, text = (right, left) if isinstance(right, re.Pattern) else (left, right)
    if not isinstance(pattern, re.Pattern) or not (isinstance(text, str) or _is_number(text)):
        return False
    return pattern.fullmatch(str(text)) is not None


def _in(left: Any, right: Any) -> bool:
    return isinstance(right, list) and any(_equal(left, each) for each in right)


def _contains(left: Any, right: Any) -> bool:
    if isinstance(left, str):
        return isinstance(right, str) and right in left
    return _in(right, left)


def _size(value: Any) -> int | None:
    return len(value) if isinstance(value, list | str) else None


def _is_empty(left: Any, right: Any) -> bool:
    return _size(left) is not None and (_size(left) == 0) is right


def _size_is(left: Any, right: Any) -> bool:
    return _is_number(right) and _size(left) == right


def _both_arrays(test: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    return lambda left, right: isinstance(left, list) and isinstance(right, list) and test(left, right)


_COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "==": _equal,
    "!=": lambda left, right: not _equal(left, right),
    "<": _ordered(lambda left, right: left < right),
    "<=": _ordered(lambda left, right: left <= right),
    ">": _ordered(lambda left, right: left > right),
    ">=": _ordered(lambda left, right: left >= right),
    "=~": _matches,
    "in": _in,
    "nin": lambda left, right: left is not _MISSING and isinstance(right, list) and not _in(left, right),
    "contains": _contains,
    "size": _size_is,
    "empty": _is_empty,
    "subsetof": _both_arrays(lambda left, right: all(_in(each, right) for each in left)),
    "anyof": _both_arrays(lambda left, right: any(_in(each, right) for each in left)),
    "noneof": _both_arrays(lambda left, right: not any(_in(each, right) for each in left)),
}
