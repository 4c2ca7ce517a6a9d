"""How long a flow takes at least, and how long its waits, timeouts and retries may make it."""

from __future__ import annotations

from attrs import frozen

from sfdsl.checks.limits._common import literal
from sfdsl.checks.limits._counts import items
from sfdsl.checks.limits._events import least
from sfdsl.checks.limits._history import loops
from sfdsl.graph import FlowGraph, WorkflowGraph
from sfdsl.model.edges import EdgeKind
from sfdsl.model.states import Fail, Map, Parallel, Retrier, State, Task, Wait
from sfdsl.model.workflow import Scope, inner

_EVERY_WAY = frozenset(EdgeKind)


@frozen
class Share:
    """What one state adds to the longest way: its name, the seconds and what they are."""

    name: str
    seconds: float
    what: str


class Durations:
    """Seconds of the flows of a workflow, as far as the definition says them."""

    def __init__(self, graph: WorkflowGraph) -> None:
        self.graph = graph
        self._scopes = {id(scope.flow): scope for scope in graph.scopes}
        self._known: dict[int, float | None] = {}

    def shortest(self, scope: Scope) -> float | None:
        """Seconds that every way to a good end waits at least; None where no way leads to one."""
        if id(scope.flow) not in self._known:
            self._known[id(scope.flow)] = self._shortest(scope)
        return self._known[id(scope.flow)]

    def _shortest(self, scope: Scope) -> float | None:
        flow = self.graph.graph(scope)
        start = flow.flow.start_at
        ends = [name for name, state in flow.by_name.items() if flow.ends(state) and not isinstance(state, Fail)]
        starts = [] if start is None else [start]
        return least(flow, lambda state: self._at_least(scope, state), starts, ends, kinds=_EVERY_WAY)

    def _at_least(self, scope: Scope, state: State) -> float:
        match state:
            case Wait():
                return literal(state.seconds) or 0
            case Parallel() if not state.catch:
                return max((self.shortest(self._scope(below)) or 0 for below in inner(scope, state)), default=0)
            case Map() if not state.distributed and not state.catch and items(self.graph.graph(scope), state):
                return max((self.shortest(self._scope(below)) or 0 for below in inner(scope, state)), default=0)
            case _:
                return 0

    def longest(self, scope: Scope) -> list[Share]:
        """The states on the way that may take longest, with what each may take; a loop counts as one round."""
        flow = self.graph.graph(scope)
        if flow.flow.start_at not in flow.by_name:
            return []
        component = {name: name for name in flow.by_name}
        members = {name: [name] for name in flow.by_name}
        for loop in loops(flow):
            for name in loop:
                component[name] = loop[0]
                members.pop(name, None)
            members[loop[0]] = loop
        shares = {
            key: [s for name in names for s in self._at_most(scope, flow, name)] for key, names in members.items()
        }
        return _heaviest(flow, component, shares)

    def _at_most(self, scope: Scope, flow: FlowGraph, name: str) -> list[Share]:
        state = flow.by_name[name]
        match state:
            case Wait():
                seconds = literal(state.seconds)
                return [Share(name, seconds, "of waiting")] if seconds else []
            case Task():
                timeout = literal(state.timeout_seconds)
                delays, attempts = _retries(state.retry)
                shares = [Share(name, timeout * (1 + attempts), _timeouts(timeout, attempts))] if timeout else []
                return shares + ([Share(name, delays, "between its retries")] if delays else [])
            case Parallel():
                ways = [self.longest(self._scope(below)) for below in inner(scope, state)]
                return max(ways, key=total, default=[])
            case Map() if not state.distributed:
                return [share for below in inner(scope, state) for share in self.longest(self._scope(below))]
            case _:
                return []

    def _scope(self, scope: Scope) -> Scope:
        return self._scopes[id(scope.flow)]


def total(shares: list[Share]) -> float:
    """Seconds of all shares together."""
    return sum(share.seconds for share in shares)


def _timeouts(timeout: float, attempts: float) -> str:
    return f"until its timeouts ({1 + attempts:g} x {timeout:g})" if attempts else "until its timeout"


def _retries(retry: tuple[Retrier, ...]) -> tuple[float, float]:
    """Seconds between the attempts when every retrier is used up, and how many attempts they add."""
    seconds, count = 0.0, 0.0
    for retrier in retry:
        attempts = _or(retrier.max_attempts, 3)
        interval = _or(retrier.interval_seconds, 1)
        rate = max(1.0, _or(retrier.backoff_rate, 2))
        most = literal(retrier.max_delay_seconds)
        count += attempts
        for _ in range(min(int(attempts), 100)):  # after a hundred retries the sum is far beyond any limit
            seconds += interval if most is None else min(interval, most)
            interval = min(interval * rate, 1e9)
    return seconds, count


def _or(value: object, default: float) -> float:
    number = literal(value) if isinstance(value, (int, float)) else None
    return default if number is None else number


def _heaviest(flow: FlowGraph, component: dict[str, str], shares: dict[str, list[Share]]) -> list[Share]:
    """The shares along the heaviest way from the start, over the flow with each loop as one point."""
    after: dict[str, set[str]] = {key: set() for key in shares}
    degree = dict.fromkeys(shares, 0)
    for edge in flow.edges:
        if edge.target not in component:
            continue
        source, target = component[edge.source], component[edge.target]
        if source != target and target not in after[source]:
            after[source].add(target)
            degree[target] += 1
    weight = {key: total(found) for key, found in shares.items()}
    start = component[str(flow.flow.start_at)]
    reached: dict[str, float] = {start: weight[start]}
    came: dict[str, str] = {}
    ready = [key for key, count in degree.items() if count == 0]
    while ready:
        key = ready.pop()
        for target in after[key]:
            if key in reached and reached[key] + weight[target] > reached.get(target, -1):
                reached[target] = reached[key] + weight[target]
                came[target] = key
            degree[target] -= 1
            if degree[target] == 0:
                ready.append(target)
    last: str | None = max(reached, key=lambda key: reached[key])
    way: list[str] = []
    while last is not None:
        way.append(last)
        last = came.get(last)
    return [share for key in reversed(way) for share in shares[key]]
