"""SF312."""

from __future__ import annotations

from collections.abc import Iterator

from sfdsl.checks.errors._delays import amount, literal
from sfdsl.checks.errors._handlers import HandlerCheck, handlers
from sfdsl.diagnostics import Diagnostic, Severity
from sfdsl.graph import WorkflowGraph


class MaxDelayBelowInterval(HandlerCheck):
    """A retrier whose MaxDelaySeconds is not greater than its IntervalSeconds.

    Why it matters:
        The ceiling is below the first delay already: every delay is MaxDelaySeconds, IntervalSeconds and
        BackoffRate mean nothing, and the service that failed gets no rest.

    Fires on:
        {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "End": true,
         "Retry": [{"ErrorEquals": ["States.TaskFailed"], "IntervalSeconds": 60, "MaxDelaySeconds": 30}]}

    Instead:
        {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "End": true,
         "Retry": [{"ErrorEquals": ["States.TaskFailed"], "IntervalSeconds": 30, "MaxDelaySeconds": 60}]}
    """

    code = "SF312"
    severity = Severity.WARNING

    def run(self, graph: WorkflowGraph) -> Iterator[Diagnostic]:
        """One finding for each retrier."""
        for handler, retrier in handlers(graph).retriers:
            ceiling = literal(retrier.max_delay_seconds)
            interval = 1 if retrier.interval_seconds is None else literal(retrier.interval_seconds)
            if ceiling is None or interval is None or not 0 < ceiling <= interval:
                continue
            given = "" if retrier.interval_seconds is not None else ", its default"
            message = (
                f"{handler} has MaxDelaySeconds of {amount(ceiling)}, which is not above IntervalSeconds of "
                f"{amount(interval)}{given}"
            )
            hint = f'write `"MaxDelaySeconds": {int(interval) * 8}`, or delete it'
            yield self.about(handler, message, hint=hint, field="MaxDelaySeconds")
