"""SF116."""

from __future__ import annotations

from collections.abc import Iterator

from sfdsl.checks.structure._parts import PartCheck, parts
from sfdsl.diagnostics import Diagnostic, Severity
from sfdsl.graph import WorkflowGraph
from sfdsl.model.fields import ABSENT


class MissingTransition(PartCheck):
    """A state that says neither what comes next nor that it ends the flow.

    Why it matters:
        Step Functions refuses the definition: every state but Choice, Succeed and Fail has Next or `"End": true`.

    Fires on:
        {"StartAt": "Load", "States": {"Load": {"Type": "Pass"}, "Done": {"Type": "Succeed"}}}

    Instead:
        {"StartAt": "Load", "States": {"Load": {"Type": "Pass", "Next": "Done"}, "Done": {"Type": "Succeed"}}}
    """

    code = "SF116"
    severity = Severity.ERROR

    def run(self, graph: WorkflowGraph) -> Iterator[Diagnostic]:
        """One finding for each state."""
        for part in parts(graph).flawed:
            extra = part.node.extra
            if extra.get("End", True) is ABSENT and "Next" not in extra:
                names = [state.name for state in part.scope.flow.states]
                after = names.index(part.node.name) + 1
                hint = f'add `"Next": "{names[after]}"` or `"End": true`' if after < len(names) else 'add `"End": true`'
                yield self.about(graph, part, f"{part} has neither Next nor End", hint=hint)
