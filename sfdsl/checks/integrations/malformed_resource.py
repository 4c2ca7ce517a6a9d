"""SF501."""

from __future__ import annotations

from collections.abc import Iterator

from sfdsl.aws.resource import Malformed
from sfdsl.checks.integrations._calls import calls
from sfdsl.checks.integrations._rule import ResourceCheck
from sfdsl.diagnostics import Diagnostic, Severity
from sfdsl.graph import WorkflowGraph
from sfdsl.model.states import Task


class MalformedResource(ResourceCheck):
    """A Task whose `Resource` is nothing that a Task can call.

    Why it matters:
        Step Functions refuses the definition.

    Fires on:
        {"Type": "Task", "Resource": "orders-load", "End": true}

    Instead:
        {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke",
         "Parameters": {"FunctionName": "orders-load"}, "End": true}
    """

    code = "SF501"
    severity = Severity.ERROR

    def run(self, graph: WorkflowGraph) -> Iterator[Diagnostic]:
        """Every Task whose `Resource` is no ARN, or an ARN of something else."""
        for call in calls(graph):
            if not isinstance(call.node, Task):
                continue  # readers and writers take three Resources, which another rule knows
            if isinstance(call.resource, Malformed):
                text, reason = call.resource.text, call.resource.reason
                shown = text if len(text) <= 60 else text[:57] + "..."
                yield self.on(call, f"the Resource {shown!r} of {call.subject} {reason}", _instead(text))


def _instead(text: str) -> str:
    name = text.rsplit(":", 1)[-1]
    if text.startswith(("states:::", "aws:states:::")):
        return f'write "arn:aws:states:::{text.split(":::", 1)[1]}"'
    if text.startswith("${"):
        return f'close the placeholder: "{text}}}"'
    if text.startswith("arn:") or not name.replace("-", "").replace("_", "").isalnum():
        return 'write "arn:aws:states:::SERVICE:API", for example "arn:aws:states:::lambda:invoke"'
    return f'for a function write "arn:aws:states:::lambda:invoke" with "FunctionName": "{name}"'
