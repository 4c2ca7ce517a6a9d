"""The quick way of evaluation: common forms as closures over the bindings, without jsonata-python.

The rules are JSONata's: what finds nothing is undefined and passes through operators, a path maps over arrays and
flattens them, and a sequence of one collapses to its element while an array of one stays an array. A property test
holds that jsonata-python gives the same.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from typing import TypeAlias

from sfdsl.jsonata_text.builtins import BUILTINS
from sfdsl.jsonata_text.nodes import (
    JSON,
    Array,
    Binary,
    Bindings,
    Block,
    Condition,
    Invoke,
    Literal,
    Negative,
    Node,
    Object,
    Read,
    Select,
    Unsure,
    assert_never,
)
from sfdsl.jsonata_text.values import UNDEFINED, EvaluationFault, equal, is_number, number, text, truth

Closure: TypeAlias = Callable[[Bindings], JSON]
Segments: TypeAlias = "list[tuple[str, tuple[int, ...]]]"  # a name and the positions that belong to it


def closure(node: Node) -> Closure:
    """A node as a function of the bindings; its result may be `UNDEFINED`, and may share parts with the bindings.

    The function raises `EvaluationFault` where JSONata fails, and `Unsure` where a name that is no variable turns out
    to be a built-in function.

    Raises:
        Unsure: It calls a function that is not among those below.
    """
    match node:
        case Literal():
            value = node.value
            return lambda bindings: value
        case Read():
            return _read(node.name)
        case Select():
            return _select(node)
        case Block():
            return closure(node.inner)
        case Binary():
            return _binary(node)
        case Negative():
            return _negative(closure(node.operand))
        case Condition():
            return _condition(node)
        case Array():
            return _array(node)
        case Object():
            return _object(node)
        case Invoke():
            return _invoke(node)
        case _:
            return assert_never(node)


# -- variables and paths ----------------------------------------------------------------------------------------------


def _read(name: str) -> Closure:
    if name not in BUILTINS and name != "eval":
        return lambda bindings: bindings.get(name, UNDEFINED)

    def read(bindings: Bindings) -> JSON:
        if name not in bindings:
            raise Unsure
        return bindings[name]

    return read


def _select(node: Select) -> Closure:
    base = closure(node.base)
    positions: list[int] = []
    segments: list[tuple[str, list[int]]] = []
    for step in node.steps:
        if isinstance(step, str):
            segments.append((step, []))
        else:
            (segments[-1][1] if segments else positions).append(step)
    path = [(name, tuple(inner)) for name, inner in segments]
    if positions:
        return _after_positions(base, tuple(positions), path)
    if isinstance(node.base, Read) and not any(inner for _, inner in path):
        return _fields(base, [name for name, _ in path], path)
    return lambda bindings: map_path(base(bindings), path)


def _fields(base: Closure, names: list[str], path: Segments) -> Closure:
    """`$a.b.c`: as long as only objects are met, nothing needs to be mapped."""

    def read(bindings: Bindings) -> JSON:
        start = here = base(bindings)
        for name in names:
            if here.__class__ is not dict:
                return map_path(start, path)
            here = here.get(name, UNDEFINED)
        return here

    return read


def _after_positions(base: Closure, positions: tuple[int, ...], path: Segments) -> Closure:
    def read(bindings: Bindings) -> JSON:
        value, sequence = base(bindings), False
        for position in positions:
            value, sequence = _at(value, position)
        if sequence:
            value = value[0] if value else UNDEFINED
        return map_path(value, path) if path else value

    return read


def map_path(start: JSON, path: Segments) -> JSON:
    """The value of names, each with its positions, from a value on."""
    if start is UNDEFINED:
        return UNDEFINED
    values = start if isinstance(start, list) else [start]
    last = len(path) - 1
    for place, (name, positions) in enumerate(path):
        results: list[tuple[JSON, bool]] = []
        for each in values:
            found, sequence = _lookup(each, name)
            for position in positions:
                found, sequence = _at(found, position)
            if found is not UNDEFINED:
                results.append((found, sequence))
        if place == last and len(results) == 1:
            only, sequence = results[0]
            if isinstance(only, list) and not sequence:
                return only  # an array of the data stays as it is, one of one element, too
        values = []
        for found, _ in results:
            if isinstance(found, list):
                values.extend(found)
            else:
                values.append(found)
        if not values:
            return UNDEFINED
    return values[0] if len(values) == 1 else values


def _lookup(value: JSON, name: str) -> tuple[JSON, bool]:
    """A field of an object, or of all objects in an array; and whether the result is a sequence."""
    if isinstance(value, dict):
        return value.get(name, UNDEFINED), False
    if not isinstance(value, list):
        return UNDEFINED, False
    found = _lookup_all(value, name)
    if not found:
        return UNDEFINED, False
    return (found[0], False) if len(found) == 1 else (found, True)


def _lookup_all(values: list[JSON], name: str) -> list[JSON]:
    found: list[JSON] = []
    for each in values:
        if isinstance(each, dict):
            if name in each:
                inner = each[name]
                if isinstance(inner, list):
                    found.extend(inner)
                else:
                    found.append(inner)
        elif isinstance(each, list):
            found.extend(_lookup_all(each, name))
    return found


def _at(value: JSON, position: int) -> tuple[JSON, bool]:
    """A position of an array as an array of data, or as a sequence of at most one; and which of the two."""
    if value is UNDEFINED:
        return [], True
    values = value if isinstance(value, list) else [value]
    place = position + len(values) if position < 0 else position
    if not 0 <= place < len(values):
        return [], True
    found = values[place]
    return (found, False) if isinstance(found, list) else ([found], True)


# -- operators --------------------------------------------------------------------------------------------------------

_ARITHMETIC: dict[str, Callable[[float, float], float]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "%": math.fmod,
}
_ORDER: dict[str, Callable[[JSON, JSON], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def _binary(node: Binary) -> Closure:
    left, right, sign = closure(node.left), closure(node.right), node.operator
    match sign:
        case "and":
            return lambda bindings: truth(left(bindings)) and truth(right(bindings))
        case "or":
            return lambda bindings: truth(left(bindings)) or truth(right(bindings))
        case "=":
            return lambda bindings: are_equal(left(bindings), right(bindings))
        case "!=":
            return lambda bindings: are_unequal(left(bindings), right(bindings))
        case "&":
            return lambda bindings: joined(left(bindings), right(bindings))
        case "in":
            return lambda bindings: is_in(left(bindings), right(bindings))
        case "<" | "<=" | ">" | ">=":
            return lambda bindings: compared(sign, left(bindings), right(bindings))
        case _:
            return lambda bindings: computed(sign, left(bindings), right(bindings))


def are_equal(left: JSON, right: JSON) -> bool:
    """`=`: false where a side is undefined."""
    return left is not UNDEFINED and right is not UNDEFINED and equal(left, right)


def are_unequal(left: JSON, right: JSON) -> bool:
    """`!=`: false where a side is undefined, too."""
    return left is not UNDEFINED and right is not UNDEFINED and not equal(left, right)


def joined(left: JSON, right: JSON) -> str:
    """`&`: undefined counts as an empty text."""
    return ("" if left is UNDEFINED else text(left)) + ("" if right is UNDEFINED else text(right))


def is_in(left: JSON, right: JSON) -> bool:
    """`in`: whether the left side is an element of the right one, or equals it."""
    if left is UNDEFINED or right is UNDEFINED:
        return False
    return any(equal(left, each) for each in right) if isinstance(right, list) else equal(left, right)


def compared(sign: str, left: JSON, right: JSON) -> JSON:
    """An order of numbers or of texts; undefined where a side is."""
    for value in (left, right):
        if value is not UNDEFINED and not isinstance(value, str) and not is_number(value):
            message = f"The expressions either side of operator {sign} must evaluate to numeric or string values"
            raise EvaluationFault("T2010", message)
    if left is UNDEFINED or right is UNDEFINED:
        return UNDEFINED
    if isinstance(left, str) is not isinstance(right, str):
        values = f"{text(left)} and {text(right)}"
        raise EvaluationFault(
            "T2009", f"The values {values} either side of operator {sign} must be of the same data type"
        )
    return _ORDER[sign](left, right)


def computed(sign: str, left: JSON, right: JSON) -> JSON:
    """Arithmetic in doubles; undefined where a side is."""
    if left is not UNDEFINED and not is_number(left):
        raise EvaluationFault("T2001", f"The left side of the {sign} operator must evaluate to a number")
    if right is not UNDEFINED and not is_number(right):
        raise EvaluationFault("T2002", f"The right side of the {sign} operator must evaluate to a number")
    if left is UNDEFINED or right is UNDEFINED:
        return UNDEFINED
    try:
        return number(_ARITHMETIC[sign](float(left), float(right)))
    except (ZeroDivisionError, OverflowError, ValueError):
        raise EvaluationFault("D1001", "Number out of range") from None


def _negative(operand: Closure) -> Closure:
    def negative(bindings: Bindings) -> JSON:
        value = operand(bindings)
        if value is UNDEFINED:
            return UNDEFINED
        if not is_number(value):
            raise EvaluationFault("D1002", f"Cannot negate a non-numeric value: {text(value)}")
        return number(-float(value))

    return negative


def _condition(node: Condition) -> Closure:
    test, then = closure(node.test), closure(node.then)
    if node.otherwise is None:
        return lambda bindings: then(bindings) if truth(test(bindings)) else UNDEFINED
    otherwise = closure(node.otherwise)
    return lambda bindings: then(bindings) if truth(test(bindings)) else otherwise(bindings)


# -- constructors -----------------------------------------------------------------------------------------------------


def _array(node: Array) -> Closure:
    # The elements of an array become elements of the new one, unless the array is written out in it.
    items = [(closure(item), isinstance(item, Array)) for item in node.items]

    def array(bindings: Bindings) -> JSON:
        values: list[JSON] = []
        for item, nested in items:
            value = item(bindings)
            if value is UNDEFINED:
                continue
            if isinstance(value, list) and not nested:
                values.extend(value)
            else:
                values.append(value)
        return values

    return array


def _object(node: Object) -> Closure:
    pairs = [(closure(key), closure(value)) for key, value in node.pairs]

    def build(bindings: Bindings) -> JSON:
        groups: dict[str, Closure] = {}
        for key, value in pairs:
            name = key(bindings)
            if name is UNDEFINED:
                continue
            if not isinstance(name, str):
                raise EvaluationFault("T1003", f"Key in object structure must evaluate to a string; got: {text(name)}")
            if name in groups:
                raise EvaluationFault("D1009", f"Multiple key definitions evaluate to same key: {name}")
            groups[name] = value
        made = {name: value(bindings) for name, value in groups.items()}
        return {name: value for name, value in made.items() if value is not UNDEFINED}

    return build


# -- functions --------------------------------------------------------------------------------------------------------


def _count(value: JSON) -> JSON:
    if value is UNDEFINED:
        return 0
    return len(value) if isinstance(value, list) else 1


def _string(value: JSON) -> JSON:
    return UNDEFINED if value is UNDEFINED else text(value)


def _boolean(value: JSON) -> JSON:
    return UNDEFINED if value is UNDEFINED else truth(value)


def _not(value: JSON) -> JSON:
    return UNDEFINED if value is UNDEFINED else not truth(value)


_FUNCTIONS: dict[str, Callable[[JSON], JSON]] = {
    "exists": lambda value: value is not UNDEFINED,
    "count": _count,
    "string": _string,
    "boolean": _boolean,
    "not": _not,
}


def _invoke(node: Invoke) -> Closure:
    function = _FUNCTIONS.get(node.function)
    if function is None or len(node.arguments) != 1 or isinstance(node.arguments[0], Literal):
        raise Unsure
    argument = closure(node.arguments[0])
    name = node.function
    compute = function

    def invoke(bindings: Bindings) -> JSON:
        if name in bindings:
            raise Unsure  # a variable of this name hides the function
        return compute(argument(bindings))

    return invoke
