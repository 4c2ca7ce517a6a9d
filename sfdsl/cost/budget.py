"""The budget of a pipeline: a finding where a month costs more."""

from __future__ import annotations

from sfdsl.cost.analysis import Analysis
from sfdsl.cost.report import dollars
from sfdsl.diagnostics import Diagnostic, Rule, Severity


class OverBudget(Rule):
    """A pipeline whose month costs more than its budget.

    Why it matters:
        The budget is what somebody agreed to pay; a step added, or an estimate of traffic corrected, exceeds it
        long before the bill comes.

    Fires on:
        Pipeline("orders", budget=10, executions_per_month=1_000_000) of 20 transitions each

    Instead:
        Pipeline("orders", budget=500), or less to pay: `sfdsl cost orders` says what an assertion would unlock
    """

    code = "SF450"
    severity = Severity.WARNING


class BudgetWithoutTraffic(Rule):
    """A budget that cannot be checked, since nobody says how often the pipeline runs.

    Why it matters:
        The check would always pass.

    Fires on:
        Pipeline("orders", budget=10) without executions_per_month

    Instead:
        Pipeline("orders", budget=10, executions_per_month=30_000)
    """

    code = "SF451"
    severity = Severity.WARNING


RULES: tuple[type[Rule], ...] = (OverBudget, BudgetWithoutTraffic)


def check_budget(analysis: Analysis, budget: float) -> Diagnostic | None:
    """What is wrong about a budget; None where it is kept.

    Args:
        analysis: Of the workflow.
        budget: Dollars a month, Step Functions and the services called.
    """
    name, origin = analysis.workflow.name, analysis.workflow.origin
    month = analysis.month
    if month is None:
        return BudgetWithoutTraffic.finding(
            f"the budget of {name!r} is {dollars(budget)} a month, and nobody says how often it runs",
            hint="say executions_per_month on the pipeline or in its profile",
            origin=origin,
        )
    cost = month[1]
    if cost <= budget:
        return None
    best = analysis.plan.unlocks[0] if analysis.plan.unlocks else None
    if best is not None and best.month is not None:
        states = ", ".join(repr(state) for state in best.states)
        hint = f"{best.hint}{f' for {states}' if states else ''}: saves {dollars(best.month)} a month"
    else:
        hint = f"`sfdsl cost {name}` says where the money goes"
    executions = analysis.executions_per_month or 0.0
    return OverBudget.finding(
        f"{name!r} costs {dollars(cost)} a month for {executions:,.0f} executions; its budget is {dollars(budget)}",
        hint=hint,
        origin=origin,
    )
