"""SF242."""

from __future__ import annotations

from collections.abc import Iterator

from sfdsl.checks.base import Check
from sfdsl.checks.dataflow._variables import Variables, variables
from sfdsl.diagnostics import Diagnostic, Severity
from sfdsl.graph import WorkflowGraph


class NeverReadVariable(Check):
    """A variable that is assigned and never read.

    Why it matters:
        It does nothing, counts against the 10 MiB that an execution may store, and is often a misspelt name.

    Fires on:
        {"Type": "Pass", "Assign": {"day.$": "$.day"}, "End": true}

    Instead:
        {"StartAt": "Read", "States": {
          "Read": {"Type": "Pass", "Assign": {"day.$": "$.day"}, "Next": "Use"},
          "Use": {"Type": "Pass", "Parameters": {"day.$": "$day"}, "End": true}}}
    """

    code = "SF242"
    severity = Severity.WARNING

    def run(self, graph: WorkflowGraph) -> Iterator[Diagnostic]:
        """One finding for each variable, where it is assigned first."""
        found = variables(graph)
        read = _read_below(found, graph)
        for table in found.scopes():
            for name, writers in table.assigned.items():
                if name in read[id(table.scope)] or not _is_plain(name):
                    continue
                state, first = writers[0]
                message = f"state {state.name!r} assigns the variable {name!r}, and nothing reads it"
                hint = f"leave {first.key!r} out of its Assign"
                yield self.finding(message, hint=hint, origin=first.origin, state=state.name)


def _is_plain(name: str) -> bool:
    # A name that is no name (SF245, SF247) cannot be read either; that is the fault to report.
    return name.isidentifier() and name != "states"


def _read_below(found: Variables, graph: WorkflowGraph) -> dict[int, set[str]]:
    """By scope, the names that are read in it or inside it, or may be, where a text cannot be understood."""
    read: dict[int, set[str]] = {id(scope): set(found.mentioned.get(id(scope), ())) for scope in graph.scopes}
    for reading in found.readings:
        read[id(reading.scope)].add(reading.name)
    for scope in reversed(graph.scopes):
        if scope.parent is not None:
            read[id(scope.parent)] |= read[id(scope)]
    return read
