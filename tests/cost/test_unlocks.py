"""What assertions would let the rewrites do, told with what it saves."""

from __future__ import annotations

from typing import Any

import pytest
from attrs import evolve

from sfdsl.cost.analysis import analyse
from sfdsl.cost.profile import Profile
from sfdsl.cost.report import as_text
from sfdsl.cost.rewrites.reasons import UNLOCKS
from sfdsl.cost.unlocks import ASSERTED
from sfdsl.model.workflow import Assertion, Notes, Workflow
from tests.cost.machines import chain, workflow

MILLION = Profile(executions_per_month=1e6)
SAID = frozenset({Assertion.UNORDERED, Assertion.ATOMIC, Assertion.ERROR_NAMES_FREE})


def sends(count: int) -> Workflow:
    """Messages to one queue, one after the other; nobody reads what SQS answers."""

    def send(i: int) -> dict[str, Any]:
        return {
            "Type": "Task",
            "Resource": "arn:aws:states:::sqs:sendMessage",
            "Arguments": {"QueueUrl": "https://sqs.us-east-1.amazonaws.com/123456789012/q", "MessageBody": f"m{i}"},
            "Output": "{% $states.input %}",
        }

    return workflow(chain(*((f"Send {i}", send(i)) for i in range(count))))


def test_everything_that_a_word_lifts_is_tried() -> None:
    assert set(ASSERTED) == set(UNLOCKS)


def test_what_a_rewrite_waits_for_is_told_with_its_dollars() -> None:
    machine = sends(3)
    found = analyse(machine, MILLION)
    best = found.plan.unlocks[0]
    assert best.states == ("Send 0", "Send 1", "Send 2") or best.states == ("Send 1", "Send 2"), found.plan.unlocks
    assert best.month == pytest.approx(50.0, rel=0.02)
    notes = {name: Notes(idempotent=True, asserts=SAID) for name in best.states}
    asserted = analyse(evolve(machine, notes=notes), MILLION)
    assert found.dollars_after - asserted.dollars_after == pytest.approx(best.saved)
    assert "What an assertion would unlock\n  " in as_text(found)


def test_without_rewrites_no_assertion_for_them_is_asked_for() -> None:
    assert analyse(evolve(sends(3), rewrites=False), MILLION).plan.unlocks == ()


def test_calls_that_become_one_are_charged_once() -> None:
    notes = {f"Send {i}": Notes(idempotent=True, asserts=SAID) for i in range(3)}
    found = analyse(evolve(sends(3), notes=notes), MILLION)
    before, after = found.others
    assert (before, after) == (pytest.approx(3 * 0.4e-6), pytest.approx(0.4e-6))
    assert found.month is not None
    assert found.dollars_after == pytest.approx(0.000025 + 0.4e-6)
