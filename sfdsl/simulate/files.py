r"""Mocks from JSON files: our own form, and the MockConfigFile.json of AWS Step Functions Local.

Our own:

    {"tasks": {"Validate": [{"error": "Lambda.TooManyRequestsException"}, {"return": {"Payload": {"rejected": 0}}}],
               "Load": {"return": {"Payload": {}}, "after": 30},
               "Notify": {"MessageId": "1"}},
     "objects": {"s3://bucket/rows.csv": "id\n1\n", "s3://bucket/all.parquet": {"file": "all.parquet"}},
     "durations": {"Extract": 600},
     "substitutions": {"BucketName": "acme"},
     "input": {"day": "2026-11-23"}}

An answer is an object whose keys are among `return`, `error`, `cause`, `never`, `after`, `submitted`, `heartbeats`,
with `return`, `error` or `never` among them; any other value is what the task returns. A list has one answer for each
call, `"..."` at its end repeats the one before it. An object of S3 is a text, JSON, or the path of a local file, seen
from the file of mocks. Without a key `tasks` the whole file is the tasks.

Source of AWS's form: Step Functions Developer Guide, "Testing state machines with Step Functions Local".
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from attrs import field, frozen

from sfdsl.diagnostics import did_you_mean
from sfdsl.model.fields import ABSENT
from sfdsl.simulate.outcomes import NoAnswer, Result, TaskError
from sfdsl.simulate.values import Json, kind, text

_KEYS = frozenset({"return", "error", "cause", "never", "after", "submitted", "heartbeats"})


class InvalidMocks(ValueError):
    """A file of mocks that cannot be read as one."""


@frozen(kw_only=True)
class MockFile:
    """What a file of mocks says.

    Attributes:
        tasks: As `sfdsl.testing.simulate` takes them; so `objects`, `durations` and `substitutions`.
        input: What the execution is started with; ABSENT where the file does not say.
        cases: Names of the test cases of an AWS file; () for our own form.
    """

    tasks: dict[str, Any]
    objects: dict[str, Any] = field(factory=dict)
    durations: dict[str, float] = field(factory=dict)
    substitutions: dict[str, Json] = field(factory=dict)
    input: Json = ABSENT
    cases: tuple[str, ...] = ()


def read_mocks(content: Json, machine: str = "", case: str | None = None, folder: Path | None = None) -> MockFile:
    """The mocks of a file.

    Args:
        content: The file as parsed JSON.
        folder: Where it lies, for the paths in it; None is the current folder.
        machine: Name of the state machine, for an AWS file that has several.
        case: Name of the test case, for an AWS file; None takes the only one.

    Raises:
        InvalidMocks: The message says what is wrong, and what there is to choose from.
    """
    if not isinstance(content, dict):
        raise InvalidMocks(f"a file of mocks holds a JSON object, not {kind(content)}")
    if "StateMachines" in content:
        return _aws(content, machine, case)
    if case is not None:
        raise InvalidMocks(f"test case {case!r} was asked for; only AWS's MockConfigFile.json has test cases")
    if "tasks" not in content:
        return MockFile(tasks={state: _mock(state, told) for state, told in content.items()})
    for key in content.keys() - _PARTS:
        hint = did_you_mean(key, _PARTS) or f"there are {', '.join(_PARTS)}"
        raise InvalidMocks(f"unknown key {key!r} in the file of mocks; {hint}")
    tasks = _object(content["tasks"], "tasks")
    objects = _object(content.get("objects", {}), "objects")
    return MockFile(
        tasks={state: _mock(state, told) for state, told in tasks.items()},
        objects={name: _body(name, told, folder or Path()) for name, told in objects.items()},
        durations={state: _number(told, f"durations/{state}") for state, told in _parts(content, "durations")},
        substitutions=dict(_parts(content, "substitutions")),
        input=content.get("input", ABSENT),
    )


_PARTS = ("tasks", "objects", "durations", "substitutions", "input")


def _parts(content: dict[str, Json], key: str) -> Iterable[tuple[str, Json]]:
    return _object(content.get(key, {}), key).items()


def _body(name: str, told: Json, folder: Path) -> Any:
    bucket, slash, key = name.removeprefix("s3://").partition("/")
    if not (bucket and slash and key):
        raise InvalidMocks(f"{name!r} names no object; write s3://bucket/key")
    if not isinstance(told, dict) or told.keys() != {"file"}:
        return told
    file = folder / str(told["file"])
    if not file.is_file():
        raise InvalidMocks(f"there is no file {file} for the object {name}")
    return file


def _number(told: Json, where: str) -> float:
    if isinstance(told, bool) or not isinstance(told, int | float) or told < 0:
        raise InvalidMocks(f"{where} is a number of seconds, not {text(told)}")
    return float(told)


def _mock(state: str, told: Json) -> Any:
    if isinstance(told, list):
        return [
            ... if each == "..." and place == len(told) - 1 else _answer(state, each) for place, each in enumerate(told)
        ]
    return _answer(state, told)


def _answer(state: str, told: Json) -> Any:
    if (
        not isinstance(told, dict)
        or not told
        or not told.keys() <= _KEYS
        or not told.keys() & {"return", "error", "never"}
    ):
        return Result(told)
    if len(told.keys() & {"return", "error", "never"}) > 1:
        raise InvalidMocks(f"an answer of task {state!r} has more than one of return, error and never")
    more: dict[str, Any] = {"submitted": told.get("submitted")}
    if "heartbeats" in told:
        beats = told["heartbeats"]
        if not isinstance(beats, list):
            raise InvalidMocks(f"heartbeats of task {state!r} is an array of seconds, not {kind(beats)}")
        more["heartbeats"] = tuple(_number(beat, f"a heartbeat of task {state!r}") for beat in beats)
    if "never" in told:
        return NoAnswer(**more)
    more["after"] = _number(told.get("after", 0), f"after of task {state!r}")
    if "error" in told:
        for key in ("error", "cause"):
            if not isinstance(told.get(key), str | None):
                raise InvalidMocks(f"{key} of task {state!r} is a text, not {kind(told[key])}")
        return TaskError(told["error"], told.get("cause"), **more)
    return Result(told["return"], **more)


def _aws(content: dict[str, Json], machine: str, case: str | None) -> MockFile:
    machines = _object(content["StateMachines"], "StateMachines")
    name = machine if machine in machines else next(iter(machines)) if len(machines) == 1 else None
    if name is None:
        raise InvalidMocks(f"the file has mocks for {', '.join(machines) or 'no machine'}, not for {machine!r}")
    cases = _object(_object(machines[name], name).get("TestCases", {}), "TestCases")
    if case is None and len(cases) == 1:
        case = next(iter(cases))
    if case not in cases:
        asked = f"there is no test case {case!r}" if case is not None else "choose a test case"
        raise InvalidMocks(f"{asked}; {name} has {', '.join(cases) or 'none'}")
    responses = _object(content.get("MockedResponses", {}), "MockedResponses")
    tasks: dict[str, Any] = {}
    for state, response in _object(cases[case], str(case)).items():
        if response not in responses:
            raise InvalidMocks(f"test case {case!r} names {response!r}, which MockedResponses does not have")
        tasks[state] = _attempts(str(response), _object(responses[response], str(response)))
    return MockFile(tasks=tasks, cases=tuple(cases))


def _attempts(name: str, told: dict[str, Json]) -> list[Any]:
    answers: dict[int, Any] = {}
    for numbers, response in told.items():
        first, dash, last = numbers.partition("-")
        try:
            attempts = range(int(first), int(last if dash else first) + 1)
        except ValueError:
            raise InvalidMocks(f"{name}: {numbers!r} is no number of an attempt, such as 0 or 1-3") from None
        answer = _response(name, numbers, response)
        answers.update(dict.fromkeys(attempts, answer))
    if sorted(answers) != list(range(len(answers))):
        raise InvalidMocks(f"{name}: the attempts are {sorted(answers)}; they count from 0 without gaps")
    return [answers[attempt] for attempt in sorted(answers)]


def _response(name: str, numbers: str, response: Json) -> Any:
    if isinstance(response, dict) and response.keys() == {"Return"}:
        return Result(response["Return"])
    if isinstance(response, dict) and response.keys() == {"Throw"}:
        thrown = _object(response["Throw"], f"{name}/{numbers}/Throw")
        return TaskError(thrown.get("Error"), thrown.get("Cause"))
    raise InvalidMocks(f"{name}: attempt {numbers} takes either Return or Throw")


def _object(value: Json, where: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise InvalidMocks(f"{where} holds a JSON object, not {kind(value)}")
    return value
