"""Roles that are passed unseen."""

from __future__ import annotations

from collections.abc import Iterator

from sfdsl.checks.base import Check
from sfdsl.checks.permissions._remarks import remarks
from sfdsl.diagnostics import Diagnostic, Severity
from sfdsl.graph import WorkflowGraph
from sfdsl.permissions import Doubt


class UnknownPassedRole(Check):
    """A role that is given to a service and does not stand in the definition.

    Why it matters:
        Whoever may pass any role to a service can act as that role. The policy therefore names one role, by a
        placeholder that has to be supplied where it is deployed.

    Fires on:
        {"Type": "Task", "Resource": "arn:aws:states:::ecs:runTask", "End": true,
         "Parameters": {"TaskDefinition": "load:3"}}

    Instead:
        {"Type": "Task", "Resource": "arn:aws:states:::ecs:runTask", "End": true,
         "Parameters": {"TaskDefinition": "load:3",
         "Overrides": {"TaskRoleArn": "${LoadRoleArn}", "ExecutionRoleArn": "${PullRoleArn}"}}}
    """

    code = "SF556"
    severity = Severity.WARNING

    def run(self, graph: WorkflowGraph) -> Iterator[Diagnostic]:
        for state, remark in remarks(graph, Doubt.ROLE_UNKNOWN):
            message = f"state {state.name!r} passes a role that {remark.argument} does not show: {remark.subject}"
            hint = "name the role in the call, or on the step: resources=['arn:aws:iam::ACCOUNT:role/NAME']"
            yield self.at(state, message, hint=hint, field=remark.key, node=remark)
