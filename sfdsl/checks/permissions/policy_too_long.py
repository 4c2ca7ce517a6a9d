"""Policies that no role can hold."""

from __future__ import annotations

from collections.abc import Iterator

from sfdsl.checks.base import Check
from sfdsl.diagnostics import Diagnostic, Severity
from sfdsl.graph import WorkflowGraph
from sfdsl.permissions import derive
from sfdsl.permissions.sizes import MANAGED_CHARACTERS, MANAGED_POLICIES, characters, pack


class PolicyTooLong(Check):
    """A policy that is too long even for ten managed policies.

    Why it matters:
        IAM refuses it, and with it the deployment. A machine that needs this much is better cut into several.

    Fires on:
        {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "End": true,
         "Parameters": {"FunctionName": "a * 12000"}}

    Instead:
        {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "End": true,
         "Parameters": {"FunctionName": "load"}}
    """

    code = "SF563"
    severity = Severity.ERROR

    def run(self, graph: WorkflowGraph) -> Iterator[Diagnostic]:
        statements = derive(graph).statements
        if not pack(statements).fits:
            limit = f"{MANAGED_POLICIES} managed policies of {MANAGED_CHARACTERS} characters"
            message = f"the policy has {characters(statements)} characters and does not fit {limit}"
            yield self.overall(
                graph, message, hint="let states share resources, or move a part into a nested state machine"
            )
