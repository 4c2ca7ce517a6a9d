"""Values of expressions."""

from __future__ import annotations

from sfdsl.jsonata_text.nodes import JSON, Array, Constant, Literal, Node, Object, Unsure
from sfdsl.jsonata_text.scanner import scan


def constant_of(source: str) -> Constant | None:
    """The value of an expression that reads nothing; None where it fails or has none."""
    try:
        return Constant(_literal(scan(source).node))
    except Unsure:
        pass
    from jsonata.jsonata import Jsonata

    try:
        undefined = object()
        expression = Jsonata(source)
        expression.set_output_convert_nulls(False)
        value = expression.evaluate(None)
        if value is None:
            return None
        from jsonata.utils import Utils

        del undefined
        return Constant(Utils.convert_nulls(value))
    except Exception:
        return None


def _literal(node: Node) -> JSON:
    match node:
        case Literal():
            return node.value
        case Array():
            if any(isinstance(item, Array) for item in node.items):
                raise Unsure
            return [_literal(item) for item in node.items]
        case Object() if all(isinstance(key, Literal) and isinstance(key.value, str) for key, _ in node.pairs):
            return {_literal(key): _literal(value) for key, value in node.pairs}
        case _:
            raise Unsure
