"""SF313."""

from __future__ import annotations

from collections.abc import Iterator

from sfdsl.checks.errors._delays import schedule
from sfdsl.checks.errors._handlers import HandlerCheck, handlers
from sfdsl.diagnostics import Diagnostic, Severity
from sfdsl.graph import WorkflowGraph


class IdleRetryField(HandlerCheck):
    """A field of a retrier that changes nothing, as the others are.

    Why it matters:
        Whoever reads it thinks that it does something: a MaxDelaySeconds that no delay reaches, a
        BackoffRate where there is one retry or none.

    Fires on:
        {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "End": true,
         "Retry": [{"ErrorEquals": ["States.TaskFailed"], "MaxAttempts": 3, "MaxDelaySeconds": 60}]}

    Instead:
        {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "End": true,
         "Retry": [{"ErrorEquals": ["States.TaskFailed"], "MaxAttempts": 9, "MaxDelaySeconds": 60}]}
    """

    code = "SF313"
    severity = Severity.INFO

    def run(self, graph: WorkflowGraph) -> Iterator[Diagnostic]:
        """One finding for each retrier."""
        for handler, retrier in handlers(graph).retriers:
            plan = schedule(retrier)
            if plan is None:
                continue
            written = {
                "IntervalSeconds": retrier.interval_seconds is not None,
                "BackoffRate": retrier.backoff_rate is not None,
                "MaxDelaySeconds": retrier.max_delay_seconds is not None,
                "JitterStrategy": retrier.jitter_strategy is not None,
            }
            if plan.attempts == 0:
                idle = [key for key, there in written.items() if there]
                why = "MaxAttempts is 0"
            elif plan.attempts == 1 and written["BackoffRate"]:
                idle, why = ["BackoffRate"], "there is one retry"
            elif written["MaxDelaySeconds"] and plan.longest() <= plan.ceiling and plan.ceiling > plan.interval:
                idle, why = ["MaxDelaySeconds"], f"the longest delay is {plan.longest():g} seconds"
            else:
                continue
            if idle:
                message = f"{', '.join(idle)} of {handler} {'does' if len(idle) == 1 else 'do'} nothing: {why}"
                yield self.about(handler, message, hint=f"delete {', '.join(idle)}", field=idle[0])
