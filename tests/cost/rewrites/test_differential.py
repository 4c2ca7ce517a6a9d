"""Every rewrite alone, and all together, on drawn machines with injected faults: the simulator sees no difference."""

from __future__ import annotations

import json
import os
import random
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from sfdsl.cost.rewrites import REWRITES, Rewrite, rewrite
from sfdsl.model import asl
from tests.cost.rewrites.generate import INPUT, Case, draw
from tests.cost.rewrites.judge import changed, differ, outcome, workflow_of

ALL = (*(each for each in REWRITES if not each.asserted), None)
"""Rewrites that need an assertion have judges of their own, which know what is asserted."""
RUNS = 4
ODD = (None, 0, "odd", [], [[2]], {}, False)
FULL = 5_000
"""Machines that a rewrite changed and that were run, in a whole campaign, for each rewrite."""
MACHINES = int(os.environ.get("SFDSL_REWRITE_MACHINES", FULL))
KINDS: dict[str, tuple[str, ...]] = {
    "R3": ("Pass", "Wait", "Parallel", "Map", "Succeed", "Fail", "carried"), "R4": ("Choice", "told"),
    "R6": ("Succeed", "Pass", "Wait"), "R7": ("Wait", "Pass"), "R11": ("Wait", "loop"), "R12": ("Parallel", "Pass", "single"),
    "R13": ("Map", "Pass", "known"), "R15": ("Parallel", "Pass", "pure"), "R16": ("Choice", "alike"), "R28": ("Pass", "Wait", "copy"),
}  # fmt: skip
JSONATA_ONLY = ("R13", "R15", "R16")
"""What is drawn beside Task and Choice where a rewrite is at home there; elsewhere everything."""


def name(each: Rewrite | None) -> str:
    return each.name if each is not None else "all"


def inputs(case: Case, seed: int) -> Iterator[tuple[Any, float]]:
    """What the executions of a machine are given, and how likely a call of theirs fails.

    The drawn input, which may be odd; then the whole one; then one of which fields are missing or of another type.
    """
    yield case.input, 0.0
    yield INPUT, 0.3
    drawn = random.Random(f"input {seed}")
    yield {key: value for key, value in INPUT.items() if drawn.random() < 0.8}, 0.3
    yield {key: drawn.choice(ODD) if drawn.random() < 0.15 else value for key, value in INPUT.items()}, 0.6


def judge(each: Rewrite | None, seed: int) -> Counter[str] | None:
    """What the executions of a machine came to that a rewrite changes; None where it changes nothing.

    A machine counts only if one of its executions entered a state that the rewrite changed.
    """
    chosen = REWRITES if each is None else (each,)
    only = KINDS.get(each.number, ()) if each is not None and seed % 4 else ()
    jsonata = seed % 2 == 1 or (each is not None and each.number in JSONATA_ONLY)
    case = draw(seed, jsonata=jsonata, only=only)
    before = workflow_of(case.definition)
    made = rewrite(before, rewrites=chosen)
    if made.workflow is before:
        assert made.evidence == ()
        return None
    if seed % 10 == 0:
        assert asl.write(before.machine) == asl.write(workflow_of(case.definition).machine), (
            "the argument stays as it is"
        )
    assert made.evidence
    assert rewrite(made.workflow, rewrites=chosen).workflow is made.workflow, (
        f"seed {seed}: a second time changes something"
    )
    touched = changed(before, made.workflow)
    assert touched, f"seed {seed}: evidence of a change, and no state differs"
    seen: Counter[str] = Counter()
    for number, (given, faults) in enumerate(inputs(case, seed)):
        was = outcome(before, given, seed * RUNS + number, faults)
        now = outcome(made.workflow, given, seed * RUNS + number, faults)
        assert not differ(was, now), f"seed {seed}, execution {number}: {was} {now}"
        reached = not touched.isdisjoint(was.path)
        seen.update(
            {
                "executions": 1, was.status: 1, "reached": reached, "with faults": bool(was.faults), "calls": len(was.calls),
                "with faults and reached": reached and bool(was.faults), "timeouts": "NoAnswer" in was.faults,
                "evaluation errors": was.error == "States.QueryEvaluationError" or was.error == "States.Runtime",
            }
        )  # fmt: skip
    if not seen["reached"]:
        return None
    text = json.dumps(case.definition)
    seen.update(
        {"machines": 1, "JSONata" if jsonata else "JSONPath": 1, "Retry": "Retry" in text, "Catch": "Catch" in text}
    )
    return seen


def campaign(each: Rewrite | None, touched: int, start: int) -> Counter[str]:
    """Run machines until so many have been judged that a rewrite changed; what their executions came to."""
    found: Counter[str] = Counter()
    for seed in range(start, start + touched * 200):
        if (seen := judge(each, seed)) is not None:
            found.update(seen)
        if found["machines"] == touched:
            return found
    pytest.fail(f"{name(each)} changed only {found['machines']} machines")


@pytest.mark.parametrize("each", ALL, ids=name)
def test_a_rewritten_machine_does_the_same(each: Rewrite | None) -> None:
    found = campaign(each, 25, 0)
    assert found["SUCCEEDED"] > 10


@pytest.mark.campaign
@pytest.mark.parametrize("each", ALL, ids=name)
def test_thousands_of_rewritten_machines_do_the_same(each: Rewrite | None) -> None:
    found = campaign(each, MACHINES, 1_000_000)
    print(name(each), dict(sorted(found.items())))
    runs = found["executions"]
    assert found["SUCCEEDED"] > 0.2 * runs
    assert found["reached"] > 0.5 * runs
    assert found["with faults"] > 0.15 * runs
    assert found["with faults and reached"] > 0.1 * runs
    assert found["evaluation errors"] > 0.03 * runs
    assert found["timeouts"] > 0.005 * runs
    languages = ("JSONata",) if each is not None and each.number in JSONATA_ONLY else ("JSONata", "JSONPath")
    assert min(found[language] for language in languages) > 0.02 * MACHINES
    assert min(found["Retry"], found["Catch"]) > 0.15 * MACHINES
