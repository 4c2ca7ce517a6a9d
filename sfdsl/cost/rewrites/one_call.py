"""One call in the place of some in a row: what it is given, what comes of it, who handles its errors."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from attrs import evolve, field, frozen

from sfdsl.aws import resource
from sfdsl.aws.errors import error_names, matches
from sfdsl.cost.rewrites.draft import Draft
from sfdsl.cost.rewrites.expressions import LONGEST, Cannot, Substitution, leaves, movable, uncertain
from sfdsl.cost.rewrites.facts import WHOLE, has_unknown, is_input, same
from sfdsl.cost.rewrites.folding import as_assign, covered, merged
from sfdsl.cost.rewrites.liveness import input_is_read
from sfdsl.cost.rewrites.reasons import Hazard
from sfdsl.cost.rewrites.rows import NotYet
from sfdsl.cost.rewrites.templates import tree_of
from sfdsl.jsonata_text import check, expression, facts, is_expression
from sfdsl.model.fields import ABSENT, Json
from sfdsl.model.states import Map, Retrier, Task
from sfdsl.model.workflow import Assertion

EVALUATION = "States.QueryEvaluationError"
_TIMEOUTS = frozenset({"States.Timeout", "States.HeartbeatTimeout"})
_WILDCARDS = frozenset({"States.ALL", "States.TaskFailed"})


@frozen(kw_only=True)
class InOne:
    """Some Tasks in a row, each said in terms of the input of the first.

    Attributes:
        arguments: Of each Task; in JSONPath its Parameters.
        output: Of the last; ABSENT where that is its result and nobody reads it.
        assign: Of all of them.
    """

    arguments: tuple[Json, ...] = field(hash=False)
    output: Json = field(hash=False)
    assign: Json = field(hash=False)


def in_one(draft: Draft, tasks: Sequence[Task], results: Sequence[Mapping[str, Json]]) -> InOne:
    """What Tasks in a row are given and give, if all of them begin with the input of the first.

    Args:
        draft: The flow they stand in.
        tasks: Tasks in one language, each leading to the next. Those in JSONPath have to hand their input on.
        results: For each Task, fields of its own result as the one call gives them; no other may be read.

    Raises:
        Cannot: One of them needs what only the call of another gives, or an error would be handled in another way.
    """
    require_alike(tasks)
    if draft.jsonpath(tasks[0]):
        return InOne(arguments=tuple(_parameters(task) for task in tasks), output=ABSENT, assign=ABSENT)
    given: Json = "{% $states.input %}"
    unread = False  # whether `given` is a result that nobody may read
    variables: dict[str, Json] = {}
    assign: Json = ABSENT
    arguments: list[Json] = []
    lost: set[str] = set()
    for place, (task, result) in enumerate(zip(tasks, results, strict=True)):
        own = (task.arguments, task.output, task.assign)
        movable(*own, task.credentials)
        if unread and reads_of((task.arguments, task.assign, list(uncertain(task.output))), "input"):
            raise Cannot(Hazard.RESULT_IS_READ)
        if any(len(read) < 2 or read[1] not in result for read in reads_of((task.output, task.assign), "result")):
            raise Cannot(Hazard.RESULT_IS_READ)
        if place and not same(Substitution(given, variables).payload(task.credentials), tasks[0].credentials):
            raise Cannot(Hazard.HANDLERS_DIFFER)
        arguments.append(Substitution(given, variables).payload(task.arguments))
        if reads_of((arguments[-1],), "result"):
            raise Cannot(Hazard.RESULT_IS_READ)
        put = Substitution(given, variables, dict(result))
        added = put.payload(as_assign(task.assign))
        unread = task.output is ABSENT or (unread and bool(reads_of((task.output,), "input")))
        given = "{% $states.input %}" if unread else put.payload(task.output)
        if place < len(tasks) - 1:
            _require_unseen(task, given, unread)
        lost |= uncertain(*([] if unread else [given]), added)
        assign = merged(assign, added or ABSENT)
        variables = {**variables, **added}
    output = ABSENT if unread else given
    if unread and input_is_read(draft, tasks[-1].next):
        raise NotYet(Hazard.RESULT_IS_READ)
    if not covered(lost, *([] if unread else [output]), assign, *arguments):
        raise NotYet(Hazard.FAILURE_WOULD_BE_LOST)
    return InOne(arguments=tuple(arguments), output=output, assign=assign)


def _parameters(task: Task) -> Json:
    """The Parameters of a JSONPath Task that does nothing with its result.

    Raises:
        Cannot: It does, or is not understood.
    """
    if task.result_path is not None or task.output_path not in WHOLE or task.assign is not ABSENT:
        raise Cannot(Hazard.RESULT_IS_READ)
    if task.input_path not in WHOLE or not isinstance(task.parameters, dict) or task.credentials is not ABSENT:
        raise Cannot(Hazard.NOT_UNDERSTOOD)
    if task.timeout_seconds_path is not None or task.heartbeat_seconds_path is not None:
        raise Cannot(Hazard.NOT_UNDERSTOOD)
    tree_of(task.parameters)
    return task.parameters


def with_arguments(draft: Draft, task: Task, arguments: Json) -> Task:
    """A Task that gives the service something else."""
    changes: dict[str, Json] = {"parameters" if draft.jsonpath(task) else "arguments": arguments}
    changed: Task = evolve(task, **changes)
    return changed


def reads_of(values: Iterable[Json], root: str) -> list[tuple[str, ...]]:
    """What some payloads read of one part of `$states`."""
    found = [read for value in values for text in leaves(value) for read in facts(text).states]
    return [read for read in found if not read or read[0] == root]


def _require_unseen(task: Task, output: Json, unread: bool) -> None:
    """Make sure that a Catch of the Tasks behind leads on with what it would lead on with before a Task."""
    if not task.catch:
        return
    if task.assign is not ABSENT:
        raise Cannot(Hazard.HANDLER_SEES_OTHERS)
    if unread or not is_input(output):
        for catcher in task.catch:
            if reads_of((catcher.output, catcher.assign), "input"):
                raise Cannot(Hazard.HANDLER_SEES_OTHERS)


# -- handlers ----------------------------------------------------------------------------------------------------------


def require_alike(tasks: Sequence[Task] | Sequence[Map], *, timeouts: bool = True) -> None:
    """Make sure that the errors of all Tasks are handled alike, and that they may take the same time.

    Args:
        tasks: The Tasks.
        timeouts: Whether they may not take different times.

    Raises:
        Cannot: They are not, or a Task has fields that nobody knows.
    """
    for task in tasks:
        parts: list[Any] = [task, *task.retry, *task.catch]
        if any(has_unknown(part) for part in parts):
            raise Cannot(Hazard.UNKNOWN_FIELDS)
        if isinstance(task, Task) and (
            isinstance(task.timeout_seconds, str) or isinstance(task.heartbeat_seconds, str)
        ):
            raise Cannot(Hazard.NOT_UNDERSTOOD)
        movable(*(payload for catcher in task.catch for payload in (catcher.output, catcher.assign)))
    if len({_handling(task, timeouts=timeouts) for task in tasks}) > 1:
        raise Cannot(Hazard.HANDLERS_DIFFER)


def _handling(task: Task | Map, *, named: bool = False, timeouts: bool = True) -> str:
    """What handles the errors of a state, as a text; its own name in it as such, unless `named`."""
    catch = [
        evolve(each, output=_unnamed(each.output, task.name, named), assign=_unnamed(each.assign, task.name, named))
        for each in task.catch
    ]
    times = (task.timeout_seconds, task.heartbeat_seconds) if isinstance(task, Task) and timeouts else ()
    return repr((task.retry, catch, times))


def _unnamed(value: Json, name: str, named: bool) -> Json:
    if isinstance(value, str):
        return ("its name",) if value == name and not named else value
    if isinstance(value, dict):
        return {key: _unnamed(each, name, named) for key, each in value.items()}
    if isinstance(value, list):
        return [_unnamed(each, name, named) for each in value]
    return value


def retry_of_parts(tasks: Sequence[Task], part: str, after: str) -> tuple[Retrier, ...]:
    """The Retry of one call, which tries again what fails in a part where the Retry of a Task did.

    Args:
        tasks: With the same Retry and Catch.
        part: Name of the error that comes up where a part fails.
        after: Resource of the one call, whose errors may have other names.

    Raises:
        Cannot: Which retrier or catcher an error concerned depended on its name.
    """
    task = tasks[0]
    for catcher in task.catch:
        told = "States.ALL" not in catcher.error_equals and not _TIMEOUTS.issuperset(catcher.error_equals)
        if told and not (_WILDCARDS.issuperset(catcher.error_equals) and _takes(catcher.error_equals, part)):
            raise Cannot(Hazard.ERRORS_TOLD_APART)
    concerned: list[Retrier] = [each for each in task.retry if not _TIMEOUTS.issuperset(each.error_equals)]
    if len(concerned) > 1:
        raise Cannot(Hazard.ERRORS_TOLD_APART)
    return tuple(_of_parts(each, part, after) if each in concerned else each for each in task.retry)


def _of_parts(retrier: Retrier, part: str, after: str) -> Retrier:
    if _takes(retrier.error_equals, part):
        return retrier
    known = {name.partition(".")[2].lower(): name for name in error_names(resource.parse(after))}
    names = [
        name if name.startswith("States.") else known.get(name.partition(".")[2].lower(), "")
        for name in retrier.error_equals
    ]
    return evolve(retrier, error_equals=tuple(dict.fromkeys(name for name in [*names, part] if name)))


def tries_again(retry: Sequence[Retrier], error: str) -> bool:
    """Whether a Retry tries an error again."""
    first = next((each for each in retry if _takes(each.error_equals, error)), None)
    return first is not None and first.max_attempts != 0


def fails_when_done(task: Task) -> bool:
    """Whether a Retry begins a call again that was done, since what is made of its result fails."""
    return tries_again(task.retry, EVALUATION) and bool(uncertain(task.output, task.assign))


def _takes(names: Sequence[str], error: str) -> bool:
    """Whether an ErrorEquals takes an error. States.TaskFailed leaves out what fails in an expression.

    Source: measured, `sfdsl.simulate.errors`.
    """
    if error == EVALUATION:
        return "States.ALL" in names or error in names
    return any(matches(name, error) for name in names)


def told_apart(tasks: Sequence[Task] | Sequence[Map]) -> bool:
    """Whether a Catch hands on which of some Tasks failed."""
    return len({_handling(task, named=True, timeouts=False) for task in tasks}) > 1


def names_are_seen(draft: Draft, tasks: Sequence[Task]) -> bool:
    """Whether anybody can tell how an error of some Tasks is called: in Retry, in Catch, or where these lead."""
    if told_apart(tasks):
        return True
    task = tasks[0]
    if not any("States.ALL" in catcher.error_equals for catcher in task.catch):
        return True
    lists = [each.error_equals for each in task.retry] + [each.error_equals for each in task.catch]
    named = [name for names in lists for name in names]
    if not (_WILDCARDS | _TIMEOUTS).issuperset(named):
        return True
    if draft.jsonpath(task):
        return any(catcher.result_path is not None or catcher.assign is not ABSENT for catcher in task.catch)
    return any(
        (catcher.output is ABSENT and input_is_read(draft, catcher.next))
        or reads_of((catcher.output, catcher.assign), "errorOutput")
        for catcher in task.catch
    )


def not_asserted(
    draft: Draft, tasks: Sequence[Task | Map], assertion: Assertion, hazard: Hazard
) -> list[tuple[str, Hazard]]:
    """The Tasks of which something is not asserted, each with the hazard that says so."""
    return [
        (task.name, hazard)
        for task in tasks
        if (notes := draft.notes(task.name)) is None or assertion not in notes.asserts
    ]


def not_idempotent(draft: Draft, tasks: Sequence[Task | Map]) -> list[tuple[str, Hazard]]:
    """The Tasks that nobody says are idempotent."""
    return [
        (task.name, Hazard.NOT_IDEMPOTENT)
        for task in tasks
        if (notes := draft.notes(task.name)) is None or notes.idempotent is not True
    ]


# -- parts that fail ---------------------------------------------------------------------------------------------------


def raising(output: Json, failed: str, shown: str) -> Json:
    """An `Output` that fails where parts of the call failed, and is what it was elsewhere.

    Args:
        output: As it was; ABSENT where nobody reads it.
        failed: Source of the test whether a part failed.
        shown: Source of what failed; it stands in the cause.
    """
    error = f"$error('a part of the call failed: ' & $string({shown}))"
    if output is ABSENT:
        return f"{{% {failed} ? {error} : $states.result %}}"
    if not any(True for _ in leaves(output)):
        return f"{{% {failed} ? {error} : {Substitution().source(output)} %}}"
    return _first_wrapped(output, f"{failed} ? {error} : ")[0]


def _first_wrapped(value: Json, before: str) -> tuple[Json, bool]:
    """A payload with its first expression behind a test, and whether there was one."""
    if isinstance(value, str) and is_expression(value):
        text = f"{{% {before}({expression(value)}) %}}"
        if len(text) > LONGEST or check(text) is not None:
            raise Cannot(Hazard.TEXT_WOULD_GROW)
        return text, True
    if isinstance(value, (dict, list)):
        items = value.items() if isinstance(value, dict) else enumerate(value)
        for key, each in items:
            after, done = _first_wrapped(each, before)
            if done:
                copied: Any = dict(value) if isinstance(value, dict) else list(value)
                copied[key] = after
                return copied, True
    return value, False
