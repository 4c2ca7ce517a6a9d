"""Every rewrite alone, and all together, on drawn machines with injected faults: the simulator sees no difference."""

from __future__ import annotations

import json
import os
from collections import Counter

import pytest

from sfdsl.cost.rewrites import REWRITES, Rewrite, rewrite
from sfdsl.model import asl
from tests.cost.rewrites.generate import draw
from tests.cost.rewrites.judge import differences, outcome, workflow_of

ALL = (*REWRITES, None)
RUNS = 3
FULL = 5_000
"""Machines that a rewrite changed and that were run, in a whole campaign, for each rewrite."""
MACHINES = int(os.environ.get("SFDSL_REWRITE_MACHINES", FULL))
KINDS: dict[str, tuple[str, ...]] = {
    "R4": ("Choice",), "R6": ("Succeed", "Pass", "Wait"), "R7": ("Wait", "Pass"), "R11": ("Wait", "loop"), "R12": ("Parallel", "Pass", "single"),
    "R13": ("Map", "Pass", "known"), "R15": ("Parallel", "Pass", "pure"), "R16": ("Choice", "alike"), "R28": ("Pass", "Wait", "copy"),
}  # fmt: skip
JSONATA_ONLY = ("R13", "R15", "R16")
"""What is drawn beside Task and Choice where a rewrite is at home there; elsewhere everything."""


def name(each: Rewrite | None) -> str:
    return each.name if each is not None else "all"


def judge(each: Rewrite | None, seed: int) -> str | None:
    """How the first execution of a machine ends that a rewrite changes; None where it changes nothing."""
    chosen = REWRITES if each is None else (each,)
    only = KINDS.get(each.number, ()) if each is not None and seed % 4 else ()
    jsonata = seed % 2 == 1 or (each is not None and each.number in JSONATA_ONLY)
    case = draw(seed, jsonata=jsonata, only=only)
    before = workflow_of(case.definition)
    written = json.dumps(asl.write(before.machine))
    made = rewrite(before, rewrites=chosen)
    assert json.dumps(asl.write(before.machine)) == written, "the argument stays as it is"
    if made.workflow is before:
        assert made.evidence == ()
        return None
    assert made.evidence
    assert rewrite(made.workflow, rewrites=chosen).workflow is made.workflow, (
        f"seed {seed}: a second time changes something"
    )
    assert differences(before, made.workflow, case.input, range(seed * RUNS, seed * RUNS + RUNS)) == [], f"seed {seed}"
    return outcome(before, case.input, seed * RUNS, 0.0).status


def campaign(each: Rewrite | None, touched: int, start: int) -> Counter[str]:
    """Run machines until a rewrite has changed so many of them."""
    ends: Counter[str] = Counter()
    for seed in range(start, start + touched * 200):
        if (end := judge(each, seed)) is not None:
            ends[end] += 1
        if ends.total() == touched:
            return ends
    pytest.fail(f"{name(each)} changed only {ends.total()} machines")


@pytest.mark.parametrize("each", ALL, ids=name)
def test_a_rewritten_machine_does_the_same(each: Rewrite | None) -> None:
    ends = campaign(each, 25, 0)
    assert ends["SUCCEEDED"] > 3


@pytest.mark.campaign
@pytest.mark.parametrize("each", ALL, ids=name)
def test_thousands_of_rewritten_machines_do_the_same(each: Rewrite | None) -> None:
    ends = campaign(each, MACHINES, 1_000_000)
    assert ends["SUCCEEDED"] > MACHINES // 5
