"""A JSONata Pass folded into the JSONata state behind it."""

from __future__ import annotations

from typing import Any

from attrs import evolve

from sfdsl.cost.rewrites.draft import Draft
from sfdsl.cost.rewrites.expressions import Cannot, Substitution, leaves, movable, uncertain
from sfdsl.cost.rewrites.folding import EVALUATION_ERRORS, as_assign, covered, handles, merged, refuse_nested_reads
from sfdsl.cost.rewrites.reasons import Hazard
from sfdsl.cost.rewrites.tests_of_choices import with_text
from sfdsl.jsonata_text import is_expression
from sfdsl.model.fields import ABSENT, Json
from sfdsl.model.states import (
    Catcher,
    Choice,
    ChoiceRule,
    Condition,
    Fail,
    Map,
    Opaque,
    Parallel,
    Pass,
    State,
    Succeed,
    Task,
    Wait,
)


def folded(draft: Draft, state: Pass, target: State) -> tuple[State, bool]:
    """The target with the work of the Pass, and whether nothing in that work can fail.

    Raises:
        Cannot: It cannot be done, or not safely.
    """
    if state.result is not ABSENT:
        raise Cannot(Hazard.NOT_UNDERSTOOD)
    assign = as_assign(state.assign)
    movable(state.output, assign)
    needed = uncertain(state.output, assign)
    put = Substitution(state.output, assign)
    after: State
    match target:
        case Pass():
            after = _pass(target, state, assign, put)
            fine = covered(needed, after.output, after.assign)
        case Choice():
            after, fine = _choice(target, state, assign, put, needed)
        case Succeed():
            after = evolve(target, output=_output(target.output, state, put))
            fine = covered(needed, after.output)
        case Fail():
            after = evolve(target, error=_scalar(put, target.error), cause=_scalar(put, target.cause))
            fine = covered(needed, after.error, after.cause)
        case Wait():
            after = evolve(
                target,
                seconds=_number(put, target.seconds),
                timestamp=_scalar(put, target.timestamp),
                output=_output(target.output, state, put),
                assign=merged(assign or ABSENT, put.payload(target.assign)),
            )
            fine = not needed
        case Task() | Parallel() | Map():
            refuse_nested_reads(draft, target, assign)
            after, begin = _worker(target, state, assign, put)
            fine = covered(needed, begin)
            if needed and fine and handles(target, EVALUATION_ERRORS):
                raise Cannot(Hazard.FAILURE_WOULD_BE_HANDLED)
        case Opaque():
            raise Cannot(Hazard.NOT_UNDERSTOOD)
    if not fine:
        raise Cannot(Hazard.FAILURE_WOULD_BE_LOST)
    return after, not needed


def _output(output: Json, state: Pass, put: Substitution) -> Json:
    """What a state hands on that would hand its input on where it has no Output."""
    return state.output if output is ABSENT else put.payload(output)


def _pass(target: Pass, state: Pass, assign: dict[str, Json], put: Substitution) -> Pass:
    if target.result is not ABSENT:
        raise Cannot(Hazard.NOT_UNDERSTOOD)
    output = _output(target.output, state, put)
    return evolve(target, output=output, assign=merged(assign or ABSENT, put.payload(target.assign)))


def _choice(
    target: Choice, state: Pass, assign: dict[str, Json], put: Substitution, needed: set[str]
) -> tuple[Choice, bool]:
    rules: list[ChoiceRule] = []
    fine = True
    for rule in target.choices:
        if not isinstance(rule.test, Condition):
            raise Cannot(Hazard.NOT_UNDERSTOOD)
        test = with_text(rule.test, put.payload(rule.test.text))
        output = _output(rule.output, state, put)
        assigned = merged(assign or ABSENT, put.payload(rule.assign))
        fine = fine and covered(needed, output, assigned)
        rules.append(evolve(rule, test=test, output=output, assign=assigned))
    output = _output(target.output, state, put)
    assigned = merged(assign or ABSENT, put.payload(target.assign))
    if needed and target.default is None:
        fine = False  # it would fail for another reason: that no rule is true
    fine = fine and covered(needed, output, assigned)
    return evolve(target, choices=tuple(rules), output=output, assign=assigned), fine


def _worker(
    target: Task | Parallel | Map, state: Pass, assign: dict[str, Json], put: Substitution
) -> tuple[Task | Parallel | Map, Json]:
    """The target, and the field of it that is evaluated first of all."""
    catch: list[Catcher] = []
    for catcher in target.catch:
        output = put.payload(catcher.output)
        catch.append(evolve(catcher, output=output, assign=merged(assign or ABSENT, put.payload(catcher.assign))))
    changes: dict[str, Any] = {
        "catch": tuple(catch),
        "output": put.payload(target.output),
        "assign": merged(assign or ABSENT, put.payload(target.assign)),
    }
    if isinstance(target, Map):
        if any(part is not None for part in (target.item_reader, target.item_batcher, target.result_writer)):
            raise Cannot(Hazard.NOT_UNDERSTOOD)
        begin = changes["items"] = _output(target.items, state, put)
        if (
            not isinstance(begin, list)
            and not (isinstance(begin, str) and is_expression(begin))
            and begin is not ABSENT
        ):
            raise Cannot(Hazard.NO_FIELD_FOR_IT)
        if any("context" in text and "Map" in text for text in leaves([state.output, assign])):
            raise Cannot(Hazard.NAME_OBSERVED)
        changes["item_selector"] = put.payload(target.item_selector)
        for name in ("max_concurrency", "tolerated_failure_percentage", "tolerated_failure_count"):
            changes[name] = _number(put, getattr(target, name))
    else:
        begin = changes["arguments"] = _output(target.arguments, state, put)
        if (
            begin is not ABSENT
            and not isinstance(begin, dict)
            and not (isinstance(begin, str) and is_expression(begin))
        ):
            raise Cannot(Hazard.NO_FIELD_FOR_IT)
    if isinstance(target, Task):
        changes["credentials"] = put.payload(target.credentials)
        for name in ("timeout_seconds", "heartbeat_seconds"):
            changes[name] = _number(put, getattr(target, name))
    after: Task | Parallel | Map = evolve(target, **changes)
    return after, begin


def _scalar(put: Substitution, value: Any) -> Any:
    """A field that holds one text."""
    after = put.payload(value)
    if after is not None and not isinstance(after, str):
        raise Cannot(Hazard.NO_FIELD_FOR_IT)
    return after


def _number(put: Substitution, value: Any) -> Any:
    """A field that holds one number or expression."""
    after = put.payload(value)
    if after is value:
        return value
    if (
        isinstance(after, bool)
        or not isinstance(after, (int, str))
        or (isinstance(after, str) and not is_expression(after))
    ):
        raise Cannot(Hazard.NO_FIELD_FOR_IT)
    return after
