"""What a workflow costs: expected, best and worst transitions, time and dollars, with everything that they rest on."""

from __future__ import annotations

import json

from attrs import field, frozen

from sfdsl.aws.quotas import EVENTS_PER_STATE
from sfdsl.cost.behaviour import Behaviour, runs_express
from sfdsl.cost.elapsed import Elapsed
from sfdsl.cost.extremes import Extremes, extremes
from sfdsl.cost.knowledge import ASSUMED, Assumption, Knowledge
from sfdsl.cost.prices import GB_HOUR, Prices, load, memory_chunks
from sfdsl.cost.profile import Profile
from sfdsl.cost.services import charge
from sfdsl.cost.times import CAP_MS
from sfdsl.graph import WorkflowGraph
from sfdsl.model import asl
from sfdsl.model.states import Map, Parallel, Task
from sfdsl.model.workflow import MachineType, Scope, Workflow, inner

PAYLOAD_BYTES = 8 * 1024
"""Data of a step where nobody says how much: counted for the memory of Express and for logs."""
EVENT_BYTES = 1000
"""One event in the logs, its data left out. Source: assumed."""


@frozen(kw_only=True)
class Line:
    """One position of the bill of one execution.

    Attributes:
        state: Whose it is; empty for the execution as a whole.
        what: What is charged, such as `state transitions` or `Lambda`.
        quantity: How many units.
        unit: Of the quantity.
        dollars: For them, at list price and without free tiers.
    """

    state: str = ""
    what: str
    quantity: float
    unit: str
    dollars: float


@frozen(kw_only=True)
class Estimate:
    """What one workflow costs.

    Attributes:
        name: Of the workflow.
        type: What it was taken for.
        transitions: Expected Standard state transitions of an execution, those of Distributed Maps' children included.
        seconds: Expected time of an execution.
        extremes: The cheapest and the dearest way.
        entries: State -> expected entries in an execution.
        lines: The bill of one execution.
        executions_per_month: None is unknown.
        month: Dollars a month with tiers and free tiers; None without `executions_per_month`.
        requests: Expected Express requests of an execution.
        gb_seconds: Expected GB-seconds of Express in an execution.
        chunks: Steps of 64 MB that an Express execution is billed.
        assumptions: What the figures rest on.
        prices: The prices used.
    """

    name: str
    type: MachineType
    transitions: float
    seconds: float
    extremes: Extremes
    entries: dict[str, float] = field(hash=False)
    lines: tuple[Line, ...]
    executions_per_month: float | None = None
    month: float | None = None
    requests: float = 0.0
    gb_seconds: float = 0.0
    chunks: int = 1
    assumptions: tuple[Assumption, ...] = ()
    prices: Prices

    @property
    def dollars(self) -> float:
        """Expected dollars of one execution, at list price and without free tiers."""
        return sum(line.dollars for line in self.lines)

    @property
    def workflow_dollars(self) -> float:
        """The part of it that Step Functions charges."""
        return sum(line.dollars for line in self.lines if line.what in STEP_FUNCTIONS)

    @property
    def dollars_range(self) -> tuple[float, float]:
        """What Step Functions charges for the cheapest and for the dearest way."""
        if self.type is MachineType.EXPRESS:
            second = self.prices.express_second(self.chunks)
            low, high = (min(each, CAP_MS / 1000) for each in self.extremes.seconds)
            return self.prices.request + second * low, self.prices.request + second * high
        extra = self.prices.start_end_surcharge
        low, high = self.extremes.transitions
        return self.prices.transition * (low + extra), self.prices.transition * (high + extra)


TRANSITIONS = "state transitions"
REQUESTS = "Express requests"
DURATION = "Express duration"
LOGS = "CloudWatch Logs"
STEP_FUNCTIONS = frozenset({TRANSITIONS, REQUESTS, DURATION})


def estimate(workflow: Workflow, profile: Profile | None = None, prices: Prices | None = None) -> Estimate:
    """What a workflow costs as it is.

    Args:
        workflow: With the author's notes.
        profile: Its traffic; None is what notes and definition say.
        prices: None is us-east-1.
    """
    return _Estimator(WorkflowGraph(workflow), Knowledge(workflow, profile), prices or load()).estimate()


def definition_bytes(workflow: Workflow) -> int:
    """Size of a workflow's definition as it is deployed."""
    return len(json.dumps(asl.write(workflow.machine), ensure_ascii=False, separators=(",", ":")).encode())


class _Estimator:
    def __init__(self, graph: WorkflowGraph, knowledge: Knowledge, prices: Prices) -> None:
        self.graph = graph
        self.workflow = graph.workflow
        self.knowledge = knowledge
        self.prices = prices
        self.behaviour = Behaviour(graph, knowledge)
        self.lines: list[Line] = []
        self.transitions = 0.0
        self.requests = 0.0
        self.gb_seconds = 0.0
        self.chunks = 1

    def estimate(self) -> Estimate:
        behaviour = self.behaviour
        express = self.workflow.type is MachineType.EXPRESS
        entries: dict[str, float] = {}
        for scope, state in self.graph.states():
            entered = behaviour.entries(scope, state.name)
            entries[state.name] = entries.get(state.name, 0.0) + entered
            if entered > 0:
                self._state(scope, state.name, entered)
        if express:
            self.requests += 1
            self._express("", self.graph.scopes[0], 1.0)
        elif self.prices.start_end_surcharge:
            self._transitions("", self.prices.start_end_surcharge)
            self.knowledge.assume(f"start and end are billed as {self.prices.start_end_surcharge} transitions")
        else:
            self.knowledge.assume("start and end are not billed as transitions", hint="set start_end_surcharge")
        self._logs(express)
        executions = self.knowledge.profile.executions_per_month
        return Estimate(
            name=self.workflow.name,
            type=self.workflow.type,
            transitions=self.transitions,
            seconds=behaviour.flow(self.graph.scopes[0]).seconds,
            extremes=self._extremes(),
            entries=entries,
            lines=tuple(self.lines),
            executions_per_month=executions,
            month=None if executions is None else self._month(executions),
            requests=self.requests,
            gb_seconds=self.gb_seconds,
            chunks=self.chunks,
            assumptions=self.knowledge.assumptions,
            prices=self.prices,
        )

    def _state(self, scope: Scope, name: str, entered: float) -> None:
        state = self.graph.graph(scope).by_name[name]
        does = self.behaviour.state(scope, name)
        if does is None:
            return
        attempts = entered * does.transitions
        if not runs_express(scope, self.workflow.type):
            self._transitions(name, attempts)
        if isinstance(state, Task):
            found = charge(state, self.knowledge, self.prices)
            if found is not None and found.dollars:
                self.lines.append(
                    Line(
                        state=name,
                        what=found.service,
                        quantity=attempts,
                        unit="calls",
                        dollars=attempts * found.dollars,
                    )
                )
        elif isinstance(state, Map) and state.distributed:
            children = entered * does.rounds
            self._transitions(name, children)
            for body in inner(scope, state):
                if runs_express(body, self.workflow.type) and children:
                    self.requests += children
                    self._express(name, body, children)

    def _transitions(self, state: str, count: float) -> None:
        self.transitions += count
        dollars = count * self.prices.transition
        self.lines.append(Line(state=state, what=TRANSITIONS, quantity=count, unit="transitions", dollars=dollars))

    def _express(self, state: str, scope: Scope, count: float) -> None:
        """The Express executions that run a scope's flow."""
        time = Elapsed(self.behaviour).flow(scope)
        seconds = time.billed_seconds
        if time.over > 1e-9:
            self.knowledge.assume(
                f"{time.over:.2g} of the Express executions reach 300 s and time out there", state, about="timeout"
            )
        self.chunks = chunks = memory_chunks(self._definition, self._payload(), self._steps(scope))
        gb_seconds = count * seconds * chunks * 64 / 1024
        self.gb_seconds += gb_seconds
        prices = self.prices
        self.lines.append(
            Line(state=state, what=REQUESTS, quantity=count, unit="requests", dollars=count * prices.request)
        )
        self.lines.append(
            Line(
                state=state,
                what=DURATION,
                quantity=gb_seconds,
                unit="GB-seconds",
                dollars=gb_seconds * prices.duration_rate(),
            )
        )

    @property
    def _definition(self) -> int:
        return definition_bytes(self.workflow)

    def _payload(self) -> float:
        said = self.knowledge.profile.payload_bytes
        if said is None:
            self.knowledge.assume(
                f"data of a step is not known; counted as {PAYLOAD_BYTES // 1024} KiB", source=ASSUMED,
                hint="say payload_bytes in the profile", about="payload",
            )  # fmt: skip
            return PAYLOAD_BYTES
        return said

    def _steps(self, scope: Scope) -> float:
        """Steps of Parallel branches and Map iterations in one run of a flow, for the formula of Express memory."""
        runs = self.behaviour.runs[id(scope.flow)] or 1.0
        total = 0.0
        for each in self.graph.scopes:
            above: Scope | None = each
            while above is not None and above.flow is not scope.flow:
                above = above.parent
            if above is None or each.flow is scope.flow or not isinstance(each.owner, Parallel | Map):
                continue
            flow = self.behaviour.flow(each)
            total += self.behaviour.runs[id(each.flow)] / runs * sum(flow.entries.values())
        return total

    def _logs(self, express: bool) -> None:
        profile = self.knowledge.profile
        if profile.log_level != "ALL":
            return
        payload = self._payload() if profile.log_data else 0.0
        events = float(EVENTS_PER_STATE["Execution"])
        for scope, state in self.graph.states():
            count = EVENTS_PER_STATE.get(type(state).__name__, 2)
            events += count * self.behaviour.entries(scope, state.name)
        gigabytes = events * (EVENT_BYTES + payload) / 1e9
        rate = self.prices.figure("cloudwatch", "logs_ingest_gb")
        self.knowledge.assume(f"an event in the logs has {EVENT_BYTES + payload:,.0f} bytes", about="logs")
        self.lines.append(Line(what=LOGS, quantity=gigabytes, unit="GB", dollars=gigabytes * rate))

    def _month(self, executions: float) -> float:
        prices, profile = self.prices, self.knowledge.profile
        before = profile.transitions_before
        used = profile.gb_hours_before * GB_HOUR
        others = sum(line.dollars for line in self.lines if line.what not in STEP_FUNCTIONS)
        return (
            prices.standard(before + executions * self.transitions) - prices.standard(before)
            + prices.express(executions * self.requests, used + executions * self.gb_seconds)
            - prices.express(0, used)
            + executions * others
        )  # fmt: skip

    def _extremes(self) -> Extremes:
        found = extremes(self.behaviour)
        for loop, rounds in found.loops.items():
            self.knowledge.assume(
                f"the dearest way takes the loop {rounds} times; nothing bounds it but a timeout", loop, about="loop"
            )
        return found
