"""SF423."""

from __future__ import annotations

from collections.abc import Iterator

from sfdsl.checks.base import Check
from sfdsl.checks.limits.machine_name import of_a_file
from sfdsl.diagnostics import Diagnostic, Severity
from sfdsl.graph import WorkflowGraph


class UnmeasuredName(Check):
    """A state machine whose name has other than ASCII characters.

    Why it matters:
        Step Functions takes the name, but CloudWatch has no metrics for it, so that no alarm can watch it.

    Fires on:
        {"Name": "bestellungen-münchen", "Definition": {"StartAt": "Keep", "States": {
          "Keep": {"Type": "Pass", "End": true}}}}

    Instead:
        {"Name": "bestellungen-muenchen", "Definition": {"StartAt": "Keep", "States": {
          "Keep": {"Type": "Pass", "End": true}}}}
    """

    code = "SF423"
    severity = Severity.WARNING

    def run(self, graph: WorkflowGraph) -> Iterator[Diagnostic]:
        """One finding at most."""
        name = graph.workflow.name
        if not name.isascii() and not of_a_file(graph):
            other = "".join(dict.fromkeys(character for character in name if not character.isascii()))
            origin = graph.workflow.origin
            yield self.finding(
                f"the name {name!r} has {other!r} in it; CloudWatch has metrics only for names in ASCII",
                hint="use letters A to Z and a to z, digits, '-' and '_'",
                origin=origin if origin.file else graph.machine.origin,
            )
