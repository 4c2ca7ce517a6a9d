"""Published bills, recomputed: AWS's own examples, their dollars as published and as computed from their inputs."""

from __future__ import annotations

import pytest
from attrs import evolve

from sfdsl.compile import Costing, compile_pipeline
from sfdsl.cost.estimate import estimate
from sfdsl.cost.partition.plan import choose
from sfdsl.cost.prices import billed_seconds, load, memory_chunks
from sfdsl.cost.profile import Profile, StateProfile
from sfdsl.cost.rewrites import rewrite
from sfdsl.cost.sizing.batches import batches
from sfdsl.model import asl
from sfdsl.model.workflow import MachineType, Notes
from tests.cost.ecommerce import by_callbacks, by_polling
from tests.cost.machines import UPDATES, callbacks, chain, distributed, express, naive, sign_up, task, workflow
from tests.cost.rewrites.judge import outcome


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


def test_ecommerce_as_its_author_writes_it_costs_15_cents_per_thousand() -> None:
    """The pipelines themselves, compiled, counted as the blog counts: $0.425 by polling, $0.1530 at its cheapest."""
    costing = Costing(prices=load(overrides={"start_end_surcharge": 2}))
    polling = compile_pipeline(by_polling(), costing=costing).analysis
    assert polling is not None
    assert polling.before.transitions == pytest.approx(17)
    assert polling.before.workflow_dollars * 1000 == pytest.approx(0.425)
    compiled = compile_pipeline(by_callbacks(), costing=costing)
    assert compiled.analysis is not None
    assert compiled.analysis.before.workflow_dollars * 1000 == pytest.approx(0.275)
    (region,) = compiled.analysis.plan.regions
    assert region.states == ("Notify payment", *UPDATES, "Ship")
    assert compiled.analysis.plan.after * 1000 == pytest.approx(0.15298, abs=5e-6)
    assert compiled.analysis.plan.gap == pytest.approx(0, abs=1e-3)
    parent, child = compiled.machines
    assert list(asl.write(parent.machine)["States"]) == [
        "Approve", "Notify order", "Payment", "Notify payment and 5 more", "Failed in child"
    ]  # fmt: skip
    assert child.type is MachineType.EXPRESS


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


@pytest.mark.parametrize(
    ("batch", "milliseconds", "kind"),
    [
        (100, 28_000, "EXPRESS"), (200, 32_000, "EXPRESS"), (400, 62_000, "STANDARD"), (500, 74_000, "STANDARD"),
        (600, 90_000, "STANDARD"), (800, 120_000, "STANDARD"), (1000, 150_000, "STANDARD"),
    ],
)  # fmt: skip
def test_the_cheaper_type_of_children_in_every_row_of_the_table(batch: int, milliseconds: int, kind: str) -> None:
    for declared in ("STANDARD", "EXPRESS"):
        plan = choose(distributed(50_000_000, batch, declared, milliseconds / 1000), unlocking=False)
        changed = [each.after for each in plan.children] or [declared]
        assert changed == [kind]


def test_the_least_of_the_table_is_standard_with_a_thousand() -> None:
    measured = ((100, 28), (200, 32), (400, 62), (500, 74), (600, 90), (800, 120), (1000, 150))
    best = min(batches(50_000_000, measured, 2, load()), key=lambda row: row.dollars)
    assert (best.size, best.kind, best.dollars) == (1000, "STANDARD", pytest.approx(3.75))


def test_the_pricing_pages_express_example() -> None:
    assert memory_chunks(50 * 1024, 32 * 1024, 400) == 1
    whole = workflow({"All": task(End=True)}, notes={"All": Notes(duration=10)})
    found = estimate(express(whole), Profile(executions_per_month=100e6))
    requests = 100e6 * found.prices.request
    assert requests == pytest.approx(100)
    assert found.gb_seconds * 100e6 / 3600 == pytest.approx(17361.11, abs=0.005)
    lambda_requests = sum(line.dollars for line in found.lines if line.what == "Lambda") * 100e6
    assert found.month == pytest.approx(482.97 + lambda_requests, abs=0.005)


VALID = {"ssn": "123-45-6789", "email": "a@b"}
INVALID = ({}, {"ssn": "123-45-6789"}, {"ssn": 5, "email": "a@b"}, {"ssn": "123-45-6789", "email": "a"})


def test_sign_up_takes_seven_transitions_on_approve_and_five_on_deny() -> None:
    assert estimate(sign_up()).extremes.transitions == (5, 7)
    assert [outcome(sign_up(), given, 0, 0.0).transitions for given in (VALID, *INVALID)] == [7, 5, 5, 5, 5]


def test_sign_up_takes_four_and_two_after_the_rewrites() -> None:
    made = rewrite(sign_up())
    assert [done.rewrite for done in made.evidence] == ["compute_in_one", "fold_pass_forward"]
    assert list(asl.write(made.workflow.machine)["States"]) == ["Approve?", "Put", "Send", "Publish", "Deny"]
    assert estimate(made.workflow).extremes.transitions == (2, 4)
    for given, transitions in ((VALID, 4), *((each, 2) for each in INVALID)):
        was, now = outcome(sign_up(), given, 0, 0.0), outcome(made.workflow, given, 0, 0.0)
        assert was.same(now)
        assert now.transitions == transitions
        assert now.status == "SUCCEEDED"


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
