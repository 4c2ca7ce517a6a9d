"""SF415."""

from __future__ import annotations

from collections.abc import Iterator

from sfdsl.aws import quotas
from sfdsl.checks.base import Check
from sfdsl.checks.limits._common import amount, express, how_to_leave, runs_express_children
from sfdsl.checks.limits._durations import Durations
from sfdsl.diagnostics import Diagnostic, Severity
from sfdsl.graph import WorkflowGraph
from sfdsl.model.workflow import Scope


class ExpressOutlasted(Check):
    """An Express execution that waits longer than it may run, whichever way it takes.

    Why it matters:
        An Express execution ends with States.Timeout after five minutes. This one cannot succeed.

    Fires on:
        {"Type": "EXPRESS", "Definition": {"StartAt": "Hold on", "States": {
          "Hold on": {"Type": "Wait", "Seconds": 600, "Next": "Done"}, "Done": {"Type": "Succeed"}}}}

    Instead:
        {"Type": "EXPRESS", "Definition": {"StartAt": "Hold on", "States": {
          "Hold on": {"Type": "Wait", "Seconds": 60, "Next": "Done"}, "Done": {"Type": "Succeed"}}}}
    """

    code = "SF415"
    severity = Severity.ERROR

    def run(self, graph: WorkflowGraph) -> Iterator[Diagnostic]:
        """Every flow of its own Express executions whose shortest way to a good end waits too long."""
        for scope in express_flows(graph):
            shortest = Durations(graph).shortest(scope)
            if shortest is not None and shortest > quotas.EXPRESS_SECONDS.limit:
                message = (
                    f"waits at least {amount(shortest, 'second')} on every way to its end; an Express execution ends "
                    f"after {quotas.EXPRESS_SECONDS.limit} seconds"
                )
                hint = f"{how_to_leave(graph, scope)}, or wait less"
                if scope.owner is None:
                    yield self.overall(graph, f"the machine {message}", hint=hint)
                else:
                    yield self.at(scope.owner, f"the body of {scope.owner.name!r} {message}", hint=hint)


def express_flows(graph: WorkflowGraph) -> Iterator[Scope]:
    """The flows that are Express executions of their own: the machine, and bodies of Distributed Maps."""
    for scope in graph.scopes:
        if (scope.owner is None and express(graph, scope)) or runs_express_children(scope.owner):
            yield scope
