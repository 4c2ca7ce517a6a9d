"""Resources that nothing narrows."""

from __future__ import annotations

from collections.abc import Iterator

from sfdsl.checks.base import Check
from sfdsl.checks.permissions._remarks import remarks, subject
from sfdsl.diagnostics import Diagnostic, Severity
from sfdsl.graph import WorkflowGraph
from sfdsl.permissions import Doubt


class WildcardResource(Check):
    """An action that is allowed on everything of a type, as the resource is known only at run time.

    Why it matters:
        The role can then do it to every function, queue, table or topic of the account. That is a wildcard
        within the type and never a bare `*`, but rarely what an execution needs.

    Fires on:
        {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "End": true,
         "Parameters": {"FunctionName.$": "$.f"}}

    Instead:
        {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "End": true,
         "Parameters": {"FunctionName.$": "States.Format('orders-{}', $.f)"}}
    """

    code = "SF551"
    severity = Severity.WARNING

    def run(self, graph: WorkflowGraph) -> Iterator[Diagnostic]:
        for state, remark in remarks(graph, Doubt.RUN_TIME):
            action, resource = subject(remark)
            message = (
                f"state {state.name!r} needs {action} on {resource}, as {remark.argument} is known only at run time"
            )
            hint = "begin the value with a literal, or say on the step what it can be: resources=['arn:...']"
            yield self.at(state, message, hint=hint, field=remark.key, node=remark)
