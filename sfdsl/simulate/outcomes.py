"""What a Task is asked to do, and how that can end: between the interpreter and whoever plays the services."""

from __future__ import annotations

from typing import Any, Protocol, TypeAlias

from attrs import field, frozen

from sfdsl.simulate.values import Json


@frozen(kw_only=True)
class Call:
    """One attempt of a Task: what a service is asked to do.

    Attributes:
        state: Name of the state.
        resource: Its Resource as written.
        arguments: What the service is given: after Parameters or Arguments.
        attempt: Which attempt in this visit of the state, from 1.
        count: How often this state has called so far in the whole simulation, this call included, from 1.
        iteration: Places in the Maps around the state, outer first; () outside Maps.
        input: The state's input.
        context: The context object.
        token: The task token of a callback or activity; None elsewhere.
        credentials: The role to take on, as `Credentials` gives it; None where the state has none.
        time: Seconds since the simulation began.
    """

    state: str
    resource: str
    arguments: Json
    attempt: int = 1
    count: int = 1
    iteration: tuple[int, ...] = ()
    input: Json = None
    context: dict[str, Json] = field(factory=dict, repr=False)
    token: str | None = None
    credentials: Json = None
    time: float = 0.0


@frozen
class Result:
    """A Task that ends well.

    Attributes:
        value: What the service returns: for a job its final state, for a callback what SendTaskSuccess was given.
        after: Seconds it takes.
        submitted: What the service answered at once, for a job or a callback.
        heartbeats: Seconds, from the start, at which heartbeats were sent; None for as many as are needed.
    """

    value: Json = None
    after: float = field(default=0.0, kw_only=True)
    submitted: Json = field(default=None, kw_only=True)
    heartbeats: tuple[float, ...] | None = field(default=None, kw_only=True)


class TaskError(Exception):
    """A Task that fails; raise it in a mock, or give it as the result.

    Args:
        error: Name of the error, as Retry and Catch see it; None where a callback gave none.
        cause: Text of the error.
        after: Seconds until it fails.
        submitted: What the service answered at once, for a job or a callback.
        heartbeats: As in `Result`.
    """

    def __init__(
        self,
        error: str | None = None,
        cause: str | None = None,
        *,
        after: float = 0.0,
        submitted: Json = None,
        heartbeats: tuple[float, ...] | None = None,
    ) -> None:
        super().__init__(f"{error}: {cause}")
        self.error = error
        self.cause = cause
        self.after = after
        self.submitted = submitted
        self.heartbeats = heartbeats


@frozen
class NoAnswer:
    """A Task that never ends: its timeout, its heartbeat or the execution's end comes first.

    Attributes:
        submitted: What the service answered at once, for a job or a callback.
        heartbeats: Seconds, from the start, at which heartbeats were sent.
    """

    submitted: Json = None
    heartbeats: tuple[float, ...] = field(default=(), kw_only=True)


Outcome: TypeAlias = Result | TaskError | NoAnswer


class Services(Protocol):
    """Whoever answers the calls of Tasks."""

    def answer(self, call: Call) -> Outcome:
        """How a call ends."""
        ...


@frozen
class Called:
    """A call with its end, as `Run.calls` lists it.

    Attributes:
        state, resource, arguments, attempt, iteration, time: As in `Call`.
        result: What it gave; None where it failed.
        error: Name of the error; None where it ended well, or the error has no name.
        cause: Text of the error.
        failed: Whether it failed.
    """

    state: str
    resource: str
    arguments: Json
    attempt: int
    iteration: tuple[int, ...]
    time: float
    result: Any = None
    error: str | None = None
    cause: str | None = None
    failed: bool = False
