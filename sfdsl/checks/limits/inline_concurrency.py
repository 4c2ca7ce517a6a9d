"""SF407."""

from __future__ import annotations

from collections.abc import Iterator

from sfdsl.aws import quotas
from sfdsl.checks.base import Check
from sfdsl.checks.limits._common import amount, literal
from sfdsl.diagnostics import Diagnostic, Severity
from sfdsl.graph import WorkflowGraph
from sfdsl.model.states import Map


class InlineConcurrency(Check):
    """An inline Map that asks for more iterations at a time than Step Functions runs.

    Why it matters:
        An inline Map runs about 40 iterations at a time, whatever `MaxConcurrency` says. The Map takes as many
        times longer as the number is higher.

    Fires on:
        {"Type": "Map", "MaxConcurrency": 200, "End": true, "ItemProcessor": {
          "StartAt": "Keep", "States": {"Keep": {"Type": "Pass", "End": true}}}}

    Instead:
        {"Type": "Map", "MaxConcurrency": 40, "End": true, "ItemProcessor": {
          "StartAt": "Keep", "States": {"Keep": {"Type": "Pass", "End": true}}}}
    """

    code = "SF407"
    severity = Severity.WARNING

    def run(self, graph: WorkflowGraph) -> Iterator[Diagnostic]:
        """Every inline Map whose literal `MaxConcurrency` is over what one runs."""
        most = quotas.INLINE_MAP_CONCURRENCY.limit
        for _, state in graph.states():
            if isinstance(state, Map) and not state.distributed:
                asked = literal(state.max_concurrency)
                if asked is not None and asked > most:
                    yield self.at(
                        state,
                        f"state {state.name!r} asks for {amount(asked, 'iteration')} at a time; an inline Map runs "
                        f"about {most}",
                        hint='use "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "EXPRESS"}, or '
                        f'"MaxConcurrency": {most}',
                        field="MaxConcurrency",
                    )
