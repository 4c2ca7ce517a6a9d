"""Rewrites on definitions that people published: what they touch and save, and that nothing they do changes.

The definitions lie in ../shared and are not copied; where it is missing these tests skip, and in CI they fail.
"""

from __future__ import annotations

import copy
import json
import random
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sfdsl.aws import resource
from sfdsl.checks import check
from sfdsl.cost.rewrites import rewrite
from sfdsl.diagnostics import Severity
from sfdsl.graph import WorkflowGraph
from sfdsl.model import asl
from sfdsl.model.states import Choice, Comparison
from sfdsl.model.workflow import MachineType, Workflow, walk
from sfdsl.simulate.errors import SimulationError
from sfdsl.testing import InvalidDefinition
from tests.conftest import shared
from tests.cost.rewrites.judge import Outcome, outcome

Json = Any
RUNS = 6


FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:"
NUMBERS = (
    "Seconds",
    "TimeoutSeconds",
    "HeartbeatSeconds",
    "IntervalSeconds",
    "MaxAttempts",
    "MaxConcurrency",
    "BackoffRate",
)


def filled(value: Json, key: str = "") -> Json:
    """A definition with something in the place of each placeholder and odd Resource, so that the simulator takes it."""
    if isinstance(value, dict):
        return {name: filled(each, name) for name, each in value.items()}
    if isinstance(value, list):
        return [filled(each, key) for each in value]
    if not isinstance(value, str):
        return value
    text = re.sub(r"\$\{[^}]*\}|\{\{.*?\}\}", "filled", value)
    if key == "Resource" and isinstance(resource.parse(text), (resource.Malformed, resource.Unresolved)):
        return FUNCTION + re.sub(r"[^A-Za-z0-9_-]", "-", text)[-60:]
    return 5 if key in NUMBERS and not text.startswith("{%") else text


def corpus() -> Iterator[tuple[str, Workflow]]:
    files = sorted(shared("corpus/asl").glob("*.json"))
    assert len(files) == 584
    types = {}
    with shared("corpus/index.jsonl").open(encoding="utf-8") as index:
        for line in index:
            row = json.loads(line)
            types[Path(row["file"]).name] = row["type"]
    for file in files:
        definition = json.loads(file.read_text(encoding="utf-8"))
        yield (
            file.name[:4],
            Workflow(
                name="w",
                machine=asl.read(definition),
                type=MachineType.EXPRESS if types[file.name] == "EXPRESS" else MachineType.STANDARD,
            ),
        )


class Words:
    """Inputs and results that go far in a machine: the fields that its paths read, with values that its tests compare."""

    def __init__(self, workflow: Workflow) -> None:
        text = json.dumps(asl.write(workflow.machine))
        names = {part for path in _paths(text) for part in path}
        self.names = sorted(names)[:60]
        self.paths = sorted(set(_paths(text)))[:80]
        self.values: list[Json] = [
            True,
            False,
            0,
            1,
            5,
            "text",
            "SUCCEEDED",
            "FAILED",
            [],
            [{"id": "1"}],
            {},
            "2026-01-02T03:04:05Z",
        ]
        for _, state in walk(workflow.machine):
            if isinstance(state, Choice):
                self.values += [test.operand for test in _comparisons(state) if not isinstance(test.operand, bool)]

    def draw(self, drawn: random.Random) -> Json:
        made: dict[str, Json] = {}
        for path in self.paths:
            here = made
            for name in path[:-1]:
                here = here.setdefault(name, {}) if isinstance(here.get(name, {}), dict) else {}
            if not isinstance(here.get(path[-1]), dict):
                here[path[-1]] = copy.deepcopy(drawn.choice(self.values))  # values are filled further
        if drawn.random() < 0.2 and made:
            del made[drawn.choice(list(made))]
        return made


def _paths(text: str) -> list[tuple[str, ...]]:
    found = []
    for match in re.finditer(r"\$(?:states\.(?:input|result)|\w+)?((?:\.[A-Za-z_]\w*)+)", text):
        found.append(tuple(match[1][1:].split(".")))
    return found


def _comparisons(state: Choice) -> list[Comparison]:
    left: list[Any] = [rule.test for rule in state.choices]
    found = []
    while left:
        test = left.pop()
        if isinstance(test, Comparison):
            found.append(test)
        left += [*getattr(test, "tests", ()), *([test.test] if hasattr(test, "test") else [])]
    return found


def errors(workflow: Workflow) -> Counter[str]:
    return Counter(finding.code for finding in check(WorkflowGraph(workflow)) if finding.severity is Severity.ERROR)


# Machines of 584 that each rewrite touches, and the transitions that it saves on the ways it changed.
TOUCHED: dict[str, tuple[int, int]] = {
    "all": (158, 0), "decide_choice": (3, 0), "drop_unused": (6, 0), "end_at_once": (57, 58), "fold_pass_back": (3, 3),
    "fold_pass_forward": (20, 29), "merge_choices": (17, 29), "share_states": (14, 0), "skip_idle_pass": (68, 110),
}  # fmt: skip


def test_what_rewrites_do_to_published_machines() -> None:
    machines: Counter[str] = Counter()
    saved: Counter[str] = Counter()
    for name, workflow in corpus():
        made = rewrite(workflow)
        assert rewrite(made.workflow).workflow is made.workflow, name
        machines.update({done.rewrite for done in made.evidence})
        for done in made.evidence:
            saved[done.rewrite] += done.transitions_saved
        machines.update(["all"] if made.evidence else [])
    assert {each: (machines[each], saved[each]) for each in sorted(machines)} == TOUCHED


def test_rewritten_published_machines_have_no_new_errors() -> None:
    for name, workflow in corpus():
        made = rewrite(workflow)
        if made.workflow is not workflow:
            assert not errors(made.workflow) - errors(workflow), name


def run(workflow: Workflow, input: Json, seed: int, faults: float, words: Words) -> Outcome | str:
    try:
        return outcome(workflow, input, seed, faults, steps=2_000, result=words.draw)
    except (InvalidDefinition, SimulationError) as refused:
        return f"{type(refused).__name__}"


COMPARED: dict[str, int] = {
    "SUCCEEDED": 412, "FAILED": 587, "TIMED_OUT": 12, "TOO LONG": 3, "InvalidDefinition": 12,
    "transitions before": 3300, "transitions after": 2782,
}  # fmt: skip
"""Ends of the executions that were compared, and all the states that they entered."""


@pytest.mark.campaign
def test_rewritten_published_machines_do_the_same() -> None:
    compared: Counter[str] = Counter()
    for name, workflow in corpus():
        before = Workflow(name="w", machine=asl.read(filled(asl.write(workflow.machine))), type=workflow.type)
        made = rewrite(before)
        if made.workflow is before:
            continue
        words = Words(before)
        for seed in range(RUNS):
            drawn = random.Random(f"{name} {seed}")
            input, faults = words.draw(drawn), (0.0, 0.0, 0.2)[seed % 3]
            was, now = run(before, input, seed, faults, words), run(made.workflow, input, seed, faults, words)
            if isinstance(was, str) or isinstance(now, str):
                assert was == now, name
                compared[str(was)] += 1
                continue
            assert was.same(now), (name, seed, was, now)
            assert now.transitions <= was.transitions, name
            compared[was.status] += 1
            if "TOO LONG" in (was.status, now.status):
                continue
            compared["transitions before"] += was.transitions
            compared["transitions after"] += now.transitions
    assert compared == COMPARED
