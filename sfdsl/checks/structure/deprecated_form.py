"""SF135."""

from __future__ import annotations

from collections.abc import Iterator

from sfdsl.checks.structure._parts import PartCheck, parts
from sfdsl.diagnostics import Diagnostic, Severity
from sfdsl.graph import WorkflowGraph
from sfdsl.model.fields import ABSENT
from sfdsl.model.states import Map


class DeprecatedForm(PartCheck):
    """A Map that is written with Iterator or Parameters, which the language has replaced.

    Why it matters:
        Both still work. The new names, ItemProcessor and ItemSelector, are the ones that the documentation
        speaks of, and that go with a Distributed Map and with JSONata.

    Fires on:
        {"Type": "Map", "Iterator": {"StartAt": "Load", "States": {"Load": {"Type": "Succeed"}}}, "End": true}

    Instead:
        {"Type": "Map", "ItemProcessor": {"StartAt": "Load", "States": {"Load": {"Type": "Succeed"}}}, "End": true}
    """

    code = "SF135"
    severity = Severity.INFO

    def run(self, graph: WorkflowGraph) -> Iterator[Diagnostic]:
        """One finding for each Map."""
        for part in parts(graph).of[Map]:
            state = part.node
            if state.iterator is not None and state.item_processor is None:
                yield self.about(
                    graph,
                    part,
                    f"{part} has an Iterator, the former name of ItemProcessor",
                    hint="rename it to ItemProcessor"
                    + (", and Parameters to ItemSelector" if _has_parameters(state, part.language) else ""),
                    field="Iterator",
                )
            elif _has_parameters(state, part.language):
                message = f"{part} has Parameters, the former name of ItemSelector"
                yield self.about(graph, part, message, hint="rename it to ItemSelector", field="Parameters")


def _has_parameters(state: Map, language: str) -> bool:
    return state.parameters is not ABSENT and state.item_selector is ABSENT and language == "JSONPath"
