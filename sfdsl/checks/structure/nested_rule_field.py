"""SF121."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sfdsl.checks.structure._parts import PartCheck, parts
from sfdsl.diagnostics import Diagnostic, Severity
from sfdsl.graph import WorkflowGraph

RULE_FIELDS: Final = ("Next", "Assign", "Output", "Comment")
"""What a rule has beside its test."""


class NestedRuleField(PartCheck):
    """A rule inside And, Or or Not that says where to go, or what to assign or put out.

    Why it matters:
        Step Functions refuses the definition: only the outermost rule leads on, when all of it is true.

    Fires on:
        {"StartAt": "Any?", "States": {
            "Any?": {"Type": "Choice", "Default": "Done", "Choices": [
                {"Not": {"Variable": "$.rows", "IsPresent": true, "Next": "Done"}, "Next": "Done"}]},
            "Done": {"Type": "Succeed"}}}

    Instead:
        {"StartAt": "Any?", "States": {
            "Any?": {"Type": "Choice", "Default": "Done", "Choices": [
                {"Not": {"Variable": "$.rows", "IsPresent": true}, "Next": "Done"}]},
            "Done": {"Type": "Succeed"}}}
    """

    code = "SF121"
    severity = Severity.ERROR

    def run(self, graph: WorkflowGraph) -> Iterator[Diagnostic]:
        """One finding for each field."""
        for part in parts(graph).tests:
            if not part.nested or not part.node.extra:
                continue
            for key in ("Next", "Assign", "Output"):
                if key in part.node.extra:
                    outer = part.key.partition(".")[0]
                    hint = f"move it to {outer} itself, beside its test, or delete it"
                    yield self.about(graph, part, f"{part} has {key!r} inside another rule", hint=hint, field=key)
