"""The intrinsic functions, evaluated with AWS's limits.

Source: Step Functions Developer Guide, "Intrinsic functions"; `measured` marks what recorded executions show, `assumed`
what public reports say or nobody has checked.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import math
import random
import uuid
from collections.abc import Callable
from decimal import Decimal
from typing import NoReturn

from sfdsl.jsonpath.errors import IntrinsicFailure
from sfdsl.jsonpath.functions import FUNCTIONS, MAX_RANGE, Parameter
from sfdsl.jsonpath.nodes import JSON, Argument, Call, Literal, Path, Placeholder, assert_never
from sfdsl.jsonpath.questions import kind

Randomness = random.Random
Runner = Callable[[JSON, JSON, JSON, "Randomness | None"], JSON]


class _Wrong(Exception):
    """Arguments that a function refuses."""


def runner(call: Call) -> Runner:
    """A call as a closure `(data, context, variables, randomness) -> value`."""
    function = FUNCTIONS.get(call.function)
    if function is None:
        return _failing(call, f"Invalid function {call.function}")
    given = len(call.arguments)
    if given < function.least or (function.most is not None and given > function.most):
        return _failing(call, f"Invalid number of arguments for {call.function}")
    name = call.function
    compute = _COMPUTE.get(name)
    parameters = [function.parameter(place) for place in range(given)]
    arguments = [_argument(each) for each in call.arguments]
    raw = call.arguments[0].raw if given and isinstance(call.arguments[0], Literal) else None

    def run(data: JSON, context: JSON, variables: JSON, randomness: Randomness | None) -> JSON:
        values = [each(data, context, variables, randomness) for each in arguments]
        try:
            for parameter, value in zip(parameters, values, strict=True):
                _check(parameter, value)
            if compute is not None:
                return compute(*values)
            if name == "States.Format":
                return _format(values[0] if raw is None else raw, values[1:])
            if name == "States.UUID":
                return str(uuid.UUID(int=_source(name, randomness).getrandbits(128), version=4))
            return _math_random(values, randomness)
        except _Wrong as wrong:
            raise IntrinsicFailure(call.text, f"Invalid arguments in {name}", str(wrong)) from None

    return run


def _failing(call: Call, message: str) -> Runner:
    def run(data: JSON, context: JSON, variables: JSON, randomness: Randomness | None) -> NoReturn:
        raise IntrinsicFailure(call.text, message)

    return run


def _argument(argument: Argument) -> Runner:
    match argument:
        case Literal():
            value = argument.value
            return lambda data, context, variables, randomness: value
        case Path():
            read = argument.read
            return lambda data, context, variables, randomness: read(data, context, variables)
        case Call():
            return argument.run
        case Placeholder():
            raise ValueError(f"the placeholder {argument.text} has no value before a template fills it in")
        case _:
            return assert_never(argument)


def _check(parameter: Parameter, value: JSON) -> None:
    if parameter.kinds and kind(value) not in parameter.kinds:
        raise _Wrong(f"the {parameter.name} is {kind(value)}")
    if parameter.allowed and value not in parameter.allowed:
        raise _Wrong(f"the {parameter.name} is {value!r}")
    if parameter.max_characters is not None and len(value) > parameter.max_characters:
        raise _Wrong(f"the {parameter.name} has {len(value)} characters; the limit is {parameter.max_characters}")


# -- numbers ----------------------------------------------------------------------------------------------------------


def _rounded(value: float) -> int:
    """To the nearest integer, halves up. Source: measured, test_math_add: -1.5 becomes -1, -2.5 becomes -2."""
    return value if isinstance(value, int) else math.floor(value + 0.5)


def _truncated(value: float) -> int:
    """Without its fraction. Source: assumed, public reports about ArrayPartition, ArrayRange and MathRandom."""
    return int(value)


def _math_add(left: float, right: float) -> int:
    first, second = _rounded(left), _rounded(right)
    total = first + second
    if not all(-(2**31) <= each < 2**31 for each in (first, second, total)):
        raise _Wrong("a number beyond 32 bits")
    return total


def _math_random(values: list[JSON], randomness: Randomness | None) -> int:
    """An integer from start up to, and without, end. With a seed the same each time, but not AWS's own number."""
    start, end = _truncated(values[0]), _truncated(values[1])
    if start >= end:
        raise _Wrong(f"the end {end} is not above the start {start}")
    source = random.Random(values[2]) if len(values) == 3 else _source("States.MathRandom", randomness)
    return source.randrange(start, end)


def _source(function: str, randomness: Randomness | None) -> Randomness:
    if randomness is None:
        raise ValueError(f"{function} needs a source of randomness: pass randomness=random.Random(...)")
    return randomness


# -- arrays -----------------------------------------------------------------------------------------------------------


def _partition(array: list[JSON], size: float) -> list[list[JSON]]:
    width = _truncated(size)
    if width < 1:
        raise _Wrong(f"a part of {width} elements")
    return [array[place : place + width] for place in range(0, len(array), width)]


def _range(first: float, last: float, step: float) -> list[int]:
    begin, end, stride = _truncated(first), _truncated(last), _truncated(step)
    if stride == 0:
        raise _Wrong("a step of 0")
    numbers = range(begin, end + (1 if stride > 0 else -1), stride)
    if len(numbers) > MAX_RANGE:
        raise _Wrong(f"{len(numbers)} elements; the limit is {MAX_RANGE}")
    return list(numbers)


def _get_item(array: list[JSON], index: float) -> JSON:
    place = _truncated(index)
    if not 0 <= place < len(array):
        raise _Wrong(f"index {place} of an array of {len(array)}")
    return array[place]


def _same(left: JSON, right: JSON) -> bool:
    """Equal as JSON: 1, 1.0 and true are three values. Source: assumed for 1 and 1.0, which differ in Java."""
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(_same(value, right[key]) for key, value in left.items())
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(_same, left, right))
    return type(left) is type(right) and left == right


def _unique(array: list[JSON]) -> list[JSON]:
    seen: dict[str, JSON] = {}
    for each in array:
        # The text of a value tells 1, 1.0 and true apart; comparing all with all would be quadratic.
        seen.setdefault(json.dumps(each, sort_keys=True), each)
    return list(seen.values())


# -- texts ------------------------------------------------------------------------------------------------------------


def _format(template: str, values: list[JSON]) -> str:
    """Fill `{}` one by one; a backslash takes the meaning from a brace, a quote or a backslash."""
    out: list[str] = []
    place = used = 0
    while place < len(template):
        char = template[place]
        following = template[place + 1 : place + 2]
        if char == "\\" and following and following in "'{}\\":
            out.append(following)
            place += 2
        elif char == "{" and following == "}":
            if used < len(values):
                out.append(java_text(values[used]))
            used += 1
            place += 2
        else:
            out.append(char)
            place += 1
    if used != len(values):
        raise _Wrong("number of arguments do not match the occurrences of {}")
    return "".join(out)


def java_text(value: JSON) -> str:
    """A value as Java prints it, which is what States.Format inserts: `{a=1, b=[x, null]}`.

    Source: measured, test_format_1 and test_format_2; assumed for doubles beyond 1.1.
    """
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case str():
            return value
        case float():
            return _java_double(value)
        case dict():
            return "{" + ", ".join(f"{key}={java_text(each)}" for key, each in value.items()) + "}"
        case list():
            return "[" + ", ".join(java_text(each) for each in value) + "]"
        case _:
            return str(value)


def _java_double(value: float) -> str:
    """Java's Double.toString: a power of ten below 0.001 and from 10,000,000 on."""
    if value == 0 or 1e-3 <= abs(value) < 1e7:
        return repr(value)
    sign, digits, shift = _digits(value)
    return f"{sign}{digits[0]}.{digits[1:] or '0'}E{shift}"


def _digits(value: float) -> tuple[str, str, int]:
    """Sign, shortest significant digits, and the power of ten of the first one."""
    _, digits, exponent = Decimal(repr(abs(value))).as_tuple()
    text = "".join(map(str, digits))
    return ("-" if value < 0 else ""), text.rstrip("0") or "0", int(exponent) + len(text) - 1


def _string_to_json(text: str) -> JSON:
    """Source: measured, test_string_to_json: an empty text gives null."""
    if not text.strip():
        return None
    try:
        return json.loads(text, parse_constant=_refuse, parse_float=_finite)
    except (ValueError, RecursionError):
        raise _Wrong("the text is not JSON") from None


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)


def _finite(written: str) -> float:
    number = float(written)
    if number in (float("inf"), float("-inf")):  # Python takes 1e999 for infinity, which JSON has no form for
        _refuse(written)
    return number


def _json_to_string(value: JSON) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def _split(text: str, delimiters: str) -> list[str]:
    """Split at every character of the second text; empty parts are left out. Source: measured, test_string_split."""
    parts: list[str] = []
    begin = 0
    for place, char in enumerate(text):
        if char in delimiters:
            parts.append(text[begin:place])
            begin = place + 1
    parts.append(text[begin:])
    return [part for part in parts if part]


def _base64_decode(text: str) -> str:
    try:
        return base64.b64decode(text, validate=True).decode("utf-8", "replace")
    except (binascii.Error, ValueError):
        raise _Wrong("the text is not base64") from None


def _hash(data: str, algorithm: str) -> str:
    return hashlib.new(algorithm.replace("-", "").lower(), data.encode(), usedforsecurity=False).hexdigest()


_COMPUTE: dict[str, Callable[..., JSON]] = {
    "States.Array": lambda *values: list(values),
    "States.ArrayPartition": _partition,
    "States.ArrayContains": lambda array, value: any(_same(each, value) for each in array),
    "States.ArrayRange": _range,
    "States.ArrayGetItem": _get_item,
    "States.ArrayLength": len,
    "States.ArrayUnique": _unique,
    "States.Base64Encode": lambda text: base64.b64encode(text.encode("utf-8", "replace")).decode(),
    "States.Base64Decode": _base64_decode,
    "States.Hash": _hash,
    "States.JsonMerge": lambda left, right, deep: {**left, **right},
    "States.JsonToString": _json_to_string,
    "States.MathAdd": _math_add,
    "States.StringSplit": _split,
    "States.StringToJson": _string_to_json,
}
