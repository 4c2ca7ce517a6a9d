"""From the syntax tree to text: JSONata, and JSON with `{% %}` around each expression in it."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias

from sfdsl.jsonata.expressions import (
    Array,
    Binary,
    Call,
    Conditional,
    Default,
    Expression,
    Function,
    Negative,
    Parameter,
    Path,
    Reference,
    Text,
    Value,
    Variable,
)
from sfdsl.jsonata.lists import TAKE_COLLAPSED, collapses, kept_apart
from sfdsl.jsonata.marks import has_marks, parts

_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
_KEYWORDS = frozenset({"and", "or", "in", "true", "false", "null", "function"})
_VARIABLE = re.compile(r"\$([^\W\d]\w*)")
_UNNAMED = "\ue002"  # private use: around the number of a parameter until its function has named it

# Binding powers of JSONata's operators. Source: JSONata 2.0 documentation, "Operator precedence".
_POWER = {"or": 25, "and": 30, "=": 40, "!=": 40, "<": 40, "<=": 40, ">": 40, ">=": 40, "in": 40,
          "+": 50, "-": 50, "&": 50, "*": 60, "/": 60, "%": 60}  # fmt: skip
_NONE, _BINDING, _CONDITIONAL, _UNARY, _PATH = 0, 10, 20, 70, 80


class Resolved(NamedTuple):
    """The text of some fields of a reference.

    Attributes:
        text: Ready to stand in an expression as an operand.
        indexable: Whether `[0]` behind it takes an element of the whole, and not one of each element of a list that
            the path goes through.
        there: What to ask for where it is asked whether the value is there; None is the text itself.
    """

    text: str
    indexable: bool = False
    there: str | None = None


Resolve: TypeAlias = "Callable[[Reference, tuple[str, ...]], Resolved]"
"""The text for some fields of a reference."""


def render(value: Value, resolve: Resolve) -> str:
    """The JSONata text of a value, without `{% %}`.

    Raises:
        TypeError: Something in it is neither JSON nor an expression.
    """
    return _Writer(resolve).array(value, _NONE)


def template(value: Value, resolve: Resolve) -> Any:
    """A value as JSON for an ASL field: expressions become `{% ... %}`, everything else stays.

    Raises:
        TypeError: Something in it is neither JSON nor an expression.
    """
    if isinstance(value, Expression) or (isinstance(value, str) and has_marks(value)):
        return "{% " + render(value, resolve) + " %}"
    if isinstance(value, str):
        return str.__str__(value)  # of an enumeration with texts, the text
    if value is None or isinstance(value, (bool, int, float)):
        return value
    if isinstance(value, Mapping):
        return {_key(key): template(item, resolve) for key, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, (bytes, bytearray)):
        return [template(item, resolve) for item in value]
    raise TypeError(f"{value!r} is neither JSON nor an expression")


def described(value: Value) -> str:
    """An expression as a message shows it."""

    def name(reference: Reference, path: tuple[str, ...]) -> Resolved:
        return Resolved(".".join((reference._label(), *path)), indexable=True)

    return render(value, name)


class _Writer:
    """Turns values into JSONata text; asks `resolve` for references."""

    def __init__(self, resolve: Resolve) -> None:
        self._resolve = resolve
        self._parameters: dict[Parameter, str] = {}
        self._numbered = 0

    def operand(self, value: Value, power: int) -> str:
        """The text of a value, in parentheses where it binds less than its place asks for."""
        text, own = self.write(value)
        return f"({text})" if own < power else text

    def array(self, value: Value, power: int) -> str:
        """The text of a value that has to be an array where Python has a list."""
        text = self.operand(value, power)
        return f"[{text}{kept_apart(value)}]" if collapses(value) else text

    def _spread(self, value: Value) -> str:
        """The text of a value whose elements, where it is a list, become elements of the array around it."""
        text = self.operand(value, _NONE)
        return text + kept_apart(value) if collapses(value) else text

    def write(self, value: Value) -> tuple[str, int]:
        """The text of a value and the binding power of its outermost operator."""
        match value:
            case Expression():
                return self._expression(value)
            case str():
                return self._joined(value) if has_marks(value) else (quote(value), _PATH)
            case None | bool() | int() | float():
                return _literal(value)
            case Mapping():
                items = (f"{quote(_key(key))}: {self.array(item, _NONE)}" for key, item in value.items())
                return f"{{{', '.join(items)}}}", _PATH
            case Sequence() if not isinstance(value, (bytes, bytearray)):
                return f"[{', '.join(self.array(item, _NONE) for item in value)}]", _PATH
            case _:
                raise TypeError(f"{value!r} is neither JSON nor an expression")

    def _expression(self, value: Expression) -> tuple[str, int]:
        match value:
            case Reference():
                return self._resolve(value, ()).text, _PATH
            case Path():
                return self._path(value), _PATH
            case Variable():
                return f"${value._name}", _PATH
            case Parameter():
                return f"${self._parameters.get(value, value._wish)}", _PATH
            case Binary():
                return self._binary(value)
            case Negative():
                return f"-{self.operand(value._value, _UNARY)}", _UNARY
            case Default():
                text, otherwise = self.array(value._value, _NONE), self.array(value._otherwise, _NONE)
                return f"$exists({self._there(value._value)}) ? {text} : {otherwise}", _CONDITIONAL
            case Conditional():
                test = self.operand(value._test, _CONDITIONAL + 1)
                then, otherwise = self.array(value._then, _NONE), self.array(value._otherwise, _NONE)
                return f"{test} ? {then} : {otherwise}", _CONDITIONAL
            case Call("exists", (asked,)):
                return f"$exists({self._there(asked)})", _PATH
            case Call():
                written = self.operand if value._function in TAKE_COLLAPSED else self.array
                return f"${value._function}({', '.join(written(each, _NONE) for each in value._arguments)})", _PATH
            case Array():
                return f"[{', '.join(self._spread(item) for item in value._items)}]", _PATH
            case Function():
                return self._function(value), _PATH
            case Text():
                return self._text(value)
            case _:
                raise AssertionError(value)

    def _path(self, path: Path) -> str:
        base, fields, rest = path._names()
        if isinstance(base, Reference):
            text, indexable, _ = self._resolve(base, fields)
        else:
            text = dotted(self.operand(base, _PATH), fields)
            indexable = len(fields) < (2 if isinstance(base, (Parameter, Variable)) else 1)
        names = 0
        for key in rest:
            if isinstance(key, str):
                text, names = dotted(text, (key,)), names + 1
                continue
            # `a.b[0]` is the first of each b where a is a list, and `(a.b)[0]` the first of them all.
            whole = text if indexable and names < 2 else f"({text})"
            text = f"{whole}[{self.operand(key, _NONE)}]"
            indexable, names = True, 0
        return text

    def _there(self, value: Value) -> str:
        """What to ask for where it is asked whether a value is there."""
        if isinstance(value, (Reference, Path)):
            base, fields, rest = (value, (), ()) if isinstance(value, Reference) else value._names()
            if isinstance(base, Reference) and not rest:
                resolved = self._resolve(base, fields)
                return resolved.text if resolved.there is None else resolved.there
        return self.operand(value, _NONE)

    def _binary(self, value: Binary) -> tuple[str, int]:
        # Down the left side in a loop: a sum of a thousand terms is a thousand levels deep there.
        spine = [value]
        while isinstance(spine[-1]._left, Binary):
            spine.append(spine[-1]._left)
        innermost = spine[-1]
        pieces = [self.array(innermost._left, _POWER[innermost._operator])]
        own, opened = _PATH, 0
        for each in reversed(spine):
            power = _POWER[each._operator]
            if own < power:
                opened += 1
                pieces.append(")")
            pieces.append(f" {each._operator} {self.array(each._right, power + 1)}")
            own = power
        return "(" * opened + "".join(pieces), own

    def _joined(self, value: str) -> tuple[str, int]:
        pieces = parts(value)
        if len(pieces) == 1:
            return f"$string({self.operand(pieces[0], _NONE)})", _PATH
        power = _POWER["&"]
        first, *others = pieces
        return " & ".join((self.operand(first, power), *(self.operand(each, power + 1) for each in others))), power

    def _function(self, function: Function) -> str:
        """The text of a function, with parameters named so that they hide nothing that its body reads."""
        for parameter in function._parameters:
            self._numbered += 1
            self._parameters[parameter] = f"{_UNNAMED}{self._numbered}{_UNNAMED}"
        body = self.array(function._body, _NONE)
        taken = set(_VARIABLE.findall(body))
        names = []
        for parameter in function._parameters:
            name, number = parameter._wish, 2
            while name in taken:
                name, number = f"{parameter._wish}_{number}", number + 1
            taken.add(name)
            names.append(f"${name}")
            body = body.replace(f"${self._parameters[parameter]}", f"${name}")
        return f"function({', '.join(names)}) {{ {body} }}"

    def _text(self, value: Text) -> tuple[str, int]:
        """The text as it is, in a block that binds the names where there are any."""
        if not value._values:
            return value._text, _NONE
        bound = {name: self.array(each, _BINDING) for name, each in value._values.items()}
        before: set[str] = set()
        for name, text in bound.items():
            if before.intersection(_VARIABLE.findall(text)):  # a name bound before would hide what this value reads
                names, given = ", ".join(f"${each}" for each in bound), ", ".join(bound.values())
                return f"function({names}) {{ ({value._text}) }}({given})", _PATH
            before.add(name)
        return f"({''.join(f'${name} := {text}; ' for name, text in bound.items())}{value._text})", _PATH


def _literal(value: bool | float | None) -> tuple[str, int]:
    if isinstance(value, float) and not math.isfinite(value):
        raise TypeError(f"{value!r} is no number of JSON")
    negative = value is not None and value < 0
    return json.dumps(value), _UNARY if negative else _PATH


def quote(text: str) -> str:
    """A text as a JSONata literal, in single quotes where it can be: they need no escape inside JSON."""
    written = json.dumps(text, ensure_ascii=False)
    if "'" in text and '"' not in text:
        return written
    # JSONata knows the escapes of JSON and no others, so that a single quote has none but its code.
    inside = written[1:-1].replace('\\"', '"').replace("'", "\\u0027")
    return f"'{inside}'"


def field_name(name: str) -> str:
    """A field name as a path has it, in backticks where it is no plain name."""
    if _IDENTIFIER.match(name) and name not in _KEYWORDS:
        return name
    if "`" in name:  # JSONata has no escape for it
        return f"$lookup({quote(name)})"
    return f"`{name}`"


def dotted(base: str, fields: Sequence[str]) -> str:
    """A value with fields below it."""
    return base + "".join(f".{field_name(name)}" for name in fields)


def _key(key: object) -> str:
    if not isinstance(key, str):
        raise TypeError(f"a key is a text, not {key!r}")
    if has_marks(key):
        raise TypeError("a key cannot hold a value of a later time: build the object with sfdsl.fn or jsonata(...)")
    return str.__str__(key)
