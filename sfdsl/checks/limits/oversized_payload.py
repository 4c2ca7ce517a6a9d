"""SF403."""

from __future__ import annotations

from collections.abc import Iterator

from sfdsl.aws import quotas
from sfdsl.checks.base import Check
from sfdsl.checks.limits._size import definition_size, least_bytes, payloads
from sfdsl.diagnostics import Diagnostic, Severity
from sfdsl.graph import WorkflowGraph


class OversizedPayload(Check):
    """A literal payload larger than a state can hand on.

    Why it matters:
        Input, output and arguments of a state have 256 KiB at most. A larger one ends the execution with
        States.DataLimitExceeded, which no Retry and no Catch sees.

    Fires on:
        {"Type": "Pass", "Result": "x * 270000", "End": true}

    Instead:
        {"Type": "Pass", "Result": {"Bucket": "orders", "Key": "reference.json"}, "End": true}
    """

    code = "SF403"
    severity = Severity.ERROR

    def run(self, graph: WorkflowGraph) -> Iterator[Diagnostic]:
        """Every payload whose literal part alone is over the quota."""
        limit = quotas.PAYLOAD_BYTES.limit
        # No character has more than four bytes in UTF-8.
        if definition_size(graph) * 4 <= limit:
            return
        for _, state in graph.states():
            for part, key, value in payloads(state):
                size = least_bytes(value)
                if size > limit:
                    yield self.at(
                        state,
                        f"{key} of state {state.name!r} has at least {size:,} bytes; a payload has {limit:,} bytes at "
                        "most",
                        hint="keep it in Amazon S3 and hand on its bucket and key",
                        node=part,
                        field=key,
                    )
