"""JSONPath data flow under rewriting: what a state hands on, as a tree over what it is given, and paths into the tree.

`$` of a leaf is what the state was given: its input, or for a state with a result its raw result.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

from attrs import field, frozen

from sfdsl.cost.rewrites.expressions import Cannot
from sfdsl.cost.rewrites.reasons import Hazard
from sfdsl.jsonpath import (
    Call,
    Index,
    Literal,
    Name,
    Node,
    Path,
    Placeholder,
    Root,
    SyntaxProblem,
    Variable,
    calls,
    parse,
    paths,
    problems,
)
from sfdsl.model.fields import Json

IMPURE = frozenset({"States.UUID", "States.MathRandom"})
_LASTING = frozenset({("Execution", part) for part in ("Id", "Name", "StartTime", "RoleArn", "Input")}) | {
    ("StateMachine", "Id"),
    ("StateMachine", "Name"),
}


@frozen
class Constant:
    """A value written out."""

    value: Json = field(hash=False)


@frozen
class Text:
    """A path or intrinsic call, as it is written."""

    text: str


@frozen
class Fields:
    """An object of known fields."""

    entries: Mapping[str, Tree] = field(hash=False)


@frozen
class Items:
    """An array of known elements."""

    elements: tuple[Tree, ...]


@frozen
class Over:
    """What ResultPath makes: the given value with a tree at a path."""

    names: tuple[str, ...]
    tree: Tree


Tree: TypeAlias = "Constant | Text | Fields | Items | Over"
GIVEN = Text("$")


def understood(text: str) -> Node:
    """The node of a text.

    Raises:
        Cannot: There is none, or a template fills in a part of it.
    """
    try:
        found = parse(text)
    except SyntaxProblem:
        raise Cannot(Hazard.NOT_UNDERSTOOD) from None
    if isinstance(found, Placeholder) or (isinstance(found, Call) and problems(found)):
        raise Cannot(Hazard.NOT_UNDERSTOOD)
    if any(isinstance(argument, Placeholder) for call in calls(found) for argument in call.arguments):
        raise Cannot(Hazard.NOT_UNDERSTOOD)
    return found


def node(text: str) -> Node:
    """The node of a text that can be moved.

    Raises:
        Cannot: It is not understood, gives another value every time, or observes the state it stands in.
    """
    found = understood(text)
    if any(call.function in IMPURE for call in calls(found)):
        raise Cannot(Hazard.IMPURE)
    for path in paths(found):
        if path.root is Root.CONTEXT:
            names = tuple(step.name for step in path.steps[:2] if isinstance(step, Name))
            if names not in _LASTING:
                raise Cannot(Hazard.NAME_OBSERVED)
    return found


def tree_of(template: Json, *, moving: bool = True) -> Tree:
    """The tree of a payload template.

    Args:
        template: As written.
        moving: Whether its texts shall stand in another state, so that they must say the same there.
    """
    if isinstance(template, dict):
        entries: dict[str, Tree] = {}
        for key, value in template.items():
            name = key[:-2] if key.endswith(".$") else key
            if name in entries:
                raise Cannot(Hazard.NOT_UNDERSTOOD)
            if name == key:
                entries[name] = tree_of(value, moving=moving)
            elif isinstance(value, str):
                (node if moving else understood)(value)
                entries[name] = Text(value)
            else:
                raise Cannot(Hazard.NOT_UNDERSTOOD)
        return Fields(entries)
    if isinstance(template, list):
        return Items(tuple(tree_of(each, moving=moving) for each in template))
    return Constant(template)


def template_of(tree: Tree) -> Json:
    """A payload template, or a part of one, that gives a tree; texts stand below `.$` keys only.

    Raises:
        Cannot: There is none.
    """
    match tree:
        case Constant():
            if _has_marked_key(tree.value):
                raise Cannot(Hazard.NOT_UNDERSTOOD)
            return tree.value
        case Fields():
            written: dict[str, Json] = {}
            for key, entry in tree.entries.items():
                if isinstance(entry, Text):
                    written[f"{key}.$"] = entry.text
                elif key.endswith(".$"):
                    raise Cannot(Hazard.NOT_UNDERSTOOD)
                else:
                    written[key] = template_of(entry)
            return written
        case Items():
            if any(isinstance(each, (Text, Over)) for each in tree.elements):
                raise Cannot(Hazard.NO_FIELD_FOR_IT)
            return [template_of(each) for each in tree.elements]
        case Text() | Over():
            raise Cannot(Hazard.NO_FIELD_FOR_IT)


def object_template(tree: Tree) -> dict[str, Json]:
    """A payload template for a field, which holds an object."""
    written = template_of(tree)
    if not isinstance(written, dict):
        raise Cannot(Hazard.NO_FIELD_FOR_IT)
    return written


def leaves(tree: Tree) -> Iterator[str]:
    """The texts of a tree, in order."""
    match tree:
        case Text():
            yield tree.text
        case Fields():
            for entry in tree.entries.values():
                yield from leaves(entry)
        case Items():
            for entry in tree.elements:
                yield from leaves(entry)
        case Over():
            yield from leaves(tree.tree)
        case Constant():
            return


def uncertain(*trees: Tree) -> set[str]:
    """The texts of some trees that may fail."""
    return {text for tree in trees for text in leaves(tree) if not _certain(text)}


def shows(needed: set[str], shown: set[str]) -> bool:
    """Whether the failure of each of some texts shows where some texts are evaluated.

    It does where the text is one of them, where one goes on along its path, and where it is an argument of one.
    """
    if needed <= shown:
        return True
    read = set(shown)
    for text in shown:
        found = understood(text)
        if isinstance(found, Call) and not any(isinstance(argument, Call) for argument in found.arguments):
            read.update(argument.text for argument in found.arguments if isinstance(argument, Path))
    return all(
        text in read
        or (_definite(text) and any(each.startswith((f"{text}.", f"{text}[")) and _definite(each) for each in read))
        for text in needed
    )


def _definite(text: str) -> bool:
    found = understood(text)
    return isinstance(found, Path) and found.definite


def reads_data(*trees: Tree) -> bool:
    """Whether a text of some trees reads `$`, or what some of them make depends on it."""
    return any(isinstance(tree, Over) for tree in trees) or any(
        path.root is Root.DATA for tree in trees for text in leaves(tree) for path in paths(understood(text))
    )


def _certain(text: str) -> bool:
    try:
        found = parse(text)
    except SyntaxProblem:
        return False
    if not isinstance(found, Path):
        return False
    if found.root is Root.DATA:
        return not found.steps
    return found.root is Root.CONTEXT and len(found.steps) == 2


def combined(base: Tree, names: tuple[str, ...], tree: Tree) -> Tree:
    """What ResultPath makes of a base: the base with a tree at some names.

    Raises:
        Cannot: The base is not known well enough.
    """
    if not names:
        return tree
    if isinstance(base, Constant) and isinstance(base.value, dict):
        base = Fields({key: Constant(value) for key, value in base.value.items()})
    if isinstance(base, Fields):
        first, *rest = names
        below = base.entries.get(first, Fields({})) if rest else base.entries.get(first, GIVEN)
        return Fields({**base.entries, first: combined(below, tuple(rest), tree)})
    if base == GIVEN:
        return Over(names, tree)
    raise Cannot(Hazard.NOT_UNDERSTOOD)


@frozen
class Composition:
    """Texts over one state's output, turned into texts over what that state was given.

    Attributes:
        data: What `$` stands for.
        variables: What variables stand for that the state sets.
    """

    data: Tree
    variables: Mapping[str, Tree] = field(factory=dict)

    def tree(self, tree: Tree) -> Tree:
        """A tree with every text turned.

        Raises:
            Cannot: A text cannot be said that way.
        """
        match tree:
            case Text():
                return self.text(tree.text)
            case Fields():
                return Fields({key: self.tree(entry) for key, entry in tree.entries.items()})
            case Items():
                return Items(tuple(self.tree(entry) for entry in tree.elements))
            case Over():
                return combined(self.data, tree.names, self.tree(tree.tree))
            case Constant():
                return tree

    def text(self, text: str) -> Tree:
        """A path or intrinsic call, turned."""
        found = understood(text)
        if isinstance(found, Path):
            return self._path(found, text)
        if not any(self._concerns(path) for path in paths(found)):
            return Text(text)
        written = self._written(found)
        understood(written)  # a literal that a function fails on at run time must not become one that AWS refuses
        return Text(written)

    def _concerns(self, path: Path) -> bool:
        if path.root is Root.DATA:
            return self.data != GIVEN
        return isinstance(path.root, Variable) and path.root.name in self.variables

    def _path(self, path: Path, text: str) -> Tree:
        if any(self._concerns(inside) for inside in paths(path) if inside is not path):
            raise Cannot(Hazard.NOT_UNDERSTOOD)
        if not self._concerns(path):
            return Text(text)
        start = self.data if path.root is Root.DATA else self.variables[path.root.name]
        return select(start, path.steps)

    def _written(self, found: Any) -> str:
        match found:
            case Call():
                return f"{found.function}({', '.join(self._written(argument) for argument in found.arguments)})"
            case Literal():
                return _literal(found.value, found.raw)
            case Path():
                tree = self._path(found, found.text)
                if isinstance(tree, Text):
                    return tree.text
                if isinstance(tree, Constant) and not isinstance(tree.value, (dict, list)):
                    return _literal(tree.value)
                raise Cannot(Hazard.OUTPUT_IS_READ_WHOLE)
            case _:
                raise Cannot(Hazard.NOT_UNDERSTOOD)


def select(tree: Tree, steps: tuple[Any, ...]) -> Tree:
    """What a path finds in a tree.

    Raises:
        Cannot: It finds nothing, or what it finds cannot be told.
    """
    while steps:
        step = steps[0]
        match tree:
            case Text():
                return Text(_longer(tree.text, steps))
            case Fields() if isinstance(step, Name):
                if step.name not in tree.entries:
                    raise Cannot(Hazard.READS_WHAT_IS_NOT_THERE)
                tree = tree.entries[step.name]
            case Items() if isinstance(step, Index) and 0 <= step.index < len(tree.elements):
                tree = tree.elements[step.index]
            case Constant() if isinstance(step, Name) and isinstance(tree.value, dict) and step.name in tree.value:
                tree = Constant(tree.value[step.name])
            case Constant() if (
                isinstance(step, Index) and isinstance(tree.value, list) and 0 <= step.index < len(tree.value)
            ):
                tree = Constant(tree.value[step.index])
            case Over() if isinstance(step, Name):
                if step.name != tree.names[0]:
                    return Text(_longer("$", steps))
                if len(tree.names) > 1:
                    raise Cannot(Hazard.OUTPUT_IS_READ_WHOLE)
                tree = tree.tree
            case _:
                raise Cannot(Hazard.READS_WHAT_IS_NOT_THERE)
        steps = steps[1:]
    return tree


def _longer(text: str, steps: tuple[Any, ...]) -> str:
    """A path with more steps behind it."""
    found = understood(text)
    if not isinstance(found, Path) or not found.definite:
        raise Cannot(Hazard.NOT_UNDERSTOOD)
    written = text
    for step in steps:
        match step:
            case Name():
                if "'" in step.name or "\\" in step.name:
                    raise Cannot(Hazard.NOT_UNDERSTOOD)
                plain = step.name.isidentifier() and step.name.isascii()
                written += f".{step.name}" if plain else f"['{step.name}']"
            case Index() if step.index >= 0:
                written += f"[{step.index}]"
            case _:
                raise Cannot(Hazard.NOT_UNDERSTOOD)
    if not isinstance(parse(written), Path):
        raise Cannot(Hazard.NOT_UNDERSTOOD)
    return written


def _literal(value: Json, raw: str = "") -> str:
    """A literal argument of an intrinsic function."""
    if isinstance(value, str):
        if raw:
            return f"'{raw}'"
        if any(char in value for char in "'\\{}"):
            raise Cannot(Hazard.NOT_UNDERSTOOD)
        return f"'{value}'"
    if isinstance(value, (dict, list)):
        raise Cannot(Hazard.OUTPUT_IS_READ_WHOLE)
    return json.dumps(value)


def _has_marked_key(value: Json) -> bool:
    """Whether a value has a key that a template would take for a path."""
    if isinstance(value, dict):
        return any(key.endswith(".$") or _has_marked_key(each) for key, each in value.items())
    if isinstance(value, list):
        return any(_has_marked_key(each) for each in value)
    return False
