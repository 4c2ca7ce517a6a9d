"""What a constructor was given: the one thing it is for, or a refusal at the author's line that says what to write."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, NoReturn, TypeVar

from sfdsl.dsl.errors import DeclarationError
from sfdsl.jsonata import Expression, has_marks
from sfdsl.jsonata.marks import plain

T = TypeVar("T")

_FAR = 1e15  # beyond any number that AWS takes anywhere, and within what a float can hold
_ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")


def text(value: Any, what: str, hint: str = "") -> str:
    """A text that is known now.

    Raises:
        DeclarationError: It is no text, or has a value of a later time in it.
    """
    if isinstance(value, Expression) or (isinstance(value, str) and has_marks(value)):
        raise DeclarationError(
            f"{what} is fixed when the pipeline is compiled, and cannot hold a value of a later time",
            hint or "write a text; `${Name}` in it is filled in when the pipeline is deployed",
        )
    if not isinstance(value, str):
        raise DeclarationError(f"{what} is a text, not {shown(value)}", hint)
    return str.__str__(value)


def texts(value: Any, what: str, hint: str = "") -> tuple[str, ...]:
    """One text, or several, as a tuple.

    Raises:
        DeclarationError: It is neither.
    """
    if isinstance(value, (str, Expression)):
        return (text(value, what, hint),)
    if isinstance(value, (Mapping, bytes)) or not hasattr(value, "__iter__"):
        raise DeclarationError(f"{what} is a text or a list of texts, not {shown(value)}", hint)
    return tuple(text(each, what, hint) for each in value)


def one_of(value: Any, kind: type[T], what: str, hint: str = "") -> T | None:
    """A value of a class of ours, or None.

    Raises:
        DeclarationError: It is something else.
    """
    if value is None or isinstance(value, kind):
        return value
    raise DeclarationError(f"{what} is a {kind.__name__}, not {shown(value)}", hint)


def optional_text(value: Any, what: str) -> str | None:
    """A text that is known now, or None.

    Raises:
        DeclarationError: It is neither.
    """
    return None if value is None else text(value, what)


def number(value: Any, what: str, *, whole: bool = False) -> Any:
    """A number that is known now, or a placeholder `${Name}`.

    Raises:
        DeclarationError: It is neither.
    """
    numeric = isinstance(value, int if whole else (int, float)) and not isinstance(value, bool)
    if numeric and -_FAR < value < _FAR:
        return value
    if isinstance(value, str) and "${" in value and not has_marks(value):
        return value
    raise DeclarationError(f"{what} is a {'whole ' if whole else ''}number, not {shown(value)}")


def amount(value: Any, what: str) -> float | None:
    """A number of at least 0 that is known now, or None.

    Raises:
        DeclarationError: It is neither.
    """
    if value is None or (isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value < _FAR):
        return value
    raise DeclarationError(f"{what} is a number of at least 0, not {shown(value)}")


def number_or_later(value: Any, what: str) -> Any:
    """A number, a placeholder, an expression that gives one, or None.

    Raises:
        DeclarationError: It is none of these.
    """
    return value if value is None or _is_later(value) else number(value, what)


def text_or_later(value: Any, what: str) -> Any:
    """A text, an expression that gives one, or None.

    Raises:
        DeclarationError: It is none of these.
    """
    return value if value is None or _is_later(value) else text(value, what)


def _is_later(value: Any) -> bool:
    return isinstance(value, Expression) or (isinstance(value, str) and (has_marks(value) or value.startswith("{%")))


def json_object(value: Any, what: str, hint: str) -> dict[str, Any]:
    """An object of plain JSON.

    Raises:
        DeclarationError: It is none, or something in it is no JSON.
    """
    if not isinstance(value, dict):
        raise DeclarationError(f"{what} is {shown(value)}", hint)
    seen: set[int] = set()
    stack: list[Any] = [value]
    while stack:
        each = stack.pop()
        if isinstance(each, (dict, list)) and id(each) not in seen:
            seen.add(id(each))
            stack.extend(each.values() if isinstance(each, dict) else each)
            if isinstance(each, dict) and not all(isinstance(key, str) for key in each):
                wrong = next(key for key in each if not isinstance(key, str))
                raise DeclarationError(f"{what} has the key {shown(wrong)}, which is no text", hint)
        elif not (each is None or isinstance(each, (bool, int, float, str, dict, list))):
            raise DeclarationError(f"{what} holds {shown(each)}, which is no JSON", hint)
    return value


ASSERTIONS = ("unordered", "atomic", "no_barrier", "stop_on_abort", "error_names_free", "pure")
"""The words of `Assertion` in the model, whose import takes longer than all of this package; a test compares them."""


def assertions(value: Any, what: str) -> frozenset[str]:
    """Assertions about a step, by their words.

    Raises:
        DeclarationError: There is no such assertion.
    """
    found = texts(value, what, 'write asserts=["unordered"]')
    for word in found:
        if word not in ASSERTIONS:
            from sfdsl.diagnostics import did_you_mean

            hint = did_you_mean(word, ASSERTIONS) or f"the assertions are {', '.join(ASSERTIONS)}"
            raise DeclarationError(f"{what}: there is no assertion {word!r}", hint)
    return frozenset(found)


def boolean(value: Any, what: str) -> Any:
    """True, False or None.

    Raises:
        DeclarationError: It is something else.
    """
    if value is None or isinstance(value, bool):
        return value
    raise DeclarationError(f"{what} is True or False, not {shown(value)}")


def refuse_unknown(maker: object, unknown: Mapping[str, Any], known: Sequence[str]) -> None:
    """Refuse options that there are not.

    Raises:
        DeclarationError: There are any.
    """
    for name in unknown:
        _no_option(maker, name, known)


def options_of(kind: type) -> list[str]:
    """The options that a class and its base classes take by name."""
    import inspect

    found: dict[str, None] = {}
    for each in kind.__mro__:
        if "__init__" in vars(each) and each is not object:
            parameters = list(inspect.signature(each.__init__).parameters.values())[1:]  # type: ignore[misc]
            by_name = [one for one in parameters if one.kind in (one.KEYWORD_ONLY, one.POSITIONAL_OR_KEYWORD)]
            found.update((one.name, None) for one in by_name)
    return list(found)


def _no_option(maker: object, name: str, known: Sequence[str]) -> NoReturn:
    from sfdsl.diagnostics import did_you_mean

    raise DeclarationError(f"{maker} has no option {name!r}", did_you_mean(name, known) or f"it has {', '.join(known)}")


def shown(value: Any) -> str:
    """A value as a message shows it: at most a line of it."""
    if isinstance(value, type):
        return f"the class {value.__name__}"
    if isinstance(value, str):
        value = plain(value)
    try:
        written = _ADDRESS.sub("", repr(value))
    except Exception:  # a message about a wrong value is no place to fail over how it shows itself
        written = f"a {type(value).__name__}"
    return written if len(written) <= 80 else f"{written[:76]} ..."
