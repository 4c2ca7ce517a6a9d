"""A JSONPath Pass folded into the JSONPath state before it."""

from __future__ import annotations

from typing import Any

from attrs import evolve

from sfdsl.cost.rewrites.draft import Draft
from sfdsl.cost.rewrites.expressions import Cannot
from sfdsl.cost.rewrites.facts import WHOLE, hands_on_input
from sfdsl.cost.rewrites.folding import PATH_ERRORS, handles, merged
from sfdsl.cost.rewrites.forward_jsonpath import check_insertion
from sfdsl.cost.rewrites.objects import given_object
from sfdsl.cost.rewrites.pass_tree import PassTree, assigned, pass_tree, result_names, written
from sfdsl.cost.rewrites.reasons import Hazard
from sfdsl.cost.rewrites.templates import (
    GIVEN,
    Composition,
    Constant,
    Text,
    Tree,
    leaves,
    object_template,
    reads_data,
    shows,
    tree_of,
    uncertain,
    understood,
)
from sfdsl.jsonpath import Path
from sfdsl.model.edges import EdgeKind
from sfdsl.model.fields import ABSENT
from sfdsl.model.states import Choice, Map, Parallel, Pass, State, Task, Wait


def folded(draft: Draft, before: State, kind: EdgeKind, index: int, state: Pass) -> tuple[State, bool]:
    """The state before with the work of the Pass on one of its ways on, and whether nothing in that work can fail.

    Args:
        draft: The flow.
        before: The state that leads to the Pass.
        kind: By which of its fields it does.
        index: Which rule or catcher.
        state: The Pass.

    Raises:
        Cannot: It cannot be done, or not safely.
    """
    work = pass_tree(state)
    check_insertion(draft, state)
    if isinstance(before, (Task, Parallel, Map)) and kind is EdgeKind.NEXT:
        return _worker(draft, before, state, work)
    if work.output != GIVEN or not isinstance(before, (Choice, Wait)) or not hands_on_input(before, jsonata=False):
        raise Cannot(Hazard.NO_FIELD_FOR_IT)
    node: Any = before.choices[index] if isinstance(before, Choice) and kind is EdgeKind.RULE else before
    own = assigned(node.assign, Composition(GIVEN))
    over = Composition(GIVEN, own)
    added = {name: over.tree(tree) for name, tree in work.assign.items()}
    assign = merged(written(own), written(added))
    lost = uncertain(*own.values())
    if not shows(lost, {text for tree in {**own, **added}.values() for text in leaves(tree)}):
        raise Cannot(Hazard.FAILURE_WOULD_BE_LOST)
    new = uncertain(*(over.tree(each) for each in work.all)) - lost
    if not shows(new, {text for tree in added.values() for text in leaves(tree)}):
        raise Cannot(Hazard.FAILURE_WOULD_BE_LOST)
    certain = not new
    if isinstance(before, Wait):
        return evolve(before, assign=assign, next=state.next), certain
    if kind is EdgeKind.RULE:
        rules = list(before.choices)
        rules[index] = evolve(before.choices[index], assign=assign, next=state.next)
        return evolve(before, choices=tuple(rules)), certain
    return evolve(before, assign=assign, default=state.next), certain


def _worker(
    draft: Draft, before: Task | Parallel | Map, state: Pass, work: PassTree
) -> tuple[Task | Parallel | Map, bool]:
    own_variables = assigned(before.assign, Composition(GIVEN))
    own: Tree = GIVEN if before.result_selector is ABSENT else tree_of(before.result_selector)
    if before.result_path not in WHOLE or before.output_path not in WHOLE:
        _refuse_lost_output(draft, before, work)
        own = GIVEN
    over = Composition(own, own_variables)
    output = over.tree(work.output)
    added = {name: over.tree(tree) for name, tree in work.assign.items()}
    lost = uncertain(own, *own_variables.values())
    shown = {text for tree in (output, *{**own_variables, **added}.values()) for text in leaves(tree)}
    if not shows(lost, shown):
        raise Cannot(Hazard.FAILURE_WOULD_BE_LOST)
    new = uncertain(*(over.tree(each) for each in work.all)) - lost
    if not shows(new, shown):
        raise Cannot(Hazard.FAILURE_WOULD_BE_LOST)
    if new and handles(before, PATH_ERRORS):
        raise Cannot(Hazard.FAILURE_WOULD_BE_HANDLED)
    changes: dict[str, Any] = {
        "next": state.next, "result_path": ABSENT, "output_path": ABSENT, "result_selector": ABSENT,
        "assign": merged(written(own_variables), written(added)),
    }  # fmt: skip
    if isinstance(output, Text):
        if output != GIVEN:
            if not isinstance(understood(output.text), Path):
                raise Cannot(Hazard.NO_FIELD_FOR_IT)
            changes["output_path"] = output.text
    else:
        changes["result_selector"] = object_template(output)
    after: Task | Parallel | Map = evolve(before, **changes)
    return after, not new


def _refuse_lost_output(draft: Draft, before: Task | Parallel | Map, work: PassTree) -> None:
    """Make sure that a Pass needs nothing of an output that is more than the result, and that making it cannot fail.

    Raises:
        Cannot: It does, or it can.
    """
    if before.result_selector is not ABSENT or before.output_path not in (*WHOLE, None):
        raise Cannot(Hazard.OUTPUT_IS_READ_WHOLE)
    if reads_data(work.output, work.result, *work.assign.values()):
        raise Cannot(Hazard.OUTPUT_IS_READ_WHOLE)
    names = result_names(before.result_path)
    if names and (len(names) > 1 or not given_object(draft, before.name)):
        raise Cannot(Hazard.INPUT_MAY_BE_NO_OBJECT)
    if not isinstance(work.output, Constant) and uncertain(work.output):
        raise Cannot(Hazard.FAILURE_WOULD_BE_LOST)
