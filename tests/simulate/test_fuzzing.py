"""Drawn machines of both languages, loops included: whatever they do, the simulator neither breaks nor hangs."""

from __future__ import annotations

import itertools
import json
import time
from collections import Counter

import pytest

from sfdsl.model.asl import read
from sfdsl.simulate.errors import StepLimitExceeded
from sfdsl.simulate.history import as_aws
from sfdsl.simulate.options import START, Options
from sfdsl.simulate.run import Run, program_of, run_program
from sfdsl.simulate.sequence import sequence
from sfdsl.testing import InvalidDefinition, TaskError, simulate
from tests.conftest import shared
from tests.simulate.machines import Case, draw
from tests.simulate.test_judges import Ends

SECONDS = 20.0
"""Of processor time; a machine that takes longer hangs: each may enter 2,000 states, of some hundred microseconds as a rule."""


def drawn(seed: int) -> Case:
    return draw(seed, jsonata=seed % 2 == 1, loops=seed % 5 == 0)


def ended(case: Case) -> Run | None:
    """How a case ends; None where it reaches the limit of states."""
    options = Options(tasks=Ends(case, by_attempt=False), max_transitions=2_000, seed=case.seed)
    try:
        return run_program(program_of(read(case.definition), express=case.seed % 7 == 0), case.input, options)
    except StepLimitExceeded:
        return None


def well_formed(run: Run) -> None:
    """Laws that every history obeys."""
    events = run.execution.events
    assert [event.id for event in events] == list(range(1, len(events) + 1))
    assert all(event.previous < event.id for event in events)
    assert all(early.time <= late.time for early, late in itertools.pairwise(events))
    assert [event.type for event in events if event.type.startswith("Execution")] == [
        "ExecutionStarted", {"SUCCEEDED": "ExecutionSucceeded", "FAILED": "ExecutionFailed"}.get(run.status, "ExecutionTimedOut"),
    ]  # fmt: skip
    entered = Counter(event.details["name"] for event in events if event.type.endswith("StateEntered"))
    assert entered == Counter(run.path)
    assert len(as_aws(events, START)) == len(events)
    assert sequence(run).count("\n") > 4


CAMPAIGN = [range(600 + part * 2_425, 600 + (part + 1) * 2_425) for part in range(8)]
"""With the first 600 they are 20,000 machines, in parts that processes can share."""


@pytest.mark.parametrize("seeds", [range(600), *(pytest.param(part, marks=pytest.mark.campaign) for part in CAMPAIGN)])
def test_no_machine_breaks_the_simulator_or_makes_it_hang(seeds: range) -> None:
    ends: Counter[str] = Counter()
    for seed in seeds:
        begin = time.process_time()
        run = ended(drawn(seed))
        assert time.process_time() - begin < SECONDS, f"seed {seed}"
        if run is None:
            ends["step limit"] += 1
            continue
        ends[run.status] += 1
        well_formed(run)
    assert ends["SUCCEEDED"] > 0.3 * len(seeds), ends


@pytest.mark.campaign
def test_no_published_machine_breaks_the_simulator() -> None:
    ends: Counter[str] = Counter()
    for file in sorted(shared("corpus/asl").rglob("*.json")):
        definition = json.loads(file.read_text())
        for result in ({}, {"Payload": {"a": [1, {"b": "c"}]}}, TaskError("States.TaskFailed", "drawn")):
            try:
                run = simulate(definition, {}, {"*": result}, check_results=False, max_transitions=2_000)
            except (InvalidDefinition, StepLimitExceeded) as refused:
                ends[type(refused).__name__] += 1
                continue
            ends[run.status] += 1
            well_formed(run)
    assert ends["InvalidDefinition"] < 200, ends
    assert sum(ends.values()) == 3 * 584


@pytest.mark.parametrize("seed", range(0, 40))
def test_the_same_case_gives_the_same_history(seed: int) -> None:
    first, second = ended(drawn(seed)), ended(drawn(seed))
    assert (first is None) is (second is None)
    if first is not None and second is not None:
        assert first.history == second.history
