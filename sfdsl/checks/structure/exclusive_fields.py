"""SF115."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from sfdsl.checks.structure._fields import given, listed
from sfdsl.checks.structure._parts import PartCheck, parts
from sfdsl.checks.structure.wrong_language_field import fields_of
from sfdsl.diagnostics import Diagnostic, Severity
from sfdsl.graph import WorkflowGraph
from sfdsl.model.states import Fail, ItemBatcher, Map, ReaderConfig, Task, Wait


class ExclusiveFields(PartCheck):
    """Two fields of which only one may be there: a value and its Path twin, Next and End, two names of one thing.

    Why it matters:
        Step Functions refuses the definition.

    Fires on:
        {"Type": "Wait", "Seconds": 60, "SecondsPath": "$.rest", "End": true}

    Instead:
        {"Type": "Wait", "SecondsPath": "$.rest", "End": true}
    """

    code = "SF115"
    severity = Severity.ERROR

    def run(self, graph: WorkflowGraph) -> Iterator[Diagnostic]:
        """One finding for each group of fields; fields of the other query language are reported by SF128."""
        found = parts(graph)
        for cls, groups in _GROUPS.items():
            for part in found.of[cls]:
                node = part.node
                foreign = fields_of(cls, part.language)
                for first, rest in groups:
                    # Nearly no state has a twin, so that most are done after one look.
                    if not any(given(node, key) for key in rest):
                        continue
                    keys = [key for key in (first, *rest) if key not in foreign and given(node, key)]
                    if len(keys) > 1:
                        message = f"{part} has {listed(keys)}, of which only one may be there"
                        yield self.about(graph, part, message, hint=_hint(keys), field=keys[-1])
        for part in found.states:
            if part.node.extra.get("End") is True and getattr(part.node, "next", None) is not None:
                message = f"{part} has Next and End, of which only one may be there"
                hint = f'delete `"End": true` to continue with {part.node.next!r}, or delete Next to end the flow here'
                yield self.about(graph, part, message, hint=hint, field="End")


def _hint(keys: list[str]) -> str:
    return " or ".join(f"delete {key!r}" for key in keys)


def _twins(*keys: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return tuple((key, (f"{key}Path",)) for key in keys)


_GROUPS: Final[dict[type[Any], tuple[tuple[str, tuple[str, ...]], ...]]] = {
    Task: _twins("TimeoutSeconds", "HeartbeatSeconds"),
    Wait: (("Seconds", ("SecondsPath", "Timestamp", "TimestampPath")),),
    Fail: _twins("Error", "Cause"),
    Map: (
        ("ItemProcessor", ("Iterator",)),
        ("ItemSelector", ("Parameters",)),
        *_twins("MaxConcurrency", "ToleratedFailurePercentage", "ToleratedFailureCount"),
    ),
    ReaderConfig: _twins("MaxItems"),
    ItemBatcher: _twins("MaxItemsPerBatch", "MaxInputBytesPerBatch"),
}
"""By class: a field, and those that may not stand beside it or one another."""
