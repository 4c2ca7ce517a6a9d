"""SF413."""

from __future__ import annotations

from collections.abc import Iterator

from sfdsl.aws.resource import Activity
from sfdsl.checks.base import Check
from sfdsl.checks.limits._common import express_tasks, how_to_leave, where
from sfdsl.diagnostics import Diagnostic, Severity
from sfdsl.graph import WorkflowGraph


class ActivityInExpress(Check):
    """An Express execution that calls an activity.

    Why it matters:
        Step Functions refuses the definition: workers poll activities of stored executions, and an Express
        execution is not stored.

    Fires on:
        {"Type": "EXPRESS", "Definition": {"StartAt": "Weigh", "States": {"Weigh": {
          "Type": "Task", "Resource": "arn:aws:states:eu-west-1:123456789012:activity:weigh", "End": true}}}}

    Instead:
        {"Type": "EXPRESS", "Definition": {"StartAt": "Weigh", "States": {"Weigh": {
          "Type": "Task", "Resource": "arn:aws:states:::lambda:invoke",
          "Parameters": {"FunctionName": "weigh", "Payload.$": "$"}, "End": true}}}}
    """

    code = "SF413"
    severity = Severity.ERROR

    def run(self, graph: WorkflowGraph) -> Iterator[Diagnostic]:
        """Every Task in an Express execution that calls an activity."""
        for scope, state, resource in express_tasks(graph):
            if isinstance(resource, Activity):
                yield self.at(
                    state,
                    f"state {state.name!r} calls the activity {resource.name!r} in {where(graph, scope)}, which cannot",
                    hint=f"call a function with lambda:invoke instead, or {how_to_leave(graph, scope)}",
                    field="Resource",
                )
