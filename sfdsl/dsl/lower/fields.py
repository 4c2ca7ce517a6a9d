"""Whether a field that is read is there, by what the API returns and by what the author declared."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sfdsl.diagnostics import Diagnostic, did_you_mean
from sfdsl.dsl.lower.paths import FieldPath
from sfdsl.dsl.pipeline import Pipeline
from sfdsl.dsl.rules import UnknownInputField, UnknownResultField
from sfdsl.dsl.schema import Schema
from sfdsl.dsl.steps import Step, Task

if TYPE_CHECKING:
    from sfdsl.aws.shapes import Shape

_SHOWN = 8  # fields that a hint lists


def check_result(path: FieldPath, producer: Step, reader: Step) -> Diagnostic | None:
    """A finding where the result of a task has no such field."""
    from sfdsl.aws.shapes import Kind

    shape = _shape_of(producer) if path else None
    for i, name in enumerate(path):
        while shape is not None and shape.kind is Kind.LIST:  # JSONata reads the field of each element
            shape = shape.element
        if shape is None or not shape.members:
            return None
        if name not in shape.members:
            where = f"{'.'.join(path[:i])!r} of the result" if i else "the result"
            known = list(shape.members)
            message = (
                f"step {reader.name!r} reads {'.'.join(path)!r} of {producer.name!r}, but {where} has no field {name!r}"
            )
            return UnknownResultField.finding(
                message, hint=_instead(name, known), origin=reader.origin, state=reader.name
            )
        shape = shape.members[name]
    return None


def reads_one(path: FieldPath, step: Step) -> bool:
    """Whether the fields that lead to a field of a task's result are objects, as far as the API tells."""
    from sfdsl.aws.shapes import Kind

    shape = _shape_of(step)
    for name in path[:-1]:
        if shape is None or name not in shape.members:
            return False
        shape = shape.members[name]
        if shape.kind is not Kind.STRUCTURE:
            return False
    return True


def check_input(path: FieldPath, pipeline: Pipeline, reader: Step) -> Diagnostic | None:
    """A finding where the declared input has no such field."""
    declared: Schema | None = pipeline.schema
    for i, name in enumerate(path):
        if declared is not None and declared.element is not None:  # JSONata reads the field of each element
            declared = declared.element
        if declared is None or declared.fields is None:
            return None
        if name not in declared.fields:
            where, read = ".".join(("input", *path[:i])), ".".join(("input", *path))
            message = f"step {reader.name!r} reads {read!r}, but {where!r} has no field {name!r}"
            hint = _instead(name, list(declared.fields)) if declared.fields else f"it is a {declared.name}"
            return UnknownInputField.finding(message, hint=hint, origin=reader.origin, state=reader.name)
        declared = declared.fields[name]
    return None


def _shape_of(step: Step) -> Shape | None:
    """What a task gives, where the API tells."""
    if not isinstance(step, Task):
        return None
    from sfdsl.aws.resource import ServiceTask, parse
    from sfdsl.aws.results import result_shape

    resource = parse(step.resource)
    return result_shape(resource) if isinstance(resource, ServiceTask) else None


def _instead(name: str, known: list[str]) -> str:
    shown = ", ".join(known[:_SHOWN]) + (", ..." if len(known) > _SHOWN else "")
    return did_you_mean(name, known) or f"its fields are {shown}"
