"""SF520."""

from __future__ import annotations

from collections.abc import Iterator

from sfdsl.aws.resource import LambdaFunction
from sfdsl.checks.integrations._calls import calls
from sfdsl.checks.integrations._rule import ResourceCheck
from sfdsl.diagnostics import Diagnostic, Severity
from sfdsl.graph import WorkflowGraph


class LambdaByArn(ResourceCheck):
    """A Task that calls a function by the function's own ARN, the older form.

    Why it matters:
        It works. The newer form, `lambda:invoke`, takes a task token, a qualifier and an invocation type as
        well, and gives the function's answer with its status as `Payload`.

    Fires on:
        {"Type": "Task", "Resource": "arn:aws:lambda:eu-west-1:123456789012:function:orders-load", "End": true}

    Instead:
        {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke",
         "Parameters": {"FunctionName": "orders-load", "Payload.$": "$"}, "OutputPath": "$.Payload", "End": true}
    """

    code = "SF520"
    severity = Severity.INFO

    def run(self, graph: WorkflowGraph) -> Iterator[Diagnostic]:
        """Every Task whose `Resource` is a function's ARN."""
        for call in calls(graph):
            if isinstance(call.resource, LambdaFunction):
                fields = f'"Resource": "arn:aws:states:::lambda:invoke" with "FunctionName": "{call.text}" and '
                payload = (
                    '"Payload": "{% $states.input %}" in Arguments, and "Output": "{% $states.result.Payload %}"'
                    if call.jsonata
                    else '"Payload.$": "$" in Parameters, and "ResultSelector" or "OutputPath" for $.Payload'
                )
                told = f"{call.subject} calls the function {call.resource.name!r} by its ARN, the older form"
                yield self.on(call, told, f"use {fields}{payload}")
