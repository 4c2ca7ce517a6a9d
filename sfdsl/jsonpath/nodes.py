"""What a JSONPath text says, as frozen nodes: paths with their steps and filters, and calls of intrinsic functions."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from functools import cached_property
from typing import Any, NoReturn, TypeAlias

from attrs import field, frozen

JSON: TypeAlias = Any  # None | bool | int | float | str | list[JSON] | dict[str, JSON]; mypy has no use for more
Reader: TypeAlias = Callable[[JSON, JSON, Any], JSON]  # (data, context, variables) -> value


class Root(Enum):
    """Where a path begins, if not at a variable.

    Members:
        DATA: `$`, what the field is applied to.
        CONTEXT: `$$`, the context object.
        ITEM: `@`, the element that a filter looks at.
    """

    DATA = "$"
    CONTEXT = "$$"
    ITEM = "@"


@frozen
class Variable:
    """The root of `$name.path`: a variable that a state before this one assigned."""

    name: str


@frozen
class Name:
    """`.name` or `['name']`: one field of an object."""

    name: str


@frozen
class Names:
    """`['a', 'b']`: some fields of an object; as the last step an object of those that are there."""

    names: tuple[str, ...]


@frozen
class Index:
    """`[n]`: one element of an array, from 0; a negative index counts from the end."""

    index: int


@frozen
class Indices:
    """`[0, 2]`: some elements of an array."""

    indices: tuple[int, ...]


@frozen
class Slice:
    """`[start:stop]`: elements from start up to, and without, stop; None is an open end."""

    start: int | None
    stop: int | None
    step: int = 1


@frozen
class Wildcard:
    """`*`: every element of an array, every value of an object."""


@frozen
class Descent:
    """`..`: the value itself and all that lies below it, depth first; the next step selects from each of them."""


@frozen
class Function:
    """`.length()` and its kin at the end of a path: a value computed from what the steps before it selected."""

    name: str


@frozen
class Literal:
    r"""A value written out: in a filter, or as an argument of an intrinsic function.

    Attributes:
        value: The value, escapes resolved.
        raw: A string as it stands between its quotes, where `\{` and `{` still differ; empty for anything else.
    """

    value: JSON = field(hash=False)  # an array of a filter is a list
    raw: str = field(default="", eq=False, repr=False)


@frozen
class Regex:
    """`/pattern/flags` to the right of `=~` in a filter."""

    pattern: str
    flags: str = ""


@frozen
class Compare:
    """`left operator right` in a filter."""

    left: Operand
    operator: str
    right: Operand


@frozen
class Exists:
    """`@.path` alone in a filter: true where the path finds something."""

    path: Path


@frozen
class Not:
    """`!(...)` in a filter."""

    predicate: Predicate


@frozen
class And:
    """`a && b` in a filter."""

    predicates: tuple[Predicate, ...]


@frozen
class Or:
    """`a || b` in a filter."""

    predicates: tuple[Predicate, ...]


@frozen
class Filter:
    """`[?(...)]`: the elements of an array for which the predicate is true."""

    predicate: Predicate


@frozen(slots=False)
class Path:
    """A path such as `$.a.b[0]`, `$$.Execution.Id` or `$name.field`.

    Attributes:
        root: Where it begins.
        steps: What it selects, from the root on.
        text: As the author wrote it, for messages; takes no part in equality.
        position: Where it begins in the text it was parsed from, in characters from 0.
    """

    root: Root | Variable
    steps: tuple[Step, ...] = ()
    text: str = field(default="", eq=False, repr=False)
    position: int = field(default=0, eq=False, repr=False)

    @cached_property
    def definite(self) -> bool:
        """Whether it selects at most one value; an indefinite path gives a list of what it finds."""
        last = len(self.steps) - 1
        return all(
            isinstance(step, Name | Index | Function) or (isinstance(step, Names) and place == last)
            for place, step in enumerate(self.steps)
        )

    @cached_property
    def read(self) -> Reader:
        """The path as a closure `(data, context, variables) -> value`, compiled once per node."""
        from sfdsl.jsonpath.reading import reader  # reading imports these nodes

        return reader(self)


@frozen
class Placeholder:
    """A text such as `${Path}` that a template fills in before AWS reads it; nothing more can be said about it."""

    text: str
    position: int = field(default=0, eq=False, repr=False)


@frozen(slots=False)
class Call:
    """A call of an intrinsic function, such as `States.Format('{}', $.x)`.

    Attributes:
        function: Name as written, `States.` included; `FUNCTIONS` tells whether there is such a function.
        arguments: From left to right.
        text: As the author wrote it, for messages; takes no part in equality.
        position: Where it begins in the text it was parsed from, in characters from 0.
    """

    function: str
    arguments: tuple[Argument, ...] = ()
    text: str = field(default="", eq=False, repr=False)
    position: int = field(default=0, eq=False, repr=False)

    @cached_property
    def run(self) -> Callable[[JSON, JSON, Any, Any], JSON]:
        """The call as a closure `(data, context, variables, randomness) -> value`, compiled once per node."""
        from sfdsl.jsonpath.intrinsics import runner  # intrinsics imports these nodes

        return runner(self)


Step: TypeAlias = Name | Names | Index | Indices | Slice | Wildcard | Descent | Function | Filter
Operand: TypeAlias = "Path | Literal | Regex"
Predicate: TypeAlias = "Compare | Exists | Not | And | Or"
Argument: TypeAlias = "Path | Call | Literal | Placeholder"
Node: TypeAlias = Path | Call | Placeholder


def assert_never(value: NoReturn) -> NoReturn:
    """What `typing.assert_never` of Python 3.11 does: mypy proves that this is not reached."""
    raise AssertionError(f"unexpected node {value!r}")
