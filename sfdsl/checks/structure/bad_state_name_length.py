"""SF109."""

from __future__ import annotations

from collections.abc import Iterator

from sfdsl.aws import quotas
from sfdsl.checks.base import Check
from sfdsl.checks.structure._fields import is_template
from sfdsl.diagnostics import Diagnostic, Severity
from sfdsl.graph import WorkflowGraph

LIMIT = quotas.STATE_NAME_CHARACTERS.limit


class BadStateNameLength(Check):
    """A state whose name is empty or longer than 80 characters.

    Why it matters:
        Step Functions refuses the definition.

    Fires on:
        {"StartAt": "", "States": {"": {"Type": "Succeed"}}}

    Instead:
        {"StartAt": "Done", "States": {"Done": {"Type": "Succeed"}}}
    """

    code = "SF109"
    severity = Severity.ERROR

    def run(self, graph: WorkflowGraph) -> Iterator[Diagnostic]:
        """One finding for each state."""
        for _, state in graph.states():
            length = len(state.name)
            if 0 < length <= LIMIT:
                continue
            if not length:
                yield self.at(state, "a state has an empty name", hint="give it a name of 1 to 80 characters")
            elif not is_template(state.name):
                message = f"the name of state {state.name!r} has {length} characters; at most {LIMIT} are allowed"
                yield self.at(
                    state, message, hint=f"shorten it by {length - LIMIT} or more, here and where it is named"
                )
