"""Send messages to one queue, topic or bus with one call."""

from __future__ import annotations

import json
from collections.abc import Hashable, Mapping, Sequence
from typing import Final

from attrs import evolve, frozen

from sfdsl.aws.resource import Pattern, ServiceTask, parse
from sfdsl.cost.rewrites.base import rewrite_of
from sfdsl.cost.rewrites.draft import Draft
from sfdsl.cost.rewrites.expressions import Cannot, Substitution, leaves, nature
from sfdsl.cost.rewrites.one_call import (
    EVALUATION,
    InOne,
    fails_when_done,
    in_one,
    names_are_seen,
    not_asserted,
    not_idempotent,
    raising,
    retry_of_parts,
    told_apart,
    tries_again,
    with_arguments,
)
from sfdsl.cost.rewrites.reasons import Hazard
from sfdsl.cost.rewrites.rows import One, merge_rows
from sfdsl.cost.rewrites.sizes import bound
from sfdsl.model.fields import Json
from sfdsl.model.states import Task
from sfdsl.model.workflow import Assertion

MOST: Final = 10
"""Messages of one call at most. Source: SendMessageBatch, PublishBatch and PutEvents, API references."""
BYTES: Final = 256 * 1024
"""Bytes of all messages of one call at most. Source: the same."""
_AROUND: Final = 200
"""Bytes that are counted for what stands around one message."""
_FAILED: Final = "$exists($states.result.Failed.Id)"
_RAISED_BY_EVENTS: Final = "EventBridge.FailedEntry"


@frozen(kw_only=True)
class Batch:
    """How single messages become one call.

    Attributes:
        api: Its API in the AWS SDK integration.
        to: The parameter that says where the messages go.
        entries: The parameter that holds them.
        body: The field of an entry that holds what is sent.
        fields: What else an entry may have.
    """

    api: str
    to: str
    entries: str
    body: str
    fields: tuple[str, ...]


_BATCHES: Final = {
    ("sqs", "sendMessage"): Batch(
        api="sendMessageBatch", to="QueueUrl", entries="Entries", body="MessageBody",
        fields=("DelaySeconds", "MessageAttributes", "MessageDeduplicationId", "MessageGroupId",
                "MessageSystemAttributes"),
    ),
    ("sns", "publish"): Batch(
        api="publishBatch", to="TopicArn", entries="PublishBatchRequestEntries", body="Message",
        fields=("MessageAttributes", "MessageDeduplicationId", "MessageGroupId", "MessageStructure", "Subject"),
    ),
}  # fmt: skip
_EVENTS: Final = (("events", "putEvents", False), ("eventbridge", "putEvents", True))


@rewrite_of("R23", asserted=True)
def send_together(draft: Draft) -> None:
    """Send up to ten messages to one queue, topic or event bus with one call where states in a row send one each.

    Saves: one billed transition for each message but the first.
    Safe because: the one call sends the same messages in the same order. Where the service takes some and not others,
        the `Output` raises `States.QueryEvaluationError`, or the integration of EventBridge `EventBridge.FailedEntry`,
        so that no failure is lost; a Retry that tried a message again tries the call again. Where one message fails,
        others may have been sent or not, whichever comes first; where several do, the error is that of any of them.
        The causes of errors are those of the one call.
    Needs: of each state `unordered`. Also `idempotent` where a Retry would send again what was taken;
        `error_names_free` where somebody can see that the failure of a message has another name, in which case a Retry
        that names errors of the service tries every failed message again; and `atomic` where the messages may together
        be more than 256 KiB, so that none would be sent and the execution would fail.
    """
    merge_rows(draft, _key, _together)


def _key(draft: Draft, task: Task) -> Hashable | None:
    called = _called(task)
    if called is None:
        return None
    given = task.arguments if draft.jsonata(task) else task.parameters
    if not isinstance(given, dict):
        return None
    batch = _BATCHES.get((called.service, called.api))
    to = given.get(batch.to, given.get(f"{batch.to}.$")) if batch is not None else ""
    return (task.resource, draft.scope.language(task), repr(to)) if to is not None else None


def _called(task: Task) -> ServiceTask | None:
    called = parse(task.resource) if task.resource is not None else None
    if not isinstance(called, ServiceTask) or called.pattern is not Pattern.REQUEST_RESPONSE:
        return None
    known = (called.service, called.api) in _BATCHES or (called.service, called.api, called.sdk) in _EVENTS
    return called if known else None


def _together(draft: Draft, tasks: Sequence[Task]) -> One | None:
    called = _called(tasks[0])
    assert called is not None
    batch = _BATCHES.get((called.service, called.api))
    if batch is None:
        return _events(draft, tasks, called)
    if len(tasks) > MOST:
        return None
    if not draft.jsonata(tasks[0]):
        raise Cannot(Hazard.IN_JSONPATH)
    made = in_one(draft, tasks, [_taken(place) for place in range(len(tasks))])
    entries = [_entry(place, arguments, batch, called) for place, arguments in enumerate(made.arguments)]
    to = made.arguments[0][batch.to]
    if any(repr(arguments[batch.to]) != repr(to) for arguments in made.arguments):
        return None
    resource = f"arn:{called.partition}:states:::aws-sdk:{called.service}:{batch.api}"
    task = evolve(
        tasks[0], resource=resource, arguments={batch.to: to, batch.entries: entries},
        output=raising(made.output, _FAILED, "$states.result.Failed"), assign=made.assign, next=tasks[-1].next,
        retry=retry_of_parts(tasks, EVALUATION, resource),
    )  # fmt: skip
    lacking = _lacking(draft, tasks, task, EVALUATION, entries)
    if names_are_seen(draft, tasks):
        lacking += not_asserted(draft, tasks, Assertion.ERROR_NAMES_FREE, Hazard.ERROR_NAMES_MATTER)
    return One(task=task, lacking=tuple(lacking))


def _taken(place: int) -> Mapping[str, Json]:
    """What the call for one message returns, as the call for all returns it."""
    own = f"$states.result.Successful[Id='{place}']"
    return {field: f"{{% {own}.{field} %}}" for field in ("MessageId", "SequenceNumber")}


def _entry(place: int, arguments: Mapping[str, Json], batch: Batch, called: ServiceTask) -> Json:
    if batch.body not in arguments or not {*batch.fields, batch.body, batch.to}.issuperset(arguments):
        raise Cannot(Hazard.OTHER_PARAMETERS)
    body = arguments[batch.body] if called.sdk else _text(arguments[batch.body])
    others = {key: arguments[key] for key in arguments if key in batch.fields}
    return {"Id": str(place), batch.body: body, **others}


def _text(body: Json) -> Json:
    """What a message holds, as the integration of the SDK takes it: a text.

    Raises:
        Cannot: It may be no text, and as one its long numbers might be rounded.
    """
    found = list(leaves(body))
    if isinstance(body, str):
        if found and nature(body).kind != "string":
            raise Cannot(Hazard.NO_TEXT)
        return body
    if not found and isinstance(body, (dict, list)) and "${" not in json.dumps(body):
        return json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    if not isinstance(body, (dict, list)) or any(nature(text).kind not in ("string", "boolean") for text in found):
        raise Cannot(Hazard.NO_TEXT)
    try:
        return f"{{% $string({Substitution().source(body)}) %}}"
    except Cannot:
        raise Cannot(Hazard.NO_TEXT) from None


def _events(draft: Draft, tasks: Sequence[Task], called: ServiceTask) -> One | None:
    made: InOne = in_one(draft, tasks, [{}] * len(tasks))
    entries: list[Json] = []
    for arguments in made.arguments:
        if arguments.keys() != {"Entries"} or not isinstance(arguments["Entries"], list):
            raise Cannot(Hazard.OTHER_PARAMETERS)
        entries += arguments["Entries"]
    if not all(isinstance(entry, dict) for entry in entries):
        raise Cannot(Hazard.OTHER_PARAMETERS)  # an expression among them may give many
    if len(entries) > MOST:
        return None
    task = with_arguments(draft, tasks[0], {"Entries": entries})
    task = evolve(task, output=made.output, assign=made.assign, next=tasks[-1].next)
    # The SDK's integration ends well where entries fail, alone as well as together.
    lacking = _lacking(draft, tasks, task, "" if called.sdk else _RAISED_BY_EVENTS, entries)
    return One(task=task, lacking=tuple(lacking))


def _lacking(draft: Draft, tasks: Sequence[Task], made: Task, part: str, entries: Json) -> list[tuple[str, Hazard]]:
    """What has to be asserted of all and is not, the names of errors left aside.

    Args:
        draft: The flow.
        tasks: The calls.
        made: The one in their place.
        part: The error that a failed part raises; empty where it raises none.
        entries: What is sent.
    """
    lacking = not_asserted(draft, tasks, Assertion.UNORDERED, Hazard.ORDER_MATTERS)
    if part != EVALUATION and told_apart(tasks):
        lacking += not_asserted(draft, tasks, Assertion.ERROR_NAMES_FREE, Hazard.ERROR_NAMES_MATTER)
    if (part and tries_again(made.retry, part)) or fails_when_done(made):
        lacking += not_idempotent(draft, tasks)
    size = bound(entries)
    if size is None or size + _AROUND * len(entries) > BYTES:
        lacking += not_asserted(draft, tasks, Assertion.ATOMIC, Hazard.MAY_OUTGROW)
    return lacking
