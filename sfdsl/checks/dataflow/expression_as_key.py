"""SF215."""

from __future__ import annotations

from collections.abc import Iterator

from sfdsl.checks.base import Check
from sfdsl.checks.dataflow._view import shown, view, where
from sfdsl.diagnostics import Diagnostic, Severity
from sfdsl.graph import WorkflowGraph
from sfdsl.jsonata_text import is_expression


class ExpressionAsKey(Check):
    """A JSONata expression in the place of a key.

    Why it matters:
        Step Functions evaluates values and no keys: the field is called `{% ... %}`.

    Fires on:
        {"Type": "Pass", "QueryLanguage": "JSONata", "Output": {"{% $states.input.name %}": 1}, "End": true}

    Instead:
        {"Type": "Pass", "QueryLanguage": "JSONata", "Output": "{% {$states.input.name: 1} %}", "End": true}
    """

    code = "SF215"
    severity = Severity.WARNING

    def run(self, graph: WorkflowGraph) -> Iterator[Diagnostic]:
        """One finding for each key; those of Assign are no names of variables (SF245)."""
        for marked in view(graph).marked:
            for key in marked.value:
                if is_expression(key) and marked.keys != ("Assign",):
                    place = where(marked.state, marked.place.node, marked.keys)
                    message = (
                        f"{place} of state {marked.state.name!r} has the key {shown(key)}, and keys are not evaluated"
                    )
                    hint = f"make the whole object an expression: {{% {{{key[2:-2].strip()}: ...}} %}}"
                    origin = marked.place.node.origin.down(*marked.keys, key)
                    yield self.finding(message, hint=hint, origin=origin, state=marked.state.name)
