"""Rewrites that make an execution enter fewer states, and do the same: one in each file, judged by the simulator."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sfdsl.cost.rewrites.base import Evidence, Refusal, Rewrite, Rewritten
from sfdsl.cost.rewrites.call_fused import call_fused
from sfdsl.cost.rewrites.choose_arguments import choose_arguments
from sfdsl.cost.rewrites.compute_in_one import compute_in_one
from sfdsl.cost.rewrites.decide_choice import decide_choice
from sfdsl.cost.rewrites.drop_unused import drop_unused
from sfdsl.cost.rewrites.end_at_once import end_at_once
from sfdsl.cost.rewrites.fold_pass_back import fold_pass_back
from sfdsl.cost.rewrites.fold_pass_forward import fold_pass_forward
from sfdsl.cost.rewrites.inline_parallel import inline_parallel
from sfdsl.cost.rewrites.map_once import map_once
from sfdsl.cost.rewrites.merge_choices import merge_choices
from sfdsl.cost.rewrites.merge_waits import merge_waits
from sfdsl.cost.rewrites.reasons import UNLOCKS, Hazard, Reason
from sfdsl.cost.rewrites.retry_in_place import retry_in_place
from sfdsl.cost.rewrites.retry_until_ready import retry_until_ready
from sfdsl.cost.rewrites.send_together import send_together
from sfdsl.cost.rewrites.share_states import share_states
from sfdsl.cost.rewrites.skip_idle_pass import skip_idle_pass
from sfdsl.cost.rewrites.unroll_map import unroll_map
from sfdsl.cost.rewrites.wait_for_job import wait_for_job
from sfdsl.cost.rewrites.write_or_nothing import write_or_nothing
from sfdsl.cost.rewrites.write_together import write_together
from sfdsl.model.workflow import Workflow

__all__ = ["REWRITES", "UNLOCKS", "Evidence", "Hazard", "Reason", "Refusal", "Rewrite", "Rewritten", "rewrite"]

REWRITES: tuple[Rewrite, ...] = (
    drop_unused,
    decide_choice,
    skip_idle_pass,
    end_at_once,
    merge_waits,
    merge_choices,
    compute_in_one,
    unroll_map,
    inline_parallel,
    fold_pass_forward,
    fold_pass_back,
    choose_arguments,
    retry_in_place,
    wait_for_job,
    retry_until_ready,
    send_together,
    write_together,
    write_or_nothing,
    call_fused,
    map_once,
    share_states,
)
"""All rewrites, in the order in which a round tries them."""

ROUNDS = 50
"""Rounds at most. Each that goes on has removed something, so that few machines need more than three."""


def rewrite(
    workflow: Workflow,
    *,
    rewrites: Sequence[Rewrite] = REWRITES,
    rounds: int = ROUNDS,
    after: Callable[[Rewrite, Rewritten], None] | None = None,
) -> Rewritten:
    """The workflow after all rewrites, tried in rounds until nothing changes.

    Args:
        workflow: As it is; it stays so.
        rewrites: Which ones, in order.
        rounds: Rounds at most.
        after: Called after each rewrite that changed something, with the rewrite and what it made; whoever runs checks
            does so here, and raises to stop.
    """
    evidence: list[Evidence] = []
    refusals: list[Refusal] = []
    for _ in range(rounds):
        refusals = []
        changed = False
        for each in rewrites:
            made = each(workflow)
            refusals += made.refusals
            if made.workflow is not workflow:
                changed = True
                workflow = made.workflow
                evidence += made.evidence
                if after is not None:
                    after(each, made)
        if not changed:
            break
    return Rewritten(workflow=workflow, evidence=tuple(evidence), refusals=tuple(refusals))
