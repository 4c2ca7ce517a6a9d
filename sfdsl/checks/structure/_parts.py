"""A workflow taken apart for the rules about fields: every node that ASL writes as a JSON object, with its place."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from sfdsl.checks.base import Check
from sfdsl.diagnostics import Diagnostic
from sfdsl.graph import WorkflowGraph
from sfdsl.model.states import (
    And,
    Branch,
    Catcher,
    Choice,
    ChoiceRule,
    Comparison,
    Condition,
    Fail,
    ItemBatcher,
    ItemProcessor,
    ItemReader,
    Map,
    Not,
    Opaque,
    Or,
    Parallel,
    Pass,
    ProcessorConfig,
    ReaderConfig,
    ResultWriter,
    Retrier,
    State,
    StateMachine,
    Succeed,
    Task,
    Test,
    Wait,
    WriterConfig,
)
from sfdsl.model.workflow import Scope

STATES: Final[tuple[type[Any], ...]] = (Task, Pass, Choice, Wait, Succeed, Fail, Parallel, Map)
TESTS: Final[tuple[type[Any], ...]] = (Comparison, And, Or, Not, Condition)

NOUNS: Final[dict[type[Any], str]] = {
    **{cls: f"a {cls.__name__} state" for cls in STATES},
    **dict.fromkeys(TESTS, "a rule of a Choice"),
    ChoiceRule: "a rule of a Choice",
    StateMachine: "a state machine",
    Branch: "a branch",
    ItemProcessor: "an ItemProcessor",
    Retrier: "a retrier",
    Catcher: "a catcher",
    ProcessorConfig: "a ProcessorConfig",
    ItemReader: "an ItemReader",
    ReaderConfig: "a ReaderConfig",
    ItemBatcher: "an ItemBatcher",
    ResultWriter: "a ResultWriter",
    WriterConfig: "a WriterConfig",
}
"""What a message calls a node of each class."""


class Part:
    """One node of a workflow and where it stands.

    Attributes:
        scope: The scope of the state, or of the flow where the node is the machine, a branch or a body.
        state: The state that the node is or belongs to, for a branch or a body its owner; None for the machine.
        node: The node.
        key: The way from the state to the node, such as `Retry[0]`; empty for the state itself and the machine.
        language: `JSONPath` or `JSONata`, or whatever stands in `QueryLanguage` instead.
        nested: Whether the node is a test inside another test.
    """

    __slots__ = ("key", "language", "nested", "node", "scope", "state")

    def __init__(
        self, scope: Scope, state: State | None, node: Any, key: str, language: str, *, nested: bool = False
    ) -> None:
        self.scope = scope
        self.state = state
        self.node = node
        self.key = key
        self.language = language
        self.nested = nested

    @property
    def owner(self) -> str:
        """The state, or the machine, as a message names it."""
        return "the state machine" if self.state is None else f"state {self.state.name!r}"

    def __str__(self) -> str:
        return f"{self.key} of {self.owner}" if self.key else self.owner

    def field(self, key: str) -> str:
        """One of its fields as a message names it: `Retry[0].MaxAttempts of state 'Load'`."""
        return f"{self.key}.{key} of {self.owner}" if self.key else f"{key} of {self.owner}"


class Parts:
    """Every part of a workflow, by the class of its node; `flawed` are those with keys beyond their fields."""

    def __init__(self, graph: WorkflowGraph) -> None:
        self.of: dict[type[Any], list[Part]] = {cls: [] for cls in (*NOUNS, Opaque)}
        self.flawed: list[Part] = []
        for part in _parts(graph):
            self.of[type(part.node)].append(part)
            if not isinstance(part.node, Opaque) and part.node.extra:
                self.flawed.append(part)

    def __iter__(self) -> Iterator[Part]:
        for found in self.of.values():
            yield from found

    @property
    def states(self) -> Iterator[Part]:
        """The states of the eight types."""
        for cls in STATES:
            yield from self.of[cls]

    @property
    def flows(self) -> Iterator[Part]:
        """The machine, the branches and the bodies."""
        for cls in (StateMachine, Branch, ItemProcessor):
            yield from self.of[cls]

    @property
    def tests(self) -> Iterator[Part]:
        """The tests of all Choice rules, nested ones included."""
        for cls in TESTS:
            yield from self.of[cls]


def parts(graph: WorkflowGraph) -> Parts:
    """The parts of a workflow, computed once."""
    return graph.once(Parts)


class PartCheck(Check):
    """A check that reports on parts."""

    def about(self, graph: WorkflowGraph, part: Part, message: str, *, hint: str = "", field: str = "") -> Diagnostic:
        """A finding about a part, or about one of its fields."""
        if part.state is None:
            return self.overall(graph, message, hint=hint, field=field)
        return self.at(part.state, message, hint=hint, field=field, node=part.node)


def _parts(graph: WorkflowGraph) -> Iterator[Part]:
    machine = graph.scopes[0]
    yield Part(machine, None, graph.machine, "", machine.query_language)
    for scope in graph.scopes:
        for state in scope.flow.states:
            language = getattr(state, "query_language", None) or scope.query_language
            yield Part(scope, state, state, "", language)
            for node, key in _below(state):
                yield Part(scope, state, node, key, language)
            if isinstance(state, Choice):
                for i, rule in enumerate(state.choices):
                    key = f"Choices[{i}]"
                    yield Part(scope, state, rule, key, language)
                    for test, way, nested in _tests(rule.test, key):
                        yield Part(scope, state, test, way, language, nested=nested)


def _below(state: State) -> Iterator[tuple[Any, str]]:
    """The nodes inside a state, without the rules of a Choice and without inner states."""
    if isinstance(state, (Task, Parallel, Map)):
        for i, retrier in enumerate(state.retry):
            yield retrier, f"Retry[{i}]"
        for i, catcher in enumerate(state.catch):
            yield catcher, f"Catch[{i}]"
    if isinstance(state, Parallel):
        for i, branch in enumerate(state.branches):
            yield branch, f"Branches[{i}]"
    if isinstance(state, Map):
        for body, key in ((state.item_processor, "ItemProcessor"), (state.iterator, "Iterator")):
            if body is not None:
                yield body, key
                if body.processor_config is not None:
                    yield body.processor_config, f"{key}.ProcessorConfig"
        if state.item_reader is not None:
            yield state.item_reader, "ItemReader"
            if state.item_reader.reader_config is not None:
                yield state.item_reader.reader_config, "ItemReader.ReaderConfig"
        if state.item_batcher is not None:
            yield state.item_batcher, "ItemBatcher"
        if state.result_writer is not None:
            yield state.result_writer, "ResultWriter"
            if state.result_writer.writer_config is not None:
                yield state.result_writer.writer_config, "ResultWriter.WriterConfig"


def _tests(test: Test, key: str, nested: bool = False) -> Iterator[tuple[Test, str, bool]]:
    yield test, key, nested
    if isinstance(test, (And, Or)):
        name = type(test).__name__
        for i, inner in enumerate(test.tests):
            yield from _tests(inner, f"{key}.{name}[{i}]", True)
    elif isinstance(test, Not):
        yield from _tests(test.test, f"{key}.Not", True)
