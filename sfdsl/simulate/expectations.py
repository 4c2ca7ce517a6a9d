"""Whether the result of a mock can come from the service that it plays.

The words are those with which TestState refuses a mock. Source: measured, the recorded TestState calls.
"""

from __future__ import annotations

from collections.abc import Iterator

from sfdsl.aws import resource as resources
from sfdsl.aws.arguments import botocore_operation
from sfdsl.aws.integrations import optimized
from sfdsl.aws.resource import ServiceTask
from sfdsl.aws.results import result_shape
from sfdsl.aws.shapes import Kind, Shape, Spelling
from sfdsl.diagnostics import near
from sfdsl.simulate.values import Json, kind

_TYPES = {
    Kind.STRUCTURE: ("object", "an object"),
    Kind.LIST: ("array", "an array"),
    Kind.MAP: ("object", "an object"),
    Kind.STRING: ("string", "a string"),
    Kind.INTEGER: ("number", "a number"),
    Kind.NUMBER: ("number", "a number"),
    Kind.BOOLEAN: ("boolean", "a boolean"),
    Kind.TIMESTAMP: ("string", "a string"),
    Kind.BLOB: ("string", "a string"),
}


def result_problems(resource: str, result: Json, *, required: bool = False) -> Iterator[str]:
    """What is wrong with the result of a call, by the output shape of its operation in botocore.

    Args:
        resource: The Task's Resource.
        result: What the mock gives.
        required: Whether fields that the operation always gives must be there.
    """
    parsed = resources.parse(resource)
    shape = result_shape(parsed)
    if shape is None:
        return
    must = always_given(parsed) if required and isinstance(parsed, ServiceTask) else ()
    if isinstance(result, dict):
        for name in must:
            if name not in result:
                yield f"Required field '{name}' is missing"
    yield from _problems(shape, result, "result")


def always_given(task: ServiceTask) -> tuple[str, ...]:
    """Fields of the output that botocore's model requires, as ASL spells them."""
    shape = result_shape(task)
    if task.sdk or shape is None:
        return shape.required if shape is not None else ()
    api = optimized(task.service, task.api)
    operation = botocore_operation(api.operation) if api is not None and api.operation is not None else None
    if operation is None or task.pattern.waits:
        return ()
    return tuple(name for name in operation.shape("output", Spelling.API).required if name in shape.members)


def unknown_fields(resource: str, result: Json) -> Iterator[str]:
    """Fields of a result that the operation does not have, with what may be meant."""
    shape = result_shape(resources.parse(resource))
    if shape is not None:
        yield from _unknown(shape, result, "")


def _problems(shape: Shape, value: Json, name: str) -> Iterator[str]:
    if shape.kind is Kind.ANY or value is None:
        return
    wanted, words = _TYPES[shape.kind]
    if kind(value) != wanted:
        if kind(value) not in shape.also:
            yield f"Field '{name}' must be {words}"
        return
    if isinstance(value, dict):
        for key, item in value.items():
            below = shape.members.get(key) if shape.kind is Kind.STRUCTURE else shape.element
            if below is not None:
                yield from _problems(below, item, key)
        return
    if isinstance(value, list):
        if shape.element is not None:
            for item in value:
                yield from _problems(shape.element, item, name)
    elif shape.enum and value not in shape.enum:
        yield f"Field '{name}' is not an expected value"
    yield from _sizes(shape, value, name)


def _sizes(shape: Shape, value: Json, name: str) -> Iterator[str]:
    numeric = wanted_number(shape)
    if not numeric and not isinstance(value, str | list):
        return
    measure = value if numeric else len(value)
    if shape.minimum is not None and measure < shape.minimum:
        yield f"Field '{name}' is {'less than the minimum value' if numeric else 'smaller than the minimum length'}"
    if shape.maximum is not None and measure > shape.maximum:
        yield f"Field '{name}' is {'greater than the maximum value' if numeric else 'larger than the maximum length'}"


def wanted_number(shape: Shape) -> bool:
    """Whether a shape is a number."""
    return shape.kind in (Kind.INTEGER, Kind.NUMBER)


def _unknown(shape: Shape, value: Json, where: str) -> Iterator[str]:
    if isinstance(value, dict):
        for key, item in value.items():
            at = f"{where}.{key}" if where else key
            if shape.kind is Kind.STRUCTURE and key not in shape.members:
                if not shape.open:
                    meant = shape.spelled(key) or near(key, shape.members)
                    yield f"{at} is no field of the result" + (f"; did you mean {meant}?" if meant else "")
                continue
            below = shape.members.get(key) if shape.kind is Kind.STRUCTURE else shape.element
            if below is not None:
                yield from _unknown(below, item, at)
    elif isinstance(value, list) and shape.element is not None:
        for place, item in enumerate(value):
            yield from _unknown(shape.element, item, f"{where}[{place}]")
