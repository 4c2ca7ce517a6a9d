"""A workflow taken apart for the rules about data: every text read once, by what AWS takes it for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from sfdsl import jsonpath
from sfdsl.checks.base import Check
from sfdsl.diagnostics import Diagnostic
from sfdsl.graph import WorkflowGraph
from sfdsl.jsonata_text import Facts, Problem, check, facts
from sfdsl.model.fields import Json
from sfdsl.model.states import (
    Catcher,
    Choice,
    ChoiceRule,
    ItemBatcher,
    ItemReader,
    Map,
    Parallel,
    ReaderConfig,
    ResultWriter,
    State,
    Task,
)
from sfdsl.model.texts import Kind, Node, Shape, Text, Value, parsed, texts, values
from sfdsl.model.workflow import JSONATA, Scope


class Literal(NamedTuple):
    """A text that is handed on as it stands."""

    scope: Scope
    state: State
    text: Text


class Expression(NamedTuple):
    """A JSONata text, with what it reads, or with what is wrong with its syntax."""

    scope: Scope
    state: State
    text: Text
    facts: Facts
    problem: Problem | None


class Parsed(NamedTuple):
    """A path or a `.$` entry with its node; where its syntax is wrong, with the problem instead."""

    scope: Scope
    state: State
    text: Text
    node: jsonpath.Node | None
    problem: jsonpath.SyntaxProblem | None


class Marked(NamedTuple):
    """An object inside a payload that has keys of note: ending in `.$`, or written as expressions.

    Attributes:
        place: The field.
        keys: The way to the object from the field's node, the field's key first.
        value: The object.
    """

    scope: Scope
    state: State
    place: Value
    keys: tuple[str | int, ...]
    value: dict[str, Json]


class View:
    """What the rules look at, each list in the order of scopes, states and fields."""

    def __init__(self) -> None:
        self.literals: list[Literal] = []
        self.expressions: list[Expression] = []
        self.paths: list[Parsed] = []
        self.marked: list[Marked] = []


def view(graph: WorkflowGraph) -> View:
    """The workflow taken apart, once for all rules."""
    return graph.once(_taken_apart)


def _taken_apart(graph: WorkflowGraph) -> View:
    found = View()
    for scope, state in graph.states():
        for text in texts(scope, state):
            match text.kind:
                case Kind.LITERAL:
                    found.literals.append(Literal(scope, state, text))
                case Kind.EXPRESSION:
                    found.expressions.append(Expression(scope, state, text, facts(text.text), check(text.text)))
                case Kind.PATH | Kind.ENTRY:
                    node = parsed(text)
                    if isinstance(node, jsonpath.SyntaxProblem):
                        found.paths.append(Parsed(scope, state, text, None, node))
                    else:
                        found.paths.append(Parsed(scope, state, text, node, None))
        for value in values(scope, state):
            if value.field.shape is Shape.PAYLOAD and isinstance(value.value, (dict, list)):
                _mark(value.value, (value.field.key,), scope, state, value, found.marked)
    return found


def _mark(
    value: Json, keys: tuple[str | int, ...], scope: Scope, state: State, place: Value, found: list[Marked]
) -> None:
    if isinstance(value, dict):
        if any(key.endswith(".$") or key.startswith("{%") for key in value):
            found.append(Marked(scope, state, place, keys, value))
        for key, below in value.items():
            if isinstance(below, (dict, list)):
                _mark(below, (*keys, key), scope, state, place, found)
    elif isinstance(value, list):
        for i, below in enumerate(value):
            if isinstance(below, (dict, list)):
                _mark(below, (*keys, i), scope, state, place, found)


def where(state: State, node: Node, keys: tuple[str | int, ...]) -> str:
    """A place in a state as a person says it: `Arguments.Payload.rows[0]`, `Catch[1].Output`."""
    said = _of(state, node)
    for key in keys:
        if isinstance(key, int):
            said += f"[{key}]"
        else:
            said += f".{key}" if said else key
    return said


def _of(state: State, node: Node) -> str:
    """The way from a state to a part of it."""
    match node:
        case Catcher() if isinstance(state, (Task, Parallel, Map)):
            return f"Catch[{_index(state.catch, node)}]"
        case ChoiceRule() if isinstance(state, Choice):
            return f"Choices[{_index(state.choices, node)}]"
        case ItemReader():
            return "ItemReader"
        case ReaderConfig():
            return "ItemReader.ReaderConfig"
        case ItemBatcher():
            return "ItemBatcher"
        case ResultWriter():
            return "ResultWriter"
        case _ if isinstance(state, Choice) and node is not state:
            return _of_test(state, node)
        case _:
            return ""


def _of_test(state: Choice, node: Node) -> str:
    for i, rule in enumerate(state.choices):
        for test, way in _tests(rule.test, f"Choices[{i}]"):
            if test is node:
                return way
    return "Choices"


def _tests(test: object, way: str) -> Iterator[tuple[object, str]]:
    yield test, way
    name = type(test).__name__
    for i, inner in enumerate(getattr(test, "tests", ())):
        yield from _tests(inner, f"{way}.{name}[{i}]")
    if hasattr(test, "test"):
        yield from _tests(test.test, f"{way}.Not")


def _index(nodes: tuple[object, ...], node: object) -> int:
    return next((i for i, each in enumerate(nodes) if each is node), 0)


def excerpt(text: str, position: int, width: int = 24) -> str:
    """The part of a text around a position, for messages, with dots where it was cut."""
    first, last = max(position - width // 2, 0), min(position + width // 2, len(text))
    return ("..." if first else "") + text[first:last] + ("..." if last < len(text) else "")


def shown(text: str, most: int = 60) -> str:
    """A text in quotes, cut where it is long."""
    return repr(text) if len(text) <= most else repr(text[: most - 3] + "...")


class TextCheck(Check):
    """A check that reports on texts."""

    def about(
        self, seen: Literal | Expression | Parsed, message: str, *, hint: str = "", near: int | None = None
    ) -> Diagnostic:
        """A finding about a text: where it stands, then the message.

        Args:
            seen: The text.
            message: What is so; the place is said before it.
            hint: What to write instead.
            near: The position in the text that is meant; quotes what stands there.
        """
        told = f"{where(seen.state, seen.text.node, seen.text.keys)} of state {seen.state.name!r} {message}"
        if near is not None and len(seen.text.text) > 30:
            told += f", near {excerpt(seen.text.text, near)!r}"
        return self.finding(told, hint=hint, origin=seen.text.origin, state=seen.state.name)


def is_jsonata(seen: Literal | Expression | Parsed) -> bool:
    """Whether the text stands in a JSONata state."""
    return seen.text.language == JSONATA
