"""Writes to DynamoDB: which tasks make them, and whether two of them write the same item."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from itertools import combinations

from attrs import field, frozen

from sfdsl.aws.resource import Pattern, ServiceTask, has_placeholder, parse
from sfdsl.cost.rewrites.draft import Draft
from sfdsl.cost.rewrites.expressions import Cannot
from sfdsl.cost.rewrites.facts import same
from sfdsl.cost.rewrites.reasons import Hazard
from sfdsl.jsonata_text import is_expression
from sfdsl.model.fields import Json
from sfdsl.model.states import Task

_RETURNED = ("ReturnValues", "ReturnConsumedCapacity", "ReturnItemCollectionMetrics")


@frozen(kw_only=True)
class Write:
    """One write of one item.

    Attributes:
        api: `putItem`, `updateItem` or `deleteItem`.
        fields: What the service is given, without what asks for nothing to be returned.
    """

    api: str
    fields: Mapping[str, Json] = field(hash=False)

    @property
    def table(self) -> Json:
        """Name or ARN of the table, or an expression."""
        return self.fields.get("TableName")

    @property
    def key(self) -> Json:
        """The key, where it stands apart from the item."""
        return self.fields.get("Key")


def called(task: Task, apis: Sequence[str]) -> ServiceTask | None:
    """What a task calls, if that is one of some APIs of DynamoDB."""
    found = parse(task.resource) if task.resource is not None else None
    if not isinstance(found, ServiceTask) or found.pattern is not Pattern.REQUEST_RESPONSE:
        return None
    return found if found.service == "dynamodb" and found.api in apis else None


def row_key(draft: Draft, task: Task, apis: Sequence[str]) -> Hashable | None:
    """What writes have in common that one call can do; None where a task does not write."""
    found = called(task, apis)
    return (found.partition, found.sdk, draft.scope.language(task)) if found is not None else None


def write(task: Task, arguments: Json, allowed: Sequence[str]) -> Write:
    """The write of a task.

    Args:
        task: A task that calls DynamoDB.
        arguments: What it is given.
        allowed: Parameters that it may have; with `.$` behind them in JSONPath.

    Raises:
        Cannot: It has other parameters, or asks for something to be returned.
    """
    if not isinstance(arguments, dict) or not isinstance(found := parse(task.resource or ""), ServiceTask):
        raise Cannot(Hazard.OTHER_PARAMETERS)
    fields = {key: each for key, each in arguments.items() if not (key in _RETURNED and each == "NONE")}
    names = [key.removesuffix(".$") for key in fields]
    holder = "Item" if found.api == "putItem" else "Key"
    if not {*allowed, "TableName", holder}.issuperset(names) or not {"TableName", holder}.issubset(names):
        raise Cannot(Hazard.OTHER_PARAMETERS)
    return Write(api=found.api, fields=fields)


def unproven(writes: Sequence[Write]) -> set[int]:
    """The places of the writes that may write the same item as another.

    Raises:
        Cannot: Two surely do.
    """
    found: set[int] = set()
    for (place, first), (other, second) in combinations(enumerate(writes), 2):
        told = same_item(first, second)
        if told is True:
            raise Cannot(Hazard.SAME_ITEM)
        if told is None:
            found |= {place, other}
    return found


def same_item(first: Write, second: Write) -> bool | None:
    """Whether two writes write the same item; None where that cannot be told."""
    if _named(first.table) and _named(second.table) and first.table != second.table:
        return False
    known = [each.key for each in (first, second) if isinstance(each.key, dict)]
    values = [each.key if isinstance(each.key, dict) else each.fields.get("Item") for each in (first, second)]
    mine, yours = values
    if not isinstance(mine, dict) or not isinstance(yours, dict):
        return True if mine is not None and same(mine, yours) and same(first.table, second.table) else None
    if known:
        # The attributes of a Key are those of every key of the table.
        told = [_same(mine.get(name), yours.get(name)) for name in known[0]]
        if False in told:
            return False
        return True if None not in told and same(first.table, second.table) else None
    common = mine.keys() & yours.keys()
    told = [_same(mine[name], yours[name]) for name in common]
    if told and all(each is False for each in told):
        return False  # whichever of them are the key
    return True if same(mine, yours) and same(first.table, second.table) else None


def _named(table: Json) -> bool:
    return isinstance(table, str) and not is_expression(table) and not has_placeholder(table) and ":" not in table


def _same(mine: Json, yours: Json) -> bool | None:
    """Whether two attribute values are the same."""
    if mine is not None and same(mine, yours):
        return True
    match mine, yours:
        case {"S": str(left)}, {"S": str(right)} if _literal(left) and _literal(right):
            return False
        case {"N": str(left)}, {"N": str(right)} if _literal(left) and _literal(right):
            return _same_number(left, right)
        case _:
            return None


def _literal(text: str) -> bool:
    return not is_expression(text) and not has_placeholder(text)


def _same_number(left: str, right: str) -> bool | None:
    try:
        return Decimal(left) == Decimal(right)
    except InvalidOperation:
        return None
