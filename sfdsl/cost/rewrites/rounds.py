"""What the rounds of a loop that asks have in common: they do the same, but for what was answered."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import evolve, field, frozen

from sfdsl.cost.rewrites.expressions import Cannot
from sfdsl.cost.rewrites.marks import JOB, OLD, Env, mark, shown
from sfdsl.cost.rewrites.polls import Poll, conditions
from sfdsl.cost.rewrites.reasons import Hazard
from sfdsl.model.fields import Json


@frozen(kw_only=True)
class Exit:
    """A way out of a loop: where to, and what is handed on there."""

    target: str
    env: Env


@frozen(kw_only=True)
class Rounds:
    """The rounds of a loop.

    Attributes:
        first: What the Task that asks is given the first time.
        later: What it is given later, with what was answered before that as `OLD`.
        tests: The texts of the tests, with what they read put in.
        exits: Way on from the Choice -> where it leads; None is the Default.
        bound: Where it gives up; None where it never does.
    """

    first: Env
    later: Env
    tests: list[Json] = field(hash=False)
    exits: Mapping[int | None, Exit] = field(hash=False)
    bound: Exit | None


def rounds_of(poll: Poll, first: Env) -> Rounds:
    """The rounds of a loop that all do the same with what was answered last.

    The second and the third are given the same, but for the answers, and so is every later one. Whatever the first and
    the second do the same with what they are given, every one does.

    Raises:
        Cannot: A round leaves something behind that another may read.
    """
    second = _next(poll, first)
    later = second.renamed(JOB, OLD)
    if not _next(poll, later).same(second):
        raise Cannot(Hazard.ROUNDS_DIFFER)
    once, again = _answered(poll, first), _answered(poll, later)
    tests = conditions(poll.choice, once)
    if shown(tests) != shown(conditions(poll.choice, again)):
        raise Cannot(Hazard.ROUNDS_DIFFER)
    ways = {place: (way, target) for place, way, target in poll.ways() if target != poll.again.name}
    exits: dict[int | None, Exit] = {}
    for place, (way, target) in ways.items():
        exits[place] = _same(once.after(way.output, way.assign), again.after(way.output, way.assign), target)
    bound = None
    if poll.counter is not None:
        rule = poll.counter.way
        late, later_still = once.after(rule.output, rule.assign), again.after(rule.output, rule.assign)
        bound = _same(late, later_still, str(rule.next))
    return Rounds(first=first, later=later, tests=tests, exits=exits, bound=bound)


def _same(once: Env, again: Env, target: str) -> Exit:
    if not once.same(again):
        raise Cannot(Hazard.ROUNDS_DIFFER)
    return Exit(target=target, env=once)


def _answered(poll: Poll, env: Env) -> Env:
    return env.after(poll.get.output, poll.get.assign, mark(JOB))


def _next(poll: Poll, env: Env) -> Env:
    """What the Task that asks is given the next time."""
    answered = _answered(poll, env)
    ways = [answered.after(way.output, way.assign) for _, way, target in poll.ways() if target == poll.again.name]
    if not ways:
        raise Cannot(Hazard.STATES_PART_OTHERWISE)
    after = [way.after(poll.again.output, poll.again.assign) for way in ways]
    if not all(each.same(after[0]) for each in after[1:]):
        raise Cannot(Hazard.ROUNDS_DIFFER)
    evaluated = tuple(value for each in after for value in each.evaluated)
    return evolve(after[0], evaluated=evaluated)
