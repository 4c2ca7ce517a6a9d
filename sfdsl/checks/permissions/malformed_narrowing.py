"""Narrowing by something else than an ARN."""

from __future__ import annotations

from collections.abc import Iterator

from sfdsl.checks.base import Check
from sfdsl.checks.permissions._remarks import remarks
from sfdsl.diagnostics import Diagnostic, Severity
from sfdsl.graph import WorkflowGraph
from sfdsl.permissions import Doubt


class MalformedNarrowing(Check):
    """An entry of `resources` that is no ARN.

    Why it matters:
        IAM takes ARNs alone; the entry is left out of the policy, which stays as wide as before.

    Fires on:
        {"Notes": {"Call": {"resources": ["orders-*"]}},
         "Definition": {"StartAt": "Call", "States": {"Call": {"Type": "Task", "End": true,
           "Resource": "arn:aws:states:::lambda:invoke", "Parameters": {"FunctionName.$": "$.f"}}}}}

    Instead:
        {"Notes": {"Call": {"resources": ["arn:aws:lambda:eu-west-1:123456789012:function:orders-*"]}},
         "Definition": {"StartAt": "Call", "States": {"Call": {"Type": "Task", "End": true,
           "Resource": "arn:aws:states:::lambda:invoke", "Parameters": {"FunctionName.$": "$.f"}}}}}
    """

    code = "SF561"
    severity = Severity.ERROR

    def run(self, graph: WorkflowGraph) -> Iterator[Diagnostic]:
        for state, remark in remarks(graph, Doubt.MALFORMED):
            message = f"state {state.name!r} is narrowed to {remark.subject!r}, which is no ARN"
            hint = (
                "write it out, as in 'arn:aws:lambda:REGION:ACCOUNT:function:NAME'; pseudo parameters may stand in it"
            )
            yield self.at(state, message, hint=hint)
