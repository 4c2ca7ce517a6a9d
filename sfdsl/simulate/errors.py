"""What ends a state with an error, and which names a Retry or Catch matches."""

from __future__ import annotations

from typing import Final

ALL: Final = "States.ALL"
TASK_FAILED: Final = "States.TaskFailed"
TIMEOUT: Final = "States.Timeout"
HEARTBEAT_TIMEOUT: Final = "States.HeartbeatTimeout"
RUNTIME: Final = "States.Runtime"
DATA_LIMIT: Final = "States.DataLimitExceeded"
QUERY_EVALUATION: Final = "States.QueryEvaluationError"
INTRINSIC: Final = "States.IntrinsicFailure"
BRANCH_FAILED: Final = "States.BranchFailed"
REFERENCE_PATH: Final = "States.ReferencePathConflict"
RESULT_PATH: Final = "States.ResultPathMatchFailure"
ITEM_READER: Final = "States.ItemReaderFailed"
RESULT_WRITER: Final = "States.ResultWriterFailed"
TOLERATED: Final = "States.ExceedToleratedFailureThreshold"


class StatesError(Exception):
    """An error of a state: what Retry, Catch and at last the execution see.

    Attributes:
        error: Its name; None where a callback gave none.
        cause: Its text; None where there is none.
        terminal: Whether neither Retry nor Catch is asked: the machine itself failed, not its work.
        of_branch: Whether it came up from a branch of a Parallel, which `States.BranchFailed` matches.
        missed_heartbeat: Whether it is a timeout because no heartbeat came, which `States.HeartbeatTimeout` matches.
    """

    def __init__(
        self,
        error: str | None,
        cause: str | None = None,
        *,
        terminal: bool = False,
        of_branch: bool = False,
        missed_heartbeat: bool = False,
    ) -> None:
        super().__init__(f"{error}: {cause}")
        self.error = error
        self.cause = cause
        self.terminal = terminal
        self.of_branch = of_branch
        self.missed_heartbeat = missed_heartbeat

    def matches(self, names: tuple[str, ...]) -> bool:
        """Whether an `ErrorEquals` matches.

        Source: Step Functions Developer Guide, "Handling errors in Step Functions workflows". That a Task's
        States.DataLimitExceeded is caught like any other: measured, test_states_errors of the recorded executions.
        That States.TaskFailed leaves out States.QueryEvaluationError: measured by the authors of sfnx.
        """
        if self.terminal:
            return False
        return any(self._is(name) for name in names)

    def _is(self, name: str) -> bool:
        if name == self.error or name == ALL:
            return True
        if name == TASK_FAILED:
            # Whatever failed: a task, a branch, a Fail state of a branch.
            return self.error not in (TIMEOUT, QUERY_EVALUATION)
        if name == HEARTBEAT_TIMEOUT:
            return self.missed_heartbeat
        if name == TIMEOUT:
            return self.error == HEARTBEAT_TIMEOUT
        return name == BRANCH_FAILED and self.of_branch


class Failure(StatesError):
    """An error that the interpreter finds in a state; its cause is told with the state and the event that entered it.

    Attributes:
        location: The field of a JSONata state, such as `Output/result`; None elsewhere.
        evaluation: Whether AWS records an EvaluationFailed event for it.
    """

    def __init__(
        self, error: str, message: str, *, location: str | None = None, evaluation: bool = False, plain: bool = False
    ) -> None:
        super().__init__(error, message, terminal=error in (RUNTIME, DATA_LIMIT))
        self.message = message
        self.location = location
        self.evaluation = evaluation
        self.plain = plain

    def told(self, state: str, entered: int) -> StatesError:
        """The error as the execution reports it."""
        if self.plain:
            return StatesError(self.error, self.message, terminal=self.terminal)
        where = f"the state '{state}' (entered at the event id #{entered})"
        cause = f"An error occurred while executing {where}. {self.message}"
        return StatesError(self.error, cause, terminal=self.terminal)


def runtime(message: str) -> Failure:
    """A States.Runtime error, which nothing can retry or catch."""
    return Failure(RUNTIME, message)


def evaluation(message: str, location: str | None) -> Failure:
    """A States.QueryEvaluationError of a field."""
    return Failure(QUERY_EVALUATION, message, location=location, evaluation=True)


def over_limit(what: str) -> Failure:
    """A payload beyond 262,144 bytes; `what` is the state, or the service a task called."""
    message = (
        f"The state/task '{what}' returned a result with a size exceeding the maximum number of bytes service limit."
    )
    return Failure(DATA_LIMIT, message, plain=True)


class SimulationError(Exception):
    """The simulation cannot go on, for a reason that no execution on AWS would have."""


class StepLimitExceeded(SimulationError):
    """More states were entered than `max_transitions` allows: most likely a loop without an end."""


class UnmockedTask(SimulationError):
    """A Task was reached for which the test gave no result."""


class InvalidInput(SimulationError):
    """An input that StartExecution refuses, so that there is no execution to simulate."""
