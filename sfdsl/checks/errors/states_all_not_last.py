"""SF302."""

from __future__ import annotations

from collections.abc import Iterator

from sfdsl.checks.errors._handlers import ALL, HandlerCheck, handlers
from sfdsl.diagnostics import Diagnostic, Severity
from sfdsl.graph import WorkflowGraph


class StatesAllNotLast(HandlerCheck):
    """A retrier or catcher with States.ALL that others follow.

    Why it matters:
        Step Functions refuses the definition: what follows could never apply.

    Fires on:
        {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "End": true,
         "Retry": [{"ErrorEquals": ["States.ALL"]}, {"ErrorEquals": ["States.Timeout"], "MaxAttempts": 0}]}

    Instead:
        {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "End": true,
         "Retry": [{"ErrorEquals": ["States.Timeout"], "MaxAttempts": 0}, {"ErrorEquals": ["States.ALL"]}]}
    """

    code = "SF302"
    severity = Severity.ERROR

    def run(self, graph: WorkflowGraph) -> Iterator[Diagnostic]:
        """One finding for each Retry and each Catch, at its first States.ALL."""
        for group in handlers(graph).groups:
            first = next((handler for handler in group if ALL in handler.node.error_equals), None)
            if first is None or first is group[-1]:
                continue
            after = ", ".join(handler.key for handler in group[first.index + 1 :])
            verb = "applies" if first.index + 2 == len(group) else "apply"
            message = f"{first} has States.ALL, so that {after} behind it never {verb}"
            yield self.about(first, message, hint=f"move it to the end of {first.field}", field="ErrorEquals")
