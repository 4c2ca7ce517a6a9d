"""SF411."""

from __future__ import annotations

from collections.abc import Iterator

from sfdsl.aws.resource import Pattern, ServiceTask
from sfdsl.checks.base import Check
from sfdsl.checks.limits._common import express_tasks, how_to_leave, where
from sfdsl.diagnostics import Diagnostic, Severity
from sfdsl.graph import WorkflowGraph


class SyncInExpress(Check):
    """An Express execution that waits for a job with `.sync`.

    Why it matters:
        Step Functions refuses the definition: waiting for a job needs an execution that is stored, and an
        Express execution is not. It lasts five minutes at most, and few jobs do.

    Fires on:
        {"Type": "EXPRESS", "Definition": {"StartAt": "Extract", "States": {"Extract": {
          "Type": "Task", "Resource": "arn:aws:states:::glue:startJobRun.sync",
          "Parameters": {"JobName": "orders-extract"}, "End": true}}}}

    Instead:
        {"Type": "EXPRESS", "Definition": {"StartAt": "Extract", "States": {"Extract": {
          "Type": "Task", "Resource": "arn:aws:states:::glue:startJobRun",
          "Parameters": {"JobName": "orders-extract"}, "End": true}}}}
    """

    code = "SF411"
    severity = Severity.ERROR

    def run(self, graph: WorkflowGraph) -> Iterator[Diagnostic]:
        """Every Task in an Express execution that uses `.sync` or `.sync:2`."""
        for scope, state, resource in express_tasks(graph):
            if isinstance(resource, ServiceTask) and resource.pattern in (Pattern.SYNC, Pattern.SYNC_2):
                message = f"state {state.name!r} waits with {resource.suffix} in {where(graph, scope)}, which cannot"
                if resource.name == "states:startExecution":
                    other = "call an Express child with aws-sdk:sfn:startSyncExecution"
                else:
                    other = f"only start it with {resource.name}"
                yield self.at(state, message, hint=f"{other}, or {how_to_leave(graph, scope)}", field="Resource")
