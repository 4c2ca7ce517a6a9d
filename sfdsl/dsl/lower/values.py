"""Where the values of a step stand: which of them may hold references, and when each is evaluated."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from typing import NamedTuple

from sfdsl.dsl.maps import DistributedMap, Map
from sfdsl.dsl.steps import UNSET, Catching, Choice, Fail, Parallel, Pass, Raise, Raw, Step, Task, Wait
from sfdsl.jsonata import Value
from sfdsl.model.workflow import JSONPATH


class Stage(Enum):
    """When a value of a state is evaluated: before its work; or, of `Output` and `Assign`, after it."""

    BEFORE = "before"
    OUTPUT = "output"
    ASSIGN = "assign"


class Written(NamedTuple):
    """A value that an author gave to a step.

    Attributes:
        stage: When it is evaluated.
        value: JSON and expressions.
        always: Whether it is evaluated whenever the step runs; of the tests of a Choice only the first one is.
    """

    stage: Stage
    value: Value
    always: bool = True


def values(step: Step) -> Iterator[Written]:
    """Every value of a step that may hold references."""
    for value in _before(step):
        if value is not UNSET and value is not None:
            yield Written(Stage.BEFORE, value)
    match step:
        case Choice():
            for i, arm in enumerate(step._arms):
                yield Written(Stage.BEFORE, arm.test, always=i == 0)
        case Raw():
            for key, value in step.state.items():
                yield Written(_STAGES.get(key, Stage.BEFORE), value, always=False)
        case _:
            pass
    if step._output is not UNSET:
        yield Written(Stage.OUTPUT, step._output)
    for value in step._assigned.values():
        yield Written(Stage.ASSIGN, value)


_STAGES = {"Output": Stage.OUTPUT, "Assign": Stage.ASSIGN}


def _before(step: Step) -> Iterator[Value]:
    match step:
        case Task():
            yield from (step.arguments, step.credentials, step.timeout, step.heartbeat)
        case Wait():
            yield from (step.seconds, step.until)
        case Fail() | Raise():
            yield from (step.error, step.cause)
        case DistributedMap():
            yield from (step.over, step.max_concurrency, step.select)
            yield from (step.tolerated_failure_percentage, step.tolerated_failure_count)
            if step.reader is not None:
                yield from (step.reader.arguments, step.reader.config)
            if step.batch is not None:
                yield from (step.batch.items, step.batch.bytes, step.batch.input)
            if step.writer is not None:
                yield step.writer.arguments
        case Map():
            yield from (step.over, step.max_concurrency, step.select)
        case _:
            pass


class Gives(Enum):
    """What stands for the result of a step while it is evaluated itself."""

    RESULT = "$states.result"
    LIST = "$states.result, a list with what each branch or item gives"
    INPUT = "$states.input"
    OUTPUT = "the value that is written for it"
    NOTHING = "nothing"


def gives(step: Step) -> Gives:
    """What the result of a step is."""
    match step:
        case Raw() if step.language == JSONPATH or step.state.get("Type") in ("Task", "Parallel", "Map"):
            return Gives.LIST if step.state.get("Type") in ("Parallel", "Map") else Gives.RESULT
        case Raw():
            return Gives.OUTPUT if "Output" in step.state else Gives.INPUT
        case DistributedMap() if step.writer is not None and step.writer.arguments:
            return Gives.RESULT  # where the results were written to
        case Parallel() | Map():
            return Gives.LIST
        case Catching():
            return Gives.RESULT
        case Choice():
            return Gives.NOTHING
        case Pass() if step._output is not UNSET:
            return Gives.OUTPUT
        case _:
            return Gives.INPUT


def given(step: Step) -> Value:
    """The value that is written for the result of a step that `gives` its output."""
    return step.state["Output"] if isinstance(step, Raw) else step._output
