"""SF301."""

from __future__ import annotations

from collections.abc import Iterator

from sfdsl.checks.errors._handlers import ALL, HandlerCheck, handlers
from sfdsl.diagnostics import Diagnostic, Severity
from sfdsl.graph import WorkflowGraph


class StatesAllNotAlone(HandlerCheck):
    """A retrier or catcher with States.ALL and other error names.

    Why it matters:
        Step Functions refuses the definition: States.ALL stands alone in its ErrorEquals.

    Fires on:
        {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "End": true,
         "Retry": [{"ErrorEquals": ["States.Timeout", "States.ALL"]}]}

    Instead:
        {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "End": true,
         "Retry": [{"ErrorEquals": ["States.ALL"]}]}
    """

    code = "SF301"
    severity = Severity.ERROR

    def run(self, graph: WorkflowGraph) -> Iterator[Diagnostic]:
        """One finding for each retrier or catcher; a name given twice is another fault (SF304)."""
        for handler in handlers(graph):
            names = handler.node.error_equals
            if ALL in names and any(name != ALL for name in names):
                others = ", ".join(repr(name) for name in names if name != ALL)
                message = f"{handler} has States.ALL together with {others}"
                hint = 'write `"ErrorEquals": ["States.ALL"]`, which matches them as well'
                yield self.about(handler, message, hint=hint, field="ErrorEquals")
