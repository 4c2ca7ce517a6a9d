"""The report of `sfdsl cost` for programs: all that is known of a workflow's costs, as one JSON object."""

from __future__ import annotations

from typing import Any

from sfdsl.cost.analysis import Analysis, Saving
from sfdsl.cost.partition.blockers import Blocker
from sfdsl.cost.partition.runs import Region


def as_object(analysis: Analysis) -> dict[str, Any]:
    """The report as a JSON value; dollars are those of one execution, unless a key says `month`."""
    plan, before = analysis.plan, analysis.before
    month = analysis.month
    return {
        "workflow": analysis.workflow.name,
        "type": {"before": analysis.workflow.type.value, "after": plan.type.value},
        "executions_per_month": analysis.executions_per_month,
        "dollars": {"before": analysis.dollars_before, "after": analysis.dollars_after},
        "month": None if month is None else {"before": month[0], "after": month[1]},
        "step_functions": {"before": before.workflow_dollars, "after": plan.after, "bound": plan.bound},
        "gap": plan.gap,
        "transitions": {
            "expected": before.transitions,
            "after": analysis.after.transitions,
            "best": before.extremes.transitions[0],
            "worst": before.extremes.transitions[1],
        },
        "seconds": {
            "expected": before.seconds,
            "best": before.extremes.seconds[0],
            "worst": before.extremes.seconds[1],
        },
        "rewrites": [_saving(saving) for saving in analysis.savings],
        "refusals": [
            {"rewrite": refusal.rewrite, "state": refusal.state, "hazard": refusal.hazard.value}
            for refusal in analysis.refusals
        ],
        "children": [_child(child.region, child.workflow.name) for child in analysis.outlined.children],
        "distributed_maps": [
            {"state": each.state, "before": each.before, "after": each.after, "saved": each.saved}
            for each in plan.children
        ],
        "batched_maps": [
            {
                "state": each.state,
                "items_per_batch": each.size,
                "children_at_a_time": each.children,
                "items_at_a_time": each.width,
                "before": each.before,
                "after": each.after,
            }
            for each in plan.batched
        ],
        "not_express": {state: [_blocker(each) for each in found] for state, found in plan.blockers.items()},
        "whole": list(plan.whole),
        "unlocks": [
            {"states": list(each.states), "hint": each.hint, "saved": each.saved, "month": each.month}
            for each in plan.unlocks
        ],
        "sizes": [
            {
                "state": each.state,
                "change": each.change,
                "saved": each.saved * before.entries.get(each.state, 0.0),
                "basis": each.basis,
                "caveat": each.caveat,
            }
            for each in analysis.sized.advice
        ],
        "unusable_measurements": [{"state": state, "problem": problem} for state, problem in analysis.sized.problems],
        "lines": [
            {
                "state": line.state,
                "what": line.what,
                "quantity": line.quantity,
                "unit": line.unit,
                "dollars": line.dollars,
            }
            for line in before.lines
        ],
        "assumptions": [
            {"state": each.state, "what": each.what, "source": each.source, "hint": each.hint}
            for each in analysis.assumptions
        ],
        "prices": {
            "region": before.prices.region,
            "remarks": list(before.prices.remarks),
            "start_end_surcharge": before.prices.start_end_surcharge,
        },
    }  # fmt: skip


def _saving(saving: Saving) -> dict[str, Any]:
    return {
        "rewrite": saving.rewrite,
        "number": saving.number,
        "transitions": saving.transitions,
        "dollars": saving.dollars,
        "evidence": [
            {
                "removed": list(each.removed),
                "states": list(each.states),
                "because": [reason.value for reason in each.because],
            }
            for each in saving.evidence
        ],
    }


def _child(region: Region, name: str) -> dict[str, Any]:
    return {
        "name": name,
        "states": list(region.states),
        "entered": region.entered,
        "before": region.before,
        "after": region.after,
        "billed_seconds": region.billed_seconds,
        "billed_megabytes": region.chunks * 64,
        "returns": region.returns.value,
        "exits": list(region.exits),
        "caught": list(region.caught),
    }


def _blocker(each: Blocker) -> dict[str, str]:
    return {"state": each.state, "reason": each.reason.value, "hint": each.hint}
