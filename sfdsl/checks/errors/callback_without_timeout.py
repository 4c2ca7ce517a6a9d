"""SF316."""

from __future__ import annotations

from collections.abc import Iterator

from sfdsl.aws.resource import Activity, Pattern, ServiceTask, parse
from sfdsl.checks.base import Check
from sfdsl.checks.errors.job_without_timeout import at_most, has_timeout
from sfdsl.diagnostics import Diagnostic, Severity
from sfdsl.graph import WorkflowGraph
from sfdsl.model.states import Task


class CallbackWithoutTimeout(Check):
    """A task that waits for a callback or for an activity's worker, with neither TimeoutSeconds nor HeartbeatSeconds.

    Why it matters:
        Whoever is to answer may never do so: the message is lost, the worker dies, nobody clicks. The
        execution then waits for up to a year, and nobody is told.

    Fires on:
        {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken", "End": true,
         "Parameters": {"QueueUrl": "https://sqs.eu-west-1.amazonaws.com/123456789012/approvals",
                        "MessageBody": {"Token.$": "$$.Task.Token"}}}

    Instead:
        {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken", "End": true,
         "Parameters": {"QueueUrl": "https://sqs.eu-west-1.amazonaws.com/123456789012/approvals",
                        "MessageBody": {"Token.$": "$$.Task.Token"}}, "TimeoutSeconds": 86400}
    """

    code = "SF316"
    severity = Severity.WARNING

    def run(self, graph: WorkflowGraph) -> Iterator[Diagnostic]:
        """One finding for each task."""
        for _, state in graph.states():
            if not isinstance(state, Task) or state.resource is None:
                continue
            call = parse(state.resource)
            if isinstance(call, Activity):
                what, hint = "a worker", 'add `"TimeoutSeconds": 3600`, and `"HeartbeatSeconds": 60` if it sends some'
            elif isinstance(call, ServiceTask) and call.pattern is Pattern.WAIT_FOR_TASK_TOKEN:
                what, hint = "a callback", 'add `"TimeoutSeconds": 86400`, or how long the answer may take'
            else:
                continue
            if not has_timeout(state) and not _has_heartbeat(state):
                message = f"state {state.name!r} waits for {what} without a timeout or heartbeat{at_most(graph)}"
                yield self.at(state, message, hint=hint)


def _has_heartbeat(state: Task) -> bool:
    return (
        state.heartbeat_seconds is not None
        or state.heartbeat_seconds_path is not None
        or not {"HeartbeatSeconds", "HeartbeatSecondsPath"}.isdisjoint(state.extra)
    )
