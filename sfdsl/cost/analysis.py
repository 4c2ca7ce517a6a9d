"""The whole of it for one workflow: what it costs, what the rewrites and the Express children save, what is left."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import evolve, field, frozen

from sfdsl.cost.estimate import STEP_FUNCTIONS, Estimate, estimate
from sfdsl.cost.knowledge import Assumption, Knowledge
from sfdsl.cost.partition.outline import Outlined, outline
from sfdsl.cost.partition.plan import Plan, choose, keep
from sfdsl.cost.partition.terms import Options
from sfdsl.cost.prices import Prices, load
from sfdsl.cost.profile import Profile, noted
from sfdsl.cost.rewrites import Evidence, Refusal, Rewrite, Rewritten, rewrite
from sfdsl.cost.sizing.measured import Sized, advise
from sfdsl.cost.unlocks import unlocks
from sfdsl.model.workflow import Workflow


@frozen(kw_only=True)
class Saving:
    """What one kind of rewrite saved, in one round of the rules.

    Attributes:
        rewrite: Its name.
        number: Its number in the catalogue.
        evidence: Each thing that it did, with why it is safe.
        transitions: State transitions less in one execution, as expected.
        dollars: Dollars less in one execution; negative where it costs more.
    """

    rewrite: str
    number: str
    evidence: tuple[Evidence, ...]
    transitions: float
    dollars: float


@frozen(kw_only=True)
class Analysis:
    """What a workflow costs, and what it costs at its cheapest.

    Attributes:
        workflow: As declared.
        before: What it costs.
        savings: What the rewrites saved, in the order in which they ran.
        refusals: What the rewrites left alone, and why.
        rewritten: The workflow after them.
        rewriting: What it costs then.
        plan: Which states had better run in Express.
        outlined: The parent and its Express children.
        after: What the parent costs without its children, for the transitions and the time of what is deployed.
        sized: What measurements say about the sizes of what is called.
        profile: Its traffic; None where only notes and definition speak.
        executions_per_month: None is unknown.
    """

    workflow: Workflow
    before: Estimate
    savings: tuple[Saving, ...]
    refusals: tuple[Refusal, ...] = field(hash=False)
    rewritten: Workflow
    rewriting: Estimate
    plan: Plan
    outlined: Outlined
    after: Estimate
    sized: Sized = field(factory=Sized)
    profile: Profile | None = None
    executions_per_month: float | None = None

    @property
    def machines(self) -> tuple[Workflow, ...]:
        """What is deployed: the workflow itself, then its Express children."""
        return (self.outlined.workflow, *(child.workflow for child in self.outlined.children))

    @property
    def dollars_before(self) -> float:
        """Dollars of one execution as declared, at list price and without free tiers."""
        return self.before.dollars

    @property
    def dollars_after(self) -> float:
        """Dollars of one execution at its cheapest."""
        return self.plan.after + self.others[1]

    @property
    def others(self) -> tuple[float, float]:
        """Dollars that other services charge for one execution, before and after: some rewrites call less often."""
        return _others(self.before), _others(self.rewriting)

    @property
    def month(self) -> tuple[float, float] | None:
        """Dollars a month before and after, with tiers and free tiers; None where the traffic is not known."""
        before, after = self.before.month, self.plan.month_after
        if before is None or after is None or self.executions_per_month is None:
            return None
        return before, after + self.executions_per_month * self.others[1]

    @property
    def assumptions(self) -> tuple[Assumption, ...]:
        """What the figures rest on, each once."""
        return tuple(dict.fromkeys((*self.before.assumptions, *self.plan.assumptions)))


def _others(costs: Estimate) -> float:
    return sum(line.dollars for line in costs.lines if line.what not in STEP_FUNCTIONS)


def analyse(
    workflow: Workflow,
    profile: Profile | None = None,
    prices: Prices | None = None,
    options: Options | None = None,
    *,
    measured: Mapping[str, Any] | None = None,
    unlocking: bool = True,
) -> Analysis:
    """What a workflow costs, before and after everything that lowers it.

    Args:
        workflow: As declared. It is rewritten if its `rewrites` say so, and its type is chosen if it is `auto`.
        profile: Its traffic; None is what notes and definition say.
        prices: None is us-east-1.
        options: What may be chosen for Express whatever the workflow says; None is what it says.
        measured: State -> measurements of the sizes of what it calls, see `sfdsl.cost.sizing.measured`.
        unlocking: Whether to try what further assertions would save.
    """
    prices = prices or load()
    workflow = noted(workflow, profile)
    before = estimate(workflow, profile, prices)
    savings: list[Saving] = []
    last = before

    def measure(each: Rewrite, made: Rewritten) -> None:
        nonlocal last
        now = estimate(made.workflow, profile, prices)
        savings.append(
            Saving(
                rewrite=each.name,
                number=each.number,
                evidence=made.evidence,
                transitions=last.transitions - now.transitions,
                dollars=last.workflow_dollars - now.workflow_dollars,
            )
        )
        last = now

    rewritten = rewrite(workflow, after=measure) if workflow.rewrites else Rewritten(workflow=workflow)
    if options is None and not workflow.auto:
        plan = keep(rewritten.workflow, profile, prices, unlocking=unlocking)
    else:
        options = options or Options(callers_ok=True)
        plan = choose(rewritten.workflow, profile, prices, options, unlocking=unlocking)
    outlined = outline(plan)
    sized = Sized()
    if measured:
        sized = advise(measured, Knowledge(workflow, profile), before, plan, prices)
    found = Analysis(
        workflow=workflow,
        before=before,
        savings=tuple(savings),
        refusals=rewritten.refusals,
        rewritten=rewritten.workflow,
        rewriting=last,
        plan=plan,
        outlined=outlined,
        after=before if outlined.workflow == workflow else estimate(outlined.workflow, profile, prices),
        sized=sized,
        profile=profile,
        executions_per_month=before.executions_per_month,
    )
    if not (unlocking and workflow.rewrites):
        return found
    more = unlocks(found, lambda other: analyse(other, profile, prices, options, unlocking=False))
    together = sorted((*plan.unlocks, *more), key=lambda each: -each.saved)
    return evolve(found, plan=evolve(plan, unlocks=tuple(together)))
