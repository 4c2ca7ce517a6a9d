"""Which fields of a value are read, and the smallest object that holds just these."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeAlias

FieldPath: TypeAlias = "tuple[str, ...]"


class Fields:
    """The fields of one value that something reads; the whole value where () is among them."""

    def __init__(self, paths: Iterable[FieldPath] = ()) -> None:
        self._paths: set[FieldPath] = set(paths)

    def add(self, path: FieldPath, optional: bool = False) -> None:
        """Note that a field is read; of one that may be missing, the object around it is kept."""
        self._paths.add(path[:-1] if optional and path else path)

    def __bool__(self) -> bool:
        return bool(self._paths)

    def smallest(self) -> list[FieldPath]:
        """The paths without those below another one, in order."""
        kept: list[FieldPath] = []
        for path in sorted(self._paths):
            if not any(path[: len(shorter)] == shorter for shorter in kept[-1:]):
                kept.append(path)
        return kept

    def build(self, value: Callable[[FieldPath], Any]) -> Any:
        """The object with `value(path)` at each path; `value(())` itself where the whole is read."""
        built: dict[str, Any] = {}
        for path in self.smallest():
            if not path:
                return value(())
            inner = built
            for key in path[:-1]:
                inner = inner.setdefault(key, {})
            inner[path[-1]] = value(path)
        return built
