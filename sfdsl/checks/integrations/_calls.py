"""Every place of a workflow that calls a service: Tasks, and the readers and writers of Distributed Maps."""

from __future__ import annotations

from collections.abc import Iterator
from weakref import WeakKeyDictionary

from attrs import field, frozen

from sfdsl.aws.resource import Resource, ServiceTask, parse
from sfdsl.graph import WorkflowGraph
from sfdsl.model.fields import ABSENT, Absent, Json
from sfdsl.model.states import ItemReader, Map, ResultWriter, State, Task
from sfdsl.model.workflow import JSONATA, Scope
from sfdsl.origin import Origin


@frozen(eq=False)
class Call:
    """One call of a service.

    Attributes:
        scope: Where the state stands.
        state: The Task, or the Map that reads or writes.
        node: The Task, the ItemReader or the ResultWriter.
        text: Its `Resource` as written.
        resource: The same, read.
        jsonata: Whether its parameters are written in JSONata.
        key: ASL key of its parameters: `Parameters`, or `Arguments` in JSONata.
        payload: What stands there; ABSENT where it is not written.
    """

    scope: Scope
    state: State
    node: Task | ItemReader | ResultWriter
    text: str
    resource: Resource
    jsonata: bool
    key: str
    payload: Json | Absent = field(repr=False)

    @property
    def subject(self) -> str:
        """What calls, for messages."""
        match self.node:
            case Task():
                return f"state {self.state.name!r}"
            case ItemReader():
                return f"the ItemReader of {self.state.name!r}"
            case ResultWriter():
                return f"the ResultWriter of {self.state.name!r}"

    @property
    def origin(self) -> Origin:
        """Where its parameters stand."""
        return self.node.origin.down(self.key)

    @property
    def task(self) -> ServiceTask | None:
        """The call where a Task calls a service by an integration; None for readers, writers and anything else."""
        if isinstance(self.node, Task) and isinstance(self.resource, ServiceTask):
            return self.resource
        return None


_FOUND: WeakKeyDictionary[WorkflowGraph, tuple[Call, ...]] = WeakKeyDictionary()


def calls(graph: WorkflowGraph) -> tuple[Call, ...]:
    """Every call of a workflow, found once for all rules."""
    found = _FOUND.get(graph)
    if found is None:
        found = _FOUND[graph] = tuple(_calls(graph))
    return found


def service_tasks(graph: WorkflowGraph) -> Iterator[tuple[Call, ServiceTask]]:
    """Every Task that calls a service by an integration."""
    for call in calls(graph):
        task = call.task
        if task is not None:
            yield call, task


def _calls(graph: WorkflowGraph) -> Iterator[Call]:
    for scope, state in graph.states():
        nodes: tuple[Task | ItemReader | ResultWriter | None, ...] = ()
        if isinstance(state, Task):
            nodes = (state,)
        elif isinstance(state, Map):
            nodes = (state.item_reader, state.result_writer)
        for node in nodes:
            if node is not None and node.resource is not None:
                jsonata = scope.language(state) == JSONATA
                yield Call(
                    scope=scope,
                    state=state,
                    node=node,
                    text=node.resource,
                    resource=parse(node.resource),
                    jsonata=jsonata,
                    key="Arguments" if jsonata else "Parameters",
                    payload=node.arguments if jsonata else node.parameters,
                )


def absent(call: Call) -> bool:
    """Whether the call has no parameters of its own, so that it is given the state's input."""
    return call.payload is ABSENT
