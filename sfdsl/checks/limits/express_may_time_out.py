"""SF416."""

from __future__ import annotations

from collections.abc import Iterator

from sfdsl.aws import quotas
from sfdsl.checks.base import Check
from sfdsl.checks.limits._common import amount, how_to_leave
from sfdsl.checks.limits._durations import Durations, total
from sfdsl.checks.limits.express_outlasted import express_flows
from sfdsl.diagnostics import Diagnostic, Severity
from sfdsl.graph import WorkflowGraph


class ExpressMayTimeOut(Check):
    """An Express execution whose waits, timeouts and retries may add up to more than it may run.

    Why it matters:
        An Express execution ends with States.Timeout after five minutes, and no Catch sees it. The last
        retries and the handlers behind them never run.

    Fires on:
        {"Type": "EXPRESS", "Definition": {"StartAt": "Load", "States": {"Load": {
          "Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "TimeoutSeconds": 120,
          "Parameters": {"FunctionName": "orders-load"}, "End": true,
          "Retry": [{"ErrorEquals": ["States.Timeout"], "MaxAttempts": 3}]}}}}

    Instead:
        {"Type": "EXPRESS", "Definition": {"StartAt": "Load", "States": {"Load": {
          "Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "TimeoutSeconds": 60,
          "Parameters": {"FunctionName": "orders-load"}, "End": true,
          "Retry": [{"ErrorEquals": ["States.Timeout"], "MaxAttempts": 2}]}}}}
    """

    code = "SF416"
    severity = Severity.WARNING

    def run(self, graph: WorkflowGraph) -> Iterator[Diagnostic]:
        """Every flow of its own Express executions whose longest way may take too long."""
        for scope in express_flows(graph):
            durations = Durations(graph)
            if (durations.shortest(scope) or 0) > quotas.EXPRESS_SECONDS.limit:
                continue  # SF415 says that it is certain
            shares = durations.longest(scope)
            worst = total(shares)
            if worst <= quotas.EXPRESS_SECONDS.limit:
                continue
            largest = sorted(shares, key=lambda share: -share.seconds)[:3]
            told = ", ".join(f"{share.name!r} {amount(share.seconds, 'second')} {share.what}" for share in largest)
            subject = "the machine" if scope.owner is None else f"the body of {scope.owner.name!r}"
            message = (
                f"{subject} may take {amount(worst, 'second')} ({told}); an Express execution ends after "
                f"{quotas.EXPRESS_SECONDS.limit} seconds"
            )
            hint = f'lower "TimeoutSeconds" and "MaxAttempts" until they fit, or {how_to_leave(graph, scope)}'
            if scope.owner is None:
                yield self.overall(graph, message, hint=hint)
            else:
                yield self.at(scope.owner, message, hint=hint)
