"""SF127."""

from __future__ import annotations

import math
from collections.abc import Iterator

from sfdsl.checks.structure._fields import is_expression, words
from sfdsl.checks.structure._numbers import Limits, numbers
from sfdsl.checks.structure._parts import Part, PartCheck
from sfdsl.diagnostics import Diagnostic, Severity
from sfdsl.graph import WorkflowGraph


class NotANumber(PartCheck):
    """A field for a number that holds a text, or a fraction where only whole numbers count.

    Why it matters:
        Step Functions refuses the definition. A number in quotes is a text; in a JSONata state a text may be
        an expression in `{% %}`, in a JSONPath state a field of the name that ends in Path reads the input.

    Fires on:
        {"Type": "Wait", "Seconds": "60", "End": true}

    Instead:
        {"Type": "Wait", "Seconds": 60, "End": true}
    """

    code = "SF127"
    severity = Severity.ERROR

    def run(self, graph: WorkflowGraph) -> Iterator[Diagnostic]:
        """One finding for each field."""
        for part, key, value, limits in numbers(graph):
            if isinstance(value, str):
                # An open or closed half of `{% %}` is an error of its expression (SF2xx).
                if part.language == "JSONata" and limits.dynamic and ("{%" in value or "%}" in value):
                    continue
                shape = "a whole number" if limits.whole else "a number"
                message = f"{part.field(key)} is {words(value)}, a text; it is {shape}"
                yield self.about(graph, part, message, hint=_hint(part, key, value, limits), field=key)
            elif limits.whole and isinstance(value, float) and math.isfinite(value) and not value.is_integer():
                message = f"{part.field(key)} is {value:g}; it is a whole number"
                yield self.about(graph, part, message, hint=f'write `"{key}": {round(value)}`', field=key)


def _hint(part: Part, key: str, value: str, limits: Limits) -> str:
    bare = value.strip()
    if bare.replace(".", "", 1).isdigit():
        return f'write `"{key}": {bare}`, without the quotes'
    if bare.startswith("$") and limits.dynamic and part.language == "JSONPath":
        return f'write `"{key}Path": "{bare}"`' if key != "Seconds" else f'write `"SecondsPath": "{bare}"`'
    if is_expression(value):
        return "an expression may not stand here" if not limits.dynamic else 'add `"QueryLanguage": "JSONata"`'
    return ""
