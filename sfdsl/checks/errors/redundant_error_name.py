"""SF306."""

from __future__ import annotations

from collections.abc import Iterator

from sfdsl.checks.errors._handlers import ALL, HandlerCheck, covers, handlers
from sfdsl.diagnostics import Diagnostic, Severity
from sfdsl.graph import WorkflowGraph


class RedundantErrorName(HandlerCheck):
    """An error name beside a wider one of the same ErrorEquals that matches it as well.

    Why it matters:
        It changes nothing, and it reads as if the wider name did not match it. States.TaskFailed matches
        every error of a task but States.Timeout, and States.Timeout a missed heartbeat as well.

    Fires on:
        {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "End": true,
         "Retry": [{"ErrorEquals": ["Lambda.ServiceException", "States.TaskFailed"]}]}

    Instead:
        {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "End": true,
         "Retry": [{"ErrorEquals": ["States.TaskFailed"]}]}
    """

    code = "SF306"
    severity = Severity.INFO

    def run(self, graph: WorkflowGraph) -> Iterator[Diagnostic]:
        """One finding for each retrier or catcher; with States.ALL it is SF301."""
        for handler in handlers(graph):
            names = handler.names
            if len(names) < 2 or ALL in names:
                continue
            for wide in dict.fromkeys(names):
                narrow = [name for name in names if name != wide and covers(wide, name, handler.state)]
                if narrow:
                    listed = ", ".join(repr(name) for name in dict.fromkeys(narrow))
                    message = f"{handler} names {listed} beside {wide!r}, which matches {_them(narrow)} as well"
                    meant = "it is" if len(narrow) == 1 else "those are"
                    hint = f"delete {listed}, or {wide!r} if only {meant} meant"
                    yield self.about(handler, message, hint=hint, field="ErrorEquals")
                    break


def _them(names: list[str]) -> str:
    return "it" if len(names) == 1 else "them"
