"""SF129."""

from __future__ import annotations

from collections.abc import Iterator

from sfdsl.checks.structure._parts import PartCheck, parts
from sfdsl.diagnostics import Diagnostic, Severity
from sfdsl.graph import WorkflowGraph


class JsonpathInJsonata(PartCheck):
    """A state, branch or body that is written in JSONPath, in a machine that is written in JSONata.

    Why it matters:
        Step Functions refuses the definition. A JSONPath machine may have JSONata states, not the reverse.

    Fires on:
        {"QueryLanguage": "JSONata", "StartAt": "Load", "States": {
            "Load": {"Type": "Pass", "QueryLanguage": "JSONPath", "End": true}}}

    Instead:
        {"StartAt": "Load", "States": {
            "Load": {"Type": "Pass", "QueryLanguage": "JSONata", "End": true}}}
    """

    code = "SF129"
    severity = Severity.ERROR

    def run(self, graph: WorkflowGraph) -> Iterator[Diagnostic]:
        """One finding for each state and flow that says JSONPath itself."""
        if graph.machine.query_language != "JSONata":
            return
        found = parts(graph)
        for part in (*found.flows, *found.states):
            if part.node.query_language == "JSONPath":
                message = f"{part} is written in JSONPath, in a machine that is written in JSONata"
                hint = "delete its QueryLanguage and write it in JSONata, or delete the QueryLanguage of the machine"
                yield self.about(graph, part, message, hint=hint, field="QueryLanguage")
