"""Actions that cannot be narrowed."""

from __future__ import annotations

from collections.abc import Iterator

from sfdsl.checks.base import Check
from sfdsl.checks.permissions._remarks import remarks
from sfdsl.diagnostics import Diagnostic, Severity
from sfdsl.graph import WorkflowGraph
from sfdsl.permissions import Doubt


class UnscopedAction(Check):
    """An action that IAM can allow on everything or not at all.

    Why it matters:
        It stands with `"Resource": "*"` in the policy, and a review will ask why. The Service Authorization Reference
        lists no resource type for it.

    Fires on:
        {"Type": "Task", "Resource": "arn:aws:states:::aws-sdk:ec2:describeInstances", "Parameters": {}, "End": true}

    Instead:
        {"Type": "Task", "Resource": "arn:aws:states:::aws-sdk:ec2:startInstances", "End": true,
         "Parameters": {"InstanceIds": ["i-0123456789abcdef0"]}}
    """

    code = "SF554"
    severity = Severity.INFO

    def run(self, graph: WorkflowGraph) -> Iterator[Diagnostic]:
        told = set()
        for state, remark in remarks(graph, Doubt.NO_TYPES):
            if remark.subject not in told:
                told.add(remark.subject)
                message = f"state {state.name!r} needs {remark.subject} on *: {Doubt.NO_TYPES.value}"
                yield self.at(state, message, node=remark)
