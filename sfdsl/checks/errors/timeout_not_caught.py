"""SF319."""

from __future__ import annotations

from collections.abc import Iterator

from sfdsl.checks.errors._handlers import ALL, HEARTBEAT, TASK_FAILED, TIMEOUT, HandlerCheck, handlers
from sfdsl.checks.errors.job_without_timeout import has_timeout
from sfdsl.diagnostics import Diagnostic, Severity
from sfdsl.graph import WorkflowGraph
from sfdsl.model.states import Task


class TimeoutNotCaught(HandlerCheck):
    """A task with a timeout, whose Catch takes States.TaskFailed and lets the timeout through.

    Why it matters:
        States.TaskFailed matches every error of a task but States.Timeout. When the task takes too long,
        the execution fails, although the state looks as if all its errors were caught.

    Fires on:
        {"StartAt": "Load", "States": {
            "Load": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "TimeoutSeconds": 60, "End": true,
                     "Catch": [{"ErrorEquals": ["States.TaskFailed"], "Next": "Failed"}]},
            "Failed": {"Type": "Fail"}}}

    Instead:
        {"StartAt": "Load", "States": {
            "Load": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "TimeoutSeconds": 60, "End": true,
                     "Catch": [{"ErrorEquals": ["States.TaskFailed", "States.Timeout"], "Next": "Failed"}]},
            "Failed": {"Type": "Fail"}}}
    """

    code = "SF319"
    severity = Severity.WARNING

    def run(self, graph: WorkflowGraph) -> Iterator[Diagnostic]:
        """One finding for each task."""
        for group in handlers(graph).groups:
            state = group[0].state
            if group[0].field != "Catch" or not isinstance(state, Task) or not has_timeout(state):
                continue
            errors = {name for handler in group for name in handler.node.error_equals}
            if TASK_FAILED not in errors or errors & {ALL, TIMEOUT} or any("{" in name for name in errors):
                continue
            handler = next(handler for handler in group if TASK_FAILED in handler.node.error_equals)
            message = f"state {state.name!r} has a timeout, and States.TaskFailed in {handler.key} does not match it"
            partly = f"; '{HEARTBEAT}' matches a missed heartbeat only" if HEARTBEAT in errors else ""
            hint = f'write `"ErrorEquals": ["States.TaskFailed", "States.Timeout"]`{partly}'
            yield self.about(handler, message, hint=hint, field="ErrorEquals")
