"""SF508."""

from __future__ import annotations

from collections.abc import Iterator

from sfdsl.aws.integrations import Optimized, optimized
from sfdsl.aws.resource import Pattern, ServiceTask
from sfdsl.aws.services import resolve
from sfdsl.checks.integrations._calls import service_tasks
from sfdsl.checks.integrations._rule import ResourceCheck
from sfdsl.diagnostics import Diagnostic, Severity
from sfdsl.graph import WorkflowGraph


class PatternNotOffered(ResourceCheck):
    """A Task that waits in a way that its integration does not offer.

    Why it matters:
        Step Functions refuses the definition. Only some optimized integrations wait for a job with `.sync` or
        take a task token; an aws-sdk call never waits for a job.

    Fires on:
        {"Type": "Task", "Resource": "arn:aws:states:::aws-sdk:glue:startJobRun.sync",
         "Parameters": {"JobName": "orders"}, "End": true}

    Instead:
        {"Type": "Task", "Resource": "arn:aws:states:::glue:startJobRun.sync",
         "Parameters": {"JobName": "orders"}, "End": true}
    """

    code = "SF508"
    severity = Severity.ERROR

    def run(self, graph: WorkflowGraph) -> Iterator[Diagnostic]:
        """Every Task of a known call whose integration pattern it does not have."""
        for call, task in service_tasks(graph):
            entry = None if task.sdk else optimized(task.service, task.api)
            if not _offered(task, entry):
                told = f"{call.subject} calls {task.name} with {task.suffix}, which it does not offer"
                yield self.on(call, told, _hint(task, entry))


def _offered(task: ServiceTask, entry: Optimized | None) -> bool:
    if task.pattern in (Pattern.UNKNOWN, Pattern.REQUEST_RESPONSE):
        return True
    if task.sdk:
        return task.pattern is Pattern.WAIT_FOR_TASK_TOKEN
    return entry is None or entry.offers(task.pattern)


def _hint(task: ServiceTask, entry: Optimized | None) -> str:
    arn = f"arn:{task.partition}:states:::"
    if entry is not None:
        offered = [facts.pattern.value for facts in entry.patterns if facts.pattern.waits]
        if task.pattern is Pattern.SYNC_2 and Pattern.SYNC.value in offered:
            return f'write "{arn}{task.name}.sync"'
        return f'write "{arn}{task.name}"' + (f", or end it in {' or '.join(offered)}" if offered else "")
    meant = resolve(task.service, task.api)
    other = optimized(meant.service, meant.api) if not meant.sdk else None
    for pattern in (task.pattern, Pattern.SYNC_2, Pattern.SYNC):
        if other is not None and other.offers(pattern):
            return f'write "{arn}{other.service}:{other.api}{pattern.value}"'
    return f'write "{arn}{task.name}", and poll with a Wait until the job has ended'
