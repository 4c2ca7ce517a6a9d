"""SF408."""

from __future__ import annotations

from collections.abc import Iterator

from sfdsl.aws import quotas
from sfdsl.checks.base import Check
from sfdsl.checks.limits._common import amount, literal
from sfdsl.diagnostics import Diagnostic, Severity
from sfdsl.graph import WorkflowGraph
from sfdsl.model.states import Map


class MapRunConcurrency(Check):
    """A Distributed Map that asks for more child executions at a time than a Map Run may have.

    Why it matters:
        A Map Run has 10,000 child executions at a time at most, and the quota cannot be raised. The rest waits.

    Fires on:
        {"Type": "Map", "MaxConcurrency": 20000, "End": true, "ItemProcessor": {
          "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "EXPRESS"},
          "StartAt": "Keep", "States": {"Keep": {"Type": "Pass", "End": true}}}}

    Instead:
        {"Type": "Map", "MaxConcurrency": 1000, "End": true, "ItemProcessor": {
          "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "EXPRESS"},
          "StartAt": "Keep", "States": {"Keep": {"Type": "Pass", "End": true}}}}
    """

    code = "SF408"
    severity = Severity.WARNING

    def run(self, graph: WorkflowGraph) -> Iterator[Diagnostic]:
        """Every Distributed Map whose literal `MaxConcurrency` is over the quota."""
        most = quotas.DISTRIBUTED_MAP_CONCURRENCY.limit
        for _, state in graph.states():
            if isinstance(state, Map) and state.distributed:
                asked = literal(state.max_concurrency)
                if asked is not None and asked > most:
                    yield self.at(
                        state,
                        f"state {state.name!r} asks for {amount(asked, 'child execution')} at a time; a Map Run has "
                        f"{most:,} at most",
                        hint=f'use "MaxConcurrency": {most}, and group items with "ItemBatcher"',
                        field="MaxConcurrency",
                    )
