"""JSONata fields compiled into functions: any JSON value whose strings may be `{% %}` expressions."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

from sfdsl import jsonata_text
from sfdsl.jsonata_text import QueryEvaluationError, evaluator
from sfdsl.simulate.errors import Failure, evaluation
from sfdsl.simulate.paths import InvalidText
from sfdsl.simulate.values import Json, kind, text

if TYPE_CHECKING:
    from sfdsl.simulate.frames import Frame

Query: TypeAlias = "Callable[[Frame, dict[str, Json]], Json]"
"""Called with the frame, for its variables, and with `$states`."""

_READS_CONTEXT = re.compile(r"context|\$states\s*(?![\s.\w])")


def query(value: Json, field: str) -> Query:
    """The function of a field; its name stands in causes and in `location`.

    Raises:
        InvalidText: An expression in it is not JSONata.
    """
    built = _query(value, field)
    if built is None:
        return lambda frame, states: value
    return built


def _query(value: Json, field: str) -> Query | None:
    """The function of a part of a field; None where it holds no expression."""
    if isinstance(value, str):
        return expression(value, field) if jsonata_text.is_expression(value) else None
    if isinstance(value, list):
        items = [(_query(item, f"{field}[{place}]"), item) for place, item in enumerate(value)]
        if all(part is None for part, _ in items):
            return None
        return lambda frame, states: [item if part is None else part(frame, states) for part, item in items]
    if isinstance(value, dict):
        fields = [(key, _query(item, f"{field}/{key}"), item) for key, item in value.items()]
        if all(part is None for _, part, _ in fields):
            return None
        return lambda frame, states: {key: item if part is None else part(frame, states) for key, part, item in fields}
    return None


def expression(written: str, field: str) -> Query:
    """The function of one `{% %}` text; it raises a States.QueryEvaluationError where AWS does."""
    problem = jsonata_text.check(written)
    if problem is not None:
        raise InvalidText(f"{field}: {problem.message} (at character {problem.position})")
    source = jsonata_text.expression(written)
    try:
        evaluate = evaluator(written)
    except ValueError as wrong:
        raise InvalidText(f"{field}: {wrong}") from None

    def value(frame: Frame, states: dict[str, Json]) -> Json:
        engine = frame.engine
        bindings = {**frame.variables, "states": states} if frame.variables else {"states": states}
        try:
            return evaluate(bindings, engine.random, int((engine.started_at + engine.now) * 1000))
        except QueryEvaluationError as failed:
            raise failure(source, field, failed.said) from None

    return value


def failure(source: str, field: str, what: str) -> Failure:
    """A States.QueryEvaluationError of an expression."""
    return evaluation(f"The JSONata expression '{source}' specified for the field '{field}' {what}", field)


def typed(written: Json, field: str, expected: str) -> Query:
    """The function of a field that must give a value of one JSON type, or `integer`."""
    read = query(written, field)
    source = (
        jsonata_text.expression(written) if isinstance(written, str) and jsonata_text.is_expression(written) else ""
    )

    def value(frame: Frame, states: dict[str, Json]) -> Json:
        result = read(frame, states)
        found = kind(result)
        if found == expected or (expected == "integer" and found == "number"):
            return result
        what = f"returned an unexpected result type. Expected '{expected}', but was '{found}' for value: {text(result)}"
        raise failure(source, field, what)

    return value


def reads_context(value: Json) -> bool:
    """Whether some expression in a value may read `$states.context`; true where that cannot be told."""
    if isinstance(value, str):
        return jsonata_text.is_expression(value) and _READS_CONTEXT.search(value) is not None
    if isinstance(value, list):
        return any(reads_context(item) for item in value)
    if isinstance(value, dict):
        return any(reads_context(item) for item in value.values())
    return False
