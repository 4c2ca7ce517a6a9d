"""Let a Retry ask again, in place of a loop that does."""

from __future__ import annotations

import json

from attrs import evolve

from sfdsl.cost.rewrites.afterwards import input_read, variables_read
from sfdsl.cost.rewrites.base import rewrite_of
from sfdsl.cost.rewrites.draft import Draft
from sfdsl.cost.rewrites.expressions import LONGEST, Cannot, Substitution, leaves, movable, nature
from sfdsl.cost.rewrites.facts import is_input
from sfdsl.cost.rewrites.given import certain
from sfdsl.cost.rewrites.jobs import surely_told
from sfdsl.cost.rewrites.marks import ENTRY, JOB, Env, mark, reads_mark, shown
from sfdsl.cost.rewrites.polls import Poll, poll_of, require_parts, seconds, without_counter
from sfdsl.cost.rewrites.reasons import Hazard, Reason
from sfdsl.cost.rewrites.retry_in_place import ALWAYS
from sfdsl.cost.rewrites.rounds import Exit, Rounds, rounds_of
from sfdsl.jsonata_text import check, expression, facts, is_expression
from sfdsl.model.edges import EdgeKind
from sfdsl.model.fields import ABSENT, Json
from sfdsl.model.states import Catcher, Choice, ChoiceRule, Pass, Retrier, Task
from sfdsl.model.workflow import MachineType

ERROR = "States.QueryEvaluationError"


@rewrite_of("R10", asserted=True)
def retry_until_ready(draft: Draft) -> None:
    """Let a Retry ask again until an answer is good, in place of a Wait, a Task and a Choice for each time.

    Saves: two of three transitions for each further time that is asked; and the Choice, where there is one way on.
    Safe because: the Task raises an error as long as the loop would have gone on, and a Retry of that error alone
        begins it again after the same time with the same input. Nothing else in the Task can raise that error. A Wait
        before it asks for the first time stays. A bound on the rounds becomes `MaxAttempts` and a Catch, and there it
        asks no last time whose answer does not count, nor sees that this fails; without one it is retried 99,999,999
        times, which is for ever.
    Needs: `idempotent=True` on the Task that asks. Where the job can be waited for (`wait_for_job`), that comes first.
    """
    if draft.workflow.type is MachineType.EXPRESS:
        return  # there transitions cost nothing
    for name in [state.name for state in draft.states()]:
        get = draft.get(name)
        poll = poll_of(draft, get) if isinstance(get, Task) else None
        if poll is not None:
            try:
                _retry(draft, poll)
            except Cannot as refused:
                draft.refuse(name, refused.hazard)


def _retry(draft: Draft, poll: Poll) -> None:
    require_parts(draft, poll)
    _require_ways(draft, poll)
    if poll.get.retry:
        raise Cannot(Hazard.RETRIES_COUNTED)
    plain = without_counter(poll)
    if seconds(plain.again) < 1:
        raise Cannot(Hazard.AT_ONCE)
    if plain.counter is not None and plain.counter.polls < 1:
        raise Cannot(Hazard.STATES_PART_OTHERWISE)
    if plain.first is not None and not (is_input(plain.again.output) and plain.again.assign is ABSENT):
        raise Cannot(Hazard.ROUNDS_DIFFER)
    rounds = rounds_of(plain, Env(mark(ENTRY), mark(ENTRY)))
    _require_total(draft, plain, rounds)
    _require_free(draft, plain, rounds)
    task = _asking(draft, plain, rounds)
    behind, target = _behind(plain)
    notes = draft.notes(poll.get.name)
    if notes is None or not notes.idempotent:
        raise Cannot(Hazard.NOT_SAID_TO_BE_ASKABLE)
    draft.replace(evolve(task, next=target))
    removed: list[str] = []
    if behind is not None:
        draft.replace(behind)
    else:
        draft.remove(poll.choice.name)
        removed.append(poll.choice.name)
    if plain.before is not None and plain.counter is not None:
        draft.replace(plain.before)
    if poll.first is None:
        draft.remove(poll.again.name)
        removed.append(poll.again.name)
    elif plain.again is not poll.again:
        draft.replace(plain.again)
    draft.did(Reason.ASKED_AGAIN, removed=removed, states=(poll.get.name,), saves=2)


def _require_ways(draft: Draft, poll: Poll) -> None:
    """Make sure that the Choice is entered from the Task alone, and the Task from itself by the Wait alone."""
    if draft.only_way_into(poll.choice.name) != (poll.get.name, EdgeKind.NEXT, 0):
        raise Cannot(Hazard.OTHER_WAYS_IN)
    if any(source == poll.choice.name for source, _, _ in draft.ways_into(poll.get.name)):
        raise Cannot(Hazard.AT_ONCE)
    caught = {catcher.next for catcher in poll.get.catch}
    if not caught.isdisjoint({poll.get.name, poll.choice.name, poll.again.name}):
        raise Cannot(Hazard.OTHER_WAYS_IN)


def _require_total(draft: Draft, poll: Poll, rounds: Rounds) -> None:
    """Make sure that nothing in the loop raises an error by itself."""
    get = poll.get
    for value in (get.timeout_seconds, get.heartbeat_seconds, get.credentials):
        if any(True for _ in leaves(value)):
            raise Cannot(Hazard.WOULD_BE_ASKED_AGAIN)
    if any(not certain(draft, poll.before, text) for text in leaves(get.arguments)):
        raise Cannot(Hazard.WOULD_BE_ASKED_AGAIN)
    known = surely_told(get.resource)
    for value in (*rounds.later.evaluated, *rounds.tests):
        told = Substitution(ABSENT, {JOB: known}).payload(value) if known and _within(known, value) else value
        if any(not nature(text).total for text in leaves(told)):
            raise Cannot(Hazard.WOULD_BE_ASKED_AGAIN)
    for text in rounds.tests:
        if not isinstance(text, bool) and not (is_expression(text) and nature(text).kind == "boolean"):
            raise Cannot(Hazard.WOULD_BE_ASKED_AGAIN)
    given = [env.put().payload(get.arguments) for env in (rounds.first, rounds.later)]
    if get.arguments is ABSENT:
        given = [env.whole for env in (rounds.first, rounds.later)]
    if shown(given[0]) != shown(given[1]):
        raise Cannot(Hazard.INPUT_CHANGES)


def _within(known: Json, value: Json) -> bool:
    """Whether a payload reads of the answer nothing but what is surely there."""
    try:
        Substitution(ABSENT, {JOB: known}).payload(value)
    except Cannot:
        return False
    return True


def _require_free(draft: Draft, poll: Poll, rounds: Rounds) -> None:
    """Make sure that no Catch of the Task, and nothing behind one, reads what a round left behind."""
    left = set(rounds.later.written)
    for catcher in poll.get.catch:
        movable(catcher.output, catcher.assign)
        texts = [text for value in (catcher.output, catcher.assign) for text in leaves(value)]
        read = {name for text in texts for name in facts(text).variables}
        if catcher.next is not None:
            read |= variables_read(draft, catcher.next)
        inputs = any(each[:1] == ("input",) for text in texts for each in facts(text).states)
        if not read.isdisjoint(left) or (inputs and shown(rounds.later.whole) != shown(mark(ENTRY))):
            raise Cannot(Hazard.ANSWER_IS_GONE)
    if poll.counter is not None:
        targets = [exit.target for exit in rounds.exits.values()]
        targets += [rounds.bound.target] if rounds.bound is not None else []
        targets += [catcher.next for catcher in poll.get.catch if catcher.next is not None]
        if any(poll.counter.variable in variables_read(draft, target) for target in targets):
            raise Cannot(Hazard.ROUNDS_DIFFER)


# -- the machine without the loop --------------------------------------------------------------------------------------


def _asking(draft: Draft, poll: Poll, rounds: Rounds) -> Task:
    """The Task that raises an error as long as the answer is not good, and is retried."""
    get = poll.get
    attempts = ALWAYS if poll.counter is None else poll.counter.polls - 1
    retrier = Retrier(
        error_equals=(ERROR,), interval_seconds=seconds(poll.again), max_attempts=attempts, backoff_rate=1.0,
        origin=poll.again.origin,
    )  # fmt: skip
    catch = get.catch
    if rounds.bound is not None:
        output, assign = _given_up(draft, rounds.bound)
        late = Catcher(
            error_equals=(ERROR,), next=rounds.bound.target, output=output, assign=assign, origin=get.origin
        )  # fmt: skip
        catch = (late, *catch)
    here = Substitution(ABSENT, {JOB: "{% $states.result %}", ENTRY: "{% $states.input %}"})
    source = _again(poll, [here.payload(test) for test in rounds.tests])
    given = "$states.result" if get.output is ABSENT else _source(get.output)
    text = f"{{% {source} ? $error({json.dumps(get.name + ' is not ready')}) : ({given}) %}}"
    if len(text) > LONGEST:
        raise Cannot(Hazard.TEXT_WOULD_GROW)
    if check(text) is not None or facts(text).problems:
        raise Cannot(Hazard.NOT_UNDERSTOOD)
    return evolve(get, output=text, retry=(retrier,), catch=catch)


def _source(value: Json) -> str:
    """A payload of which every part surely has a value, as the source of an expression."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(key)}: {_source(each)}" for key, each in value.items()) + "}"
    return Substitution().source(value)


def _again(poll: Poll, tests: list[Json]) -> str:
    """The source of an expression that is true where the loop goes on."""
    loops = [rule.next == poll.again.name for rule in poll.choice.choices]
    texts = [expression(test) if isinstance(test, str) else json.dumps(test) for test in tests]
    if poll.choice.default == poll.again.name and not any(loops):
        return f"$not({' or '.join(f'({text})' for text in texts)})"
    if poll.choice.default != poll.again.name and loops[:1] == [True] and not any(loops[1:]):
        return f"({texts[0]})"
    source = json.dumps(poll.choice.default == poll.again.name)
    for text, goes_on in zip(reversed(texts), reversed(loops), strict=True):
        source = f"(({text}) ? {json.dumps(goes_on)} : {source})"
    return source


def _behind(poll: Poll) -> tuple[Choice | Pass | None, str | None]:
    """What stands behind the Task, and where the Task leads: a Choice among the ways on, or what the only way does."""
    choice = poll.choice
    rules = [rule for rule in choice.choices if rule.next != poll.again.name]
    last: Choice | ChoiceRule = choice
    target = choice.default
    if choice.default == poll.again.name:
        last = rules.pop()
        target = last.next
    while rules and repr((rules[-1].next, rules[-1].output, rules[-1].assign)) == repr(
        (target, last.output, last.assign)
    ):
        rules.pop()  # it decides nothing
    if rules:
        merged = evolve(choice, choices=tuple(rules), default=target, output=last.output, assign=last.assign)
        return merged, choice.name
    if last.output is ABSENT and last.assign is ABSENT:
        return None, target
    kept = Pass(
        name=choice.name, next=target, output=last.output, assign=last.assign, comment=choice.comment,
        query_language=choice.query_language, origin=choice.origin,
    )  # fmt: skip
    return kept, choice.name


def _given_up(draft: Draft, bound: Exit) -> tuple[Json, Json]:
    """Output and Assign of the Catch behind the last attempt, which knows no answer."""
    wanted = variables_read(draft, bound.target)
    assign = {name: value for name, value in bound.env.written.items() if name in wanted} or ABSENT
    output = bound.env.whole if input_read(draft, bound.target) else ABSENT
    if reads_mark(JOB, output, assign):
        raise Cannot(Hazard.ANSWER_IS_GONE)
    here = Substitution(ABSENT, {ENTRY: "{% $states.input %}"})
    made = (here.payload(output), here.payload(assign))
    if any(not nature(text).total for text in leaves(list(made))):
        raise Cannot(Hazard.WOULD_BE_ASKED_AGAIN)
    return made
