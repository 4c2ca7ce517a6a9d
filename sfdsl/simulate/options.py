"""What a simulation is given beside the machine and the input."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Any, Protocol

from attrs import field, frozen

from sfdsl.simulate.history import MAX_EVENTS
from sfdsl.simulate.objects import Objects
from sfdsl.simulate.values import Json

START = datetime(2026, 1, 1, tzinfo=timezone.utc)
"""When a simulation begins unless it is told otherwise: fixed, so that the same test gives the same history."""


@frozen(kw_only=True)
class Options:
    """Settings of one simulation.

    Attributes:
        tasks: Who answers the calls of Tasks.
        objects: What ItemReaders read and ResultWriters write.
        name: Of the execution.
        start: When the execution starts.
        seed: For jitter, `States.MathRandom`, `$random` and UUIDs.
        max_transitions: States that may be entered before `StepLimitExceeded` is raised.
        max_events: Events of a Standard execution's history; the last one says that it failed.
        arn_prefix: What the ARNs of the context object begin with.
        role_arn: Execution role, for the context object.
        variables: Variables that are there from the start.
        context: The context object, whole and fixed; None for the real one.
        listener: Told of what happens as it happens.
    """

    tasks: Any
    objects: Objects = field(factory=Objects)
    name: str = "simulated"
    start: datetime = START
    seed: int = 0
    max_transitions: int = 1_000_000
    max_events: int = MAX_EVENTS
    arn_prefix: str = "arn:aws:states:us-east-1:123456789012"
    role_arn: str = "arn:aws:iam::123456789012:role/simulated"
    variables: Mapping[str, Json] = field(factory=dict)
    context: dict[str, Json] | None = None
    listener: Listener | None = None


class Listener(Protocol):
    """Someone who follows a simulation."""

    def entered(self, engine: Any, frame: Any) -> None:
        """A state was entered."""

    def left(self, engine: Any, frame: Any, output: Json) -> None:
        """A state was left."""

    def retries(self, engine: Any, frame: Any, error: Any, delay: float) -> None:
        """A state failed and will be tried again."""

    def caught(self, engine: Any, frame: Any, error: Any) -> None:
        """A state failed and a catcher takes the error."""

    def failed(self, engine: Any, frame: Any, error: Any) -> None:
        """A flow ended with an error."""
