"""What the tests of single rewrites share."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

from sfdsl.cost.rewrites import Hazard, Rewrite
from sfdsl.model import asl
from sfdsl.model.workflow import Notes
from tests.cost.rewrites.judge import workflow_of

Json = Any
TASK = "arn:aws:lambda:us-east-1:123456789012:function:f"


def machine(language: str = "JSONPath", /, **states: Json) -> dict[str, Json]:
    """A definition of states that follow each other where they do not say otherwise."""
    names = list(states)
    for place, state in enumerate(states.values()):
        if state["Type"] in ("Choice", "Succeed", "Fail") or "Next" in state or "End" in state:
            continue
        if place + 1 < len(names):
            state["Next"] = names[place + 1]
        else:
            state["End"] = True
    top = {"QueryLanguage": "JSONata"} if language == "JSONata" else {}
    return {**top, "StartAt": names[0], "States": states}


def task(**fields: Json) -> Json:
    return {"Type": "Task", "Resource": TASK, **fields}


def after(each: Rewrite, definition: Json, notes: dict[str, Notes] | None = None) -> dict[str, Json]:
    """The states after a rewrite."""
    states: dict[str, Json] = asl.write(each(workflow_of(definition, notes)).workflow.machine)["States"]
    return states


def until_changed(judge: Callable[[int, Counter[str]], bool], machines: int, start: int) -> Counter[str]:
    """Judge machines, seed after seed, until a rewrite has changed so many; what was counted on the way."""
    counts: Counter[str] = Counter()
    changed, seed = 0, start
    while changed < machines:
        changed += judge(seed, counts)
        seed += 1
        assert seed < start + 40 * machines, counts
    counts["machines"] = seed - start
    return counts


def hazards(each: Rewrite, definition: Json, notes: dict[str, Notes] | None = None) -> dict[str, Hazard]:
    """Why states were left alone."""
    return {refusal.state: refusal.hazard for refusal in each(workflow_of(definition, notes)).refusals}
