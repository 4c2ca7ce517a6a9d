"""Narrowing that narrows nothing."""

from __future__ import annotations

from collections.abc import Iterator

from sfdsl.checks.base import Check
from sfdsl.checks.permissions._remarks import remarks
from sfdsl.diagnostics import Diagnostic, Severity
from sfdsl.graph import WorkflowGraph
from sfdsl.permissions import Doubt, derive


class NarrowingWithoutEffect(Check):
    """An ARN in `resources` that belongs to nothing that the state does.

    Why it matters:
        The author meant to narrow the role, and it is as wide as before. Most often the type or the spelling of the
        ARN differs from what the call needs.

    Fires on:
        {"Notes": {"Call": {"resources": ["arn:aws:sqs:eu-west-1:123456789012:orders"]}},
         "Definition": {"StartAt": "Call", "States": {"Call": {"Type": "Task", "End": true,
           "Resource": "arn:aws:states:::lambda:invoke", "Parameters": {"FunctionName.$": "$.f"}}}}}

    Instead:
        {"Notes": {"Call": {"resources": ["arn:aws:lambda:eu-west-1:123456789012:function:orders-*"]}},
         "Definition": {"StartAt": "Call", "States": {"Call": {"Type": "Task", "End": true,
           "Resource": "arn:aws:states:::lambda:invoke", "Parameters": {"FunctionName.$": "$.f"}}}}}
    """

    code = "SF560"
    severity = Severity.WARNING

    def run(self, graph: WorkflowGraph) -> Iterator[Diagnostic]:
        permissions = derive(graph)
        for state, remark in remarks(graph, Doubt.NARROWS_NOTHING):
            known = [text for statement in permissions.of(state.name) for text in statement.resources if text != "*"]
            hint = (
                f"the state needs {', '.join(known[:3])}"
                if known
                else "the state needs no resource that could be narrowed"
            )
            message = f"state {state.name!r} is narrowed to {remark.subject!r}, which belongs to nothing that it does"
            yield self.at(state, message, hint=hint)
