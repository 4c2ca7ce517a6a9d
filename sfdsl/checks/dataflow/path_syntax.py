"""SF220."""

from __future__ import annotations

from collections.abc import Iterator

from sfdsl.checks.dataflow._view import TextCheck, shown, view
from sfdsl.diagnostics import Diagnostic, Severity
from sfdsl.graph import WorkflowGraph
from sfdsl.model.texts import Kind


class PathSyntax(TextCheck):
    """A text that is no path and no call of an intrinsic function, where one of them must stand.

    Why it matters:
        Step Functions refuses the definition.

    Fires on:
        {"Type": "Pass", "InputPath": "order.id", "Parameters": {"day.$": "States.Format('{}', $.day"}, "End": true}

    Instead:
        {"Type": "Pass", "InputPath": "$.order.id", "Parameters": {"day.$": "States.Format('{}', $.day)"}, "End": true}
    """

    code = "SF220"
    severity = Severity.ERROR

    def run(self, graph: WorkflowGraph) -> Iterator[Diagnostic]:
        """One finding for each text."""
        for seen in view(graph).paths:
            if seen.problem is not None:
                what = "a path or intrinsic function" if seen.text.kind is Kind.ENTRY else "a path"
                message = f"is not {what}: {shown(seen.text.text)}; {seen.problem.message}"
                yield self.about(seen, message, hint=seen.problem.hint)
