"""Task states: what is called, when it ends, and what the history tells of it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from sfdsl.aws import resource as resources
from sfdsl.aws.resource import Activity, LambdaFunction, Malformed, ServiceTask, Unresolved
from sfdsl.model.states import ABSENT, Task
from sfdsl.simulate.data import Data, PathData, QueryData
from sfdsl.simulate.errors import DATA_LIMIT, TIMEOUT, StatesError, over_limit, runtime
from sfdsl.simulate.frames import MAX_PAYLOAD
from sfdsl.simulate.handlers import HandlingCode
from sfdsl.simulate.outcomes import Call, Called, NoAnswer, Outcome, Result, TaskError
from sfdsl.simulate.paths import InvalidText, path, template, unfilled
from sfdsl.simulate.queries import query, typed
from sfdsl.simulate.values import Json, is_number, size, text

if TYPE_CHECKING:
    from sfdsl.simulate.engine import Engine
    from sfdsl.simulate.frames import Frame


class TaskCode(HandlingCode):
    """A Task."""

    type = "Task"

    def __init__(self, state: Task, jsonata: bool) -> None:
        super().__init__(state, jsonata)
        if state.resource is None:
            raise InvalidText(f"state {state.name!r} has no Resource")
        self.resource = state.resource
        self.data: Data
        fields = (state.timeout_seconds, state.heartbeat_seconds, state.credentials)
        self.data = QueryData(state, *fields) if jsonata else PathData(state)
        self.told = told_of(resources.parse(state.resource))
        self.timeout = _Seconds("TimeoutSeconds", state.timeout_seconds, state.timeout_seconds_path, jsonata)
        self.heartbeat = _Seconds("HeartbeatSeconds", state.heartbeat_seconds, state.heartbeat_seconds_path, jsonata)
        self.credentials: Any = None
        if state.credentials is not ABSENT:
            self.credentials = query(state.credentials, "Credentials") if jsonata else template(state.credentials)
        self.limited = self.timeout.given or self.heartbeat.given or self.credentials is not None

    def begin(self, engine: Engine, frame: Frame) -> bool:
        data, told = self.data, self.told
        if told.token:
            frame.token = engine.token()
        effective = data.effective(frame)
        timeout = heartbeat = credentials = None
        if self.limited:
            timeout = self.timeout.value(data, frame, effective)
            heartbeat = self.heartbeat.value(data, frame, effective)
            credentials = self._credentials(frame, effective)
        arguments = data.arguments(frame, effective)
        if arguments is not frame.input and size(arguments) > MAX_PAYLOAD:
            raise over_limit(self.name)
        details: dict[str, Any] = {told.given: arguments, **told.names}
        if timeout is not None:
            details["timeoutInSeconds"] = timeout
        if heartbeat is not None:
            details["heartbeatInSeconds"] = heartbeat
        if credentials is not None:
            details["taskCredentials"] = {"roleArn": credentials.get("RoleArn")}
        engine.record(frame, f"{told.kind}Scheduled", details)
        engine.record(frame, f"{told.kind}Started", told.started)
        count = engine.counts.get(self.name, 0) + 1
        engine.counts[self.name] = count
        call = Call(
            state=self.name,
            resource=self.resource,
            arguments=arguments,
            attempt=frame.attempt + 1,
            count=count,
            iteration=frame.iteration,
            input=frame.input,
            context=frame.context() if engine.tasks.wants_context else {},
            token=frame.token,
            credentials=credentials,
            time=engine.now,
        )
        outcome = engine.tasks.answer(call)
        if told.submits:
            engine.record(frame, f"{told.kind}Submitted", {**told.names, "output": outcome.submitted})
        missed, due = _due(outcome, timeout, heartbeat)
        if due is None:
            return False  # only the end of the execution ends it
        if missed is not None:
            end = partial(self._timed_out, call=call, missed_heartbeat=missed)
        else:
            end = partial(self._ended, call=call, outcome=outcome)
        if due > 0:
            engine.later(due, frame, end)
        elif engine.busy:
            engine.queue(frame, end)
        else:
            return end(engine, frame)
        return False

    def _credentials(self, frame: Frame, effective: Json) -> Any:
        if self.credentials is None:
            return None
        if isinstance(self.data, QueryData):
            return self.credentials(frame, self.data.states(frame))
        return self.credentials(effective, frame)

    def _ended(self, engine: Engine, frame: Frame, *, call: Call, outcome: Outcome) -> bool:
        told = self.told
        if isinstance(outcome, Result):
            result = outcome.value
            if size(result) <= MAX_PAYLOAD:
                engine.called(_called(call, result=result))
                engine.record(frame, f"{told.kind}Succeeded", {**told.names_after, "output": result})
                output, assigned = self.data.finish(frame, result)
                return engine.leave(frame, output, assigned, self.next, self.edge)
            # Fails the task, not the execution: measured, test_states_errors of the recorded executions.
            failure = over_limit(told.short)
            error = StatesError(DATA_LIMIT, failure.message)
        else:
            assert isinstance(outcome, TaskError)
            error = StatesError(outcome.error, outcome.cause)
        engine.called(_called(call, error=error.error, cause=error.cause, failed=True))
        engine.record(frame, f"{told.kind}Failed", {**told.names_after, "error": error.error, "cause": error.cause})
        return engine.failed(frame, error)

    def _timed_out(self, engine: Engine, frame: Frame, *, call: Call, missed_heartbeat: bool) -> bool:
        engine.called(_called(call, error=TIMEOUT, failed=True))
        engine.record(frame, f"{self.told.kind}TimedOut", {**self.told.names_after, "error": TIMEOUT})
        return engine.failed(frame, StatesError(TIMEOUT, missed_heartbeat=missed_heartbeat))


class Told:
    """How the history speaks of a resource.

    Attributes:
        kind: What its events begin with: `Task`, `LambdaFunction`, `Activity`.
        given: Which detail of the Scheduled event holds the arguments.
        names: Details of the Scheduled and Submitted events that name the resource.
        names_after: The same for the events of its end.
        started: Details of the Started event.
        submits: Whether there is a Submitted event: a job or a callback.
        token: Whether the task has a token.
        short: What the cause of a result beyond the limit calls it.
    """

    __slots__ = ("given", "kind", "names", "names_after", "short", "started", "submits", "token")

    def __init__(self, kind: str, given: str, names: dict[str, str], short: str) -> None:
        self.kind = kind
        self.given = given
        self.names = names
        self.names_after: dict[str, str] = {}
        self.started: dict[str, str] = {}
        self.submits = False
        self.token = False
        self.short = short


def told_of(resource: resources.Resource) -> Told:
    """How the history speaks of a resource.

    Source: measured, the recorded histories; a resource hidden by a placeholder is told as a service's.
    """
    match resource:
        case LambdaFunction():
            return Told("LambdaFunction", "input", {"resource": resource.text}, resource.text)
        case Activity():
            told = Told("Activity", "input", {"resource": resource.text}, resource.text)
            told.token = True
            return told
        case ServiceTask():
            service = f"aws-sdk:{resource.service}" if resource.sdk else resource.service
            told = Told(
                "Task", "parameters", {"resourceType": service, "resource": resource.api + resource.suffix}, service
            )
            told.submits = resource.pattern.waits
            # A job has one as well: measured, test_sync_with_task_token of the recorded executions.
            told.token = resource.pattern.waits
        case Unresolved():
            told = Told("Task", "parameters", {"resourceType": "unknown", "resource": resource.text}, resource.text)
        case Malformed():
            raise InvalidText(f"Resource {resource.text!r} {resource.reason}")
    told.names_after = told.started = told.names
    return told


class _Seconds:
    """TimeoutSeconds or HeartbeatSeconds, in any of its forms."""

    __slots__ = ("constant", "name", "path", "query", "written")

    def __init__(self, name: str, value: Any, written: str | None, jsonata: bool) -> None:
        self.name = name
        self.written = written
        self.constant: float | None = None
        self.query = self.path = None
        if isinstance(value, int | float):
            self.constant = value
        elif isinstance(value, str):
            if not jsonata:
                raise InvalidText(f"{name} must be a number, not {value!r}{unfilled(value)}")
            self.query = typed(value, name, "number")
        elif written is not None:
            self.path = path(written)

    @property
    def given(self) -> bool:
        """Whether the field is there."""
        return self.constant is not None or self.query is not None or self.path is not None

    def value(self, data: Data, frame: Frame, effective: Json) -> float | None:
        """Seconds, or None where there is no limit."""
        if self.constant is not None:
            return self.constant
        if self.query is not None and isinstance(data, QueryData):
            return int(self.query(frame, data.states(frame)))
        if self.path is not None:
            found = self.path(effective, frame)
            if not is_number(found) or isinstance(found, float) or found < 1:
                refers = f"The {self.name}Path field refers to value {text(found)}"
                raise runtime(f"{refers} which is not a valid integer: {self.written}")
            return int(found)
        return None


def _due(outcome: Outcome, timeout: float | None, heartbeat: float | None) -> tuple[bool | None, float | None]:
    """When a call ends, in seconds from its start, and whether it timed out.

    The first part is None where it ends by itself, True for a missed heartbeat, False for the timeout; the second None
    where it never ends.
    """
    after = float("inf") if isinstance(outcome, NoAnswer) else outcome.after
    limits: list[tuple[float, bool]] = []
    if timeout is not None and timeout < after:
        limits.append((timeout, False))
    if heartbeat is not None and outcome.heartbeats is not None:
        last = 0.0
        for beat in sorted(beat for beat in outcome.heartbeats if beat <= after):
            if beat - last > heartbeat:
                break
            last = beat
        if last + heartbeat < after:
            limits.append((last + heartbeat, True))
    if limits:
        due, missed = min(limits)
        return missed, due
    return None, None if after == float("inf") else after


def _called(call: Call, **end: Any) -> Called:
    return Called(call.state, call.resource, call.arguments, call.attempt, call.iteration, call.time, **end)
