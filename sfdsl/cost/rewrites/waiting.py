"""The states that stand in the place of a loop that asks for a job: a Task that waits."""

from __future__ import annotations

from typing import Any

from attrs import evolve

from sfdsl.cost.rewrites.afterwards import input_read, variables_read
from sfdsl.cost.rewrites.draft import Draft
from sfdsl.cost.rewrites.expressions import Cannot, Substitution, leaves, movable, nature
from sfdsl.cost.rewrites.job_loops import (
    Known,
    certain_of,
    polled_at,
    require_fields,
    started_at,
    told_at,
)
from sfdsl.cost.rewrites.jobs import put
from sfdsl.cost.rewrites.marks import ENTRY, JOB, START, reads_mark
from sfdsl.cost.rewrites.polls import Poll, seconds
from sfdsl.cost.rewrites.reasons import Hazard
from sfdsl.cost.rewrites.rounds import Exit
from sfdsl.cost.rewrites.trees import names
from sfdsl.jsonata_text import facts
from sfdsl.model.fields import ABSENT, Json
from sfdsl.model.states import Catcher, Choice, ChoiceRule, Condition, Fail, State, Task

FAILED = "States.TaskFailed"
_WILDCARDS = frozenset({"States.ALL", FAILED})
_LONGEST_WAIT = 99_999_999


def require_same_handlers(start: Task, poll: Poll) -> None:
    """Make sure that one Task can handle the errors of the start and of the calls that ask.

    Raises:
        Cannot: It cannot.
    """
    get = poll.get
    if any(not _WILDCARDS.isdisjoint(retrier.error_equals) for retrier in start.retry):
        raise Cannot(Hazard.ERRORS_OVERLAP)
    if repr(start.catch) != repr(get.catch) or repr(start.credentials) != repr(get.credentials):
        raise Cannot(Hazard.WAYS_DIFFER)
    if any(catcher.extra for catcher in start.catch):
        raise Cannot(Hazard.UNKNOWN_FIELDS)
    for catcher in start.catch:
        movable(catcher.output, catcher.assign)
    if poll.counter is not None:
        named = [name for each in start.retry for name in each.error_equals]
        named += [name for each in start.catch for name in each.error_equals]
        if not {"States.Timeout", "States.HeartbeatTimeout"}.isdisjoint(named):
            raise Cannot(Hazard.ERRORS_OVERLAP)


class Waiting:
    """Makes the states that stand in the place of a loop."""

    def __init__(self, draft: Draft, start: Task, poll: Poll, known: Known) -> None:
        self.draft = draft
        self.poll = poll
        self.start = start
        self.known = known
        self.job = known.job
        self.taken = names(draft.workflow.machine) | {state.name for state in draft.states()}

    def states(self) -> list[State]:
        """The Task first."""
        start, known = self.start, self.known
        good, bad = known.exits[known.succeeded], known.exits[known.failed]
        dispatch = self._dispatch(bad)
        catch = self._catchers(dispatch)
        changes: dict[str, Any] = {"timeout_seconds": self._timeout(), "heartbeat_seconds": None}
        job = ".".join(["$states.result", *map(str, self.job.waited)])
        behind: list[State] = []
        if self.job.either and known.succeeded != known.failed:
            choice, output = self._told_apart(good, bad)
            behind = [choice]
            changes |= {"next": choice.name, "output": output, "assign": ABSENT}
        else:
            output, assign = self._handed_on(good, job, "$states.input")
            if any(not nature(text).total for text in leaves(self._certain([output, assign], job))):
                raise Cannot(Hazard.FAILURE_WOULD_BE_HANDLED)
            changes |= {"next": good.target, "output": output, "assign": assign}
        return [evolve(start, resource=f"{start.resource}.sync", catch=catch, **changes), *behind, *dispatch]

    def _certain(self, value: Json, base: str) -> Json:
        """A payload with something certain in the place of what a description always has."""
        always = {
            expression: "{% $string($states.input) %}"
            for way, expression in told_at(self.job, base, sure=False).items()
            if way in self.job.sure
        }

        def put_in(value: Json) -> Json:
            if isinstance(value, dict):
                return {key: put_in(each) for key, each in value.items()}
            if isinstance(value, list):
                return [put_in(each) for each in value]
            return always.get(value, value) if isinstance(value, str) else value

        return put_in(value)

    def _timeout(self) -> int | None:
        """The seconds until the last answer that counts."""
        counter = self.poll.counter
        if counter is None:
            return None
        first = seconds(self.poll.first) if self.poll.first is not None else 0
        bound = first + (counter.polls - 1) * seconds(self.poll.again)
        if counter.polls < 1 or not 1 <= bound <= _LONGEST_WAIT:
            raise Cannot(Hazard.STATES_PART_OTHERWISE)
        return bound

    def _told_apart(self, good: Exit, bad: Exit) -> tuple[Choice, Json]:
        """The Choice that stays for states of which no page says how `.sync` ends, and the Output in front of it."""
        waited = list(map(str, self.job.waited))
        for carries in (False, True):
            base = ".".join(["$states.input", *(["job"] if carries else []), *waited])
            entry = "$states.input.input" if carries else None
            try:
                output, assign = self._handed_on(good, base, entry)
                other, set_there = self._handed_on(bad, base, entry)
            except NeedsInput:
                continue
            status = ".".join([base, *map(str, self.job.status)])
            among = ", ".join(f"'{state}'" for state in self.job.either)
            test = Condition(text=f"{{% {status} in [{among}] %}}")
            rule = ChoiceRule(test=test, next=bad.target, output=other, assign=set_there)
            choice = evolve(
                self.poll.choice, choices=(rule,), default=good.target, output=output, assign=assign, comment=None
            )
            carried = {"job": "{% $states.result %}", "input": "{% $states.input %}"}
            return choice, carried if carries else ABSENT
        raise AssertionError("what is carried is there")

    def _dispatch(self, bad: Exit) -> list[State]:
        """The Choice that tells a job that failed from a start that failed, and what is behind it."""
        start = self.start
        place = _wildcard(start.catch)
        for carries in (False, True):
            error = "$states.input.error" if carries else "$states.input"
            entry = "$states.input.input" if carries else None
            waited = [f"$parse({error}.Cause)", *map(str, self.job.waited)]
            try:
                output, assign = self._handed_on(bad, ".".join(waited), entry)
                rule = ChoiceRule(
                    test=Condition(text=f"{{% {error}.Error = '{FAILED}' %}}"), next=bad.target, output=output,
                    assign=assign,
                )  # fmt: skip
                default = self._others(start.catch[place], error, entry) if place is not None else None
            except NeedsInput:
                continue
            self.carried = {"error": "{% $states.errorOutput %}", "input": "{% $states.input %}"} if carries else ABSENT
            name = self._name(f"{start.name}: why")
            common: dict[str, Any] = {"query_language": start.query_language, "origin": start.origin}
            if default is not None:
                return [Choice(name=name, choices=(rule,), **default, **common)]
            other = self._name(f"{start.name}: not started")
            fail = Fail(
                name=other, error=f"{{% {error}.Error %}}",
                cause=f"{{% $exists({error}.Cause) ? {error}.Cause : '' %}}", **common,
            )  # fmt: skip
            return [Choice(name=name, choices=(rule,), default=other, **common), fail]
        raise AssertionError("what is carried is there")

    def _others(self, catcher: Catcher, error: str, entry: str | None) -> dict[str, Any]:
        """What a Choice does on its Default in the place of a catcher."""
        if entry is None and any(
            read[:1] == ("input",) for value in (catcher.output, catcher.assign)
            for text in leaves(value) for read in facts(text).states
        ):  # fmt: skip
            raise NeedsInput
        here = f"{{% {entry or '$states.input'} %}}"
        put = Substitution(here, {}, error=f"{{% {error} %}}")
        output = put.payload(catcher.output) if catcher.output is not ABSENT else ABSENT
        if output is ABSENT and entry is not None:
            output = f"{{% {error} %}}"
        return {"default": catcher.next, "output": output, "assign": put.payload(catcher.assign)}

    def _catchers(self, dispatch: list[State]) -> tuple[Catcher, ...]:
        start = self.start
        found = _wildcard(start.catch)
        place = len(start.catch) if found is None else found
        new = [Catcher(error_equals=(FAILED,), next=dispatch[0].name, output=self.carried, origin=start.origin)]
        if self.known.bound is not None:
            output, assign = self._given_up(self.known.bound)
            timeout = Catcher(
                error_equals=("States.Timeout",), next=self.known.bound.target, output=output, assign=assign,
                origin=start.origin,
            )  # fmt: skip
            new.insert(0, timeout)
        return (*start.catch[:place], *new, *start.catch[place:])

    def _given_up(self, bound: Exit) -> tuple[Json, Json]:
        """Output and Assign of the catcher of a timeout, at which nothing is known of the job."""
        output, assign = self._read(bound)
        if reads_mark(JOB, output, assign) or reads_mark(START, output, assign):
            raise Cannot(Hazard.NOT_TOLD)
        put = Substitution(ABSENT, {ENTRY: "{% $states.input %}"})
        made = (put.payload(output), put.payload(assign))
        if any(not nature(text).total for text in leaves(list(made))):
            raise Cannot(Hazard.NOT_TOLD)
        return made

    def _handed_on(self, way: Exit, base: str, entry: str | None) -> tuple[Json, Json]:
        """Output and Assign on a way out, where the description of the job stands at `base`.

        Args:
            way: The way out.
            base: The source of an expression.
            entry: Where the input of the Task stands; None where it is not there.

        Raises:
            NeedsInput: It is not there and is read.
            Cannot: What is read of the job is not told.
        """
        output, assign = self._read(way)
        require_fields(self.job, output, assign)
        if entry is None and reads_mark(ENTRY, output, assign):
            raise NeedsInput
        variables: dict[str, Json] = {JOB: polled_at(self.job, base), START: started_at(self.job, base)}
        if entry is not None:
            variables[ENTRY] = f"{{% {entry} %}}"
        put = Substitution(ABSENT, variables)
        return put.payload(output), put.payload(assign) or ABSENT

    def _read(self, way: Exit) -> tuple[Json, Json]:
        """What is read behind a way out: the output, of which only parts may be needed, and variables."""
        wanted = variables_read(self.draft, way.target)
        if self.poll.counter is not None and self.poll.counter.variable in wanted:
            raise Cannot(Hazard.ROUNDS_DIFFER)
        assign = {name: value for name, value in way.env.written.items() if name in wanted}
        parts = input_read(self.draft, way.target)
        if not parts:
            return ABSENT, assign or ABSENT
        if () in parts:
            return way.env.whole, assign or ABSENT
        output: dict[str, Any] = {}
        for part in sorted(parts, key=len, reverse=True):
            value = Substitution(ABSENT, {"x": way.env.input}).payload("{% $x." + ".".join(part) + " %}")
            require_fields(self.job, value)
            if any(not nature(text).total for text in leaves(certain_of(self.job, value))):
                raise Cannot(Hazard.NOT_TOLD)
            put(output, part, value)
        return output, assign or ABSENT

    def _name(self, wanted: str) -> str:
        """A name that no state has."""
        name, number = wanted[-80:], 2
        while name in self.taken:
            name, number = f"{wanted[-76:]} {number}", number + 1
        self.taken.add(name)
        return name


class NeedsInput(Exception):
    """The input of the Task is read where it is not handed on yet."""


def _wildcard(catchers: tuple[Catcher, ...]) -> int | None:
    """The place of the first catcher that takes every error."""
    for place, catcher in enumerate(catchers):
        if not _WILDCARDS.isdisjoint(catcher.error_equals):
            return place
    return None
