"""SF502."""

from __future__ import annotations

from collections.abc import Iterator

from sfdsl.aws.integrations import services
from sfdsl.aws.resource import ServiceTask
from sfdsl.aws.sdk import sdk_service, sdk_services
from sfdsl.aws.services import resolve
from sfdsl.checks.integrations._calls import service_tasks
from sfdsl.checks.integrations._rule import ResourceCheck
from sfdsl.diagnostics import Diagnostic, Severity, near
from sfdsl.graph import WorkflowGraph


class UnknownService(ResourceCheck):
    """A Task that calls a service which Step Functions does not know by that name.

    Why it matters:
        Step Functions refuses the definition. Its names are not always those of the command line: EMR is
        `elasticmapreduce`, EventBridge is `events`, and in the aws-sdk form Step Functions itself is `sfn`.

    Fires on:
        {"Type": "Task", "Resource": "arn:aws:states:::s3:getObject",
         "Parameters": {"Bucket": "orders", "Key": "today.json"}, "End": true}

    Instead:
        {"Type": "Task", "Resource": "arn:aws:states:::aws-sdk:s3:getObject",
         "Parameters": {"Bucket": "orders", "Key": "today.json"}, "End": true}
    """

    code = "SF502"
    severity = Severity.ERROR

    def run(self, graph: WorkflowGraph) -> Iterator[Diagnostic]:
        """Every Task whose service is neither an optimized one nor, in the aws-sdk form, one of the SDK."""
        for call, task in service_tasks(graph):
            if not knows(task):
                form = "aws-sdk integration" if task.sdk else "optimized integration"
                told = f"{call.subject} calls {task.service!r}, and there is no {form} of that name"
                yield self.on(call, told, _hint(task))


def knows(task: ServiceTask) -> bool:
    """Whether there is such a service, in the form that is used."""
    return sdk_service(task.service) is not None if task.sdk else task.service in services()


def _hint(task: ServiceTask) -> str:
    meant = resolve(task.service, task.api, sdk=task.sdk)
    if meant.known_api:
        prefix = "aws-sdk:" if meant.sdk else ""
        suffix = task.suffix if not meant.sdk or not task.suffix.startswith(".sync") else ""
        return f'write "arn:{task.partition}:states:::{prefix}{meant.service}:{meant.api}{suffix}"'
    known = sdk_services() if task.sdk else services()
    match = near(task.service, known)
    return f"did you mean {match!r}?" if match is not None else f"there are {', '.join(services())}"
