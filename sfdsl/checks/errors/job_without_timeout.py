"""SF315."""

from __future__ import annotations

from collections.abc import Iterator

from sfdsl.aws.resource import Pattern, ServiceTask, parse
from sfdsl.checks.base import Check
from sfdsl.diagnostics import Diagnostic, Severity
from sfdsl.graph import WorkflowGraph
from sfdsl.model.states import Task


class JobWithoutTimeout(Check):
    """A task that waits for a job (`.sync`) without a TimeoutSeconds.

    Why it matters:
        A job that hangs holds the execution for up to a year, and nobody is told. The TimeoutSeconds of the
        whole state machine ends it sooner, but no Catch sees that: nothing is cleaned up and nobody is notified.

    Fires on:
        {"Type": "Task", "Resource": "arn:aws:states:::glue:startJobRun.sync",
         "Parameters": {"JobName": "orders"}, "End": true}

    Instead:
        {"Type": "Task", "Resource": "arn:aws:states:::glue:startJobRun.sync",
         "Parameters": {"JobName": "orders"}, "TimeoutSeconds": 3600, "End": true}
    """

    code = "SF315"
    severity = Severity.WARNING

    def run(self, graph: WorkflowGraph) -> Iterator[Diagnostic]:
        """One finding for each task."""
        for _, state in graph.states():
            if not isinstance(state, Task) or state.resource is None or "sync" not in state.resource:
                continue
            call = parse(state.resource)
            if not isinstance(call, ServiceTask) or call.pattern not in (Pattern.SYNC, Pattern.SYNC_2):
                continue
            if not has_timeout(state):
                message = f"state {state.name!r} waits for {call.name} without a TimeoutSeconds{at_most(graph)}"
                yield self.at(state, message, hint='add `"TimeoutSeconds": 3600`, or how long it may take at most')


def has_timeout(state: Task) -> bool:
    """Whether a task has a timeout of its own, whatever its value."""
    return (
        state.timeout_seconds is not None
        or state.timeout_seconds_path is not None
        or not {"TimeoutSeconds", "TimeoutSecondsPath"}.isdisjoint(state.extra)
    )


def at_most(graph: WorkflowGraph) -> str:
    """What ends the waiting, for a message."""
    if graph.machine.timeout_seconds is None:
        return ", up to a year"
    return "; only the timeout of the state machine ends it, which no Catch sees"
