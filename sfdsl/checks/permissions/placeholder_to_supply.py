"""Placeholders of the policy alone."""

from __future__ import annotations

from collections.abc import Iterator

from sfdsl.checks.base import Check
from sfdsl.checks.permissions._remarks import states_by_name
from sfdsl.diagnostics import Diagnostic, Severity
from sfdsl.graph import WorkflowGraph
from sfdsl.permissions import Doubt, derive


class PlaceholderToSupply(Check):
    """A placeholder that the policy has and the definition does not.

    Why it matters:
        A URL does not tell an ARN, and a query does not tell where its tables lie. The policy names them by a
        placeholder of its own; it has to be supplied like those of the definition.

    Fires on:
        {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage", "End": true,
         "Parameters": {"QueueUrl": "${OrdersQueueUrl}", "MessageBody": "x"}}

    Instead:
        {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage", "End": true,
         "Parameters": {"MessageBody": "x",
          "QueueUrl": "https://sqs.${AWS::Region}.amazonaws.com/${AWS::AccountId}/orders"}}
    """

    code = "SF557"
    severity = Severity.INFO

    def run(self, graph: WorkflowGraph) -> Iterator[Diagnostic]:
        found = derive(graph)
        states = states_by_name(graph)
        roles = {remark.subject for remark in found.remarks if remark.doubt is Doubt.ROLE_UNKNOWN}
        for companion in found.companions:
            if f"${{{companion.name}}}" not in roles:
                state = states[companion.states[0]]
                message = f"the policy needs a value for '${{{companion.name}}}': the {companion.meaning}"
                yield self.at(
                    state,
                    message,
                    hint="supply it where the role is deployed, or narrow the step: resources=['arn:...']",
                )
