"""Read and write the Amazon States Language without loss.

`write(read(x)) == x` as JSON, key order of `States` included. Reading never refuses: what does
not fit a node's fields is kept in its `extra`, a state of no known type becomes `Opaque`, and checks report both.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final, TypeAlias

import attrs

from sfdsl.model import states as nodes
from sfdsl.model.fields import ABSENT, Json, Misfit, Slot
from sfdsl.model.states import (
    OPERATORS,
    And,
    Choice,
    ChoiceRule,
    Comparison,
    Condition,
    Fail,
    Flow,
    Map,
    Not,
    Opaque,
    Or,
    Parallel,
    Pass,
    State,
    StateMachine,
    Succeed,
    Task,
    Test,
    Wait,
)
from sfdsl.origin import NOWHERE, Origin

STATE_TYPES: Final[dict[str, type[Any]]] = {
    cls.__name__: cls for cls in (Task, Pass, Choice, Wait, Succeed, Fail, Parallel, Map)
}
"""The eight values of `Type`, and the class of each."""

_Entry: TypeAlias = "tuple[str, str, Callable[[Json, Origin], Any], Callable[[Any], Json], Any]"


class NotAStateMachine(ValueError):
    """The JSON value is not an object, so that there is nothing to read."""


def read(definition: Json, origin: Origin = NOWHERE) -> StateMachine:
    """The machine that a definition describes.

    Args:
        definition: The definition as parsed JSON.
        origin: The file it was read from; nodes get their JSON Pointer below it.

    Raises:
        NotAStateMachine: The definition is not a JSON object.
    """
    if not isinstance(definition, dict):
        raise NotAStateMachine(f"a state machine is a JSON object, not {_kind(definition)}")
    machine: StateMachine = _read_node(StateMachine, definition, origin)
    return machine


def write(machine: StateMachine) -> dict[str, Json]:
    """The definition of a machine as JSON, with `States` in the order of the model."""
    return _write_node(machine)


def read_state(name: str, value: Json, origin: Origin = NOWHERE) -> State:
    """One state from its JSON; `Opaque` where its type is none of the eight."""
    if not isinstance(value, dict) or not isinstance(value.get("Type"), str) or value["Type"] not in STATE_TYPES:
        return Opaque(name=name, value=value, origin=origin)
    cls = STATE_TYPES[value["Type"]]
    rest = {key: item for key, item in value.items() if key != "Type"}
    if any(field.name == "next" for field in attrs.fields(cls)):
        next_, rest = _way_on(rest)
        state: State = _read_node(cls, rest, origin, name=name, next=next_)
    else:
        state = _read_node(cls, rest, origin, name=name)
    return state


def write_state(state: State) -> Json:
    """One state as JSON."""
    if isinstance(state, Opaque):
        return state.value
    return _write_node(state)


def read_part(cls: type[Any], value: Json, origin: Origin = NOWHERE) -> Any:
    """One part of a state, such as a `ReaderConfig`, from its JSON.

    Raises:
        Misfit: The value is not a JSON object.
    """
    return _read_node(cls, value, origin)


def read_test(value: Json, origin: Origin = NOWHERE) -> Test:
    """The test of a Choice rule from its JSON.

    Raises:
        Misfit: The value is not a JSON object.
    """
    if not isinstance(value, dict):
        raise Misfit
    comment = value.get("Comment")
    rest = dict(value)
    told: dict[str, Any] = {"origin": origin, "extra": rest}
    if isinstance(comment, str):
        told["comment"] = rest.pop("Comment")
    condition = rest.get("Condition")
    if isinstance(condition, (str, bool)):
        del rest["Condition"]
        if "comment" in told:
            rest["Comment"] = told.pop("comment")
        return Condition(text=condition, **told)
    for key, cls in (("And", And), ("Or", Or)):
        if key in rest:
            try:
                tests = _read_tests(rest[key], origin.down(key))
            except Misfit:
                continue
            del rest[key]
            return cls(tests=tests, **told)
    if isinstance(rest.get("Not"), dict):
        return Not(test=read_test(rest.pop("Not"), origin.down("Not")), **told)
    if isinstance(rest.get("Variable"), str):
        told["variable"] = rest.pop("Variable")
    operator = next((key for key in rest if key in _OPERATORS), None)
    if operator is not None:
        told.update(operator=operator, operand=rest.pop(operator))
    return Comparison(**told)


def write_test(test: Test) -> dict[str, Json]:
    """The test of a Choice rule as JSON."""
    written: dict[str, Json] = {}
    match test:
        case Condition():
            written["Condition"] = test.text
        case And():
            written["And"] = [write_test(inner) for inner in test.tests]
        case Or():
            written["Or"] = [write_test(inner) for inner in test.tests]
        case Not():
            written["Not"] = write_test(test.test)
        case Comparison():
            if test.variable is not None:
                written["Variable"] = test.variable
            if test.operator is not None:
                written[test.operator] = test.operand
    if not isinstance(test, Condition) and test.comment is not None:
        written["Comment"] = test.comment
    return written | test.extra


_OPERATORS = frozenset(OPERATORS)
_RULE_KEYS = ("Next", "Assign", "Output", "Comment")


def _read_tests(value: Json, origin: Origin) -> tuple[Test, ...]:
    if not isinstance(value, list) or not value:
        raise Misfit
    return tuple(read_test(item, origin.down(i)) for i, item in enumerate(value))


def _read_rule(value: Json, origin: Origin) -> ChoiceRule:
    if not isinstance(value, dict):
        raise Misfit
    test = {key: item for key, item in value.items() if key not in _RULE_KEYS}
    told: dict[str, Any] = {"extra": {}}
    for key in _RULE_KEYS:
        if key not in value:
            continue
        if key in ("Next", "Comment") and not isinstance(value[key], str):
            told["extra"][key] = value[key]
        else:
            told[key.lower()] = value[key]
    return ChoiceRule(test=read_test(test, origin), origin=origin, **told)


def _write_rule(rule: ChoiceRule) -> dict[str, Json]:
    written = write_test(rule.test)
    for key, value in (("Assign", rule.assign), ("Output", rule.output)):
        if value is not ABSENT:
            written[key] = value
    if rule.comment is not None:
        written["Comment"] = rule.comment
    if rule.next is not None:
        written["Next"] = rule.next
    return written | rule.extra


def _way_on(value: dict[str, Json]) -> tuple[str | None, dict[str, Json]]:
    """`Next` of a state, and the state without its way on; odd spellings stay as `End` (see `states`)."""
    rest = {key: item for key, item in value.items() if key not in ("Next", "End")}
    next_ = value.get("Next")
    if isinstance(next_, str):
        if "End" in value:
            rest["End"] = value["End"]
        return next_, rest
    if "Next" in value:
        rest["Next"] = next_
    if value.get("End") is not True:
        rest["End"] = value.get("End", ABSENT)
    return None, rest


def _read_states(value: Json, origin: Origin) -> tuple[State, ...]:
    if not isinstance(value, dict):
        raise Misfit
    return tuple(read_state(name, state, origin.down(name)) for name, state in value.items())


def _write_states(states: tuple[State, ...]) -> dict[str, Json]:
    return {state.name: write_state(state) for state in states}


def _read_node(cls: type[Any], value: Json, origin: Origin, **told: Any) -> Any:
    if not isinstance(value, dict):
        raise Misfit
    if cls is ChoiceRule:
        return _read_rule(value, origin)
    rest = dict(value)
    for attribute, key, read_value, _, _ in _entries(cls):
        if key not in rest:
            continue
        try:
            told[attribute] = read_value(rest[key], origin)
        except Misfit:
            continue
        del rest[key]
    if "States" not in value and hasattr(cls, "states"):
        rest["States"] = ABSENT
    return cls(**told, extra=rest, origin=origin)


def _write_node(node: Any) -> dict[str, Json]:
    if isinstance(node, ChoiceRule):
        return _write_rule(node)
    cls = type(node)
    written: dict[str, Json] = {}
    if cls.__name__ in STATE_TYPES:
        written["Type"] = cls.__name__
    for attribute, key, _, write_value, default in _entries(cls):
        value = getattr(node, attribute)
        if value is not default and (value != default or attribute == "states"):
            written[key] = write_value(value)
    extra: dict[str, Json] = node.extra
    if "States" in extra:  # was missing or no object, so that `states` says nothing
        written.pop("States", None)
    if hasattr(node, "next") and cls.__name__ in STATE_TYPES:
        if node.next is not None:
            written["Next"] = node.next
        elif "End" not in extra:
            written["End"] = True
    written.update((key, value) for key, value in extra.items() if value is not ABSENT)
    return written


_ENTRIES: dict[type[Any], tuple[_Entry, ...]] = {}


def _entries(cls: type[Any]) -> tuple[_Entry, ...]:
    """How each field of a class is read and written: attribute, key, reader, writer, default."""
    if cls not in _ENTRIES:
        _ENTRIES[cls] = tuple(_entry(field) for field in _slotted(cls))
    return _ENTRIES[cls]


def _slotted(cls: type[Any]) -> Iterator[attrs.Attribute[Any]]:
    fields = {field.name: field for field in attrs.fields(cls)}
    for first in ("comment", "query_language"):  # what a reader of ASL expects right below Type
        if first in fields and cls.__name__ in (*STATE_TYPES, "StateMachine", "Branch", "ItemProcessor"):
            yield fields.pop(first)
    for field in fields.values():
        if field.metadata or field.name == "states":
            yield field


def _entry(field: attrs.Attribute[Any]) -> _Entry:
    if field.name == "states":
        return "states", "States", lambda v, o: _read_states(v, o.down("States")), _write_states, ABSENT
    if "node" in field.metadata:
        key, name = field.metadata["node"]
        cls = getattr(nodes, name)
        return field.name, key, lambda v, o: _read_node(cls, v, o.down(key)), _write_node, None
    if "nodes" in field.metadata:
        key, name = field.metadata["nodes"]
        cls = getattr(nodes, name)

        def read_all(value: Json, origin: Origin) -> tuple[Any, ...]:
            if not isinstance(value, list) or not value:
                raise Misfit
            below = origin.down(key)
            return tuple(_read_node(cls, item, below.down(i)) for i, item in enumerate(value))

        return field.name, key, read_all, lambda v: [_write_node(item) for item in v], ()
    slot: Slot = field.metadata["slot"]
    return field.name, slot.key, lambda v, _: slot.read(v), slot.write, field.default


def keys(cls: type[Any]) -> tuple[str, ...]:
    """The ASL keys that a node class has, `Next` and `End` included, without `Type`."""
    if cls is ChoiceRule:
        return ("Condition", "Variable", *OPERATORS, "And", "Or", "Not", *_RULE_KEYS)
    own = tuple(key for _, key, _, _, _ in _entries(cls))
    way_on = ("Next", "End") if cls.__name__ in STATE_TYPES and hasattr(cls, "next") else ()
    return own + way_on


def _kind(value: Json) -> str:
    names = {list: "an array", str: "a text", bool: "a boolean", int: "a number", float: "a number", type(None): "null"}
    return names.get(type(value), type(value).__name__)


def flow_as_machine(flow: Flow) -> StateMachine:
    """A branch or a body as a machine of its own."""
    if isinstance(flow, StateMachine):
        return flow
    return StateMachine(
        start_at=flow.start_at, states=flow.states, comment=flow.comment, query_language=flow.query_language,
        origin=flow.origin,
    )  # fmt: skip
