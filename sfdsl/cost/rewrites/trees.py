"""A workflow edited flow by flow, inner ones first."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from attrs import evolve

from sfdsl.cost.rewrites.draft import Draft
from sfdsl.model.states import Branch, Flow, ItemProcessor, Map, Parallel, State, StateMachine
from sfdsl.model.workflow import JSONPATH, Notes, Scope, Workflow, inner


def over_flows(workflow: Workflow, edit: Callable[[Draft], None]) -> Workflow:
    """The workflow with every flow edited; the same object where no edit changed anything."""
    machine = workflow.machine
    root = Scope(flow=machine, query_language=machine.query_language or JSONPATH)
    noted: dict[str, Notes] = {}

    def noting(draft: Draft) -> None:
        edit(draft)
        noted.update(draft.noted)

    after = _edited(root, workflow, noting, {})
    if after is machine:
        return workflow
    changed: Workflow = evolve(workflow, machine=cast(StateMachine, after))
    kept = names(after)
    if noted or not kept >= workflow.notes.keys():
        notes = {name: each for name, each in {**workflow.notes, **noted}.items() if name in kept}
        changed = evolve(changed, notes=notes)
    return changed


def names(flow: Flow) -> set[str]:
    """The names of all states of a flow, nested ones included."""
    found = set()
    left = [flow]
    while left:
        for state in left.pop().states:
            found.add(state.name)
            left += _flows(state)
    return found


def _flows(state: State) -> list[Flow]:
    if isinstance(state, Parallel):
        return list(state.branches)
    if isinstance(state, Map) and state.body is not None:
        return [state.body]
    return []


def _edited(scope: Scope, workflow: Workflow, edit: Callable[[Draft], None], shared: dict[Any, Any]) -> Flow:
    flow = scope.flow
    states = tuple(_inside(state, scope, workflow, edit, shared) for state in flow.states)
    if any(after is not before for after, before in zip(states, flow.states, strict=True)):
        flow = evolve(flow, states=states)
        scope = evolve(scope, flow=flow)
    if len({state.name for state in flow.states}) < len(flow.states) or flow.start_at is None:
        return flow  # AWS refuses it, and checks say so
    draft = Draft(scope, workflow, shared)
    edit(draft)
    return draft.flow()


def _inside(
    state: State, scope: Scope, workflow: Workflow, edit: Callable[[Draft], None], shared: dict[Any, Any]
) -> State:
    opened = inner(scope, state)
    if not opened:
        return state
    flows = [_edited(below, workflow, edit, shared) for below in opened]
    if all(flow is below.flow for flow, below in zip(flows, opened, strict=True)):
        return state
    if isinstance(state, Parallel):
        return evolve(state, branches=tuple(cast(Branch, flow) for flow in flows))
    assert isinstance(state, Map)
    if state.item_processor is not None:
        return evolve(state, item_processor=cast(ItemProcessor, flows[0]))
    return evolve(state, iterator=cast(ItemProcessor, flows[0]))
