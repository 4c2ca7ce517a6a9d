"""SF136."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

from sfdsl.checks.structure._fields import is_expression, is_template
from sfdsl.checks.structure._parts import PartCheck, parts
from sfdsl.diagnostics import Diagnostic, Severity
from sfdsl.graph import WorkflowGraph
from sfdsl.model.states import Comparison, Wait

_RFC3339 = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(\.\d+)?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)"
)  # a capital T, and a capital Z or an offset


class BadTimestamp(PartCheck):
    """A timestamp that is none: not in the form of RFC 3339, or a day or an hour that does not exist.

    Why it matters:
        Step Functions refuses the definition. The form is 2026-12-24T18:00:00Z, with a capital T and a
        capital Z, or an offset such as +01:00 in place of the Z.

    Fires on:
        {"Type": "Wait", "Timestamp": "2026-12-24 18:00:00", "End": true}

    Instead:
        {"Type": "Wait", "Timestamp": "2026-12-24T18:00:00Z", "End": true}
    """

    code = "SF136"
    severity = Severity.ERROR

    def run(self, graph: WorkflowGraph) -> Iterator[Diagnostic]:
        """One finding for each timestamp."""
        found = parts(graph)
        for part in found.of[Wait]:
            text = part.node.timestamp
            if text is None or (part.language == "JSONata" and ("{%" in text or "%}" in text)):
                continue
            if problem := _problem(text):
                hint = 'add `"QueryLanguage": "JSONata"`' if is_expression(text) else _hint(text, "TimestampPath")
                message = f"{part.field('Timestamp')} is {text!r}, {problem}"
                yield self.about(graph, part, message, hint=hint, field="Timestamp")
        for part in found.of[Comparison]:
            operator, operand = part.node.operator, part.node.operand
            if operator is None or not operator.startswith("Timestamp") or operator.endswith("Path"):
                continue
            if isinstance(operand, str) and (problem := _problem(operand)):
                message = f"{part.field(operator)} is {operand!r}, {problem}"
                yield self.about(graph, part, message, hint=_hint(operand, f"{operator}Path"), field=operator)


def _problem(text: str) -> str:
    """What is wrong with a timestamp; empty where nothing is, or where a placeholder hides it."""
    if is_template(text):
        return ""
    match = _RFC3339.fullmatch(text)
    if match is None:
        return "which has not the form 2026-12-24T18:00:00Z"
    year, month, day, hour, minute, second = (int(number) for number in match.groups()[:6])
    try:
        datetime(year, month, day, hour, minute, min(second, 59))
    except ValueError:
        return "a day or an hour that does not exist"
    return "" if second <= 60 else "a second that does not exist"


def _hint(text: str, path: str) -> str:
    if text.startswith("$"):
        return f'write `"{path}": "{text}"` to read it from the input'
    loose = re.fullmatch(r"(\d{4}-\d\d-\d\d)(?:[Tt ](\d\d:\d\d)(:\d\d)?(?:\.\d+)?\s*([Zz]|[+-]\d\d:\d\d)?)?", text)
    if loose:
        day, time, seconds, zone = loose.groups()
        return f"write {day}T{time or '00:00'}{seconds or ':00'}{(zone or 'Z').upper()}"
    return ""
