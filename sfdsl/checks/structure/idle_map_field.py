"""SF132."""

from __future__ import annotations

from collections.abc import Iterator

from sfdsl.checks.structure._fields import given, listed
from sfdsl.checks.structure._parts import PartCheck, parts
from sfdsl.checks.structure.distributed_only_field import is_inline
from sfdsl.diagnostics import Diagnostic, Severity
from sfdsl.graph import WorkflowGraph
from sfdsl.model.states import Map


class IdleMapField(PartCheck):
    """A field of a Distributed Map that an inline Map accepts and does not heed.

    Why it matters:
        An inline Map fails with its first iteration that fails: it tolerates no failures, whatever
        ToleratedFailureCount or ToleratedFailurePercentage say; and it has no Map Run that a Label could name, nor
        child executions of any ExecutionType.

    Fires on:
        {"Type": "Map", "ToleratedFailurePercentage": 5, "End": true, "ItemProcessor": {
            "StartAt": "Load", "States": {"Load": {"Type": "Succeed"}}}}

    Instead:
        {"Type": "Map", "ToleratedFailurePercentage": 5, "End": true, "ItemProcessor": {
            "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
            "StartAt": "Load", "States": {"Load": {"Type": "Succeed"}}}}
    """

    code = "SF132"
    severity = Severity.WARNING

    def run(self, graph: WorkflowGraph) -> Iterator[Diagnostic]:
        """One finding for each Map."""
        for part in parts(graph).of[Map]:
            state = part.node
            if not is_inline(state):
                continue
            keys = [key for key in (*_TOLERANCE, "Label") if given(state, key)]
            config = state.body.processor_config
            if config is not None and given(config, "ExecutionType"):
                keys.append("ExecutionType")
            if keys:
                message = f"{part} is an inline Map, which does not heed {listed(keys)}"
                instead = "catch errors inside the body to tolerate them" if keys[0] in _TOLERANCE else "delete it"
                distributed = '`"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}`'
                hint = f"{instead}, or make it a Distributed Map: {distributed}"
                yield self.about(graph, part, message, hint=hint, field=keys[0] if keys[0] != "ExecutionType" else "")


_TOLERANCE = (
    "ToleratedFailurePercentage",
    "ToleratedFailurePercentagePath",
    "ToleratedFailureCount",
    "ToleratedFailureCountPath",
)
