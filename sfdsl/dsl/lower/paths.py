"""Which fields of a value are read, and the smallest object that holds just these."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeAlias

FieldPath: TypeAlias = "tuple[str, ...]"


class Fields:
    """The fields of one value that something reads; the whole value where () is among them.

    A field is certain where some step that always runs reads it: if it were missing, the execution would fail in any
    case. Of other fields it must be no fault to be missing when they are kept; nor of one that something asks for by
    `exists`, whoever else reads it.
    """

    def __init__(self, paths: Iterable[FieldPath] = ()) -> None:
        self._paths: set[FieldPath] = set(paths)
        self._certain: set[FieldPath] = set(paths)
        self._asked: set[FieldPath] = set()

    def add(self, path: FieldPath, certain: bool, asked: bool = False) -> None:
        """Note that a field is read, and whether it is only asked for by `exists`."""
        self._paths.add(path)
        if certain:
            self._certain.add(path)
        if asked:
            self._asked.add(path)

    def certain(self, path: FieldPath) -> bool:
        """Whether some step that always runs reads the field or one below it, and nothing asks whether it is there."""
        if any(asked[: len(path)] == path[: len(asked)] for asked in self._asked):
            return False
        return any(read[: len(path)] == path for read in self._certain)

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
