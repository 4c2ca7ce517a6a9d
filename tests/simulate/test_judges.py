"""Independent judges: machines that nobody thought of end here as in moto's and in sfnx's interpreter.

Where they differ, the reason is one of those listed, and it says whose it is; anything else fails the test.
"""

from __future__ import annotations

import logging
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from sfdsl.model.asl import read
from sfdsl.simulate.options import Options
from sfdsl.simulate.outcomes import Call, Outcome, Result, TaskError
from sfdsl.simulate.run import program_of, run_program
from sfdsl.simulate.values import same
from tests.simulate import judges
from tests.simulate.judges import Opinion
from tests.simulate.machines import Case, draw

Reason = Callable[[Opinion, Opinion], bool]


class Ends:
    """Task results of a drawn case: by attempt in a visit of the state, as moto counts, or by call, as sfnx does."""

    wants_context = False

    def __init__(self, case: Case, by_attempt: bool) -> None:
        self.case = case
        self.by_attempt = by_attempt

    def answer(self, call: Call) -> Outcome:
        ends = self.case.tasks[call.state]
        end = ends[min(call.attempt if self.by_attempt else call.count, len(ends)) - 1]
        return TaskError(end["error"], end["cause"]) if "error" in end else Result(end["return"])


def ours(case: Case, *, by_attempt: bool) -> Opinion:
    program = program_of(read(case.definition))
    run = run_program(program, case.input, Options(tasks=Ends(case, by_attempt), max_transitions=20_000))
    started = Counter(event.type for event in run.execution.events)
    raced = any(
        started[f"{kind}StateStarted"] > started[f"{kind}StateSucceeded"] or started["MapIterationFailed"]
        for kind in ("Parallel", "Map")
    )
    return Opinion(run.status, run.output, run.error, run.cause, run.path, raced)


def said(*words: str) -> Reason:
    """Whether the judge uses such words, in the cause or, where a catcher took it, in the output."""
    return lambda us, them: any(word in f"{them.cause} {them.output}" for word in words)


def we_said(*words: str) -> Reason:
    return lambda us, them: any(word in (us.cause or "") for word in words)


def raced(us: Opinion, them: Opinion) -> bool:
    """Whether a branch or iteration failed beside others, so that it is a matter of turns how far those got."""
    return us.raced


OF_REFERENCES = ("States.IntrinsicFailure", "States.ResultPathMatchFailure", "States.ReferencePathConflict")

MOTO: dict[str, Reason] = {
    "moto breaks down in Python where AWS has an error": said(
        "TypeError(", "ValueError(", "RuntimeError(", "KeyError(", "AttributeError(", "'NoneType' object is not",
        "Custom Error Names MUST NOT",
    ),
    "moto takes a Choice rule over a missing field for false; AWS fails": we_said("condition path references an invalid"),
    "moto's States.ALL catches and retries States.Runtime; AWS's does not": (
        lambda us, them: us.error == "States.Runtime"
    ),
    "moto calls a failed intrinsic function, ResultPath or ItemsPath States.Runtime, or computes with null": (
        lambda us, them: them.error == "States.Runtime" or us.error in OF_REFERENCES
    ),
    "moto gives a list for an index inside a path, $.rows[1].id": (
        lambda us, them: us.status == them.status == "SUCCEEDED" and same(unlisted(us.output), unlisted(them.output))
    ),
    "branches race: moto runs them in threads": raced,
}  # fmt: skip

SFNX: dict[str, Reason] = {
    "sfnx has the guide's name for a Choice without a match; AWS is reported to fail with States.Runtime": (
        lambda us, them: them.error == "States.NoChoiceMatched"
    ),
    "sfnx's $partition refuses what is no array; ours takes it for an array of one": said(
        '"partition" must be an array'
    ),
    "sfnx takes the sum of null for undefined; JSONata's own signature of $sum refuses it": we_said("T0412"),
    "branches race: sfnx runs them one after the other": raced,
}


def unlisted(value: Any) -> Any:
    """A value with every list of one element replaced by that element."""
    if isinstance(value, dict):
        return {key: unlisted(item) for key, item in value.items()}
    if isinstance(value, list):
        return unlisted(value[0]) if len(value) == 1 else [unlisted(item) for item in value]
    return value


def untold(value: Any) -> Any:
    """A value without the causes of errors that the interpreter itself tells: each has its own words for them."""
    if isinstance(value, dict):
        own = value.keys() >= {"Error", "Cause"} and str(value["Error"]).startswith("States.")
        return {key: untold(item) for key, item in value.items() if not (own and key == "Cause")}
    return [untold(item) for item in value] if isinstance(value, list) else value


def compare(us: Opinion, them: Opinion, reasons: dict[str, Reason]) -> str:
    """`same`, the reason of a difference, or `unexplained`."""
    ends = us.status == them.status and us.error == them.error and same(untold(us.output), untold(them.output))
    if ends and (us.raced or Counter(us.states) == Counter(them.states)):
        return "same"
    return next((reason for reason, holds in reasons.items() if holds(us, them)), "unexplained")


def verdicts(judge: Callable[[Case], Opinion], seeds: range, reasons: dict[str, Reason], jsonata: bool) -> Counter[str]:
    found: Counter[str] = Counter()
    for seed in seeds:
        case = draw(seed, jsonata=jsonata)
        verdict = compare(ours(case, by_attempt=not jsonata), judge(case), reasons)
        found[f"{verdict} (seed {seed})" if verdict == "unexplained" else verdict] += 1
    return found


@pytest.fixture
def _quiet(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """moto logs each failure at length, and its threads die of those that are stopped."""
    monkeypatch.setattr(threading, "excepthook", lambda arguments: None)
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.mark.usefixtures("_quiet")
@pytest.mark.parametrize("seeds", [range(100), pytest.param(range(100, 500), marks=pytest.mark.campaign)])
def test_moto_agrees_on_machines_in_jsonpath(seeds: range) -> None:
    pytest.importorskip("moto", reason="moto is a development dependency")
    found = verdicts(judges.moto, seeds, MOTO, jsonata=False)
    assert set(found) <= {"same", *MOTO}, found
    assert found["same"] >= 0.8 * len(seeds), found


@pytest.mark.parametrize("seeds", [range(100), pytest.param(range(100, 500), marks=pytest.mark.campaign)])
def test_sfnx_agrees_on_machines_in_jsonata(seeds: range) -> None:
    pytest.importorskip("sfnx", reason="sfnx needs Python 3.11")
    found = verdicts(judges.sfnx, seeds, SFNX, jsonata=True)
    assert set(found) <= {"same", *SFNX}, found
    assert found["same"] >= 0.9 * len(seeds), found
