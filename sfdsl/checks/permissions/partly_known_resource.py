"""Resources that are known in part."""

from __future__ import annotations

from collections.abc import Iterator

from sfdsl.checks.base import Check
from sfdsl.checks.permissions._remarks import remarks, subject
from sfdsl.diagnostics import Diagnostic, Severity
from sfdsl.graph import WorkflowGraph
from sfdsl.permissions import Doubt


class PartlyKnownResource(Check):
    """An action that is allowed on all resources that begin alike, as the rest is known only at run time.

    Why it matters:
        Nothing is wrong: this is as narrow as the arguments allow. Where only a few of them are meant, the
        step can say which.

    Fires on:
        {"Type": "Task", "Resource": "arn:aws:states:::aws-sdk:s3:getObject", "End": true,
         "Parameters": {"Bucket": "acme-orders", "Key.$": "$.key"}}

    Instead:
        {"Type": "Task", "Resource": "arn:aws:states:::aws-sdk:s3:getObject", "End": true,
         "Parameters": {"Bucket": "acme-orders", "Key": "rates/latest.json"}}
    """

    code = "SF552"
    severity = Severity.INFO

    def run(self, graph: WorkflowGraph) -> Iterator[Diagnostic]:
        for state, remark in remarks(graph, Doubt.PARTLY_KNOWN):
            action, resource = subject(remark)
            message = (
                f"state {state.name!r} needs {action} on {resource}; the rest of {remark.argument} is known at run time"
            )
            hint = "a longer literal beginning narrows it, or on the step: resources=['arn:...']"
            yield self.at(state, message, hint=hint, field=remark.key, node=remark)
