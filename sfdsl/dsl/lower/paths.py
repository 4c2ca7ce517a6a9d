"""Which fields of a value are read, and the smallest object that holds just these."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

FieldPath: TypeAlias = "tuple[str, ...]"


class Fields:
    """The fields of one value that something reads; the whole value where () is among them.

    A field is certain where some step that always runs cannot do without it: if it were missing, the execution would
    fail in any case. Of other fields it must be no fault to be missing when they are kept; nor of one that something
    asks for by `exists` or with a default, whoever else reads it.
    """

    def __init__(self) -> None:
        self._paths: set[FieldPath] = set()
        self._certain: set[FieldPath] = set()  # with all that they are below
        self._asked: set[FieldPath] = set()
        self._above_asked: set[FieldPath] = set()
        self._smallest: list[FieldPath] | None = None

    def add(self, path: FieldPath, certain: bool, asked: bool = False) -> None:
        """Note that a field is read, and whether it is only asked for by `exists` or with a default."""
        self._paths.add(path)
        self._smallest = None
        above = (path[:length] for length in range(len(path) + 1))
        if certain:
            self._certain.update(above)
        elif asked:
            self._asked.add(path)
            self._above_asked.update(above)

    def certain(self, path: FieldPath) -> bool:
        """Whether some step that always runs needs the field or one below it, and nothing asks whether it is there."""
        if path in self._above_asked or any(path[:length] in self._asked for length in range(len(path))):
            return False
        return path in self._certain

    def __bool__(self) -> bool:
        return bool(self._paths)

    @property
    def whole(self) -> bool:
        """Whether the value itself is read, and not just fields of it."""
        return () in self._paths

    def smallest(self) -> list[FieldPath]:
        """The paths without those below another one, in order."""
        if self._smallest is None:
            self._smallest = []
            for path in sorted(self._paths):
                last = self._smallest[-1] if self._smallest else None
                if last is None or path[: len(last)] != last:
                    self._smallest.append(path)
        return self._smallest

    def kept_at(self, path: FieldPath) -> int:
        """How much of a path that is read leads to the field that is kept; what is left lies below that."""
        return next(length for length in range(len(path) + 1) if path[:length] in self._paths)

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
