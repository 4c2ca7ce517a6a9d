"""SF314."""

from __future__ import annotations

from collections.abc import Iterator

from sfdsl.aws import quotas
from sfdsl.checks.errors._delays import amount, schedule
from sfdsl.checks.errors._handlers import Handler, HandlerCheck, handlers
from sfdsl.checks.errors.retries_outlast_timeout import less
from sfdsl.diagnostics import Diagnostic, Severity
from sfdsl.graph import WorkflowGraph
from sfdsl.model.workflow import MachineType


class RetriesOutlastExecution(HandlerCheck):
    """A retrier that waits longer, all in all, than a Standard execution can last.

    Why it matters:
        An execution ends after a year. A BackoffRate of 2 doubles each delay: twenty-five retries that start
        with one second take more than that. The last ones never start, and the Catch behind them never runs.

    Fires on:
        {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "End": true,
         "Retry": [{"ErrorEquals": ["States.TaskFailed"], "MaxAttempts": 100}]}

    Instead:
        {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "End": true,
         "Retry": [{"ErrorEquals": ["States.TaskFailed"], "MaxAttempts": 100, "MaxDelaySeconds": 300}]}
    """

    code = "SF314"
    severity = Severity.WARNING

    def run(self, graph: WorkflowGraph) -> Iterator[Diagnostic]:
        """One finding for each retrier, unless the machine's own timeout is the nearer end (SF305, Express SF416)."""
        if graph.machine.timeout_seconds is not None:
            return
        longest = quotas.STANDARD_SECONDS.limit
        for handler, retrier in handlers(graph).retriers:
            plan = schedule(retrier)
            if plan is None or (total := plan.total()) <= longest or not _standard(graph, handler):
                continue
            message = (
                f"state {handler.state.name!r} retries for up to {amount(total)} by {handler.key}; an execution ends "
                f"after {amount(longest)}"
            )
            capped = ', or cap the delays: `"MaxDelaySeconds": 300`' if plan.rate > 1 and plan.ceiling > longest else ""
            yield self.about(handler, message, hint=f"{less(plan, longest)}{capped}")


def _standard(graph: WorkflowGraph, handler: Handler) -> bool:
    child = handler.scope.child_execution()
    if child is None or child.owner is None:
        return graph.workflow.type is MachineType.STANDARD
    body = getattr(child.owner, "body", None)
    return not (body and body.processor_config and body.processor_config.execution_type == "EXPRESS")
