"""What `sfdsl cost` says: before and after, why, what would save more, what it rests on; and the budget."""

from __future__ import annotations

import json

import pytest
from attrs import evolve

from sfdsl.cost import analysis
from sfdsl.cost.analysis import Analysis
from sfdsl.cost.budget import check_budget
from sfdsl.cost.partition.terms import Options
from sfdsl.cost.profile import Profile
from sfdsl.cost.report import as_text, dollars
from sfdsl.cost.report_json import as_object
from sfdsl.model.workflow import Assertion, MachineType, Notes, Workflow
from tests.cost.machines import TOKEN, callbacks, chain, distributed, naive, task, workflow

MILLION = Profile(executions_per_month=1e6)


def analyse(workflow: Workflow, profile: Profile | None = None) -> Analysis:
    """What may be chosen is children, and not that the whole is Express."""
    return analysis.analyse(workflow, profile, options=Options())


def section(text: str, title: str) -> list[str]:
    """The lines below a title."""
    block = next(part for part in text.split("\n\n") if part.startswith(title + "\n"))
    return block.splitlines()[1:]


def test_the_headline_says_before_and_after() -> None:
    assert as_text(analyse(callbacks(), MILLION)).splitlines()[0] == (
        "callbacks: $228.00 a month for 1,000,000 executions, $105.98 after (-53.5 %)"
    )
    assert as_text(analyse(naive())).splitlines()[0] == "naive: $0.378 per 1,000 executions, and nothing to save"


def test_a_child_is_listed_with_what_it_saves() -> None:
    lines = section(as_text(analyse(callbacks(), MILLION)), "What lowers it")
    assert lines == [
        "  Express child callbacks-notify-payment: saves $122.02 a month; 6 states, 1.9 s billed, 64 MB",
        "    'Notify payment', 'Update orders', 'Update inventory', 'Update customer', 'Update ledger', 'Ship'; "
        "it is left to one place, so that asking where costs nothing",
    ]


def test_states_that_cannot_be_express_are_listed_with_the_reason() -> None:
    lines = section(as_text(analyse(callbacks(), MILLION)), "What cannot run in Express")
    assert lines == ["  'Approve', 'Payment': waits for a task token, which Express does not offer"]


def test_what_an_assertion_would_unlock() -> None:
    machine = callbacks()
    notes = {**machine.notes, "Ship": Notes(duration=0.3)}
    found = analyse(evolve(machine, notes=notes), MILLION)
    assert section(as_text(found), "What an assertion would unlock") == [
        "  mark 'Ship' idempotent: saves $24.69 a month"
    ]
    (unlock,) = found.plan.unlocks
    assert unlock.month == pytest.approx(24.6875)


def test_callers_who_agree_unlock_the_whole() -> None:
    states = chain(*((f"S{i}", task()) for i in range(5)))
    notes = {f"S{i}": Notes(idempotent=True, duration=1.0) for i in range(5)}
    machine = workflow(states, notes=notes)
    found = analyse(machine, MILLION)
    assert found.plan.type is MachineType.STANDARD
    assert [unlock.hint for unlock in found.plan.unlocks] == ['let it be Express as a whole: type="express"']
    agreed = analysis.analyse(evolve(machine, auto=True), MILLION)
    assert agreed.plan.type is MachineType.EXPRESS
    assert agreed.plan.after == pytest.approx(0.000001 + 5 * 0.06 / 3600 / 16)


def test_the_types_of_distributed_children_are_chosen() -> None:
    found = analyse(distributed(50_000_000, 100, "STANDARD", 28.0))
    assert section(as_text(found), "What lowers it") == [
        "  children of 'Each' as EXPRESS: saves $9,916.67 per 1,000 executions"
    ]
    body = found.outlined.workflow.machine.states[0].item_processor
    assert body.processor_config.execution_type == "EXPRESS"


def test_rewrites_are_listed_with_why_they_are_safe() -> None:
    states = chain(("A", task(TOKEN)), ("Nothing", {"Type": "Pass"}), ("B", task(TOKEN)))
    found = analyse(workflow(states), MILLION)
    lines = section(as_text(found), "What lowers it")
    assert lines[0] == "  skip_idle_pass (R1): saves 1.00 transitions, $25.00 a month"
    assert lines[1].startswith("    without 'Nothing': ")
    assert found.month is not None
    assert found.month[0] - found.month[1] == pytest.approx(25.0)
    assert analyse(evolve(workflow(states), rewrites=False), MILLION).savings == ()


def test_json_has_all_of_it() -> None:
    found = json.loads(json.dumps(as_object(analyse(callbacks(), MILLION))))
    assert found["transitions"] == {"expected": 9.0, "after": 4.0, "best": 9.0, "worst": 9.0}
    assert found["month"] == {"before": pytest.approx(228.0), "after": pytest.approx(105.97917)}
    assert [child["name"] for child in found["children"]] == ["callbacks-notify-payment"]
    assert found["not_express"]["Approve"] == [
        {"state": "Approve", "reason": "waits for a task token, which Express does not offer", "hint": ""}
    ]
    assert found["gap"] < 0.002
    assert {"state": "", "what": "start and end are not billed as transitions", "source": "assumed",
            "hint": "set start_end_surcharge"} in found["assumptions"]  # fmt: skip


@pytest.mark.parametrize(
    ("amount", "told"),
    [
        (1234.5, "$1,234.50"), (1.0, "$1.00"), (0.0421, "$0.0421"), (0.0000127, "$0.0000127"), (0.5, "$0.500"),
        (0, "$0"), (-2.5, "-$2.50"), (0.994, "$0.994"),
    ],
)  # fmt: skip
def test_amounts_have_three_digits_that_count(amount: float, told: str) -> None:
    assert dollars(amount) == told


def test_a_budget_that_is_kept_says_nothing() -> None:
    assert check_budget(analyse(callbacks(), MILLION), 110) is None


def test_a_budget_that_is_exceeded_says_what_would_help() -> None:
    machine = callbacks()
    machine = evolve(machine, notes={**machine.notes, "Ship": Notes(duration=0.3)})
    found = check_budget(analyse(machine, MILLION), 100)
    assert found is not None
    assert found.code == "SF450"
    assert found.message == "'callbacks' costs $130.56 a month for 1,000,000 executions; its budget is $100.00"
    assert found.hint == "mark it idempotent: idempotent=True for 'Ship': saves $24.69 a month"


def test_a_budget_without_traffic_cannot_be_checked() -> None:
    found = check_budget(analyse(callbacks()), 100)
    assert found is not None
    assert found.code == "SF451"


def test_a_map_that_works_in_batches_is_told() -> None:
    body = {"StartAt": "Do", "States": chain(("Do", task()))}
    each = {"Type": "Map", "Items": "{% $states.input %}", "MaxConcurrency": 20, "ItemProcessor": body, "End": True}
    notes = {
        "Do": Notes(idempotent=True, duration=5.0),
        "Each": Notes(items=3000, asserts=frozenset({Assertion.ERROR_NAMES_FREE})),
    }
    found = analyse(workflow({"Each": each}, notes=notes), MILLION)
    (batched,) = found.plan.batched
    first, second = section(as_text(found), "What lowers it")[:2]
    assert first.startswith("  'Each' in batches (R18): $")
    assert second == "    1,000 items a batch, 1 child at a time with 20 items at a time each"
    assert as_object(found)["batched_maps"][0]["items_per_batch"] == batched.size
