"""What can go wrong when a path or a call is evaluated."""

from __future__ import annotations


class PathNotFound(Exception):
    """A definite path that finds nothing, or a variable that was never assigned.

    Attributes:
        path: The path as written.
        reason: AWS's words for what is missing, such as `Missing property in path $['no']`. They follow
            `Invalid path '$.no.such' : ` in a cause. Source: measured, recorded execution test_catch_states_runtime.
    """

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"Invalid path '{path}' : {reason}")
        self.path = path
        self.reason = reason


class IntrinsicFailure(Exception):
    """A call of an intrinsic function that fails.

    The guide calls the error States.IntrinsicFailure. Others have observed AWS to fail an execution with States.Runtime
    and a cause that holds the message below; no failing call is among the recorded executions, so it is not settled
    which of the two a Catch sees.

    Attributes:
        call: The call as written.
        message: What AWS says, such as `Invalid arguments in States.MathAdd`. Source: assumed, from public reports.
        detail: What is wrong in our words; empty where there is nothing to add.
    """

    error = "States.IntrinsicFailure"

    def __init__(self, call: str, message: str, detail: str = "") -> None:
        super().__init__(message if not detail else f"{message}: {detail}")
        self.call = call
        self.message = message
        self.detail = detail


class PathMismatch(Exception):
    """A value that cannot be put at a reference path, because what lies on the way is no object or array.

    Attributes:
        path: The path as written.
    """

    error = "States.ResultPathMatchFailure"

    def __init__(self, path: str) -> None:
        super().__init__(f"Unable to apply path '{path}' to the state input")
        self.path = path
