"""Write items to DynamoDB in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from attrs import evolve

from sfdsl.cost.rewrites.base import rewrite_of
from sfdsl.cost.rewrites.draft import Draft
from sfdsl.cost.rewrites.expressions import Cannot
from sfdsl.cost.rewrites.items import Write, called, row_key, unproven, write
from sfdsl.cost.rewrites.one_call import (
    fails_when_done,
    in_one,
    names_are_seen,
    not_asserted,
    not_idempotent,
    retry_of_parts,
    with_arguments,
)
from sfdsl.cost.rewrites.reasons import Hazard
from sfdsl.cost.rewrites.rows import One, merge_rows
from sfdsl.model.fields import Json
from sfdsl.model.states import Task
from sfdsl.model.workflow import Assertion, MachineType

MOST: Final = 100
"""Writes of one transaction at most. Source: TransactWriteItems, API reference."""
APIS: Final = ("putItem", "updateItem", "deleteItem")
_CANCELLED: Final = "DynamoDb.TransactionCanceledException"
_KINDS: Final = {"putItem": "Put", "updateItem": "Update", "deleteItem": "Delete"}
_CONDITION: Final = (
    "ConditionExpression", "ExpressionAttributeNames", "ExpressionAttributeValues",
    "ReturnValuesOnConditionCheckFailure",
)  # fmt: skip


@rewrite_of("R22", asserted=True)
def write_or_nothing(draft: Draft) -> None:
    """Write up to 100 items of DynamoDB in one TransactWriteItems where states in a row write one each.

    Saves: one billed transition for each item but the first, less one more write unit for each KB of each item: a
        transition costs what forty of these do. Express workflows, which pay no transitions, are left as they are.
    Safe because: the transaction does the same writes under the same conditions, or none of them and fails; a Retry
        that tried a write again tries the transaction again. Writes that return something stay. Where
        several would fail, the error is that of any of them; the causes of errors are those of the one call.
    Needs: of each state `atomic`, which holds as well where the items are together more than 256 KiB, so that none
        would be written and the execution would fail. Also `idempotent` where a Retry would begin again what only
        failed in its `Output` or `Assign`; `error_names_free` where somebody can see that a failure has another name,
        in which case a Retry that names errors of the service tries every transaction again that is cancelled; and
        `unordered` where two writes may be to the same item, which a transaction refuses.
    """
    if draft.workflow.type is MachineType.STANDARD:
        merge_rows(draft, lambda draft, task: row_key(draft, task, APIS), _together)


def _together(draft: Draft, tasks: Sequence[Task]) -> One | None:
    if len(tasks) > MOST:
        return None
    found = called(tasks[0], APIS)
    assert found is not None
    made = in_one(draft, tasks, [{}] * len(tasks))
    writes = [_write(task, given) for task, given in zip(tasks, made.arguments, strict=True)]
    doubtful = unproven(writes)
    items = [{_KINDS[each.api]: dict(each.fields)} for each in writes]
    resource = f"arn:{found.partition}:states:::aws-sdk:dynamodb:transactWriteItems"
    task = with_arguments(draft, tasks[0], {"TransactItems": items})
    task = evolve(
        task, resource=resource, output=made.output, assign=made.assign, next=tasks[-1].next,
        retry=retry_of_parts(tasks, _CANCELLED, resource),
    )  # fmt: skip
    lacking = not_asserted(draft, tasks, Assertion.ATOMIC, Hazard.NOT_ATOMIC)
    if fails_when_done(task):
        lacking += not_idempotent(draft, tasks)
    if names_are_seen(draft, tasks):
        lacking += not_asserted(draft, tasks, Assertion.ERROR_NAMES_FREE, Hazard.ERROR_NAMES_MATTER)
    unsure = [task for place, task in enumerate(tasks) if place in doubtful]
    lacking += not_asserted(draft, unsure, Assertion.UNORDERED, Hazard.MAY_BE_SAME_ITEM)
    return One(task=task, lacking=tuple(lacking))


def _write(task: Task, arguments: Json) -> Write:
    made = write(task, arguments, (*_CONDITION, "UpdateExpression"))
    if (made.api == "updateItem") is not any(key.removesuffix(".$") == "UpdateExpression" for key in made.fields):
        raise Cannot(Hazard.OTHER_PARAMETERS)
    return made
