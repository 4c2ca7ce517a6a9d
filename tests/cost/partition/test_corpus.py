"""Express children of definitions that people published: they do the same, and pass what judges definitions.

For the measurement everything is taken to be idempotent and every task to take a second. The definitions lie in
../shared and are not copied; where it is missing these tests skip, and in CI they fail.
"""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from attrs import evolve

from sfdsl.cost.partition.outline import Outlined, outline
from sfdsl.cost.partition.plan import Plan, choose
from sfdsl.model import asl
from sfdsl.model.states import Task
from sfdsl.model.workflow import MachineType, Notes, Workflow, walk
from sfdsl.simulate.errors import SimulationError
from sfdsl.testing import InvalidDefinition, Result, TaskError
from tests.cost.partition.differential import Answer, Ran, plain, ran, ran_outlined, same
from tests.cost.rewrites.test_corpus import Words, corpus, errors, filled

FAULTS = (0.0, 0.0, 0.1, 0.3)


def outlined() -> Iterator[tuple[str, Plan, Outlined]]:
    """Every published machine that gets children."""
    for name, workflow in corpus():
        plan = planned(workflow)
        if plan.regions:
            yield name, plan, outline(plan)


def planned(workflow: Workflow) -> Plan:
    """The plan for a machine as Standard, all its tasks idempotent and of one second."""
    machine = asl.read(filled(asl.write(workflow.machine)))
    tasks = [state.name for _, state in walk(machine) if isinstance(state, Task)]
    notes = dict.fromkeys(tasks, Notes(idempotent=True, duration=1.0))
    return choose(evolve(workflow, machine=machine, notes=notes, type=MachineType.STANDARD), unlocking=False)


def answering(words: Words, seed: str, faults: float) -> Answer:
    """Tasks that answer with what the machine reads; it depends on the task, what it is asked and how often."""

    def answer(name: str, arguments: Any, call: int) -> Any:
        drawn = random.Random(f"{seed} {name} {plain(json.dumps(arguments, sort_keys=True))} {call}")
        after = drawn.uniform(0.001, 1.0)
        if drawn.random() < faults:
            raise TaskError(drawn.choice(("Busy", "States.TaskFailed", "States.Timeout")), f"of {name}", after=after)
        return Result(words.draw(drawn), after=after)

    return answer


def compare(name: str, plan: Plan, found: Outlined) -> Counter[str]:
    """Run a machine and its outlined form; how the executions ended."""
    words = Words(plan.workflow)
    ends: Counter[str] = Counter()
    for number, faults in enumerate(FAULTS):
        seed = f"{name} {number}"
        given = words.draw(random.Random(seed))
        before = attempt(lambda: ran(plan.workflow, given, answering(words, seed, faults)))  # noqa: B023
        after = attempt(lambda: ran_outlined(found, given, answering(words, seed, faults)))  # noqa: B023
        if isinstance(before, str):
            ends[before] += 1  # refused, or endless: there is nothing to compare with
            continue
        assert not isinstance(after, str), after
        same(before, after, found)
        ends[before.status] += 1
        ends["with faults"] += before.failed
        ends["transitions before"] += before.transitions
        ends["transitions after"] += after.transitions
    return ends


def attempt(run: Any) -> Ran | str:
    try:
        return run()  # type: ignore[no-any-return]
    except (InvalidDefinition, SimulationError) as refused:
        return type(refused).__name__


def machines(found: Outlined) -> tuple[Workflow, ...]:
    """The parent and its children."""
    return (found.workflow, *(child.workflow for child in found.children))


@pytest.mark.campaign
def test_children_of_published_machines_change_nothing_that_can_be_seen() -> None:
    ends: Counter[str] = Counter()
    count = 0
    for name, plan, found in outlined():
        count += 1
        try:
            ends += compare(name, plan, found)
        except AssertionError as wrong:
            raise AssertionError(f"{name}: {wrong}") from wrong
    print(count, dict(ends))
    assert count > 200
    assert ends["SUCCEEDED"] > 200
    assert ends["transitions after"] < 0.8 * ends["transitions before"]


@pytest.mark.campaign
def test_children_of_published_machines_have_no_new_errors() -> None:
    for name, plan, found in outlined():
        known = set(errors(plan.workflow))
        for each in machines(found):
            assert set(errors(each)) <= known, name
