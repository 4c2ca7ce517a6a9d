"""How many items a Map has and how often a loop runs, where the definition itself says so."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator

from attrs import frozen

from sfdsl.checks.limits._common import literal
from sfdsl.graph import FlowGraph
from sfdsl.model.fields import ABSENT, Json
from sfdsl.model.states import Choice, ChoiceRule, Comparison, Condition, Map, Pass, State

_NUMBER = r"-?\d+(?:\.\d+)?"
_JSONATA_RANGE = r"\{%\s*\[\s*(-?\d+)\s*\.\.\s*(-?\d+)\s*\]\s*%\}"
_JSONATA_STEPS = r"\{%\s*\$range\(\s*(-?\d+)\s*,\s*(-?\d+)\s*,\s*(-?\d+)\s*\)\s*%\}"
_INTRINSIC_RANGE = r"\s*States\.ArrayRange\(\s*(-?\d+)\s*,\s*(-?\d+)\s*,\s*(-?\d+)\s*\)\s*"
_PLAIN_PATH = r"\$(?:\.[A-Za-z_]\w*)*"


def items(graph: FlowGraph, state: Map) -> int | None:
    """How many items a Map has, where its own fields or the Pass right before it say so; None elsewhere."""
    if state.items is not ABSENT:
        return _length(state.items)
    if state.item_reader is not None or not isinstance(state.items_path, str):
        return None
    path = _plain(state.items_path)
    before = graph.incoming[state.name]
    if path is None or len(before) != 1 or graph.flow.start_at == state.name or state.input_path is not ABSENT:
        return None
    source = graph.by_name[before[0].source]
    if not isinstance(source, Pass) or source.output_path is not ABSENT:
        return None
    into = _plain(source.result_path if source.result_path is not ABSENT else "$")
    if into is None or path[: len(into)] != into:
        return None
    value = source.result if source.result is not ABSENT else source.parameters
    for name in path[len(into) :]:
        if isinstance(value, dict) and f"{name}.$" in value and name == path[-1]:
            return _intrinsic_length(value[f"{name}.$"])
        if not isinstance(value, dict) or name not in value:
            return None
        value = value[name]
    return len(value) if isinstance(value, list) else None


def _plain(path: str | object | None) -> list[str] | None:
    if not isinstance(path, str) or not re.fullmatch(_PLAIN_PATH, path):
        return None
    return path.split(".")[1:]


def _length(value: Json) -> int | None:
    if isinstance(value, (list, dict)):
        return len(value)
    if not isinstance(value, str):
        return None
    if found := re.fullmatch(_JSONATA_RANGE, value):
        return max(0, int(found[2]) - int(found[1]) + 1)
    if found := re.fullmatch(_JSONATA_STEPS, value):
        return _steps(int(found[1]), int(found[2]), int(found[3]))
    return None


def _intrinsic_length(value: Json) -> int | None:
    found = re.fullmatch(_INTRINSIC_RANGE, value) if isinstance(value, str) else None
    return _steps(int(found[1]), int(found[2]), int(found[3])) if found else None


def _steps(first: int, last: int, step: int) -> int | None:
    return None if step == 0 else max(0, (last - first) // step + 1)


@frozen(kw_only=True)
class Counted:
    """A loop that a counter ends.

    Attributes:
        choice: The Choice that compares the counter.
        variable: The counter as the Choice spells it.
        first: Its value before the first round.
        step: What a round adds.
        bound: What it is compared with.
        rounds: How often the loop runs.
    """

    choice: Choice
    variable: str
    first: float
    step: float
    bound: float
    rounds: int


def counted(graph: FlowGraph, loop: list[str]) -> Counted | None:
    """How often a loop runs, where a Choice in it compares a counter that starts, steps and ends with literals."""
    inside = set(loop)
    steps = {variable: step for name in loop for variable, step in _increments(graph.by_name[name])}
    if not steps:
        return None
    starts: dict[str, set[float]] = {}
    for name, state in graph.by_name.items():
        if name not in inside:
            for variable, value in _settings(state):
                starts.setdefault(variable, set()).add(value)
    for name in loop:
        state = graph.by_name[name]
        if not isinstance(state, Choice):
            continue
        for variable, operator, bound in _bounds(state, inside):
            first = starts.get(variable, set())
            if variable in steps and len(first) == 1:
                start = next(iter(first))
                rounds = _rounds(start, steps[variable], operator, bound)
                if rounds is not None:
                    return Counted(
                        choice=state, variable=variable, first=start, step=steps[variable], bound=bound, rounds=rounds
                    )
    return None


def _rounds(start: float, step: float, operator: str, bound: float) -> int | None:
    """How often a counter is stepped while `counter operator bound` holds; None where it would not end."""
    if step > 0 and operator in ("<", "<="):
        distance = (bound - start) / step
    elif step < 0 and operator in (">", ">="):
        distance = (start - bound) / -step
    else:
        return None
    whole = math.floor(distance)
    if operator in ("<=", ">="):
        return max(0, whole + 1)
    return max(0, whole if whole == distance else whole + 1)


_OPERATORS = {
    "NumericLessThan": "<",
    "NumericLessThanEquals": "<=",
    "NumericGreaterThan": ">",
    "NumericGreaterThanEquals": ">=",
}
_OPPOSITE = {"<": ">=", "<=": ">", ">": "<=", ">=": "<"}
_CONDITION = rf"\{{%\s*(\$\w+)\s*(<=|>=|<|>)\s*({_NUMBER})\s*%\}}"


def _bounds(choice: Choice, inside: set[str]) -> Iterator[tuple[str, str, float]]:
    """What holds as long as the loop goes on: variable, operator and bound."""
    for rule in choice.choices:
        found = _comparison(rule)
        if found is None:
            continue
        variable, operator, bound = found
        if rule.next in inside and choice.default not in inside:
            yield variable, operator, bound
        elif rule.next not in inside and len(choice.choices) == 1 and choice.default in inside:
            yield variable, _OPPOSITE[operator], bound


def _comparison(rule: ChoiceRule) -> tuple[str, str, float] | None:
    match rule.test:
        case Comparison(variable=str() as variable, operator=str() as operator, operand=operand) if (
            operator in _OPERATORS and (bound := literal(operand)) is not None
        ):
            return variable, _OPERATORS[operator], bound
        case Condition(text=str() as text) if found := re.fullmatch(_CONDITION, text):
            return found[1], found[2], float(found[3])
    return None


_MATH_ADD = r"\s*States\.MathAdd\(\s*(\$[\w.$]*)\s*,\s*(-?\d+)\s*\)\s*"
_PLUS = rf"\{{%\s*(\$\w+)\s*([+-])\s*({_NUMBER})\s*%\}}"


def _increments(state: State) -> Iterator[tuple[str, float]]:
    """The counters that a state steps by a literal, as a Choice spells them."""
    for variable, value in _writes(state):
        if not isinstance(value, str):
            continue
        if (found := re.fullmatch(_MATH_ADD, value)) and found[1] == variable:
            yield variable, int(found[2])
        elif (found := re.fullmatch(_PLUS, value)) and found[1] == variable:
            yield variable, float(found[3]) * (1 if found[2] == "+" else -1)


def _settings(state: State) -> Iterator[tuple[str, float]]:
    """The variables and fields that a state sets to a literal number."""
    for variable, value in _writes(state):
        if (number := literal(value)) is not None:
            yield variable, number


def _writes(state: State) -> Iterator[tuple[str, Json]]:
    """What a state writes by name: `$name` of its Assign, and fields of a Pass's result below its ResultPath."""
    assign = getattr(state, "assign", ABSENT)
    if isinstance(assign, dict):
        for key, value in assign.items():
            yield "$" + key.removesuffix(".$"), value
    if isinstance(state, Pass):
        value = state.result if state.result is not ABSENT else state.parameters
        into = "$" if state.result_path is ABSENT else state.result_path
        if isinstance(into, str) and value is not ABSENT:
            yield from _fields(into, value)


def _fields(path: str, value: Json) -> Iterator[tuple[str, Json]]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _fields(f"{path}.{key.removesuffix('.$')}", item)
    else:
        yield path, value
