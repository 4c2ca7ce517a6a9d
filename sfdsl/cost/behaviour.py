"""What the executions of a workflow do on average: entries of every state, ways taken, failures, time.

Flows are computed from the inside out, so that a Parallel or a Map knows what its branches do; each flow by the flow
equations (`entries`). Figures of a flow are for one run of it; `Behaviour.runs` says how often it runs in an execution.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from attrs import field, frozen

from sfdsl.aws.quotas import DISTRIBUTED_MAP_CONCURRENCY, INLINE_MAP_CONCURRENCY
from sfdsl.cost.attempts import FAILS, SUCCEEDS, End, ends
from sfdsl.cost.entries import entries
from sfdsl.cost.knowledge import Knowledge, literal
from sfdsl.graph import FlowGraph, WorkflowGraph
from sfdsl.model.edges import EdgeKind
from sfdsl.model.states import Choice, Fail, Map, Opaque, Parallel, State, Succeed, Task, Wait
from sfdsl.model.workflow import MachineType, Scope, inner


class Way(NamedTuple):
    """One way on from a state.

    Attributes:
        kind: As `edges` counts ways; NEXT with no target ends the flow well; None fails it.
        place: Of the rule or catcher.
        target: State of the same flow, or None.
        probability: Of this way, per entry of the state.
        error: Where it fails: name of the error, "" where it has no known name.
    """

    kind: EdgeKind | None
    place: int
    target: str | None
    probability: float
    error: str = ""


@frozen(kw_only=True)
class StateBehaviour:
    """What one entry of a state does on average.

    Attributes:
        ends: Attempts, waits between them and what they end with.
        rounds: How often the flows inside run: attempts, times branches' one or the Map's children or iterations.
        ways: Where it leads; the probabilities add up to 1.
        attempt_seconds: Mean time of one attempt; 0 where it is not known.
        known: Whether its time is known, and everything inside it.
    """

    ends: tuple[End, ...]
    rounds: float
    ways: tuple[Way, ...]
    attempt_seconds: float
    known: bool

    @property
    def transitions(self) -> float:
        """State transitions that are billed for it, those inside it not counted: one for each attempt."""
        return sum(end.probability * end.attempts for end in self.ends)

    @property
    def seconds(self) -> float:
        """Mean time from its entry to its end."""
        return sum(end.probability * (end.attempts * self.attempt_seconds + end.waited) for end in self.ends)


@frozen(kw_only=True)
class FlowBehaviour:
    """What one run of a flow does on average.

    Attributes:
        entries: State -> expected entries.
        states: State -> what each entry does; only those that can be entered.
        failures: Error name -> probability that the flow fails with it.
        seconds: Mean time of a run.
    """

    entries: dict[str, float] = field(hash=False)
    states: dict[str, StateBehaviour] = field(hash=False)
    failures: dict[str, float] = field(hash=False)
    seconds: float

    @property
    def known(self) -> bool:
        """Whether the time of everything in it is known."""
        return all(state.known for name, state in self.states.items() if self.entries.get(name, 0) > 0)


class Behaviour:
    """What the executions of a workflow do.

    Attributes:
        graph: The workflow.
        knowledge: What was known, and the assumptions.
        runs: How often a scope's flow runs in one execution, by `id(scope.flow)`.
    """

    def __init__(self, graph: WorkflowGraph, knowledge: Knowledge) -> None:
        self.graph = graph
        self.knowledge = knowledge
        self._flows: dict[int, FlowBehaviour] = {}
        for scope in reversed(graph.scopes):
            self._flows[id(scope.flow)] = self._flow(scope)
        self.runs: dict[int, float] = {}
        for scope in graph.scopes:
            self.runs[id(scope.flow)] = self._runs(scope)

    def flow(self, scope: Scope) -> FlowBehaviour:
        """What one run of a scope's flow does."""
        return self._flows[id(scope.flow)]

    def state(self, scope: Scope, name: str) -> StateBehaviour | None:
        """What one entry of a state does; None where nothing leads to it."""
        return self.flow(scope).states.get(name)

    def entries(self, scope: Scope, name: str) -> float:
        """How often a state is entered in one execution."""
        return self.runs[id(scope.flow)] * self.flow(scope).entries.get(name, 0.0)

    def children(self, state: Map) -> float:
        """How many child executions one run of a Distributed Map starts, or iterations an inline one has."""
        items = self.knowledge.items(state)
        count = 1.0 if items is None else items
        if not state.distributed:
            return count
        return math.ceil(count / batch_size(state, self.knowledge)) if count else 0.0

    def _runs(self, scope: Scope) -> float:
        if scope.parent is None or scope.owner is None:
            return 1.0
        outer = self.state(scope.parent, scope.owner.name)
        return 0.0 if outer is None else self.entries(scope.parent, scope.owner.name) * outer.rounds

    def _flow(self, scope: Scope) -> FlowBehaviour:
        graph = self.graph.graph(scope)
        states = {
            name: self._state(scope, graph, state) for name, state in graph.by_name.items() if name in graph.reachable
        }
        ways = {name: _targets(found.ways) for name, found in states.items()}
        start = graph.flow.start_at
        found = entries({start: 1.0} if start in states else {}, ways)
        failures: dict[str, float] = {}
        seconds = 0.0
        for name, state in states.items():
            seconds += found[name] * state.seconds
            for way in state.ways:
                if way.kind is None and way.probability:
                    failures[way.error] = failures.get(way.error, 0.0) + found[name] * way.probability
        return FlowBehaviour(entries=found, states=states, failures=failures, seconds=seconds)

    def _state(self, scope: Scope, graph: FlowGraph, state: State) -> StateBehaviour:
        match state:
            case Task():
                durations = self.knowledge.durations(state)
                mean = 0.0 if durations is None else sum(durations) / len(durations)
                found = ends(self.knowledge.failures(state.name), state.retry, state.catch)
                return _handled(graph, state, found, 1.0, mean, durations is not None)
            case Parallel() | Map():
                return self._group(scope, graph, state)
            case Choice():
                ways = _choice_ways(graph, state, self.knowledge.chances(state))
                return StateBehaviour(ends=_ONCE, rounds=0.0, ways=ways, attempt_seconds=0.0, known=True)
            case Fail():
                error = state.error if state.error is not None and not state.error.startswith("{%") else ""
                failing = (Way(None, 0, None, 1.0, error),)
                return StateBehaviour(ends=_ONCE, rounds=0.0, ways=failing, attempt_seconds=0.0, known=True)
            case Wait():
                waits = self.knowledge.durations(state)
                mean = 0.0 if waits is None else sum(waits) / len(waits)
                return StateBehaviour(
                    ends=_ONCE, rounds=0.0, ways=(_on(graph, state, 1.0),), attempt_seconds=mean,
                    known=waits is not None,
                )  # fmt: skip
            case _:
                return StateBehaviour(
                    ends=_ONCE, rounds=0.0, ways=(_on(graph, state, 1.0),), attempt_seconds=0.0, known=True
                )

    def _group(self, scope: Scope, graph: FlowGraph, state: Parallel | Map) -> StateBehaviour:
        flows = [self._flows[id(below.flow)] for below in inner(scope, state)]
        known = all(flow.known for flow in flows)
        fine = 1.0
        names: dict[str, float] = {}
        seconds = max((flow.seconds for flow in flows), default=0.0)
        rounds = 1.0
        if isinstance(state, Map):
            rounds = self.children(state)
            known = known and self.knowledge.items(state) is not None
            seconds *= math.ceil(rounds / concurrency(state))
        for flow in flows:
            # A flow that fails, fails the whole; which of several errors comes first is not known: by their shares.
            fine *= max(0.0, 1.0 - sum(flow.failures.values())) ** rounds
            for error, p in flow.failures.items():
                names[error] = names.get(error, 0.0) + p
        total = sum(names.values())
        failures = {error: (1 - fine) * p / total for error, p in names.items()} if total else {}
        if isinstance(state, Map) and state.distributed and failures:
            tolerant = state.tolerated_failure_count is not None or state.tolerated_failure_percentage is not None
            failures = {} if tolerant else {"States.ExceedToleratedFailureThreshold": 1 - fine}
        own = self.knowledge.failures(state.name)
        found = ends(own or failures, state.retry, state.catch)
        return _handled(graph, state, found, rounds, seconds, known)


_ONCE = (End(1.0, 1, 0.0, SUCCEEDS),)


def batch_size(state: Map, knowledge: Knowledge) -> float:
    """How many items one child execution of a Distributed Map takes."""
    batcher = state.item_batcher
    if batcher is None:
        return 1.0
    size = literal(batcher.max_items_per_batch)
    if size is None or size < 1:
        knowledge.assume("number of items in a batch is not known; counted as 1", state.name, about="batch")
        return 1.0
    return size


def concurrency(state: Map) -> float:
    """How many items or children a Map works on at a time."""
    most = (DISTRIBUTED_MAP_CONCURRENCY if state.distributed else INLINE_MAP_CONCURRENCY).limit
    said = literal(state.max_concurrency)
    return most if said is None or said < 1 else min(said, most)


def runs_express(scope: Scope, workflow_type: MachineType) -> bool:
    """Whether the states of a scope run in Express executions: the machine's own, or children of a Distributed Map."""
    child = scope.child_execution()
    if child is None:
        return workflow_type is MachineType.EXPRESS
    owner = child.owner
    config = owner.body.processor_config if isinstance(owner, Map) and owner.body is not None else None
    return config is not None and config.execution_type == "EXPRESS"


def _targets(ways: tuple[Way, ...]) -> dict[str, float]:
    found: dict[str, float] = {}
    for way in ways:
        if way.target is not None and way.probability:
            found[way.target] = found.get(way.target, 0.0) + way.probability
    return found


def _on(graph: FlowGraph, state: State, probability: float) -> Way:
    """The normal way out; the end of the flow where there is none."""
    target = None if isinstance(state, Succeed | Opaque) else getattr(state, "next", None)
    return Way(EdgeKind.NEXT, 0, target if target in graph.by_name else None, probability)


def _handled(
    graph: FlowGraph, state: Task | Parallel | Map, found: tuple[End, ...], rounds: float, seconds: float, known: bool
) -> StateBehaviour:
    success = sum(end.probability for end in found if end.catcher == SUCCEEDS)
    ways = [_on(graph, state, success)]
    for place, catcher in enumerate(state.catch):
        p = sum(end.probability for end in found if end.catcher == place)
        target = catcher.next if catcher.next in graph.by_name else None
        ways.append(Way(EdgeKind.CATCH, place, target, p))
    fails: dict[str, float] = {}
    for end in found:
        if end.catcher == FAILS:
            fails[end.error] = fails.get(end.error, 0.0) + end.probability
    ways += [Way(None, 0, None, p, error) for error, p in fails.items()]
    attempts = sum(end.probability * end.attempts for end in found)
    return StateBehaviour(
        ends=found, rounds=attempts * rounds, ways=tuple(ways), attempt_seconds=seconds, known=known
    )  # fmt: skip


def _choice_ways(graph: FlowGraph, state: Choice, chances: list[float]) -> tuple[Way, ...]:
    ways = []
    for place, (rule, p) in enumerate(zip(state.choices, chances, strict=False)):
        ways.append(Way(EdgeKind.RULE, place, rule.next if rule.next in graph.by_name else None, p))
    if state.default is not None:
        ways.append(Way(EdgeKind.DEFAULT, 0, state.default if state.default in graph.by_name else None, chances[-1]))
    elif chances[-1]:
        ways.append(Way(None, 0, None, chances[-1], "States.NoChoiceMatched"))
    return tuple(ways)
