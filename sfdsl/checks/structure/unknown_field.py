"""SF112."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sfdsl.checks.structure._fields import attributes, is_template
from sfdsl.checks.structure._parts import NOUNS, TESTS, Part, PartCheck, parts
from sfdsl.checks.structure.ambiguous_test import LOGIC
from sfdsl.checks.structure.nested_rule_field import RULE_FIELDS
from sfdsl.checks.structure.unknown_operator import misspelt
from sfdsl.diagnostics import Diagnostic, Severity, near
from sfdsl.graph import WorkflowGraph
from sfdsl.model.asl import keys
from sfdsl.model.states import OPERATORS, Choice, ChoiceRule, Fail, Succeed


class UnknownField(PartCheck):
    """A field that the language does not have in this place: misspelt, of another type of state, or invented.

    Why it matters:
        Step Functions refuses the definition; where it does not, it ignores the field.

    Fires on:
        {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "TimeoutSecond": 60, "End": true}

    Instead:
        {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "TimeoutSeconds": 60, "End": true}
    """

    code = "SF112"
    severity = Severity.ERROR

    def run(self, graph: WorkflowGraph) -> Iterator[Diagnostic]:
        """One finding for each field."""
        for part in parts(graph).flawed:
            cls = type(part.node)
            # Where a test has no operator, a key that resembles one is it, misspelt (SF124).
            known = _reported(part).union(key for key, _ in misspelt(part))
            for key in part.node.extra:
                if key not in known and not is_template(key):
                    message = f"{part} has the field {key!r}, which {NOUNS[cls]} does not have"
                    yield self.about(graph, part, message, hint=_hint(part, key), field=key)


def _reported(part: Part) -> frozenset[str]:
    """Keys that the class has (misfits), or that another rule looks at."""
    cls = type(part.node)
    if cls not in _REPORTED:
        known = {*attributes(cls)}
        if cls in TESTS or cls is ChoiceRule:
            known |= {"Variable", "Condition", *LOGIC, *OPERATORS, *RULE_FIELDS}
        elif cls in (Choice, Succeed, Fail) or "Next" in keys(cls):
            known |= {"Next", "End"}
        _REPORTED[cls] = frozenset(known)
    return _REPORTED[cls]


_REPORTED: dict[type[Any], frozenset[str]] = {}
_MEANT: dict[tuple[type[Any], str], str | None] = {}


def _meant(cls: type[Any], key: str) -> str | None:
    if (cls, key) not in _MEANT:
        _MEANT[cls, key] = near(key, keys(cls), cutoff=0.7)
    return _MEANT[cls, key]


def _hint(part: Part, key: str) -> str:
    cls = type(part.node)
    meant = _meant(ChoiceRule if cls in TESTS else cls, key)
    if meant is not None:
        return f"did you mean {meant!r}?"
    if part.key == "" and part.state is not None and key in ("InputPath", "Parameters", "ResultSelector", "ResultPath"):
        return f"do it in a Pass state before or after {part.state.name!r}"
    if key in _HOMES:
        return f"it belongs {_HOMES[key]}"
    return "delete it; a note for readers goes into the Comment"


_HOMES = {
    "TimeoutSeconds": "to a Task or to the state machine",
    "HeartbeatSeconds": "to a Task",
    "Retry": "to a Task, a Parallel or a Map; put the state into a Parallel to retry it",
    "Catch": "to a Task, a Parallel or a Map; put the state into a Parallel to catch its errors",
    "Assign": "to every state but Succeed and Fail",
    "Output": "to every state but Fail",
    "Result": "to a Pass",
    "ResultSelector": "to a Task, a Parallel or a Map",
    "ReaderConfig": "into an ItemReader",
    "WriterConfig": "into a ResultWriter",
    "ProcessorConfig": "into an ItemProcessor",
    "MaxConcurrency": "to a Map",
    "Seconds": "to a Wait",
    "Timestamp": "to a Wait",
    "Error": "to a Fail",
    "Cause": "to a Fail",
    "Resource": "to a Task",
    "Default": "to a Choice",
    "Choices": "to a Choice",
}
