"""SF228."""

from __future__ import annotations

import json
from collections.abc import Iterator

from sfdsl.checks.base import Check
from sfdsl.checks.dataflow._view import view, where
from sfdsl.diagnostics import Diagnostic, Severity
from sfdsl.graph import WorkflowGraph
from sfdsl.model.workflow import JSONPATH


class DollarKeyWithoutPath(Check):
    """A key that ends in `.$` and holds no text.

    Why it matters:
        Step Functions refuses the definition: under such a key stands a path or an intrinsic function.

    Fires on:
        {"Type": "Pass", "Parameters": {"limit.$": 10}, "End": true}

    Instead:
        {"Type": "Pass", "Parameters": {"limit": 10}, "End": true}
    """

    code = "SF228"
    severity = Severity.ERROR

    def run(self, graph: WorkflowGraph) -> Iterator[Diagnostic]:
        """One finding for each key; a text that is no path is SF220."""
        for marked in view(graph).marked:
            if marked.place.language != JSONPATH or not marked.place.field.evaluated:
                continue
            for key, value in marked.value.items():
                if key.endswith(".$") and not isinstance(value, str):
                    place = where(marked.state, marked.place.node, (*marked.keys, key))
                    said = json.dumps(value)
                    message = f"{place} of state {marked.state.name!r} must hold a path, and it is "
                    message += said if len(said) <= 40 else "an object" if isinstance(value, dict) else "an array"
                    hint = f"name the key {key[:-2]!r} to hand the value on as it stands"
                    origin = marked.place.node.origin.down(*marked.keys, key)
                    yield self.finding(message, hint=hint, origin=origin, state=marked.state.name)
