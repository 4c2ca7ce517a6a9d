"""The tests of Choice rules compiled into functions, in both query languages."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

from sfdsl.jsonpath import IntrinsicFailure, PathNotFound
from sfdsl.model.states import And, ChoiceRule, Comparison, Condition, Not, Or, Test
from sfdsl.simulate.errors import runtime
from sfdsl.simulate.paths import InvalidText, Reader, intrinsic_failure, reader
from sfdsl.simulate.queries import typed
from sfdsl.simulate.times import moment
from sfdsl.simulate.values import Json, is_number

if TYPE_CHECKING:
    from sfdsl.simulate.frames import Frame

Decision: TypeAlias = "Callable[[Json, Frame, dict[str, Json]], bool]"
"""Called with what `$` stands for, the frame, and `$states`, of which each language uses its own."""

_ORDER: dict[str, Callable[[Json, Json], bool]] = {
    "Equals": operator.eq,
    "LessThan": operator.lt,
    "GreaterThan": operator.gt,
    "LessThanEquals": operator.le,
    "GreaterThanEquals": operator.ge,
}


def decision(rule: ChoiceRule) -> Decision:
    """The function of a rule: whether it is true.

    Raises:
        InvalidText: It holds a path or expression that AWS would not have accepted.
    """
    return _decision(rule.test)


def _decision(test: Test) -> Decision:
    match test:
        case Condition():
            return _condition(test)
        case And():
            parts = [_decision(each) for each in test.tests]
            return lambda data, frame, states: all(part(data, frame, states) for part in parts)
        case Or():
            parts = [_decision(each) for each in test.tests]
            return lambda data, frame, states: any(part(data, frame, states) for part in parts)
        case Not():
            inner = _decision(test.test)
            return lambda data, frame, states: not inner(data, frame, states)
        case Comparison():
            return _comparison(test)


def _condition(test: Condition) -> Decision:
    if isinstance(test.text, bool):
        value = test.text
        return lambda data, frame, states: value
    holds = typed(test.text, "Condition", "boolean")
    return lambda data, frame, states: bool(holds(frame, states))


def _comparison(test: Comparison) -> Decision:
    if test.variable is None or test.operator is None:
        raise InvalidText("a rule of a JSONPath Choice needs Variable and one comparison operator")
    variable, name = test.variable, test.operator
    read = reader(variable)
    if name == "IsPresent":
        expected = bool(test.operand)

        def is_present(data: Json, frame: Frame, states: dict[str, Json]) -> bool:
            try:
                read(data, frame)
            except PathNotFound:
                return not expected
            return expected

        return is_present
    left = _referring(variable, read)
    if name in _TYPES:
        has_type, wanted = _TYPES[name], bool(test.operand)
        return lambda data, frame, states: has_type(left(data, frame)) is wanted
    if name.endswith("Path") and name != "StringMatches":
        if not isinstance(test.operand, str):
            raise InvalidText(f"{name} takes a path, not {test.operand!r}")
        holds = _relation(name.removesuffix("Path"))
        right = _referring(test.operand, reader(test.operand))
        return lambda data, frame, states: holds(left(data, frame), right(data, frame))
    operand = test.operand
    holds = _matches(operand) if name == "StringMatches" else _relation(name)
    return lambda data, frame, states: holds(left(data, frame), operand)


def _referring(written: str, read: Reader) -> Reader:
    def value(data: Json, frame: Frame) -> Json:
        try:
            return read(data, frame)
        except PathNotFound:
            message = f"Invalid path '{written}': The choice state's condition path references an invalid value."
            raise runtime(message) from None
        except IntrinsicFailure as failed:
            raise intrinsic_failure(failed) from None

    return value


def _relation(name: str) -> Callable[[Json, Json], bool]:
    """How two values relate under an operator; false where they are not both of its type."""
    for kind, comparable in (("String", _text), ("Numeric", _number), ("Timestamp", moment), ("Boolean", _boolean)):
        if name.startswith(kind):
            compare = _ORDER[name.removeprefix(kind)]
            if kind == "Boolean":
                return lambda a, b: isinstance(a, bool) and isinstance(b, bool) and a is b

            def related(
                a: Json,
                b: Json,
                key: Callable[[Json], Json] = comparable,
                compare: Callable[[Json, Json], bool] = compare,
            ) -> bool:
                left, right = key(a), key(b)
                return left is not None and right is not None and compare(left, right)

            return related
    raise InvalidText(f"{name} is no comparison operator")


def _text(value: Json) -> Json:
    """A key that orders texts as Java's compareTo does: by UTF-16 code units."""
    if not isinstance(value, str):
        return None
    return value.encode("utf-16-be", "surrogatepass")


def _number(value: Json) -> Json:
    return value if is_number(value) else None


def _boolean(value: Json) -> Json:
    return value if isinstance(value, bool) else None


_TYPES: dict[str, Callable[[Json], bool]] = {
    "IsNull": lambda value: value is None,
    "IsNumeric": is_number,
    "IsString": lambda value: isinstance(value, str),
    "IsBoolean": lambda value: isinstance(value, bool),
    "IsTimestamp": lambda value: moment(value) is not None,
}


def _matches(pattern: Json) -> Callable[[Json, Json], bool]:
    r"""StringMatches: `*` is any run of characters, `\*` a star, `\\` a backslash."""
    if not isinstance(pattern, str):
        raise InvalidText(f"StringMatches takes a text, not {pattern!r}")
    parts: list[str] = []
    place = 0
    while place < len(pattern):
        char = pattern[place]
        if char == "\\" and pattern[place + 1 : place + 2] in ("*", "\\"):
            place += 1
            parts.append(re.escape(pattern[place]))
        else:
            parts.append(".*" if char == "*" else re.escape(char))
        place += 1
    compiled = re.compile("".join(parts), re.DOTALL)
    return lambda value, _: isinstance(value, str) and compiled.fullmatch(value) is not None
