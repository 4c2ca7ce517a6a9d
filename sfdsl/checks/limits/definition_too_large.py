"""SF401."""

from __future__ import annotations

from collections.abc import Iterator

from sfdsl.aws import quotas
from sfdsl.checks.base import Check
from sfdsl.checks.limits._size import definition_size
from sfdsl.diagnostics import Diagnostic, Severity
from sfdsl.graph import WorkflowGraph


class DefinitionTooLarge(Check):
    """A definition larger than Step Functions takes.

    Why it matters:
        Step Functions refuses a definition over 1 MB, and the quota cannot be raised.

    Fires on:
        {"Type": "Pass", "Comment": "x * 1100000", "End": true}

    Instead:
        {"Type": "Pass", "Comment": "Say it in fewer words", "End": true}
    """

    code = "SF401"
    severity = Severity.ERROR

    def run(self, graph: WorkflowGraph) -> Iterator[Diagnostic]:
        """One finding, where even the compact JSON is over the quota."""
        size, limit = definition_size(graph), quotas.DEFINITION_CHARACTERS.limit
        if size > limit:
            yield self.overall(
                graph,
                f"the definition has {size:,} characters without any white space; Step Functions takes {limit:,}",
                hint="move a part of it into a state machine of its own and call it with states:startExecution.sync:2, "
                "or keep large literals in Amazon S3",
            )
