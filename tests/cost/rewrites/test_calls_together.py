"""R21 to R24 among all other rewrites, and in JSONPath."""

from __future__ import annotations

from typing import Any

import pytest

from sfdsl.checks import check
from sfdsl.cost.rewrites import REWRITES, Rewrite, rewrite
from sfdsl.cost.rewrites.send_together import send_together
from sfdsl.cost.rewrites.write_or_nothing import write_or_nothing
from sfdsl.diagnostics import Severity
from sfdsl.graph import WorkflowGraph
from sfdsl.model.workflow import Workflow
from tests.cost.rewrites.calls import Waived, difference
from tests.cost.rewrites.items_drawn import Batches, Transactions
from tests.cost.rewrites.rows_of_calls import Drawing, InJsonPath
from tests.cost.rewrites.test_call_fused import Functions
from tests.cost.rewrites.test_send_together import EVENTS, Messages

Json = Any
NUMBERS = ("R21", "R22", "R23", "R24")


class Transacted(InJsonPath, Transactions):
    """Writes in JSONPath."""

    def call(self, name: str) -> Json:
        api = self.pick(["putItem", "deleteItem", "updateItem"])
        given: Json = {"TableName": "t", "Item" if api == "putItem" else "Key": {"id": self.texts("S", name)}}
        if api == "updateItem":
            given["UpdateExpression"] = "REMOVE n"
        return self.handed_on({"Type": "Task", "Resource": f"arn:aws:states:::dynamodb:{api}", "Parameters": given})


class Events(InJsonPath, Messages):
    """Events in JSONPath."""

    def __init__(self, seed: int) -> None:
        super().__init__(seed)
        self.service = "events"
        self.transient = ("EventBridge.InternalException", "EventBridge.SdkClientException")
        self.other_errors = ("EventBridge.Other",)

    def call(self, name: str) -> Json:
        sent = {"Source": "s", "DetailType": "t", "Detail": {"of": name, **self.texts("text", name)}}
        return self.handed_on({"Type": "Task", "Resource": EVENTS, "Parameters": {"Entries": [sent]}})


def errors(workflow: Workflow) -> set[str]:
    return {found.code for found in check(WorkflowGraph(workflow)) if found.severity is Severity.ERROR}


def campaign(drawing: type[Drawing], rewrites: tuple[Rewrite, ...], waived: Waived, touched: int, start: int) -> int:
    """Run machines until so many were changed by one of these rewrites."""
    done, seed = 0, start
    while done < touched:
        case = drawing(seed).case()
        made = rewrite(case.workflow, rewrites=rewrites)
        names = [each.name for each in rewrites if each.number in NUMBERS]
        evidence = tuple(each for each in made.evidence if each.rewrite in names)
        if evidence:
            assert difference(case, made.workflow, evidence, waived) is None, f"seed {seed}"
            assert done % 10 or errors(made.workflow) <= errors(case.workflow), f"seed {seed}"
            done += 1
        seed += 1
        assert seed - start < touched * 40
    return done


RULES = [
    pytest.param(Messages, REWRITES, Waived(), id="messages, all rewrites"),
    pytest.param(Batches, REWRITES, Waived(order=True), id="batches, all rewrites"),
    pytest.param(Transactions, REWRITES, Waived(order=True), id="transactions, all rewrites"),
    pytest.param(Functions, REWRITES, Waived(row=False), id="functions, all rewrites"),
    pytest.param(Transacted, (write_or_nothing,), Waived(part=False), id="transactions in JSONPath"),
    pytest.param(Events, (send_together,), Waived(), id="events in JSONPath"),
]


@pytest.mark.parametrize(("drawing", "rewrites", "waived"), RULES)
def test_calls_that_came_together_do_what_they_did(drawing, rewrites, waived) -> None:
    assert campaign(drawing, rewrites, waived, 20, 0) == 20


@pytest.mark.campaign
@pytest.mark.parametrize(("drawing", "rewrites", "waived"), RULES)
def test_thousands_of_calls_that_came_together_do_what_they_did(drawing, rewrites, waived) -> None:
    assert campaign(drawing, rewrites, waived, 1_000, 1_000_000) == 1_000
