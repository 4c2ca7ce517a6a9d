"""What a JSONPath Pass hands on and assigns, as trees over its input."""

from __future__ import annotations

from typing import Any

from attrs import frozen

from sfdsl.cost.rewrites.expressions import Cannot
from sfdsl.cost.rewrites.facts import WHOLE
from sfdsl.cost.rewrites.folding import as_assign
from sfdsl.cost.rewrites.reasons import Hazard
from sfdsl.cost.rewrites.templates import (
    GIVEN,
    Composition,
    Constant,
    Fields,
    Text,
    Tree,
    combined,
    node,
    template_of,
    tree_of,
)
from sfdsl.jsonpath import Name, Path, Root
from sfdsl.model.fields import ABSENT, Json
from sfdsl.model.states import Pass


@frozen(kw_only=True)
class PassTree:
    """What a Pass does.

    Attributes:
        output: What it hands on.
        result: What it puts together, before ResultPath.
        assign: The variables it sets.
        all: Every tree that it evaluates, whether it is part of the output or not.
    """

    output: Tree
    result: Tree
    assign: dict[str, Tree]
    all: tuple[Tree, ...]


def pass_tree(state: Pass) -> PassTree:
    """The trees of a Pass.

    Raises:
        Cannot: One of its fields is not understood.
    """
    given = selected(state.input_path)
    evaluated: list[Tree] = [given]
    result: Tree
    if state.result is not ABSENT:
        result = Constant(state.result)
    elif state.parameters is not ABSENT:
        result = Composition(given).tree(tree_of(state.parameters))
        evaluated.append(result)
    else:
        result = given
    assign = assigned(state.assign, Composition(result))
    evaluated += assign.values()
    names = result_names(state.result_path)
    output = GIVEN if names is None else combined(GIVEN, names, result)
    if state.output_path not in WHOLE:
        output = Constant({}) if state.output_path is None else Composition(output).text(state.output_path)
        evaluated.append(output)
    return PassTree(output=output, result=result, assign=assign, all=tuple(evaluated))


def selected(path: Any) -> Tree:
    """What InputPath gives."""
    if path in WHOLE:
        return GIVEN
    if path is None:
        return Constant({})
    if not isinstance(node(path), Path):
        raise Cannot(Hazard.NOT_UNDERSTOOD)
    return Text(path)


def assigned(assign: Json, over: Composition) -> dict[str, Tree]:
    """The variables of an `Assign` template, over what was given."""
    made: dict[str, Tree] = {}
    for key, value in as_assign(assign).items():
        name = key[:-2] if key.endswith(".$") else key
        made[name] = over.tree(Text(_moved(value)) if name != key else tree_of(value))
    return made


def _moved(text: Json) -> str:
    if not isinstance(text, str):
        raise Cannot(Hazard.NOT_UNDERSTOOD)
    node(text)
    return text


def written(variables: dict[str, Tree]) -> Json:
    """The `Assign` of some variables; ABSENT where there are none."""
    return template_of(Fields(variables)) if variables else ABSENT


def result_names(path: Any) -> tuple[str, ...] | None:
    """The names along a ResultPath; None where the result is dropped.

    Raises:
        Cannot: It is not a path of names.
    """
    if path is None:
        return None
    if path in WHOLE:
        return ()
    found = node(path)
    if not isinstance(found, Path) or found.root is not Root.DATA:
        raise Cannot(Hazard.NOT_UNDERSTOOD)
    names = tuple(step.name for step in found.steps if isinstance(step, Name))
    if len(names) != len(found.steps):
        raise Cannot(Hazard.NOT_UNDERSTOOD)
    return names
