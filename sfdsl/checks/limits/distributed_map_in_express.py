"""SF414."""

from __future__ import annotations

from collections.abc import Iterator

from sfdsl.checks.base import Check
from sfdsl.checks.limits._common import how_to_leave, in_express, where
from sfdsl.diagnostics import Diagnostic, Severity
from sfdsl.graph import WorkflowGraph
from sfdsl.model.states import Map


class DistributedMapInExpress(Check):
    """A Distributed Map in an Express state machine, or in Express children of another Distributed Map.

    Why it matters:
        Step Functions refuses the definition: only a Standard execution can start the child executions of a
        Distributed Map. (The children themselves may be Express.)

    Fires on:
        {"Type": "EXPRESS", "Definition": {"StartAt": "Each", "States": {"Each": {
          "Type": "Map", "End": true, "ItemProcessor": {
            "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "EXPRESS"},
            "StartAt": "Keep", "States": {"Keep": {"Type": "Pass", "End": true}}}}}}}

    Instead:
        {"Type": "EXPRESS", "Definition": {"StartAt": "Each", "States": {"Each": {
          "Type": "Map", "End": true, "ItemProcessor": {
            "ProcessorConfig": {"Mode": "INLINE"},
            "StartAt": "Keep", "States": {"Keep": {"Type": "Pass", "End": true}}}}}}}
    """

    code = "SF414"
    severity = Severity.ERROR

    def run(self, graph: WorkflowGraph) -> Iterator[Diagnostic]:
        """Every Distributed Map whose own scope runs in Express executions."""
        for scope, state in in_express(graph):
            if isinstance(state, Map) and state.distributed and state.body is not None:
                config = state.body.processor_config
                yield self.at(
                    state,
                    f"state {state.name!r} is a Distributed Map in {where(graph, scope)}, which cannot start children",
                    hint=f'use "Mode": "INLINE", or {how_to_leave(graph, scope)}',
                    node=config,
                    field="Mode",
                )
