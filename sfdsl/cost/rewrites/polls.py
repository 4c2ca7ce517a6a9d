"""Loops that ask whether something is done: Wait, ask, Choice, and the Wait again."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from attrs import evolve, frozen

from sfdsl.cost.rewrites.draft import Draft
from sfdsl.cost.rewrites.expressions import Cannot, Substitution, movable
from sfdsl.cost.rewrites.folding import as_assign
from sfdsl.cost.rewrites.marks import Env, reads_mark
from sfdsl.cost.rewrites.reasons import Hazard
from sfdsl.jsonata_text import evaluator, expression, facts, is_expression
from sfdsl.jsonata_text.outcome import QueryEvaluationError
from sfdsl.model.edges import EdgeKind
from sfdsl.model.fields import ABSENT, Json
from sfdsl.model.states import Choice, ChoiceRule, Condition, Pass, Task, Wait

# -- loops ------------------------------------------------------------------------------------------------------------


@frozen(kw_only=True)
class Poll:
    """A loop that asks.

    Attributes:
        before: The state that alone leads into it; None where others do, or the flow begins there.
        first: The Wait before it asks for the first time; None where it asks at once.
        get: The Task that asks.
        choice: The Choice behind that.
        again: The Wait from which it asks again.
        counter: What bounds it; None where nothing does.
    """

    before: Task | Pass | None
    first: Wait | None
    get: Task
    choice: Choice
    again: Wait
    counter: Counter | None = None

    @property
    def waits(self) -> tuple[Wait, ...]:
        """The Waits, each once."""
        if self.first is None or self.first is self.again:
            return (self.again,)
        return (self.first, self.again)

    def ways(self) -> list[tuple[int | None, ChoiceRule | Choice, str]]:
        """The ways on from the Choice: which rule, None for the Default; what has Output and Assign; where it leads.

        Raises:
            Cannot: A way leads nowhere.
        """
        if self.choice.default is None:
            raise Cannot(Hazard.NO_DEFAULT)
        found: list[tuple[int | None, ChoiceRule | Choice, str]] = []
        for place, rule in enumerate(self.choice.choices):
            if rule.next is None:
                raise Cannot(Hazard.NOT_UNDERSTOOD)
            found.append((place, rule, rule.next))
        return [*found, (None, self.choice, self.choice.default)]


@frozen(kw_only=True)
class Counter:
    """A variable that counts the rounds of a loop, and the rule that ends it.

    Attributes:
        variable: Its name.
        rule: Place of the rule, as the Choice had them.
        way: The rule.
        polls: How often is asked at most; the last answer counts.
    """

    variable: str
    rule: int
    way: ChoiceRule
    polls: int


def poll_behind(draft: Draft, before: Task) -> Poll | None:
    """The loop that a Task leads into; None where there is none."""
    entered = draft.get(before.next)
    first = entered if isinstance(entered, Wait) else None
    get = draft.get(first.next) if first is not None else entered
    if not isinstance(get, Task) or get is before:
        return None
    found = _rest(draft, get)
    return None if found is None else Poll(before=before, first=first, get=get, choice=found[0], again=found[1])


def poll_of(draft: Draft, get: Task) -> Poll | None:
    """The loop in which a Task asks; None where there is none."""
    found = _rest(draft, get)
    if found is None:
        return None
    choice, again = found
    inside = (get.name, choice.name, again.name)
    into = [(way, part) for part in inside for way in draft.ways_into(part) if way[0] not in inside]
    before = draft[into[0][0][0]] if len(into) == 1 and into[0][0][1] is EdgeKind.NEXT else None
    first = again if any(part == again.name for _, part in into) or draft.start == again.name else None
    if not isinstance(before, (Task, Pass)) or draft.start in inside:
        before = None
    return Poll(before=before, first=first, get=get, choice=choice, again=again)


def _rest(draft: Draft, get: Task) -> tuple[Choice, Wait] | None:
    """The Choice behind a Task that asks, and the Wait from which it asks again; None where that is no loop."""
    choice = draft.get(get.next)
    if not isinstance(choice, Choice):
        return None
    for target in [*(rule.next for rule in choice.choices), choice.default]:
        again = draft.get(target)
        if isinstance(again, Wait) and again.next == get.name:
            return choice, again
    return None


def require_loop(draft: Draft, poll: Poll) -> None:
    """Make sure that nothing but the state before leads into a loop, and that it is understood.

    Raises:
        Cannot: Something does, or it is not.
    """
    require_parts(draft, poll)
    assert poll.before is not None
    parts: list[Wait | Task | Choice] = [*poll.waits, poll.get, poll.choice]
    entering = (poll.first or poll.get).name
    inside = {part.name for part in parts}
    for part in parts:
        if part.name == draft.start:
            raise Cannot(Hazard.OTHER_WAYS_IN)
        for source, kind, _ in draft.ways_into(part.name):
            own = source in inside and kind is not EdgeKind.CATCH
            if not own and not (part.name == entering and source == poll.before.name and kind is EdgeKind.NEXT):
                raise Cannot(Hazard.OTHER_WAYS_IN)
    if any(
        source == poll.choice.name and poll.first is not None and poll.first is not poll.again
        for source, _, _ in draft.ways_into(entering)
    ):
        raise Cannot(Hazard.OTHER_WAYS_IN)


def require_parts(draft: Draft, poll: Poll) -> None:
    """Make sure that a loop is written in JSONata throughout, and that its texts may stand in another state.

    Raises:
        Cannot: It is not, or one may not.
    """
    parts: list[Wait | Task | Choice | Pass] = [*poll.waits, poll.get, poll.choice]
    for state in (*parts, *((poll.before,) if poll.before is not None else ())):
        if not draft.jsonata(state):
            raise Cannot(Hazard.NOT_JSONATA)
        if state.extra:
            raise Cannot(Hazard.UNKNOWN_FIELDS)
    if any(rule.extra or not isinstance(rule.test, Condition) for rule in poll.choice.choices):
        raise Cannot(Hazard.UNKNOWN_FIELDS)
    for wait in poll.waits:
        seconds(wait)
        movable(wait.output, wait.assign)
    movable(poll.get.arguments, poll.get.output, poll.get.assign)
    if poll.before is not None:
        movable(poll.before.output, poll.before.assign)
    movable(poll.choice.output, poll.choice.assign)
    for rule in poll.choice.choices:
        assert isinstance(rule.test, Condition)
        movable(rule.output, rule.assign)
        movable(rule.test.text if isinstance(rule.test.text, str) else ABSENT)


def seconds(wait: Wait) -> int:
    """How long a Wait holds.

    Raises:
        Cannot: That is computed.
    """
    if not isinstance(wait.seconds, int) or wait.timestamp or wait.timestamp_path or wait.seconds_path:
        raise Cannot(Hazard.WAIT_MAY_FAIL)
    return wait.seconds


# -- counters ---------------------------------------------------------------------------------------------------------

_ONE_MORE = re.compile(r"\$([A-Za-z_]\w*) *\+ *1")
_REACHED = re.compile(r"\$([A-Za-z_]\w*) *(>=|>|=) *([0-9]{1,9})")


def without_counter(poll: Poll) -> Poll:
    """A loop without the variable that counts its rounds, and with what that bounds; the same where nothing counts.

    It counts where it is a number when the loop begins, becomes one more in every round, in one place, and is read by
    one rule and nothing else.
    """
    for place, rule in enumerate(poll.choice.choices):
        assert isinstance(rule.test, Condition)
        if not isinstance(rule.test.text, str) or not is_expression(rule.test.text):
            continue
        found = _REACHED.fullmatch(expression(rule.test.text))
        if found is None or rule.next == poll.again.name:
            continue
        name, sign, limit = found[1], found[2], int(found[3]) + (found[2] == ">")
        begun = as_assign(poll.before.assign).get(name) if poll.before is not None else None
        if not isinstance(begun, int) or isinstance(begun, bool) or begun > limit:
            continue
        counted = _counted(poll, name)
        if counted is None or _mentions(counted[0], place, name):
            continue
        after, extra = counted
        # The value at the n-th answer is `begun + n + extra`.
        polls = limit - begun - extra
        if sign == "=" and polls < 1:
            continue  # it is past the number already, and never equals it
        ended = {i: each for i, each in enumerate(poll.choice.choices) if i != place}
        if any(each.next == poll.again.name for i, each in ended.items() if i < place):
            continue  # as long as the job runs, the rule is never tried
        earlier = any(i < place for i in ended)
        later = any(each.next != poll.again.name for i, each in ended.items() if i > place)
        later = later or poll.choice.default != poll.again.name
        if earlier and later:
            continue  # the last answer would count for some states of the job and not for others
        polls -= later
        choice = evolve(after.choice, choices=tuple(after.choice.choices[i] for i in ended))
        before = _uncounted(poll.before, name)
        counter = Counter(variable=name, rule=place, way=rule, polls=polls)
        return evolve(after, choice=choice, before=before, counter=counter)
    return poll


def _counted(poll: Poll, name: str) -> tuple[Poll, int] | None:
    """A loop that no longer counts, and how many more than answers the variable has when it is tested."""
    parts: list[tuple[str, Any]] = [("get", poll.get), ("again", poll.again)]
    if poll.first not in (None, poll.again):
        parts.append(("first", poll.first))
    ways = [(place, way) for place, way, _ in poll.ways()]
    places = [key for key, part in parts if name in as_assign(part.assign)]
    places += [str(place) for place, way in ways if name in as_assign(way.assign)]
    texts = [as_assign(part.assign)[name] for _, part in parts if name in as_assign(part.assign)]
    texts += [as_assign(way.assign)[name] for _, way in ways if name in as_assign(way.assign)]
    if not all(
        isinstance(text, str)
        and is_expression(text)
        and (one := _ONE_MORE.fullmatch(expression(text)))
        and one[1] == name
        for text in texts
    ):
        return None
    again = [str(place) for place, _, target in poll.ways() if target == poll.again.name]
    if places == ["get"]:
        return evolve(poll, get=_uncounted(poll.get, name)), 0
    if places == ["again"]:
        extra = 0 if poll.first is poll.again else -1
        wait = _uncounted(poll.again, name)
        return evolve(poll, again=wait, first=wait if poll.first is poll.again else poll.first), extra
    if places and places == again:
        rules = tuple(_uncounted(each, name) if each.next == poll.again.name else each for each in poll.choice.choices)
        choice = evolve(poll.choice, choices=rules)
        return evolve(poll, choice=_uncounted(choice, name) if poll.choice.default == poll.again.name else choice), -1
    return None


def _uncounted(part: Any, name: str) -> Any:
    return evolve(part, assign=_less(part.assign, name))


def _less(assign: Json, name: str) -> Json:
    return {key: value for key, value in as_assign(assign).items() if key != name} or ABSENT


def _mentions(poll: Poll, rule: int, name: str) -> bool:
    """Whether anything in a loop reads a variable, its own rule aside."""
    values: list[Json] = [poll.get.arguments, poll.get.output, poll.get.assign]
    for wait in poll.waits:
        values += [wait.output, wait.assign]
    for place, way, _ in poll.ways():
        values += [way.output, way.assign]
        if place != rule and isinstance(way, ChoiceRule) and isinstance(way.test, Condition):
            values.append(way.test.text)
    return reads_mark(name, *values)


# -- what tests say ---------------------------------------------------------------------------------------------------


def decided(texts: list[Json], variables: Mapping[str, Json]) -> int | None:
    """Which of some tests is the first that is true; None where none is.

    Args:
        texts: The texts of conditions, with marks.
        variables: What stands in the place of marks; nothing else may be read.

    Raises:
        Cannot: A test reads something else, or it is no boolean.
    """
    for place, text in enumerate(texts):
        try:
            said = Substitution(ABSENT, variables).payload(text)
        except Cannot as refused:
            raise Cannot(Hazard.TESTS_SOMETHING_ELSE) from refused
        if isinstance(said, str) and is_expression(said):
            known = facts(said)
            if known.variables or known.states:
                raise Cannot(Hazard.TESTS_SOMETHING_ELSE)
            try:
                said = evaluator(said)({})
            except (QueryEvaluationError, ValueError) as failed:
                raise Cannot(Hazard.TEST_MAY_FAIL) from failed
        if not isinstance(said, bool):
            raise Cannot(Hazard.TEST_MAY_FAIL)
        if said:
            return place
    return None


def conditions(choice: Choice, env: Env) -> list[Json]:
    """The texts of the tests of a Choice, with what they read put in."""
    put = env.put()
    return [put.payload(rule.test.text) for rule in choice.choices if isinstance(rule.test, Condition)]
