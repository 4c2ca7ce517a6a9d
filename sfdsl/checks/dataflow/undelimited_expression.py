"""SF214."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sfdsl.checks.dataflow._view import TextCheck, is_jsonata, shown, view
from sfdsl.diagnostics import Diagnostic, Severity
from sfdsl.graph import WorkflowGraph

_STATES = re.compile(r"\$states\.(?:input|result|context|errorOutput)\b.*", re.DOTALL)


class UndelimitedExpression(TextCheck):
    """A JSONata text that begins with `$states` and stands outside `{% %}`.

    Why it matters:
        It is not evaluated: the receiver gets the words `$states.input.id` and no id.

    Fires on:
        {"Type": "Pass", "QueryLanguage": "JSONata", "Output": {"id": "$states.input.id"}, "End": true}

    Instead:
        {"Type": "Pass", "QueryLanguage": "JSONata", "Output": {"id": "{% $states.input.id %}"}, "End": true}
    """

    code = "SF214"
    severity = Severity.WARNING

    def run(self, graph: WorkflowGraph) -> Iterator[Diagnostic]:
        """One finding for each text; a Condition is SF257."""
        for seen in view(graph).literals:
            text = seen.text.text
            if not text.startswith("$states.") or not is_jsonata(seen) or seen.text.field.key == "Condition":
                continue
            if _STATES.fullmatch(text) and not text.endswith("%}"):
                message = f"is the text {shown(text)}, which is evaluated only between {{% and %}}"
                yield self.about(seen, message, hint=f"write {{% {text} %}}")
