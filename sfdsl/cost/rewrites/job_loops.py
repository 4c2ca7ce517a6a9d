"""What a loop does that asks for a job, as far as the start and the last answer tell, and what is read of the job."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import frozen

from sfdsl.cost.rewrites.expressions import Cannot, Substitution, leaves, movable, nature
from sfdsl.cost.rewrites.folding import covered
from sfdsl.cost.rewrites.jobs import Job, Started, Way, description, nested, put, told
from sfdsl.cost.rewrites.marks import ENTRY, JOB, START, Env, expanded, mark, paths, shown
from sfdsl.cost.rewrites.polls import Poll, decided
from sfdsl.cost.rewrites.reasons import Hazard
from sfdsl.cost.rewrites.rounds import Exit, Rounds, rounds_of
from sfdsl.model.fields import ABSENT, Json
from sfdsl.model.states import Task


@frozen(kw_only=True)
class Known:
    """What a loop does, as far as its start and the last answer tell.

    Attributes:
        exits: Way on from the Choice -> where it leads; None is the Default.
        succeeded, failed: The ways of a job that succeeded, and of one that failed.
        bound: Where it gives up; None where it never does.
    """

    job: Job
    exits: Mapping[int | None, Exit]
    succeeded: int | None
    failed: int | None
    bound: Exit | None


def understood(job: Job, poll: Poll) -> Known:
    """What a loop does, where every round asks for the job and leaves nothing behind.

    Raises:
        Cannot: That is not so, or not known.
    """
    entry = Env(mark(ENTRY), mark(ENTRY))
    assert isinstance(poll.before, Task)
    first = entry.after(poll.before.output, poll.before.assign, mark(START))
    if poll.first is not None:
        first = first.after(poll.first.output, poll.first.assign)
    rounds = rounds_of(poll, first)
    _require_same_job(job, poll.before, poll, rounds)
    _require_total(job, poll.before, rounds.later)
    succeeded, failed = _parted(job, rounds.tests, rounds.exits)
    return Known(job=job, exits=rounds.exits, succeeded=succeeded, failed=failed, bound=rounds.bound)


def _require_same_job(job: Job, start: Task, poll: Poll, rounds: Rounds) -> None:
    """Make sure that every round asks for the job that was started, and for nothing else."""
    given = start.arguments
    if not isinstance(given, dict) or not isinstance(poll.get.arguments, dict):
        raise Cannot(Hazard.ASKS_FOR_ANOTHER)
    began = Env(mark(ENTRY), mark(ENTRY))
    wanted: dict[str, set[str]] = {}
    for name, sources in job.asks.items():
        wanted[name] = set()
        for source in sources:
            if isinstance(source, Started):
                text = f"{{% ${START}.{source.name} %}}"
                wanted[name].add(shown([text] if source.listed else text))
            elif source.name in given:
                movable(given[source.name])
                wanted[name].add(shown(expanded(began.put().payload(given[source.name]))))
    for env in (rounds.first, rounds.later):
        asked = expanded(env.put().payload(poll.get.arguments))
        if asked.keys() != wanted.keys() or any(shown(asked[name]) not in wanted[name] for name in wanted):
            raise Cannot(Hazard.ASKS_FOR_ANOTHER)


def _parted(job: Job, tests: list[Json], exits: Mapping[int | None, Exit]) -> tuple[int | None, int | None]:
    """The ways of a job that succeeded and of one that failed."""
    ways = {state: decided(tests, {JOB: nested((*job.polled, *job.status), state)}) for state in job.states}
    if any(ways[state] in exits for state in job.running):
        raise Cannot(Hazard.STATES_PART_OTHERWISE)
    succeeded = {ways[state] for state in job.succeeded}
    failed = {ways[state] for state in job.failed}
    if len(succeeded) > 1 or len(failed) > 1:
        raise Cannot(Hazard.STATES_PART_OTHERWISE)
    (good,), (bad,) = succeeded, failed
    if good not in exits or bad not in exits or any(ways[state] != bad for state in job.either):
        raise Cannot(Hazard.STATES_PART_OTHERWISE)
    return good, bad


def _require_total(job: Job, start: Task, later: Env) -> None:
    """Make sure that nothing fails in the states that go, before the way out.

    What the arguments of the Task have read already cannot be missing behind it.
    """
    before = Env(mark(ENTRY), mark(ENTRY)).put().payload(start.arguments)
    for value in later.evaluated:
        for text in leaves(certain_of(job, value)):
            if not nature(text).total and not covered({text}, before):
                raise Cannot(Hazard.NOT_TOLD)


def certain_of(job: Job, value: Json) -> Json:
    """A payload with what the job always tells in the place of what is read of it."""
    variables = {START: started_at(job, "$x", sure=True), JOB: polled_at(job, "$x", sure=True)}
    known = {name: tree for name, tree in variables.items() if () not in paths(name, value)}
    return Substitution(ABSENT, known).payload(value)


def told_at(job: Job, base: str, *, sure: bool) -> dict[Way, Json]:
    """The fields of the description that stands at `base`; with `sure` those that it always has as certain texts."""
    found: dict[Way, Json] = {}
    for way in told(job):
        text = f"{{% {'.'.join([base, *map(str, way)])} %}}"
        found[way] = "{% $string($states.input) %}" if sure and way in job.sure else text
    return found


def polled_at(job: Job, base: str, *, sure: bool = False) -> Json:
    """What a call that asks gives, as far as the description at `base` tells it."""
    return nested(job.polled, description(job, told_at(job, base, sure=sure)))


def started_at(job: Job, base: str, *, sure: bool = False) -> Json:
    """What the start gave, as far as the description at `base` tells it."""
    found = told_at(job, base, sure=sure)
    made: dict[str, Any] = {}
    for name, way in job.started.items():
        put(made, tuple(name.split(".")), found[way])
    return made


def require_fields(job: Job, *values: Json) -> None:
    """Make sure that of the job only single fields are read, and such that are told the same."""
    polled = {tuple(step for step in (*job.polled, *way) if isinstance(step, str)) for way in told(job)}
    started = {tuple(name.split(".")) for name in job.started}
    if not paths(JOB, *values) <= polled or not paths(START, *values) <= started:
        raise Cannot(Hazard.NOT_TOLD)
