"""SF119."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from sfdsl.checks.structure._parts import PartCheck, parts
from sfdsl.diagnostics import Diagnostic, Severity
from sfdsl.graph import WorkflowGraph
from sfdsl.model.fields import ABSENT, Json

_MEMBERS: Final = {
    "Choices": "rule",
    "Branches": "branch",
    "ErrorEquals": "error name",
    "And": "rule",
    "Or": "rule",
    "CSVHeaders": "column",
}


class EmptyCollection(PartCheck):
    """An array or object that needs a member and has none: Choices, Branches, States, ErrorEquals, And, Or.

    Why it matters:
        Step Functions refuses the definition.

    Fires on:
        {"Type": "Parallel", "Branches": [], "End": true}

    Instead:
        {"Type": "Parallel", "Branches": [{"StartAt": "Load", "States": {"Load": {"Type": "Succeed"}}}], "End": true}
    """

    code = "SF119"
    severity = Severity.ERROR

    def run(self, graph: WorkflowGraph) -> Iterator[Diagnostic]:
        """One finding for each empty collection."""
        found = parts(graph)
        for part in found.flawed:
            for key, value in part.node.extra.items():
                if is_empty(type(part.node), key, value) and key in _MEMBERS:
                    message = f"{part.field(key)} is empty; it has at least one {_MEMBERS[key]}"
                    yield self.about(graph, part, message, hint=f"add {_article(_MEMBERS[key])}", field=key)
        for part in found.flows:
            if not part.node.states and "States" not in part.node.extra:
                message = f"{part} has no state in its States"
                hint = 'add one, for example "Done": {"Type": "Succeed"}'
                yield self.about(graph, part, message, hint=hint, field="States")


def _article(noun: str) -> str:
    return f"an {noun}" if noun[0] in "aeiou" else f"a {noun}"


def is_empty(cls: type[Any], key: str, value: Json) -> bool:
    """Whether a misfit is one because it is empty. An empty Retry or Catch is none: Step Functions takes it."""
    return value is not ABSENT and value == [] and (key in _MEMBERS or key in ("Retry", "Catch"))
