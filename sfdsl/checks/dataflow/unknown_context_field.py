"""SF209."""

from __future__ import annotations

from collections.abc import Iterator

from sfdsl.checks.dataflow._context import context_reads, unknown_part
from sfdsl.checks.dataflow._view import TextCheck
from sfdsl.diagnostics import Diagnostic, Severity
from sfdsl.graph import WorkflowGraph


class UnknownContextField(TextCheck):
    """A field of the context object that there is not.

    Why it matters:
        Nothing checks these names before the state runs, and then the execution fails: with
        States.ParameterPathFailure or States.Runtime in JSONPath, with States.QueryEvaluationError in JSONata.

    Fires on:
        {"Type": "Pass", "Parameters": {"id.$": "$$.Execution.ID"}, "End": true}

    Instead:
        {"Type": "Pass", "Parameters": {"id.$": "$$.Execution.Id"}, "End": true}
    """

    code = "SF209"
    severity = Severity.ERROR

    def run(self, graph: WorkflowGraph) -> Iterator[Diagnostic]:
        """One finding for each such field in a text."""
        for seen, root, way in context_reads(graph):
            if (wrong := unknown_part(way)) is None:
                continue
            place, meant = wrong
            said = ".".join([root, *map(str, way[: place + 1])])
            message = f"reads {said}, which the context object does not have"
            if meant is not None:
                better = ".".join([root, *map(str, way[:place]), meant, *map(str, way[place + 1 :])])
                yield self.about(seen, message, hint=f"did you mean {better}?")
            else:
                hint = f"what the execution was started with is {root}.Execution.Input" if place == 0 else ""
                yield self.about(seen, message, hint=hint)
