"""The judge of rewrites: the simulator runs a machine before and after, and both must do the same.

Compared are the outcome and the calls of tasks in the order in which they begin: what is called, with which arguments,
under which role. The answer of a task depends on what is called, with which arguments and for which time, and on nothing
that a rewrite changes. Tasks take times of their own, so that flows side by side never race.
"""

from __future__ import annotations

import json
import random
import re
from typing import Any

from attrs import frozen

from sfdsl.model import asl
from sfdsl.model.workflow import Notes, Workflow, walk
from sfdsl.simulate.errors import StepLimitExceeded
from sfdsl.simulate.options import Listener
from sfdsl.simulate.outcomes import Call, NoAnswer, Result, TaskError
from sfdsl.testing import InvalidDefinition, simulate

Json = Any
ERRORS = ("Busy", "Rejected", "States.TaskFailed", "Lambda.TooManyRequestsException", "States.Permissions")

EVENTS = 1_000
"""Events of a history at most; who reaches that has a loop, and as much of it as both made is compared."""
RETRIES = 500
"""Attempts of an execution at most."""
ENDLESS = 10**9

# What a cause says about the state and the event, which rewrites may change: who removes a state renumbers events.
_PLACE = re.compile(
    r"An error occurred while executing the state '[^']*' \(entered at the event id #\d+\)\. .*", re.DOTALL
)


@frozen
class Outcome:
    """What an execution did, as far as anybody can tell from outside; and, not compared, what is known of it beside.

    Attributes:
        calls: What was called, in order: what, with which arguments, under which role.
        path: The states entered.
        faults: The errors that were injected; `NoAnswer` for a task that never answers.
    """

    status: str
    output: Json
    error: str | None
    cause: str | None
    calls: tuple[Json, ...]
    transitions: int = 0
    path: tuple[str, ...] = ()
    faults: frozenset[str] = frozenset()

    def same(self, other: Outcome) -> bool:
        if "TOO LONG" in (self.status, other.status):
            shorter = min(len(self.calls), len(other.calls))
            return self.calls[:shorter] == other.calls[:shorter]
        mine = (self.status, self.output, self.error, self.cause, self.calls)
        return mine == (other.status, other.output, other.error, other.cause, other.calls)


def normal(value: Json) -> Json:
    """A value with the places of evaluation errors taken out of its texts."""
    if isinstance(value, str):
        return _PLACE.sub("An evaluation error", value)
    if isinstance(value, list):
        return [normal(each) for each in value]
    if isinstance(value, dict):
        return {key: normal(each) for key, each in value.items()}
    return value


class Answers:
    """Tasks that end as a seed says.

    Args:
        seed: The same seed gives the same answers to the same calls.
        faults: How likely a call fails, 0 to 1.
    """

    def __init__(self, seed: int, faults: float, result: Any = None) -> None:
        self.seed = seed
        self.faults = faults
        self.result = result
        self.calls: list[Json] = []
        self.times: dict[str, int] = {}
        self.injected: set[str] = set()

    def __call__(self, arguments: Json, call: Call) -> Any:
        key = json.dumps([call.resource, normal(arguments), call.credentials], sort_keys=True)
        time = self.times[key] = self.times.get(key, 0) + 1
        self.calls.append((call.resource, normal(arguments), call.credentials))
        drawn = random.Random(f"{self.seed} {time} {key}")
        after = round(drawn.uniform(0.1, 20), 9)
        if drawn.random() < self.faults:
            if drawn.random() < 0.15:
                self.injected.add("NoAnswer")
                return NoAnswer()
            error = drawn.choice(ERRORS)
            self.injected.add(error)
            return TaskError(error, f"drawn {time}", after=after)
        return Result(self.result(drawn) if self.result is not None else answer(drawn), after=after)


def answer(drawn: random.Random) -> Json:
    """What a task gives: mostly an object with the fields that machines read, and at times one without some."""
    given = {
        "a": drawn.randint(0, 5), "b": drawn.choice(["text", "other", ""]), "c": [1, 2, 3], "ok": drawn.random() < 0.5,
        "d": {"x": drawn.randint(0, 2), "y": "two"}, "rows": [{"id": 1}, {"id": 2}], "state": drawn.choice(["DONE", "RUNNING"]),
    }  # fmt: skip
    for key in list(given):
        if drawn.random() < 0.08:
            if drawn.random() < 0.5:
                del given[key]
            else:
                given[key] = drawn.choice([None, 7, "odd", [], {}, [[1]], False])
    return drawn.choice([None, "plain", [1]]) if drawn.random() < 0.04 else given


class Patience(Listener):
    """Ends an execution that only tries again: an attempt that fails before it calls anything leaves no event."""

    def __init__(self) -> None:
        self.tried = 0

    def entered(self, engine: Any, frame: Any) -> None: ...
    def left(self, engine: Any, frame: Any, output: Json) -> None: ...
    def caught(self, engine: Any, frame: Any, error: Any) -> None: ...
    def failed(self, engine: Any, frame: Any, error: Any) -> None: ...

    def retries(self, engine: Any, frame: Any, error: Any, delay: float) -> None:
        self.tried += 1
        if self.tried > RETRIES:
            raise StepLimitExceeded


def outcome(
    workflow: Workflow, input: Json, seed: int, faults: float, *, steps: int = 120, result: Any = None
) -> Outcome:
    """What one execution does."""
    answers = Answers(seed, faults, result)
    try:
        run = simulate(
            workflow, input, {"*": answers}, seed=seed, max_transitions=steps, max_events=EVENTS, check_results=False,
            listener=Patience(),
        )  # fmt: skip
    except StepLimitExceeded:
        return Outcome("TOO LONG", None, None, None, tuple(answers.calls), ENDLESS)
    except RecursionError:
        return Outcome("TOO DEEP", None, None, None, ())
    if run.cause is not None and "maximum number of history events" in run.cause:
        return Outcome("TOO LONG", None, None, None, tuple(answers.calls), ENDLESS)
    return Outcome(
        run.status, normal(run.output), run.error, normal(run.cause), tuple(answers.calls), run.transitions,
        run.path, frozenset(answers.injected),
    )  # fmt: skip


def workflow_of(definition: Json, notes: dict[str, Notes] | None = None) -> Workflow:
    return Workflow(name="w", machine=asl.read(definition), notes=notes or {})


def runnable(workflow: Workflow) -> bool:
    """Whether the simulator takes the machine."""
    try:
        simulate(workflow, {}, {"*": lambda arguments: {}}, max_transitions=1)
    except InvalidDefinition:
        return False
    except Exception:
        return True
    return True


def differences(before: Workflow, after: Workflow, input: Json, seeds: range) -> list[tuple[int, Outcome, Outcome]]:
    """The executions in which two machines differ; every third is without faults."""
    found = []
    for seed in seeds:
        faults = (0.0, 0.15, 0.5)[seed % 3]
        was, now = outcome(before, input, seed, faults), outcome(after, input, seed, faults)
        if differ(was, now):
            found.append((seed, was, now))
    return found


def differ(was: Outcome, now: Outcome) -> bool:
    """Whether a machine does something else than before, or enters more states."""
    return not was.same(now) or now.transitions > was.transitions


def changed(before: Workflow, after: Workflow) -> set[str]:
    """The states that are no longer there or no longer what they were, states inside Parallels and Maps on their own.

    Where only the start of a flow moves, that is the state it began with.
    """
    was, now = states(before), states(after)
    return {name for name, state in was.items() if now.get(name) != state}


def states(workflow: Workflow) -> dict[str, Json]:
    """Every state by its name, without the flows inside it."""
    found = {}
    for scope, state in walk(workflow.machine):
        written = asl.write_state(state)
        for inside in ("Branches", "ItemProcessor", "Iterator"):
            written.pop(inside, None)
        found[state.name] = [written, scope.flow.start_at == state.name]
    return found
