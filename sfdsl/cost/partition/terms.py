"""The terms of the choice: prices at the margin, limits of a child, and what is known about the states."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping

from attrs import field, frozen

from sfdsl.aws.quotas import EVENTS_PER_STATE, EXPRESS_SECONDS
from sfdsl.cost.behaviour import Behaviour
from sfdsl.cost.elapsed import Elapsed
from sfdsl.cost.estimate import EVENT_BYTES, PAYLOAD_BYTES
from sfdsl.cost.partition.blockers import Blocker, blockers
from sfdsl.cost.partition.data import Flows, Needs
from sfdsl.cost.prices import Prices
from sfdsl.graph import WorkflowGraph
from sfdsl.jsonata_text import facts, is_expression
from sfdsl.model import asl
from sfdsl.model.fields import ABSENT, Json
from sfdsl.model.states import Catcher, Map, Parallel, State, Task
from sfdsl.model.workflow import JSONATA, Scope, inner


@frozen(kw_only=True)
class Options:
    """What may be chosen.

    Attributes:
        margin_seconds: A child must stay so far below the five minutes that Express allows.
        late: Probability, 0 to 1, with which it may take longer than that. The optimum is exact for 0.
        callers_ok: Whether nobody who starts the workflow relies on what Express lacks: unique names of executions,
            histories, redrive, StopExecution, `.sync`. Without it the workflow as a whole stays Standard.
        children: Whether regions may become Express children.
        extra: State -> dollars that an entry costs more in Express than in Standard, where a faster and dearer size of
            what it calls is taken there.
    """

    margin_seconds: float = 30.0
    late: float = 0.0
    callers_ok: bool = False
    children: bool = True
    extra: Mapping[str, float] = field(factory=dict, hash=False)


class Terms:
    """One workflow, its traffic and the prices, as the optimum sees them.

    Attributes:
        tier: Of Express duration, whose price is taken as the marginal one.
        transition, request: Dollars.
        limit_ms: Most milliseconds of a child.
        payload: Bytes of the data of a step, for the memory of a child.
        blockers: State -> what keeps it out of Express; () where nothing does.
    """

    def __init__(self, behaviour: Behaviour, prices: Prices, options: Options, tier: int = 0) -> None:
        self.behaviour = behaviour
        self.graph: WorkflowGraph = behaviour.graph
        self.knowledge = behaviour.knowledge
        self.prices = prices
        self.options = options
        self.tier = tier
        self.transition = prices.transition
        self.request = prices.request
        self.limit_ms = (EXPRESS_SECONDS.limit - options.margin_seconds) * 1000
        self.late = options.late + 1e-9
        self.elapsed = Elapsed(behaviour)
        self.flows = Flows(behaviour.graph)
        self.blockers: dict[str, tuple[Blocker, ...]] = blockers(behaviour)
        said = self.knowledge.profile.payload_bytes
        self.payload = PAYLOAD_BYTES if said is None else said
        self._steps: dict[int, float] = {}
        self._sources: dict[str, float] | None = None

    def at(self, tier: int) -> Terms:
        """The same at the price of another tier; what was computed is shared."""
        other = object.__new__(Terms)
        other.__dict__.update(self.__dict__, tier=tier)
        return other

    def second(self, chunks: int = 1) -> float:
        """Dollars for a second of Express."""
        return self.prices.express_second(chunks, self.tier)

    def bytes_of(self, state: State) -> int:
        """Size of a state's definition."""
        return len(json.dumps(asl.write_state(state), ensure_ascii=False, separators=(",", ":")))

    def inner_steps(self, scope: Scope) -> float:
        """How many states of a flow, and of flows inside it, one execution of the workflow enters."""
        if not self._steps:
            for each in reversed(self.graph.scopes):
                own = self.behaviour.runs[id(each.flow)] * sum(self.behaviour.flow(each).entries.values())
                self._steps[id(each.flow)] = self._steps.get(id(each.flow), 0.0) + own
                if each.parent is not None:
                    above = id(each.parent.flow)
                    self._steps[above] = self._steps.get(above, 0.0) + self._steps[id(each.flow)]
        return self._steps[id(scope.flow)]

    def extra(self, scope: Scope, state: State) -> float:
        """Dollars more that one execution of the workflow pays for what a state, or a state inside it, calls."""
        total = self.behaviour.entries(scope, state.name) * self.options.extra.get(state.name, 0.0)
        for below in inner(scope, state):
            total += sum(self.extra(below, each) for each in below.flow.states)
        return total

    def log_dollars(self, states: int) -> float:
        """Dollars for the logs of one run of a child, as far as they depend on the log level."""
        profile = self.knowledge.profile
        if profile.log_level != "ALL":
            return 0.0
        events = EVENTS_PER_STATE["Execution"] + EVENTS_PER_STATE["Task"] * states
        size = EVENT_BYTES + (self.payload if profile.log_data else 0.0)
        return events * size / 1e9 * self.prices.figure("cloudwatch", "logs_ingest_gb")

    def data_bytes(self, scope: Scope, states: frozenset[str], entry: str, needs: Needs) -> float:
        """The most bytes that a region is given or hands back at once, as far as the profile says how large data are.

        That is the data of the state before it, or of one that it is left from, and the variables that go with them.
        """
        graph = self.graph.graph(scope)
        told = self.knowledge.told

        variables = self.variable_bytes
        before = [told(edge.source).payload_bytes or 0.0 for edge in graph.incoming[entry] if edge.source not in states]
        most = max(before, default=0.0) + variables(needs.variables)
        for name in states:
            size = told(name).payload_bytes or 0.0
            targets: set[str | None] = {edge.target for edge in graph.outgoing[name] if edge.target not in states}
            if graph.ends(graph.by_name[name]):
                targets.add(None)
            for target in targets:
                most = max(most, size + variables(needs.results.get(target, ())))
        return most

    def variable_bytes(self, names: tuple[str, ...]) -> float:
        """Bytes of some variables, as far as the profile says."""
        return sum(self._source_bytes().get(name, 0.0) for name in names)

    def _source_bytes(self) -> dict[str, float]:
        """Variable -> bytes of what it is assigned, as far as the profile says."""
        if self._sources is None:
            self._sources = {}
            for _, state in self.graph.states():
                size = self.knowledge.told(state.name).payload_bytes
                assign = getattr(state, "assign", ABSENT)
                if size is not None and isinstance(assign, dict):
                    for name in assign:
                        name = name.removesuffix(".$")
                        self._sources[name] = max(self._sources.get(name, 0.0), size)
        return self._sources

    def small_error(self, scope: Scope, states: Collection[str], target: str, needs: Needs) -> bool:
        """Whether what catchers hand to a target outside a region can travel in the text of an error.

        That is so where it is made of the error itself and of constants; the data of the state may be too large.
        """
        sure: set[str] = set()
        for name in states:
            state = self.graph.graph(scope).by_name[name]
            if not isinstance(state, Task | Parallel | Map):
                continue
            for catcher in state.catch:
                if catcher.next != target:
                    continue
                if not _small(catcher, scope.language(state) == JSONATA):
                    return False
                if isinstance(catcher.assign, dict):
                    sure |= {key.removesuffix(".$") for key in catcher.assign}
        return set(needs.results.get(target, ())) <= sure


def _small(catcher: Catcher, jsonata: bool) -> bool:
    if jsonata:
        return all(_of_error(value) for value in (catcher.output, catcher.assign) if value is not ABSENT)
    if catcher.assign is not ABSENT and not _of_error(catcher.assign):
        return False
    return catcher.result_path in (ABSENT, "$")


def _of_error(value: Json) -> bool:
    """Whether a value reads nothing but the error."""
    if isinstance(value, str):
        if not is_expression(value):
            return not value.startswith("$")
        read = facts(value)
        return not read.variables - {"states"} and all(way[:1] == ("errorOutput",) for way in read.states)
    if isinstance(value, dict):
        return all(_of_error(each) and not key.endswith(".$") for key, each in value.items())
    if isinstance(value, list):
        return all(map(_of_error, value))
    return True
