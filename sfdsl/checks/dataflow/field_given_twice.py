"""SF229."""

from __future__ import annotations

from collections.abc import Iterator

from sfdsl.checks.base import Check
from sfdsl.checks.dataflow._view import view, where
from sfdsl.diagnostics import Diagnostic, Severity
from sfdsl.graph import WorkflowGraph
from sfdsl.model.workflow import JSONPATH


class FieldGivenTwice(Check):
    """An object of a payload that has a field both plainly and with `.$`.

    Why it matters:
        Step Functions refuses the definition: both keys give the same field.

    Fires on:
        {"Type": "Pass", "Parameters": {"day": "2026-01-01", "day.$": "$.day"}, "End": true}

    Instead:
        {"Type": "Pass", "Parameters": {"day.$": "$.day"}, "End": true}
    """

    code = "SF229"
    severity = Severity.ERROR

    def run(self, graph: WorkflowGraph) -> Iterator[Diagnostic]:
        """One finding for each field."""
        for marked in view(graph).marked:
            if marked.place.language != JSONPATH or not marked.place.field.evaluated:
                continue
            for key in marked.value:
                if key.endswith(".$") and key[:-2] in marked.value:
                    place = where(marked.state, marked.place.node, marked.keys)
                    message = (
                        f"{place} of state {marked.state.name!r} has {key[:-2]!r} and {key!r}, which are one field"
                    )
                    origin = marked.place.node.origin.down(*marked.keys, key)
                    yield self.finding(message, hint="keep one of the two", origin=origin, state=marked.state.name)
