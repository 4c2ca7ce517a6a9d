"""SF311."""

from __future__ import annotations

from collections.abc import Iterator

from sfdsl.checks.base import Check
from sfdsl.checks.errors._delays import amount, literal
from sfdsl.diagnostics import Diagnostic, Severity
from sfdsl.graph import WorkflowGraph
from sfdsl.model.states import Task


class HeartbeatNotBelowTimeout(Check):
    """A task whose HeartbeatSeconds is not smaller than its TimeoutSeconds.

    Why it matters:
        Step Functions refuses the definition: the task would be over before a heartbeat could be missed.

    Fires on:
        {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken", "End": true,
         "TimeoutSeconds": 60, "HeartbeatSeconds": 60}

    Instead:
        {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken", "End": true,
         "TimeoutSeconds": 3600, "HeartbeatSeconds": 60}
    """

    code = "SF311"
    severity = Severity.ERROR

    def run(self, graph: WorkflowGraph) -> Iterator[Diagnostic]:
        """One finding for each task with both numbers."""
        for _, state in graph.states():
            if not isinstance(state, Task) or state.heartbeat_seconds is None or state.timeout_seconds is None:
                continue
            heartbeat, timeout = literal(state.heartbeat_seconds), literal(state.timeout_seconds)
            if heartbeat is not None and timeout is not None and 0 < timeout <= heartbeat:
                message = (
                    f"state {state.name!r} expects a heartbeat every {amount(heartbeat)} and times out after "
                    f"{amount(timeout)}; the heartbeat is the smaller one"
                )
                low = max(1, int(timeout) // 4)
                hint = f'write `"HeartbeatSeconds": {low}`' if low < timeout else "delete HeartbeatSeconds"
                yield self.at(state, message, hint=hint, field="HeartbeatSeconds")
