"""SF204."""

from __future__ import annotations

from collections.abc import Iterator

from sfdsl.checks.dataflow._view import TextCheck, view
from sfdsl.diagnostics import Diagnostic, Severity, near
from sfdsl.graph import WorkflowGraph
from sfdsl.jsonata_text import BUILTINS


class UnknownFunction(TextCheck):
    """A JSONata expression that calls a function which neither JSONata nor Step Functions has.

    Why it matters:
        The execution fails with States.QueryEvaluationError when it comes to the state: nothing checks
        the names of functions before.

    Fires on:
        {"Type": "Pass", "QueryLanguage": "JSONata", "Output": "{% $upperCase($states.input.name) %}", "End": true}

    Instead:
        {"Type": "Pass", "QueryLanguage": "JSONata", "Output": "{% $uppercase($states.input.name) %}", "End": true}
    """

    code = "SF204"
    severity = Severity.ERROR

    def run(self, graph: WorkflowGraph) -> Iterator[Diagnostic]:
        """One finding for each name in an expression; `$eval` is SF206."""
        for seen in view(graph).expressions:
            told = set()
            for call in seen.facts.calls:
                # A variable can hold no function, so that a call of one fails just as well.
                if call.name in BUILTINS or call.name in told or call.name == "eval":
                    continue
                told.add(call.name)
                hint = _OF_INTRINSICS.get(call.name.lower(), "")
                if not hint and (meant := near(call.name, BUILTINS)) is not None:
                    hint = f"did you mean ${meant}?"
                yield self.about(seen, f"calls ${call.name}, and there is no such function", hint=hint)


_OF_INTRINSICS = {
    "format": "join texts with &: 'Hello ' & $name",
    "stringtojson": "write $parse(text)",
    "parsejson": "write $parse(text)",
    "jsontostring": "write $string(value)",
    "stringify": "write $string(value)",
    "arraylength": "write $count(array)",
    "len": "write $count(array), or $length(text)",
    "size": "write $count(array)",
    "arraycontains": "write value in array",
    "arraygetitem": "write array[0]",
    "arrayunique": "write $distinct(array)",
    "arraypartition": "write $partition(array, size)",
    "arrayrange": "write $range(first, last, step), or [first..last]",
    "stringsplit": "write $split(text, separator)",
    "mathadd": "write a + b",
    "mathrandom": "write $random()",
    "randomseeded": "write $random(seed)",
    "jsonmerge": "write $merge([a, b])",
    "concat": "join texts with &, arrays with $append(a, b)",
    "if": "write condition ? value : otherwise",
    "coalesce": "write $exists(a) ? a : b",
    "tostring": "write $string(value)",
    "tonumber": "write $number(text)",
    "date": "write $now()",
    "indexof": "write $contains(text, part), or value in array",
    "startswith": "write $substring(text, 0, $length(prefix)) = prefix",
    "isnull": "write value = null",
    "ispresent": "write $exists(value)",
}
"""What JSONata has in the place of functions of other languages, the intrinsic functions first."""
