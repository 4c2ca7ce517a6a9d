"""The function that an expression becomes, and the error it raises."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from sfdsl.jsonata_text.nodes import JSON, Bindings

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
