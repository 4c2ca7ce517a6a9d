"""The context object: which fields it has, and which of them only sometimes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sfdsl import jsonpath
from sfdsl.checks.dataflow._view import Expression, Parsed, view
from sfdsl.diagnostics import near
from sfdsl.graph import WorkflowGraph

ANY: Final[dict[str, object]] = {}
"""A value of which nothing is known."""

CONTEXT: Final[dict[str, object]] = {
    "Execution": {
        "Id": None,
        "Input": ANY,
        "Name": None,
        "RedriveCount": None,
        "RedriveTime": None,
        "RoleArn": None,
        "StartTime": None,
    },
    "State": {"EnteredTime": None, "Name": None, "RetryCount": None},
    "StateMachine": {"Id": None, "Name": None},
    "Task": {"Token": None},
    "Map": {"Item": {"Index": None, "Key": None, "Source": None, "Value": ANY}},
}
"""The fields of the context object; None where a text or a number stands, which has no fields.

Source: Developer Guide, "Accessing execution data from the Context object".
"""


def context_reads(graph: WorkflowGraph) -> Iterator[tuple[Expression | Parsed, str, tuple[str | int, ...]]]:
    """What texts read of the context object: the text, how it begins (`$$` or `$states.context`), the way below."""
    found = view(graph)
    for path in found.paths:
        if path.node is not None and "$$" in path.text.text:
            for way in jsonpath.context_paths(path.node):
                yield path, "$$", way
    for expression in found.expressions:
        for read in sorted(expression.facts.states):
            if read[:1] == ("context",):
                yield expression, "$states.context", read[1:]


def unknown_part(way: tuple[str | int, ...]) -> tuple[int, str | None] | None:
    """Where a way into the context object goes wrong: the position of the wrong step, and the name that was meant.

    None where the way leads somewhere, or where nobody can say.
    """
    here: object = CONTEXT
    for i, step in enumerate(way):
        if here is ANY:
            return None
        if not isinstance(here, dict) or step not in here:
            known = here if isinstance(here, dict) else {}
            return i, near(step, known) if isinstance(step, str) else None
        here = here[step]
    return None
