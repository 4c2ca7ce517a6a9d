"""SF223."""

from __future__ import annotations

from collections.abc import Iterator

from sfdsl import jsonpath
from sfdsl.checks.dataflow._view import TextCheck, view
from sfdsl.diagnostics import Diagnostic, Severity
from sfdsl.graph import WorkflowGraph


class IntrinsicNotAllowed(TextCheck):
    """An intrinsic function in a field that takes none, or not this one.

    Why it matters:
        Step Functions refuses the definition. Intrinsic functions may be called under `.$` keys, and some of them in
        ErrorPath and CausePath of a Fail.

    Fires on:
        {"Type": "Pass", "InputPath": "States.StringToJson($.body)", "End": true}

    Instead:
        {"Type": "Pass", "Parameters": {"body.$": "States.StringToJson($.body)"}, "End": true}
    """

    code = "SF223"
    severity = Severity.ERROR

    def run(self, graph: WorkflowGraph) -> Iterator[Diagnostic]:
        """One finding for each text."""
        for seen in view(graph).paths:
            if not isinstance(seen.node, jsonpath.Call):
                continue
            allowed = seen.text.field.intrinsics
            if not allowed:
                message = f"calls {seen.node.function}, and the field takes a path alone"
                hint = "compute it under a .$ key of Parameters or ResultSelector in a state before"
                yield self.about(seen, message, hint=hint)
                continue
            known = (call.function for call in jsonpath.calls(seen.node) if call.function in jsonpath.FUNCTIONS)
            if (wrong := next((name for name in known if name not in allowed), None)) is not None:
                message = f"calls {wrong}; the field takes {', '.join(sorted(allowed))}"
                yield self.about(seen, message, hint="compute it in a Pass before, and name the field here")
