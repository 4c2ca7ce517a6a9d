"""One state at a time, as the TestState API answers: its output, where it leads, and what each field made of the data.

Source: Step Functions API reference, TestState; measured, the recorded TestState calls.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from attrs import field, frozen

from sfdsl.aws import resource as resources
from sfdsl.aws.resource import ServiceTask
from sfdsl.model.asl import read, read_state
from sfdsl.model.edges import edges
from sfdsl.model.states import ABSENT, Map, Opaque, Parallel, Pass, State, StateMachine, Task
from sfdsl.model.workflow import JSONPATH, Scope, walk
from sfdsl.simulate.code import Code, Edge, FlowCode, PassCode
from sfdsl.simulate.data import PathData
from sfdsl.simulate.distributed import DistributedCode
from sfdsl.simulate.engine import Action, Engine
from sfdsl.simulate.errors import TOLERATED, Failure, StatesError
from sfdsl.simulate.expectations import result_problems
from sfdsl.simulate.frames import Execution, Frame
from sfdsl.simulate.groups import MapCode, ParallelCode
from sfdsl.simulate.handlers import HandlingCode
from sfdsl.simulate.mocks import Mocks
from sfdsl.simulate.options import Options
from sfdsl.simulate.outcomes import Call, Result, TaskError
from sfdsl.simulate.paths import InvalidText
from sfdsl.simulate.program import Program, code
from sfdsl.simulate.tasks import TaskCode
from sfdsl.simulate.values import Json, kind

_MOCKABLE = ("Task", "Parallel", "Map")
_CONTEXT: Mapping[str, Mapping[str, str] | None] = {
    "Execution": {
        "Id": "string", "Input": "", "Name": "string", "RoleArn": "string", "StartTime": "string",
        "RedriveCount": "number", "RedriveTime": "string",
    },
    "State": {"EnteredTime": "string", "Name": "string", "RetryCount": "number"},
    "StateMachine": {"Id": "string", "Name": "string"},
    "Task": {"Token": "string"},
    "Map": None,
}  # fmt: skip
"""What a context object may hold: JSON types, and "" for any."""


class Refused(Exception):
    """A call that TestState refuses.

    Attributes:
        code: Name of the exception.
        message: Its text.
    """

    def __init__(self, message: str, code: str = "ValidationException") -> None:
        super().__init__(message)
        self.code = code
        self.message = message


@frozen(kw_only=True)
class Request:
    """The arguments of a TestState call.

    Attributes:
        definition: A state, or a whole machine.
        state_name: Which state of a machine, nested ones included; None is its first.
        input: Of the state; ABSENT is `{}`.
        level: INFO, DEBUG or TRACE; the answer to the latter two has `inspectionData`.
        role_arn: The role; needed for a Task that no mock plays.
        variables: Their values.
        context: The context object, whole; None for one that is made up.
        mock: `result` (JSON as text) or `errorOutput` (`error`, `cause`), and `fieldValidationMode` (STRICT, PRESENT or
            NONE).
        configuration: `retrierRetryCount`, `errorCausedByState`, `mapIterationFailureCount`, `mapItemReaderData`.
        reveal_secrets: Whether secrets are shown.
        tasks: Mocks for a Task without `mock`, as `sfdsl.simulate.mocks.Mocks` takes them.
    """

    definition: Json
    state_name: str | None = None
    input: Any = ABSENT
    level: str = "INFO"
    role_arn: str | None = None
    variables: Mapping[str, Json] = field(factory=dict)
    context: dict[str, Json] | None = None
    mock: Mapping[str, Any] | None = None
    configuration: Mapping[str, Any] = field(factory=dict)
    reveal_secrets: bool = False
    tasks: Mapping[str, Any] = field(factory=dict)


def inspect_state(request: Request) -> dict[str, Json]:
    """The answer of TestState: `status`, `output`, `nextState`, `error`, `cause`, `inspectionData`, as far as they are.

    Payloads are values, not text.

    Raises:
        Refused: AWS would not have run the state.
    """
    scope, state = _state(request)
    _check(request, state)
    try:
        inspection = _Inspection(request, state, code(scope, state))
    except InvalidText as wrong:
        raise Refused(str(wrong), "InvalidDefinition") from None
    return inspection.answer()


def _state(request: Request) -> tuple[Scope, State]:
    definition = request.definition
    if isinstance(definition, dict) and "States" in definition:
        machine = read(definition)
        name = request.state_name or machine.start_at
        for scope, state in walk(machine):
            if state.name == name:
                return scope, state
        raise Refused("State not found in definition")
    state = read_state(request.state_name or "StateName", definition)
    if isinstance(state, Opaque):
        raise Refused("The definition is no state", "InvalidDefinition")
    return Scope(flow=StateMachine(states=(state,)), query_language=JSONPATH), state


# -- what is refused --------------------------------------------------------------------------------------------------


def _check(request: Request, state: State) -> None:
    mock, type = request.mock, _type(state)
    if mock is None:
        if "mapIterationFailureCount" in request.configuration:
            raise Refused("TestState does not support MapIterationFailureCount when a mock is not specified.")
        if type in _MOCKABLE and request.role_arn is None:
            raise Refused(f"RoleArn must be specified when testing a {type} state")
    else:
        _check_mock(request, state, mock)
    if request.context is not None:
        _check_context(request.context, state)


def _check_mock(request: Request, state: State, mock: Mapping[str, Any]) -> None:
    if request.reveal_secrets:
        raise Refused("TestState does not support RevealSecrets when a mock is specified.")
    if "result" in mock and "errorOutput" in mock:
        raise Refused("A test mock should have only one of the following fields: [result, errorOutput].")
    if _type(state) not in _MOCKABLE:
        raise Refused(f"State type '{_type(state)}' is not supported when a mock is specified")
    if "result" not in mock:
        return
    result = _mocked(mock)
    if isinstance(state, Parallel):
        if not isinstance(result, list) or len(result) != len(state.branches):
            raise Refused("Mocked result must contain the same number of items as number of Parallel branches.")
    elif isinstance(state, Map):
        if state.result_writer is not None and not isinstance(result, dict):
            raise Refused("Mocked result must be a JSON object.")
        if state.result_writer is None and not isinstance(result, list):
            raise Refused("Mocked result must be an array.")
    elif isinstance(state, Task) and state.resource is not None:
        mode = mock.get("fieldValidationMode", "STRICT")
        if mode != "NONE":
            for problem in result_problems(state.resource, result, required=mode == "STRICT"):
                raise Refused(f"Mock result schema validation error: {problem}")


def _mocked(mock: Mapping[str, Any]) -> Json:
    try:
        return json.loads(mock["result"])
    except ValueError:
        raise Refused("Mocked result must be valid JSON") from None


def _check_context(context: dict[str, Json], state: State) -> None:
    wrong = "Invalid Context object provided: "
    for part, told in context.items():
        if part not in _CONTEXT:
            raise Refused(f"{wrong}Field '{part}' is not allowed")
        fields = _CONTEXT[part]
        if fields is None:
            raise Refused(f"{wrong}'{part}' field is not supported when mocking a Context object")
        if part == "Task" and not _waits(state):
            pattern = "'.sync' or '.waitForTaskToken' service integration pattern"
            raise Refused(f"{wrong}Context object contains 'Task' when state is not a Task state with a {pattern}")
        for name, value in told.items() if isinstance(told, dict) else ():
            if name not in fields:
                raise Refused(f"{wrong}Field '{name}' is not allowed")
            if fields[name] and kind(value) != fields[name]:
                raise Refused(f"{wrong}{part}.{name} must be a {fields[name]}")


def _waits(state: State) -> bool:
    if not isinstance(state, Task) or state.resource is None:
        return False
    parsed = resources.parse(state.resource)
    return isinstance(parsed, ServiceTask) and parsed.pattern.waits


def _type(state: State) -> str:
    return type(state).__name__


# -- the answer -------------------------------------------------------------------------------------------------------


class _Inspection:
    """One call under way."""

    def __init__(self, request: Request, state: State, compiled: Code) -> None:
        self.request = request
        self.state = state
        self.code = compiled
        self.data: dict[str, Json] = {}
        input = {} if request.input is ABSENT else request.input
        options = Options(tasks=Mocks(request.tasks), context=request.context, role_arn=request.role_arn or "")
        flow = FlowCode()
        flow.start = compiled
        # What the state leads to need not be there: each of them is played by a Pass.
        flow.states = {edge.target: PassCode(Pass(name=edge.target), False) for edge in edges(state)}
        compiled.link(state, flow)
        self.engine = _Probe(Program("StateMachineName", flow, True, None), options)
        arn = f"{options.arn_prefix}:express:{self.engine.machine_name}:{options.name}"
        execution = Execution(options.name, arn, True, input, 0.0)
        execution.fixed_context = request.context
        self.frame = Frame(self.engine, execution, flow, input)
        self.frame.variables = dict(request.variables)
        self.frame.entered = 1
        self.frame.attempt = int(request.configuration.get("retrierRetryCount", 0))
        token = (request.context or {}).get("Task", {}).get("Token")
        self.frame.token = token if token is not None else "token" if _waits(state) else None
        self.data["input"] = input

    def answer(self) -> dict[str, Json]:
        try:
            told = self._run()
        except StatesError as error:
            told = self._failed(error)
        if self.request.level != "INFO":
            told["inspectionData"] = self.data
        return told

    def _run(self) -> dict[str, Json]:
        state = self.code
        if not isinstance(state, TaskCode | ParallelCode | MapCode | PassCode):
            return self._simple()
        data = state.data
        if isinstance(state, PassCode) and not isinstance(data, PathData):
            return self._simple()
        if isinstance(data, PathData):
            effective = data.effective(self.frame)
            literal = isinstance(state, PassCode) and state.result is not ABSENT
            if not literal and not isinstance(state, ParallelCode):
                self.data["afterInputPath"] = effective
            result = self._result(state, effective)
            self._after_result(data, result, literal or isinstance(state, TaskCode))
        else:
            result = self._result(state, self.frame.input)
        output, _ = data.finish(self.frame, result)
        return self._succeeded(output, getattr(self.state, "next", None))

    def _simple(self) -> dict[str, Json]:
        """A state whose work is no more than its data flow: run it, and see what it hands on."""
        if self.code.type in ("Choice", "Fail", "Succeed", "Wait"):
            self._after_input_path()
        self.code.run(self.engine, self.frame)
        return self._succeeded(*self.engine.handed)

    def _after_input_path(self) -> None:
        data = getattr(self.code, "data", None)
        if isinstance(data, PathData):
            self.data["afterInputPath"] = data.effective(self.frame)
        elif data is None:  # a Fail in JSONPath, which has no such field and is told as if it had
            self.data["afterInputPath"] = self.frame.input

    def _after_result(self, data: PathData, result: Json, told: bool) -> None:
        if told:
            self.data["result"] = result
        selected = result if data.result_selector is None else data.result_selector(result, self.frame)
        self.data["afterResultSelector"] = selected
        merged = selected if data.result_path is None else data.result_path(self.frame.input, selected)
        self.data["afterResultPath"] = merged

    def _result(self, state: TaskCode | ParallelCode | MapCode | PassCode, effective: Json) -> Json:
        """What the state's work gives."""
        if isinstance(state, PassCode):
            if state.result is not ABSENT:
                return state.result
            return self._arguments(state, effective)
        mock = self.request.mock
        if isinstance(state, TaskCode):
            arguments = self._arguments(state, effective)
            if mock is None:
                return self._called(state, arguments)
        elif isinstance(state, MapCode):
            self._map(state, effective)
        assert mock is not None
        if "errorOutput" in mock:
            raise StatesError(mock["errorOutput"].get("error"), mock["errorOutput"].get("cause"))
        return _mocked(mock)

    def _arguments(self, state: TaskCode | PassCode, effective: Json) -> Json:
        data = state.data
        arguments = data.arguments(self.frame, effective)
        if isinstance(data, PathData):
            self.data["afterParameters"] = arguments
        elif isinstance(state, TaskCode):
            self.data["afterArguments"] = arguments
        return arguments

    def _called(self, state: TaskCode, arguments: Json) -> Json:
        call = Call(state=state.name, resource=state.resource, arguments=arguments, input=self.frame.input)
        outcome = self.engine.tasks.answer(call)
        if isinstance(outcome, TaskError):
            raise StatesError(outcome.error, outcome.cause)
        return outcome.value if isinstance(outcome, Result) else None

    def _map(self, state: MapCode, effective: Json) -> None:
        data, frame = state.data, self.frame
        limit = int(state.concurrency.value(data, frame, effective, 0))
        reads = isinstance(state, DistributedCode) and state.reading is not None
        given = self.request.configuration.get("mapItemReaderData")
        items = json.loads(given) if reads and given is not None else [] if reads else state.array(frame, effective)
        if isinstance(data, PathData):
            self.data["afterItemsPath"] = items
        self.data["maxConcurrency"] = limit
        if isinstance(state, DistributedCode):
            self._tolerance(state, effective, items)

    def _tolerance(self, state: DistributedCode, effective: Json, items: list[Json]) -> None:
        data, frame = state.data, self.frame
        count = state.count.value(data, frame, effective, 0) if state.count.given else None
        percentage = state.percentage.value(data, frame, effective, 0) if state.percentage.given else None
        if count is not None:
            self.data["toleratedFailureCount"] = int(count)
        if percentage is not None:
            self.data["toleratedFailurePercentage"] = float(percentage)
        failures = self.request.configuration.get("mapIterationFailureCount", 0)
        if failures > len(items):
            raise Refused("Map iteration failure count must be less than or equal to the number of Map iterations")
        over = count is not None and failures > count
        if over or (percentage is not None and 100 * failures > percentage * len(items)):
            raise StatesError(TOLERATED, "The specified tolerated failure threshold was exceeded")

    def _succeeded(self, output: Json, following: str | None) -> dict[str, Json]:
        told: dict[str, Json] = {"status": "SUCCEEDED", "output": output}
        return told | ({"nextState": following} if following is not None else {})

    def _failed(self, error: StatesError) -> dict[str, Json]:
        told: dict[str, Json] = {"error": error.error, "cause": error.cause}
        if isinstance(error, Failure):
            told["cause"] = error.message  # without the state and its event: there is no execution
        told = {key: value for key, value in told.items() if value is not None}
        state = self.code
        if isinstance(state, HandlingCode) and not error.terminal:
            for place, retrier in enumerate(state.retriers):
                if not error.matches(retrier.names):
                    continue
                self.data["errorDetails"] = {"retryIndex": place}
                if self.frame.attempt < retrier.attempts:
                    wait = retrier.delay(self.frame.attempt + 1)
                    self.data["errorDetails"]["retryBackoffIntervalSeconds"] = int(wait)
                    return {"status": "RETRIABLE", **told}
                break
            for place, catcher in enumerate(state.catchers):
                if error.matches(catcher.names):
                    self.data["errorDetails"] = {"catchIndex": place}
                    output, _ = catcher.caught.finish(self.frame, error)
                    return {"status": "CAUGHT_ERROR", **told, "output": output, "nextState": catcher.written.next}
        return {"status": "FAILED", **told}


class _Probe(Engine):
    """An engine that notes with what a state is left, and where to, and goes no further."""

    handed: tuple[Json, str | None] = (None, None)

    def leave(self, frame: Frame, output: Json, assigned: dict[str, Json] | None, to: Code | None, edge: Edge) -> bool:
        self.handed = (output, None if to is None else to.name)
        return False

    def later(self, delay: float, frame: Frame, action: Action) -> None:
        action(self, frame)
