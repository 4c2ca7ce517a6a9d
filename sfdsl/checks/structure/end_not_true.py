"""SF117."""

from __future__ import annotations

from collections.abc import Iterator

from sfdsl.checks.structure._fields import is_template, words
from sfdsl.checks.structure._parts import STATES, PartCheck, parts
from sfdsl.diagnostics import Diagnostic, Severity
from sfdsl.graph import WorkflowGraph
from sfdsl.model.asl import keys
from sfdsl.model.fields import ABSENT


class EndNotTrue(PartCheck):
    """An End that is not `true`.

    Why it matters:
        `"End": true` is the only form that ends a flow. With false, null or a text, Step Functions refuses the
        definition, or it is not what its author meant.

    Fires on:
        {"Type": "Pass", "End": "true"}

    Instead:
        {"Type": "Pass", "End": true}
    """

    code = "SF117"
    severity = Severity.ERROR

    def run(self, graph: WorkflowGraph) -> Iterator[Diagnostic]:
        """One finding for each state that has an End and may have one."""
        for part in parts(graph).flawed:
            end = part.node.extra.get("End", ABSENT)
            if end is ABSENT or end is True or is_template(end):
                continue
            if type(part.node) not in STATES or "End" not in keys(type(part.node)):
                continue
            onward = part.node.next is not None
            hint = "delete it" if onward else 'write `"End": true`, or a Next'
            yield self.about(graph, part, f"{part.field('End')} is {words(end)}; it is true", hint=hint, field="End")
