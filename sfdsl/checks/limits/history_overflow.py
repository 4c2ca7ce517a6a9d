"""SF404."""

from __future__ import annotations

from collections.abc import Iterator

from sfdsl.aws import quotas
from sfdsl.checks.base import Check
from sfdsl.checks.limits._history import overflows
from sfdsl.diagnostics import Diagnostic, Severity
from sfdsl.graph import WorkflowGraph


class HistoryOverflow(Check):
    """A Map or a counted loop that writes more events than the history of an execution holds.

    Why it matters:
        A Standard execution whose history reaches 25,000 events fails at once, and no Catch sees it. An inline
        Map writes the events of all its iterations into the history of its own execution.

    Fires on:
        {"QueryLanguage": "JSONata", "StartAt": "Each", "States": {"Each": {
          "Type": "Map", "Items": "{% [1..5000] %}", "End": true, "ItemProcessor": {
            "StartAt": "Load", "States": {"Load": {
              "Type": "Task", "Resource": "arn:aws:states:::lambda:invoke",
              "Arguments": {"FunctionName": "orders-load", "Payload": "{% $states.input %}"}, "End": true}}}}}}

    Instead:
        {"QueryLanguage": "JSONata", "StartAt": "Each", "States": {"Each": {
          "Type": "Map", "Items": "{% [1..5000] %}", "End": true, "ItemProcessor": {
            "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "EXPRESS"},
            "StartAt": "Load", "States": {"Load": {
              "Type": "Task", "Resource": "arn:aws:states:::lambda:invoke",
              "Arguments": {"FunctionName": "orders-load", "Payload": "{% $states.input %}"}, "End": true}}}}}}
    """

    code = "SF404"
    severity = Severity.ERROR

    def run(self, graph: WorkflowGraph) -> Iterator[Diagnostic]:
        """Every cause that the definition itself makes certain."""
        limit = f"the history of an execution holds {quotas.HISTORY_EVENTS.limit:,}"
        for found in overflows(graph, asserted=False):
            if found.state is None:
                yield self.overall(graph, f"the machine {found.arithmetic}; {limit}", hint=found.hint)
            else:
                message = f"state {found.state.name!r} {found.arithmetic}; {limit}"
                yield self.at(found.state, message, hint=found.hint)
