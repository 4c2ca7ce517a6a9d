"""SF303."""

from __future__ import annotations

from collections.abc import Iterator

from sfdsl.checks.errors._handlers import ALL, Handler, HandlerCheck, covers, handlers
from sfdsl.diagnostics import Diagnostic, Severity
from sfdsl.graph import WorkflowGraph


class HiddenHandler(HandlerCheck):
    """A retrier or catcher that never applies, because earlier ones match all its errors.

    Why it matters:
        The first that matches is taken, also where its attempts are used up: the later one is dead, and its
        author thinks otherwise. States.TaskFailed matches every error of a task but States.Timeout.

    Fires on:
        {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "End": true,
         "Retry": [{"ErrorEquals": ["States.TaskFailed"]},
                   {"ErrorEquals": ["Lambda.TooManyRequestsException"], "MaxAttempts": 9}]}

    Instead:
        {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "End": true,
         "Retry": [{"ErrorEquals": ["Lambda.TooManyRequestsException"], "MaxAttempts": 9},
                   {"ErrorEquals": ["States.TaskFailed"]}]}
    """

    code = "SF303"
    severity = Severity.WARNING

    def run(self, graph: WorkflowGraph) -> Iterator[Diagnostic]:
        """One finding for each; behind States.ALL all are dead, which is SF302."""
        for group in handlers(graph).groups:
            for handler in group[1:]:
                names = handler.node.error_equals
                by = [hidden_by(handler, name, group) for name in names]
                if not names or None in by:
                    continue
                first = next(other for other in by if other is not None)
                entry = next(e for e in first.names if covers(e, names[0], handler.state))
                message = f"{handler} never applies: {first.key} before it matches {entry!r}"
                hint = f"put it before {first.key}, or delete it"
                yield self.about(handler, message, hint=hint, field="ErrorEquals")


def hidden_by(handler: Handler, name: str, group: list[Handler]) -> Handler | None:
    """The earlier handler that matches an error name of this one; None where none surely does."""
    for other in group[: handler.index]:
        if ALL in other.node.error_equals:
            return None
        if any(covers(entry, name, handler.state) for entry in other.names):
            return other
    return None
