"""Values of expressions: the quick way where it knows the form, jsonata-python elsewhere."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Protocol

from sfdsl.jsonata_text.compiled import Closure, closure
from sfdsl.jsonata_text.nodes import JSON, Bindings, Constant, Unsure
from sfdsl.jsonata_text.scanner import scan
from sfdsl.jsonata_text.values import UNDEFINED, EvaluationFault, NotJson

if TYPE_CHECKING:
    from random import Random


class QueryEvaluationError(Exception):
    """An expression that fails, or gives nothing, or something that is no JSON.

    Attributes:
        expression: Without its delimiters.
        said: The end of AWS's sentence: `returned nothing (undefined).`, `returned an unsupported result type.` or
            `threw an error during evaluation. T1006: Attempted to invoke a non-function`. Before it stands
            `The JSONata expression '...' specified for the field '...' `. Source: measured, recorded causes.
        code: JSONata's code of the error, such as T1006; empty where there is none.
    """

    error = "States.QueryEvaluationError"

    def __init__(self, expression: str, said: str, code: str = "") -> None:
        super().__init__(f"The JSONata expression '{expression}' {said}")
        self.expression = expression
        self.said = said
        self.code = code


class Evaluator(Protocol):
    """An expression as a function."""

    def __call__(self, bindings: Bindings, randomness: Random | None = None, millis: int | None = None) -> JSON:
        """The value of the expression, as JSON; it may share parts with the bindings.

        Args:
            bindings: Values of variables by their names without `$`; `states` is one of them.
            randomness: For `$random`, `$uuid` and `$shuffle`; None for the operating system's.
            millis: What the clock says, in milliseconds since 1970, for `$now` and `$millis`; None for the true time.

        Raises:
            QueryEvaluationError: It fails, gives nothing, or gives something that is no JSON.
        """


@lru_cache(maxsize=20_000)
def evaluator_of(source: str) -> Evaluator:
    """The function of an expression without its delimiters."""
    quick = _quick(source)

    def evaluate(bindings: Bindings, randomness: Random | None = None, millis: int | None = None) -> JSON:
        try:
            if quick is None:
                value = _thorough(source, bindings, randomness, millis)
            else:
                try:
                    value = quick(bindings)
                except Unsure:
                    value = _thorough(source, bindings, randomness, millis)
        except EvaluationFault as fault:
            said = f"threw an error during evaluation. {fault.code}: {fault.message}"
            raise QueryEvaluationError(source, said, fault.code) from None
        except NotJson:
            raise QueryEvaluationError(source, "returned an unsupported result type.") from None
        if value is UNDEFINED:
            raise QueryEvaluationError(source, "returned nothing (undefined).")
        return value

    return evaluate


def _quick(source: str) -> Closure | None:
    try:
        return closure(scan(source).node)
    except Unsure:
        return None


def _thorough(source: str, bindings: Bindings, randomness: Random | None, millis: int | None) -> JSON:
    from sfdsl.jsonata_text import library

    return library.evaluate(source, bindings, randomness, millis)


def constant_of(source: str) -> Constant | None:
    """The value of an expression that reads and calls nothing; None where it fails or gives none."""
    try:
        return Constant(evaluator_of(source)({}))
    except QueryEvaluationError:
        return None
