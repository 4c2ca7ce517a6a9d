"""SF230."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sfdsl import jsonpath
from sfdsl.checks.dataflow._variables import variables
from sfdsl.checks.dataflow._view import TextCheck, is_jsonata, shown, view
from sfdsl.diagnostics import Diagnostic, Severity
from sfdsl.graph import WorkflowGraph
from sfdsl.model.texts import Shape

_LIKE_A_PATH = re.compile(r"\$\$?(?:[.\[].+)|\$(?P<name>[^\W\d]\w*).*|States\.\w+\s*\(.*\)", re.DOTALL)


class PathWithoutDollarKey(TextCheck):
    """A text that looks like a path or an intrinsic call, under a key that does not end in `.$`.

    Why it matters:
        It is not evaluated: the receiver gets the words `$.order.id`. Where they are meant for another
        program that reads paths, all is well.

    Fires on:
        {"Type": "Pass", "Parameters": {"id": "$.order.id"}, "End": true}

    Instead:
        {"Type": "Pass", "Parameters": {"id.$": "$.order.id"}, "End": true}
    """

    code = "SF230"
    severity = Severity.INFO

    def run(self, graph: WorkflowGraph) -> Iterator[Diagnostic]:
        """One finding for each text."""
        for seen in view(graph).literals:
            text = seen.text.text
            if not text.startswith(("$", "States.")) or is_jsonata(seen):
                continue
            if seen.text.field.shape is not Shape.PAYLOAD or not seen.text.field.evaluated:
                continue
            like = _LIKE_A_PATH.fullmatch(text)
            if like is None or (like["name"] and like["name"] not in variables(graph).bits) or not _parses(text):
                continue
            key = seen.text.keys[-1]
            if len(seen.text.keys) == 1:
                hint = "hand a part of the input on with InputPath"
            elif isinstance(key, int):
                hint = f"to evaluate it, build the array: States.Array({text})"
            else:
                hint = f'to evaluate it, write "{key}.$": "{text}"'
            yield self.about(seen, f"is the text {shown(text)}: only a key that ends in .$ is evaluated", hint=hint)


def _parses(text: str) -> bool:
    try:
        jsonpath.parse(text)
    except jsonpath.SyntaxProblem:
        return False
    return True
