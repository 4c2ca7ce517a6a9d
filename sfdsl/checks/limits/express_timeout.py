"""SF417."""

from __future__ import annotations

from collections.abc import Iterator

from sfdsl.aws import quotas
from sfdsl.checks.base import Check
from sfdsl.checks.limits._common import amount, literal
from sfdsl.diagnostics import Diagnostic, Severity
from sfdsl.graph import WorkflowGraph
from sfdsl.model.workflow import MachineType


class ExpressTimeout(Check):
    """An Express state machine with a timeout that it cannot reach.

    Why it matters:
        An Express execution ends after five minutes, whatever `TimeoutSeconds` says.

    Fires on:
        {"Type": "EXPRESS", "Definition": {"TimeoutSeconds": 900, "StartAt": "Keep", "States": {
          "Keep": {"Type": "Pass", "End": true}}}}

    Instead:
        {"Type": "EXPRESS", "Definition": {"TimeoutSeconds": 300, "StartAt": "Keep", "States": {
          "Keep": {"Type": "Pass", "End": true}}}}
    """

    code = "SF417"
    severity = Severity.WARNING

    def run(self, graph: WorkflowGraph) -> Iterator[Diagnostic]:
        """One finding, where the machine's literal timeout is over five minutes."""
        asked = literal(graph.machine.timeout_seconds)
        if graph.workflow.type is MachineType.EXPRESS and asked is not None and asked > quotas.EXPRESS_SECONDS.limit:
            yield self.overall(
                graph,
                f"the machine times out after {amount(asked, 'second')}; an Express execution ends after "
                f"{quotas.EXPRESS_SECONDS.limit} seconds",
                hint=f'use "TimeoutSeconds": {quotas.EXPRESS_SECONDS.limit}, or make the state machine STANDARD',
                field="TimeoutSeconds",
            )
