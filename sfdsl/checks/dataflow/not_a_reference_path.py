"""SF221."""

from __future__ import annotations

from collections.abc import Iterator

from sfdsl import jsonpath
from sfdsl.checks.dataflow._view import TextCheck, view
from sfdsl.diagnostics import Diagnostic, Severity
from sfdsl.graph import WorkflowGraph


class NotAReferencePath(TextCheck):
    """A path that can find several values, in a field that takes a reference path.

    Why it matters:
        Step Functions refuses the definition. A reference path names one value with `.name`, `['name']` and `[n]`
        and has no `*`, `..`, slice, filter or negative index.

    Fires on:
        {"Type": "Wait", "SecondsPath": "$.delays[*]", "End": true}

    Instead:
        {"Type": "Wait", "SecondsPath": "$.delays[0]", "End": true}
    """

    code = "SF221"
    severity = Severity.ERROR

    def run(self, graph: WorkflowGraph) -> Iterator[Diagnostic]:
        """One finding for each path."""
        for seen in view(graph).paths:
            if not seen.text.field.reference or not isinstance(seen.node, jsonpath.Path):
                continue
            if not jsonpath.is_reference_path(seen.node):
                message = f"is {seen.text.text!r}, and the field takes a reference path, which names one value"
                hint = "select it in a state before, with Parameters or ResultSelector, and name the field here"
                yield self.about(seen, message, hint=hint)
