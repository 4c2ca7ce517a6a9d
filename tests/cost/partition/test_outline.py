"""A workflow and its outlined form do the same: outcome, error, and every task call with its arguments."""

from __future__ import annotations

import json
from typing import Any

import pytest

from sfdsl.cost.partition.contexts import moved
from sfdsl.cost.partition.outline import Outlined, outline
from sfdsl.cost.partition.plan import choose
from sfdsl.graph import WorkflowGraph
from sfdsl.model import asl
from sfdsl.model.workflow import MachineType
from tests.cost.machines import callbacks
from tests.cost.partition.differential import answering, drawn, ran, ran_outlined, same

GIVEN = {"day": "2026-11-23", "list": [1, 2], "ok": True}


def outlined(seed: int) -> tuple[Any, Outlined]:
    machine = drawn(seed)
    return machine, outline(choose(machine, unlocking=False))


def compare(seed: int) -> int:
    """How many children a workflow got, having checked that it does the same with them."""
    machine, found = outlined(seed)
    for faults in (0.0, 0.1, 0.4):
        for again in range(2):
            answer = answering(seed * 100 + again, faults)
            before, after = ran(machine, GIVEN, answer), ran_outlined(found, GIVEN, answer)
            try:
                same(before, after, found)
            except AssertionError as wrong:
                raise AssertionError(f"seed {seed}, faults {faults}, {again}: {wrong}") from wrong
    return len(found.children)


def test_children_change_nothing_that_can_be_seen() -> None:
    assert sum(compare(seed) for seed in range(150)) > 150


@pytest.mark.campaign
@pytest.mark.parametrize("part", range(4))
def test_children_change_nothing_that_can_be_seen_in_five_thousand_workflows(part: int) -> None:
    assert sum(compare(seed) for seed in range(1_000 + part * 1_250, 1_000 + (part + 1) * 1_250)) > 1_250


def test_definitions_of_children_pass_the_checks() -> None:
    from sfdsl.checks import check
    from sfdsl.diagnostics import Severity

    for seed in range(60):
        machine, found = outlined(seed)
        known = {(each.code, each.state) for each in check(WorkflowGraph(machine)) if each.severity is Severity.ERROR}
        for each in (found.workflow, *(child.workflow for child in found.children)):
            errors = [e for e in check(WorkflowGraph(each)) if e.severity is Severity.ERROR]
            assert [e for e in errors if (e.code, e.state) not in known] == [], f"seed {seed}"


def test_the_outlined_workflow_costs_what_the_plan_says() -> None:
    machine = callbacks()
    plan = choose(machine)
    found = outline(plan)
    run = ran_outlined(found, {}, lambda name, arguments, call: {})
    assert run.transitions == 4
    assert plan.after == pytest.approx(4 * 0.000025 + 0.000001 + 1.9 * 0.06 / 3600 / 16)


def test_the_definition_of_parent_and_child() -> None:
    found = outline(choose(callbacks()))
    parent = asl.write(found.workflow.machine)["States"]
    assert list(parent) == ["Approve", "Notify order", "Payment", "Notify payment and 5 more", "Failed in child"]
    state = parent["Notify payment and 5 more"]
    assert state["Resource"] == "arn:aws:states:::aws-sdk:sfn:startSyncExecution"
    assert state["Arguments"] == {
        "StateMachineArn": "${CallbacksNotifyPaymentArn}",
        "Input": '{% $string({"input": $states.input}) %}',
    }
    assert state["End"] is True
    assert parent["Payment"]["Next"] == "Notify payment and 5 more"
    (child,) = found.children
    assert child.placeholder == "${CallbacksNotifyPaymentArn}"
    assert child.workflow.type is MachineType.EXPRESS
    assert child.workflow.name == "callbacks-notify-payment"
    states = asl.write(child.workflow.machine)["States"]
    assert list(states) == [
        "Begin", "Notify payment", "Update orders", "Update inventory", "Update customer", "Update ledger", "Ship"
    ]  # fmt: skip
    assert states["Begin"] == {"Type": "Pass", "Output": "{% $states.input.input %}", "Next": "Notify payment"}
    assert json.dumps(states["Ship"]).count("End") == 1


def test_a_path_into_the_context_is_moved_without_the_blanks_around_it() -> None:
    state = {"Type": "Pass", "Parameters": {"of.$": "$$.Execution.Name ", "own.$": "$.name "}}
    assert moved(state, "JSONPath", "caller") == {
        "Type": "Pass", "Parameters": {"of.$": "$caller.Execution.Name", "own.$": "$.name "}
    }  # fmt: skip
