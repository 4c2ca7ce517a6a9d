"""SF241."""

from __future__ import annotations

from collections.abc import Iterator

from sfdsl.checks.base import Check
from sfdsl.checks.dataflow._variables import Reading, variables
from sfdsl.checks.dataflow._view import where
from sfdsl.diagnostics import Diagnostic, Severity
from sfdsl.graph import WorkflowGraph
from sfdsl.model.texts import Kind


class MaybeUndefinedVariable(Check):
    """A state reads a variable that has no value on some path to it.

    Why it matters:
        An execution that takes that path fails when it comes to the state. A state's Assign does nothing when a
        catcher takes over, and that of a Choice counts for its Default alone.

    Fires on:
        {"StartAt": "Charge", "States": {
          "Charge": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke",
            "Parameters": {"FunctionName": "charge"}, "Assign": {"receipt.$": "$.Payload.receipt"},
            "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Tell"}], "Next": "Tell"},
          "Tell": {"Type": "Pass", "Parameters": {"receipt.$": "$receipt"}, "End": true}}}

    Instead:
        {"StartAt": "Charge", "States": {
          "Charge": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke",
            "Parameters": {"FunctionName": "charge"}, "Assign": {"receipt.$": "$.Payload.receipt"},
            "Catch": [{"ErrorEquals": ["States.ALL"], "Assign": {"receipt": "none"}, "Next": "Tell"}], "Next": "Tell"},
          "Tell": {"Type": "Pass", "Parameters": {"receipt.$": "$receipt"}, "End": true}}}
    """

    code = "SF241"
    severity = Severity.WARNING

    def run(self, graph: WorkflowGraph) -> Iterator[Diagnostic]:
        """One finding for each variable, at the first states on each path that read it."""
        found = variables(graph)
        for reading in found.readings:
            if not found.on_some_path(reading) or found.on_every_path(reading):
                continue
            place = where(reading.state, reading.text.node, reading.text.keys)
            message = (
                f"{place} of state {reading.state.name!r} reads the variable {reading.name!r}, which has no value "
            )
            path = found.path_without(reading)
            message += f"on the path {_said(path)}" if path else "on some path"
            yield self.finding(message, hint=_hint(reading), origin=reading.text.origin, state=reading.state.name)


def _said(path: list[str]) -> str:
    names = [repr(name) for name in path]
    if len(names) > 8:
        names = [*names[:4], "...", *names[-3:]]
    return " -> ".join(names)


def _hint(reading: Reading) -> str:
    hint = f"assign {reading.name!r} on that path too"
    if reading.text.kind is Kind.EXPRESSION:
        hint += f", or write $exists(${reading.name}) ? ${reading.name} : ..."
    return hint
