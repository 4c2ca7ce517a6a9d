"""SF226."""

from __future__ import annotations

from collections.abc import Iterator

from sfdsl import jsonpath
from sfdsl.checks.dataflow._intrinsics import misgiven
from sfdsl.checks.dataflow._view import TextCheck, view
from sfdsl.diagnostics import Diagnostic, Severity
from sfdsl.graph import WorkflowGraph


class IntrinsicArgument(TextCheck):
    """An argument that an intrinsic function cannot take: a wrong type, or a value out of its range.

    Why it matters:
        Step Functions refuses the definition, or the execution fails with States.IntrinsicFailure when it comes to
        the state.

    Fires on:
        {"Type": "Pass", "Parameters": {"all.$": "States.JsonMerge($.a, $.b, true)"}, "End": true}

    Instead:
        {"Type": "Pass", "Parameters": {"all.$": "States.JsonMerge($.a, $.b, false)"}, "End": true}
    """

    code = "SF226"
    severity = Severity.ERROR

    def run(self, graph: WorkflowGraph) -> Iterator[Diagnostic]:
        """One finding for each argument."""
        for seen in view(graph).paths:
            if isinstance(seen.node, jsonpath.Call):
                for problem in misgiven(seen.node):
                    yield self.about(seen, f"is wrong: {problem.message}", hint=problem.hint)
