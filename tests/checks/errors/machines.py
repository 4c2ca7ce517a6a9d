"""Small definitions with retries and catches, and what the rules of errors say about them."""

from __future__ import annotations

from typing import Any

from sfdsl.checks.errors import CHECKS
from sfdsl.diagnostics import Diagnostic
from sfdsl.graph import WorkflowGraph
from sfdsl.model.asl import read
from sfdsl.model.workflow import MachineType, Workflow
from sfdsl.origin import Origin

LAMBDA = "arn:aws:states:::lambda:invoke"
GLUE = "arn:aws:states:::glue:startJobRun.sync"
CALLBACK = "arn:aws:states:::sqs:sendMessage.waitForTaskToken"
ACTIVITY = "arn:aws:states:eu-west-1:123456789012:activity:a"
PASS = {"Type": "Pass", "End": True}
FAIL = {"Type": "Fail"}


def task(resource: str = LAMBDA, **fields: Any) -> dict[str, Any]:
    """A Task that ends the flow."""
    return {"Type": "Task", "Resource": resource, "End": True} | fields


def machine(state: dict[str, Any], **others: Any) -> dict[str, Any]:
    """A machine that starts at the state A, with a Fail H and others."""
    return {"StartAt": "A", "States": {"A": state, "H": FAIL} | others}


def retry(*names: list[str], **fields: Any) -> dict[str, Any]:
    """A Task with a retrier for each list of names; the fields belong to the last."""
    retriers: list[dict[str, Any]] = [{"ErrorEquals": errors} for errors in names]
    retriers[-1] |= fields
    return machine(task(Retry=retriers))


def catch(*names: list[str], state: dict[str, Any] | None = None) -> dict[str, Any]:
    """A Task (or another state) with a catcher for each list of names, all to H."""
    return machine((state or task()) | {"Catch": [{"ErrorEquals": errors, "Next": "H"} for errors in names]})


def findings(definition: dict[str, Any], type_: MachineType = MachineType.STANDARD) -> list[Diagnostic]:
    workflow = Workflow(name="w", machine=read(definition, Origin(file="w.asl.json")), type=type_)
    graph = WorkflowGraph(workflow)
    return [finding for check in CHECKS for finding in check().run(graph)]


def codes(definition: dict[str, Any], type_: MachineType = MachineType.STANDARD) -> set[str]:
    return {finding.code for finding in findings(definition, type_)}


def one(definition: dict[str, Any], code: str) -> Diagnostic:
    """The only finding of that code."""
    (found,) = [finding for finding in findings(definition) if finding.code == code]
    return found
