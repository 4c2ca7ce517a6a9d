"""TOML, on the Pythons that bring a reader and on the one that does not."""

from __future__ import annotations

import sys
from typing import Any


def loads(text: str) -> dict[str, Any]:
    """A TOML document.

    Raises:
        ValueError: It is none; the message says where.
    """
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib
    try:
        document: dict[str, Any] = tomllib.loads(text)
    except tomllib.TOMLDecodeError as broken:
        raise ValueError(f"this is not TOML: {broken}") from broken
    return document
