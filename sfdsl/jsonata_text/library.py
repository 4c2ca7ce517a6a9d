"""The thorough way of evaluation: jsonata-python with AWS's functions, and with what it gets wrong put right.

It is imported by the evaluator when the first expression needs it, and it alone imports jsonata-python.
"""

from __future__ import annotations

import copy
import hashlib
import json
import math
import random
import re
import uuid
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, NoReturn

from jsonata import functions as jsonata_functions
from jsonata.jexception import JException
from jsonata.jsonata import Jsonata
from jsonata.parser import Parser
from jsonata.signature import Signature
from jsonata.utils import Utils

from sfdsl.jsonata_text import compiled
from sfdsl.jsonata_text.nodes import JSON
from sfdsl.jsonata_text.values import UNDEFINED, EvaluationFault, NotJson, pretty, text

_TIME_LIMIT = 10_000  # milliseconds, for expressions that define functions and so may never end
_MOST_NUMBERS = 1_000_000
_ALGORITHMS = ("MD5", "SHA-1", "SHA-256", "SHA-384", "SHA-512")


class _Expression(Jsonata):  # type: ignore[misc]  # jsonata-python publishes no types
    """An expression whose operators treat numbers, texts and membership as JSONata's specification has it."""

    def evaluate_numeric_expression(self, lhs: Any, rhs: Any, op: str) -> Any:
        return _in(_fault(lambda: compiled.computed(op, _out(lhs), _out(rhs))))

    def evaluate_equality_expression(self, lhs: Any, rhs: Any, op: str) -> Any:
        compare = compiled.are_equal if op == "=" else compiled.are_unequal
        return compare(_plain(_out(lhs)), _plain(_out(rhs)))

    def evaluate_includes_expression(self, lhs: Any, rhs: Any) -> Any:
        return compiled.is_in(_plain(_out(lhs)), _plain(_out(rhs)))

    def evaluate_string_concat(self, lhs: Any, rhs: Any) -> str:
        return str(_fault(lambda: compiled.joined(_plain(_out(lhs)), _plain(_out(rhs)))))

    def apply_inner(self, proc: Any, args: Any, input: Any, environment: Any) -> Any:
        if not _is_function(proc):
            raise JException("T1006")  # jsonata-python prints as well
        return super().apply_inner(proc, args, input, environment)

    def evaluate_range_expression(self, lhs: Any, rhs: Any) -> Any:
        found = super().evaluate_range_expression(_whole(lhs), _whole(rhs))
        # jsonata-python's lazy range has the wrong length.
        return None if found is None else Utils.create_sequence_from_iter(iter(found))


def evaluate(source: str, bindings: Mapping[str, JSON], randomness: random.Random | None, millis: int | None) -> JSON:
    """The value of an expression, as plain JSON that shares nothing with the bindings; `UNDEFINED` where it has none.

    Args:
        source: The expression, without its delimiters.
        bindings: Values of variables by name, `states` among them.
        randomness: For `$random`, `$uuid` and `$shuffle`; None for the operating system's.
        millis: What the clock says, in milliseconds since 1970, for `$now` and `$millis`; None for the true time.

    Raises:
        EvaluationFault: JSONata fails.
        NotJson: The value is a function, or holds one.
    """
    expression = _parsed(source)
    if expression.timeout is not None:
        # Else the time would count from when the expression was parsed, and one that is kept would fail ever after.
        expression.environment.set_runtime_bounds(expression.timeout, None)
    # jsonata-python keeps the expression that was built last as the current one.
    Jsonata.CURRENT.jsonata = expression
    frame: dict[str, Any] = {}
    if randomness is not None:
        frame.update(_random_functions(randomness))
    if millis is not None:
        frame.update(_clock(millis))
    for name, given_value in bindings.items():
        if name == "states" and isinstance(given_value, dict) and (fields := _fields_of_states(source)) is not None:
            frame[name] = {field: _deep_in(each) for field, each in given_value.items() if field in fields}
        elif name in source:
            frame[name] = _deep_in(given_value)
    try:
        value = expression.evaluate(None, frame)
    except EvaluationFault:
        raise
    except JException as fault:
        raise EvaluationFault(str(fault.error), _message(fault)) from None
    except RecursionError:
        raise EvaluationFault("D1011", "Stack overflow. Check for non-terminating recursive function") from None
    except (ArithmeticError, ValueError, TypeError, AttributeError, IndexError, KeyError, re.error) as fault:
        # Where JavaScript coerces a value of another type, jsonata-python runs into a Python error.
        raise EvaluationFault("T0410", f"a function does not take its arguments ({fault})") from None
    return _deep_out(value)


@lru_cache(maxsize=4096)
def _parsed(source: str) -> _Expression:
    may_run_on = "function" in source or "λ" in source
    try:
        expression = _Expression(source, timeout=_TIME_LIMIT if may_run_on else None)
    except re.error as fault:
        raise EvaluationFault("D3137", f"the regular expression is beyond what Python's re knows: {fault}") from None
    expression.environment.parent = _library()
    expression.set_output_convert_nulls(False)
    expression.set_validate_input(False)
    return expression


@lru_cache(maxsize=4096)
def _fields_of_states(source: str) -> frozenset[str] | None:
    """The fields of `$states` that an expression can read, so that the rest is not copied; None for all of them."""
    found = [match[1] for match in re.finditer(r"\$states\b(?:\s*\.\s*(\w+))?", source)]
    return frozenset(found) if all(found) else None


def _message(fault: JException) -> str:
    """JSONata's message. jsonata-python says "Object" where JavaScript says "function"."""
    return str(fault).replace(" Object ", " function ")


# -- values -----------------------------------------------------------------------------------------------------------


def _in(value: JSON) -> Any:
    """One of our values as jsonata-python's: undefined is its None, and null an object of its own."""
    if value is UNDEFINED:
        return None
    return Utils.NULL_VALUE if value is None else value


def _out(value: Any) -> JSON:
    if value is None:
        return UNDEFINED
    return None if value is Utils.NULL_VALUE else value


def _deep_in(value: JSON) -> Any:
    if value is None:
        return Utils.NULL_VALUE
    if isinstance(value, dict):
        return {key: _deep_in(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_deep_in(each) for each in value]
    return value


def _plain(value: Any) -> JSON:
    """A value with plain nulls inside it, for texts; functions stay what they are."""
    if value is Utils.NULL_VALUE:
        return None
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    if _is_function(value):
        return ""
    return value


def _is_function(value: Any) -> bool:
    return isinstance(value, Parser.Symbol) or Utils.is_function(value) or jsonata_functions.Functions.is_regex(value)


def _deep_out(value: Any) -> JSON:
    if value is None:
        return UNDEFINED
    return _result(value)


def _result(value: Any) -> JSON:
    if value is Utils.NULL_VALUE or value is None:
        return None
    if isinstance(value, dict):
        return {key: _result(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_result(each) for each in value]
    if isinstance(value, str | bool | int):
        return value
    if isinstance(value, float):
        if not math.isfinite(value):
            raise EvaluationFault("D1001", f"Number out of range: {value}")
        return value
    raise NotJson


def _whole(value: Any) -> Any:
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _fault(compute: Callable[[], JSON]) -> JSON:
    """What `compute` gives; its fault as jsonata-python's exception, which passes through its evaluator."""
    try:
        return compute()
    except EvaluationFault as fault:
        raise _JFault(fault) from None


class _JFault(JException):  # type: ignore[misc]  # jsonata-python publishes no types
    """A fault of ours on its way through jsonata-python's evaluator, which hands on its own exceptions only."""

    def __init__(self, fault: EvaluationFault) -> None:
        RuntimeError.__init__(self, fault.message)
        self.error = fault.code
        self.location = -1
        self.current = self.expected = self.extra = None


# -- functions --------------------------------------------------------------------------------------------------------


class _Signature(Signature):  # type: ignore[misc]  # jsonata-python publishes no types
    """A signature for which null is a value; jsonata-python takes it for a missing argument."""

    def get_symbol(self, value: Any) -> str:
        return "l" if value is Utils.NULL_VALUE else str(super().get_symbol(value))


class _Function(Jsonata.JFunction):  # type: ignore[misc]  # jsonata-python publishes no types
    """A function of ours, with JSONata's own check of its arguments."""

    def __init__(self, name: str, signature: str, function: Callable[..., Any]) -> None:
        super().__init__(Jsonata.JLambda(self.padded), None)
        self.signature = _Signature(signature, name)
        self.function_name = name
        self.implementation = function

    def padded(self, *given: Any) -> Any:
        missing = self.get_number_of_args() - len(given)
        return self.implementation(*given, *[None] * missing)

    def get_number_of_args(self) -> int:
        return int(self.signature.get_number_of_args())


@lru_cache(maxsize=1)
def _library() -> Any:
    """The frame of all functions: JSONata's, and AWS's in place of and beside them.

    Source: Step Functions Developer Guide, "JSONata functions provided by Step Functions".
    """
    frame = Jsonata.Frame(Jsonata.static_frame)
    for name, native in Jsonata.static_frame.bindings.items():
        function = copy.copy(native)
        function.signature = copy.copy(native.signature)
        function.signature.__class__ = _Signature
        frame.bind(name, function)
    ours = [
        _Function("partition", "<an:a>", _partition),
        _Function("range", "<nnn:a>", _range),
        _Function("hash", "<ss:s>", _hash),
        _Function("parse", "<s:x>", _parse),
        _Function("string", "<x-b?:s>", _string),
    ]
    for each in ours:
        frame.bind(each.function_name, each)
    for name, function in _random_functions(random.SystemRandom()).items():
        frame.bind(name, function)
    frame.bind("eval", None)  # Step Functions has none; as undefined it is "a non-function"
    return frame


def _random_functions(randomness: random.Random) -> dict[str, Any]:
    def draw(seed: Any) -> float:
        return (randomness if seed is None else random.Random(seed)).random()

    def shuffled(array: Any) -> Any:
        return None if array is None else randomness.sample(array, len(array))

    def identifier() -> str:
        return str(uuid.UUID(int=randomness.getrandbits(128), version=4))

    return {
        "random": _Function("random", "<n?:n>", draw),
        "uuid": _Function("uuid", "<:s>", identifier),
        "shuffle": _Function("shuffle", "<a:a>", shuffled),
    }


def _clock(millis: int) -> dict[str, Any]:
    convert = jsonata_functions.Functions.datetime_from_millis
    return {
        "now": _Function("now", "<s?s?:s>", lambda picture, timezone: convert(millis, picture, timezone)),
        "millis": _Function("millis", "<:n>", lambda: millis),
    }


def _string(value: Any, prettify: Any) -> Any:
    if value is None:
        return None
    plain = _plain(value)
    return _fault(lambda: text(plain) if isinstance(plain, str) or not prettify else pretty(plain))


def _refuse(function: str, what: str) -> NoReturn:
    raise _JFault(EvaluationFault("T0410", f"${function}: {what}"))


def _partition(array: Any, size: Any) -> Any:
    """Source: measured, the recorded executions test_array_partition; a result of one part stays an array of arrays."""
    if array is None or size is None:
        return None
    width = math.floor(size)
    if width < 1:
        _refuse("partition", f"a part of {width} elements")
    return [list(array[place : place + width]) for place in range(0, len(array), width)]


def _range(first: Any, last: Any, delta: Any) -> Any:
    """Source: measured, the recorded executions test_array_range; a range of one number is that number."""
    if first is None or last is None or delta is None:
        return None
    begin, end, step = math.floor(first), math.floor(last), math.floor(delta)
    if step == 0:
        _refuse("range", "a step of 0")
    numbers = range(begin, end + (1 if step > 0 else -1), step)
    if len(numbers) > _MOST_NUMBERS:
        _refuse("range", f"{len(numbers)} numbers")
    return Utils.create_sequence_from_iter(numbers)


def _hash(data: Any, algorithm: Any) -> Any:
    if data is None or algorithm is None:
        return None
    if algorithm not in _ALGORITHMS:
        _refuse("hash", f"the algorithm must be one of {', '.join(_ALGORITHMS)}, not {algorithm}")
    return hashlib.new(algorithm.replace("-", "").lower(), data.encode(), usedforsecurity=False).hexdigest()


def _parse(source: Any) -> Any:
    """Source: measured, the recorded executions test_parse."""
    if source is None:
        return None
    try:
        return _deep_in(json.loads(source, parse_constant=_no_constant))
    except (ValueError, RecursionError):
        _refuse("parse", "the text is not JSON")


def _no_constant(constant: str) -> NoReturn:
    raise ValueError(constant)
