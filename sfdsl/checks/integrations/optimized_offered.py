"""SF522."""

from __future__ import annotations

from collections.abc import Iterator

from sfdsl.aws.integrations import optimized
from sfdsl.aws.resource import Pattern
from sfdsl.aws.services import resolve
from sfdsl.checks.integrations._calls import service_tasks
from sfdsl.checks.integrations._rule import ResourceCheck
from sfdsl.checks.integrations.unknown_operation import exists
from sfdsl.diagnostics import Diagnostic, Severity
from sfdsl.graph import WorkflowGraph


class OptimizedOffered(ResourceCheck):
    """A Task that calls in the aws-sdk form what Step Functions has an adapted form for.

    Why it matters:
        It works. The adapted form parses and writes JSON by itself, and for a job it can wait with `.sync`.
        Names of errors differ between the two.

    Fires on:
        {"Type": "Task", "Resource": "arn:aws:states:::aws-sdk:sqs:sendMessage", "End": true,
         "Parameters": {"QueueUrl": "${Queue}", "MessageBody": "done"}}

    Instead:
        {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage", "End": true,
         "Parameters": {"QueueUrl": "${Queue}", "MessageBody": "done"}}
    """

    code = "SF522"
    severity = Severity.INFO

    def run(self, graph: WorkflowGraph) -> Iterator[Diagnostic]:
        """Every aws-sdk call with an optimized form that takes all the parameters that are given."""
        for call, task in service_tasks(graph):
            if not task.sdk or task.pattern in (Pattern.SYNC, Pattern.SYNC_2) or not exists(task):
                continue
            meant = resolve(task.service, task.api)
            entry = optimized(meant.service, meant.api) if not meant.sdk else None
            if entry is None or not entry.offers(task.pattern) or entry.service == "elasticmapreduce":
                continue  # EMR's adapted calls take other parameters under other names
            given = {key.removesuffix(".$") for key in call.payload} if isinstance(call.payload, dict) else set()
            if given <= set(entry.allowed):
                told = f"{call.subject} calls {task.name}, for which there is the optimized {entry.service}:{entry.api}"
                arn = f"arn:{task.partition}:states:::{entry.service}:{entry.api}{task.suffix}"
                yield self.on(call, told, f'write "{arn}"')
