"""Every check, and how they are run."""

from __future__ import annotations

from collections.abc import Collection

from sfdsl.checks import dataflow, errors, integrations, limits, permissions, structure
from sfdsl.checks.base import Check
from sfdsl.diagnostics import Diagnostic, ordered
from sfdsl.graph import WorkflowGraph

CHECKS: tuple[type[Check], ...] = (
    *structure.CHECKS,
    *dataflow.CHECKS,
    *errors.CHECKS,
    *limits.CHECKS,
    *integrations.CHECKS,
    *permissions.CHECKS,
)
"""All checks, by code."""


def check(graph: WorkflowGraph, suppress: Collection[str] = ()) -> list[Diagnostic]:
    """Every finding in a workflow that nobody suppressed, in order.

    Args:
        graph: The workflow with its graphs.
        suppress: Codes that are not reported at all; the workflow's and the states' own come on top.
    """
    silent = {*suppress, *graph.workflow.suppress}
    notes = graph.workflow.notes
    return ordered(
        finding
        for rule in CHECKS
        if rule.code not in silent
        for finding in rule().run(graph)
        if not (finding.state in notes and finding.code in notes[finding.state].suppress)
    )
