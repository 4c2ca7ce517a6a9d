"""SF247."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sfdsl.checks.base import Check
from sfdsl.checks.dataflow._variables import variables
from sfdsl.diagnostics import Diagnostic, Severity
from sfdsl.graph import WorkflowGraph

_PART = re.compile(r"([^\W\d]\w*)(?:\.(?!\$)|\[).*", re.DOTALL)


class PartialAssignment(Check):
    """An Assign that writes a part of a variable.

    Why it matters:
        Step Functions refuses the definition: a variable is assigned as a whole.

    Fires on:
        {"Type": "Pass", "Assign": {"order.id.$": "$.id"}, "End": true}

    Instead:
        {"StartAt": "Read", "States": {
          "Read": {"Type": "Pass", "Assign": {"order": {"id.$": "$.id"}}, "Next": "Use"},
          "Use": {"Type": "Pass", "Parameters": {"id.$": "$order.id"}, "End": true}}}
    """

    code = "SF247"
    severity = Severity.ERROR

    def run(self, graph: WorkflowGraph) -> Iterator[Diagnostic]:
        """One finding for each such key in a flow, where it stands first."""
        for table in variables(graph).scopes():
            for name, writers in table.assigned.items():
                if (base := base_of(name)) is None:
                    continue
                state, first = writers[0]
                message = f"state {state.name!r} assigns {name!r}, a part of the variable {base!r}"
                hint = f'assign it as a whole: "{base}": {{...}}'
                yield self.finding(message, hint=hint, origin=first.origin, state=state.name)


def base_of(name: str) -> str | None:
    """The variable that a key such as `order.id` or `rows[0]` means a part of; None for any other key."""
    found = _PART.fullmatch(name)
    return found[1] if found is not None else None
