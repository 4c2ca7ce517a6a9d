"""Names: of variables, after the step that gives the value; of states that an author did not write."""

from __future__ import annotations

import re
from collections.abc import Iterable

from sfdsl import fn

_WORDS = re.compile(r"[^\W_]+")
_FUNCTIONS = frozenset(value.__name__ for value in vars(fn).values() if getattr(value, "__module__", "") == fn.__name__)
_LONGEST = 80  # characters of a variable's name. Source: Developer Guide, "Passing data between states with variables"
_LONGEST_STATE = 80  # characters of a state's name. Source: Developer Guide, "State machine structure"


class Names:
    """Gives out names that nothing else has; the same requests in the same order give the same names."""

    def __init__(self, taken: Iterable[str] = (), *, longest: int = _LONGEST) -> None:
        self._taken = set(taken)
        self._longest = longest
        self._numbers: dict[str, int] = {}

    def free(self, wish: str, separator: str = "_") -> str:
        """The wish, shortened to what is allowed, with a number where something else has it."""
        base = wish[: self._longest]
        name, number = base, self._numbers.get(base, 2)
        while name in self._taken:
            ending = f"{separator}{number}"
            name, number = base[: self._longest - len(ending)] + ending, number + 1
        self._numbers[base] = number
        self._taken.add(name)
        return name


class VariableNames:
    """Names of variables.

    Args:
        taken: Those that an author uses.
    """

    def __init__(self, taken: Iterable[str]) -> None:
        from sfdsl.jsonata_text import BUILTINS

        # A variable of a function's name would hide the function: $count could no longer count.
        self._functions = {*BUILTINS, *_FUNCTIONS, "states"}
        self._names = Names({*taken, *self._functions})

    def new(self, wish: str) -> str:
        """A free name like the wish: `Rows rejected?` becomes `rows_rejected`."""
        name = "_".join(filter(None, map(_allowed, _WORDS.findall(wish)))) or "value"
        if not name[0].isidentifier():
            name = f"_{name}"
        return self._names.free(f"{name}_result" if name in self._functions else name)


def state_names(taken: Iterable[str]) -> Names:
    """Names of states beside those that an author gave."""
    return Names(taken, longest=_LONGEST_STATE)


def _allowed(word: str) -> str:
    """A word in small letters, without the characters that a name cannot have, such as a superscript digit."""
    return "".join(letter for letter in word.lower() if f"a{letter}".isidentifier())
