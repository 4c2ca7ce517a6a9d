"""What Python operators on values of a later time build: the nodes of a syntax tree.

Every attribute begins with an underscore, because any other name is a field that an author may want to read.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NoReturn, TypeAlias

from sfdsl.jsonata.marks import has_marks, mark

Value: TypeAlias = Any
"""What an author may write for a value: JSON, expressions, and both nested in each other."""


class Expression:
    """A value that is known only when the pipeline runs.

    `==  !=  <  <=  >  >=  +  -  *  /  %` compare and compute; `&`, `|` and `~` are and, or and not (Python keeps
    `and`, `or`, `not` for itself); `+` with a text joins. `x.Name`, `x["name"]` and `x[0]` read below it; in an
    f-string it becomes part of the text. Functions are in `sfdsl.fn`.
    """

    def __getattr__(self, name: str) -> Expression:
        if name.startswith("_"):  # Python itself asks for such names, to copy an object or to show it
            raise AttributeError(f"a field whose name begins with an underscore is read as x[{name!r}]")
        return Path(self, name)

    def __getitem__(self, key: str | int | Expression) -> Expression:
        if isinstance(key, str) and has_marks(key):
            raise TypeError(
                "a name that is known only when the pipeline runs cannot stand in brackets: write fn.lookup(value, key)"
            )
        if isinstance(key, (str, int, Expression)) and not isinstance(key, bool):
            return Path(self, key)
        raise TypeError(
            f"an expression is indexed by a name or a position, not by {key!r}; "
            "write sfdsl.fn.filter(...) or jsonata(...)"
        )

    def default(self, value: Value) -> Expression:
        """This value, or another one where it is missing: its step did not run, or there is no such field."""
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
        return mark(self)

    def __format__(self, spec: str) -> str:
        if spec:
            raise TypeError(
                f"the format {spec!r} cannot be applied to a value of a later time: write sfdsl.fn.format_number(...)"
            )
        return mark(self)

    def __repr__(self) -> str:
        from sfdsl.jsonata.writing import described

        return f"<{described(self)}>"


class Reference(Expression):
    """A value that something in the pipeline gives: a step's result, the input, an item, a caught error."""

    def _label(self) -> str:
        """How a message names it."""
        return "value"


class Path(Expression):
    """A field or an element of a value."""

    def __init__(self, base: Expression, key: str | int | Expression) -> None:
        self._base = base
        self._key = key

    def _names(self) -> tuple[Expression, tuple[str, ...], tuple[str | int | Expression, ...]]:
        """The value at the root, the field names right below it, and what follows from the first index on."""
        keys: list[str | int | Expression] = []
        base: Expression = self
        while isinstance(base, Path):
            keys.append(base._key)
            base = base._base
        keys.reverse()
        cut = next((i for i, key in enumerate(keys) if not isinstance(key, str)), len(keys))
        return base, tuple(str(key) for key in keys[:cut]), tuple(keys[cut:])


class Default(Expression):
    """A value, or another one where it is missing."""

    def __init__(self, value: Expression, otherwise: Value) -> None:
        self._value = value
        self._otherwise = otherwise


class Binary(Expression):
    """Two operands and an operator of JSONata."""

    def __init__(self, operator: str, left: Value, right: Value) -> None:
        self._operator = operator
        self._left = left
        self._right = right


class Negative(Expression):
    """A number with the other sign."""

    def __init__(self, value: Expression) -> None:
        self._value = value


class Call(Expression):
    """A function of JSONata with its arguments, by its name there without `$`."""

    __match_args__ = ("_function", "_arguments")

    def __init__(self, function: str, *arguments: Value) -> None:
        self._function = function
        self._arguments = arguments


class Conditional(Expression):
    """One of two values, by a test."""

    def __init__(self, test: Value, then: Value, otherwise: Value) -> None:
        self._test = test
        self._then = then
        self._otherwise = otherwise


class Array(Expression):
    """An array constructor, which keeps an array even of one element."""

    def __init__(self, items: Sequence[Value]) -> None:
        self._items = tuple(items)


class Variable(Expression):
    """A variable of an author's own, by its name."""

    def __init__(self, name: str) -> None:
        self._name = name


class Parameter(Expression):
    """A parameter of a `Function`; it gets its name when that is written."""

    def __init__(self, wish: str) -> None:
        self._wish = wish


class Function(Expression):
    """A function of its own, as `$map` and `$filter` take it; made of a Python function that builds its body.

    A parameter that has a default in Python is the author's way to hold on to a value, and none of the function's.
    """

    def __init__(self, function: Callable[..., Value]) -> None:
        import inspect

        try:
            signature = inspect.signature(function)
        except (TypeError, ValueError):
            raise TypeError(f"{function!r} cannot build an expression: write lambda value: ...") from None
        wanted = [each for each in signature.parameters.values() if each.default is each.empty]
        self._parameters = tuple(Parameter(each.name) for each in wanted if each.kind is not each.VAR_KEYWORD)
        self._body = function(*self._parameters)


class Text(Expression):
    """JSONata as the author wrote it, with values bound to names: the way out."""

    def __init__(self, text: str, values: Mapping[str, Value]) -> None:
        self._text = text.strip()
        self._values = dict(values)


def jsonata(text: str, **values: Value) -> Expression:
    """JSONata as you write it, for what operators and `sfdsl.fn` do not cover.

    Args:
        text: The expression without `{% %}`; `$name` reads a value given here.
        values: Values by the name that the text uses: `jsonata("$sum($rows.price)", rows=load.result.Payload)`.
    """
    if not isinstance(text, str):
        raise TypeError(f"jsonata() takes the text of an expression, not {text!r}")
    if has_marks(text):
        raise TypeError(
            "the text of jsonata() has a value of a later time in it: give it a name, as in "
            'jsonata("$sum($rows.price)", rows=step.result.Payload)'
        )
    inside = text.strip()
    if inside.startswith("{%") and inside.endswith("%}"):
        inside = inside[2:-2]
    if not inside.strip():
        raise TypeError("jsonata() is given an empty text; write an expression")
    return Text(inside, values)


GIVE_TEXT = frozenset(
    {"string", "substring", "substringBefore", "substringAfter", "uppercase", "lowercase", "trim", "pad", "join",
     "replace", "base64encode", "base64decode", "encodeUrlComponent", "encodeUrl", "decodeUrlComponent", "decodeUrl",
     "formatNumber", "formatBase", "formatInteger", "now", "fromMillis", "hash", "uuid", "type"}
)  # fmt: skip
"""The functions that give a text."""


def _is_text(value: Value) -> bool:
    """Whether a value is a text for certain, so that `+` joins."""
    return (
        isinstance(value, str)
        or (isinstance(value, Binary) and value._operator == "&")
        or (isinstance(value, Call) and value._function in GIVE_TEXT)
    )
