"""What a JSONata text `{% ... %}` of a definition says: its syntax, what it reads and calls, its value.

Common forms are read by a scanner of our own in some microseconds; the rest goes to jsonata-python, which is also the
judge of the syntax. Source of the rules: Step Functions Developer Guide, "Transforming data with JSONata".
"""

from __future__ import annotations

from functools import lru_cache

from sfdsl.jsonata_text.builtins import BUILTINS, Builtin
from sfdsl.jsonata_text.nodes import JSON, Called, Constant, Facts, Problem, Unsure
from sfdsl.jsonata_text.outcome import Evaluator, QueryEvaluationError
from sfdsl.jsonata_text.quick import quick_facts

__all__ = [
    "BUILTINS",
    "JSON",
    "Builtin",
    "Called",
    "Constant",
    "Evaluator",
    "Facts",
    "Problem",
    "QueryEvaluationError",
    "check",
    "evaluator",
    "expression",
    "facts",
    "half_delimited",
    "is_expression",
]

OPEN, CLOSE = "{%", "%}"


def is_expression(text: str) -> bool:
    """Whether AWS evaluates a text: it begins with `{%` and ends with `%}`, and no white space stands outside."""
    return len(text) >= 4 and text.startswith(OPEN) and text.endswith(CLOSE)


def half_delimited(text: str) -> bool:
    """Whether a text has one of the two delimiters and lacks the other."""
    return text.startswith(OPEN) is not text.endswith(CLOSE) or text == "{%}"


def expression(text: str) -> str:
    """The expression of a text, without delimiters and the white space inside them.

    Raises:
        ValueError: The text is no expression.
    """
    if not is_expression(text):
        raise ValueError(f"not a JSONata text: {text!r}")
    return text[2:-2].strip(" \t\n\r")


def check(text: str) -> Problem | None:
    """What is wrong with the syntax of a text; None for a right one, and for one that AWS takes literally."""
    if half_delimited(text):
        if text.startswith(OPEN):
            return Problem(len(text), "an expression is not closed", "end it with %}")
        return Problem(0, "a text ends with %} and does not begin with {%", "begin it with {%")
    if not is_expression(text):
        return None
    result = _facts(text)
    return result if isinstance(result, Problem) else None


def facts(text: str) -> Facts:
    """What a text reads and calls; nothing for one that AWS takes literally, and for one that `check` refuses."""
    if not is_expression(text):
        return _NOTHING
    result = _facts(text)
    return result if isinstance(result, Facts) else _NOTHING


def evaluator(text: str) -> Evaluator:
    """A text as a function `(bindings, randomness=None, millis=None) -> value`; the same text gives the same function.

    Raises:
        ValueError: The text is no expression, `check` refuses it, or a placeholder `${Name}` in it is not filled in.
    """
    source = expression(text)
    if problem := check(text):
        raise ValueError(f"{problem.message} (at character {problem.position})")
    from sfdsl.jsonata_text import evaluation, thorough

    if thorough.fill_placeholders(source) != source:
        raise ValueError(f"a placeholder of this text is not filled in: {text!r}")
    return evaluation.evaluator_of(source)


_NOTHING = Facts()


@lru_cache(maxsize=20_000)
def _facts(text: str) -> Facts | Problem:
    try:
        return quick_facts(text)
    except Unsure:
        pass
    from sfdsl.jsonata_text import thorough

    try:
        return thorough.facts(text[2:-2], 2)
    except thorough.SyntaxFault as fault:
        return fault.problem
