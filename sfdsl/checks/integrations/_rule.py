"""What the rules on parameters share: each tells one kind of the faults that `_parameters` finds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from sfdsl.checks.base import Check
from sfdsl.checks.integrations._calls import Call
from sfdsl.checks.integrations._parameters import Fault, problems
from sfdsl.diagnostics import Diagnostic
from sfdsl.graph import WorkflowGraph


class ResourceCheck(Check):
    """A rule about the `Resource` of a call."""

    def on(self, call: Call, message: str, hint: str = "") -> Diagnostic:
        """A finding that points to the `Resource`."""
        return self.at(call.state, message, hint=hint, node=call.node, field="Resource")


class ParameterCheck(Check):
    """A rule that tells one kind of fault of parameters, each at its own key."""

    fault: ClassVar[Fault]

    def run(self, graph: WorkflowGraph) -> Iterator[Diagnostic]:
        """One finding for each faulty parameter."""
        for problem in problems(graph, self.fault):
            origin, state = problem.origin, problem.call.state.name
            yield self.finding(problem.message, hint=problem.hint, origin=origin, state=state)
