"""How optimising grows with the size of a machine: rewrites, the choice of Express children, and outlining them.

Usage: `python benchmarks/cost_growth.py [SHAPE...]`. Seconds of processor time for 500, 1,000, 2,000 and 5,000 states,
the best of two runs in one process, and the exponent of the growth from 1,000 to 5,000 (1 is linear).
"""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Callable
from typing import Any

from attrs import evolve

from sfdsl.cost.partition.outline import outline
from sfdsl.cost.partition.plan import choose
from sfdsl.cost.profile import Profile, StateProfile
from sfdsl.cost.rewrites import rewrite
from sfdsl.model import asl
from sfdsl.model.states import Task
from sfdsl.model.workflow import Notes, Workflow, walk

SIZES = (500, 1000, 2000, 5000)
LAMBDA = "arn:aws:lambda:us-east-1:123456789012:function:f"
TOKEN = "arn:aws:states:::sqs:sendMessage.waitForTaskToken"

States = dict[str, dict[str, Any]]


def task(after: str | None, resource: str = LAMBDA, **fields: Any) -> dict[str, Any]:
    return {"Type": "Task", "Resource": resource, "Arguments": {"a": "{% $states.input.a %}"}, **fields, **on(after)}


def on(after: str | None) -> dict[str, Any]:
    return {"End": True} if after is None else {"Next": after}


def name(prefix: str, i: int, count: int) -> str | None:
    return f"{prefix}{i}" if i < count else None


def passes(size: int) -> States:
    """Tasks, each behind a Pass that prepares its arguments."""
    made: States = {}
    for i in range(size // 2):
        made[f"P{i}"] = {"Type": "Pass", "Output": {"a": f"{{% $states.input.a{i} & 'x' %}}"}, "Next": f"T{i}"}
        made[f"T{i}"] = task(name("P", i + 1, size // 2))
    return made


def tasks(size: int) -> States:
    """Tasks of which every tenth is a callback."""
    return {f"P{i}": task(name("P", i + 1, size), TOKEN if i % 10 == 9 else LAMBDA) for i in range(size)}


def run(size: int) -> States:
    """Tasks, each of which reads the variable of the one before; only their time keeps them out of one child."""
    made: States = {}
    for i in range(size):
        made[f"P{i}"] = task(name("P", i + 1, size), Assign={f"v{i}": "{% $states.result %}"})
        if i:
            made[f"P{i}"]["Arguments"] = {"a": f"{{% $v{i - 1} %}}"}
    return made


def choices(size: int) -> States:
    """Choices between two tasks that meet again, and a common handler."""
    made: States = {}
    catch = [{"ErrorEquals": ["States.ALL"], "Next": "Failed"}]
    count = size // 3
    for i in range(count):
        after = name("P", i + 1, count)
        rule = {"Condition": f"{{% $states.input.a > {i} %}}", "Next": f"A{i}"}
        made[f"P{i}"] = {"Type": "Choice", "Choices": [rule], "Default": f"B{i}"}
        made[f"A{i}"] = task(after, Catch=catch)
        made[f"B{i}"] = task(after, Arguments={"b": i}, TimeoutSeconds=9, Catch=catch)
    made["Failed"] = {"Type": "Fail", "Error": "Failed"}
    return made


def gates(size: int) -> States:
    """Tasks, each before a Choice that may end the flow: nested as deep as it is long."""
    made: States = {}
    count = size // 2
    for i in range(count):
        made[f"P{i}"] = task(f"C{i}")
        rule = {"Condition": "{% $states.input.ok %}", "Next": name("P", i + 1, count) or "Done"}
        made[f"C{i}"] = {"Type": "Choice", "Choices": [rule], "Default": "Done"}
    made["Done"] = {"Type": "Succeed"}
    return made


def parallels(size: int) -> States:
    """Parallels of two branches of two tasks."""
    made: States = {}
    count = size // 5
    for i in range(count):
        branches = [
            {"StartAt": f"{b}{i}", "States": {f"{b}{i}": task(f"{b}{i} 2"), f"{b}{i} 2": task(None)}} for b in "AB"
        ]
        made[f"P{i}"] = {"Type": "Parallel", "Branches": branches, **on(name("P", i + 1, count))}
    return made


def loops(size: int) -> States:
    """Small loops, one after the other: a task, a Wait, and a Choice that leads back."""
    made: States = {}
    count = size // 3
    for i in range(count):
        made[f"P{i}"] = task(f"W{i}", Assign={f"v{i}": "{% $states.result %}"})
        made[f"W{i}"] = {"Type": "Wait", "Seconds": 1, "Next": f"C{i}"}
        rule = {"Condition": f"{{% $v{i}.ok %}}", "Next": name("P", i + 1, count) or "Done"}
        made[f"C{i}"] = {"Type": "Choice", "Choices": [rule], "Default": f"P{i}"}
    made["Done"] = {"Type": "Succeed"}
    return made


def large(size: int) -> States:
    """Tasks that hand on 100 KiB each, so that few fit together into a child."""
    made: States = {}
    for i in range(size):
        made[f"P{i}"] = task(name("P", i + 1, size), Assign={f"v{i}": "{% $states.result %}"})
        made[f"P{i}"]["Arguments"] = {f"a{k}": f"{{% $v{k} %}}" for k in range(max(0, i - 4), i)}
    return made


SHAPES = {each.__name__: each for each in (passes, tasks, run, choices, gates, parallels, loops, large)}


def workflow(shape: str, size: int) -> tuple[Workflow, Profile]:
    states = SHAPES[shape](size)
    machine = asl.read({"QueryLanguage": "JSONata", "StartAt": "P0", "States": states})
    notes, told = {}, {}
    for i, (_, state) in enumerate(walk(machine)):
        if isinstance(state, Task):
            notes[state.name] = Notes(idempotent=True, duration=(0.1, 0.4, 2.0, 0.3, 30.0)[i % 5])
            told[state.name] = StateProfile(payload_bytes=100 * 1024 if shape == "large" else None)
    return Workflow(name="growth", machine=machine, notes=notes), Profile(states=told)


def steps(shape: str, size: int) -> dict[str, float]:
    """Seconds of each step, and of all."""
    given, profile = workflow(shape, size)
    found: dict[str, float] = {}

    def timed(step: str, work: Callable[[], Any]) -> Any:
        began = time.process_time()
        result = work()
        found[step] = time.process_time() - began
        return result

    made = timed("rewrite", lambda: rewrite(given))
    plan = timed("choose", lambda: choose(evolve(made.workflow, notes=given.notes), profile, unlocking=False))
    timed("outline", lambda: outline(plan))
    return {**found, "all": sum(found.values())}


def main() -> None:
    print(f"{'shape':<12}{'step':<9}" + "".join(f"{size:>9,}" for size in SIZES) + "   exponent")
    for shape in sys.argv[1:] or SHAPES:
        steps(shape, 20)
        runs = {size: [steps(shape, size) for _ in range(2)] for size in SIZES}
        for step in ("rewrite", "choose", "outline", "all"):
            best = {size: min(each[step] for each in runs[size]) for size in SIZES}
            growth = math.log(best[5000] / best[1000]) / math.log(5)
            print(
                f"{shape:<12}{step:<9}" + "".join(f"{best[size]:>8.2f}s" for size in SIZES) + f"{growth:>11.2f}",
                flush=True,
            )


if __name__ == "__main__":
    main()
