"""SF402."""

from __future__ import annotations

from collections.abc import Iterator

from sfdsl.aws import quotas
from sfdsl.checks.base import Check
from sfdsl.checks.limits._size import definition_size, written_size
from sfdsl.diagnostics import Diagnostic, Severity
from sfdsl.graph import WorkflowGraph

NEARLY = 0.8
"""From which part of the quota on a definition is called nearly too large."""


class DefinitionNearlyTooLarge(Check):
    """A definition that has used up most of the 1 MB it may have.

    Why it matters:
        The next states may not fit any more, and the quota cannot be raised. The text counts as it is
        deployed, with its white space.

    Fires on:
        {"Type": "Pass", "Comment": "x * 900000", "End": true}

    Instead:
        {"Type": "Pass", "Comment": "Say it in fewer words", "End": true}
    """

    code = "SF402"
    severity = Severity.WARNING

    def run(self, graph: WorkflowGraph) -> Iterator[Diagnostic]:
        """One finding, where the text is over 80 % of the quota and could still be deployed."""
        limit = quotas.DEFINITION_CHARACTERS.limit
        least = definition_size(graph)
        # Hardly a definition grows more than fourfold by indentation, and writing it indented is slow.
        if least > limit or least * 4 < NEARLY * limit:
            return
        written = written_size(graph)
        if written > limit:
            message = f"the definition has {written:,} characters with its indentation; Step Functions takes {limit:,}"
            hint = f"deploy it as compact JSON, which has {least:,} characters, or move a part of it into a state "
            yield self.overall(graph, message, hint=hint + "machine of its own")
        elif written > NEARLY * limit:
            share = f"{written / limit:.0%} of the {limit:,} that Step Functions takes"
            yield self.overall(
                graph,
                f"the definition has {written:,} characters, {share}",
                hint="move a part of it into a state machine of its own and call it with states:startExecution.sync:2",
            )
