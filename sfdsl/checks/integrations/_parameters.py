"""The parameters of a call held against what the service takes; each rule tells one kind of the faults found here."""

from __future__ import annotations

import enum
import re
from collections.abc import Iterator
from typing import Final, TypeAlias
from weakref import WeakKeyDictionary

from attrs import frozen

from sfdsl.aws.integrations import Optimized, optimized
from sfdsl.aws.naming import fold
from sfdsl.aws.resource import ServiceTask, has_placeholder
from sfdsl.aws.shapes import ANY, Kind, Shape
from sfdsl.checks.integrations._calls import Call, calls
from sfdsl.checks.integrations._shapes import is_open, parameters_shape
from sfdsl.diagnostics import near
from sfdsl.graph import WorkflowGraph
from sfdsl.model.fields import Json
from sfdsl.origin import Origin


class Fault(enum.Enum):
    """What is wrong with a parameter."""

    UNKNOWN = enum.auto()
    MISCASED = enum.auto()
    MISSING = enum.auto()
    TYPE = enum.auto()
    ENUM = enum.auto()
    RANGE = enum.auto()
    NESTED_CASE = enum.auto()
    ONE_OF = enum.auto()


@frozen
class Problem:
    """One fault of one parameter: where it stands, and what to say about it."""

    fault: Fault
    call: Call
    origin: Origin
    message: str
    hint: str


Keys: TypeAlias = "tuple[str | int, ...]"
"""The keys that lead from the parameters to a place in them."""

_FOUND: WeakKeyDictionary[WorkflowGraph, tuple[Problem, ...]] = WeakKeyDictionary()


def problems(graph: WorkflowGraph, fault: Fault) -> Iterator[Problem]:
    """The faults of one kind; all kinds are found once for all rules."""
    found = _FOUND.get(graph)
    if found is None:
        found = _FOUND[graph] = tuple(problem for call in calls(graph) for problem in _of_call(call))
    return (problem for problem in found if problem.fault is fault)


def _of_call(call: Call) -> Iterator[Problem]:
    shape = parameters_shape(call)
    if shape is None or not isinstance(call.payload, dict) or not isinstance(call.resource, ServiceTask):
        return
    walk = _Walk(call)
    yield from walk.structure(call.payload, shape, (), "")
    if call.task is not None and not call.task.sdk:
        api = optimized(call.task.service, call.task.api)
        yield from walk.groups(api) if api is not None else ()


_KINDS: Final = {
    Kind.STRUCTURE: "an object",
    Kind.LIST: "an array",
    Kind.MAP: "an object",
    Kind.STRING: "a text",
    Kind.INTEGER: "a whole number",
    Kind.NUMBER: "a number",
    Kind.BOOLEAN: "true or false",
    Kind.TIMESTAMP: "a timestamp",
}


def json_type(value: Json) -> str:
    """The JSON type of a value."""
    match value:
        case None:
            return "null"
        case bool():
            return "boolean"
        case int() | float():
            return "number"
        case str():
            return "string"
        case list():
            return "array"
        case _:
            return "object"


class _Walk:
    """Walks the parameters of one call beside the shape of what the service takes."""

    def __init__(self, call: Call) -> None:
        self.call = call
        task = call.resource
        assert isinstance(task, ServiceTask)
        self.name = task.name
        self.sdk = task.sdk

    def _problem(self, fault: Fault, where: Keys, message: str, hint: str = "") -> Problem:
        origin = self.call.origin.down(*where)
        return Problem(fault, self.call, origin, f"{self.call.subject}: {message}", hint)

    def structure(self, value: dict[str, Json], shape: Shape, where: Keys, path: str) -> Iterator[Problem]:
        """The faults of an object that stands for a structure."""
        given: set[str] = set()  # what a misspelt name is near to counts as given: one finding for one mistake
        hidden = False  # whether a placeholder in a key hides names
        members = shape.members
        for key, item in value.items():
            name, dynamic = self._name(key)
            if has_placeholder(key):
                hidden = True
                continue
            below = (*where, key)
            spelled = name if name in members else shape.spelled(name)
            given.add(spelled or near(name.removesuffix(".$"), members, cutoff=0.7) or name)
            if spelled is None:
                if not shape.more:
                    yield self._unknown(name, key, shape, below, path)
            elif spelled != name:
                yield self._miscased(name, key, spelled, below, path)
            if spelled is not None and not dynamic:
                yield from self.value(item, members[spelled], below, _join(path, name))
        if not hidden:
            yield from self._missing(given, shape, where, path)
            if shape.union:
                known = [name for name in members if name in given]
                if len(known) > 1:
                    told = f"{_quoted(known)} stand together in {path or self.call.key}; {self.name} takes one of them"
                    yield self._problem(Fault.ONE_OF, where, told, "keep one of them")

    def _name(self, key: str) -> tuple[str, bool]:
        if not self.call.jsonata and key.endswith(".$"):
            return key[:-2], True
        return key, False

    def _unknown(self, name: str, key: str, shape: Shape, where: Keys, path: str) -> Problem:
        bare = name.removesuffix(".$")
        if self.call.jsonata and bare != name and bare in shape.members:
            hint = f'in JSONata write "{bare}": "{{% ... %}}"'
        else:
            hint = self._near(name, key, shape, path)
        return self._problem(Fault.UNKNOWN, where, f"{self.name} takes no parameter {_join(path, name)!r}", hint)

    def _near(self, name: str, key: str, shape: Shape, path: str) -> str:
        match = near(name, shape.members, cutoff=0.7)
        if match is not None:
            return f"did you mean {match + key[len(name) :]!r}?"
        deeper = [member for member, inner in shape.members.items() if name in inner.members]
        if len(deeper) == 1:
            return f"did you mean {_join(path, deeper[0])}.{name}?"
        if not shape.members:
            return f"{path or self.name} takes no parameters" if path else "delete it; the call takes no parameters"
        names = sorted(shape.members)
        return f"it takes {', '.join(names)}" if len(names) <= 12 else "delete it"

    def _miscased(self, name: str, key: str, spelled: str, where: Keys, path: str) -> Problem:
        told = f"{self.name} spells the parameter {_join(path, name)!r} as {spelled!r}"
        # The guide itself has had a small letter inside a parameter of an optimized call (RetryStrategy.attempts).
        unsure = path and not self.sdk and name[:1].upper() + name[1:] == spelled
        return self._problem(
            Fault.NESTED_CASE if unsure else Fault.MISCASED, where, told, f'write "{spelled}{key[len(name) :]}"'
        )

    def _missing(self, given: set[str], shape: Shape, where: Keys, path: str) -> Iterator[Problem]:
        for name in shape.required:
            if name not in given:
                told = f"{self.name} needs the parameter {_join(path, name)!r}"
                yield self._problem(
                    Fault.MISSING, where, told, f"add {self._example(name, shape)} to {path or self.call.key}"
                )

    def _example(self, name: str, shape: Shape) -> str:
        member = shape.members.get(name, ANY)
        values = {
            Kind.STRUCTURE: "{...}", Kind.MAP: "{...}", Kind.LIST: "[...]", Kind.INTEGER: "1", Kind.NUMBER: "1",
            Kind.BOOLEAN: "true",
        }  # fmt: skip
        value = f'"{member.enum[0]}"' if member.enum else values.get(member.kind, '"..."')
        return f'"{name}": {value}'

    def value(self, value: Json, shape: Shape, where: Keys, path: str) -> Iterator[Problem]:
        """The faults of a literal value."""
        if value is None or shape.kind is Kind.ANY or is_open(value):
            return
        kind = json_type(value)
        if kind != "string" and self.sdk and _takes_json(shape):
            return
        if not shape.accepts(kind) or not _reads_as(value, shape):
            yield self._wrong_type(value, kind, shape, where, path)
            return
        match value:
            case dict() if shape.kind is Kind.STRUCTURE:
                yield from self.structure(value, shape, where, path)
            case dict() if shape.kind is Kind.MAP and shape.element is not None:
                for key, item in value.items():
                    name, dynamic = self._name(key)
                    if not dynamic:
                        yield from self.value(item, shape.element, (*where, key), _join(path, name))
            case list() if shape.kind is Kind.LIST and shape.element is not None:
                yield from self._length(len(value), "element", shape, where, path)
                for i, item in enumerate(value):
                    yield from self.value(item, shape.element, (*where, i), f"{path}[{i}]")
            case str() if shape.kind is Kind.STRING:
                yield from self._text(value, shape, where, path)
            case int() | float() if not isinstance(value, bool):
                yield from self._range(value, shape, where, path)

    def _wrong_type(self, value: Json, kind: str, shape: Shape, where: Keys, path: str) -> Problem:
        wanted = _KINDS.get(shape.kind, shape.kind.value)
        match kind:
            case "string":
                shown = f"the text {value!r}" if len(str(value)) <= 40 else "a text"
            case "number":
                shown = str(value)
            case "boolean":
                shown = str(value).lower()
            case _:
                shown = f"an {kind}"
        told = f"{self.name} takes {wanted} as {path!r}, not {shown}"
        return self._problem(Fault.TYPE, where, told, self._convert(value, kind, shape, path))

    def _convert(self, value: Json, kind: str, shape: Shape, path: str) -> str:
        name = path.rsplit(".", 1)[-1]
        if kind == "string" and str(value).startswith(("$", "States.")) and not self.call.jsonata:
            return f'write "{name}.$": "{value}"'
        if shape.kind is Kind.STRING:
            if kind in ("number", "boolean"):
                return f'write "{name}": "{str(value).lower() if kind == "boolean" else value}"'
            if self.call.jsonata:
                return f'it is JSON as a text: write "{name}": "{{% $string({{...}}) %}}"'
            return f'it is JSON as a text: write "{name}.$": "States.JsonToString($.{name[:1].lower() + name[1:]})"'
        if shape.kind is Kind.LIST and shape.element is not None and shape.element.accepts(kind):
            return "put it into an array: [...]"
        if shape.members and len(shape.members) <= 12:
            return f"it has the fields {', '.join(sorted(shape.members))}"
        return ""

    def _text(self, value: str, shape: Shape, where: Keys, path: str) -> Iterator[Problem]:
        if value.startswith(("$", "States.")):
            return  # a path that lacks its `.$`, which another rule reports
        if shape.enum:
            if value not in shape.enum:
                match = near(value, shape.enum)
                listed = ", ".join(shape.enum[:12]) + (", ..." if len(shape.enum) > 12 else "")
                hint = f"did you mean {match!r}?" if match is not None else f"it takes {listed}"
                told = f"{self.name} does not know {value!r} as {path!r}"
                yield self._problem(Fault.ENUM, where, told, hint)
            return
        yield from self._length(len(value), "character", shape, where, path)

    def _length(self, length: int, unit: str, shape: Shape, where: Keys, path: str) -> Iterator[Problem]:
        least, most = shape.minimum, shape.maximum
        if least is not None and length < least:
            limit = f"at least {least:g}"
        elif most is not None and length > most:
            limit = f"at most {most:g}"
        else:
            return
        shown = f"{length:,} {unit}{'' if length == 1 else 's'}"
        yield self._problem(Fault.RANGE, where, f"{path!r} has {shown}; {self.name} takes {limit}")

    def _range(self, value: float, shape: Shape, where: Keys, path: str) -> Iterator[Problem]:
        least, most = shape.minimum, shape.maximum
        if least is not None and value < least:
            limit = f"at least {least:g}"
        elif most is not None and value > most:
            limit = f"at most {most:g}"
        else:
            return
        yield self._problem(Fault.RANGE, where, f"{path!r} is {value:g}; {self.name} takes {limit}")

    def groups(self, api: Optimized) -> Iterator[Problem]:
        """The groups of parameters of which exactly one is given."""
        payload = self.call.payload
        if not isinstance(payload, dict) or any(has_placeholder(key) for key in payload):
            return
        for group in api.exactly_one_of:
            states = {name: self._given(payload, name.split(".")) for name in group}
            given = [name for name, known in states.items() if known]
            if len(given) > 1:
                told = f"{_quoted(given)} stand together; {self.name} takes one of them"
                yield self._problem(Fault.ONE_OF, (), told, "keep one of them")
            elif not given and None not in states.values():
                told = f"{self.name} needs one of {_quoted(group)}"
                yield self._problem(Fault.ONE_OF, (), told, f'add "{group[0]}" to {self.call.key}')

    def _given(self, value: Json, path: list[str]) -> bool | None:
        """Whether a parameter is given; None where an expression hides it."""
        if not isinstance(value, dict):
            return None
        wanted = fold(path[0])
        for key, item in value.items():
            name, dynamic = self._name(key)
            if fold(name) == wanted:
                if len(path) == 1:
                    return True
                return None if dynamic else self._given(item, path[1:])
        return False


_NUMERIC: Final = re.compile(r"\s*[+-]?\d+(\.\d+)?([eE][+-]?\d+)?\s*")


def _reads_as(value: Json, shape: Shape) -> bool:
    """Whether a text reads as the number or boolean that is wanted, and a number is whole where it has to be."""
    match value:
        case str() if shape.kind in (Kind.INTEGER, Kind.NUMBER):
            return _NUMERIC.fullmatch(value) is not None
        case str() if shape.kind is Kind.BOOLEAN:
            return value.lower() in ("true", "false")
        case float() if shape.kind is Kind.INTEGER:
            return value == int(value)
        case _:
            return True


def _takes_json(shape: Shape) -> bool:
    """Whether an aws-sdk call may be given any JSON for this text.

    Step Functions writes the JSON as a text, whatever the text is for; one of few words, or a short one, it is not.

    Source: measured, executions that start others (`aws-sdk:sfn:startExecution` with an object as its Input).
    """
    return shape.kind is Kind.STRING and not shape.enum and (shape.maximum is None or shape.maximum >= 1024)


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _quoted(names: tuple[str, ...] | list[str]) -> str:
    return " and ".join(filter(None, (", ".join(map(repr, names[:-1])), repr(names[-1]))))
