"""SF244."""

from __future__ import annotations

from collections.abc import Iterator

from sfdsl.checks.base import Check
from sfdsl.checks.dataflow._variables import variables
from sfdsl.checks.dataflow._view import where
from sfdsl.diagnostics import Diagnostic, Severity
from sfdsl.graph import WorkflowGraph
from sfdsl.model.states import Map
from sfdsl.model.workflow import JSONATA, Scope


class OuterVariableInDistributedMap(Check):
    """A state inside a Distributed Map reads a variable of the flow around the Map.

    Why it matters:
        Each item or batch runs in an execution of its own, which knows no variables of its parent: it fails
        when it comes to the state.

    Fires on:
        {"StartAt": "Day", "States": {
          "Day": {"Type": "Pass", "Assign": {"day.$": "$.day"}, "Next": "Files"},
          "Files": {"Type": "Map", "ItemProcessor": {
            "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}, "StartAt": "Load", "States": {
            "Load": {"Type": "Pass", "Parameters": {"day.$": "$day"}, "End": true}}}, "End": true}}}

    Instead:
        {"StartAt": "Day", "States": {
          "Day": {"Type": "Pass", "Assign": {"day.$": "$.day"}, "Next": "Files"},
          "Files": {"Type": "Map", "ItemSelector": {"day.$": "$day", "file.$": "$$.Map.Item.Value"}, "ItemProcessor": {
            "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}, "StartAt": "Load", "States": {
            "Load": {"Type": "Pass", "Parameters": {"day.$": "$.day"}, "End": true}}}, "End": true}}}
    """

    code = "SF244"
    severity = Severity.ERROR

    def run(self, graph: WorkflowGraph) -> Iterator[Diagnostic]:
        """One finding for each variable in a state."""
        found = variables(graph)
        for reading in found.readings:
            if found.on_some_path(reading) or not reading.scope.distributed:
                continue
            if any(reading.name in table.assigned for table in found.around(reading.scope)):
                continue  # assigned inside, and not on this path: SF240
            if not any(reading.name in table.assigned for table in found.beyond(reading.scope)):
                continue
            child = reading.scope.child_execution()
            owner = child.owner.name if child is not None and child.owner is not None else ""
            place = where(reading.state, reading.text.node, reading.text.keys)
            message = f"{place} of state {reading.state.name!r} reads the variable {reading.name!r}, which the child "
            message += f"executions of {owner!r} do not have"
            origin = reading.text.origin
            yield self.finding(message, hint=_hint(child, reading.name), origin=origin, state=reading.state.name)


def _hint(child: Scope | None, name: str) -> str:
    owner = child.owner if child is not None else None
    if child is None or child.parent is None or not isinstance(owner, Map):
        return ""
    jsonata = child.parent.language(owner) == JSONATA
    entry = f'"{name}": "{{% ${name} %}}"' if jsonata else f'"{name}.$": "${name}"'
    if owner.item_batcher is not None:
        return f"carry it in: add {entry} to BatchInput of {owner.name!r}, and read BatchInput.{name} of the input"
    item = '"item": "{% $states.context.Map.Item.Value %}"' if jsonata else '"item.$": "$$.Map.Item.Value"'
    return f"carry it in: ItemSelector of {owner.name!r} with {{{entry}, {item}}}, and read {name} of the input"
