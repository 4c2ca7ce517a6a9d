"""What keeps a state out of an Express execution, and what would let it in."""

from __future__ import annotations

from enum import Enum

from attrs import frozen

from sfdsl.aws.resource import Activity, LambdaFunction, Malformed, ServiceTask, Unresolved, parse
from sfdsl.cost.behaviour import Behaviour
from sfdsl.cost.services import reads_only
from sfdsl.model.states import Map, Opaque, State, Task, Wait
from sfdsl.model.workflow import Scope, inner


class Reason(Enum):
    """Why a state cannot run in an Express execution; the value is the sentence that says so.

    The last three are unlocked by the author; see `UNLOCKS`.
    """

    JOB = "waits for a job (.sync), which Express does not offer"
    CALLBACK = "waits for a task token, which Express does not offer"
    ACTIVITY = "is an activity, which Express does not offer"
    DISTRIBUTED = "is a Distributed Map, which Express does not offer"
    UNKNOWN_CALL = "calls what is not known before the template is deployed"
    UNKNOWN_TYPE = "is of no known type"
    CONTEXT = "reads the whole context object, which is another one in a child execution"
    NOT_IDEMPOTENT = "may run twice or not at all in Express, and nobody says that this does no harm"
    UNKNOWN_TIME = "takes a time that nobody knows, and Express ends after five minutes"
    UNKNOWN_ITEMS = "has a number of items that nobody knows, and Express ends after five minutes"


UNLOCKS = {
    Reason.NOT_IDEMPOTENT: "mark it idempotent: idempotent=True",
    Reason.UNKNOWN_TIME: "say how long it takes: duration=, or measure it with `sfdsl profile`",
    Reason.UNKNOWN_ITEMS: "say how many items it has: items=, or measure it with `sfdsl profile`",
}
"""Reason -> what the author can say to lift it. Idempotence is an assertion, the others are knowledge."""


@frozen(kw_only=True)
class Blocker:
    """One reason why one state cannot run in Express.

    Attributes:
        state: Its name.
        reason: Why.
    """

    state: str
    reason: Reason

    @property
    def hint(self) -> str:
        """What would lift it; empty where nothing does."""
        return UNLOCKS.get(self.reason, "")

    def __str__(self) -> str:
        return f"{self.state!r} {self.reason.value}"


def own_blockers(behaviour: Behaviour, scope: Scope, state: State) -> list[Blocker]:
    """What keeps a state itself out of Express, whatever stands inside it; what no word of the author lifts, alone."""
    from sfdsl.cost.partition.data import reads_whole_context

    found: list[Reason] = []
    match state:
        case Task():
            found += _of_call(state)
            if not harmless(behaviour, state):
                found.append(Reason.NOT_IDEMPOTENT)
            if behaviour.knowledge.durations(state) is None:
                found.append(Reason.UNKNOWN_TIME)
        case Wait():
            if behaviour.knowledge.durations(state) is None:
                found.append(Reason.UNKNOWN_TIME)
        case Map():
            if state.distributed:
                found.append(Reason.DISTRIBUTED)
            elif behaviour.knowledge.items(state) is None:
                found.append(Reason.UNKNOWN_ITEMS)
        case Opaque():
            found.append(Reason.UNKNOWN_TYPE)
        case _:
            pass
    if reads_whole_context(scope, state):
        found.append(Reason.CONTEXT)
    firm = [reason for reason in dict.fromkeys(found) if reason not in UNLOCKS]
    return [Blocker(state=state.name, reason=reason) for reason in firm or dict.fromkeys(found)]


def blockers(behaviour: Behaviour) -> dict[str, tuple[Blocker, ...]]:
    """State -> what keeps it out of Express; that of states inside it included, since they go where it goes."""
    graph = behaviour.graph
    found: dict[int, list[Blocker]] = {}
    by_state: dict[str, tuple[Blocker, ...]] = {}
    for scope in reversed(graph.scopes):
        own: list[Blocker] = []
        for state in graph.graph(scope).by_name.values():
            each = own_blockers(behaviour, scope, state)
            for below in inner(scope, state):
                each += found.get(id(below.flow), [])
            by_state[state.name] = tuple(dict.fromkeys(each))
            own += each
        found[id(scope.flow)] = own
    return by_state


def harmless(behaviour: Behaviour, state: Task) -> bool:
    """Whether running a Task twice, or not at all, does no harm: the author says so, or it only reads."""
    said = behaviour.knowledge.notes(state.name).idempotent
    if said is not None:
        return said
    resource = parse(state.resource or "")
    return isinstance(resource, ServiceTask) and not resource.pattern.waits and reads_only(resource.api)


def _of_call(state: Task) -> list[Reason]:
    match parse(state.resource or ""):
        case Activity():
            return [Reason.ACTIVITY]
        case Unresolved() | Malformed():
            return [Reason.UNKNOWN_CALL]
        case LambdaFunction():
            return []
        case ServiceTask() as call:
            if call.pattern.value == ".waitForTaskToken":
                return [Reason.CALLBACK]
            if call.pattern.waits:
                return [Reason.JOB]
            return [] if call.pattern.value == "" else [Reason.UNKNOWN_CALL]
