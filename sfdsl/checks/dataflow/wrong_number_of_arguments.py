"""SF205."""

from __future__ import annotations

from collections.abc import Iterator

from sfdsl.checks.dataflow._view import TextCheck, view
from sfdsl.diagnostics import Diagnostic, Severity
from sfdsl.graph import WorkflowGraph
from sfdsl.jsonata_text import BUILTINS
from sfdsl.jsonata_text.builtins import problem_of


class WrongNumberOfArguments(TextCheck):
    """A JSONata expression that gives a function too many arguments, or too few.

    Why it matters:
        The execution fails with States.QueryEvaluationError when it comes to the state.

    Fires on:
        {"Type": "Pass", "QueryLanguage": "JSONata", "Output": "{% $partition($states.input.rows) %}", "End": true}

    Instead:
        {"Type": "Pass", "QueryLanguage": "JSONata", "Output": "{% $partition($states.input.rows, 10) %}", "End": true}
    """

    code = "SF205"
    severity = Severity.ERROR

    def run(self, graph: WorkflowGraph) -> Iterator[Diagnostic]:
        """One finding for each call."""
        for seen in view(graph).expressions:
            for call in seen.facts.calls:
                if call.name in BUILTINS and (problem := problem_of(call)) is not None:
                    hint = f"write {_USE[call.name]}" if call.name in _USE else problem.hint
                    yield self.about(seen, f"is wrong: {problem.message}", hint=hint, near=call.position)


_USE = {
    "partition": "$partition(array, size)",
    "range": "$range(first, last, step)",
    "hash": "$hash(text, 'SHA-256')",
    "parse": "$parse(text)",
    "uuid": "$uuid()",
    "random": "$random(), or $random(seed)",
    "millis": "$millis()",
    "append": "$append(array, value)",
    "replace": "$replace(text, pattern, replacement)",
    "map": "$map(array, function($value) { ... })",
    "filter": "$filter(array, function($value) { ... })",
    "reduce": "$reduce(array, function($before, $value) { ... }, first)",
    "merge": "$merge([object, object])",
    "exists": "$exists(value)",
    "count": "$count(array)",
    "sum": "$sum(array)",
    "max": "$max([a, b])",
    "min": "$min([a, b])",
}
