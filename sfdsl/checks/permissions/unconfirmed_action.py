"""Actions of which only the name is guessed."""

from __future__ import annotations

from collections.abc import Iterator

from sfdsl.aws.resource import Resource, ServiceTask, parse
from sfdsl.aws.services import sdk_service
from sfdsl.checks.base import Check
from sfdsl.checks.permissions._remarks import remarks
from sfdsl.diagnostics import Diagnostic, Severity
from sfdsl.graph import WorkflowGraph
from sfdsl.model.states import Task
from sfdsl.permissions import Doubt


class UnconfirmedAction(Check):
    """An operation whose permission nobody has confirmed.

    Why it matters:
        The action is taken to be called like the operation, which holds for most. If it is called otherwise, IAM
        refuses nothing when the role is made, and the call fails with AccessDenied.

    Fires on:
        {"Type": "Task", "Resource": "arn:aws:states:::aws-sdk:acm:describeAcmeAccount", "Parameters": {}, "End": true}

    Instead:
        {"Type": "Task", "Resource": "arn:aws:states:::aws-sdk:acm:getAccountConfiguration", "End": true,
         "Parameters": {}}
    """

    code = "SF555"
    severity = Severity.WARNING

    def run(self, graph: WorkflowGraph) -> Iterator[Diagnostic]:
        for state, remark in remarks(graph, Doubt.UNVERIFIED):
            if isinstance(state, Task) and not _exists(parse(state.resource or "")):
                continue  # an operation that does not exist is another rule's finding
            message = f"state {state.name!r} is given {remark.subject}, a name that nobody has confirmed"
            hint = "look the operation up in the Service Authorization Reference before you rely on the role"
            yield self.at(state, message, hint=hint, field=remark.key, node=remark)


def _exists(resource: Resource) -> bool:
    """Whether botocore knows the operation; True for what is no SDK call."""
    if not isinstance(resource, ServiceTask) or not resource.sdk:
        return True
    service = sdk_service(resource.service)
    return service is not None and service.operation(resource.api) is not None
