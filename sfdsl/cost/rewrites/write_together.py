"""Write items to DynamoDB with one call."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from attrs import evolve

from sfdsl.aws.quotas import PAYLOAD_BYTES
from sfdsl.cost.rewrites.base import rewrite_of
from sfdsl.cost.rewrites.draft import Draft
from sfdsl.cost.rewrites.expressions import Cannot
from sfdsl.cost.rewrites.items import Write, called, row_key, unproven, write
from sfdsl.cost.rewrites.one_call import (
    EVALUATION,
    in_one,
    names_are_seen,
    not_asserted,
    not_idempotent,
    raising,
    retry_of_parts,
    tries_again,
)
from sfdsl.cost.rewrites.reasons import Hazard
from sfdsl.cost.rewrites.rows import One, merge_rows
from sfdsl.cost.rewrites.sizes import bound
from sfdsl.jsonata_text import is_expression
from sfdsl.model.fields import Json
from sfdsl.model.states import Task
from sfdsl.model.workflow import Assertion

MOST: Final = 25
"""Writes of one call at most. Source: BatchWriteItem, API reference."""
APIS: Final = ("putItem", "deleteItem")
_PUT_OFF: Final = "$exists($states.result.UnprocessedItems.*)"


@rewrite_of("R21", asserted=True)
def write_together(draft: Draft) -> None:
    """Put and delete up to 25 items of DynamoDB with one BatchWriteItem where states in a row write one each.

    Saves: one billed transition for each item but the first.
    Safe because: the one call writes the same items. What DynamoDB puts off (`UnprocessedItems`) raises
        `States.QueryEvaluationError` in the `Output`, and the Retry, which is there, tries the call again. Writes with
        conditions stay, and those that return something. Where one write fails, others may have happened or not,
        whichever comes first; where several do, the error is that of any of them. The causes of errors are those of
        the one call.
    Needs: of each state `unordered`, which says of two writes also that they are to different items, since the last one
        to an item decides; `idempotent`, since the Retry writes again what was written. Also `error_names_free` where
        somebody can see that a failure has another name, in which case a Retry that names errors of the service tries
        every write again that was put off; and `atomic` where the items may together be more than 256 KiB, so that none
        would be written and the execution would fail.
    """
    merge_rows(draft, lambda draft, task: row_key(draft, task, APIS), _together)


def _together(draft: Draft, tasks: Sequence[Task]) -> One | None:
    if len(tasks) > MOST:
        return None
    found = called(tasks[0], APIS)
    assert found is not None
    if not draft.jsonata(tasks[0]):
        raise Cannot(Hazard.IN_JSONPATH)
    made = in_one(draft, tasks, [{}] * len(tasks))
    writes = [write(task, given, ()) for task, given in zip(tasks, made.arguments, strict=True)]
    requests: dict[str, list[Json]] = {}
    for each in writes:
        requests.setdefault(_table(each), []).append(_request(each))
    unproven(writes)  # refuses two writes that surely are to one item; of the others `unordered` speaks
    resource = f"arn:{found.partition}:states:::aws-sdk:dynamodb:batchWriteItem"
    retry = retry_of_parts(tasks, EVALUATION, resource)
    if not tries_again(retry, EVALUATION):
        raise Cannot(Hazard.NOT_RETRIED)
    task = evolve(
        tasks[0], resource=resource, arguments={"RequestItems": requests}, retry=retry, assign=made.assign,
        output=raising(made.output, _PUT_OFF, "$states.result.UnprocessedItems"), next=tasks[-1].next,
    )  # fmt: skip
    lacking = not_asserted(draft, tasks, Assertion.UNORDERED, Hazard.ORDER_MATTERS) + not_idempotent(draft, tasks)
    if names_are_seen(draft, tasks):
        lacking += not_asserted(draft, tasks, Assertion.ERROR_NAMES_FREE, Hazard.ERROR_NAMES_MATTER)
    size = bound(requests)
    if size is None or size > PAYLOAD_BYTES.limit:
        lacking += not_asserted(draft, tasks, Assertion.ATOMIC, Hazard.MAY_OUTGROW)
    return One(task=task, lacking=tuple(lacking))


def _table(each: Write) -> str:
    if not isinstance(each.table, str) or is_expression(each.table):
        raise Cannot(Hazard.OTHER_PARAMETERS)  # it becomes a key, and keys are not evaluated
    return each.table


def _request(each: Write) -> Json:
    if each.api == "putItem":
        return {"PutRequest": {"Item": each.fields["Item"]}}
    return {"DeleteRequest": {"Key": each.fields["Key"]}}
