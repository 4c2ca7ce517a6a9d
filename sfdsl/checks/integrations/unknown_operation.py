"""SF505."""

from __future__ import annotations

from collections.abc import Iterator

from sfdsl.aws.integrations import apis, optimized
from sfdsl.aws.naming import fold
from sfdsl.aws.resource import ServiceTask
from sfdsl.aws.sdk import Support, sdk_service
from sfdsl.aws.services import resolve
from sfdsl.checks.integrations._calls import service_tasks
from sfdsl.checks.integrations._rule import ResourceCheck
from sfdsl.checks.integrations.unknown_service import knows
from sfdsl.diagnostics import Diagnostic, Severity, near
from sfdsl.graph import WorkflowGraph


class UnknownOperation(ResourceCheck):
    """A Task that calls an operation which its service does not have.

    Why it matters:
        Step Functions refuses the definition. Names of operations begin with a small letter, and their case
        matters; an optimized service has only a few of the service's operations, the aws-sdk form has all.

    Fires on:
        {"Type": "Task", "Resource": "arn:aws:states:::glue:StartJobRun",
         "Parameters": {"JobName": "orders"}, "End": true}

    Instead:
        {"Type": "Task", "Resource": "arn:aws:states:::glue:startJobRun",
         "Parameters": {"JobName": "orders"}, "End": true}
    """

    code = "SF505"
    severity = Severity.ERROR

    def run(self, graph: WorkflowGraph) -> Iterator[Diagnostic]:
        """Every Task with an unknown operation of a known service."""
        for call, task in service_tasks(graph):
            if knows(task) and not exists(task):
                form = f"aws-sdk:{task.service}" if task.sdk else f"the optimized integration {task.service}"
                told = f"{call.subject} calls {task.api!r}, an operation that {form} does not have"
                yield self.on(call, told, _hint(task))


def exists(task: ServiceTask) -> bool:
    """Whether there is such a call, spelled exactly so; True where nobody knows."""
    if not task.sdk:
        return optimized(task.service, task.api) is not None
    service = sdk_service(task.service)
    if service is None:
        return False
    # Of a retired service nobody knows the operations any more.
    return service.support is Support.RETIRED or service.operation(task.api) is not None


def _hint(task: ServiceTask) -> str:
    arn = f"arn:{task.partition}:states:::"
    if task.sdk:
        service = sdk_service(task.service)
        spelled = service.spelled(task.api) if service is not None else None
        if spelled is not None:
            return f'write "{arn}aws-sdk:{task.service}:{spelled}{task.suffix}"'
        match = near(task.api, service.apis, cutoff=0.7) if service is not None else None
        return f"did you mean {match!r}?" if match is not None else ""
    known = apis(task.service)
    spelled = next((api for api in known if fold(api) == fold(task.api)), None)
    if spelled is not None:
        return f'write "{arn}{task.service}:{spelled}{task.suffix}"'
    meant = resolve(task.service, task.api, sdk=True)
    if meant.known_api:
        return f'write "{arn}aws-sdk:{meant.service}:{meant.api}"'
    match = near(task.api, known)
    return f"did you mean {match!r}?" if match is not None else f"it has {', '.join(known)}"
