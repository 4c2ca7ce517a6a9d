"""Calls that nobody can tell."""

from __future__ import annotations

from collections.abc import Iterator

from sfdsl.aws.resource import Unresolved, parse
from sfdsl.checks.base import Check
from sfdsl.checks.permissions._remarks import remarks
from sfdsl.diagnostics import Diagnostic, Severity
from sfdsl.graph import WorkflowGraph
from sfdsl.model.states import Task
from sfdsl.permissions import Doubt


class UnderivablePermission(Check):
    """A Resource that does not show which service is called.

    Why it matters:
        The role gets no permission for the state, and the call fails with AccessDenied.

    Fires on:
        {"Type": "Task", "Resource": "arn:aws:states:::${Integration}", "End": true}

    Instead:
        {"Type": "Task", "Resource": "arn:aws:states:::dynamodb:getItem", "End": true,
         "Parameters": {"TableName": "orders", "Key": {"id": {"S": "1"}}}}
    """

    code = "SF558"
    severity = Severity.WARNING

    def run(self, graph: WorkflowGraph) -> Iterator[Diagnostic]:
        for state, remark in remarks(graph, Doubt.UNDERIVABLE):
            if not (isinstance(state, Task) and isinstance(parse(state.resource or ""), Unresolved)):
                continue  # a service or operation that does not exist is another rule's finding
            message = f"state {state.name!r} gets no permission: {Doubt.UNDERIVABLE.value} in {remark.subject!r}"
            hint = "write the service and the operation out, and keep placeholders to the arguments"
            yield self.at(state, message, hint=hint, field="Resource")
