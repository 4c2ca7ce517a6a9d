"""What a constructor was given: the one thing it is for, or a refusal at the author's line that says what to write."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NoReturn, TypeVar

from sfdsl.dsl.errors import DeclarationError
from sfdsl.jsonata import Expression, has_marks

T = TypeVar("T")


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


def number(value: Any, what: str, *, whole: bool = False) -> Any:
    """A number that is known now, or a placeholder `${Name}`.

    Raises:
        DeclarationError: It is neither.
    """
    numeric = isinstance(value, int if whole else (int, float)) and not isinstance(value, bool)
    if numeric or (isinstance(value, str) and "${" in value and not has_marks(value)):
        return value
    raise DeclarationError(f"{what} is a {'whole ' if whole else ''}number, not {shown(value)}")


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
    try:
        written = repr(value)
    except Exception:  # a message about a wrong value is no place to fail over how it shows itself
        written = f"a {type(value).__name__}"
    return written if len(written) <= 80 else f"{written[:76]} ..."
