"""The quick way: reads the common forms of an expression without jsonata-python, whose import alone costs 50 ms.

It is a parser of a part of JSONata with JSONata's own precedence. Whatever it does not know raises `Unsure`, and
jsonata-python decides; a property test holds that both ways agree.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from sfdsl.jsonata_text.nodes import (
    JSON,
    Array,
    Binary,
    Block,
    Called,
    Condition,
    Invoke,
    Literal,
    Negative,
    Node,
    Object,
    Read,
    Select,
    Unsure,
)

_NAME = r"[A-Za-z_]\w*"
_END = r"(?=[ \t\n\r.\[\]{}(),@#;:?+\-*/%|=<>^&!~]|\Z)"
# One alternative per kind of token, in the order of `_tokens`; the last one takes what no other does.
_TOKEN = re.compile(
    rf"""[ \t\n\r]*(?:
    (\${_NAME}(?:\.{_NAME})*){_END}
    | (!=|<=|>=|[\[\](),+%=<>&{{}}-]|\.(?!\.)|:(?!=)|/(?!\*)|\*(?!\*)|\?(?![:?]))
    | ("[^"\\]*"|'[^'\\]*')
    | ((?:0|[1-9][0-9]{{0,14}})(?:\.[0-9]+)?){_END}
    | ({_NAME}){_END}
    | (`[^`]*`)
    | ("(?:[^"\\]|\\["\\/bfnrt])*"|'(?:[^'\\]|\\["\\/bfnrt])*')
    | ([^ \t\n\r])
    )""",
    re.VERBOSE,
)
_CALL = re.compile(rf"""\$({_NAME})[ \t\n\r]*\(|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`""", re.DOTALL)
_NOT_A_STEP = frozenset({"and", "or", "in", "true", "false", "null"})
_CONSTANTS: dict[str, JSON] = {"true": True, "false": False, "null": None}
_ESCAPES = {'"': '"', "\\": "\\", "/": "/", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)

# Binding powers of JSONata's own parser; what is not here ends an operand.
_POWER = {
    "or": 25,
    "and": 30,
    "=": 40,
    "!=": 40,
    "<": 40,
    "<=": 40,
    ">": 40,
    ">=": 40,
    "in": 40,
    "+": 50,
    "-": 50,
    "&": 50,
    "*": 60,
    "/": 60,
    "%": 60,
}
_TERNARY = 20
_PREFIX = 70


class Scanned(NamedTuple):
    """An expression that the quick way understood.

    Attributes:
        node: The expression.
        reads: Paths of variables from left to right, `states` among them, positions left out.
        calls: Calls from left to right.
    """

    node: Node
    reads: list[tuple[str, ...]]
    calls: list[Called]


def scan(source: str, offset: int = 0) -> Scanned:
    """Read an expression, without its delimiters.

    Args:
        source: The expression.
        offset: Added to the positions of calls.

    Raises:
        Unsure: The expression is not of the forms known here; it may be wrong, or just less common.
    """
    parser = _Parser(_tokens(source))
    node = parser.operation(0)
    if parser.kind != "end":
        raise Unsure
    calls: list[Called] = []
    if parser.calls:
        places = [found.start() + offset for found in _CALL.finditer(source) if found[1]]
        calls = [Called(name, given, place) for (name, given), place in zip(parser.calls, places, strict=True)]
    return Scanned(node, parser.reads, calls)


def _tokens(source: str) -> list[tuple[str, str]]:
    """The tokens as kind and text; the kind of an operator is the operator itself."""
    tokens: list[tuple[str, str]] = []
    add = tokens.append
    for path, operator, string, number, name, quoted, escaped, unknown in _TOKEN.findall(source):
        if path:
            add(("path", path))
        elif operator:
            add((operator, operator))
        elif string:
            add(("string", string))
        elif number:
            add(("number", number))
        elif name:
            add((name if name in _POWER else "constant" if name in _CONSTANTS else "name", name))
        elif quoted:
            add(("quoted", quoted))
        elif escaped:
            add(("escaped", escaped))
        elif unknown:
            raise Unsure
    add(("end", ""))
    return tokens


class _Parser:
    """Top-down operator precedence over the tokens; `kind` and `text` are those of the token to come."""

    __slots__ = ("calls", "kind", "next", "reads", "text")

    def __init__(self, tokens: list[tuple[str, str]]) -> None:
        self.next = iter(tokens).__next__
        self.reads: list[tuple[str, ...]] = []
        self.calls: list[tuple[str, int]] = []
        self.kind, self.text = self.next()

    def advance(self) -> None:
        self.kind, self.text = self.next()

    def expect(self, kind: str) -> None:
        if self.kind != kind:
            raise Unsure
        self.kind, self.text = self.next()

    def operation(self, power: int) -> Node:
        left = self.operand()
        while True:
            operator = self.kind
            if operator == "?":
                if power >= _TERNARY:
                    return left
                self.advance()
                then = self.operation(0)
                otherwise: Node | None = None
                if self.kind == ":":
                    self.advance()
                    otherwise = self.operation(0)
                left = Condition(left, then, otherwise)
                continue
            binding = _POWER.get(operator)
            if binding is None or binding <= power:
                return left
            self.advance()
            left = Binary(operator, left, self.operation(binding))

    def operand(self) -> Node:
        kind, text = self.kind, self.text
        if kind == "end":
            raise Unsure
        self.kind, self.text = self.next()
        if kind == "path":
            return self.path(text)
        if kind == "string":
            return self.alone(Literal(text[1:-1]))
        if kind == "number":
            return self.alone(Literal(_number(text)))
        if kind == "constant":
            return self.alone(Literal(_CONSTANTS[text]))
        if kind == "escaped":
            return self.alone(Literal(_ESCAPE.sub(lambda found: _ESCAPES[found[1]], text[1:-1])))
        if kind == "-":
            inner = self.operation(_PREFIX)
            if isinstance(inner, Literal):
                if isinstance(inner.value, bool) or not isinstance(inner.value, int | float):
                    raise Unsure
                return Literal(-inner.value)
            return Negative(inner)
        if kind == "(":
            block = Block(self.operation(0))
            self.expect(")")
            return self.selection(block, [])
        if kind == "[":
            return self.alone(Array(self.items("]")))
        if kind == "{":
            return self.alone(self.object())
        raise Unsure

    def alone(self, node: Node) -> Node:
        """A node that nothing selects from; JSONata allows it, the quick way does not."""
        if self.kind in _FOLLOWS_PATHS:
            raise Unsure
        return node

    def path(self, text: str) -> Node:
        names = text[1:].split(".")
        follows = self.kind in _FOLLOWS_PATHS
        if self.kind == "(":
            if len(names) > 1:
                raise Unsure
            place = len(self.calls)
            self.calls.append((names[0], 0))
            self.kind, self.text = self.next()
            arguments = self.items(")")
            self.calls[place] = (names[0], len(arguments))
            node: Node = Invoke(names[0], arguments)
            return self.selection(node, []) if self.kind in _FOLLOWS_PATHS else node
        if len(names) == 1 and not follows:
            self.reads.append((names[0],))
            return Read(names[0])
        if not _NOT_A_STEP.isdisjoint(names[1:]):
            raise Unsure
        if not follows:
            read = tuple(names)
            self.reads.append(read)
            return Select(Read(names[0]), read[1:])
        place = len(self.reads)
        self.reads.append(())
        node = self.selection(Read(names[0]), [*names[1:]])
        steps = node.steps if isinstance(node, Select) else ()
        self.reads[place] = (names[0], *[step for step in steps if isinstance(step, str)])
        return node

    def selection(self, base: Node, steps: list[str | int]) -> Node:
        """What follows an operand: `.name`, `."name"`, `[0]`, `[-1]`."""
        while self.kind in _FOLLOWS_PATHS:
            if self.kind == ".":
                self.advance()
                if self.kind == "name":
                    if self.text in _NOT_A_STEP:
                        raise Unsure
                    steps.append(self.text)
                elif self.kind in ("string", "quoted"):
                    steps.append(self.text[1:-1])
                else:
                    raise Unsure
                self.advance()
            elif self.kind == "[":
                self.advance()
                sign = 1
                if self.kind == "-":
                    sign = -1
                    self.advance()
                if self.kind != "number" or "." in self.text:
                    raise Unsure
                steps.append(sign * int(self.text))
                self.advance()
                self.expect("]")
            else:
                raise Unsure
        return Select(base, tuple(steps)) if steps else base

    def items(self, close: str) -> tuple[Node, ...]:
        if self.kind == close:
            self.advance()
            return ()
        items = [self.operation(0)]
        while self.kind == ",":
            self.advance()
            items.append(self.operation(0))
        self.expect(close)
        return tuple(items)

    def object(self) -> Object:
        pairs: list[tuple[Node, Node]] = []
        if self.kind != "}":
            while True:
                key = self.operation(0)
                self.expect(":")
                pairs.append((key, self.operation(0)))
                if self.kind != ",":
                    break
                self.advance()
        self.expect("}")
        return Object(tuple(pairs))


_FOLLOWS_PATHS = frozenset({".", "[", "(", "{"})


def _number(text: str) -> int | float:
    value = float(text)
    return int(value) if value == int(value) else value
