"""Run a pipeline on this machine as AWS would: for the tests of those who write pipelines.

    from sfdsl.testing import TaskError, simulate

    def test_rejected_rows_are_corrected():
        run = simulate(orders, {"day": "2026-11-23"}, tasks={
            "Extract": {"Id": "jr_1", "JobRunState": "SUCCEEDED"},
            "Validate": [TaskError("Lambda.TooManyRequestsException"), {"Payload": {"rejected": 3}}],
            "Correct": lambda arguments: {"Payload": {"ok": arguments["Payload"]["rows"] == 3}},
        })
        assert run.status == "SUCCEEDED"
        assert run.path == ("Extract", "Validate", "Correct", "Load")

No task runs, nothing waits, no account is needed: every Task is answered by a mock, and time is virtual.
"""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from attrs import evolve

from sfdsl.model import asl
from sfdsl.model.states import StateMachine, Task
from sfdsl.model.workflow import MachineType, Workflow, walk
from sfdsl.simulate.errors import InvalidInput, SimulationError, StepLimitExceeded, UnmockedTask
from sfdsl.simulate.history import MAX_EVENTS, iso
from sfdsl.simulate.mocks import Mocks, names_of
from sfdsl.simulate.objects import Objects
from sfdsl.simulate.options import START, Listener, Options
from sfdsl.simulate.outcomes import Call, Called, NoAnswer, Result, TaskError
from sfdsl.simulate.program import InvalidDefinition
from sfdsl.simulate.run import Run, program_of, run_program
from sfdsl.simulate.values import Json, NotJson, checked, text

if TYPE_CHECKING:
    from sfdsl.dsl.pipeline import Pipeline

__all__ = [
    "Call",
    "Called",
    "Child",
    "InvalidDefinition",
    "InvalidInput",
    "MockWarning",
    "Mocks",
    "NoAnswer",
    "NotJson",
    "Result",
    "Run",
    "SimulationError",
    "StepLimitExceeded",
    "TaskError",
    "UnmockedTask",
    "deployed",
    "machine_of",
    "simulate",
]


class MockWarning(UserWarning):
    """A mock gives a result that the service it plays cannot give, or is for a state that there is not."""


observers: list[Callable[[Workflow, Run], None]] = []
"""Told of every run of `simulate`; the pytest plugin measures coverage here."""


def simulate(
    pipeline: Pipeline | Workflow | StateMachine | Mapping[str, Any],
    input: Json = None,
    tasks: Mapping[str, Any] | Mocks | None = None,
    *,
    objects: Mapping[str, Any] | Path | None = None,
    variables: Mapping[str, Json] | None = None,
    durations: Mapping[str, float] | None = None,
    substitutions: Mapping[str, Json] | None = None,
    start: datetime = START,
    name: str = "simulated",
    express: bool | None = None,
    seed: int = 0,
    max_transitions: int = 1_000_000,
    max_events: int | None = None,
    check_results: bool = True,
    listener: Listener | None = None,
) -> Run:
    """Run a pipeline with mocks in place of its Tasks.

    Args:
        pipeline: A pipeline, a workflow or machine of the model, or a definition as parsed JSON.
        input: What the execution is started with; None is `{}`.
        tasks: How Tasks end, by name of the state; `sfdsl.simulate.mocks.Mocks` tells what can stand here: values,
            `TaskError`, other exceptions, functions, and lists of these, one for each call. `Mocks` themselves can be
            shared by several simulations, which then go on in the same lists.
        objects: What ItemReaders read: `{"s3://bucket/key": text, bytes, a Path, or JSON}`, or a `Path` with a folder
            per bucket.
        variables: Variables that are there from the start.
        durations: Seconds that a state's calls take; where neither these nor the mock say, the pipeline's own notes do.
        substitutions: What stands for the `${Name}` placeholders of a template; those not named stay as they are.
        start: When the execution starts; the clock is virtual from then on.
        name: Of the execution.
        express: Whether it has Express limits; None takes the pipeline's own type.
        seed: For jitter, random numbers and identifiers: the same seed gives the same run.
        max_transitions: States that may be entered.
        max_events: Events of the history of a Standard execution; None is AWS's quota, 25,000.
        check_results: Whether to warn (`MockWarning`) of results that botocore's output shape does not allow.
        listener: Told of what happens as it happens, such as `sfdsl.simulate.narrative.Narrator`.

    Raises:
        UnmockedTask: A Task has no mock, or none left; the message shows the arguments.
        InvalidInput: StartExecution would not take the input.
        NotJson: The input, a variable or a mock's result has no form in JSON.
        StepLimitExceeded: More states were entered than `max_transitions`.
        InvalidDefinition: AWS would not have accepted the machine.
    """
    workflow = declared = machine_of(pipeline)
    if substitutions:
        filled = asl.read(filled_in(asl.write(workflow.machine), substitutions))
        workflow = evolve(workflow, machine=filled)
    is_express = workflow.type is MachineType.EXPRESS if express is None else express
    noted = {state: notes.duration for state, notes in workflow.notes.items() if notes.duration}
    if isinstance(tasks, Mocks):
        mocks = tasks
    else:
        _warn_of_unknown(Mocks(tasks or {}, durations), workflow)
        mocks = Mocks(tasks or {}, {**noted, **(durations or {})})
    options = Options(
        tasks=_Checking(mocks) if check_results else mocks,
        objects=Objects(objects),
        variables={key: _json(value, f"variable {key!r}") for key, value in (variables or {}).items()},
        start=start,
        name=name,
        seed=seed,
        max_transitions=max_transitions,
        max_events=MAX_EVENTS if max_events is None else max_events,
        listener=listener,
    )
    program = program_of(workflow.machine, workflow.name, is_express)
    run = run_program(program, {} if input is None else _json(input, "the input"), options)
    for observer in observers:
        observer(declared, run)
    return run


def _json(value: Any, what: str) -> Json:
    try:
        return checked(value)
    except NotJson as wrong:
        raise NotJson(f"{what} is no JSON: {wrong}") from None


def _warn_of_unknown(mocks: Mocks, workflow: Workflow) -> None:
    """Warn of mocks and durations that nothing in the machine can use: most likely a name is misspelt."""
    states = [state for _, state in walk(workflow.machine)]
    names = {state.name for state in states}
    if not mocks.unknown(names):
        return  # as a rule; what resources can be called takes longer to find
    resources = {state.resource for state in states if isinstance(state, Task) and state.resource}
    for key, meant in mocks.unknown(names.union(*map(names_of, resources))):
        message = f"no state and no call of {workflow.name!r} is named {key!r}, so its mock is not used"
        warnings.warn(f"{message}; {meant}" if meant else message, MockWarning, stacklevel=_outside())


def machine_of(pipeline: Pipeline | Workflow | StateMachine | Mapping[str, Any]) -> Workflow:
    """The workflow of whatever stands for a machine; the same object gives the same workflow.

    Raises:
        InvalidDefinition: The pipeline's declaration is wrong; the message has the findings.
        TypeError: It is nothing that stands for a machine.
    """
    if isinstance(pipeline, Workflow):
        return pipeline
    if isinstance(pipeline, StateMachine):
        return Workflow(name="machine", machine=pipeline)
    if isinstance(pipeline, Mapping):
        return Workflow(name="machine", machine=asl.read(dict(pipeline)))
    from sfdsl.dsl.pipeline import Pipeline

    if not isinstance(pipeline, Pipeline):
        given = f"not {type(pipeline).__name__}"
        raise TypeError(f"a machine is a Pipeline, a Workflow, a StateMachine or a definition as parsed JSON, {given}")
    if pipeline not in _LOWERED:
        _LOWERED[pipeline] = _lowered(pipeline)
    return _LOWERED[pipeline]


def filled_in(value: Json, substitutions: Mapping[str, Json]) -> Json:
    """A definition with its placeholders replaced: a string that is nothing but one may become any JSON value."""
    if isinstance(value, dict):
        return {filled_in(key, substitutions): filled_in(item, substitutions) for key, item in value.items()}
    if isinstance(value, list):
        return [filled_in(item, substitutions) for item in value]
    if isinstance(value, str) and "${" in value:
        for name, given in substitutions.items():
            if value == f"${{{name}}}":
                return given
            value = value.replace(f"${{{name}}}", given if isinstance(given, str) else text(given))
    return value


_LOWERED: WeakKeyDictionary[Any, Workflow] = WeakKeyDictionary()


def _lowered(pipeline: Pipeline) -> Workflow:
    from sfdsl.dsl.lower import lower

    lowered = lower(pipeline)
    if lowered.workflow is None:
        raise InvalidDefinition("\n".join(f"{finding.code} {finding.message}" for finding in lowered.findings))
    return lowered.workflow


class Child:
    """A mock that runs another machine: for Tasks that start executions.

        simulate(parent, {...}, tasks={"Enrich": Child(enrich, {"Look up": {"Payload": 1}}), ...})

    The Task is given what Step Functions gives: for `.sync` a description whose `Output` is text, for `.sync:2` one
    whose `Output` is JSON, for `aws-sdk:sfn:startSyncExecution` one that tells of a failure instead of failing, else
    that it was started. A child that fails makes the first two fail with States.TaskFailed.

    Args:
        pipeline: The machine, as `simulate` takes it.
        tasks: Its mocks; `options` are further arguments of `simulate`.

    Attributes:
        runs: What became of it, one for each time it was started.
    """

    def __init__(self, pipeline: Any, tasks: Mapping[str, Any] | Mocks | None = None, **options: Any) -> None:
        self._pipeline = pipeline
        self._tasks = tasks
        self._options = options
        self.runs: list[Run] = []

    def __call__(self, arguments: Any, call: Call) -> Result | TaskError:
        """Run the machine for one call of the Task."""
        given = arguments.get("Input", {}) if isinstance(arguments, dict) else {}
        sdk = ":aws-sdk:" in call.resource
        if sdk and isinstance(given, str):
            given = json.loads(given)
        name = arguments.get("Name") or f"{call.state}-{call.count}"
        run = simulate(self._pipeline, given, self._tasks, name=name, **self._options)
        self.runs.append(run)
        return self._told(run, call, sdk)

    def _told(self, run: Run, call: Call, sdk: bool) -> Result | TaskError:
        execution = run.execution
        began = iso(self._options.get("start", START), call.time)
        started = {"ExecutionArn": execution.arn, "StartDate": began}
        waits = call.resource.endswith((".sync", ".sync:2"))
        if not waits and "startSyncExecution" not in call.resource:
            return Result(started)
        ended = iso(self._options.get("start", START), call.time + run.duration)
        told: dict[str, Json] = {
            **started,
            "Input": text(execution.input),
            "InputDetails": {"Included": True},
            "Name": execution.name,
        }
        told |= {"StateMachineArn": machine_arn(execution.arn), "Status": run.status, "StopDate": ended}
        if run.status == "SUCCEEDED":
            as_json = call.resource.endswith(".sync:2")
            told |= {"Output": run.output if as_json else text(run.output), "OutputDetails": {"Included": True}}
            if as_json:
                told["Input"] = execution.input
        else:
            told |= {"Error": run.error, "Cause": run.cause}
        if run.status == "SUCCEEDED" or not waits:
            return Result(told, after=run.duration, submitted=started if waits else None)
        cause = text({key: told[key] for key in sorted(told) if told[key] is not None})
        return TaskError("States.TaskFailed", cause, after=run.duration, submitted=started)


def deployed(pipeline: Pipeline | Workflow, tasks: Mapping[str, Any] | None = None) -> tuple[Workflow, Mocks]:
    """What `sfdsl compile` makes of a pipeline, with mocks that run its Express children.

        machine, mocks = deployed(orders, {"Extract": {...}, ...})
        run = simulate(machine, {"day": "2026-11-28"}, mocks)

    The path is then one of the states after the cost rules, and a call in a child is one of that child.

    Args:
        pipeline: As its author declared it; a profile beside its file is not looked for.
        tasks: How its Tasks end, in the pipeline itself and in its children, by name of the state.
    """
    from sfdsl.cost.analysis import analyse

    analysis = analyse(machine_of(pipeline), unlocking=False)
    noted = {name: notes for machine in analysis.machines for name, notes in machine.notes.items()}
    durations = {name: notes.duration for name, notes in noted.items() if notes.duration}
    shared = Mocks(tasks or {}, durations)
    children = {child.state: Child(child.workflow, shared) for child in analysis.outlined.children}
    own = {name: seconds for name, seconds in durations.items() if name not in children}
    return analysis.outlined.workflow, Mocks({**(tasks or {}), **children}, own)


class _Checking:
    """Mocks whose results are held against the output shapes of botocore."""

    def __init__(self, mocks: Mocks) -> None:
        self._mocks = mocks
        self._seen: set[tuple[str, str]] = set()
        self.wants_context = mocks.wants_context

    def answer(self, call: Call) -> Any:
        outcome = self._mocks.answer(call)
        if isinstance(outcome, Result):
            self._check(call, outcome.value)
        return outcome

    def _check(self, call: Call, result: Json) -> None:
        from sfdsl.simulate.expectations import result_problems, unknown_fields

        for problem in (*result_problems(call.resource, result), *unknown_fields(call.resource, result)):
            if (call.state, problem) not in self._seen:
                self._seen.add((call.state, problem))
                message = f"the mock of task {call.state!r} gives what {call.resource} does not: {problem}"
                warnings.warn(message, MockWarning, stacklevel=_outside())


def machine_arn(execution: str) -> str:
    """The ARN of the state machine of an execution, Standard or Express."""
    parts = execution.split(":")
    return ":".join([*parts[:5], "stateMachine", parts[6]])


def _outside() -> int:
    """How many frames up the caller of `simulate` is."""
    import sys

    frame, level = sys._getframe(1), 1
    while frame.f_back is not None and frame.f_globals.get("__name__", "").startswith("sfdsl."):
        frame, level = frame.f_back, level + 1
    return level
