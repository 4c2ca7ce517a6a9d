"""SF523."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sfdsl.aws.resource import has_placeholder
from sfdsl.checks.integrations._calls import service_tasks
from sfdsl.checks.integrations._rule import ResourceCheck
from sfdsl.diagnostics import Diagnostic, Severity
from sfdsl.graph import WorkflowGraph

_NAMED = re.compile(r"(?:arn:[^:]*:lambda:[^:]*:[^:]*:function:|\d{12}:function:|function:)?[A-Za-z0-9_-]+:([^:]+)")


class QualifierTwice(ResourceCheck):
    """A call of a function that names one version in `FunctionName` and another in `Qualifier`.

    Why it matters:
        Lambda refuses the call whenever it runs.

    Fires on:
        {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "End": true,
         "Parameters": {"FunctionName": "orders-load:live", "Qualifier": "test", "Payload.$": "$"}}

    Instead:
        {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "End": true,
         "Parameters": {"FunctionName": "orders-load", "Qualifier": "test", "Payload.$": "$"}}
    """

    code = "SF523"
    severity = Severity.ERROR

    def run(self, graph: WorkflowGraph) -> Iterator[Diagnostic]:
        """Every invocation whose two literal qualifiers differ."""
        for call, task in service_tasks(graph):
            if task.name not in ("lambda:invoke", "aws-sdk:lambda:invoke") or not isinstance(call.payload, dict):
                continue
            name, qualifier = call.payload.get("FunctionName"), call.payload.get("Qualifier")
            if not isinstance(name, str) or not isinstance(qualifier, str) or qualifier.startswith("{%"):
                continue
            found = None if has_placeholder(name + qualifier) else _NAMED.fullmatch(name)
            if found is not None and found[1] != qualifier:
                told = f"{call.subject} calls {name!r} with the Qualifier {qualifier!r}"
                yield self.finding(
                    told,
                    hint=f'write "FunctionName": "{name[: -len(found[1]) - 1]}", or drop the Qualifier',
                    origin=call.origin.down("Qualifier"),
                    state=call.state.name,
                )
