"""JSONPath fields compiled into functions: paths, payload templates, and what ResultPath does.

A reader is called with what `$` stands for and the frame that gives `$$` and the variables.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

from sfdsl.jsonpath import (
    Call,
    Index,
    IntrinsicFailure,
    Name,
    Node,
    Path,
    PathMismatch,
    PathNotFound,
    Placeholder,
    Root,
    SyntaxProblem,
    context_paths,
    evaluate,
    insert,
    parse,
    problems,
)
from sfdsl.simulate.errors import INTRINSIC, REFERENCE_PATH, RESULT_PATH, RUNTIME, Failure
from sfdsl.simulate.values import Json, text

if TYPE_CHECKING:
    from sfdsl.simulate.frames import Frame

Reader: TypeAlias = "Callable[[Json, Frame], Json]"
Writer: TypeAlias = "Callable[[Json, Json], Json]"


_PLACEHOLDER = re.compile(r"\$\{([^{}]+)\}")


class InvalidText(ValueError):
    """A path, template, expression or number that AWS would not have accepted."""


def unfilled(written: str) -> str:
    """What to say of a value that only a template's placeholder could make right; empty where there is none."""
    found = _PLACEHOLDER.search(written)
    return f"; fill it in: substitutions={{{found[1]!r}: ...}}" if found is not None else ""


def reader(written: str) -> Reader:
    """The function of a path or intrinsic call.

    The function raises `PathNotFound` where a path finds nothing, and `IntrinsicFailure`.

    Raises:
        InvalidText: The text is neither.
    """
    node = parsed(written)
    if isinstance(node, Path):
        read = node.read
        if node.root is Root.DATA:
            if not node.steps:
                return lambda data, frame: data
            if not context_paths(node):
                return lambda data, frame: read(data, None, frame.variables)
        elif node.root is not Root.CONTEXT and not context_paths(node):
            return lambda data, frame: read(data, None, frame.variables)
        return lambda data, frame: read(data, frame.context(), frame.variables)
    if context_paths(node):
        return lambda data, frame: evaluate(node, data, frame.context(), frame.variables, frame.engine.random)
    return lambda data, frame: evaluate(node, data, None, frame.variables, frame.engine.random)


def path(written: str) -> Reader:
    """The function of a path in a field such as InputPath; what it does not find is a States.Runtime error."""
    read = reader(written)

    def value(data: Json, frame: Frame) -> Json:
        try:
            return read(data, frame)
        except PathNotFound as missing:
            raise Failure(RUNTIME, str(missing)) from None
        except IntrinsicFailure as failed:
            raise intrinsic_failure(failed) from None

    return quick(written, value)


def quick(written: str, thorough: Reader) -> Reader:
    """A reader of fields by their names, as most paths are, which leaves to the thorough one whatever goes wrong."""
    node = parsed(written)
    if not isinstance(node, Path) or node.root is not Root.DATA:
        return thorough
    names = [step.name for step in node.steps if isinstance(step, Name)]
    if not names or len(names) != len(node.steps):
        return thorough
    if len(names) == 1:
        name = names[0]

        def field(data: Json, frame: Frame) -> Json:
            try:
                return data[name]
            except (KeyError, TypeError):
                return thorough(data, frame)

        return field

    def fields(data: Json, frame: Frame) -> Json:
        here = data
        try:
            for name in names:
                here = here[name]
        except (KeyError, TypeError):
            return thorough(data, frame)
        return here

    return fields


def items(written: str) -> Reader:
    """The function of ItemsPath.

    A field that is missing is a States.ReferencePathConflict. Source of name and text: reported by users.
    """
    node = parsed(written)
    read = reader(written)

    def value(data: Json, frame: Frame) -> Json:
        try:
            return read(data, frame)
        except PathNotFound as missing:
            if not isinstance(node, Path) or node.root is not Root.DATA or not node.definite:
                raise Failure(RUNTIME, str(missing)) from None
            raise Failure(
                REFERENCE_PATH, f'Unable to apply step "{_missing(node, data)}" to input {text(data)}'
            ) from None
        except IntrinsicFailure as failed:
            raise intrinsic_failure(failed) from None

    return value


def _missing(node: Path, data: Json) -> str:
    """The first step of a definite path that selects nothing."""
    for step in node.steps:
        key = step.name if isinstance(step, Name) else getattr(step, "index", "")
        try:
            data = data[key]
        except (KeyError, TypeError, IndexError):
            return str(key)
    return ""


def found_in_input(written: str, field: str) -> Reader:
    """The function of a path that stands for a value of its own, as in a template or in ErrorPath."""
    read = reader(written)

    def value(data: Json, frame: Frame) -> Json:
        try:
            return read(data, frame)
        except PathNotFound as missing:
            message = (
                f"The JSONPath '{missing.path}' specified for the field '{field}' could not be found in the input "
                f"'{text(data)}'"
            )
            raise Failure(RUNTIME, message) from None
        except IntrinsicFailure as failed:
            raise intrinsic_failure(failed) from None

    return quick(written, value)


def intrinsic_failure(failed: IntrinsicFailure) -> Failure:
    """A States.IntrinsicFailure error. Its text: assumed, from reports of users."""
    return Failure(INTRINSIC, f"The function '{failed.call}' had the following error: {failed.message}")


def template(value: Json) -> Reader:
    """The function of a payload template.

    Raises:
        InvalidText: A `.$` entry holds neither a path nor an intrinsic call.
    """
    built = _template(value)
    if built is None:
        return lambda data, frame: value
    return built


def _template(value: Json) -> Reader | None:
    """The function of a part of a template; None where it holds nothing to evaluate."""
    if isinstance(value, dict):
        return _object(value)
    if isinstance(value, list):
        parts = [(_template(item), item) for item in value]
        if all(part is None for part, _ in parts):
            return None
        return lambda data, frame: [item if part is None else part(data, frame) for part, item in parts]
    return None


def _object(value: dict[str, Json]) -> Reader | None:
    parts: list[tuple[str, Reader | None, Json]] = []
    for key, item in value.items():
        if key.endswith(".$"):
            if not isinstance(item, str):
                raise InvalidText(f"{key!r} must hold a path or an intrinsic function, in a string")
            parts.append((key[:-2], found_in_input(item, key), None))
        else:
            parts.append((key, _template(item), item))
    if all(part is None for _, part, _ in parts):
        return None
    if all(part is not None for _, part, _ in parts):
        only = [(key, part) for key, part, _ in parts if part is not None]
        return lambda data, frame: {key: part(data, frame) for key, part in only}
    return lambda data, frame: {key: item if part is None else part(data, frame) for key, part, item in parts}


def writer(written: str) -> Writer:
    """What ResultPath does: `put(input, result)` gives the input with the result at the path.

    Objects that are missing on the way are made; the input stays as it was.

    Raises:
        InvalidText: Not a reference path from `$`.
    """
    node = parsed(written)
    if not isinstance(node, Path) or node.root is not Root.DATA:
        raise InvalidText(f"ResultPath takes a reference path that begins with $, not {written!r}")
    if not all(isinstance(step, Name) or (isinstance(step, Index) and step.index >= 0) for step in node.steps):
        raise InvalidText(f"ResultPath takes a reference path, and {written!r} can select many values")

    def put(data: Json, result: Json) -> Json:
        try:
            return insert(node, data, result)
        except PathMismatch as wrong:
            raise Failure(RESULT_PATH, str(wrong)) from None

    if len(node.steps) == 1 and isinstance(step := node.steps[0], Name):
        name = step.name
        return lambda data, result: {**data, name: result} if isinstance(data, dict) else put(data, result)
    return put


def parsed(written: str) -> Node:
    """The node of a path or intrinsic call that can be evaluated.

    Raises:
        InvalidText: It is neither.
    """
    try:
        node = parse(written)
    except SyntaxProblem as problem:
        raise InvalidText(f"{written!r}: {problem}") from None
    if isinstance(node, Placeholder):
        raise InvalidText(f"{written!r} is no path{unfilled(written)}")
    if isinstance(node, Call):
        for wrong in problems(node):
            raise InvalidText(f"{written!r}: {wrong.message}")
    return node
