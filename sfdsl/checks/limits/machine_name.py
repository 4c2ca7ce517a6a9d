"""SF422."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sfdsl.aws import quotas
from sfdsl.aws.resource import has_placeholder
from sfdsl.checks.base import Check
from sfdsl.diagnostics import Diagnostic, Severity
from sfdsl.graph import WorkflowGraph

# White space, brackets, wildcards, special characters and control characters.
# Source: Step Functions API Reference, CreateStateMachine, name.
FORBIDDEN = re.compile(r"[\s<>{}\[\]?*\"#%\\^|~`$&,;:/\x00-\x1f\x7f-\x9f\ufffe\uffff\ud800-\udfff]")


class MachineName(Check):
    """A name that Step Functions does not take for a state machine.

    Why it matters:
        Step Functions refuses to create a state machine whose name is empty, longer than 80 characters, or
        has white space or special characters in it.

    Fires on:
        {"Name": "orders: nightly", "Definition": {"StartAt": "Keep", "States": {
          "Keep": {"Type": "Pass", "End": true}}}}

    Instead:
        {"Name": "orders-nightly", "Definition": {"StartAt": "Keep", "States": {
          "Keep": {"Type": "Pass", "End": true}}}}
    """

    code = "SF422"
    severity = Severity.ERROR

    def run(self, graph: WorkflowGraph) -> Iterator[Diagnostic]:
        """One finding at most; what a placeholder will be nobody knows."""
        name, most = graph.workflow.name, quotas.STATE_MACHINE_NAME_CHARACTERS.limit
        if has_placeholder(name) or of_a_file(graph):
            return
        found = sorted(set(FORBIDDEN.findall(name)))
        if not name:
            told, hint = "the name of the state machine is empty", "give the pipeline a name"
        elif len(name) > most:
            told = f"the name {name!r} has {len(name)} characters; a state machine's name has {most} at most"
            hint = f"shorten it to {FORBIDDEN.sub('-', name)[:most]!r}"
        elif found:
            told = f"the name {name!r} of the state machine has {' '.join(map(repr, found))} in it"
            hint = f"use {re.sub('-+', '-', FORBIDDEN.sub('-', name)).strip('-')!r}"
        else:
            return
        origin = graph.workflow.origin
        yield self.finding(told, hint=hint, origin=origin if origin.file else graph.machine.origin)


def of_a_file(graph: WorkflowGraph) -> bool:
    """Whether the name is just that of an ASL file, which says nothing about the machine's name in AWS."""
    return graph.workflow.origin.file.endswith((".json", ".asl", ".yaml", ".yml"))
