"""SF231."""

from __future__ import annotations

from collections.abc import Iterator

from sfdsl.checks.base import Check
from sfdsl.checks.dataflow._view import view, where
from sfdsl.diagnostics import Diagnostic, Severity
from sfdsl.graph import WorkflowGraph


class ResultNotEvaluated(Check):
    """A key that ends in `.$` in the Result of a Pass.

    Why it matters:
        Result is handed on as it stands, keys included: nothing in it is evaluated.

    Fires on:
        {"Type": "Pass", "Result": {"id.$": "$.order.id"}, "End": true}

    Instead:
        {"Type": "Pass", "Parameters": {"id.$": "$.order.id"}, "End": true}
    """

    code = "SF231"
    severity = Severity.INFO

    def run(self, graph: WorkflowGraph) -> Iterator[Diagnostic]:
        """One finding for each object."""
        for marked in view(graph).marked:
            if marked.place.field.evaluated:
                continue
            if (key := next((key for key in marked.value if key.endswith(".$")), None)) is not None:
                place = where(marked.state, marked.place.node, (*marked.keys, key))
                message = f"{place} of state {marked.state.name!r} is handed on as it stands: Result is not evaluated"
                origin = marked.place.node.origin.down(*marked.keys, key)
                yield self.finding(message, hint="write it in Parameters", origin=origin, state=marked.state.name)
