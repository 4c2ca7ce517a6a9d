"""What states make of data, followed with marks in the place of what is not known.

`$sfdsl_entry` is what the first state was given, `$sfdsl_start` what the job's start gave, `$sfdsl_job` what the last
call that asked gave, and `$sfdsl_old` what the one before gave.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, Final

from attrs import field, frozen

from sfdsl.cost.rewrites.expressions import Substitution, leaves
from sfdsl.cost.rewrites.folding import as_assign
from sfdsl.jsonata_text import expression, facts, is_expression
from sfdsl.jsonata_text.nodes import (
    Array,
    Binary,
    Block,
    Invoke,
    Literal,
    Negative,
    Node,
    Object,
    Read,
    Select,
    Unsure,
)
from sfdsl.jsonata_text.nodes import Condition as Conditional
from sfdsl.jsonata_text.scanner import scan
from sfdsl.model.fields import ABSENT, Json

ENTRY: Final = "sfdsl_entry"
START: Final = "sfdsl_start"
JOB: Final = "sfdsl_job"
OLD: Final = "sfdsl_old"


def mark(name: str) -> str:
    """The text that stands for what is not known."""
    return f"{{% ${name} %}}"


@frozen
class Env:
    """What a state is given: its input, and the variables that the loop has set.

    Attributes:
        input: The input, as far as its parts are known.
        whole: The same, written as the state before wrote it.
        variables: Variables, as far as their parts are known.
        written: The same, written as they were set.
        evaluated: All that was evaluated on the way here.
    """

    input: Json
    whole: Json
    variables: Mapping[str, Json] = field(factory=dict, hash=False)
    written: Mapping[str, Json] = field(factory=dict, hash=False)
    evaluated: tuple[Json, ...] = field(default=(), hash=False)

    def put(self, result: Json = ABSENT) -> Substitution:
        """What texts read that are evaluated here."""
        return Substitution(self.input, self.variables, result)

    def after(self, output: Json, assign: Json, result: Json = ABSENT) -> Env:
        """What the next state is given behind this one.

        Args:
            output: Its `Output`; without one it hands on its result, or its input where it has none.
            assign: Its `Assign`.
            result: What it gives.
        """
        put = self.put(result)
        default = (self.input, self.whole) if result is ABSENT else (result, result)
        made = default[1] if output is ABSENT else put.payload(output)
        given = default if output is ABSENT else (expanded(made), made)
        added = {name: put.payload(value) for name, value in as_assign(assign).items()}
        evaluated = added if output is ABSENT else {"": made, **added}
        return Env(
            *given,
            {**self.variables, **{name: expanded(value) for name, value in added.items()}},
            {**self.written, **added},
            (*self.evaluated, *evaluated.values()),
        )

    def renamed(self, old: str, new: str) -> Env:
        """The same with another mark in the place of one."""
        put = Substitution(ABSENT, {old: mark(new)})

        def all_of(values: Mapping[str, Json]) -> dict[str, Json]:
            return {name: put.payload(value) for name, value in values.items()}

        written = all_of(self.written)
        return Env(put.payload(self.input), put.payload(self.whole), all_of(self.variables), written, self.evaluated)

    def same(self, other: Env) -> bool:
        """Whether both give the same, as far as it is written the same."""
        return shown(self.whole, self.written) == shown(other.whole, other.written)


def shown(*values: Any) -> str:
    """Payloads as a text that tells any two of them apart, true and 1 among them."""
    return json.dumps(values, sort_keys=True)


def expanded(value: Json) -> Json:
    """A payload in which objects that an expression builds are objects, so that paths find their parts.

    It is for reading parts of it: an object that an expression builds leaves out what is not there.
    """
    if isinstance(value, dict):
        return {key: expanded(each) for key, each in value.items()}
    if isinstance(value, list):
        return [expanded(each) for each in value]
    if not isinstance(value, str) or not is_expression(value):
        return value
    try:
        node = scan(expression(value)).node
        return _tree(node) if isinstance(node, (Object, Block, Array)) else value
    except Unsure:
        return value


def _tree(node: Node) -> Json:
    match node:
        case Block():
            return _tree(node.inner)
        case Object():
            keys = [key.value for key, _ in node.pairs if isinstance(key, Literal) and isinstance(key.value, str)]
            if len(set(keys)) == len(node.pairs):
                return {key: _tree(value) for key, (_, value) in zip(keys, node.pairs, strict=True)}
        case Array() if len(node.items) == 1 and isinstance(node.items[0], (Read, Select)):
            return [_tree(node.items[0])]
        case Literal() if isinstance(node.value, (str, bool, int)):
            if not isinstance(node.value, str) or not is_expression(node.value):
                return node.value
    return f"{{% {_source(node)} %}}"


def _source(node: Node) -> str:
    match node:
        case Literal():
            return json.dumps(node.value, ensure_ascii=False)
        case Read():
            return f"${node.name}"
        case Select():
            steps = "".join(f"[{step}]" if isinstance(step, int) else f".{_name(step)}" for step in node.steps)
            return _operand(node.base) + steps
        case Block():
            return f"({_source(node.inner)})"
        case Negative():
            return f"-{_operand(node.operand)}"
        case Binary():
            return f"{_operand(node.left)} {node.operator} {_operand(node.right)}"
        case Conditional():
            otherwise = "" if node.otherwise is None else f" : {_operand(node.otherwise)}"
            return f"{_operand(node.test)} ? {_operand(node.then)}{otherwise}"
        case Array():
            return f"[{', '.join(_source(item) for item in node.items)}]"
        case Object():
            return "{" + ", ".join(f"{_source(key)}: {_source(value)}" for key, value in node.pairs) + "}"
        case Invoke():
            return f"${node.function}({', '.join(_source(each) for each in node.arguments)})"


def _operand(node: Node) -> str:
    plain = isinstance(node, (Literal, Read, Select, Block, Invoke, Object))
    return _source(node) if plain else f"({_source(node)})"


def _name(step: str) -> str:
    return step if re.fullmatch(r"[A-Za-z_]\w*", step) and step not in ("and", "or", "in") else f"`{step}`"


def reads_mark(name: str, *values: Json) -> bool:
    """Whether payloads read what a mark stands for."""
    return any(name in facts(text).variables for value in values for text in leaves(value))


def paths(name: str, *values: Json) -> set[tuple[str, ...]]:
    """The ways into what a mark stands for that some payloads read; places in lists are left out."""
    found: set[tuple[str, ...]] = set()
    for text in (text for value in values for text in leaves(value)):
        known = facts(text)
        read = {read[1:] for read in known.reads if read[0] == name}
        found |= read or ({()} if name in known.variables else set())
    return found
