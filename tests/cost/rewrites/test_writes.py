"""R21 and R22: writes in a row that become one batch or one transaction."""

from __future__ import annotations

from collections import Counter

import pytest

from sfdsl.checks import check
from sfdsl.cost.rewrites import UNLOCKS, Hazard, Reason, rewrite
from sfdsl.cost.rewrites.write_or_nothing import write_or_nothing
from sfdsl.cost.rewrites.write_together import write_together
from sfdsl.diagnostics import Severity
from sfdsl.graph import WorkflowGraph
from sfdsl.model.workflow import Assertion, MachineType, Notes
from sfdsl.permissions import derive
from tests.cost.rewrites.calls import Waived, difference
from tests.cost.rewrites.items_drawn import Batches, Transactions
from tests.cost.rewrites.judge import workflow_of
from tests.cost.rewrites.tools import after, hazards, machine

DYNAMODB = "arn:aws:states:::dynamodb:"
RETRY = [{"ErrorEquals": ["States.ALL"], "MaxAttempts": 2}]
EVERY = frozenset({Assertion.UNORDERED, Assertion.ATOMIC, Assertion.ERROR_NAMES_FREE})
PUT_OFF = (
    "{% $exists($states.result.UnprocessedItems.*) ? "
    "$error('a part of the call failed: ' & $string($states.result.UnprocessedItems)) : ($states.input) %}"
)


def call(api, given, **fields):
    return {
        "Type": "Task", "Resource": f"{DYNAMODB}{api}", "Arguments": given, "Output": "{% $states.input %}", "Retry": RETRY,
        **fields,
    }  # fmt: skip


def put(id="a", table="t", more=None, **fields):
    item = id if isinstance(id, dict) else {"id": {"S": id}}
    return call("putItem", {"TableName": table, "Item": item, **(more or {})}, **fields)


def delete(id="a", table="t", more=None, **fields):
    return call("deleteItem", {"TableName": table, "Key": {"id": {"S": id}}, **(more or {})}, **fields)


def update(id="a", more=None, **fields):
    given = {"TableName": "t", "Key": {"id": {"S": id}}, "UpdateExpression": "REMOVE n", **(more or {})}
    return call("updateItem", given, **fields)


def never(state):
    """A state without Retry."""
    return {key: each for key, each in state.items() if key != "Retry"}


def noted(**fields):
    return dict.fromkeys(("A", "B"), Notes(**{"idempotent": True, "asserts": EVERY, **fields}))


def both(hazard):
    return {"A": hazard, "B": hazard}


# -- R21 ---------------------------------------------------------------------------------------------------------------


def test_puts_and_deletes_become_one_batch():
    definition = machine("JSONata", A=put("a"), B=delete("b"), C=put("c", "u"))
    notes = dict.fromkeys("ABC", noted()["A"])
    assert after(write_together, definition, notes) == {
        "A": {
            "Type": "Task", "Resource": "arn:aws:states:::aws-sdk:dynamodb:batchWriteItem",
            "Arguments": {"RequestItems": {
                "t": [{"PutRequest": {"Item": {"id": {"S": "a"}}}}, {"DeleteRequest": {"Key": {"id": {"S": "b"}}}}],
                "u": [{"PutRequest": {"Item": {"id": {"S": "c"}}}}],
            }},
            "Output": PUT_OFF, "Retry": RETRY, "End": True,
        }
    }  # fmt: skip
    (done,) = write_together(workflow_of(definition, notes)).evidence
    assert (done.states, done.removed, done.transitions_saved) == (("A",), ("B", "C"), 2)
    assert done.because == (Reason.ONE_CALL_FOR_ALL, Reason.SAID_BY_THE_AUTHOR)


def test_twenty_six_puts_are_twenty_five_and_one():
    names = [f"P{i}" for i in range(26)]
    notes = dict.fromkeys(names, noted()["A"])
    states = after(write_together, machine("JSONata", **{name: put(name) for name in names}), notes)
    assert list(states) == ["P0", "P25"]


LARGE = {"id": {"S": "a"}, "text": {"S": "x" * 200_000}}
ANY_SIZE = {"id": {"S": "b"}, "text": {"S": "{% $states.input.text %}"}}


@pytest.mark.parametrize(
    ("first", "second", "notes", "expected"),
    [
        pytest.param(put(), put("b"), noted(), {}, id="everything is asserted"),
        pytest.param(put(), put("b"), noted(asserts=EVERY - {Assertion.UNORDERED}), both(Hazard.ORDER_MATTERS), id="an order that matters"),
        pytest.param(put(), put("b"), noted(idempotent=None), both(Hazard.NOT_IDEMPOTENT), id="written again"),
        pytest.param(put(), put("b"), noted(asserts=EVERY - {Assertion.ERROR_NAMES_FREE}), both(Hazard.ERROR_NAMES_MATTER), id="names that are read"),
        pytest.param(put(), put("b"), noted(asserts=EVERY - {Assertion.ATOMIC}), {}, id="small items"),
        pytest.param(put(), put(ANY_SIZE), noted(asserts=EVERY - {Assertion.ATOMIC}), both(Hazard.MAY_OUTGROW), id="items of any size"),
        pytest.param(put(LARGE), put({**LARGE, "id": {"S": "b"}}), noted(asserts=EVERY - {Assertion.ATOMIC}), both(Hazard.MAY_OUTGROW), id="large items"),
        pytest.param(never(put()), never(put("b")), noted(), {"B": Hazard.NOT_RETRIED}, id="no retry"),
        pytest.param(put(Retry=[{"ErrorEquals": ["States.Timeout"]}]), put("b", Retry=[{"ErrorEquals": ["States.Timeout"]}]), noted(), {"B": Hazard.NOT_RETRIED}, id="a retry of timeouts only"),
        pytest.param(put(), put("b", more={"ConditionExpression": "attribute_not_exists(id)"}), noted(), {"B": Hazard.OTHER_PARAMETERS}, id="a condition"),
        pytest.param(put(), put("b", more={"ReturnValues": "ALL_OLD"}), noted(), {"B": Hazard.OTHER_PARAMETERS}, id="a value that is returned"),
        pytest.param(put(), put("b", more={"ReturnValues": "NONE"}), noted(), {}, id="nothing that is returned"),
        pytest.param(put(), put("b", "{% $states.input.table %}"), noted(), {"B": Hazard.OTHER_PARAMETERS}, id="a computed table"),
        pytest.param(delete(), delete(), noted(), {"B": Hazard.SAME_ITEM}, id="the same item"),
        pytest.param(delete(), put({"id": {"S": "a"}, "n": {"N": "1"}}), noted(), {"B": Hazard.SAME_ITEM}, id="the same item, put"),
        pytest.param(put({"id": {"N": "1"}}), delete("a", more={"Key": {"id": {"N": "1.0"}}}), noted(), {"B": Hazard.SAME_ITEM}, id="the same number"),
        pytest.param(put(), put("a", "u"), noted(), {}, id="the same item of another table"),
    ],
)  # fmt: skip
def test_items_that_are_written_alone_say_why(first, second, notes, expected):
    definition = machine("JSONata", A=first, B=second)
    assert hazards(write_together, definition, notes) == expected
    assert (len(after(write_together, definition, notes)) == 1) is (not expected)
    assert all((hazard in UNLOCKS) is (notes != noted()) for hazard in expected.values())


# -- R22 ---------------------------------------------------------------------------------------------------------------


def test_writes_with_conditions_become_one_transaction():
    condition = {"ConditionExpression": "attribute_not_exists(id)"}
    retry = [{"ErrorEquals": ["DynamoDB.ThrottlingException"], "MaxAttempts": 2}]
    definition = machine(
        "JSONata",
        A=put("a", more=condition, Retry=retry),
        B=update("b", Retry=retry, Output={"n": "{% $states.input.n %}"}),
    )
    assert after(write_or_nothing, definition, noted()) == {
        "A": {
            "Type": "Task", "Resource": "arn:aws:states:::aws-sdk:dynamodb:transactWriteItems",
            "Arguments": {"TransactItems": [
                {"Put": {"TableName": "t", "Item": {"id": {"S": "a"}}, **condition}},
                {"Update": {"TableName": "t", "Key": {"id": {"S": "b"}}, "UpdateExpression": "REMOVE n"}},
            ]},
            "Output": {"n": "{% $states.input.n %}"},
            "Retry": [{
                "ErrorEquals": ["DynamoDb.ThrottlingException", "DynamoDb.TransactionCanceledException"], "MaxAttempts": 2,
            }],
            "End": True,
        }
    }  # fmt: skip


def test_writes_in_jsonpath_become_one_transaction_where_nothing_reads_their_results():
    definition = machine(A=put(), B=delete())
    for name, state in definition["States"].items():
        del state["Output"]
        state["Parameters"] = state.pop("Arguments")
        state.update(ResultPath=None)
        state["Parameters"]["Item" if name == "A" else "Key"] = {"id": {"S.$": f"$.{name}"}}
    assert after(write_or_nothing, definition, noted()) == {
        "A": {
            "Type": "Task", "Resource": "arn:aws:states:::aws-sdk:dynamodb:transactWriteItems",
            "Parameters": {"TransactItems": [
                {"Put": {"TableName": "t", "Item": {"id": {"S.$": "$.A"}}}},
                {"Delete": {"TableName": "t", "Key": {"id": {"S.$": "$.B"}}}},
            ]},
            "ResultPath": None, "Retry": RETRY, "End": True,
        }
    }  # fmt: skip
    definition["States"]["A"]["ResultPath"] = "$.r"
    assert hazards(write_or_nothing, definition, noted()) == {"B": Hazard.RESULT_IS_READ}


PART = EVERY - {Assertion.UNORDERED}


@pytest.mark.parametrize(
    ("first", "second", "notes", "expected"),
    [
        pytest.param(put(), delete("b"), noted(asserts=PART), {}, id="everything is asserted"),
        pytest.param(put(), delete("b"), noted(asserts=EVERY - {Assertion.ATOMIC}), both(Hazard.NOT_ATOMIC), id="one may happen without the other"),
        pytest.param(put(), delete("b"), noted(asserts=EVERY - {Assertion.ERROR_NAMES_FREE}), both(Hazard.ERROR_NAMES_MATTER), id="names that are read"),
        pytest.param(put(), delete("b"), noted(idempotent=None, asserts=PART), {}, id="nothing has happened where it is tried again"),
        pytest.param(put(), delete("b", Output={"n": "{% $states.input.n %}"}), noted(idempotent=None), both(Hazard.NOT_IDEMPOTENT), id="tried again for its output"),
        pytest.param(put(), put("b"), noted(asserts=PART), {}, id="items that differ in all they have"),
        pytest.param(put({"id": {"S": "a"}, "n": {"N": "1"}}), put({"id": {"S": "b"}, "n": {"N": "1"}}), noted(asserts=PART), both(Hazard.MAY_BE_SAME_ITEM), id="items of which the key is not known"),
        pytest.param(put({"id": {"S": "a"}, "n": {"N": "1"}}), update("b"), noted(asserts=PART), {}, id="a key that names the attribute"),
        pytest.param(put("{% $states.input.id %}"), update("b"), noted(asserts=PART), both(Hazard.MAY_BE_SAME_ITEM), id="a computed key"),
        pytest.param(put("${Id}"), update("b"), noted(asserts=PART), both(Hazard.MAY_BE_SAME_ITEM), id="a key that is filled in"),
        pytest.param(update(), update(), noted(), {"B": Hazard.SAME_ITEM}, id="the same item"),
        pytest.param(update(), update("b", more={"ReturnValues": "ALL_NEW"}), noted(), {"B": Hazard.OTHER_PARAMETERS}, id="a value that is returned"),
        pytest.param(put(), delete("b", more={"Expected": {}}), noted(), {"B": Hazard.OTHER_PARAMETERS}, id="an old form of a condition"),
        pytest.param(put(Catch=[{"ErrorEquals": ["DynamoDB.ConditionalCheckFailedException"], "Next": "H"}]), delete("b", End=True, Catch=[{"ErrorEquals": ["DynamoDB.ConditionalCheckFailedException"], "Next": "H"}]), noted(), {"B": Hazard.ERRORS_TOLD_APART}, id="a condition that is caught"),
    ],
)  # fmt: skip
def test_items_that_are_not_in_a_transaction_say_why(first, second, notes, expected):
    more = {"H": {"Type": "Succeed"}} if "Catch" in first else {}
    definition = machine("JSONata", A=first, B=second, **more)
    assert hazards(write_or_nothing, definition, notes) == expected
    assert ("B" not in after(write_or_nothing, definition, notes)) is (not expected)
    assert all((hazard in UNLOCKS) is (notes != noted()) for hazard in expected.values()) or "Output" in str(second)


def test_an_express_workflow_saves_nothing_by_a_transaction():
    before = workflow_of(machine("JSONata", A=put(), B=put("b")), noted())
    express = type(before)(name="w", machine=before.machine, notes=before.notes, type=MachineType.EXPRESS)
    assert write_or_nothing(express).workflow is express
    assert write_or_nothing(before).workflow is not before


@pytest.mark.parametrize("each", [write_together, write_or_nothing])
def test_the_one_call_is_granted_and_has_no_errors(each):
    before = workflow_of(machine("JSONata", A=put(), B=delete("b")), noted())
    made = each(before).workflow
    assert made is not before
    (table,) = {arn for it in derive(WorkflowGraph(before)).statements for arn in it.resources}
    granted = {
        (action, arn) for it in derive(WorkflowGraph(made)).statements for action in it.actions for arn in it.resources
    }
    needed = ["BatchWriteItem"] if each is write_together else ["PutItem", "DeleteItem"]
    assert granted == {(f"dynamodb:{action}", table) for action in needed}
    assert [found for found in check(WorkflowGraph(made)) if found.severity is Severity.ERROR] == []


# -- on drawn machines -------------------------------------------------------------------------------------------------

RULES = [
    pytest.param(write_together, Batches, Waived(order=True), id="write_together"),
    pytest.param(write_or_nothing, Transactions, Waived(part=False), id="write_or_nothing"),
]


def campaign(each, drawing, waived, touched: int, start: int) -> Counter[str]:
    """How many machines were run that the rewrite changed, with faults and without."""
    ends: Counter[str] = Counter()
    seed = start
    while ends.total() < touched:
        case = drawing(seed).case()
        made = rewrite(case.workflow, rewrites=(each,))
        if made.workflow is not case.workflow:
            assert rewrite(made.workflow, rewrites=(each,)).workflow is made.workflow, f"seed {seed}"
            assert difference(case, made.workflow, made.evidence, waived) is None, f"seed {seed}"
            ends["struck" if case.faults else "smooth"] += 1
        seed += 1
        assert seed - start < touched * 40
    return ends


@pytest.mark.parametrize(("each", "drawing", "waived"), RULES)
def test_the_tables_hold_what_they_held(each, drawing, waived) -> None:
    ends = campaign(each, drawing, waived, 60, 0)
    assert ends["struck"] > 15
    assert ends["smooth"] > 15


@pytest.mark.campaign
@pytest.mark.parametrize(("each", "drawing", "waived"), RULES)
def test_thousands_of_machines_write_what_they_wrote(each, drawing, waived) -> None:
    ends = campaign(each, drawing, waived, 5_000, 1_000_000)
    assert ends["struck"] > 2_000
