"""SF410."""

from __future__ import annotations

from collections.abc import Iterator

from sfdsl.aws import quotas
from sfdsl.checks.base import Check
from sfdsl.checks.limits._common import amount, literal
from sfdsl.diagnostics import Diagnostic, Severity
from sfdsl.graph import WorkflowGraph
from sfdsl.model.states import Map


class BatchTooLarge(Check):
    """An ItemBatcher that makes batches larger than a child execution takes as its input.

    Why it matters:
        The input of a child execution has 256 KiB at most, and Step Functions refuses a larger
        `MaxInputBytesPerBatch`.

    Fires on:
        {"Type": "Map", "End": true, "ItemBatcher": {"MaxInputBytesPerBatch": 1048576}, "ItemProcessor": {
          "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "EXPRESS"},
          "StartAt": "Keep", "States": {"Keep": {"Type": "Pass", "End": true}}}}

    Instead:
        {"Type": "Map", "End": true, "ItemBatcher": {"MaxInputBytesPerBatch": 262144}, "ItemProcessor": {
          "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "EXPRESS"},
          "StartAt": "Keep", "States": {"Keep": {"Type": "Pass", "End": true}}}}
    """

    code = "SF410"
    severity = Severity.ERROR

    def run(self, graph: WorkflowGraph) -> Iterator[Diagnostic]:
        """Every ItemBatcher whose literal `MaxInputBytesPerBatch` is over the quota."""
        most = quotas.BATCH_BYTES.limit
        for _, state in graph.states():
            if isinstance(state, Map) and state.item_batcher is not None:
                asked = literal(state.item_batcher.max_input_bytes_per_batch)
                if asked is not None and asked > most:
                    yield self.at(
                        state,
                        f"the ItemBatcher of {state.name!r} makes batches of up to {amount(asked, 'byte')}; a child "
                        f"execution takes {most:,} bytes",
                        hint=f'use "MaxInputBytesPerBatch": {most}',
                        node=state.item_batcher,
                        field="MaxInputBytesPerBatch",
                    )
