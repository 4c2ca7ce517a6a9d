"""Placeholders that could be anything."""

from __future__ import annotations

from collections.abc import Iterator

from sfdsl.checks.base import Check
from sfdsl.checks.permissions._remarks import remarks
from sfdsl.diagnostics import Diagnostic, Severity
from sfdsl.graph import WorkflowGraph
from sfdsl.permissions import Doubt


class PlaceholderReadAsFunction(Check):
    """A Resource that is a placeholder and nothing else, whose name tells nothing.

    Why it matters:
        It is taken for the ARN of a Lambda function. If it is an activity, the permission is not needed; if it is an
        integration, the right one is missing.

    Fires on:
        {"Type": "Task", "Resource": "${Reviewers}", "End": true}

    Instead:
        {"Type": "Task", "Resource": "${ReviewFunctionArn}", "End": true}
    """

    code = "SF559"
    severity = Severity.INFO

    def run(self, graph: WorkflowGraph) -> Iterator[Diagnostic]:
        for state, remark in remarks(graph, Doubt.READ_AS_FUNCTION):
            message = f"state {state.name!r} is given lambda:InvokeFunction on {remark.subject!r}"
            hint = "let its name end in FunctionArn, or write the activity or integration out"
            yield self.at(state, message, hint=hint, field="Resource")
