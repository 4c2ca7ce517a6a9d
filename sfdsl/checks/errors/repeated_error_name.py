"""SF304."""

from __future__ import annotations

from collections.abc import Iterator

from sfdsl.checks.errors._handlers import HandlerCheck, handlers
from sfdsl.checks.errors.hidden_handler import hidden_by
from sfdsl.diagnostics import Diagnostic, Severity
from sfdsl.graph import WorkflowGraph


class RepeatedErrorName(HandlerCheck):
    """An error name that is there twice: in one ErrorEquals, or in a retrier or catcher behind another.

    Why it matters:
        Only the first counts. Where the two differ in attempts or in the state they lead to, one of them
        is not what its author meant.

    Fires on:
        {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "End": true,
         "Retry": [{"ErrorEquals": ["States.Timeout"], "MaxAttempts": 0},
                   {"ErrorEquals": ["States.TaskFailed", "States.Timeout"]}]}

    Instead:
        {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "End": true,
         "Retry": [{"ErrorEquals": ["States.Timeout"], "MaxAttempts": 0},
                   {"ErrorEquals": ["States.TaskFailed"]}]}
    """

    code = "SF304"
    severity = Severity.WARNING

    def run(self, graph: WorkflowGraph) -> Iterator[Diagnostic]:
        """One finding for each place that takes a name before; a handler all of whose names are taken is SF303."""
        for group in handlers(graph).groups:
            for handler in group:
                names = handler.node.error_equals
                if len(names) < 2:
                    continue
                for name in dict.fromkeys(n for i, n in enumerate(names) if n in names[:i]):
                    message = f"{handler} names {name!r} more than once"
                    yield self.about(handler, message, hint="name it once", field="ErrorEquals")
                hidden = [(name, hidden_by(handler, name, group)) for name in dict.fromkeys(names)]
                if all(other is not None for _, other in hidden):
                    continue
                for other in dict.fromkeys(other for _, other in hidden if other is not None):
                    taken = ", ".join(repr(name) for name, by in hidden if by is other)
                    message = f"{handler} names {taken}, which {other.key} before it takes already"
                    hint = f"delete {taken} here, or what matches it in {other.key}"
                    yield self.about(handler, message, hint=hint, field="ErrorEquals")
