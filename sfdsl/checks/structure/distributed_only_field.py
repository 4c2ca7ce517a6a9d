"""SF131."""

from __future__ import annotations

from collections.abc import Iterator

from sfdsl.checks.structure._fields import given, listed
from sfdsl.checks.structure._parts import PartCheck, parts
from sfdsl.diagnostics import Diagnostic, Severity
from sfdsl.graph import WorkflowGraph
from sfdsl.model.states import Map


class DistributedOnlyField(PartCheck):
    """A field that only a Distributed Map has, on a Map that runs inline.

    Why it matters:
        An inline Map takes its items from the state's input and gives its results back as the state's output:
        it has no ItemReader, ItemBatcher or ResultWriter. Inline is what a Map is without
        `"ProcessorConfig": {"Mode": "DISTRIBUTED"}`.

    Fires on:
        {"Type": "Map", "ItemBatcher": {"MaxItemsPerBatch": 100}, "End": true, "ItemProcessor": {
            "StartAt": "Load", "States": {"Load": {"Type": "Succeed"}}}}

    Instead:
        {"Type": "Map", "ItemBatcher": {"MaxItemsPerBatch": 100}, "End": true, "ItemProcessor": {
            "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
            "StartAt": "Load", "States": {"Load": {"Type": "Succeed"}}}}
    """

    code = "SF131"
    severity = Severity.ERROR

    def run(self, graph: WorkflowGraph) -> Iterator[Diagnostic]:
        """One finding for each Map."""
        for part in parts(graph).of[Map]:
            if not is_inline(part.node):
                continue
            keys = [key for key in ("ItemReader", "ItemBatcher", "ResultWriter") if given(part.node, key)]
            if keys:
                message = f"{part} is an inline Map and has {listed(keys)}, for a Distributed Map only"
                hint = (
                    'add `"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}` to its ItemProcessor'
                )
                yield self.about(graph, part, message, hint=hint, field=keys[0])


def is_inline(state: Map) -> bool:
    """Whether a Map surely runs inline."""
    if state.body is None or "ProcessorConfig" in state.body.extra:
        return False
    config = state.body.processor_config
    return config is None or config.mode == "INLINE" or (config.mode is None and "Mode" not in config.extra)
