"""Expressions: Python operators on references build a syntax tree, which becomes JSONata text.

What a reference stands for (a variable, a part of the input) is decided when a pipeline is lowered:
`render` asks its `resolve` for the text of every reference with the fields that are read of it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NoReturn, TypeAlias

Value: TypeAlias = Any
"""What an author may write for a value: JSON, expressions, and both nested in each other."""

Resolve: TypeAlias = "Callable[[Reference, tuple[str, ...]], str]"
"""The text for some fields of a reference, ready to stand in an expression as an operand."""

_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
_KEYWORDS = frozenset({"and", "or", "in", "true", "false", "null", "function"})
_BEGIN, _END = "\ue000", "\ue001"  # private use: an expression inside an f-string until it is rendered
_MARKED = re.compile(f"{_BEGIN}([0-9]+){_END}")
_in_text: list[Expression] = []

# Binding powers of JSONata's operators. Source: JSONata 2.0 documentation, "Operator precedence".
_POWER = {"or": 25, "and": 30, "=": 40, "!=": 40, "<": 40, "<=": 40, ">": 40, ">=": 40, "in": 40,
          "+": 50, "-": 50, "&": 50, "*": 60, "/": 60, "%": 60}  # fmt: skip
_CONDITIONAL, _UNARY, _PATH = 20, 70, 80


class Expression:
    """A value that is known only when the pipeline runs.

    `==  !=  <  <=  >  >=  +  -  *  /  %` compare and compute; `&`, `|` and `~` are and, or and not (Python keeps
    `and`, `or`, `not` for itself); `+` with a text joins. `x.Name`, `x["name"]` and `x[0]` read below it; in an
    f-string it becomes part of the text. Functions are in `sfdsl.fn`.
    """

    def __getattr__(self, name: str) -> Expression:
        if name.startswith("_"):
            raise AttributeError(name)
        return Path(self, name)

    def __getitem__(self, key: str | int | Expression) -> Expression:
        if isinstance(key, (str, int, Expression)) and not isinstance(key, bool):
            return Path(self, key)
        raise TypeError(
            f"an expression is indexed by a name or a position, not by {key!r}; "
            "write sfdsl.fn.filter(...) or jsonata(...)"
        )

    def default(self, value: Value) -> Expression:
        """This value, or another one on paths where its step did not run."""
        return Default(self, value)

    def is_in(self, values: Value) -> Expression:
        """Whether it is one of the values of a list."""
        return Binary("in", self, values)

    def __eq__(self, other: object) -> Expression:  # type: ignore[override]
        return Binary("=", self, other)

    def __ne__(self, other: object) -> Expression:  # type: ignore[override]
        return Binary("!=", self, other)

    def __lt__(self, other: Value) -> Expression:
        return Binary("<", self, other)

    def __le__(self, other: Value) -> Expression:
        return Binary("<=", self, other)

    def __gt__(self, other: Value) -> Expression:
        return Binary(">", self, other)

    def __ge__(self, other: Value) -> Expression:
        return Binary(">=", self, other)

    def __and__(self, other: Value) -> Expression:
        return Binary("and", self, other)

    def __rand__(self, other: Value) -> Expression:
        return Binary("and", other, self)

    def __or__(self, other: Value) -> Expression:
        return Binary("or", self, other)

    def __ror__(self, other: Value) -> Expression:
        return Binary("or", other, self)

    def __invert__(self) -> Expression:
        return Call("not", self)

    def __add__(self, other: Value) -> Expression:
        return Binary("&" if _is_text(self) or _is_text(other) else "+", self, other)

    def __radd__(self, other: Value) -> Expression:
        return Binary("&" if _is_text(self) or _is_text(other) else "+", other, self)

    def __sub__(self, other: Value) -> Expression:
        return Binary("-", self, other)

    def __rsub__(self, other: Value) -> Expression:
        return Binary("-", other, self)

    def __mul__(self, other: Value) -> Expression:
        return Binary("*", self, other)

    def __rmul__(self, other: Value) -> Expression:
        return Binary("*", other, self)

    def __truediv__(self, other: Value) -> Expression:
        return Binary("/", self, other)

    def __rtruediv__(self, other: Value) -> Expression:
        return Binary("/", other, self)

    def __mod__(self, other: Value) -> Expression:
        return Binary("%", self, other)

    def __rmod__(self, other: Value) -> Expression:
        return Binary("%", other, self)

    def __neg__(self) -> Expression:
        return Negative(self)

    def __hash__(self) -> int:
        return id(self)

    def __bool__(self) -> NoReturn:
        raise TypeError(
            "this value is known only when the pipeline runs, so Python cannot test it: write Choice(...).when(...) "
            "for a way of the flow, sfdsl.fn.when(test, a, b) for a value, and & | ~ instead of and, or, not"
        )

    def __iter__(self) -> NoReturn:
        raise TypeError(
            "this value is known only when the pipeline runs, so Python cannot loop over it: "
            "write Map(..., over=...) for steps, sfdsl.fn.map(values, lambda value: ...) for a value"
        )

    def __len__(self) -> NoReturn:
        raise TypeError(
            "this value is known only when the pipeline runs: write sfdsl.fn.count(...) or sfdsl.fn.length(...)"
        )

    def __contains__(self, item: object) -> NoReturn:
        raise TypeError("Python's `in` cannot ask a value of a later time: write item.is_in(values)")

    def __call__(self, *_: object, **__: object) -> NoReturn:
        raise TypeError(
            "a value of a later time cannot be called: functions are in sfdsl.fn, "
            "and a field that is named like a method is read as x['name']"
        )

    def __str__(self) -> str:
        _in_text.append(self)
        return f"{_BEGIN}{len(_in_text) - 1}{_END}"

    def __format__(self, spec: str) -> str:
        if spec:
            raise TypeError(
                f"the format {spec!r} cannot be applied to a value of a later time: write sfdsl.fn.format_number(...)"
            )
        return str(self)

    def __repr__(self) -> str:
        return f"<{render(self, _describe)}>"

    # What stands in the tree: set by the subclasses.
    def children(self) -> Iterator[Value]:
        """The values that this expression is made of."""
        return iter(())

    def write(self, writer: Writer) -> tuple[str, int]:
        """The text and the binding power of its outermost operator."""
        raise NotImplementedError


class Reference(Expression):
    """A value that something in the pipeline gives: a step's result, the input, an item, a caught error."""

    def label(self) -> str:
        """How a message names it."""
        return "value"

    def write(self, writer: Writer) -> tuple[str, int]:
        """The text that the resolver gives for the whole of it."""
        return writer.resolve(self, ()), _PATH


class Path(Expression):
    """A field or an element of a value."""

    def __init__(self, base: Expression, key: str | int | Expression) -> None:
        self._base = base
        self._key = key

    def children(self) -> Iterator[Value]:
        """The value it reads of, and an index that is itself an expression."""
        yield self._base
        if isinstance(self._key, Expression):
            yield self._key

    def names(self) -> tuple[Expression, tuple[str, ...], tuple[str | int | Expression, ...]]:
        """The value at the root, the field names right below it, and what follows from the first index on."""
        keys: list[str | int | Expression] = []
        base: Expression = self
        while isinstance(base, Path):
            keys.append(base._key)
            base = base._base
        keys.reverse()
        cut = next((i for i, key in enumerate(keys) if not isinstance(key, str)), len(keys))
        return base, tuple(str(key) for key in keys[:cut]), tuple(keys[cut:])

    def write(self, writer: Writer) -> tuple[str, int]:
        """Fields with dots, elements in brackets."""
        base, fields, rest = self.names()
        if isinstance(base, Reference):
            text, power = writer.resolve(base, fields), _PATH
        else:
            text, power = base.write(writer)
            text = _wrapped(text, power, _PATH) + "".join(f".{field_name(field)}" for field in fields)
        for key in rest:
            if isinstance(key, str):
                text += f".{field_name(key)}"
            else:
                inner = str(key) if isinstance(key, int) else key.write(writer)[0]
                text += f"[{inner}]"
        return text, _PATH


class Default(Expression):
    """A value, or another where its step did not run; the resolver makes sure that one of them is there."""

    def __init__(self, value: Expression, otherwise: Value) -> None:
        self._value = value
        self._otherwise = otherwise

    def children(self) -> Iterator[Value]:
        """The value, and what stands for it."""
        yield self._value
        yield self._otherwise

    def write(self, writer: Writer) -> tuple[str, int]:
        """The value alone: the other one is assigned before."""
        return self._value.write(writer)


class Binary(Expression):
    """Two operands and an operator."""

    def __init__(self, operator: str, left: Value, right: Value) -> None:
        self._operator = operator
        self._left = left
        self._right = right

    def children(self) -> Iterator[Value]:
        """The operands."""
        yield self._left
        yield self._right

    def write(self, writer: Writer) -> tuple[str, int]:
        """The operands with parentheses where the binding powers ask for them."""
        power = _POWER[self._operator]
        left, right = writer.operand(self._left, power), writer.operand(self._right, power + 1)
        return f"{left} {self._operator} {right}", power


class Negative(Expression):
    """A number with the other sign."""

    def __init__(self, value: Expression) -> None:
        self._value = value

    def children(self) -> Iterator[Value]:
        """The number."""
        yield self._value

    def write(self, writer: Writer) -> tuple[str, int]:
        """A minus before the operand."""
        return f"-{writer.operand(self._value, _UNARY)}", _UNARY


class Call(Expression):
    """A function of JSONata with its arguments."""

    def __init__(self, function: str, *arguments: Value) -> None:
        self._function = function
        self._arguments = arguments

    def children(self) -> Iterator[Value]:
        """The arguments."""
        return iter(self._arguments)

    @property
    def _is_exists(self) -> bool:
        return self._function == "exists"

    def write(self, writer: Writer) -> tuple[str, int]:
        """`$function(a, b)`."""
        return f"${self._function}({', '.join(writer.operand(a, 0) for a in self._arguments)})", _PATH


class Conditional(Expression):
    """One of two values."""

    def __init__(self, test: Value, then: Value, otherwise: Value) -> None:
        self._test = test
        self._then = then
        self._otherwise = otherwise

    def children(self) -> Iterator[Value]:
        """The test and both values."""
        yield from (self._test, self._then, self._otherwise)

    def write(self, writer: Writer) -> tuple[str, int]:
        """`test ? a : b`."""
        test = writer.operand(self._test, _CONDITIONAL + 1)
        return f"{test} ? {writer.operand(self._then, 0)} : {writer.operand(self._otherwise, 0)}", _CONDITIONAL


class Array(Expression):
    """An array constructor, which keeps an array even of one element."""

    def __init__(self, items: Sequence[Value]) -> None:
        self._items = tuple(items)

    def children(self) -> Iterator[Value]:
        """The items."""
        return iter(self._items)

    def write(self, writer: Writer) -> tuple[str, int]:
        """`[a, b]`."""
        return writer.write(list(self._items))


class Variable(Expression):
    """A variable by its name: a parameter of a function, or one that the author assigns."""

    def __init__(self, name: str) -> None:
        self._name = name

    def write(self, writer: Writer) -> tuple[str, int]:
        """`$name`."""
        return f"${self._name}", _PATH


class Function(Expression):
    """A function of its own, as `$map` and `$filter` take it; made of a Python function that builds its body."""

    def __init__(self, function: Callable[..., Value]) -> None:
        import inspect

        self._parameters = tuple(inspect.signature(function).parameters)
        self._body = function(*(Variable(name) for name in self._parameters))

    def children(self) -> Iterator[Value]:
        """The body."""
        yield self._body

    def write(self, writer: Writer) -> tuple[str, int]:
        """`function($x) { body }`."""
        parameters = ", ".join(f"${name}" for name in self._parameters)
        return f"function({parameters}) {{ {writer.operand(self._body, 0)} }}", _PATH


class Text(Expression):
    """JSONata as the author wrote it, with values bound to names: the way out."""

    def __init__(self, text: str, values: Mapping[str, Value]) -> None:
        self._text = text.strip()
        self._values = dict(values)

    def children(self) -> Iterator[Value]:
        """The bound values."""
        return iter(self._values.values())

    def write(self, writer: Writer) -> tuple[str, int]:
        """The text, in a block that binds the names where there are any."""
        bound = "".join(f"${name} := {writer.operand(value, 10)}; " for name, value in self._values.items())
        return (f"({bound}{self._text})", _PATH) if bound else (self._text, 0)


def jsonata(text: str, **values: Value) -> Expression:
    """JSONata as you write it, for what operators and `sfdsl.fn` do not cover.

    Args:
        text: The expression without `{% %}`; `$name` reads a value given here.
        values: Values by the name that the text uses: `jsonata("$sum($rows.price)", rows=load.result.Payload)`.
    """
    if not isinstance(text, str):
        raise TypeError(f"jsonata() takes the text of an expression, not {text!r}")
    inside = text.strip()
    if inside.startswith("{%") and inside.endswith("%}"):
        inside = inside[2:-2]
    return Text(inside, values)


class Writer:
    """Turns values into JSONata text; asks `resolve` for references."""

    def __init__(self, resolve: Resolve) -> None:
        self.resolve = resolve

    def operand(self, value: Value, power: int) -> str:
        """The text of a value, in parentheses where it binds less than its place asks for."""
        text, own = self.write(value)
        return _wrapped(text, own, power)

    def write(self, value: Value) -> tuple[str, int]:
        """The text of a value and its binding power.

        Raises:
            TypeError: The value is neither JSON nor an expression.
        """
        if isinstance(value, Expression):
            return value.write(self)
        if isinstance(value, str):
            return self._text(value)
        if value is None or isinstance(value, (bool, int, float)):
            return json.dumps(value), _UNARY if isinstance(value, (int, float)) and value < 0 else _PATH
        if isinstance(value, Mapping):
            items = (f"{quote(str(key))}: {self.operand(item, 0)}" for key, item in value.items())
            return f"{{{', '.join(items)}}}", _PATH
        if isinstance(value, Sequence):
            return f"[{', '.join(self.operand(item, 0) for item in value)}]", _PATH
        raise TypeError(f"{value!r} is neither JSON nor an expression")

    def _text(self, value: str) -> tuple[str, int]:
        if _BEGIN not in value:
            return quote(value), _PATH
        pieces = [self.operand(part, _POWER["&"]) for part in parts(value)]
        if len(pieces) == 1:
            return f"$string({pieces[0]})", _PATH
        return " & ".join(pieces), _POWER["&"]


def parts(text: str) -> list[str | Expression]:
    """A text with expressions in it, taken apart: literal pieces and expressions in turn, empty pieces left out."""
    found: list[str | Expression] = []
    end = 0
    for marker in _MARKED.finditer(text):
        if marker.start() > end:
            found.append(text[end : marker.start()])
        found.append(_in_text[int(marker[1])])
        end = marker.end()
    if end < len(text):
        found.append(text[end:])
    return found


def render(value: Value, resolve: Resolve) -> str:
    """The JSONata text of a value, without `{% %}`."""
    return Writer(resolve).write(value)[0]


def template(value: Value, resolve: Resolve) -> Any:
    """A value as JSON for an ASL field: expressions become `{% ... %}`, everything else stays.

    Raises:
        TypeError: Something in it is neither JSON nor an expression.
    """
    if isinstance(value, Expression) or (isinstance(value, str) and _BEGIN in value):
        return "{% " + render(value, resolve) + " %}"
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, Mapping):
        for key in value:
            if not isinstance(key, str):
                raise TypeError(f"a key is a text, not {key!r}")
            if _BEGIN in key:
                raise TypeError(
                    "a key cannot hold a value of a later time: build the object with sfdsl.fn or jsonata(...)"
                )
        return {key: template(item, resolve) for key, item in value.items()}
    if isinstance(value, Sequence):
        return [template(item, resolve) for item in value]
    raise TypeError(f"{value!r} is neither JSON nor an expression")


def nested(value: Value) -> Iterator[Expression]:
    """Every expression in a value that is not part of another one.

    Raises:
        TypeError: Something in it is neither JSON nor an expression.
    """
    if isinstance(value, Expression):
        yield value
    elif isinstance(value, str):
        if _BEGIN in value:
            yield from (part for part in parts(value) if isinstance(part, Expression))
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from nested(item)
    elif isinstance(value, Sequence):
        for item in value:
            yield from nested(item)
    elif value is not None and not isinstance(value, (bool, int, float)):
        raise TypeError(f"{value!r} is neither JSON nor an expression")


class Use:
    """One place where a reference is read.

    Attributes:
        reference: What is read.
        path: The field names that are read of it, () for the whole.
        optional: Whether the field may be missing, because the expression asks for that.
        default: What stands for it where its step did not run; `NO_DEFAULT` for none.
    """

    __slots__ = ("default", "optional", "path", "reference")

    def __init__(self, reference: Reference, path: tuple[str, ...], optional: bool, default: Value) -> None:
        self.reference = reference
        self.path = path
        self.optional = optional
        self.default = default


class NoDefault:
    """The type of `NO_DEFAULT`."""


NO_DEFAULT = NoDefault()


def uses(value: Value) -> Iterator[Use]:
    """Every place in a value where a reference is read."""
    for expression in nested(value):
        yield from _uses(expression, optional=False, default=NO_DEFAULT)


def _uses(value: Value, optional: bool, default: Value) -> Iterator[Use]:
    if not isinstance(value, Expression):
        yield from uses(value)
    elif isinstance(value, Reference):
        yield Use(value, (), optional, default)
    elif isinstance(value, Path):
        base, fields, rest = value.names()
        if isinstance(base, Reference):
            yield Use(base, fields, optional, default)
        else:
            yield from _uses(base, optional, default)
        for key in rest:
            if isinstance(key, Expression):
                yield from _uses(key, False, NO_DEFAULT)
    elif isinstance(value, Default):
        yield from _uses(value._value, optional, value._otherwise)
        yield from uses(value._otherwise)
    else:
        exists = isinstance(value, Call) and value._is_exists
        for child in value.children():
            yield from _uses(child, exists, NO_DEFAULT)


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


def _wrapped(text: str, power: int, needed: int) -> str:
    return f"({text})" if power < needed else text


def _is_text(value: Value) -> bool:
    return isinstance(value, str) or (isinstance(value, Binary) and value._operator == "&")


def _describe(reference: Reference, path: tuple[str, ...]) -> str:
    return ".".join((reference.label(), *path))
