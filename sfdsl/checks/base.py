"""What every check is: a rule that looks at a workflow and yields findings."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from typing import Protocol

from sfdsl.diagnostics import Diagnostic, Rule
from sfdsl.graph import WorkflowGraph
from sfdsl.model.states import State
from sfdsl.origin import Origin


class Placed(Protocol):
    """Any node with an origin: a state, a retrier, a rule, a machine."""

    @property
    def origin(self) -> Origin: ...


class Check(Rule):
    """A rule that runs on the model, whichever way the machine came into it.

    In the docstring, `Fires on:` and `Instead:` hold JSON that runs as a test: a definition, or one state
    alone (it is then the machine), or `{"Type": "EXPRESS", "Definition": ...}` for another workflow type.
    """

    @abstractmethod
    def run(self, graph: WorkflowGraph) -> Iterator[Diagnostic]:
        """Every finding of this rule in a workflow."""

    def at(
        self, state: State, message: str, *, hint: str = "", field: str = "", node: Placed | None = None
    ) -> Diagnostic:
        """A finding about a state.

        Args:
            state: The state, named in the finding so that it can be suppressed there.
            message: What is so.
            hint: What to write instead.
            field: ASL key of the field that is meant; the finding points to it in an ASL file.
            node: The retrier, catcher, rule or other part of the state that is meant, instead of the state itself.
        """
        origin = (node if node is not None else state).origin
        if field:
            origin = origin.down(field)
        return self.finding(message, hint=hint, origin=origin, state=state.name)

    def overall(self, graph: WorkflowGraph, message: str, *, hint: str = "", field: str = "") -> Diagnostic:
        """A finding about the machine as a whole."""
        origin = graph.machine.origin
        if origin.line is None and not origin.file:
            origin = graph.workflow.origin
        return self.finding(message, hint=hint, origin=origin.down(field) if field else origin)
