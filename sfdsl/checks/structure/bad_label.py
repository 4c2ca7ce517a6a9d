"""SF134."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sfdsl.aws import quotas
from sfdsl.checks.structure._fields import is_template
from sfdsl.checks.structure._parts import PartCheck, parts
from sfdsl.diagnostics import Diagnostic, Severity
from sfdsl.graph import WorkflowGraph
from sfdsl.model.states import Map

LIMIT = quotas.MAP_LABEL_CHARACTERS.limit

_FORBIDDEN = re.compile(r"[\s?*<>{}\[\]:;,\\|^~$#%&\"`\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


class BadLabel(PartCheck):
    """A Label of a Map that is empty, too long, used twice, or has characters that no Label may have.

    Why it matters:
        Step Functions refuses the definition: the Label becomes a part of the ARN of each Map Run.

    Fires on:
        {"Type": "Map", "Label": "each file", "End": true, "ItemProcessor": {
            "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
            "StartAt": "Load", "States": {"Load": {"Type": "Succeed"}}}}

    Instead:
        {"Type": "Map", "Label": "EachFile", "End": true, "ItemProcessor": {
            "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
            "StartAt": "Load", "States": {"Load": {"Type": "Succeed"}}}}
    """

    code = "SF134"
    severity = Severity.ERROR

    def run(self, graph: WorkflowGraph) -> Iterator[Diagnostic]:
        """One finding for each Label."""
        seen: dict[str, str] = {}
        for part in parts(graph).of[Map]:
            label = part.node.label
            if label is None or is_template(label):
                continue
            problem = hint = ""
            found = _FORBIDDEN.search(label)
            if not label:
                problem, hint = "is empty", "delete it, and Step Functions makes one up"
            elif len(label) > LIMIT:
                problem = f"has {len(label)} characters; at most {LIMIT} are allowed"
                hint = f'write `"Label": "{_FORBIDDEN.sub("", label)[:LIMIT]}"`'
            elif found is not None:
                problem = f"is {label!r}, with {found[0]!r} in it"
                hint = f'write `"Label": "{_FORBIDDEN.sub("", label) or "Items"}"`'
            elif label in seen:
                problem = f"is {label!r}, which state {seen[label]!r} has already"
                hint = f'write `"Label": "{label[: LIMIT - 1]}2"`'
            seen.setdefault(label, part.node.name)
            if problem:
                yield self.about(graph, part, f"{part.field('Label')} {problem}", hint=hint, field="Label")
