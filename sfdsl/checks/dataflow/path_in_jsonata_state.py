"""SF212."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sfdsl import jsonpath
from sfdsl.checks.dataflow._view import TextCheck, is_jsonata, shown, view, where
from sfdsl.diagnostics import Diagnostic, Severity
from sfdsl.graph import WorkflowGraph
from sfdsl.model.workflow import JSONATA


class PathInJsonataState(TextCheck):
    """A JSONPath text or a key that ends in `.$` in a JSONata state.

    Why it matters:
        A JSONata state evaluates `{% ... %}` alone. The path is handed on as a text, and the key keeps its `.$`:
        nothing fails here, and the receiver gets nonsense.

    Fires on:
        {"Type": "Pass", "QueryLanguage": "JSONata", "Output": {"id.$": "$.order.id"}, "End": true}

    Instead:
        {"Type": "Pass", "QueryLanguage": "JSONata", "Output": {"id": "{% $states.input.order.id %}"}, "End": true}
    """

    code = "SF212"
    severity = Severity.WARNING

    def run(self, graph: WorkflowGraph) -> Iterator[Diagnostic]:
        """One finding for each text; a key is reported by itself where its value is no such text."""
        found = view(graph)
        for seen in found.literals:
            if is_jsonata(seen) and (better := _as_jsonata(seen.text.text)) is not None:
                message = f"is the text {shown(seen.text.text)}: a JSONata state evaluates no paths"
                key = f'"{seen.text.key[:-2]}": ' if seen.text.key.endswith(".$") else ""
                yield self.about(seen, message, hint=f'write {key}"{better}"' if better else _IN_JSONATA)
        for marked in found.marked:
            if marked.place.language != JSONATA:
                continue
            for key, value in marked.value.items():
                if not key.endswith(".$") or (isinstance(value, str) and _as_jsonata(value) is not None):
                    continue
                place = where(marked.state, marked.place.node, (*marked.keys, key))
                message = f"{place} of state {marked.state.name!r} keeps its '.$': a JSONata state gives it no meaning"
                origin = marked.place.node.origin.down(*marked.keys, key)
                yield self.finding(message, hint=f"name it {key[:-2]!r}", origin=origin, state=marked.state.name)


_IN_JSONATA = "say the same in JSONata, between {% and %}"
_PATH = re.compile(r"\$\$?[.\[].*|\$\$", re.DOTALL)
_STEPS = re.compile(r"(?:\.[A-Za-z_]\w*|\[\d+\])*")


def _as_jsonata(text: str) -> str | None:
    """A JSONPath text as an expression, empty where that takes thought; None for a text that is none."""
    if not text.startswith(("$", "States.")):
        return None
    if text.startswith("States.") and "(" in text:
        return "" if _parses(text) else None
    if not _PATH.fullmatch(text) or not _parses(text):
        return None
    root = "$states.context" if text.startswith("$$") else "$states.input"
    rest = text.lstrip("$")
    return f"{{% {root}{rest} %}}" if _STEPS.fullmatch(rest) else ""


def _parses(text: str) -> bool:
    try:
        jsonpath.parse(text)
    except jsonpath.SyntaxProblem:
        return False
    return True
