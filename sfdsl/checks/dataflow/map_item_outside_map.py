"""SF250."""

from __future__ import annotations

from collections.abc import Iterator

from sfdsl.checks.dataflow._context import context_reads
from sfdsl.checks.dataflow._view import Expression, Parsed, TextCheck
from sfdsl.diagnostics import Diagnostic, Severity
from sfdsl.graph import WorkflowGraph
from sfdsl.model.states import ItemBatcher, Map
from sfdsl.model.workflow import Scope


class MapItemOutsideMap(TextCheck):
    """`Map.Item` of the context object, read outside of any Map.

    Why it matters:
        The context object has no Map there, and the execution fails when it comes to the state.

    Fires on:
        {"Type": "Pass", "Parameters": {"file.$": "$$.Map.Item.Value"}, "End": true}

    Instead:
        {"Type": "Map", "ItemSelector": {"file.$": "$$.Map.Item.Value"}, "ItemProcessor": {
          "StartAt": "Load", "States": {"Load": {"Type": "Pass", "InputPath": "$.file", "End": true}}}, "End": true}
    """

    code = "SF250"
    severity = Severity.ERROR

    def run(self, graph: WorkflowGraph) -> Iterator[Diagnostic]:
        """One finding for each text."""
        for seen, root, way in context_reads(graph):
            if way[:1] == ("Map",) and not _has_item(seen):
                message = f"reads {root}.{'.'.join(map(str, way))}, and there is no item there"
                if isinstance(seen.state, Map):
                    hint = "read it in ItemSelector, which is evaluated for each item"
                else:
                    hint = "hand the item in with ItemSelector of a Map, and read it from the input"
                yield self.about(seen, message, hint=hint)


def _has_item(seen: Expression | Parsed) -> bool:
    """Whether a text may see an item: in what a Map evaluates for each one, and everywhere inside a Map."""
    if isinstance(seen.state, Map) and (
        seen.text.field.key in ("ItemSelector", "Parameters") or isinstance(seen.text.node, ItemBatcher)
    ):
        return True
    scope: Scope | None = seen.scope
    while scope is not None:
        if isinstance(scope.owner, Map):
            return True
        scope = scope.parent
    return False
