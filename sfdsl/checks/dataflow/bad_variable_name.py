"""SF245."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sfdsl.checks.base import Check
from sfdsl.checks.dataflow._variables import variables
from sfdsl.checks.dataflow._view import shown
from sfdsl.checks.dataflow.partial_assignment import base_of
from sfdsl.diagnostics import Diagnostic, Severity
from sfdsl.graph import WorkflowGraph

LONGEST = 80
"""Characters in the name of a variable. Source: Developer Guide, "Passing data between states with variables"."""


class BadVariableName(Check):
    """A variable whose name is not allowed: no identifier, longer than 80 characters, or `states`.

    Why it matters:
        Step Functions refuses the definition. A name begins with a letter, goes on with letters, digits and
        underscores, and `states` is taken.

    Fires on:
        {"Type": "Pass", "Assign": {"order-id.$": "$.id"}, "End": true}

    Instead:
        {"StartAt": "Read", "States": {
          "Read": {"Type": "Pass", "Assign": {"orderId.$": "$.id"}, "Next": "Use"},
          "Use": {"Type": "Pass", "Parameters": {"id.$": "$orderId"}, "End": true}}}
    """

    code = "SF245"
    severity = Severity.ERROR

    def run(self, graph: WorkflowGraph) -> Iterator[Diagnostic]:
        """One finding for each name in a flow, where it is assigned first; `a.b` and `a[0]` are SF247."""
        for table in variables(graph).scopes():
            for name, writers in table.assigned.items():
                if (fault := _fault(name)) is None or base_of(name) is not None:
                    continue
                state, first = writers[0]
                message, hint = fault
                told = f"state {state.name!r} assigns the variable {shown(name)}, {message}"
                yield self.finding(told, hint=hint, origin=first.origin, state=state.name)


def _fault(name: str) -> tuple[str, str] | None:
    if name == "states":
        return "which is the name of $states", "give it another name"
    if name.isidentifier():
        if len(name) > LONGEST:
            return f"whose name has {len(name)} characters; {LONGEST} are allowed", f"did you mean {name[:LONGEST]!r}?"
        return None
    if not name:
        return "which has no name", "give it a name"
    if name.startswith("$"):
        return "whose name has a $, which is written where it is read", f"name it {name.lstrip('$')!r}"
    if name.endswith(".$"):
        return "which ends in .$", f"name it {name[:-2]!r}"
    better = re.sub(r"\W+(\w?)", lambda found: found[1].upper(), name).lstrip("0123456789")
    return "which is no name for one", f"name it {better!r}" if better.isidentifier() else "begin it with a letter"
