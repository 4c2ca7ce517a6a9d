"""SF409."""

from __future__ import annotations

from collections.abc import Iterator

from sfdsl.aws import quotas
from sfdsl.checks.base import Check
from sfdsl.checks.limits._common import amount, literal
from sfdsl.diagnostics import Diagnostic, Severity
from sfdsl.graph import WorkflowGraph
from sfdsl.model.states import Map


class MaxItemsOverQuota(Check):
    """An ItemReader that is to read more items than a Map Run can have.

    Why it matters:
        A Map Run has 100,000,000 items at most. Step Functions refuses a larger `MaxItems`.

    Fires on:
        {"Type": "Map", "End": true, "ItemReader": {
            "Resource": "arn:aws:states:::s3:listObjectsV2", "Parameters": {"Bucket": "orders"},
            "ReaderConfig": {"MaxItems": 200000000}},
          "ItemProcessor": {
            "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "EXPRESS"},
            "StartAt": "Keep", "States": {"Keep": {"Type": "Pass", "End": true}}}}

    Instead:
        {"Type": "Map", "End": true, "ItemReader": {
            "Resource": "arn:aws:states:::s3:listObjectsV2", "Parameters": {"Bucket": "orders"},
            "ReaderConfig": {"MaxItems": 100000000}},
          "ItemProcessor": {
            "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "EXPRESS"},
            "StartAt": "Keep", "States": {"Keep": {"Type": "Pass", "End": true}}}}
    """

    code = "SF409"
    severity = Severity.ERROR

    def run(self, graph: WorkflowGraph) -> Iterator[Diagnostic]:
        """Every ItemReader whose literal `MaxItems` is over the quota."""
        most = quotas.DISTRIBUTED_MAP_ITEMS.limit
        for _, state in graph.states():
            if isinstance(state, Map) and state.item_reader is not None and state.item_reader.reader_config is not None:
                asked = literal(state.item_reader.reader_config.max_items)
                if asked is not None and asked > most:
                    yield self.at(
                        state,
                        f"the ItemReader of {state.name!r} reads up to {amount(asked, 'item')}; a Map Run has {most:,} "
                        "at most",
                        hint=f'use "MaxItems": {most}, and split the data set over several Maps',
                        node=state.item_reader.reader_config,
                        field="MaxItems",
                    )
