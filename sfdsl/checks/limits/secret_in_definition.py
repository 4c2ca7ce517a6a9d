"""SF419."""

from __future__ import annotations

from collections.abc import Iterator

from sfdsl.checks.base import Check
from sfdsl.checks.limits._secrets import secrets
from sfdsl.diagnostics import Diagnostic, Severity
from sfdsl.graph import WorkflowGraph


class SecretInDefinition(Check):
    """A text in the definition that is a key, a token or a password by its form.

    Why it matters:
        Everybody who may read the definition or the history of an execution reads the secret, and so does
        everybody who can read the repository. A secret that was committed is to be replaced.

    Fires on:
        {"Type": "Pass", "Result": {"Database": "postgres://etl:Tr0ub4dor@orders.example.com/orders"}, "End": true}

    Instead:
        {"Type": "Task", "Resource": "arn:aws:states:::aws-sdk:secretsmanager:getSecretValue",
         "Parameters": {"SecretId": "orders-database"}, "End": true}
    """

    code = "SF419"
    severity = Severity.ERROR

    def run(self, graph: WorkflowGraph) -> Iterator[Diagnostic]:
        """Every literal text in a payload that has a well-known form."""
        for secret in secrets(graph):
            if secret.kind is not None:
                yield self.finding(
                    f"state {secret.state.name!r} has {secret.kind} in {secret.key!r}",
                    hint="replace the secret, and keep the new one in AWS Secrets Manager, where the called "
                    "function reads it; for an endpoint use http:invoke with a connection of EventBridge",
                    origin=secret.origin,
                    state=secret.state.name,
                )
