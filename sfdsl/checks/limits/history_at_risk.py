"""SF405."""

from __future__ import annotations

from collections.abc import Iterator

from sfdsl.aws import quotas
from sfdsl.checks.base import Check
from sfdsl.checks.limits._history import overflows
from sfdsl.diagnostics import Diagnostic, Severity
from sfdsl.graph import WorkflowGraph


class HistoryAtRisk(Check):
    """A Map whose usual number of items writes more events than the history of an execution holds.

    Why it matters:
        The author says that the Map has about so many items. With them, the execution fails when its history
        reaches 25,000 events, and no Catch sees it.

    Fires on:
        {"Notes": {"Each": {"items": 5000}}, "Definition": {"StartAt": "Each", "States": {"Each": {
          "Type": "Map", "ItemsPath": "$.files", "End": true, "ItemProcessor": {
            "StartAt": "Load", "States": {"Load": {
              "Type": "Task", "Resource": "arn:aws:states:::lambda:invoke",
              "Parameters": {"FunctionName": "orders-load", "Payload.$": "$"}, "End": true}}}}}}}

    Instead:
        {"Notes": {"Each": {"items": 500}}, "Definition": {"StartAt": "Each", "States": {"Each": {
          "Type": "Map", "ItemsPath": "$.files", "End": true, "ItemProcessor": {
            "StartAt": "Load", "States": {"Load": {
              "Type": "Task", "Resource": "arn:aws:states:::lambda:invoke",
              "Parameters": {"FunctionName": "orders-load", "Payload.$": "$"}, "End": true}}}}}}}
    """

    code = "SF405"
    severity = Severity.WARNING

    def run(self, graph: WorkflowGraph) -> Iterator[Diagnostic]:
        """Every cause that rests on the author's `items` notes."""
        if not any(notes.items for notes in graph.workflow.notes.values()):
            return
        certain = {found.state.name for found in overflows(graph, asserted=False) if found.state is not None}
        limit = f"the history of an execution holds {quotas.HISTORY_EVENTS.limit:,}"
        for found in overflows(graph, asserted=True):
            if found.state is not None and found.state.name not in certain:
                message = f"state {found.state.name!r} {found.arithmetic}; {limit}"
                yield self.at(found.state, message, hint=found.hint)
