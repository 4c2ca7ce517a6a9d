"""Compute in one state what branches compute that do nothing else."""

from __future__ import annotations

from attrs import evolve

from sfdsl.cost.rewrites.base import rewrite_of
from sfdsl.cost.rewrites.draft import Draft
from sfdsl.cost.rewrites.expressions import Cannot, Substitution, movable, uncertain
from sfdsl.cost.rewrites.facts import has_unknown
from sfdsl.cost.rewrites.folding import as_assign, branch_failed_named, covered
from sfdsl.cost.rewrites.reasons import Hazard, Reason
from sfdsl.model.fields import ABSENT, Json
from sfdsl.model.states import Parallel, Pass
from sfdsl.model.workflow import JSONATA, inner


@rewrite_of("R15")
def compute_in_one(draft: Draft) -> None:
    """Compute in one Pass what the branches of a Parallel compute that do nothing else.

    Saves: one billed transition for each branch; the Pass that remains may go into a neighbour.
    Safe because: every branch is a single Pass, which does no work, so that its output is an expression of the input.
        Where one may fail, the Parallel has no handlers, and the Pass fails the same way.
    """
    for state in draft.states():
        if not isinstance(state, Parallel) or len(state.branches) < 2 or not draft.jsonata(state):
            continue
        passes = [branch.states[0] for branch in state.branches if len(branch.states) == 1]
        if len(passes) < len(state.branches) or not all(isinstance(each, Pass) for each in passes):
            continue
        try:
            _compute(draft, state, [each for each in passes if isinstance(each, Pass)])
        except Cannot as refused:
            draft.refuse(state.name, refused.hazard)


def _compute(draft: Draft, state: Parallel, passes: list[Pass]) -> None:
    if has_unknown(state) or any(has_unknown(each) or each.next is not None for each in passes):
        raise Cannot(Hazard.UNKNOWN_FIELDS)
    for scope, each in zip(inner(draft.scope, state), passes, strict=True):
        if scope.language(each) != JSONATA or each.result is not ABSENT:
            raise Cannot(Hazard.OTHER_LANGUAGE)
        movable(each.output)
        if uncertain(each.assign):
            raise Cannot(Hazard.SETS_VARIABLES_INSIDE)
    movable(state.arguments, state.output, state.assign)
    put = Substitution(state.arguments)
    whole: Json = "{% $states.input %}" if state.arguments is ABSENT else state.arguments
    results = [whole if each.output is ABSENT else put.payload(each.output) for each in passes]
    over = Substitution(result=results)
    output: Json = results if state.output is ABSENT else over.payload(state.output)
    assign = state.assign if state.assign is ABSENT else over.payload(as_assign(state.assign))
    needed = uncertain(state.arguments, results)
    if not covered(needed, output, assign):
        raise Cannot(Hazard.FAILURE_WOULD_BE_LOST)
    may_fail = uncertain(output, assign)
    if may_fail and (state.retry or state.catch):
        raise Cannot(Hazard.HAS_HANDLERS)
    if may_fail and branch_failed_named(draft):
        raise Cannot(Hazard.BRANCH_FAILED_NAMED)
    after = Pass(
        name=state.name, output=output, assign=assign, comment=state.comment, next=state.next, origin=state.origin
    )
    draft.replace(evolve(after, query_language=state.query_language))
    because = (Reason.COMPUTED_IN_ONE, Reason.SAME_FAILURES if may_fail else Reason.CANNOT_MISS)
    draft.did(*because, removed=tuple(each.name for each in passes), states=(state.name,), saves=len(passes))
