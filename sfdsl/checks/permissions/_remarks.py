"""Findings from what the derivation of the role remarks."""

from __future__ import annotations

from collections.abc import Iterator

from sfdsl.graph import WorkflowGraph
from sfdsl.model.states import State
from sfdsl.permissions import Doubt, Remark, derive

__all__ = ["remarks", "states_by_name", "subject"]


def states_by_name(graph: WorkflowGraph) -> dict[str, State]:
    """Every state by its name."""
    return {state.name: state for _, state in graph.states()}


def remarks(graph: WorkflowGraph, doubt: Doubt) -> Iterator[tuple[State, Remark]]:
    """The remarks of one kind with their states: one for each argument of a state, or subject where there is none."""
    states = states_by_name(graph)
    seen = set()
    for remark in derive(graph).remarks:
        key = (remark.state, remark.argument or remark.subject)
        if remark.doubt is doubt and key not in seen:
            seen.add(key)
            yield states[remark.state], remark


def subject(remark: Remark) -> tuple[str, str]:
    """The action and the resource that a remark is about."""
    action, _, resource = remark.subject.partition(" on ")
    return action, resource
