"""SF225."""

from __future__ import annotations

from collections.abc import Iterator

from sfdsl import jsonpath
from sfdsl.checks.dataflow._intrinsics import miscounted
from sfdsl.checks.dataflow._view import TextCheck, view
from sfdsl.diagnostics import Diagnostic, Severity
from sfdsl.graph import WorkflowGraph


class IntrinsicArity(TextCheck):
    """A call of an intrinsic function with too many arguments, or too few.

    Why it matters:
        Step Functions refuses the definition.

    Fires on:
        {"Type": "Pass", "Parameters": {"next.$": "States.MathAdd($.count)"}, "End": true}

    Instead:
        {"Type": "Pass", "Parameters": {"next.$": "States.MathAdd($.count, 1)"}, "End": true}
    """

    code = "SF225"
    severity = Severity.ERROR

    def run(self, graph: WorkflowGraph) -> Iterator[Diagnostic]:
        """One finding for each call."""
        for seen in view(graph).paths:
            if isinstance(seen.node, jsonpath.Call):
                for problem in miscounted(seen.node):
                    yield self.about(seen, f"is wrong: {problem.message}", hint=problem.hint)
