"""A JSONata Pass folded into the JSONata state before it."""

from __future__ import annotations

from typing import Any

from attrs import evolve

from sfdsl.cost.rewrites.expressions import Cannot, Substitution, movable, uncertain
from sfdsl.cost.rewrites.facts import same
from sfdsl.cost.rewrites.folding import EVALUATION_ERRORS, as_assign, covered, handles, merged
from sfdsl.cost.rewrites.reasons import Hazard
from sfdsl.model.edges import EdgeKind
from sfdsl.model.fields import ABSENT, Json
from sfdsl.model.states import Choice, Map, Parallel, Pass, State, Task, Wait

RESULT = "{% $states.result %}"
ERROR_OUTPUT = "{% $states.errorOutput %}"


def folded(before: State, kind: EdgeKind, index: int, state: Pass) -> tuple[State, bool]:
    """The state before with the work of the Pass on one of its ways on, and whether nothing in that work can fail.

    Args:
        before: The state that leads to the Pass.
        kind: By which of its fields it does.
        index: Which rule or catcher.
        state: The Pass.

    Raises:
        Cannot: It cannot be done, or not safely.
    """
    if state.result is not ABSENT:
        raise Cannot(Hazard.NOT_UNDERSTOOD)
    movable(state.output, state.assign)
    if isinstance(before, Choice):
        if kind is EdgeKind.RULE:
            rule = before.choices[index]
            changes, certain = _composed(rule, ABSENT, state, may_fail=True)
            rules = list(before.choices)
            rules[index] = evolve(rule, next=state.next, **changes)
            return evolve(before, choices=tuple(rules)), certain
        changes, certain = _composed(before, ABSENT, state, may_fail=True)
        return evolve(before, default=state.next, **changes), certain
    if isinstance(before, (Task, Parallel, Map)):
        if kind is EdgeKind.CATCH:
            catcher = before.catch[index]
            changes, certain = _composed(catcher, ERROR_OUTPUT, state, may_fail=False)
            catchers = list(before.catch)
            catchers[index] = evolve(catcher, next=state.next, **changes)
            return evolve(before, catch=tuple(catchers)), certain
        changes, certain = _composed(before, RESULT, state, may_fail=not handles(before, EVALUATION_ERRORS))
        return evolve(before, next=state.next, **changes), certain
    if isinstance(before, Pass) and before.result is ABSENT:
        changes, certain = _composed(before, ABSENT, state, may_fail=True)
        return evolve(before, next=state.next, **changes), certain
    if isinstance(before, Wait):
        changes, certain = _composed(before, ABSENT, state, may_fail=True)
        return evolve(before, next=state.next, **changes), certain
    raise Cannot(Hazard.NOT_UNDERSTOOD)


def _composed(node: Any, default: Json, state: Pass, *, may_fail: bool) -> tuple[dict[str, Any], bool]:
    """`output` and `assign` of a node that does the work of the Pass as well.

    Args:
        node: The state, rule or catcher before, with `output` and `assign`.
        default: What it hands on where it has no `Output`; ABSENT for its input.
        state: The Pass.
        may_fail: Whether an error in the Pass may come up in the node instead: no handler sees it there.
    """
    assign = as_assign(node.assign)
    own = default if node.output is ABSENT else node.output
    movable(own, assign)
    put = Substitution(own, assign)
    output = own if state.output is ABSENT else put.payload(state.output)
    if same(output, default):
        output = ABSENT
    assigned = merged(node.assign, put.payload(state.assign))
    lost = uncertain(own, assign)
    if not covered(lost, output, assigned):
        raise Cannot(Hazard.FAILURE_WOULD_BE_LOST)
    added = uncertain(output, assigned) - lost
    if added and not may_fail:
        raise Cannot(Hazard.FAILURE_WOULD_BE_HANDLED)
    return {"output": output, "assign": assigned}, not added
