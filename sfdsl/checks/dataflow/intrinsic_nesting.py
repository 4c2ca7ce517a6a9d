"""SF227."""

from __future__ import annotations

from collections.abc import Iterator

from sfdsl import jsonpath
from sfdsl.checks.dataflow._view import TextCheck, view
from sfdsl.diagnostics import Diagnostic, Severity
from sfdsl.graph import WorkflowGraph


class IntrinsicNesting(TextCheck):
    """Calls of intrinsic functions nested more than ten deep.

    Why it matters:
        Step Functions refuses the definition.

    Fires on:
        {"Type": "Pass", "Parameters": {"n.$": "States.Array(States.Array(States.Array(States.Array(States.Array(States.Array(States.Array(States.Array(States.Array(States.Array(States.Array($.n)))))))))))"}, "End": true}

    Instead:
        {"Type": "Pass", "Parameters": {"n.$": "States.Array($.n)"}, "End": true}
    """  # noqa: E501 - JSON cannot break a text

    code = "SF227"
    severity = Severity.ERROR

    def run(self, graph: WorkflowGraph) -> Iterator[Diagnostic]:
        """One finding for each text."""
        for seen in view(graph).paths:
            if isinstance(seen.node, jsonpath.Call) and (depth := jsonpath.nesting(seen.node)) > jsonpath.MAX_NESTING:
                message = f"nests {depth} calls of intrinsic functions; a field may hold {jsonpath.MAX_NESTING}"
                yield self.about(seen, message, hint="compute an inner part in a Pass before, or write it in JSONata")
