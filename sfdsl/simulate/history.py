"""What an execution did, event by event, and the same in the format of GetExecutionHistory."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sfdsl.aws import quotas
from sfdsl.simulate.values import Json, text

MAX_EVENTS = quotas.HISTORY_EVENTS.limit
"""Events in the history of a Standard execution."""


class Event:
    """One event of a history.

    Attributes:
        id: From 1, without gaps.
        previous: Id of the event that led to it; 0 where AWS names none.
        time: Seconds since the simulation began.
        type: AWS's name of its kind, such as `TaskStateEntered`.
        details: What it tells; payloads as values, not as text.
    """

    __slots__ = ("details", "id", "previous", "time", "type")

    def __init__(self, id: int, previous: int, time: float, type: str, details: dict[str, Any]) -> None:
        self.id = id
        self.previous = previous
        self.time = time
        self.type = type
        self.details = details

    def __repr__(self) -> str:
        return f"Event({self.id}, {self.previous}, {self.time}, {self.type!r}, {self.details!r})"


_TEXTS = frozenset({"input", "output", "parameters"})
_WITH_DETAILS = frozenset({"input", "output"})


def as_aws(events: list[Event], start: datetime) -> list[dict[str, Any]]:
    """Events as GetExecutionHistory returns them; timestamps in ISO 8601, as the AWS CLI prints them.

    `start` is when the simulation began.
    """
    return [_event(event, start) for event in events]


def iso(start: datetime, seconds: float) -> str:
    """A moment of the simulation as Step Functions writes it: UTC with milliseconds."""
    return (start + timedelta(seconds=seconds)).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _event(event: Event, start: datetime) -> dict[str, Any]:
    told: dict[str, Any] = {
        "timestamp": iso(start, event.time),
        "type": event.type,
        "id": event.id,
        "previousEventId": event.previous,
    }
    key = _details_key(event.type)
    if key is not None:
        told[key] = _details(event.details)
    return told


def _details_key(type: str) -> str | None:
    if type.endswith("StateEntered"):
        return "stateEnteredEventDetails"
    if type.endswith("StateExited"):
        return "stateExitedEventDetails"
    if type in _WITHOUT_DETAILS:
        return None
    for end in ("Started", "Succeeded", "Failed", "Aborted"):
        # All four of an iteration share a shape that is named after each of them.
        if type == f"MapIteration{end}":
            return f"mapIteration{end}EventDetails"
    return type[0].lower() + type[1:] + "EventDetails"


_WITHOUT_DETAILS = frozenset(
    {
        "ParallelStateStarted", "ParallelStateSucceeded", "ParallelStateFailed", "ParallelStateAborted",
        "MapStateSucceeded", "MapStateFailed", "MapStateAborted", "TaskStateAborted", "WaitStateAborted",
        "LambdaFunctionStarted", "MapRunSucceeded", "MapRunAborted",
    }
)  # fmt: skip
"""Events to which GetExecutionHistory gives no details. Source: botocore, shape HistoryEvent of stepfunctions."""


def _details(details: dict[str, Json]) -> dict[str, Any]:
    told: dict[str, Any] = {}
    for key, value in details.items():
        if key == "assigned":
            told["assignedVariables"] = {name: text(each) for name, each in value.items()}
            told["assignedVariablesDetails"] = {"truncated": False}
        elif key in _TEXTS:
            told[key] = text(value)
            if key in _WITH_DETAILS:
                told[f"{key}Details"] = {"truncated": False}
        elif value is not None:
            told[key] = value
    return told
