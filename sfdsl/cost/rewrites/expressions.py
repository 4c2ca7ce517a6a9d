"""JSONata texts under rewriting: what can fail, what may move, and one put in the place of what another reads."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Final

from attrs import field, frozen

from sfdsl.cost.rewrites.reasons import Hazard
from sfdsl.jsonata_text import BUILTINS, check, expression, facts, is_expression
from sfdsl.jsonata_text.nodes import (
    Array,
    Binary,
    Block,
    Condition,
    Invoke,
    Literal,
    Negative,
    Node,
    Object,
    Read,
    Select,
    Unsure,
)
from sfdsl.jsonata_text.scanner import scan
from sfdsl.model.fields import ABSENT, Json

IMPURE: Final = frozenset({"now", "millis", "uuid", "random", "shuffle"})
LONGEST: Final = 8_000
"""Characters of a text that a rewrite makes at most; people read it."""

_LASTING = frozenset({("Execution", part) for part in ("Id", "Name", "StartTime", "RoleArn", "Input")}) | {
    ("StateMachine", "Id"),
    ("StateMachine", "Name"),
}
"""What the context object says all through an execution, whichever state asks."""


class Cannot(Exception):
    """A rewrite cannot do what it tries; the hazard says why."""

    def __init__(self, hazard: Hazard) -> None:
        super().__init__(hazard.value)
        self.hazard = hazard


@frozen
class Nature:
    """What can become of an expression.

    Attributes:
        fails: Whether evaluating it may raise an error.
        undefined: Whether it may find nothing, which is an error where it is a whole text.
        kind: `boolean`, `number`, `string`, `array`, `object`; empty where that is not known.
    """

    fails: bool = True
    undefined: bool = True
    kind: str = ""

    @property
    def total(self) -> bool:
        """Whether it always gives a value."""
        return not self.fails and not self.undefined


# -- what an expression is like ---------------------------------------------------------------------------------------


@lru_cache(maxsize=20_000)
def nature(text: str) -> Nature:
    """What can become of a text `{% ... %}`."""
    try:
        return _nature(scan(expression(text)).node)
    except Unsure:
        return Nature()


_LITERALS = {bool: "boolean", int: "number", float: "number", str: "string"}


def _nature(node: Node) -> Nature:
    match node:
        case Literal():
            return Nature(False, False, _LITERALS.get(type(node.value), ""))
        case Read():
            # A built-in function as a value is no JSON; `$states` as a whole depends on the field.
            return Nature(node.name in BUILTINS or node.name == "states", True)
        case Select():
            return _selected(node)
        case Block():
            return _nature(node.inner)
        case Negative():
            inner = _nature(node.operand)
            return Nature(inner.fails or inner.kind != "number", inner.undefined, "number")
        case Binary():
            return _binary(node.operator, _nature(node.left), _nature(node.right))
        case Condition():
            test, then = _nature(node.test), _nature(node.then)
            other = Nature(False, True) if node.otherwise is None else _nature(node.otherwise)
            kind = then.kind if then.kind == other.kind else ""
            guarded = node.test == Invoke("exists", (node.then,))
            missing = (then.undefined and not guarded) or other.undefined
            return Nature(test.fails or then.fails or other.fails, missing, kind)
        case Array():
            return Nature(any(_nature(item).fails for item in node.items), False, "array")
        case Object():
            keys = [key.value for key, _ in node.pairs if isinstance(key, Literal) and isinstance(key.value, str)]
            plain = len(set(keys)) == len(node.pairs)
            return Nature(not plain or any(_nature(value).fails for _, value in node.pairs), False, "object")
        case Invoke():
            return _invoked(node)


def _selected(node: Select) -> Nature:
    if isinstance(node.base, Read) and node.base.name == "states":
        first, *rest = node.steps
        if first in ("input", "result", "errorOutput") and not rest:
            return Nature(False, False)
        if first == "context" and tuple(rest[:2]) in _LASTING:
            return Nature(False, len(rest) > 2, "" if rest[1] == "Input" else "string")
        return Nature(False, True)
    return Nature(_nature(node.base).fails, True)


def _binary(sign: str, left: Nature, right: Nature) -> Nature:
    fails = left.fails or right.fails
    undefined = left.undefined or right.undefined
    if sign in ("and", "or", "=", "!=", "in"):
        return Nature(fails, False, "boolean")
    if sign == "&":
        return Nature(fails, False, "string")
    if sign in ("<", "<=", ">", ">="):
        alike = left.kind == right.kind and left.kind in ("number", "string")
        return Nature(fails or not alike, undefined, "boolean")
    return Nature(True, undefined, "number")  # arithmetic: no number, a division by zero, a number out of range


def _invoked(node: Invoke) -> Nature:
    if len(node.arguments) != 1 or isinstance(node.arguments[0], Literal):
        return Nature()
    argument = _nature(node.arguments[0])
    match node.function:
        case "exists":
            return Nature(argument.fails, False, "boolean")
        case "count":
            return Nature(argument.fails, False, "number")
        case "string" | "type":
            return Nature(argument.fails, argument.undefined, "string")
        case "boolean" | "not":
            return Nature(argument.fails, argument.undefined, "boolean")
        case _:
            return Nature()


def leaves(value: Json) -> Iterator[str]:
    """The expressions of a payload, in order."""
    if isinstance(value, str):
        if is_expression(value):
            yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from leaves(each)
    elif isinstance(value, list):
        for each in value:
            yield from leaves(each)


def uncertain(*values: Json) -> set[str]:
    """The expressions of some payloads that may fail or find nothing."""
    return {text for value in values for text in leaves(value) if not nature(text).total}


def movable(*values: Json) -> None:
    """Make sure that some payloads say the same in another state, however often and a little later.

    Raises:
        Cannot: They observe the state they stand in, or they do not give the same value twice.
    """
    for value in values:
        for text in leaves(value):
            known = facts(text)
            if check(text) is not None or known.problems:
                raise Cannot(Hazard.NOT_UNDERSTOOD)
            if any(call.name in IMPURE for call in known.calls):
                raise Cannot(Hazard.IMPURE)
            for read in known.states:
                if not read or (read[0] == "context" and tuple(read[1:3]) not in _LASTING):
                    raise Cannot(Hazard.NAME_OBSERVED)


# -- one expression in the place of what another reads ----------------------------------------------------------------

_STEP = r"[A-Za-z_]\w*"
_TOKEN = re.compile(
    rf"""(?P<skip>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`|/\*.*?\*/)
    |\$(?P<name>{_STEP})(?P<steps>(?:\.{_STEP})*)(?P<place>\[[0-9]+\])?(?P<more>(?(place)(?:\.{_STEP})*))(?=\s*(?P<next>.?))""",
    re.DOTALL | re.VERBOSE,
)
_BOUND = re.compile(rf"\$({_STEP})\s*:=|[@#]\s*\$({_STEP})")
_LAMBDA = re.compile(r"(?:\bfunction\b|λ)\s*\(([^)]*)\)")
_WORDS = frozenset({"and", "or", "in", "true", "false", "null"})
_SIMPLE = re.compile(rf"\$(?:states\.{_STEP}|{_STEP})")
_PLAIN_PATH = re.compile(rf"\$(?:{_STEP})(?:\.{_STEP})*")


@frozen
class Substitution:
    """What stands in the place of a state's input and of variables.

    Attributes:
        input: A payload in the place of `$states.input`; ABSENT leaves it.
        result: A payload in the place of `$states.result`; ABSENT leaves it.
        error: A payload in the place of `$states.errorOutput`; ABSENT leaves it.
        variables: Payloads in the place of variables.
        uses: How often each expression was put somewhere.
    """

    input: Json = ABSENT
    variables: Mapping[str, Json] = field(factory=dict)
    result: Json = ABSENT
    error: Json = field(default=ABSENT, kw_only=True)
    uses: dict[str, int] = field(factory=dict)

    def payload(self, value: Json) -> Json:
        """A payload with everything put in.

        Raises:
            Cannot: It cannot be said in JSONata what it then means.
        """
        if isinstance(value, str):
            return self.text(value) if is_expression(value) else value
        if isinstance(value, dict):
            return {key: self.payload(each) for key, each in value.items()}
        if isinstance(value, list):
            return [self.payload(each) for each in value]
        return value

    def text(self, text: str) -> Json:
        """A text with everything put in; a payload where the whole text is what is replaced."""
        known = facts(text)
        if not self._concerns(known.variables, known.states):
            if () in known.states:
                raise Cannot(Hazard.NOT_UNDERSTOOD)
            return text
        if check(text) is not None or known.problems:
            raise Cannot(Hazard.NOT_UNDERSTOOD)
        source = expression(text)
        whole = _PLAIN_PATH.fullmatch(source)
        if whole is not None:
            name, *steps = source[1:].split(".")
            found = self._target(name, steps)
            if found is not None:
                tree, rest = self._resolved(*found)
                if rest:
                    return self._checked(self._joined(tree, rest, ""))
                for leaf in leaves(tree):
                    self._used(leaf)
                return tree
        bound = self._bound(source)
        if "/" in _TOKEN.sub("", source) and not _scannable(source):
            raise Cannot(Hazard.NOT_UNDERSTOOD)  # it may be a regular expression, which may hold anything

        def put(match: re.Match[str]) -> str:
            if match["skip"]:
                return match[0]
            name, steps = match["name"], [step for step in match["steps"].split(".") if step]
            following: str = match["next"]
            if name == "states" and not steps:
                raise Cannot(Hazard.NOT_UNDERSTOOD)
            if following == "(" and match["steps"]:
                raise Cannot(Hazard.NOT_UNDERSTOOD)
            if following == "(" and name not in self.variables:
                return match[0]
            found = self._target(name, steps)
            if found is None:
                return match[0]
            step = source[: match.start()].rstrip().endswith(".")
            if name in bound or following == "(" or step or not _WORDS.isdisjoint(steps):
                raise Cannot(Hazard.NOT_UNDERSTOOD)
            place, more = match["place"] or "", match["more"] or ""
            tree, rest = self._resolved(*found)
            if place and not rest and isinstance(tree, list):
                if int(place[1:-1]) >= len(tree):
                    raise Cannot(Hazard.READS_WHAT_IS_NOT_THERE)
                tree, rest = self._resolved(tree[int(place[1:-1])], [step for step in more.split(".") if step])
                place = more = ""
            following = place[:1] or following
            for leaf in leaves(tree):
                if not bound.isdisjoint({*facts(leaf).variables, *(("states",) if facts(leaf).states else ())}):
                    raise Cannot(Hazard.NOT_UNDERSTOOD)
            return self._joined(tree, rest, following) + place + more

        return self._checked(_TOKEN.sub(put, source))

    def _concerns(self, variables: frozenset[str], states: frozenset[tuple[str, ...]]) -> bool:
        if not variables.isdisjoint(self.variables):
            return True
        replaced = {name for name, payload in self._states().items() if payload is not ABSENT}
        return bool(replaced) and any(not read or read[0] in replaced for read in states)

    def _states(self) -> dict[str, Json]:
        return {"input": self.input, "result": self.result, "errorOutput": self.error}

    def _bound(self, source: str) -> set[str]:
        bound = {name for match in _BOUND.finditer(source) for name in match.groups() if name}
        for match in _LAMBDA.finditer(source):
            bound.update(re.findall(rf"\$({_STEP})", match[1]))
        return bound

    def _target(self, name: str, steps: list[str]) -> tuple[Json, list[str]] | None:
        """What stands in the place of a path, and the steps into it; None where nothing does."""
        if name == "states":
            payload = self._states().get(steps[0], ABSENT) if steps else ABSENT
            return None if payload is ABSENT else (payload, steps[1:])
        return (self.variables[name], steps) if name in self.variables else None

    @staticmethod
    def _resolved(tree: Json, steps: list[str]) -> tuple[Json, list[str]]:
        while steps and isinstance(tree, dict):
            if steps[0] not in tree:
                raise Cannot(Hazard.READS_WHAT_IS_NOT_THERE)
            tree, steps = tree[steps[0]], steps[1:]
        if steps and not (isinstance(tree, str) and is_expression(tree)):
            raise Cannot(Hazard.READS_WHAT_IS_NOT_THERE)
        return tree, steps

    def _joined(self, tree: Json, steps: list[str], following: str) -> str:
        """The source of a tree with steps behind it, so that it can stand where `following` comes next."""
        if following in ("@", "#", "^", "{"):
            raise Cannot(Hazard.NOT_UNDERSTOOD)
        source = self.source(tree)
        if steps:
            # A position behind the steps belongs to the last of them, so that no parentheses come between.
            return ".".join([source if _SIMPLE.fullmatch(source) else f"({source})", *steps])
        if following in (".", "["):
            return source if _SIMPLE.fullmatch(source) and following == "." else f"({source})"
        # An array written out inside an array stays one element; a value that is an array does not, and so it is put
        # into parentheses.
        closed = _PLAIN_PATH.fullmatch(source) or _CLOSED.fullmatch(source)
        return source if closed and not source.startswith("[") else f"({source})"

    def source(self, tree: Json) -> str:
        """A payload as the source of an expression.

        Raises:
            Cannot: No expression gives it for sure.
        """
        match tree:
            case str() if is_expression(tree):
                self._used(tree)
                return expression(tree)
            case str():
                if "${" in tree:
                    raise Cannot(Hazard.NOT_UNDERSTOOD)  # what a template fills in may hold quotes
                return json.dumps(tree, ensure_ascii=False)
            case bool() | None:
                return json.dumps(tree)
            case int() | float():
                if abs(tree) >= 1e15 or "e" in repr(tree):
                    raise Cannot(Hazard.NOT_UNDERSTOOD)
                return repr(tree) if tree >= 0 else f"({tree!r})"
            case dict():
                # In an object constructor what is undefined is left out; in a payload it is an error.
                if any(
                    isinstance(each, str) and is_expression(each) and nature(each).undefined for each in tree.values()
                ):
                    raise Cannot(Hazard.MAY_FIND_NOTHING)
                return "{" + ", ".join(f"{self.source(key)}: {self.source(each)}" for key, each in tree.items()) + "}"
            case list():
                # The elements of an array become elements of the array they stand in.
                for each in tree:
                    if isinstance(each, str) and is_expression(each):
                        known = nature(each)
                        if known.undefined or known.kind in ("", "array"):
                            raise Cannot(Hazard.MAY_FIND_NOTHING)
                return "[" + ", ".join(self.source(each) for each in tree) + "]"
            case _:
                raise Cannot(Hazard.NOT_UNDERSTOOD)

    def _used(self, leaf: str) -> None:
        self.uses[leaf] = self.uses.get(leaf, 0) + 1

    def _checked(self, source: str) -> str:
        text = f"{{% {source} %}}"
        if len(text) > LONGEST or any(times > 4 and len(leaf) > 100 for leaf, times in self.uses.items()):
            raise Cannot(Hazard.TEXT_WOULD_GROW)
        if check(text) is not None or facts(text).problems:
            raise Cannot(Hazard.NOT_UNDERSTOOD)
        return text


_CLOSED = re.compile(
    r"""[0-9]+|true|false|null|"[^"\\]*"|\{[^{}]*\}|\[[^\[\]]*\]|\([^()]*\)|\$[A-Za-z_]\w*\([^()]*\)"""
)
"""Sources that need no parentheses around them where an operator follows."""


def _scannable(source: str) -> bool:
    try:
        scan(source)
    except Unsure:
        return False
    return True
