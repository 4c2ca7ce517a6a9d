"""SF308."""

from __future__ import annotations

from collections.abc import Iterator

from sfdsl.checks.errors._handlers import HandlerCheck, handlers
from sfdsl.diagnostics import Diagnostic, Severity
from sfdsl.graph import WorkflowGraph


class UncatchableError(HandlerCheck):
    """A retrier or catcher of States.Runtime, which nothing retries or catches.

    Why it matters:
        States.Runtime is raised where the execution itself is broken, for example at a path that finds
        nothing. It always fails the execution: neither its own name nor States.ALL matches it.
        (States.DataLimitExceeded is not matched by States.ALL, but by its own name where a task's result is too large.
        Source: measured, recorded executions.)

    Fires on:
        {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "End": true,
         "Retry": [{"ErrorEquals": ["States.Runtime"]}]}

    Instead:
        {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "End": true,
         "Retry": [{"ErrorEquals": ["States.TaskFailed"]}]}
    """

    code = "SF308"
    severity = Severity.WARNING

    def run(self, graph: WorkflowGraph) -> Iterator[Diagnostic]:
        """One finding for each retrier or catcher."""
        for handler in handlers(graph):
            if "States.Runtime" in handler.node.error_equals:
                message = f"{handler} names 'States.Runtime', which always fails the execution"
                hint = "delete it, and make sure that paths find what they read, for example by a Choice on IsPresent"
                yield self.about(handler, message, hint=hint, field="ErrorEquals")
