"""SF524."""

from __future__ import annotations

from collections.abc import Iterator

from sfdsl.checks.integrations._calls import service_tasks
from sfdsl.checks.integrations._rule import ResourceCheck
from sfdsl.diagnostics import Diagnostic, Severity
from sfdsl.graph import WorkflowGraph
from sfdsl.model.fields import ABSENT
from sfdsl.model.states import Task


class EmptyEvent(ResourceCheck):
    """A call of a function that is given no `Payload`, in a state that chooses its input.

    Why it matters:
        Without `Payload` the function is given an empty event: the input of the state does not reach it, and
        an `InputPath` is of no effect.

    Fires on:
        {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "InputPath": "$.order", "End": true,
         "Parameters": {"FunctionName": "orders-load"}}

    Instead:
        {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "InputPath": "$.order", "End": true,
         "Parameters": {"FunctionName": "orders-load", "Payload.$": "$"}}
    """

    code = "SF524"
    severity = Severity.INFO

    def run(self, graph: WorkflowGraph) -> Iterator[Diagnostic]:
        """Every invocation without a `Payload` that has an `InputPath` of its own."""
        for call, task in service_tasks(graph):
            if task.name not in ("lambda:invoke", "aws-sdk:lambda:invoke") or not isinstance(call.payload, dict):
                continue
            keys = {key.removesuffix(".$") for key in call.payload}
            path = call.node.input_path if isinstance(call.node, Task) else ABSENT
            reads = any(isinstance(value, str) and key.endswith(".$") for key, value in call.payload.items())
            if isinstance(path, str) and path != "$" and not reads and keys <= {"FunctionName", "Qualifier"}:
                told = f"{call.subject} chooses {path!r} as its input and gives the function an empty event"
                yield self.at(
                    call.state, told, hint='add "Payload.$": "$" to Parameters', node=call.node, field="Parameters"
                )
