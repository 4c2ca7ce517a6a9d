"""SF507."""

from __future__ import annotations

from collections.abc import Iterator

from sfdsl.aws.resource import Pattern
from sfdsl.checks.integrations._calls import service_tasks
from sfdsl.checks.integrations._rule import ResourceCheck
from sfdsl.diagnostics import Diagnostic, Severity, near
from sfdsl.graph import WorkflowGraph

SUFFIXES = tuple(pattern.value for pattern in Pattern if pattern.waits)


class UnknownPattern(ResourceCheck):
    """A Task whose `Resource` ends in a suffix that is no integration pattern.

    Why it matters:
        Step Functions refuses the definition.

    Fires on:
        {"Type": "Task", "Resource": "arn:aws:states:::glue:startJobRun.Sync",
         "Parameters": {"JobName": "orders"}, "End": true}

    Instead:
        {"Type": "Task", "Resource": "arn:aws:states:::glue:startJobRun.sync",
         "Parameters": {"JobName": "orders"}, "End": true}
    """

    code = "SF507"
    severity = Severity.ERROR

    def run(self, graph: WorkflowGraph) -> Iterator[Diagnostic]:
        """Every Task with a suffix that ASL does not have."""
        for call, task in service_tasks(graph):
            if task.pattern is Pattern.UNKNOWN:
                match = near(task.suffix, SUFFIXES, cutoff=0.5)
                hint = f"did you mean {match!r}?" if match is not None else f"there are {', '.join(SUFFIXES)}"
                told = f"the Resource of {call.subject} ends in {task.suffix!r}, which is no integration pattern"
                yield self.on(call, told, hint)
