"""Two states of which the second works on exactly what the first gives, and nothing else reads that."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Final

from attrs import field, frozen

from sfdsl.cost.rewrites.draft import Draft
from sfdsl.cost.rewrites.expressions import Cannot, Substitution, leaves, movable, uncertain
from sfdsl.cost.rewrites.facts import WHOLE
from sfdsl.cost.rewrites.folding import as_assign, merged
from sfdsl.cost.rewrites.one_call import reads_of
from sfdsl.cost.rewrites.reasons import Hazard
from sfdsl.jsonata_text import expression, facts, is_expression
from sfdsl.model.fields import ABSENT, Json
from sfdsl.model.states import Map, Task

_NAME: Final = "sfdsl_result_of_the_first"
FIRST: Final = f"${_NAME}"
"""Source of what stands for the result of the first while both are put together."""


@frozen(kw_only=True)
class Passed:
    """What the second of two JSONata states gives, in terms of the input of the first and its own result.

    Attributes:
        received: What it works on; the result of the first is `FIRST` there.
        output, assign: Of both.
    """

    received: Json = field(hash=False)
    output: Json = field(hash=False)
    assign: Json = field(hash=False)


def passed_on(
    draft: Draft, first: Task | Map, second: Task | Map, received: Json, sure: Collection[str] = ()
) -> Passed:
    """What two JSONata states do as one, whose handlers are the same.

    Args:
        draft: The flow they stand in.
        first: The first of them.
        second: The second, to which only the first leads.
        received: What the second works on, as written; ABSENT is its input.
        sure: Sources of texts of the first that never fail.

    Raises:
        Cannot: Something else reads the result of the first, or a handler would see something else.
    """
    movable(*(payload for state in (first, second) for payload in (state.output, state.assign)), received)
    marked_in = Substitution(result=f"{{% {FIRST} %}}")
    given = f"{{% {FIRST} %}}" if first.output is ABSENT else marked_in.payload(first.output)
    variables = {key: marked_in.payload(each) for key, each in as_assign(first.assign).items()}
    put = Substitution(given, variables)
    output = second.output if second.output is ABSENT else put.payload(second.output)
    assign = put.payload(as_assign(second.assign))
    if _marked(output, assign):
        raise Cannot(Hazard.RESULT_IS_READ)
    kept = {key: each for key, each in as_assign(first.assign).items() if not _marked(variables[key])}
    _require_unread(draft, second, set(variables) - set(kept))
    if kept and first.catch:
        raise Cannot(Hazard.HANDLER_SEES_OTHERS)
    read_by_handlers = any(reads_of((catcher.output, catcher.assign), "input") for catcher in first.catch)
    if read_by_handlers and not is_source(given, "$states.input"):
        raise Cannot(Hazard.HANDLER_SEES_OTHERS)
    taken = given if received is ABSENT else put.payload(received)
    # Even what is evaluated later fails too late: what the second does would have happened by then.
    if any(expression(text) not in sure for text in uncertain(first.output, first.assign)):
        raise Cannot(Hazard.FAILURE_WOULD_BE_LOST)
    return Passed(received=taken, output=output, assign=merged(kept or ABSENT, assign or ABSENT))


def only_passed_on(first: Task | Map, second: Task | Map, paths: Collection[str] = ()) -> None:
    """Make sure that a JSONPath state hands nothing on but its result, and the next one nothing but its own.

    Args:
        first: The first of two.
        second: The second, whose handlers are those of the first.
        paths: What the first may select from its result by OutputPath.

    Raises:
        Cannot: One of them does.
    """
    if first.result_selector is not ABSENT or first.result_path not in WHOLE:
        raise Cannot(Hazard.RESULT_IS_READ)
    if first.assign is not ABSENT or second.assign is not ABSENT or second.result_path not in WHOLE:
        raise Cannot(Hazard.RESULT_IS_READ)
    if first.output_path not in (*WHOLE, *paths):
        raise Cannot(Hazard.SOMETHING_ELSE_IS_PASSED)
    if any(catcher.result_path not in WHOLE or catcher.assign is not ABSENT for catcher in second.catch):
        raise Cannot(Hazard.HANDLER_SEES_OTHERS)


def is_source(payload: Json, source: str) -> bool:
    """Whether a payload is one expression of that source."""
    return isinstance(payload, str) and is_expression(payload) and expression(payload) == source


def _marked(*values: Json) -> bool:
    """Whether payloads need the result of the first."""
    return any(_NAME in facts(text).variables for value in values for text in leaves(value))


def _require_unread(draft: Draft, second: Task | Map, names: Iterable[str]) -> None:
    """Make sure that no state but the second reads some variables of the first, which go away."""
    for name in names:
        if any(apart or reader != second.name for reader, apart in draft.readers(name).items()):
            raise Cannot(Hazard.RESULT_IS_READ)
