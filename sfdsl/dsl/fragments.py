"""Functions that return steps, used more than once: a label keeps the names of their states apart."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from sfdsl.dsl.errors import DeclarationError

_labels: list[str] = []

Returned = TypeVar("Returned")


def fragment(function: Callable[..., Returned]) -> Callable[..., Returned]:
    """Let a function that returns steps take a keyword `label`, which stands behind the name of each of its states.

    `ingest("orders", label="orders")` names the function's step "Extract" `Extract (orders)`. Labels of fragments
    within fragments stand together: `Extract (orders, EU)`. Without a label the names stay as they are.
    """

    @wraps(function)
    def labelled(*arguments: Any, label: str | None = None, **named: Any) -> Returned:
        if label is None:
            return function(*arguments, **named)
        if not isinstance(label, str):
            raise DeclarationError(f"a label is a text, not {label!r}", "write label='orders'")
        _labels.append(label)
        try:
            return function(*arguments, **named)
        finally:
            _labels.pop()

    return labelled


def labelled(name: str) -> str:
    """The name of a state as the fragments around it make it."""
    return f"{name} ({', '.join(reversed(_labels))})" if _labels else name
