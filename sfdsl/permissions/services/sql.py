"""What a query of Athena's SQL touches, as far as its text tells."""

from __future__ import annotations

import re

from attrs import frozen

from sfdsl.permissions.values import GAP, Value

__all__ = ["Query", "read_query"]

_KINDS = {
    "select": "read", "with": "read", "show": "read", "describe": "read", "desc": "read", "explain": "read",
    "values": "read", "insert": "insert", "delete": "insert", "update": "insert", "merge": "insert",
    "optimize": "insert", "vacuum": "insert", "create": "create", "alter": "alter", "msck": "alter", "drop": "drop",
}  # fmt: skip
_TOKEN = re.compile(
    r"""--[^\n]*|/\*.*?\*/|'(?:[^']|'')*'|"(?P<quoted>(?:[^"]|"")*)"|`(?P<tick>[^`]*)`|"""
    r"""(?P<word>(?:[A-Za-z_0-9@-]|[$#]\{[^{}]*\})+)|(?P<mark>[.,();])""",
    re.DOTALL,
)
_BEFORE_A_TABLE = frozenset({"from", "join", "into", "table", "update", "view", "exists", "using", "describe", "desc"})
_NO_TABLE = frozenset({"select", "if", "not", "exists", "lateral", "unnest", "table", "view", "extended", "formatted"})


@frozen(kw_only=True)
class Query:
    """What a query, or several that it can be, touches.

    Attributes:
        known: Whether its whole text is.
        kinds: Of `read`, `insert`, `create`, `alter`, `drop`.
        databases: Names, or placeholders; none where the query names no table of a known database.
        catalogues: Names of those other than the query's own.
        argument: The argument with the query.
    """

    known: bool
    kinds: tuple[str, ...] = ()
    databases: tuple[str, ...] = ()
    catalogues: tuple[str, ...] = ()
    argument: str = ""


def read_query(query: Value | None, database: Value | None) -> Query:
    """What a query touches.

    The text of a view is not in the query: it is taken to stay in the databases that the query names.

    Args:
        query: Its text.
        database: The database that tables without one belong to; None is `default`.
    """
    if query is None:
        return Query(known=False)
    head = [_words(text)[:2] for text in query.texts]
    if any(not words or words[0] not in _KINDS for words in head):
        return Query(known=False, argument=query.path)
    # Its kind is known by its first word even where the rest is not; its tables are not.
    if query.dynamic and any(GAP in text for text in query.texts):
        names, catalogues, complete = _names_of_dynamic(query)
    else:
        names, catalogues = _names(query.texts)
        complete = True
    kinds = tuple(sorted({_KINDS[words[0]] for words in head}))
    if not complete:
        return Query(known=False, argument=query.path)
    own = () if database is None else database.texts
    if any(GAP in text for text in own):
        return Query(known=True, kinds=kinds, argument=query.path)
    databases = tuple(dict.fromkeys([*(own or ("default",)), *names]))
    return Query(known=True, kinds=kinds, databases=databases, catalogues=catalogues, argument=query.path)


def _names_of_dynamic(query: Value) -> tuple[tuple[str, ...], tuple[str, ...], bool]:
    """The names in a query with gaps, and whether every gap stands where only a value can: inside quotes."""
    complete = True
    for text in query.texts:
        for part in re.split(r"('(?:[^']|'')*')", text):
            if GAP in part and not part.startswith("'"):
                complete = False
    names, catalogues = _names(query.texts)
    return names, catalogues, complete


def _words(text: str) -> list[str]:
    return [found["word"].lower() for found in _TOKEN.finditer(text) if found["word"]]


def _names(texts: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Databases and catalogues that tables are qualified with."""
    databases: list[str] = []
    catalogues: list[str] = []
    for text in texts:
        expects = False
        listing = 0  # how deep the FROM list stands that a comma continues; 0 outside of one
        depth = 1
        name: list[str] = []
        tokens = [
            found
            for found in _TOKEN.finditer(text)
            if found["word"] or found["quoted"] or found["tick"] or found["mark"]
        ]
        for token in tokens:
            mark = token["mark"]
            if mark == "(":
                depth += 1
                expects = False
            elif mark == ")":
                depth -= 1
                listing = listing if listing <= depth else 0
            elif mark == "." and name:
                expects = True
                continue
            elif mark == ",":
                _place(name, databases, catalogues)
                name = []
                expects = listing == depth
                continue
            elif mark is None:
                word = (token["word"] or token["quoted"] or token["tick"] or "").lower()
                if expects and word not in _NO_TABLE:
                    name.append(token["word"] or token["quoted"] or token["tick"] or "")
                    expects = False
                    continue
                if token["word"] and word in _BEFORE_A_TABLE:
                    _place(name, databases, catalogues)
                    name, expects = [], True
                    listing = depth if word == "from" else listing
                    continue
                if expects and word in _NO_TABLE:
                    continue
            _place(name, databases, catalogues)
            name = []
        _place(name, databases, catalogues)
    return tuple(dict.fromkeys(databases)), tuple(dict.fromkeys(catalogues))


def _place(name: list[str], databases: list[str], catalogues: list[str]) -> None:
    if len(name) >= 2:
        databases.append(name[-2])
    if len(name) >= 3:
        catalogues.append(name[-3])
