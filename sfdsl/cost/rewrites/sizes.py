"""How large a payload can become."""

from __future__ import annotations

import json

from sfdsl.cost.rewrites.expressions import nature
from sfdsl.jsonata_text import expression, is_expression
from sfdsl.jsonata_text.nodes import Binary, Block, Condition, Invoke, Literal, Node, Read, Select, Unsure
from sfdsl.jsonata_text.scanner import scan
from sfdsl.model.fields import Json

_WORD = 32
"""Bytes of a number or boolean at most."""
_NAME = 256
"""Bytes of a text of the context object at most: ARNs, names and times. Source: quotas on names, 80 characters."""


def bound(value: Json) -> int | None:
    """Bytes of a JSONata payload at most, written as JSON; None where it may be of any size."""
    match value:
        case str() if is_expression(value):
            return _expression(value)
        case str():
            return None if "${" in value else len(json.dumps(value))
        case dict():
            parts = [bound(each) for each in value.values()]
            own = sum(len(json.dumps(key)) + 2 for key in value) + 2
        case list():
            parts = [bound(each) for each in value]
            own = len(value) + 2
        case _:
            return len(json.dumps(value))
    known = [part for part in parts if part is not None]
    return own + sum(known) if len(known) == len(parts) else None


def _expression(text: str) -> int | None:
    if nature(text).kind in ("number", "boolean"):
        return _WORD
    try:
        return _node(scan(expression(text)).node)
    except Unsure:
        return None


def _node(node: Node) -> int | None:
    match node:
        case Literal():
            return len(json.dumps(node.value))
        case Block():
            return _node(node.inner)
        case Select(Read("states"), ("context", _, field)) if field != "Input":
            return _NAME
        case Binary() if node.operator == "&":
            left, right = _node(node.left), _node(node.right)
            return None if left is None or right is None else left + right
        case Condition():
            ways = [_node(node.then), 0 if node.otherwise is None else _node(node.otherwise)]
            known = [way for way in ways if way is not None]
            return max(known) if len(known) == 2 else None
        case Invoke() if node.function == "count":
            return _WORD
        case _:
            return None
