"""Small machines, and what the rules on limits say to them."""

from __future__ import annotations

from typing import Any

from sfdsl.checks.limits import CHECKS
from sfdsl.diagnostics import Diagnostic
from sfdsl.graph import WorkflowGraph
from sfdsl.model.asl import read
from sfdsl.model.workflow import MachineType, Notes, Workflow

INVOKE = "arn:aws:states:::lambda:invoke"


def findings(
    states: dict[str, Any],
    *,
    kind: str = "STANDARD",
    name: str = "orders",
    notes: dict[str, Notes] | None = None,
    **machine: Any,
) -> list[Diagnostic]:
    """What the rules on limits say to a machine that starts at its first state."""
    definition = {"StartAt": next(iter(states)), "States": states, **machine}
    workflow = Workflow(name=name, machine=read(definition), type=MachineType(kind), notes=notes or {})
    graph = WorkflowGraph(workflow)
    return [finding for check in CHECKS for finding in check().run(graph)]


def told(*args: Any, **kwargs: Any) -> list[tuple[str, str]]:
    """Code and message of each finding."""
    return [(finding.code, finding.message) for finding in findings(*args, **kwargs)]


def codes(*args: Any, **kwargs: Any) -> list[str]:
    """The code of each finding."""
    return [finding.code for finding in findings(*args, **kwargs)]


def task(next_: str | None = None, **fields: Any) -> dict[str, Any]:
    """A Task that invokes a function."""
    body = {"Type": "Task", "Resource": INVOKE, "Parameters": {"FunctionName": "f"}, **fields}
    return body | ({"End": True} if next_ is None else {"Next": next_})


def map_of(states: dict[str, Any], config: dict[str, str] | None = None, **fields: Any) -> dict[str, Any]:
    """A Map that ends its flow, with a body of these states."""
    processor: dict[str, Any] = {"StartAt": next(iter(states)), "States": states}
    if config is not None:
        processor["ProcessorConfig"] = config
    return {"Type": "Map", "ItemProcessor": processor, **fields} | ({} if "Next" in fields else {"End": True})


DISTRIBUTED_EXPRESS = {"Mode": "DISTRIBUTED", "ExecutionType": "EXPRESS"}
DISTRIBUTED_STANDARD = {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}
