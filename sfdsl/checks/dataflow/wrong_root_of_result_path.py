"""SF222."""

from __future__ import annotations

from collections.abc import Iterator

from sfdsl import jsonpath
from sfdsl.checks.dataflow._view import TextCheck, view
from sfdsl.diagnostics import Diagnostic, Severity
from sfdsl.graph import WorkflowGraph


class WrongRootOfResultPath(TextCheck):
    """A ResultPath that leads into the context object or into a variable.

    Why it matters:
        Step Functions refuses the definition: ResultPath writes into the state's own input, and the
        context object cannot be written. A variable is written with Assign.

    Fires on:
        {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage", "ResultPath": "$sent.id", "End": true}

    Instead:
        {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage", "ResultPath": "$.sent.id", "End": true}
    """

    code = "SF222"
    severity = Severity.ERROR

    def run(self, graph: WorkflowGraph) -> Iterator[Diagnostic]:
        """One finding for each path."""
        for seen in view(graph).paths:
            field, node = seen.text.field, seen.node
            if (field.context and field.variables) or not isinstance(node, jsonpath.Path):
                continue
            if node.root is jsonpath.Root.CONTEXT:
                message = f"is {seen.text.text!r}, and the context object cannot be written"
                yield self.about(seen, message, hint="begin it with $.")
            elif isinstance(node.root, jsonpath.Variable):
                message = f"is {seen.text.text!r}, and a ResultPath writes no variable"
                name = node.root.name
                yield self.about(seen, message, hint=f'write $.{name}, or assign it: "Assign": {{"{name}.$": "$"}}')
