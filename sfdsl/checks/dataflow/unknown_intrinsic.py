"""SF224."""

from __future__ import annotations

from collections.abc import Iterator

from sfdsl import jsonpath
from sfdsl.checks.dataflow._view import TextCheck, view
from sfdsl.diagnostics import Diagnostic, Severity
from sfdsl.graph import WorkflowGraph


class UnknownIntrinsic(TextCheck):
    """A call of an intrinsic function that there is not.

    Why it matters:
        Step Functions refuses the definition.

    Fires on:
        {"Type": "Pass", "Parameters": {"id.$": "States.Uuid()"}, "End": true}

    Instead:
        {"Type": "Pass", "Parameters": {"id.$": "States.UUID()"}, "End": true}
    """

    code = "SF224"
    severity = Severity.ERROR

    def run(self, graph: WorkflowGraph) -> Iterator[Diagnostic]:
        """One finding for each call."""
        for seen in view(graph).paths:
            if not isinstance(seen.node, jsonpath.Call):
                continue
            for call in jsonpath.calls(seen.node):
                if call.function not in jsonpath.FUNCTIONS:
                    meant = jsonpath.similar_function(call.function)
                    hint = f"did you mean {meant}?" if meant else f"there are {', '.join(jsonpath.FUNCTIONS)}"
                    yield self.about(seen, f"calls {call.function}, which is no intrinsic function", hint=hint)
