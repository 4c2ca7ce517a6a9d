"""What every rewrite promises, so that the next one keeps it too."""

from __future__ import annotations

import importlib
import json
import pkgutil
import time
from pathlib import Path

import pytest

import sfdsl.cost.rewrites as package
from sfdsl.cost.rewrites import REWRITES, Hazard, Reason, Rewrite, rewrite
from sfdsl.model import asl
from tests.cost.rewrites.judge import workflow_of
from tests.cost.rewrites.tools import machine, task

TESTS = "".join(path.read_text(encoding="utf-8") for path in sorted(Path(__file__).parent.glob("test_*.py")))


def test_every_rewrite_of_the_package_is_registered_once() -> None:
    found = set()
    for module in pkgutil.iter_modules(package.__path__):
        loaded = importlib.import_module(f"{package.__name__}.{module.name}")
        found |= {value.name for value in vars(loaded).values() if isinstance(value, Rewrite)}
    names = [each.name for each in REWRITES]
    assert len(names) == len(set(names)) == len({each.number for each in REWRITES})
    assert set(names) == found


@pytest.mark.parametrize("each", REWRITES, ids=lambda each: each.name)
def test_every_rewrite_says_what_it_saves_and_why_it_is_safe(each: Rewrite) -> None:
    assert "Saves: " in each.documentation
    assert "Safe because: " in each.documentation


@pytest.mark.parametrize("member", [*Reason, *Hazard], ids=str)
def test_every_reason_and_hazard_is_a_sentence_that_a_test_demonstrates(member: Reason | Hazard) -> None:
    assert len(member.value.split()) > 4
    assert f"{member}" in TESTS


def test_no_two_rewrites_undo_each_other() -> None:
    definition = machine(
        "JSONata",
        P={"Type": "Pass", "Output": {"a": "{% $states.input.a %}"}},
        T=task(Arguments={"a": "{% $states.input.a %}"}),
        W={"Type": "Wait", "Seconds": 0},
        Q={"Type": "Pass", "Output": {"b": "{% $states.input.b %}"}},
    )
    made = rewrite(workflow_of(definition))
    assert json.loads(json.dumps(asl.write(made.workflow.machine)["States"])) == {
        "T": task(Arguments={"a": "{% $states.input.a %}"}, Output={"b": "{% $states.result.b %}"}, End=True)
    }
    assert rewrite(made.workflow).workflow is made.workflow


def test_a_thousand_states_take_far_less_than_two_seconds() -> None:
    states = {}
    for i in range(500):
        states[f"P{i}"] = {"Type": "Pass", "Output": {"a": f"{{% $states.input.a{i} %}}"}}
        states[f"T{i}"] = task(Arguments={"a": "{% $states.input.a %}"})
    workflow = workflow_of(machine("JSONata", **states))
    began = time.process_time()
    made = rewrite(workflow)
    assert time.process_time() - began < 2
    assert len(made.workflow.machine.states) == 500
