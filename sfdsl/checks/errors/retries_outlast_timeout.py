"""SF305."""

from __future__ import annotations

import math
from collections.abc import Iterator

from sfdsl.checks.errors._delays import Schedule, amount, literal, schedule
from sfdsl.checks.errors._handlers import HandlerCheck, handlers
from sfdsl.diagnostics import Diagnostic, Severity
from sfdsl.graph import WorkflowGraph


class RetriesOutlastTimeout(HandlerCheck):
    """A retrier that waits longer, all in all, than the whole execution may take.

    Why it matters:
        The last attempts never start, and the Catch that was to follow never runs: the execution is over
        before, with States.Timeout, which nothing in it can catch.

    Fires on:
        {"TimeoutSeconds": 300, "StartAt": "Ship", "States": {"Ship": {
            "Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "End": true,
            "Retry": [{"ErrorEquals": ["States.TaskFailed"], "IntervalSeconds": 6, "MaxAttempts": 6}]}}}

    Instead:
        {"TimeoutSeconds": 300, "StartAt": "Ship", "States": {"Ship": {
            "Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "End": true,
            "Retry": [{"ErrorEquals": ["States.TaskFailed"], "IntervalSeconds": 6, "MaxAttempts": 5}]}}}
    """

    code = "SF305"
    severity = Severity.WARNING

    def run(self, graph: WorkflowGraph) -> Iterator[Diagnostic]:
        """One finding for each retrier."""
        timeout = literal(graph.machine.timeout_seconds)
        if timeout is None or timeout <= 0:
            return
        for handler, retrier in handlers(graph).retriers:
            plan = schedule(retrier)
            if plan is None or (total := plan.total()) <= timeout:
                continue
            message = (
                f"state {handler.state.name!r} retries for up to {amount(total)} by {handler.key}; "
                f"the state machine times out after {amount(timeout)}"
            )
            enough = math.ceil(total / 100) * 100
            hint = f"{less(plan, timeout)}, or raise the state machine's TimeoutSeconds to {enough}"
            yield self.about(handler, message, hint=hint)


def less(plan: Schedule, seconds: float) -> str:
    """What to write so that the retries fit into so many seconds."""
    fits = plan.attempts_within(seconds)
    return f"lower MaxAttempts to {fits}" if fits else f"lower IntervalSeconds, which is {plan.interval:g} now"
