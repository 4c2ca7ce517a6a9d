"""Published bills, recomputed: AWS's own examples, their dollars as published and as computed from their inputs."""

from __future__ import annotations

import pytest
from attrs import evolve

from sfdsl.cost.estimate import estimate
from sfdsl.cost.prices import billed_seconds, load, memory_chunks
from sfdsl.cost.profile import Profile, StateProfile
from sfdsl.model.workflow import MachineType, Notes
from tests.cost.machines import SNS, callbacks, chain, choice, distributed, express, naive, task, workflow


def test_ecommerce_by_polling_costs_42_cents_per_thousand_where_start_and_end_count() -> None:
    found = estimate(naive(), prices=load(overrides={"start_end_surcharge": 2}))
    assert found.transitions == pytest.approx(17)
    assert found.dollars_range[0] * 1000 == pytest.approx(0.425)
    assert found.workflow_dollars * 1000 == pytest.approx(0.425)


def test_ecommerce_by_polling_has_fifteen_states() -> None:
    found = estimate(naive())
    assert found.transitions == pytest.approx(15)
    assert found.workflow_dollars * 1000 == pytest.approx(0.375)


def test_ecommerce_as_one_express_run_costs_a_cent_per_thousand() -> None:
    whole = workflow({"All": task(End=True)}, notes={"All": Notes(duration=11.3)})
    found = estimate(express(whole))
    assert found.workflow_dollars * 1000 == pytest.approx(0.01277, abs=5e-6)


def test_an_express_child_of_1300_ms_costs_a_quarter_of_a_cent_per_thousand() -> None:
    child = workflow({"All": task(End=True)}, notes={"All": Notes(duration=1.3)})
    found = estimate(express(child))
    assert 1000 * (8 * load().transition + found.workflow_dollars) == pytest.approx(0.20235, abs=5e-6)


def test_callbacks_save_what_polling_pays() -> None:
    assert estimate(callbacks()).transitions == pytest.approx(9)


@pytest.mark.parametrize(
    ("batch", "milliseconds", "standard", "by_express"),
    [
        (100, 28_000, 37.50, 27.59),
        (200, 32_000, 18.75, 14.83),
        (400, 62_000, 9.38, 11.32),
        (500, 74_000, 7.50, 10.31),
        (600, 90_000, 6.25, 9.98),
        (800, 120_000, 4.69, 9.44),
        (1000, 150_000, 3.75, 9.11),
    ],
)
def test_the_table_of_batch_sizes(batch: int, milliseconds: int, standard: float, by_express: float) -> None:
    seconds = milliseconds / 1000
    found = estimate(distributed(50_000_000, batch, "STANDARD", seconds))
    header = found.prices.transition  # the table leaves out the Map state itself
    assert found.workflow_dollars - header == pytest.approx(standard, abs=0.01)
    found = estimate(distributed(50_000_000, batch, "EXPRESS", seconds))
    assert found.workflow_dollars - header == pytest.approx(by_express, abs=0.01)


def test_the_pricing_pages_express_example() -> None:
    assert memory_chunks(50 * 1024, 32 * 1024, 400) == 1
    whole = workflow({"All": task(End=True)}, notes={"All": Notes(duration=10)})
    found = estimate(express(whole), Profile(executions_per_month=100e6))
    requests = 100e6 * found.prices.request
    assert requests == pytest.approx(100)
    assert found.gb_seconds * 100e6 / 3600 == pytest.approx(17361.11, abs=0.005)
    lambda_requests = sum(line.dollars for line in found.lines if line.what == "Lambda") * 100e6
    assert found.month == pytest.approx(482.97 + lambda_requests, abs=0.005)


def test_sign_up_takes_seven_transitions_on_approve_and_five_on_deny() -> None:
    """The blog's machine: two checks side by side, a Choice, then three steps to approve or one to deny."""
    check = {"StartAt": "P{}", "States": {"P{}": {"Type": "Pass", "End": True}}}
    branches = [
        {"StartAt": name, "States": {name: {**check["States"]["P{}"]}}} for name in ("Check SSN", "Check email")
    ]
    states = chain(
        ("Checks", {"Type": "Parallel", "Branches": branches}),
        ("Approve?", choice(("{% $states.input.ok %}", "Put"), default="Deny")),
        ("Put", task("arn:aws:states:::dynamodb:putItem")),
        ("Send", task("arn:aws:states:::sqs:sendMessage")),
        ("Publish", task(SNS, End=True)),
        ("Deny", task(SNS, End=True)),
    )
    for p, expected in ((1.0, 7), (0.0, 5)):
        found = estimate(workflow(states, notes={"Put": Notes(probability=p), "Deny": Notes(probability=1 - p)}))
        assert found.transitions == pytest.approx(expected)
    assert found.extremes.transitions == (5, 7)


def test_sign_up_folded_takes_four_and_two() -> None:
    states = chain(
        ("Approve?", choice(("{% $states.input.ok %}", "Put"), default="Deny")),
        ("Put", task("arn:aws:states:::dynamodb:putItem")),
        ("Send", task("arn:aws:states:::sqs:sendMessage")),
        ("Publish", task(SNS, End=True)),
        ("Deny", task(SNS, End=True)),
    )
    assert estimate(workflow(states)).extremes.transitions == (2, 4)


def test_a_month_has_tiers_and_four_thousand_free_transitions() -> None:
    machine = workflow(chain(("A", {"Type": "Pass"}), ("B", {"Type": "Pass"})))
    assert estimate(machine, Profile(executions_per_month=2_000)).month == 0
    assert estimate(machine, Profile(executions_per_month=3_000)).month == pytest.approx(0.05)


@pytest.mark.parametrize(
    ("seconds", "billed"), [(0.0, 0.0), (0.001, 0.1), (0.1, 0.1), (0.1001, 0.2), (0.1 + 0.2, 0.3), (1.0, 1.0)]
)
def test_express_rounds_up_to_100_ms(seconds: float, billed: float) -> None:
    assert billed_seconds(seconds) == pytest.approx(billed)


def test_a_region_has_its_own_price_and_an_unknown_one_says_so() -> None:
    assert load("sa-east-1").transition == pytest.approx(0.0375 / 1000)
    assert load("us-west-1").transition == pytest.approx(0.0279 / 1000)
    assert any("no price" in remark for remark in load("xx-nowhere-1").remarks)


def test_break_evens_of_whole_workflows() -> None:
    """An Express execution is cheaper than n transitions as long as it is shorter than (n c - r) / s."""
    prices = load()
    for states, seconds in ((1, 23.0), (2, 47.0), (3, 71.0), (4, 95.0), (10, 239.0)):
        found = (states * prices.transition - prices.request) / prices.express_second()
        assert found == pytest.approx(seconds, abs=0.1)


def test_retries_are_billed() -> None:
    states = {"A": task(Retry=[{"ErrorEquals": ["States.ALL"], "MaxAttempts": 2}], End=True)}
    profile = Profile(states={"A": StateProfile(failures={"": 0.5})})
    found = estimate(workflow(states), profile)
    assert found.transitions == pytest.approx(1 + 0.5 + 0.25)
    assert found.extremes.transitions == (1, 3)


def test_express_charges_no_transitions() -> None:
    machine = evolve(workflow(chain(("A", {"Type": "Pass"}), ("B", {"Type": "Pass"}))), type=MachineType.EXPRESS)
    assert estimate(machine).transitions == 0
