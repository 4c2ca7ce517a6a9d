"""Other interpreters, for a second opinion: moto's for JSONPath, sfnx's for JSONata. Both answer the same machines."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

from attrs import frozen

from tests.simulate.machines import Case

Json = Any


@frozen
class Opinion:
    """How an execution ends.

    Attributes:
        error: None where it ended well; so `output` where it did not.
        states: Entered, in order.
        raced: Whether a branch or iteration failed beside others.
    """

    status: str
    output: Json = None
    error: str | None = None
    cause: str | None = None
    states: tuple[str, ...] = ()
    raced: bool = False


def moto(case: Case) -> Opinion:
    """What moto's interpreter (LocalStack's) makes of a case, without its API around it."""
    return moto_program(case.definition)(case)


def moto_program(definition: Json) -> Callable[[Case], Opinion]:
    """moto's interpreter for one definition, parsed once."""
    from moto.stepfunctions.parser.asl.parse.asl_parser import AmazonStateLanguageParser

    program = AmazonStateLanguageParser.parse(json.dumps(definition))[0]
    return lambda case: _moto(program, case)


def _moto(program: Any, case: Case) -> Opinion:
    from moto.stepfunctions.parser.api import HistoryEventType
    from moto.stepfunctions.parser.asl.component.common.retry import retrier_decl
    from moto.stepfunctions.parser.asl.eval.environment import Environment
    from moto.stepfunctions.parser.asl.eval.evaluation_details import AWSExecutionDetails
    from moto.stepfunctions.parser.asl.eval.event.event_manager import EventHistoryContext
    from moto.stepfunctions.parser.asl.eval.program_state import ProgramEnded
    from moto.stepfunctions.parser.asl.eval.states import ContextObjectData, ExecutionData, StateMachineData

    arn = "arn:aws:states:us-east-1:123456789012"
    role = "arn:aws:iam::123456789012:role/simulated"
    environment = Environment(
        aws_execution_details=AWSExecutionDetails(account="123456789012", region="us-east-1", role_arn=role),
        execution_type="STANDARD",
        context=ContextObjectData(
            Execution=ExecutionData(
                Id=f"{arn}:execution:machine:simulated", Input=json.loads(json.dumps(case.input)), Name="simulated",
                RoleArn=role, StartTime="2026-01-01T00:00:00.000Z",
            ),
            StateMachine=StateMachineData(Id=f"{arn}:stateMachine:machine", Name="machine"),
        ),
        event_history_context=EventHistoryContext.of_program_start(),
        cloud_watch_logging_session=None,
        activity_store={},
        mock_test_case=_moto_mocks(case),
    )  # fmt: skip
    sleeping, retrier_decl.time.sleep = retrier_decl.time.sleep, lambda seconds: None
    try:
        program.eval(environment)
    finally:
        retrier_decl.time.sleep = sleeping
    state = environment.program_state()
    events = environment.event_manager.get_event_history()
    entered = tuple(
        event["stateEnteredEventDetails"]["name"] for event in events if str(event["type"]).endswith("StateEntered")
    )
    if isinstance(state, ProgramEnded):
        return Opinion("SUCCEEDED", environment.states.get_input(), states=entered)
    failed = next(event for event in reversed(events) if event["type"] == HistoryEventType.ExecutionFailed)
    details = failed["executionFailedEventDetails"]
    return Opinion("FAILED", None, details.get("error"), details.get("cause"), entered)


def _moto_mocks(case: Case) -> Any:
    from moto.stepfunctions.parser.mocking import mock_config

    def response(place: int, last: int, end: dict[str, Json]) -> Any:
        if "error" in end:
            return mock_config.MockedResponseThrow(place, last, end["error"], end["cause"])
        return mock_config.MockedResponseReturn(place, last, end["return"])

    states = []
    for state, ends in case.tasks.items():
        several = [response(place, place, end) for place, end in enumerate(ends[:-1])]
        several.append(response(len(ends) - 1, 5000, ends[-1]))
        states.append(mock_config.StateMockedResponses(state, state, several))
    return mock_config.MockTestCase("machine", "drawn", states)


def sfnx(case: Case) -> Opinion:
    """What sfnx's interpreter makes of a case."""
    from sfnx import testing

    used: dict[str, int] = {}

    def answer(call: Any) -> Json:
        ends = case.tasks[call.state]
        place = used.get(call.state, 0)
        used[call.state] = place + 1
        end = ends[min(place, len(ends) - 1)]
        if "error" in end:
            raise testing.Failure(end["error"], end["cause"])
        return end["return"]

    done = testing.run(case.definition, json.loads(json.dumps(case.input)), answer)
    if done.error is None:
        return Opinion("SUCCEEDED", done.output, states=done.states)
    return Opinion("FAILED", None, done.error, done.cause or None, done.states)


def timed(run: Callable[[], Any], least: float = 0.5) -> float:
    """Runs per second, over at least that many seconds."""
    count, begin = 0, time.perf_counter()
    while (passed := time.perf_counter() - begin) < least:
        run()
        count += 1
    return count / passed
