"""Values of expressions: the quick way where it knows the form, jsonata-python elsewhere."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from sfdsl.jsonata_text.compiled import Closure, closure
from sfdsl.jsonata_text.nodes import JSON, Bindings, Constant, Unsure
from sfdsl.jsonata_text.outcome import Evaluator, QueryEvaluationError
from sfdsl.jsonata_text.scanner import scan
from sfdsl.jsonata_text.values import UNDEFINED, EvaluationFault, NotJson

if TYPE_CHECKING:
    from random import Random


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
