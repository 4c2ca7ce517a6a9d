"""The interpreter: a queue of what is due, ordered by virtual time and then by the order in which it was queued."""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Callable
from datetime import datetime
from heapq import heappop, heappush
from typing import TYPE_CHECKING, Any, TypeAlias
from uuid import UUID

from sfdsl.aws import quotas
from sfdsl.simulate.code import Code, Edge
from sfdsl.simulate.errors import (
    DATA_LIMIT,
    RUNTIME,
    TIMEOUT,
    Failure,
    SimulationError,
    StatesError,
    StepLimitExceeded,
    over_limit,
    runtime,
)
from sfdsl.simulate.frames import MAX_PAYLOAD, MAX_VARIABLES, Execution, Frame, Group
from sfdsl.simulate.handlers import HandlingCode
from sfdsl.simulate.history import Event, iso
from sfdsl.simulate.objects import Objects
from sfdsl.simulate.outcomes import Called
from sfdsl.simulate.values import Json, NotFinite, TooDeep, size

if TYPE_CHECKING:
    from sfdsl.simulate.options import Options
    from sfdsl.simulate.program import Program

Action: TypeAlias = "Callable[[Engine, Frame], bool]"
"""Some work of a frame; whether the frame can go on at once, into `frame.state`."""

MAX_DURATION = {False: float(quotas.STANDARD_SECONDS.limit), True: float(quotas.EXPRESS_SECONDS.limit)}
"""Seconds an execution may take, by whether it is Express."""


class _HistoryFull(Exception):
    """An execution has reached the quota of its history."""

    def __init__(self, execution: Execution) -> None:
        super().__init__()
        self.execution = execution


class Engine:
    """One simulation.

    Attributes:
        now: Seconds since it began.
        path: Names of the states entered, in order.
        taken: How often each way between states was taken.
        calls: What Tasks called, in the order in which that ended.
        counts: How often each Task has called.
        transitions: How many states were entered.
    """

    def __init__(self, program: Program, options: Options) -> None:
        self.program = program
        self.options = options
        self.tasks = options.tasks
        self.now = 0.0
        self.start: datetime = options.start
        self.started_at = options.start.timestamp()
        self.machine_name = program.name
        self.machine_arn = f"{options.arn_prefix}:stateMachine:{program.name}"
        self.role_arn = options.role_arn
        self.random = random.Random(options.seed)
        self.path: list[str] = []
        self.taken: dict[Edge, int] = {}
        self.transitions = 0
        self.listener = options.listener
        self.objects: Objects = options.objects
        self.calls: list[Called] = []
        self.called = self.calls.append
        self.counts: dict[str, int] = {}
        self._limit = options.max_transitions
        self._ready: deque[tuple[Frame, int, Action]] = deque()
        self._later: list[tuple[float, int, Frame, int, Action]] = []
        self._queued = 0
        self._tokens = 0
        self._max_events = options.max_events
        self._iso: tuple[float, str] = (-1.0, "")

    # -- the life of an execution ---------------------------------------------------------------------------------

    def run(self, input: Json) -> Execution:
        """Run the machine from its start to its end."""
        program = self.program
        kind = "express" if program.express else "execution"
        arn = f"{self.options.arn_prefix}:{kind}:{program.name}:{self.options.name}"
        if program.express:
            arn += f":{self.uuid()}"  # names of Express executions need not be unique
        execution = Execution(self.options.name, arn, program.express, input, 0.0)
        if self.options.context is not None:
            execution.fixed_context = self.options.context
        frame = self.begin(execution, program.flow, program.timeout)
        frame.variables = dict(self.options.variables)
        frame.sizes = {name: size(value) for name, value in frame.variables.items()}
        ready, later = self._ready, self._later
        while execution.status == "RUNNING":
            if ready:
                frame, serial, action = ready.popleft()
            elif later:
                self.now, _, frame, serial, action = heappop(later)
            else:
                raise SimulationError("nothing is left to do, and the execution has not ended")
            if frame.serial == serial or serial < 0:
                try:
                    self._work(frame, action)
                except _HistoryFull as full:
                    self._history_full(full.execution)
        later.clear()
        return execution

    def begin(self, execution: Execution, flow: Any, timeout: float | None) -> Frame:
        """Queue the start of an execution.

        `timeout` is in seconds; None is no limit but that of its type.
        """
        frame = Frame(self, execution, flow, execution.input)
        execution.root = frame
        self.record(frame, "ExecutionStarted", {"input": execution.input, "roleArn": self.role_arn})
        frame.last = 0  # AWS names no event before the first state. Source: measured, all recorded executions.
        limit = MAX_DURATION[execution.express]
        limit = limit if timeout is None else min(limit, timeout)
        self._push(limit, frame, -1, _time_out)
        self.queue(frame, enter)
        return frame

    def end(self, execution: Execution, status: str, output: Json = None, error: StatesError | None = None) -> None:
        """End an execution and tell the Map Run that started it."""
        frame = execution.root
        assert frame is not None
        frame.serial += 1
        execution.status = status
        execution.stopped = self.now
        details: dict[str, Any] = {}
        if status == "SUCCEEDED":
            execution.output = output
            details = {"output": output}
        elif error is not None:
            execution.error = (error.error, error.cause)
            details = {"error": error.error, "cause": error.cause}
        kind = {"SUCCEEDED": "Succeeded", "FAILED": "Failed", "TIMED_OUT": "TimedOut", "ABORTED": "Aborted"}[status]
        events = execution.events
        events.append(Event(len(events) + 1, frame.last, self.now, f"Execution{kind}", details))
        if execution.parent is not None:
            execution.map_run.child_ended(self, execution)
        # Without this and what is still queued, no frame refers to itself, and all of them go without the collector.
        execution.root = None

    def _history_full(self, execution: Execution) -> None:
        # Which error this is: assumed. The text is AWS's, as users report it.
        root = execution.root
        assert root is not None
        self.abort(root, recorded=False)
        cause = f"The execution reached the maximum number of history events ({self._max_events})."
        self.end(execution, "FAILED", error=StatesError(RUNTIME, cause, terminal=True))

    # -- the queue ------------------------------------------------------------------------------------------------

    def queue(self, frame: Frame, action: Action) -> None:
        """Do something as soon as what is queued before it is done."""
        self._ready.append((frame, frame.serial, action))

    @property
    def busy(self) -> bool:
        """Whether other flows have something to do at this moment."""
        return bool(self._ready)

    def later(self, delay: float, frame: Frame, action: Action) -> None:
        """Do something after some seconds, unless the frame goes on or ends before."""
        if delay > 0:
            self._push(delay, frame, frame.serial, action)
        else:
            self.queue(frame, action)

    def _push(self, delay: float, frame: Frame, serial: int, action: Action) -> None:
        self._queued += 1
        heappush(self._later, (self.now + delay, self._queued, frame, serial, action))

    def _work(self, frame: Frame, action: Action) -> None:
        ready = self._ready
        while True:
            try:
                going = action(self, frame)
            except StatesError as error:
                going = self.failed(frame, error)
            except (TooDeep, RecursionError):
                going = self.failed(frame, runtime("A payload has too many arrays and objects inside each other."))
            except (NotFinite, OverflowError):
                going = self.failed(frame, runtime("A number is too large."))
            if not going:
                return
            if ready:
                ready.append((frame, frame.serial, enter))
                return
            action = enter

    # -- what states do -------------------------------------------------------------------------------------------

    def record(self, frame: Frame, type: str, details: dict[str, Any], *, advance: bool = True) -> int:
        """Write an event into the history of the frame's execution.

        With `advance` the flow's next event names this one as its previous.
        """
        execution = frame.execution
        events = execution.events
        id = len(events) + 1
        if id >= self._max_events and not execution.express:
            raise _HistoryFull(execution)
        events.append(Event(id, frame.last, self.now, type, details))
        if advance:
            frame.last = id
        return id

    def leave(self, frame: Frame, output: Json, assigned: dict[str, Json] | None, to: Code | None, edge: Edge) -> bool:
        """Leave a state with its output; whether the flow goes on."""
        state = frame.state
        if output is not frame.input and size(output) > MAX_PAYLOAD:
            raise over_limit(state.name)
        details: dict[str, Any] = {"name": state.name, "output": output}
        if assigned is not None:
            self._assign(frame, assigned)
            details["assigned"] = assigned
        self.record(frame, state.exited_type, details)
        frame.inside = False
        frame.work = None
        if self.listener is not None:
            self.listener.left(self, frame, output)
        if to is None:
            self.flow_ended(frame, output)
            return False
        self.taken[edge] = self.taken.get(edge, 0) + 1
        frame.state = to
        frame.input = output
        return True

    def _assign(self, frame: Frame, assigned: dict[str, Json]) -> None:
        sizes = {name: size(value) for name, value in assigned.items()}
        frame.variables = {**frame.variables, **assigned}
        frame.sizes = {**frame.sizes, **sizes}
        # Which text AWS gives then: assumed.
        if sum(sizes.values()) > MAX_PAYLOAD:
            raise Failure(
                DATA_LIMIT, "The size of the assigned variables exceeds the maximum number of bytes service limit."
            )
        if sum(frame.sizes.values()) > MAX_VARIABLES:
            raise Failure(DATA_LIMIT, "The size of all variables exceeds the maximum number of bytes service limit.")

    def failed(self, frame: Frame, error: StatesError) -> bool:
        """A state failed: retry it, hand the error to a catcher, or end the flow; whether the flow goes on."""
        state = frame.state
        if isinstance(error, Failure):
            error = self._told(frame, error)
        if isinstance(state, HandlingCode) and not error.terminal:
            due = state.retry(frame, error)
            if due is not None:
                retrier, attempt = due
                delay = retrier.delay(attempt)
                if retrier.jitter:
                    delay = self.random.uniform(0, delay)
                frame.attempt += 1
                frame.work = None
                if self.listener is not None:
                    self.listener.retries(self, frame, error, delay)
                self.later(delay, frame, state.begin)
                return False
            catcher = state.catcher(error)
            if catcher is not None:
                state.failed_event(self, frame)
                if self.listener is not None:
                    self.listener.caught(self, frame, error)
                try:
                    return catcher.take(self, frame, error)
                except Failure as failure:
                    error = self._told(frame, failure)
                self.flow_failed(frame, error)
                return False
        state.failed_event(self, frame)
        self.flow_failed(frame, error)
        return False

    def _told(self, frame: Frame, failure: Failure) -> StatesError:
        error = failure.told(frame.state.name, frame.entered)
        if failure.evaluation:
            details = {"error": error.error, "cause": error.cause, "state": frame.state.name}
            if failure.location is not None:
                details["location"] = failure.location
            if frame.last == frame.entered and not frame.state.after_entering:
                frame.last = frame.before  # measured, all recorded EvaluationFailed events
            self.record(frame, "EvaluationFailed", details)
        return error

    # -- the end of flows -----------------------------------------------------------------------------------------

    def flow_ended(self, frame: Frame, output: Json) -> None:
        """A flow reached its end."""
        frame.serial += 1
        group = frame.group
        if group is None:
            self.end(frame.execution, "SUCCEEDED", output)
        else:
            group.state.flow_ended(self, group, frame, output)

    def flow_failed(self, frame: Frame, error: StatesError) -> None:
        """A flow ended with an error that nothing in it caught."""
        frame.serial += 1
        if self.listener is not None:
            self.listener.failed(self, frame, error)
        group = frame.group
        if group is None:
            self.end(frame.execution, "FAILED", error=error)
            return
        # Queued, not done at once: what other flows have due at this moment still happens, as it would side by side.
        self.queue(group.owner, lambda engine, owner: group.state.flow_failed(engine, group, frame, error))

    def abort(self, frame: Frame, *, recorded: bool = True) -> None:
        """Stop a flow and all that runs inside it."""
        frame.serial += 1
        state = frame.state
        if isinstance(frame.work, Group):
            frame.work.state.abort_group(self, frame.work, recorded)
        if recorded and frame.inside and state.type in _ABORTABLE:
            self.record(frame, f"{state.type}StateAborted", {}, advance=False)
        frame.inside = False

    def uuid(self) -> str:
        """A new identifier of a child execution or Map Run; the same seed gives the same ones."""
        return str(UUID(int=self.random.getrandbits(128), version=4))

    def token(self) -> str:
        """A new task token."""
        self._tokens += 1
        return f"token-{self._tokens}"

    def iso(self, seconds: float) -> str:
        """A moment of the simulation as AWS writes it."""
        if self._iso[0] != seconds:
            self._iso = (seconds, iso(self.start, seconds))
        return self._iso[1]


_ABORTABLE = frozenset({"Task", "Wait", "Parallel", "Map"})


def enter(engine: Engine, frame: Frame) -> bool:
    """Enter the frame's state and do its work."""
    engine.transitions += 1
    if engine.transitions > engine._limit:
        _too_many(engine)
    state = frame.state
    frame.entered_at = engine.now
    frame.before = frame.last
    frame.attempt = 0
    if frame.retries:
        frame.retries = {}
    frame.token = None
    engine.path.append(state.name)
    frame.inside = True
    frame.entered = engine.record(frame, state.entered_type, {"name": state.name, "input": frame.input})
    if engine.listener is not None:
        engine.listener.entered(engine, frame)
    return state.run(engine, frame)


def _too_many(engine: Engine) -> None:
    last = ", ".join(engine.path[-6:])
    raise StepLimitExceeded(
        f"{engine._limit} states were entered and the execution has not ended; the last were {last}. "
        "Is there a loop without an end? Raise max_transitions if there is not."
    )


def _time_out(engine: Engine, frame: Frame) -> bool:
    execution = frame.execution
    if execution.status == "RUNNING":
        engine.abort(frame)
        # DescribeExecution names no error then. Source: measured, test_global_timeout of the recorded executions.
        error = StatesError(TIMEOUT) if execution.express or execution.parent is not None else None
        engine.end(execution, "TIMED_OUT", error=error)
    return False
