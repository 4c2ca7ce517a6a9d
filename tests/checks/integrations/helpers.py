"""One state, and what the rules on integrations say to it."""

from __future__ import annotations

from typing import Any

from sfdsl.checks.integrations import CHECKS
from sfdsl.diagnostics import Diagnostic
from sfdsl.graph import WorkflowGraph
from sfdsl.model.asl import read
from sfdsl.model.workflow import Workflow
from sfdsl.origin import Origin


def findings(state: dict[str, Any], **machine: Any) -> list[Diagnostic]:
    """What the rules say to a machine of one state, which is called S."""
    definition = {"StartAt": "S", "States": {"S": state}, **machine}
    graph = WorkflowGraph(Workflow(name="orders", machine=read(definition, Origin(file="a.json"))))
    return [finding for check in CHECKS for finding in check().run(graph)]


def call(resource: str, parameters: Any = None, *, jsonata: bool = False, **fields: Any) -> list[Diagnostic]:
    """What the rules say to a Task; a resource without `arn:` stands behind `arn:aws:states:::`."""
    text = resource if resource.startswith(("arn:", "$", "{")) else f"arn:aws:states:::{resource}"
    state: dict[str, Any] = {"Type": "Task", "Resource": text, "End": True, **fields}
    if parameters is not None:
        state["Arguments" if jsonata else "Parameters"] = parameters
    if jsonata:
        state["QueryLanguage"] = "JSONata"
    return findings(state)


def told(*args: Any, **kwargs: Any) -> list[tuple[str, str, str, str]]:
    """Code, pointer below the parameters, message and hint of each finding."""
    found = []
    for finding in call(*args, **kwargs):
        where = finding.origin.pointer.removeprefix("/States/S/")
        found.append((finding.code, where, finding.message, finding.hint))
    return found


def codes(*args: Any, **kwargs: Any) -> list[str]:
    """The code of each finding."""
    return [finding.code for finding in call(*args, **kwargs)]
