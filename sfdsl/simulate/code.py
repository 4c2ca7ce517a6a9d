"""States compiled for running: paths parsed, templates and tests turned into functions, names resolved to states."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from sfdsl.aws.quotas import WAIT_SECONDS
from sfdsl.jsonpath import PathNotFound
from sfdsl.model.edges import EdgeKind
from sfdsl.model.states import ABSENT, Choice, Fail, Pass, Succeed, Wait
from sfdsl.simulate.choice import decision
from sfdsl.simulate.data import Assigned, Data, PathData, QueryData
from sfdsl.simulate.errors import StatesError, evaluation, runtime
from sfdsl.simulate.paths import InvalidText, found_in_input, reader, template, unfilled
from sfdsl.simulate.queries import query, typed
from sfdsl.simulate.times import moment
from sfdsl.simulate.values import Json, is_number, text

if TYPE_CHECKING:
    from sfdsl.simulate.engine import Engine
    from sfdsl.simulate.frames import Frame

Edge = tuple[str, EdgeKind, int]
"""State, kind of way, and which rule or catcher: what coverage counts."""

MAX_WAIT = 2**31 - 1
"""Seconds from now that a Timestamp may name. Source: measured, test_timestamp_too_far_in_future_boundary."""


class FlowCode:
    """The states of a machine, a branch or a Map's body.

    Attributes:
        start: Where it begins.
        states: By name.
    """

    __slots__ = ("start", "states")

    start: Code

    def __init__(self) -> None:
        self.states: dict[str, Code] = {}


class Code:
    """A state, ready to run.

    Attributes:
        next: What follows; None ends the flow.
        retries: Whether the type has Retry and Catch.
        after_entering: Whether EvaluationFailed names the StateEntered event as the one before it.
    """

    type: ClassVar[str]
    retries: ClassVar[bool] = False
    after_entering: ClassVar[bool] = False

    def __init__(self, state: Any) -> None:
        self.name: str = state.name
        self.next: Code | None = None
        self.entered_type = f"{self.type}StateEntered"
        self.exited_type = f"{self.type}StateExited"
        self.edge: Edge = (state.name, EdgeKind.NEXT, 0)

    def link(self, state: Any, flow: FlowCode) -> None:
        """Resolve names, once all states of the flow are there."""
        if state.next is not None:
            self.next = target(flow, state.name, state.next)

    def run(self, engine: Engine, frame: Frame) -> bool:
        """Do the state's work; whether the frame can go on at once.

        Raises:
            StatesError: The state failed.
        """
        raise NotImplementedError

    def failed_event(self, engine: Engine, frame: Frame) -> None:
        """Record that the state failed, where its type has an event for that."""


def target(flow: FlowCode, source: str, name: str) -> Code:
    """The state of a flow that has this name.

    Raises:
        InvalidText: There is none.
    """
    if name not in flow.states:
        raise InvalidText(f"state {source!r} leads to {name!r}, which its flow does not have")
    return flow.states[name]


class PassCode(Code):
    """Hands its input on, or a value of its own."""

    type = "Pass"

    def __init__(self, state: Pass, jsonata: bool) -> None:
        super().__init__(state)
        self.data: Data = QueryData(state) if jsonata else PathData(state)
        self.result = state.result

    def run(self, engine: Engine, frame: Frame) -> bool:
        data = self.data
        if isinstance(data, PathData):
            effective = data.effective(frame)
            # Parameters are not looked at where there is a Result.
            result = data.arguments(frame, effective) if self.result is ABSENT else self.result
            output, assigned = data.finish(frame, result)
        elif data.output is None and data.assign is None:
            output, assigned = (frame.input if self.result is ABSENT else self.result), None
        else:
            output, assigned = data.leave(frame, data.output, data.assign, data.states(frame))
        return engine.leave(frame, output, assigned, self.next, self.edge)


class SucceedCode(Code):
    """Ends the flow well."""

    type = "Succeed"

    def __init__(self, state: Succeed, jsonata: bool) -> None:
        super().__init__(state)
        self.data: Data = QueryData(state) if jsonata else PathData(state)

    def link(self, state: Any, flow: FlowCode) -> None:
        pass

    def run(self, engine: Engine, frame: Frame) -> bool:
        data = self.data
        if isinstance(data, PathData):
            output, assigned = data.leave(frame, data.effective(frame), None)
        else:
            output, assigned = data.leave(frame, data.output, None, data.states(frame))
        return engine.leave(frame, output, assigned, None, self.edge)


class FailCode(Code):
    """Ends the flow with an error."""

    type = "Fail"

    def __init__(self, state: Fail, jsonata: bool) -> None:
        super().__init__(state)
        self.data = QueryData(state, state.error, state.cause) if jsonata else None
        self.error = self._field(state.error, state.error_path, "Error", jsonata)
        self.cause = self._field(state.cause, state.cause_path, "Cause", jsonata)

    @staticmethod
    def _field(written: str | None, written_path: str | None, name: str, jsonata: bool) -> Any:
        if jsonata:
            return None if written is None else typed(written, name, "string")
        if written_path is not None:
            return found_in_input(written_path, f"{name}Path")
        return None if written is None else lambda data, frame: written

    def link(self, state: Any, flow: FlowCode) -> None:
        pass

    def run(self, engine: Engine, frame: Frame) -> bool:
        told: list[str | None] = []
        states = self.data.states(frame) if self.data is not None else None
        for field, name in ((self.error, "ErrorPath"), (self.cause, "CausePath")):
            value = None if field is None else field(frame, states) if states is not None else field(frame.input, frame)
            if value is not None and not isinstance(value, str):
                raise runtime(f"The value of the field '{name}' must be a string, but was: {text(value)}")
            told.append(value)
        raise StatesError(told[0], told[1])


class ChoiceCode(Code):
    """Goes where the first true rule leads."""

    type = "Choice"

    def __init__(self, state: Choice, jsonata: bool) -> None:
        super().__init__(state)
        tests = [rule.test for rule in state.choices]
        texts = [getattr(test, "text", None) for test in tests]
        fields = [each for rule in state.choices for each in (rule.assign, rule.output)]
        self.data: Data = QueryData(state, *texts, *fields) if jsonata else PathData(state)
        compiled = query if jsonata else lambda value, field: template(value)
        self.rules = [
            (
                decision(rule),
                None if rule.assign is ABSENT else compiled(rule.assign, "Assign"),
                None if rule.output is ABSENT or not jsonata else query(rule.output, "Output"),
                (state.name, EdgeKind.RULE, place),
            )
            for place, rule in enumerate(state.choices)
        ]
        self.targets: list[Code] = []
        self.default: Code | None = None
        self.default_edge: Edge = (state.name, EdgeKind.DEFAULT, 0)

    def link(self, state: Choice, flow: FlowCode) -> None:
        for rule in state.choices:
            if rule.next is None:
                raise InvalidText(f"a rule of state {state.name!r} has no Next")
            self.targets.append(target(flow, state.name, rule.next))
        if state.default is not None:
            self.default = target(flow, state.name, state.default)

    def run(self, engine: Engine, frame: Frame) -> bool:
        data = self.data
        effective = data.effective(frame)
        states = data.states(frame) if isinstance(data, QueryData) else {}
        output: Any
        for place, (holds, assign, output, edge) in enumerate(self.rules):
            if holds(effective, frame, states):
                return self._take(engine, frame, effective, states, assign, output, self.targets[place], edge)
        if self.default is None:
            # The guide calls this States.NoChoiceMatched. Source of name and text: reported by users and by other
            # interpreters that were held against AWS; not among the recorded executions.
            raise runtime("Failed to transition out of the state. The state does not point to a next state.")
        output = data.output if isinstance(data, QueryData) else None
        return self._take(engine, frame, effective, states, data.assign, output, self.default, self.default_edge)

    def _take(
        self, engine: Engine, frame: Frame, effective: Json, states: dict[str, Json], assign: Any, output: Any,
        to: Code, edge: Edge,
    ) -> bool:  # fmt: skip
        data = self.data
        if isinstance(data, QueryData):
            handed, assigned = data.leave(frame, output, assign, states)
        else:
            handed, assigned = data.leave(frame, effective, assign)
        return engine.leave(frame, handed, assigned, to, edge)


class WaitCode(Code):
    """Holds the flow; on the virtual clock that takes no time."""

    type = "Wait"
    after_entering = True

    def __init__(self, state: Wait, jsonata: bool) -> None:
        super().__init__(state)
        self.data: Data = QueryData(state, state.seconds, state.timestamp) if jsonata else PathData(state)
        self.state = state
        self.seconds = self.timestamp = None
        if jsonata:
            self.seconds = None if state.seconds is None else typed(state.seconds, "Seconds", "number")
            self.timestamp = None if state.timestamp is None else typed(state.timestamp, "Timestamp", "string")
        elif isinstance(state.seconds, str):
            raise InvalidText(f"Seconds must be a number, not {state.seconds!r}{unfilled(state.seconds)}")
        elif state.timestamp is not None and moment(state.timestamp) is None:
            raise InvalidText(f"Timestamp must be a moment, not {state.timestamp!r}{unfilled(state.timestamp)}")
        if all(each is None for each in (state.seconds, state.timestamp, state.seconds_path, state.timestamp_path)):
            raise InvalidText("a Wait needs Seconds or Timestamp, or a path to one")
        self.path = None
        if not jsonata and (written := state.seconds_path or state.timestamp_path):
            self.path = reader(written)

    def run(self, engine: Engine, frame: Frame) -> bool:
        data = self.data
        effective = data.effective(frame)
        delay = self._queried(engine, frame) if isinstance(data, QueryData) else self._read(engine, frame, effective)
        engine.later(max(delay, 0), frame, self.end)
        return False

    def end(self, engine: Engine, frame: Frame) -> bool:
        """The time is over."""
        data = self.data
        output: tuple[Json, Assigned]
        if isinstance(data, PathData):
            output = data.leave(frame, data.effective(frame), data.assign)
        else:
            output = data.leave(frame, data.output, data.assign, data.states(frame))
        return engine.leave(frame, *output, self.next, self.edge)

    def _queried(self, engine: Engine, frame: Frame) -> float:
        assert isinstance(self.data, QueryData)
        states = self.data.states(frame)
        if self.seconds is not None:
            seconds = self.seconds(frame, states)
            # A fraction is refused, not rounded: measured by the authors of sfnx.
            if not (0 <= seconds <= WAIT_SECONDS.limit and seconds == int(seconds)):
                what = f"must be a whole number between 0 and {WAIT_SECONDS.limit}, but was: {text(seconds)}"
                raise evaluation(f"The Seconds field {what}", "Seconds")
            return int(seconds)
        assert self.timestamp is not None
        written = self.timestamp(frame, states)
        at = moment(written, lenient=True)
        if at is None:
            wanted = "an ISO-8601 extended offset date-time format string"
            raise evaluation(f"The Timestamp field cannot be parsed as {wanted}: {written}", "Timestamp")
        return self._until(engine, at)

    def _read(self, engine: Engine, frame: Frame, effective: Json) -> float:
        state = self.state
        if self.path is None:
            if state.seconds is not None:
                return float(state.seconds)
            at = moment(state.timestamp)
            assert at is not None
            return self._until(engine, at)
        name = "SecondsPath" if state.seconds_path is not None else "TimestampPath"
        written = state.seconds_path or state.timestamp_path
        try:
            value = self.path(effective, frame)
        except PathNotFound:
            raise runtime(f"The {name} parameter does not reference an input value: {written}") from None
        if name == "SecondsPath":
            if not is_number(value) or isinstance(value, float):
                message = f"The SecondsPath parameter cannot be parsed as a long value: {written} == {_shown(value)}"
                raise runtime(message)
            if value < 0:
                raise runtime(f"The SecondsPath parameter references a negative value: {written} == {value}")
            return float(value)
        at = moment(value, lenient=True)
        if at is None:
            wanted = "a valid ISO-8601 extended offset date-time format string"
            raise runtime(f"The TimestampPath parameter does not reference {wanted}: {written} == {_shown(value)}")
        return self._until(engine, at)

    @staticmethod
    def _until(engine: Engine, at: float) -> float:
        delay = at - engine.started_at - engine.now
        if delay > MAX_WAIT:
            raise runtime("Wait state delay is too long.")
        return delay


def _shown(value: Json) -> str:
    return value if isinstance(value, str) else text(value)
