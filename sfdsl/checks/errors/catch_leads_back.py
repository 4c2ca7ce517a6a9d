"""SF317."""

from __future__ import annotations

from collections.abc import Iterator

from sfdsl.checks.errors._handlers import Handler, HandlerCheck, handlers
from sfdsl.diagnostics import Diagnostic, Severity
from sfdsl.graph import WorkflowGraph
from sfdsl.model.fields import ABSENT
from sfdsl.model.states import Catcher


class CatchLeadsBack(HandlerCheck):
    """A catcher that leads back to its own state with the same input.

    Why it matters:
        It is a retry without an end and without a pause: an error that does not pass by itself repeats, many
        times a second, until the execution has 25,000 events. Retry has attempts, intervals and backoff.

    Fires on:
        {"StartAt": "Load", "States": {"Load": {
            "Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "End": true,
            "Catch": [{"ErrorEquals": ["States.ALL"], "ResultPath": null, "Next": "Load"}]}}}

    Instead:
        {"StartAt": "Load", "States": {"Load": {
            "Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "End": true,
            "Retry": [{"ErrorEquals": ["States.ALL"], "IntervalSeconds": 10, "MaxAttempts": 5}]}}}
    """

    code = "SF317"
    severity = Severity.WARNING

    def run(self, graph: WorkflowGraph) -> Iterator[Diagnostic]:
        """One finding for each catcher."""
        for handler, catcher in handlers(graph).catchers:
            if catcher.next == handler.state.name and _same_input(handler, catcher):
                message = f"{handler} leads back to the state with the input it had: its errors repeat for ever"
                names = ", ".join(f'"{name}"' for name in catcher.error_equals)
                hint = f'write {{"ErrorEquals": [{names}], "IntervalSeconds": 10, "MaxAttempts": 5}} into Retry instead'
                yield self.about(handler, message, hint=hint, field="Next")


def _same_input(handler: Handler, catcher: Catcher) -> bool:
    if catcher.assign is not ABSENT:
        return False
    match handler.scope.language(handler.state):
        case "JSONPath":
            return catcher.result_path is None
        case "JSONata":
            text = catcher.output
            return isinstance(text, str) and text.strip("{%} ") == "$states.input"
        case _:
            return False
