"""The retriers and catchers of a workflow, in their places, and what they are known to match."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sfdsl.aws.errors import ERRORS, is_reserved
from sfdsl.aws.resource import has_placeholder
from sfdsl.checks.base import Check
from sfdsl.diagnostics import Diagnostic
from sfdsl.graph import WorkflowGraph
from sfdsl.model.states import Catcher, Map, Parallel, Retrier, Task
from sfdsl.model.workflow import Scope

ALL: Final = "States.ALL"
TASK_FAILED: Final = "States.TaskFailed"
TIMEOUT: Final = "States.Timeout"
HEARTBEAT: Final = "States.HeartbeatTimeout"


class Handler:
    """One retrier or catcher.

    Attributes:
        scope: The scope of its state.
        state: The state that it belongs to.
        node: The retrier or catcher.
        field: `Retry` or `Catch`.
        index: Its place there, from 0.
    """

    __slots__ = ("field", "index", "node", "scope", "state")

    def __init__(
        self, scope: Scope, state: Task | Parallel | Map, node: Retrier | Catcher, field: str, index: int
    ) -> None:
        self.scope = scope
        self.state = state
        self.node = node
        self.field = field
        self.index = index

    @property
    def key(self) -> str:
        """Its place in the state, such as `Retry[0]`."""
        return f"{self.field}[{self.index}]"

    def __str__(self) -> str:
        return f"{self.key} of state {self.state.name!r}"

    @property
    def names(self) -> tuple[str, ...]:
        """Its error names without those that a placeholder hides."""
        errors = self.node.error_equals
        if any("{" in name for name in errors):
            return tuple(name for name in errors if not has_placeholder(name))
        return errors


class Handlers:
    """All retriers and catchers of a workflow; `groups` has those of one field of one state together, in order."""

    def __init__(self, graph: WorkflowGraph) -> None:
        self.groups: list[list[Handler]] = []
        for scope in graph.scopes:
            for state in scope.flow.states:
                if not isinstance(state, (Task, Parallel, Map)):
                    continue
                if state.retry:
                    self.groups.append([Handler(scope, state, node, "Retry", i) for i, node in enumerate(state.retry)])
                if state.catch:
                    self.groups.append([Handler(scope, state, node, "Catch", i) for i, node in enumerate(state.catch)])

    def __iter__(self) -> Iterator[Handler]:
        for group in self.groups:
            yield from group

    @property
    def retriers(self) -> Iterator[tuple[Handler, Retrier]]:
        """The retriers alone."""
        for group in self.groups:
            for handler in group:
                if isinstance(handler.node, Retrier):
                    yield handler, handler.node

    @property
    def catchers(self) -> Iterator[tuple[Handler, Catcher]]:
        """The catchers alone."""
        for group in self.groups:
            for handler in group:
                if isinstance(handler.node, Catcher):
                    yield handler, handler.node


def handlers(graph: WorkflowGraph) -> Handlers:
    """The retriers and catchers of a workflow, computed once."""
    return graph.once(Handlers)


class HandlerCheck(Check):
    """A check that reports on retriers and catchers."""

    def about(self, handler: Handler, message: str, *, hint: str = "", field: str = "") -> Diagnostic:
        """A finding about a retrier or catcher, or about one of its fields."""
        return self.at(handler.state, message, hint=hint, field=field, node=handler.node)


def covers(entry: str, name: str, state: Task | Parallel | Map) -> bool:
    """Whether an entry of ErrorEquals surely matches every error that another entry matches.

    What States.TaskFailed matches on a Parallel or a Map, and of the reserved names, is taken only where the
    developer guide says it.
    """
    if entry == name:
        return True
    if name in (ALL, TASK_FAILED):
        return entry == ALL
    if entry == ALL:
        return name not in ERRORS or ERRORS[name].by_all
    if entry == TIMEOUT:
        return name == HEARTBEAT
    if entry == TASK_FAILED and isinstance(state, Task):
        if name in ERRORS:
            return ERRORS[name].by_task_failed is True
        return is_reserved(name) or not name.startswith("States.")
    return False
