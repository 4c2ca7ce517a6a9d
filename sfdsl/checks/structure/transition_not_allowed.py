"""SF118."""

from __future__ import annotations

from collections.abc import Iterator

from sfdsl.checks.structure._parts import PartCheck, parts
from sfdsl.diagnostics import Diagnostic, Severity
from sfdsl.graph import WorkflowGraph
from sfdsl.model.states import Choice, Fail, Succeed


class TransitionNotAllowed(PartCheck):
    """A Next or an End on a state that has none: Choice, Succeed or Fail.

    Why it matters:
        Step Functions refuses the definition. A Choice leads on by its rules and its Default; a Succeed and
        a Fail are the end by themselves.

    Fires on:
        {"StartAt": "Stop", "States": {"Stop": {"Type": "Fail", "Error": "Stopped", "End": true}}}

    Instead:
        {"StartAt": "Stop", "States": {"Stop": {"Type": "Fail", "Error": "Stopped"}}}
    """

    code = "SF118"
    severity = Severity.ERROR

    def run(self, graph: WorkflowGraph) -> Iterator[Diagnostic]:
        """One finding for each field."""
        found = parts(graph)
        for cls in (Choice, Succeed, Fail):
            for part in found.of[cls]:
                for key in ("Next", "End"):
                    if key not in part.node.extra:
                        continue
                    message = f"{part} has {key}, which a {cls.__name__} does not have"
                    target = part.node.extra[key]
                    if key == "End":
                        hint = 'delete it: a rule leads to a state with `"End": true`' if cls is Choice else "delete it"
                    elif cls is Choice:
                        hint = f'write `"Default": "{target}"`' if part.node.default is None else "delete it"
                    else:
                        hint = f"delete it, or make {part.node.name!r} a Pass"
                    yield self.about(graph, part, message, hint=hint, field=key)
