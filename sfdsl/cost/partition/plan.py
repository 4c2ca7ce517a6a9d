"""The plan: what becomes Express, what that saves, how far it can be from the best, and what stands in the way."""

from __future__ import annotations

from math import inf

from attrs import evolve, field, frozen

from sfdsl.cost.behaviour import Behaviour, runs_express
from sfdsl.cost.estimate import definition_bytes
from sfdsl.cost.knowledge import Assumption, Knowledge
from sfdsl.cost.partition.batching import Batched, batching
from sfdsl.cost.partition.blockers import UNLOCKS, Blocker, Reason
from sfdsl.cost.partition.bound import lower_bound
from sfdsl.cost.partition.optimum import ChildType, Optimum, express_children, late, optimum
from sfdsl.cost.partition.runs import Region
from sfdsl.cost.partition.terms import Options, Terms
from sfdsl.cost.prices import CHUNK_MB, GB_HOUR, Prices, load, memory_chunks
from sfdsl.cost.profile import Profile
from sfdsl.graph import WorkflowGraph
from sfdsl.model.states import Map
from sfdsl.model.workflow import Assertion, MachineType, Notes, Workflow

MOST_BOUNDED = 3000
"""States of a workflow for which the bound is computed."""
MOST_UNLOCKS = 40
"""States whose assertions are tried one by one, those entered most often first."""
MOST_TRIED = 4000
"""States of the workflow times assertions tried, so that a large workflow does not take long."""


@frozen(kw_only=True)
class Unlock:
    """What an assertion of the author would save.

    Attributes:
        states: Whose; one, or all that need one.
        hint: What to write.
        saved: Dollars in one execution, beyond the plan.
        month: Dollars a month; None where the traffic is not known.
    """

    states: tuple[str, ...]
    hint: str
    saved: float
    month: float | None = None


@frozen(kw_only=True)
class Plan:
    """A way to run a workflow: the cheapest, or as it is where nothing may be chosen.

    Attributes:
        workflow: It.
        type: The type that it had better have.
        regions: What becomes an Express child; () where the whole is Express.
        children: Distributed Maps whose children change their type.
        batched: Inline Maps that become Distributed Maps with batches in Express children.
        before: What Step Functions charges for one execution today.
        after: The same with the plan.
        bound: What no plan can go below; None where it was not computed, and where batches are chosen, of which it
            knows nothing.
        express: What the whole would cost as Express; None where it cannot be.
        blockers: State -> what keeps it out of Express, for those that something does.
        whole: Why the whole does not become Express, in words; () where it does or is.
        unlocks: What assertions would save, the most first.
        assumptions: What the figures rest on.
        tier: Of Express duration that the plan was made for.
        month_before, month_after: What a month costs, with tiers and free transitions; None without traffic.
    """

    workflow: Workflow
    type: MachineType
    regions: tuple[Region, ...] = field(default=(), hash=False)
    children: tuple[ChildType, ...] = ()
    batched: tuple[Batched, ...] = field(default=(), hash=False)
    before: float
    after: float
    bound: float | None = None
    express: float | None = None
    blockers: dict[str, tuple[Blocker, ...]] = field(factory=dict, hash=False)
    whole: tuple[str, ...] = ()
    unlocks: tuple[Unlock, ...] = ()
    assumptions: tuple[Assumption, ...] = ()
    tier: int = 0
    month_before: float | None = None
    month_after: float | None = None

    @property
    def saved(self) -> float:
        """Dollars that one execution costs less."""
        return self.before - self.after

    @property
    def gap(self) -> float | None:
        """How far the plan may be above the best, as a share of the bound; 0 is a proof that it is the best."""
        if self.bound is None or self.bound <= 0:
            return None
        return max(0.0, self.after / self.bound - 1.0)


def choose(
    workflow: Workflow,
    profile: Profile | None = None,
    prices: Prices | None = None,
    options: Options | None = None,
    *,
    unlocking: bool = True,
) -> Plan:
    """The cheapest plan for a workflow.

    Args:
        workflow: Standard or Express, with the author's notes.
        profile: Its traffic.
        prices: None is us-east-1.
        options: What may be chosen.
        unlocking: Whether to try what assertions would save, which takes a plan for each state that lacks one.
    """
    chooser = _Chooser(workflow, profile, prices or load(), options or Options())
    plan = chooser.plan()
    return evolve(plan, unlocks=tuple(chooser.unlocks(plan))) if unlocking else plan


ERRORS_FREE = 'assert it on the Map: asserts=["error_names_free"]'
AUTO = 'let the compiler choose: type="auto"'


def keep(
    workflow: Workflow, profile: Profile | None = None, prices: Prices | None = None, *, unlocking: bool = True
) -> Plan:
    """The plan that leaves a workflow of the type that it is, and says what choosing would save.

    Args:
        workflow: Standard or Express, with the author's notes.
        profile: Its traffic.
        prices: None is us-east-1.
        unlocking: Whether to say what choosing and further assertions would save.
    """
    best = choose(workflow, profile, prices, Options(callers_ok=True), unlocking=unlocking)
    executions = Knowledge(workflow, profile).profile.executions_per_month
    unlocks = tuple(evolve(each, hint=f'{each.hint}, with type="auto"') for each in best.unlocks)
    if unlocking and best.saved > 1e-12:
        month = None if executions is None else best.saved * executions
        unlocks = (Unlock(states=(), hint=AUTO, saved=best.saved, month=month), *unlocks)
    return evolve(
        best,
        type=workflow.type,
        regions=(),
        children=(),
        batched=(),
        after=best.before,
        bound=None,
        unlocks=unlocks,
        month_after=best.month_before,
    )


class _Chooser:
    def __init__(self, workflow: Workflow, profile: Profile | None, prices: Prices, options: Options) -> None:
        self.workflow = workflow
        self.profile = profile
        self.prices = prices
        self.options = options
        knowledge = Knowledge(workflow, profile)
        self.behaviour = Behaviour(WorkflowGraph(evolve(workflow, type=MachineType.STANDARD)), knowledge)
        self.terms = Terms(self.behaviour, prices, options)
        self.executions = knowledge.profile.executions_per_month

    def plan(self, bounded: bool = True) -> Plan:
        best: Plan | None = None
        for tier in self._tiers():
            found = self._at(self.terms.at(tier), bounded)
            if best is None or self._month(found) < self._month(best):
                best = found
        assert best is not None
        if self.executions is None:
            return best
        today = evolve(best, type=self.workflow.type, regions=(), children=(), batched=(), after=best.before)
        return evolve(best, month_before=self._month(today), month_after=self._month(best))

    def unlocks(self, plan: Plan) -> list[Unlock]:
        """What assertions would save beyond a plan: those of one state, and all together."""
        wanting = [
            name for name, found in self.terms.blockers.items()
            if found and all(each.state == name and each.reason in UNLOCKS for each in found)
        ]  # fmt: skip
        assertable = [
            name for name in wanting if {each.reason for each in self.terms.blockers[name]} == {Reason.NOT_IDEMPOTENT}
        ]
        found: list[Unlock] = []
        hint = UNLOCKS[Reason.NOT_IDEMPOTENT]
        if len(assertable) > 1:
            found += self._unlock(plan, tuple(assertable), hint)
        tries = min(MOST_UNLOCKS, MOST_TRIED // max(1, len(self.terms.blockers)))
        often = self._entries()
        for name in sorted(assertable, key=lambda name: -often[name])[:tries]:
            found += self._unlock(plan, (name,), hint)
        found += self._if_errors_are_free(plan)
        whole = self._if_callers_agree(plan)
        if whole is not None:
            found.append(whole)
        return sorted(found, key=lambda unlock: -unlock.saved)

    def _entries(self) -> dict[str, float]:
        graph, behaviour = self.behaviour.graph, self.behaviour
        return {state.name: behaviour.entries(scope, state.name) for scope, state in graph.states()}

    def _if_errors_are_free(self, plan: Plan) -> list[Unlock]:
        """What it would save to let inline Maps work in batches, one Map at a time, those entered most often first."""
        often = self._entries()
        maps = [
            state.name for scope, state in self.behaviour.graph.states()
            if isinstance(state, Map) and not state.distributed
            and Assertion.ERROR_NAMES_FREE not in self.behaviour.knowledge.notes(state.name).asserts
            and batching(self.terms, scope, state, inf, asserted=True) is not None
        ]  # fmt: skip
        found: list[Unlock] = []
        for name in sorted(maps, key=lambda name: -often[name])[: min(MOST_UNLOCKS, MOST_TRIED // len(often))]:
            found += self._unlock(plan, (name,), ERRORS_FREE)
        return found

    def _unlock(self, plan: Plan, states: tuple[str, ...], hint: str) -> list[Unlock]:
        notes = dict(self.workflow.notes)
        for name in states:
            told = notes.get(name, Notes())
            if hint == ERRORS_FREE:
                notes[name] = evolve(told, asserts=told.asserts | {Assertion.ERROR_NAMES_FREE})
            else:
                notes[name] = evolve(told, idempotent=True)
        other = _Chooser(evolve(self.workflow, notes=notes), self.profile, self.prices, self.options)
        saved = plan.after - other.plan(bounded=False).after
        if saved <= 1e-12:
            return []
        month = None if self.executions is None else saved * self.executions
        return [Unlock(states=states, hint=hint, saved=saved, month=month)]

    def _if_callers_agree(self, plan: Plan) -> Unlock | None:
        if plan.type is MachineType.EXPRESS or self.options.callers_ok or plan.express is None:
            return None
        saved = plan.after - plan.express
        if saved <= 1e-12:
            return None
        month = None if self.executions is None else saved * self.executions
        return Unlock(states=(), hint='let it be Express as a whole: type="express"', saved=saved, month=month)

    def _tiers(self) -> list[int]:
        """The tiers of Express duration that a month of this workflow can reach."""
        if self.executions is None:
            return [0]
        seconds = self.behaviour.flow(self.behaviour.graph.scopes[0]).seconds
        before = self.behaviour.knowledge.profile.gb_hours_before
        most = before + self.executions * seconds * 64 / 1024 / GB_HOUR
        reached = [0]
        for tier, each in enumerate(self.prices.duration[:-1], start=1):
            if each.up_to is not None and most > each.up_to:
                reached.append(tier)
        return reached

    def _at(self, terms: Terms, bounded: bool) -> Plan:
        """The plan at the marginal price of one tier, valued at that price."""
        found: Optimum = optimum(terms)
        express, reasons = self._express(terms)
        today = self.workflow.type
        before = found.standard
        if today is MachineType.EXPRESS:
            before = self._cost_of_express(terms)
        kind, after = MachineType.STANDARD, found.dollars
        may = express is not None and (self.options.callers_ok or today is MachineType.EXPRESS)
        if express is not None and may and express < after:
            kind, after = MachineType.EXPRESS, express
        bound = None
        batched = () if kind is MachineType.EXPRESS else found.batched
        if bounded and not batched and len(terms.blockers) <= MOST_BOUNDED:
            bound = lower_bound(terms)
            if may and express is not None:
                bound = min(bound, express)
        return Plan(
            workflow=self.workflow,
            type=kind,
            regions=() if kind is MachineType.EXPRESS else found.regions,
            children=() if kind is MachineType.EXPRESS else found.children,
            batched=batched,
            before=before,
            after=after,
            bound=bound,
            express=express,
            blockers={name: each for name, each in terms.blockers.items() if each},
            whole=() if kind is MachineType.EXPRESS else tuple(reasons),
            assumptions=self.behaviour.knowledge.assumptions,
            tier=terms.tier,
        )

    def _express(self, terms: Terms) -> tuple[float | None, list[str]]:
        """What the whole would cost as Express, or why it cannot be."""
        root = terms.graph.scopes[0]
        names = terms.graph.graph(root).reachable
        blocked = [each for name in terms.blockers if name in names for each in terms.blockers[name]]
        if blocked:
            return None, [str(each) for each in dict.fromkeys(blocked)]
        if self._surely_late(terms) or late(terms, terms.elapsed.flow(root)) > terms.late:
            return None, [f"it may take longer than {terms.limit_ms / 1000:g} s"]
        reasons = [] if self.options.callers_ok else ["nobody says that its callers can do without what Express lacks"]
        return self._cost_of_express(terms), reasons

    def _surely_late(self, terms: Terms) -> bool:
        """Whether the mean alone tells that it may be late, which is quicker than the distribution.

        No execution is longer than a year: with a mean a second above the limit, more than one in 32 million is late.
        """
        mean = self.behaviour.flow(terms.graph.scopes[0]).seconds
        return terms.options.late == 0 and mean >= terms.limit_ms / 1000 + 1

    def _cost_of_express(self, terms: Terms) -> float:
        root = terms.graph.scopes[0]
        logs = terms.log_dollars(len(terms.graph.graph(root).by_name))
        extra = sum(terms.extra(root, state) for state in root.flow.states) if terms.options.extra else 0.0
        return terms.request + self._gb_seconds() * self.prices.duration_rate(terms.tier) + logs + extra

    def _month(self, plan: Plan) -> float:
        """What Step Functions charges for a month with a plan, at the prices of all tiers."""
        if self.executions is None:
            return plan.after
        requests, gb_seconds = self._express_of(plan)
        marginal = gb_seconds * self.prices.duration_rate(plan.tier) + requests * self.prices.request
        profile, executions = self.behaviour.knowledge.profile, self.executions
        transitions = (plan.after - marginal) / self.prices.transition
        used = profile.gb_hours_before * GB_HOUR
        return (
            self.prices.standard(profile.transitions_before + executions * transitions)
            - self.prices.standard(profile.transitions_before)
            + self.prices.express(requests * executions, used + gb_seconds * executions)
            - self.prices.express(0, used)
        )

    def _express_of(self, plan: Plan) -> tuple[float, float]:
        """Express requests and GB-seconds of one execution with a plan."""
        root = self.terms.graph.scopes[0]
        if plan.type is MachineType.EXPRESS:
            return 1.0, self._gb_seconds()
        requests = sum(region.entered for region in plan.regions)
        gb_seconds = sum(region.entered * region.billed_seconds * region.chunks for region in plan.regions)
        gb_seconds *= CHUNK_MB / 1024
        requests += sum(each.started for each in plan.batched)
        gb_seconds += sum(each.gb_seconds for each in plan.batched)
        changed = {each.state: each.after for each in plan.children}
        for scope in self.terms.graph.scopes:
            if scope is not root and isinstance(scope.owner, Map) and scope.owner.distributed:
                kind = "EXPRESS" if runs_express(scope, MachineType.STANDARD) else "STANDARD"
                if changed.get(scope.owner.name, kind) == "EXPRESS":
                    count, more = express_children(self.terms, scope)
                    requests, gb_seconds = requests + count, gb_seconds + more
        return requests, gb_seconds

    def _gb_seconds(self) -> float:
        """GB-seconds of the whole as one Express execution."""
        terms, root = self.terms, self.terms.graph.scopes[0]
        own = sum(self.behaviour.flow(root).entries.values())
        chunks = memory_chunks(definition_bytes(self.workflow), terms.payload, terms.inner_steps(root) - own)
        return terms.elapsed.flow(root).billed_seconds * chunks * CHUNK_MB / 1024
