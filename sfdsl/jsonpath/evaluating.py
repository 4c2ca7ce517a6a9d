"""Values of nodes and templates, and the reverse: a value put at a reference path."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, TypeAlias

from sfdsl.jsonpath.errors import PathMismatch
from sfdsl.jsonpath.nodes import JSON, Call, Index, Name, Node, Path, Placeholder, assert_never
from sfdsl.jsonpath.parser import parse

if TYPE_CHECKING:
    from random import Random

Evaluator: TypeAlias = "Callable[[JSON, JSON, Mapping[str, JSON], Random | None], JSON]"


def evaluate(
    node: Node,
    data: JSON,
    context: JSON = None,
    variables: Mapping[str, JSON] | None = None,
    randomness: Random | None = None,
) -> JSON:
    """The value of a path or call, as AWS computes it.

    Args:
        node: Of `parse`.
        data: What `$` stands for.
        context: What `$$` stands for, the context object.
        variables: Values of variables, by their names without `$`.
        randomness: For States.UUID and for States.MathRandom without a seed; without it these raise ValueError.

    Raises:
        PathNotFound: A definite path finds nothing. An indefinite one then gives an empty list.
        IntrinsicFailure: A function refuses its arguments.
    """
    match node:
        case Path():
            return node.read(data, context, variables)
        case Call():
            return node.run(data, context, variables, randomness)
        case Placeholder():
            raise ValueError(f"the placeholder {node.text} has no value before a template fills it in")
        case _:
            return assert_never(node)


def template(value: JSON) -> Evaluator:
    """A payload template as a closure `(data, context, variables, randomness) -> value`; compile once, run often.

    Raises:
        SyntaxProblem: One of its `.$` texts is neither a path nor a call.
    """
    if isinstance(value, list):
        parts = [template(each) for each in value]
        return lambda data, context, variables, randomness: [
            part(data, context, variables, randomness) for part in parts
        ]
    if not isinstance(value, dict):
        return lambda data, context, variables, randomness: value
    fields: list[tuple[str, Evaluator]] = []
    for key, each in value.items():
        if key.endswith(".$") and isinstance(each, str):
            fields.append((key[:-2], _text(parse(each))))
        else:
            fields.append((key, template(each)))
    return lambda data, context, variables, randomness: {
        key: field(data, context, variables, randomness) for key, field in fields
    }


def _text(node: Node) -> Evaluator:
    if isinstance(node, Path):
        read = node.read
        return lambda data, context, variables, randomness: read(data, context, variables)
    return lambda data, context, variables, randomness: evaluate(node, data, context, variables, randomness)


def insert(node: Path, data: JSON, value: JSON) -> JSON:
    """The data with a value at a reference path, as ResultPath does it; the data given stays as it was.

    Missing objects on the way are created; arrays do not grow.

    Raises:
        PathMismatch: Something on the way is neither the object nor the array that the path needs.

    Source: Step Functions Developer Guide, ResultPath.
    """
    steps = node.steps
    if not steps:
        return value
    top: JSON = {None: data}  # the data as the one field of an object, so that the top needs no case of its own
    parent, key = top, None
    for step in steps:
        here = parent[key]
        match step:
            case Name(name) if isinstance(here, dict):
                here = dict(here)
                here.setdefault(name, {})
                following: str | int = name
            case Index(index) if isinstance(here, list) and 0 <= index < len(here):
                here = list(here)
                following = index
            case _:
                raise PathMismatch(node.text)
        parent[key] = here
        parent, key = here, following
    parent[key] = value
    return top[None]
