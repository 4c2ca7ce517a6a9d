"""Resources that no argument names."""

from __future__ import annotations

from collections.abc import Iterator

from sfdsl.checks.base import Check
from sfdsl.checks.permissions._remarks import remarks, subject
from sfdsl.diagnostics import Diagnostic, Severity
from sfdsl.graph import WorkflowGraph
from sfdsl.permissions import Doubt


class UnnamedResource(Check):
    """An action that is allowed on everything of a type, as no argument of the call names the resource.

    Why it matters:
        The service finds the resource from something else, such as the id of a query or a run. Who knows which
        resource it is can narrow the role on the step.

    Fires on:
        {"Type": "Task", "Resource": "arn:aws:states:::athena:stopQueryExecution", "End": true,
         "Parameters": {"QueryExecutionId.$": "$.id"}}

    Instead:
        {"Notes": {"Stop": {"resources": ["arn:aws:athena:eu-west-1:123456789012:workgroup/etl"]}},
         "Definition": {"StartAt": "Stop", "States": {"Stop": {"Type": "Task", "End": true,
           "Resource": "arn:aws:states:::athena:stopQueryExecution", "Parameters": {"QueryExecutionId.$": "$.id"}}}}}
    """

    code = "SF553"
    severity = Severity.INFO

    def run(self, graph: WorkflowGraph) -> Iterator[Diagnostic]:
        for state, remark in remarks(graph, Doubt.UNNAMED):
            action, resource = subject(remark)
            message = f"state {state.name!r} needs {action} on {resource}: {Doubt.UNNAMED.value}"
            yield self.at(state, message, hint="say on the step which it is: resources=['arn:...']", node=remark)
