"""Names of variables: after the step that gives the value, and of no two things alike."""

from __future__ import annotations

import re
from collections.abc import Iterable

from sfdsl import fn

_WORDS = re.compile(r"[^\W_]+", re.UNICODE)
_FUNCTIONS = frozenset(value.__name__ for value in vars(fn).values() if getattr(value, "__module__", "") == fn.__name__)
_LONGEST = 80  # characters of a variable's name. Source: Developer Guide, "Passing data between states with variables"


class Names:
    """Gives out names that nothing else has; the same requests in the same order give the same names."""

    def __init__(self, taken: Iterable[str]) -> None:
        # A variable of a function's name would hide the function: $count could no longer count.
        self._taken = {*taken, *_FUNCTIONS, "states"}

    def new(self, wish: str) -> str:
        """A free name like the wish: `Rows rejected?` becomes `rows_rejected`."""
        words = "_".join(word.lower() for word in _WORDS.findall(wish)) or "value"
        base = (words if not words[0].isdigit() else f"_{words}")[: _LONGEST - 4]
        name, number = base, 2
        if name in _FUNCTIONS or name == "states":
            name = f"{base}_result"
        while name in self._taken:
            name, number = f"{base}_{number}", number + 1
        self._taken.add(name)
        return name
