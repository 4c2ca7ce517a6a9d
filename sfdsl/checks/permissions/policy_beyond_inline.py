"""Policies that a role cannot hold inline."""

from __future__ import annotations

from collections.abc import Iterator

from sfdsl.checks.base import Check
from sfdsl.diagnostics import Diagnostic, Severity
from sfdsl.graph import WorkflowGraph
from sfdsl.permissions import derive
from sfdsl.permissions.sizes import INLINE_CHARACTERS, characters, pack


class PolicyBeyondInline(Check):
    """A policy that is too long for the inline policies of a role, even compacted.

    Why it matters:
        IAM refuses it. It has to be attached as several managed policies instead, of which a role takes ten.

    Fires on:
        {"StartAt": "A", "States": {
          "A": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Next": "B",
            "Parameters": {"FunctionName": "a * 5500"}},
          "B": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "End": true,
            "Parameters": {"FunctionName": "b * 5500"}}}}

    Instead:
        {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "End": true,
         "Parameters": {"FunctionName": "load"}}
    """

    code = "SF562"
    severity = Severity.WARNING

    def run(self, graph: WorkflowGraph) -> Iterator[Diagnostic]:
        packed = pack(derive(graph).statements)
        if packed.managed and packed.fits:
            size = characters([statement for part in packed.managed for statement in part])
            message = f"the policy has {size} characters, beyond the {INLINE_CHARACTERS} of a role's inline policies"
            hint = f"attach it as {len(packed.managed)} managed policies, or let states share resources"
            yield self.overall(graph, message, hint=hint)
