"""SF420."""

from __future__ import annotations

from collections.abc import Iterator

from sfdsl.checks.base import Check
from sfdsl.checks.limits._secrets import secrets
from sfdsl.diagnostics import Diagnostic, Severity
from sfdsl.graph import WorkflowGraph


class SuspectedSecret(Check):
    """A literal text under a key that names a secret.

    Why it matters:
        Everybody who may read the definition or the history of an execution reads what stands in it.

    Fires on:
        {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "End": true,
         "Parameters": {"FunctionName": "orders-load", "Payload": {"Password": "Tr0ub4dor"}}}

    Instead:
        {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "End": true,
         "Parameters": {"FunctionName": "orders-load", "Payload": {"SecretId": "orders-database"}}}
    """

    code = "SF420"
    severity = Severity.WARNING

    def run(self, graph: WorkflowGraph) -> Iterator[Diagnostic]:
        """Every literal text whose key ends in a word for a secret, and which no form gives away already."""
        for secret in secrets(graph):
            if secret.kind is None:
                yield self.finding(
                    f"state {secret.state.name!r} has a literal text in {secret.key!r}, which names a secret",
                    hint="keep it in AWS Secrets Manager and hand on its name; if it is no secret, suppress "
                    f"{self.code} for this state",
                    origin=secret.origin,
                    state=secret.state.name,
                )
