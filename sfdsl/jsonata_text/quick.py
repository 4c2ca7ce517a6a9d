"""Facts of the common forms, without jsonata-python."""

from __future__ import annotations

import re

from sfdsl.jsonata_text.builtins import BUILTINS, TAKES_FUNCTIONS, finish
from sfdsl.jsonata_text.nodes import (
    Array,
    Binary,
    Block,
    Condition,
    Facts,
    Invoke,
    Negative,
    Node,
    Object,
    Read,
    Select,
    Unsure,
)
from sfdsl.jsonata_text.scanner import scan

_PATH = re.compile(r"\{%[ \t\n\r]*\$([A-Za-z_]\w*)((?:\.[A-Za-z_]\w*)*)[ \t\n\r]*%\}")
_NOT_A_STEP = frozenset({"and", "or", "in", "true", "false", "null"})


def quick_facts(text: str) -> Facts:
    """What a text `{% ... %}` reads and calls.

    Raises:
        Unsure: It is not of a common form, or wrong.
    """
    if found := _PATH.fullmatch(text):
        return _path_facts(found[1], found[2])
    source = text[2:-2]
    node, reads, calls = scan(source, 2)
    if any([call.name in TAKES_FUNCTIONS for call in calls]):
        _refuse_functions_as_values(node)
    constant = None
    if not reads and not calls and "${" not in source:
        from sfdsl.jsonata_text.evaluation import constant_of

        constant = constant_of(source)
    return finish(reads, calls, [], constant)


def _path_facts(name: str, rest: str) -> Facts:
    steps = tuple(rest.split(".")[1:])
    if not _NOT_A_STEP.isdisjoint(steps):
        raise Unsure
    if name == "states":
        return Facts(states=frozenset((steps,)))
    return Facts(variables=frozenset((name,)), reads=frozenset(((name, *steps),)))


def _refuse_functions_as_values(node: Node) -> None:
    """Leave `$map($rows, $string)` to the thorough way: `$string` is not a variable there."""
    match node:
        case Invoke():
            if node.function in TAKES_FUNCTIONS:
                for argument in node.arguments[1:]:
                    if isinstance(argument, Read) and argument.name in BUILTINS:
                        raise Unsure
            inner: tuple[Node, ...] = node.arguments
        case Binary():
            inner = (node.left, node.right)
        case Select():
            inner = (node.base,)
        case Negative():
            inner = (node.operand,)
        case Block():
            inner = (node.inner,)
        case Array():
            inner = node.items
        case Condition():
            inner = (node.test, node.then) if node.otherwise is None else (node.test, node.then, node.otherwise)
        case Object():
            inner = tuple(part for pair in node.pairs for part in pair)
        case _:
            return
    for each in inner:
        _refuse_functions_as_values(each)
