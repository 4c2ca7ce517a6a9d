"""What a pipeline's input looks like, as an author declares it: types, TypedDict, attrs class or JSON Schema."""

from __future__ import annotations

import typing
from collections.abc import Mapping
from typing import Any, NamedTuple

from sfdsl.dsl.errors import DeclarationError


class Schema(NamedTuple):
    """A declared shape.

    Attributes:
        fields: By name; None where any field may be read.
        element: Of an array, or of a mapping with free keys; None where unknown.
        name: How messages name the type.
    """

    fields: Mapping[str, Schema] | None = None
    element: Schema | None = None
    name: str = "any JSON"


ANY = Schema()


def schema(declared: Any) -> Schema:
    """The shape that a declaration describes.

    Args:
        declared: None (anything), a type, a mapping of names to types, a TypedDict, an attrs class or dataclass, or a
            JSON Schema.

    Raises:
        DeclarationError: It is none of these.
    """
    if declared is None or declared is Any or declared is object:
        return ANY
    if isinstance(declared, Mapping):
        if isinstance(declared.get("type"), (str, list)) or "$schema" in declared or "properties" in declared:
            return _json_schema(declared)
        return Schema(fields={str(key): schema(value) for key, value in declared.items()}, name="object")
    if isinstance(declared, type):
        return _class(declared)
    origin, arguments = typing.get_origin(declared), typing.get_args(declared)
    if origin in (list, tuple, set, typing.Sequence) or str(origin).endswith("Sequence'>"):
        return Schema(element=schema(arguments[0]) if arguments else ANY, fields={}, name="array")
    if origin is dict or str(origin).endswith("Mapping'>"):
        return Schema(element=schema(arguments[1]) if len(arguments) > 1 else ANY, name="object")
    if origin is typing.Literal:
        return schema(type(arguments[0]))
    if origin is not None:  # a union, Required, NotRequired, Annotated: what any of its members has, may be read
        members = [schema(argument) for argument in arguments if argument is not type(None)]
        return members[0] if len(members) == 1 else ANY
    raise DeclarationError(
        f"{declared!r} does not describe an input",
        'write input={"day": str, "items": list}, a TypedDict or a JSON Schema',
    )


def _class(declared: type) -> Schema:
    simple = {str: "text", int: "number", float: "number", bool: "boolean", type(None): "null"}
    if declared in simple:
        return Schema(fields={}, name=simple[declared])
    if declared in (dict, Mapping):
        return ANY
    if declared in (list, tuple, set):
        return Schema(fields={}, element=ANY, name="array")
    try:
        hints = typing.get_type_hints(declared)
    except NameError as unknown:
        raise DeclarationError(
            f"the input type {declared.__name__} names a type that is not there: {unknown}"
        ) from unknown
    if hints:
        return Schema(fields={key: schema(value) for key, value in hints.items()}, name=declared.__name__)
    raise DeclarationError(
        f"the type {declared.__name__} has no fields", 'write input={"day": str}, a TypedDict or an attrs class'
    )


def _json_schema(declared: Mapping[str, Any]) -> Schema:
    kind = declared.get("type")
    properties = declared.get("properties")
    if isinstance(properties, Mapping) and declared.get("additionalProperties", False) is False:
        return Schema(fields={key: _json_schema(value) for key, value in properties.items()}, name="object")
    if isinstance(properties, Mapping) or kind == "object" or not isinstance(kind, str):
        return ANY
    if kind == "array":
        items = declared.get("items")
        return Schema(fields={}, element=_json_schema(items) if isinstance(items, Mapping) else ANY, name="array")
    return Schema(fields={}, name={"string": "text", "integer": "number"}.get(kind, kind))
