"""Call one function in the place of two."""

from __future__ import annotations

from typing import Any

from attrs import evolve

from sfdsl.aws.resource import LambdaFunction, Pattern, ServiceTask, parse
from sfdsl.cost.rewrites.base import rewrite_of
from sfdsl.cost.rewrites.draft import Draft
from sfdsl.cost.rewrites.expressions import Cannot, leaves, movable
from sfdsl.cost.rewrites.facts import WHOLE, same
from sfdsl.cost.rewrites.folding import as_assign
from sfdsl.cost.rewrites.one_call import (
    not_asserted,
    not_idempotent,
    require_alike,
    told_apart,
    with_arguments,
)
from sfdsl.cost.rewrites.passing import FIRST, is_source, only_passed_on, passed_on
from sfdsl.cost.rewrites.reasons import Hazard, Reason
from sfdsl.cost.rewrites.rows import together
from sfdsl.cost.rewrites.templates import tree_of
from sfdsl.jsonata_text import is_expression
from sfdsl.model.fields import ABSENT, Json
from sfdsl.model.states import Task
from sfdsl.model.workflow import Assertion, Notes


@rewrite_of("R24", asserted=True)
def call_fused(draft: Draft) -> None:
    """Call the function that does the work of two where a second is called with what a first gives.

    Saves: one billed transition and one request of Lambda each time; the function is billed for the time of both, with
        the memory of the larger.
    Safe because: the second is called with exactly what the first gives, nothing else reads that, and the function
        named as `fused` does what both do, one after the other, and fails where one of them would. The timeout is that
        of both. A Retry counts the failures of both together, and the causes of errors are the function's own.
    Needs: `fused` on the second state. Also `idempotent` on the first where there is a Retry, which repeats the first
        where the second fails; and `error_names_free` on both where a Catch hands on which of the two failed.
    """
    for name in [state.name for state in draft.states()]:
        second = draft.get(name)
        if not isinstance(second, Task) or name == draft.start or _form(second) == "":
            continue
        sources = {source for source, _, _ in draft.ways_into(name)}
        firsts = [state for source in sources if isinstance(state := draft[source], Task) and state.name != name]
        first = next((state for state in firsts if state.next == name and _form(state) == _form(second)), None)
        if first is None:
            continue
        try:
            _fuse(draft, first, second)
        except Cannot as refused:
            if (notes := draft.notes(name)) is not None and notes.fused is not None:
                draft.refuse(name, refused.hazard)


def _form(task: Task) -> str:
    """How a Task calls a function: by the integration, or by its ARN; empty where it calls none."""
    called = parse(task.resource) if task.resource is not None else None
    if isinstance(called, LambdaFunction):
        return "arn"
    if not isinstance(called, ServiceTask) or called.sdk or called.pattern is not Pattern.REQUEST_RESPONSE:
        return ""
    return "invoke" if called.name == "lambda:invoke" else ""


def _fuse(draft: Draft, first: Task, second: Task) -> None:
    notes = draft.notes(second.name)
    if draft.only_way_into(second.name) is None:
        raise Cannot(Hazard.OTHER_WAYS_IN)
    if draft.scope.language(first) != draft.scope.language(second):
        raise Cannot(Hazard.OTHER_LANGUAGE)
    require_alike([first, second], timeouts=False)
    if not same(first.credentials, second.credentials) or (
        first.credentials is not ABSENT and _computed(first.credentials)
    ):
        raise Cannot(Hazard.HANDLERS_DIFFER)
    made = (_both if draft.jsonata(first) else _both_in_jsonpath)(draft, first, second)
    made = evolve(made, next=second.next, timeout_seconds=_seconds(first, second))
    lacking: list[tuple[str, Hazard]] = []
    if notes is None or notes.fused is None:
        lacking.append((second.name, Hazard.NOT_FUSED))
    if any(retrier.max_attempts != 0 for retrier in first.retry):
        lacking += not_idempotent(draft, [first])
    if told_apart([first, second]):
        lacking += not_asserted(draft, [first, second], Assertion.ERROR_NAMES_FREE, Hazard.ERROR_NAMES_MATTER)
    for name, hazard in lacking:
        draft.refuse(name, hazard)
    if lacking or notes is None or notes.fused is None:
        return
    draft.replace(_calling(draft, made, first, notes.fused))
    draft.remove(second.name)
    draft.note(first.name, together([draft.notes(first.name) or Notes(), notes]))
    # What the state behind says of the function before it, it says of the second alone.
    after = draft.notes(second.next or "")
    if after is not None and after.fused is not None and second.next is not None:
        draft.note(second.next, evolve(after, fused=None))
    because = (Reason.ONE_CALL_FOR_ALL, Reason.SAID_BY_THE_AUTHOR)
    draft.did(*because, removed=(second.name,), states=(first.name,))


def _both(draft: Draft, first: Task, second: Task) -> Task:
    """The first Task with what the second makes of its result.

    Raises:
        Cannot: The second is called with something else, or something else reads what the first gives.
    """
    by_integration = _form(first) == "invoke"
    movable(first.arguments)
    # The integration always gives a Payload.
    sure = ("$states.result.Payload",) if by_integration else ()
    passed = passed_on(draft, first, second, second.arguments, sure)
    wanted = f"{FIRST}.Payload" if by_integration else FIRST
    if not is_source(_payload(passed.received, by_integration), wanted):
        raise Cannot(Hazard.SOMETHING_ELSE_IS_PASSED)
    _payload(first.arguments, by_integration)
    made: Task = evolve(first, output=passed.output, assign=passed.assign)
    return made


def _both_in_jsonpath(draft: Draft, first: Task, second: Task) -> Task:
    """The same in JSONPath, where the first hands on nothing but its result.

    Raises:
        Cannot: The second is called with something else, or something else reads what the first gives.
    """
    by_integration = _form(first) == "invoke"
    only_passed_on(first, second, ("$.Payload",) if by_integration else ())
    if first.timeout_seconds_path is not None or second.timeout_seconds_path is not None:
        raise Cannot(Hazard.NOT_UNDERSTOOD)
    wanted = "$.Payload" if by_integration and first.output_path in WHOLE else "$"
    given = _payload(second.parameters, by_integration)
    if second.input_path not in WHOLE or ((given != wanted) if by_integration else (given is not ABSENT)):
        raise Cannot(Hazard.SOMETHING_ELSE_IS_PASSED)
    _payload(first.parameters, by_integration)
    tree_of([each for each in (first.parameters, second.result_selector) if each is not ABSENT])
    made: Task = evolve(first, result_selector=second.result_selector, output_path=second.output_path)
    return made


def _seconds(first: Task, second: Task) -> Any:
    """The timeout of both one after the other; None where one has none."""
    seconds = [task.timeout_seconds for task in (first, second)]
    return sum(each for each in seconds if isinstance(each, (int, float))) if None not in seconds else None


def _payload(arguments: Json, by_integration: bool) -> Json:
    """What a function is called with.

    Raises:
        Cannot: The call asks for more than that, or which function is called is computed.
    """
    if not by_integration:
        return arguments
    allowed = {"FunctionName", "Payload", "Payload.$", "InvocationType"}
    if not isinstance(arguments, dict) or not allowed.issuperset(arguments):
        raise Cannot(Hazard.OTHER_PARAMETERS)
    name = arguments.get("FunctionName")
    if not isinstance(name, str) or is_expression(name):
        raise Cannot(Hazard.OTHER_PARAMETERS)
    if arguments.get("InvocationType", "RequestResponse") != "RequestResponse":
        raise Cannot(Hazard.OTHER_PARAMETERS)
    return arguments.get("Payload", arguments.get("Payload.$", ABSENT))


def _calling(draft: Draft, task: Task, first: Task, function: str) -> Task:
    called = parse(first.resource or "")
    if isinstance(called, LambdaFunction):
        arn = function if ":" in function else f"{called.text.partition(':function:')[0]}:function:{function}"
        return evolve(task, resource=arn)
    given = first.parameters if first.arguments is ABSENT else first.arguments
    return with_arguments(draft, task, {**as_assign(given), "FunctionName": function})


def _computed(credentials: Json) -> bool:
    """Whether a role depends on data."""
    marked = isinstance(credentials, dict) and any(key.endswith(".$") for key in credentials)
    return marked or any(True for _ in leaves(credentials))
