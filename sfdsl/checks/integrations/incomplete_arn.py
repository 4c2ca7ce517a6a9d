"""SF518."""

from __future__ import annotations

from collections.abc import Iterator

from sfdsl.aws.resource import Activity, LambdaFunction
from sfdsl.checks.integrations._calls import calls
from sfdsl.checks.integrations._rule import ResourceCheck
from sfdsl.diagnostics import Diagnostic, Severity
from sfdsl.graph import WorkflowGraph


class IncompleteArn(ResourceCheck):
    """A Task that calls a function or an activity by an ARN without its region or account.

    Why it matters:
        Such an ARN names nothing. Whether Step Functions completes it is not documented.

    Fires on:
        {"Type": "Task", "Resource": "arn:aws:lambda:::function:orders-load", "End": true}

    Instead:
        {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke",
         "Parameters": {"FunctionName": "orders-load", "Payload.$": "$"}, "End": true}
    """

    code = "SF518"
    severity = Severity.WARNING

    def run(self, graph: WorkflowGraph) -> Iterator[Diagnostic]:
        """Every Task with an empty field in such an ARN."""
        for call in calls(graph):
            match call.resource:
                case LambdaFunction(region="", name=name) | LambdaFunction(account="", name=name):
                    told = f"the Resource of {call.subject} is a function's ARN without its region or account"
                    hint = f'use "Resource": "arn:aws:states:::lambda:invoke" with "FunctionName": "{name}"'
                    yield self.on(call, told, hint)
                case Activity(region="", name=name) | Activity(account="", name=name):
                    told = f"the Resource of {call.subject} is an activity's ARN without its region or account"
                    region, account = "${AWS::Region}", "${AWS::AccountId}"
                    yield self.on(call, told, f'write "arn:aws:states:{region}:{account}:activity:{name}"')
