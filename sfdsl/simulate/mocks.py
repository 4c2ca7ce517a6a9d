"""Mocks: what an author's test says about the ends of Tasks, turned into answers."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Collection, Iterator, Mapping
from types import EllipsisType
from typing import Any

from attrs import evolve

from sfdsl.aws import resource as resources
from sfdsl.aws.resource import Activity, LambdaFunction, ServiceTask
from sfdsl.diagnostics import did_you_mean, near
from sfdsl.simulate.errors import SimulationError, UnmockedTask
from sfdsl.simulate.outcomes import Call, NoAnswer, Outcome, Result, TaskError
from sfdsl.simulate.values import NotJson, checked, copied, text

_SHOWN = 2000
"""Characters of the arguments that the message about a missing mock shows."""


class Mocks:
    """Answers from a table.

    Args:
        tasks: By name of the state, else by what is called (`lambda:invoke`, `aws-sdk:s3:getObject`, the name of a
            function or activity), else by `*`. A value is

            - anything JSON: what the service returns, every time;
            - an exception or its class: the task fails. `TaskError` names error and cause; any other fails with the
              name of its class and its text, as a Lambda function in Python does;
            - a `Result` or `NoAnswer`, which say when the task ends, if it does;
            - a function: called with the arguments, and with the `Call` too if it takes two; what it returns is
              again any of these, and what it raises is the error;
            - a list or iterator of these: one for each call of the state, in order. `...` at the end of a list repeats
              the one before it. A list that is itself the result stands in a list, or in a `Result`.
        durations: Seconds that a state's calls take where their mock does not say, by name of the state.
    """

    def __init__(self, tasks: Mapping[str, Any], durations: Mapping[str, float] | None = None) -> None:
        if not isinstance(tasks, Mapping):
            raise TypeError(f"tasks is a mapping from names of states to mocks, not {type(tasks).__name__}")
        for state, seconds in (durations or {}).items():
            if isinstance(seconds, bool) or not isinstance(seconds, int | float):
                raise TypeError(f"the duration of {state!r} is a number of seconds, not {seconds!r}")
        self._answers: dict[str, Callable[[Call], Any]] = {key: _answering(key, mock) for key, mock in tasks.items()}
        self._durations = durations or {}
        self._known: dict[str, Callable[[Call], Any] | None] = {}
        self.wants_context = any(_has_function(mock) for mock in tasks.values())

    def answer(self, call: Call) -> Outcome:
        """How a call ends.

        Raises:
            UnmockedTask: There is no mock for it, or none left.
        """
        key = f"{call.state}\0{call.resource}"
        if key not in self._known:
            self._known[key] = self._find(call)
        answer = self._known[key]
        if answer is None:
            raise UnmockedTask(_unmocked(call, self._answers))
        outcome = answer(call)
        after = self._durations.get(call.state)
        if isinstance(outcome, Result):
            outcome = evolve(outcome, value=_json(call, outcome.value))
        if isinstance(outcome, Result | TaskError | NoAnswer):
            if not isinstance(outcome, NoAnswer) and not outcome.after >= 0:  # NaN is not, either
                raise SimulationError(f"the mock of task {call.state!r} ends after {outcome.after} seconds")
            if after and not isinstance(outcome, NoAnswer) and not outcome.after:
                return _taking(outcome, after)
            return outcome
        return Result(_json(call, outcome), after=after or 0.0)

    def unknown(self, names: Collection[str]) -> list[tuple[str, str]]:
        """Keys that name none of a machine's states and calls, and what may be meant; "" where nothing is near."""
        given = [*self._answers, *self._durations]
        return [(key, did_you_mean(key, names)) for key in given if key not in names and key != "*"]

    def _find(self, call: Call) -> Callable[[Call], Any] | None:
        for key in (call.state, *names_of(call.resource), "*"):
            if key in self._answers:
                return self._answers[key]
        return None


def names_of(resource: str) -> tuple[str, ...]:
    """What a mock may call a resource beside the name of the state: most particular first."""
    match resources.parse(resource):
        case ServiceTask() as task:
            return (f"{task.name}{task.suffix}", task.name)
        case LambdaFunction() as function:
            return (function.name, resource, "lambda")
        case Activity() as activity:
            return (activity.name, resource, "activity")
        case _:
            return (resource,)


def _answering(key: str, mock: Any) -> Callable[[Call], Any]:
    if isinstance(mock, list):
        return _sequence(key, mock)
    if isinstance(mock, Iterator):
        return lambda call: _end(_next(mock, call), call)
    if callable(mock) and not isinstance(mock, type):
        return _function(mock)
    return lambda call: _end(mock, call)


def _sequence(key: str, mocks: list[Any]) -> Callable[[Call], Any]:
    repeats = bool(mocks) and isinstance(mocks[-1], EllipsisType)
    given = mocks[:-1] if repeats else mocks
    if repeats and not given:
        raise TypeError(f"the mock of {key!r} is [...]: put what it repeats before the ...")
    used = 0

    def answer(call: Call) -> Any:
        nonlocal used
        if used >= len(given):
            if not repeats:
                there = f"task {call.state!r} is called for the {_th(used + 1)} time"
                there += f", and its mock has {_results(len(given))}"
                hint = "add one, or end the list with ... to repeat the last"
                raise UnmockedTask(f"{there}; {hint}\n{_arguments(call)}")
            return _end(given[-1], call)
        used += 1
        return _end(given[used - 1], call)

    return answer


def _next(mocks: Iterator[Any], call: Call) -> Any:
    try:
        return next(mocks)
    except StopIteration:
        raise UnmockedTask(
            f"task {call.state!r} is called once more than its iterator has results\n{_arguments(call)}"
        ) from None


def _function(function: Callable[..., Any]) -> Callable[[Call], Any]:
    both = _takes_two(function)

    def answer(call: Call) -> Any:
        arguments = copied(call.arguments)
        try:
            given = function(arguments, call) if both else function(arguments)
        except (SimulationError, AssertionError):
            raise  # the test's own: of a machine inside this one, or about the arguments
        except Exception as error:
            return _error(error)
        return _end(given, call)

    return answer


def _takes_two(function: Callable[..., Any]) -> bool:
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return False
    places = [p for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    return len([p for p in places if p.default is p.empty]) > 1 or any(p.kind is p.VAR_POSITIONAL for p in parameters)


def _end(mock: Any, call: Call) -> Any:
    if isinstance(mock, Result):
        return mock
    if isinstance(mock, TaskError | NoAnswer):
        return mock
    if isinstance(mock, BaseException):
        return _error(mock)
    if isinstance(mock, type):
        if issubclass(mock, NoAnswer):
            return mock()
        if issubclass(mock, BaseException):
            return _error(mock())
    if callable(mock):
        return _function(mock)(call)
    return mock


def _error(error: BaseException) -> TaskError:
    if isinstance(error, TaskError):
        return error
    return TaskError(type(error).__name__, str(error))


def _taking(outcome: Result | TaskError, after: float) -> Outcome:
    if isinstance(outcome, Result):
        return Result(outcome.value, after=after, submitted=outcome.submitted, heartbeats=outcome.heartbeats)
    return TaskError(
        outcome.error, outcome.cause, after=after, submitted=outcome.submitted, heartbeats=outcome.heartbeats
    )


def _json(call: Call, value: Any) -> Any:
    try:
        return checked(value)
    except NotJson as wrong:
        raise NotJson(f"the mock of task {call.state!r} gives no JSON: {wrong}") from None


def _has_function(mock: Any) -> bool:
    if isinstance(mock, list):
        return any(_has_function(each) for each in mock)
    return callable(mock) and not isinstance(mock, type)


def _unmocked(call: Call, given: Collection[str]) -> str:
    there = f"task {call.state!r} calls {call.resource} and has no mock"
    hint = f"give it one: tasks={{{call.state!r}: ...}}"
    meant = near(call.state, given, cutoff=0.8)
    if meant is not None:
        hint += f"; or is the mock of {meant!r} meant for it?"
    return f"{there}; {hint}\n{_arguments(call)}"


def _arguments(call: Call) -> str:
    shown = text(call.arguments)
    if len(shown) > _SHOWN:
        shown = f"{shown[:_SHOWN]}... ({len(shown)} characters)"
    where = f", iteration {list(call.iteration)}" if call.iteration else ""
    return f"  its arguments (attempt {call.attempt}{where}): {shown}"


def _th(number: int) -> str:
    ending = {1: "st", 2: "nd", 3: "rd"}.get(number if number < 20 else number % 10, "th")
    return f"{number}{ending}"


def _results(count: int) -> str:
    return "1 result" if count == 1 else f"{count} results"
