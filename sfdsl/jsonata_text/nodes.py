"""What is known about an expression, and the nodes of the expressions that the scanner understands by itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple, NoReturn, TypeAlias

from attrs import frozen

JSON: TypeAlias = (
    Any  # None | bool | int | float | str | list[JSON] | dict[str, JSON]; mypy has no use for the recursion
)
Bindings: TypeAlias = Mapping[str, JSON]  # name of a variable, without $ -> its value; `states` is one of them


@frozen
class Problem:
    """Something that is wrong with an expression.

    Attributes:
        position: Where in the text, in characters from 0, the opening `{%` included.
        message: What is wrong.
        hint: What to write instead; empty where nothing better can be said.
    """

    position: int
    message: str
    hint: str = ""


class Called(NamedTuple):
    """A call of a function by name.

    Attributes:
        name: Without `$`.
        arguments: How many it is given; what `~>` hands it counts.
        position: Of its `$`, in characters from 0 in the text, the opening `{%` included.
    """

    name: str
    arguments: int
    position: int


@frozen
class Constant:
    """What an expression gives that reads nothing: `{% 1 + 2 %}` is `Constant(3)`."""

    value: JSON


@frozen
class Facts:
    """What an expression reads and calls.

    Attributes:
        variables: Names of the variables it reads, without `$`: neither functions nor what it binds itself.
        states: What it reads of `$states`: `("input", "a")`, `("context", "Execution", "Id")`; `()` is all of it.
            Positions in arrays are left out; a path ends at the first wildcard, filter or computed step.
        reads: The same for variables, the name first: `("order", "id")`.
        calls: Functions it calls, from left to right; those it defines itself are not among them.
        problems: Functions that do not exist or take another number of arguments, and `$`, `$$` and field names where
            they have no value; from left to right.
        constant: Its value, where it reads and calls nothing.
    """

    variables: frozenset[str] = frozenset()
    states: frozenset[tuple[str, ...]] = frozenset()
    reads: frozenset[tuple[str, ...]] = frozenset()
    calls: tuple[Called, ...] = ()
    problems: tuple[Problem, ...] = ()
    constant: Constant | None = None


class Literal(NamedTuple):
    """A number, string, true, false or null."""

    value: JSON


class Read(NamedTuple):
    """A variable."""

    name: str


class Select(NamedTuple):
    """Names (str) and positions (int) that select from what a node gives; a position belongs to the name before it."""

    base: Node
    steps: tuple[str | int, ...]


class Binary(NamedTuple):
    """An operator between two operands."""

    operator: str
    left: Node
    right: Node


class Negative(NamedTuple):
    """A minus before an operand."""

    operand: Node


class Condition(NamedTuple):
    """`a ? b : c`; `otherwise` is None where the colon is left out."""

    test: Node
    then: Node
    otherwise: Node | None


class Invoke(NamedTuple):
    """A call of a function by name."""

    function: str
    arguments: tuple[Node, ...]


class Block(NamedTuple):
    """One operand in parentheses."""

    inner: Node


class Array(NamedTuple):
    """`[a, b]`."""

    items: tuple[Node, ...]


class Object(NamedTuple):
    """`{"a": b}`."""

    pairs: tuple[tuple[Node, Node], ...]


Node: TypeAlias = "Literal | Read | Select | Binary | Negative | Condition | Invoke | Block | Array | Object"


class Unsure(Exception):
    """The quick way does not know about this expression, and jsonata-python decides; not an error by itself."""


def assert_never(value: NoReturn) -> NoReturn:
    """What `typing.assert_never` of Python 3.11 does: mypy proves that this is not reached."""
    raise AssertionError(f"unexpected node {value!r}")
