"""What folding a Pass into a neighbour asks in both directions and both query languages."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from sfdsl.cost.rewrites.draft import Draft
from sfdsl.cost.rewrites.expressions import Cannot, leaves, nature
from sfdsl.cost.rewrites.reasons import Hazard
from sfdsl.jsonata_text import expression, facts
from sfdsl.model.fields import ABSENT, Json
from sfdsl.model.states import Map, Parallel, State, Task
from sfdsl.model.texts import reads
from sfdsl.model.workflow import Scope, inner

EVALUATION_ERRORS = frozenset({"States.ALL", "States.TaskFailed", "States.QueryEvaluationError"})
PATH_ERRORS = frozenset(
    {
        "States.ALL", "States.TaskFailed", "States.Runtime", "States.ParameterPathFailure", "States.IntrinsicFailure",
        "States.ResultPathMatchFailure",
    }
)  # fmt: skip
_LARGE = 200_000  # bytes; two literals below half of the limit fit together


def handles(state: State, errors: frozenset[str]) -> bool:
    """Whether a Retry or Catch of a state names one of some errors."""
    if not isinstance(state, (Task, Parallel, Map)):
        return False
    handlers: Iterable[Any] = (*state.retry, *state.catch)
    return any(not errors.isdisjoint(handler.error_equals) for handler in handlers)


def branch_failed_named(draft: Draft, state: State | None = None) -> bool:
    """Whether a handler around a flow, or one of a state in it, names States.BranchFailed."""
    owners: list[Any] = [] if state is None else [state]
    scope: Scope | None = draft.scope
    while scope is not None:
        owners.append(scope.owner)
        scope = scope.parent
    return any(owner is not None and handles(owner, frozenset({"States.BranchFailed"})) for owner in owners)


def nested_reads(draft: Draft, state: State) -> Iterator[str]:
    """The names of the variables that the flows inside a state read."""
    left: list[Scope] = inner(draft.scope, state)
    while left:
        scope = left.pop()
        for each in scope.flow.states:
            for read in reads(scope, each):
                yield read.name
            left += inner(scope, each)


def refuse_nested_reads(draft: Draft, state: State, names: Iterable[str]) -> None:
    """Make sure that no flow inside a state reads some variables.

    Raises:
        Cannot: One does.
    """
    wanted = set(names)
    if wanted and isinstance(state, (Parallel, Map)) and not wanted.isdisjoint(nested_reads(draft, state)):
        raise Cannot(Hazard.VARIABLE_READ_INSIDE)


def merged(first: Json, second: Json) -> Json:
    """Two `Assign`s as one, the second deciding where both set a variable.

    Raises:
        Cannot: One is not an object, or both may be large.
    """
    if first is ABSENT or first == {}:
        return second
    if second is ABSENT or second == {}:
        return first
    if not isinstance(first, dict) or not isinstance(second, dict):
        raise Cannot(Hazard.NOT_UNDERSTOOD)
    kept = {key: value for key, value in first.items() if key not in second}
    if may_be_large(kept) and may_be_large(second):
        raise Cannot(Hazard.ASSIGN_MAY_OUTGROW)
    return {**kept, **second}


def may_be_large(value: Json) -> bool:
    """Whether a payload of either language may be larger than half of what one Assign may set."""
    if isinstance(value, dict):
        return any((key.endswith(".$") and isinstance(each, str)) or may_be_large(each) for key, each in value.items())
    if isinstance(value, list):
        return any(may_be_large(each) for each in value)
    if isinstance(value, str):
        if len(value) > _LARGE // 4:
            return True
        return any(
            nature(text).kind not in ("boolean", "number") and (facts(text).states or facts(text).variables)
            for text in leaves(value)
        )
    return False


def covered(needed: set[str], *values: Json) -> bool:
    """Whether the failure of each of some expressions shows in some payloads.

    It does where the expression is a whole text there, or where a whole text goes on along its path: what is undefined
    has no fields.
    """
    if not needed:
        return True
    shown = {text for value in values for text in leaves(value)}
    sources = [expression(text) for text in shown]
    return all(
        text in shown
        or (_PATH.fullmatch(expression(text)) and any(_goes_on(source, expression(text)) for source in sources))
        for text in needed
    )


_PATH = re.compile(r"\$[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*")


def _goes_on(source: str, path: str) -> bool:
    return source.startswith(f"{path}.") and _PATH.fullmatch(source) is not None


def as_assign(value: Json) -> dict[str, Json]:
    """An `Assign` as an object; `{}` where there is none.

    Raises:
        Cannot: It is something else.
    """
    if value is ABSENT:
        return {}
    if not isinstance(value, dict):
        raise Cannot(Hazard.NOT_UNDERSTOOD)
    return value
