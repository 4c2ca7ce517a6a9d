"""The value of an `Assign` as each query language writes it."""

from __future__ import annotations

from typing import Any

from attrs import frozen

from sfdsl.dsl.lower.paths import FieldPath
from sfdsl.jsonata import Reference, Resolved, dotted, quote, render
from sfdsl.model.fields import Json
from sfdsl.model.workflow import JSONPATH


@frozen
class Read:
    """A field of the result, the input or the caught error, as each query language reads it.

    Attributes:
        jsonata: The expression.
        jsonpath: The path.
        missing: Whether it is no fault if the field is not there; the object around it is then built in one
            expression, which leaves missing fields out. Source: JSONata 2.0 documentation, object constructors.
    """

    jsonata: str
    jsonpath: str = ""
    missing: bool = False


def jsonpath(path: FieldPath, base: str = "$") -> str:
    """A JSONPath to a field."""
    return base + "".join(f".{name}" if _is_plain(name) else f"[{_quoted(name)}]" for name in path)


def _is_plain(name: str) -> bool:
    return name.isascii() and name.replace("_", "a").isalnum()


def _quoted(name: str) -> str:
    escaped = name.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def assign(assignments: dict[str, Any], language: str) -> dict[str, Json]:
    """The value of an `Assign`.

    Args:
        assignments: By variable its value, JSON with a `Read` wherever something is read.
        language: Of the state.
    """
    if language == JSONPATH:
        return _in_jsonpath(assignments)
    return {name: spelled(value) for name, value in assignments.items()}


def spelled(value: Any) -> Json:
    """JSON with every `Read` as an expression."""
    if isinstance(value, Read):
        return "{% " + value.jsonata + " %}"
    if not isinstance(value, dict):
        return value
    if any(isinstance(item, Read) and item.missing for item in value.values()):
        return "{% " + _constructed(value) + " %}"
    return {key: spelled(item) for key, item in value.items()}


def _in_jsonpath(value: dict[str, Any]) -> dict[str, Json]:
    written: dict[str, Json] = {}
    for key, item in value.items():
        if isinstance(item, Read):
            written[f"{key}.$"] = item.jsonpath
        else:
            written[key] = _in_jsonpath(item) if isinstance(item, dict) else item
    return written


def _constructed(value: Any) -> str:
    """JSON with `Read` in it as one JSONata expression."""
    if isinstance(value, Read):
        return value.jsonata
    if isinstance(value, dict):
        return "{" + ", ".join(f"{quote(key)}: {_constructed(item)}" for key, item in value.items()) + "}"
    return render(value, _nothing)


def _nothing(reference: Reference, path: FieldPath) -> Resolved:
    raise AssertionError(f"{reference!r} was resolved before")


def read_each(path: FieldPath) -> Read:
    """A field of each element of a result that is a list."""
    if not path:
        return Read(jsonata="$states.result", jsonpath="$")
    return Read(jsonata=f"[{dotted('$states.result', path)}]", jsonpath=jsonpath(path, "$[*]"))


def caught(state: str, path: FieldPath) -> Any:
    """A part of the caught error as a catcher assigns it; all three parts for ()."""
    # An error may come without a Cause, which is null then, or missing: a text all the same.
    cause = "$type($states.errorOutput.Cause) = 'string' ? $states.errorOutput.Cause : ''"
    parts = {
        "Error": Read(jsonata="$states.errorOutput.Error", jsonpath="$.Error"),
        "Cause": Read(jsonata=cause, jsonpath="$.Cause"),
        "State": state,
    }
    return parts if not path else parts[path[0]]
