"""SF111."""

from __future__ import annotations

from collections.abc import Iterator

from sfdsl.checks.structure._fields import is_template, words
from sfdsl.checks.structure._parts import PartCheck, parts
from sfdsl.diagnostics import Diagnostic, Severity, did_you_mean
from sfdsl.graph import WorkflowGraph
from sfdsl.model.asl import STATE_TYPES
from sfdsl.model.states import Opaque


class UnknownStateType(PartCheck):
    """A state that is none of the eight types: no Type, a misspelt one, or no JSON object at all.

    Why it matters:
        Step Functions refuses the definition. The types are Task, Pass, Choice, Wait, Succeed, Fail, Parallel
        and Map, spelled exactly so. Nothing else is checked in such a state.

    Fires on:
        {"StartAt": "Rest", "States": {"Rest": {"Type": "wait", "Seconds": 5, "End": true}}}

    Instead:
        {"StartAt": "Rest", "States": {"Rest": {"Type": "Wait", "Seconds": 5, "End": true}}}
    """

    code = "SF111"
    severity = Severity.ERROR

    def run(self, graph: WorkflowGraph) -> Iterator[Diagnostic]:
        """One finding for each state."""
        for part in parts(graph).of[Opaque]:
            state = part.node
            value = state.value
            if not isinstance(value, dict):
                if not is_template(value):
                    message = f"state {state.name!r} is {words(value)}; a state is an object with a Type"
                    yield self.at(state, message, hint=f'write {{"Type": "Pass", "End": true}} under {state.name!r}')
                continue
            type_ = value.get("Type")
            if is_template(type_):
                continue
            if type_ is None:
                message = f"state {state.name!r} has no Type"
                hint = f'add `"Type": "{_guess(value)}"`'
            else:
                message = f"state {state.name!r} has the Type {words(type_)}, which does not exist"
                hint = did_you_mean(type_, STATE_TYPES) if isinstance(type_, str) else ""
                hint = hint or f"the types are {', '.join(STATE_TYPES)}"
            yield self.at(state, message, hint=hint, field="Type" if "Type" in value else "")


def _guess(value: dict[str, object]) -> str:
    """The type whose own fields the state has."""
    own = {
        "Resource": "Task", "Choices": "Choice", "Seconds": "Wait", "SecondsPath": "Wait", "Timestamp": "Wait",
        "TimestampPath": "Wait", "Branches": "Parallel", "ItemProcessor": "Map", "Iterator": "Map",
        "Cause": "Fail", "Error": "Fail",
    }  # fmt: skip
    return next((type_ for key, type_ in own.items() if key in value), "Pass")
