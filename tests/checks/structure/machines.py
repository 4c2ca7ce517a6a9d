"""Small definitions, and what the rules of the structure say about them."""

from __future__ import annotations

from typing import Any

from sfdsl.checks.structure import CHECKS
from sfdsl.diagnostics import Diagnostic
from sfdsl.graph import WorkflowGraph
from sfdsl.model.asl import read
from sfdsl.model.workflow import Workflow
from sfdsl.origin import Origin

LAMBDA = "arn:aws:states:::lambda:invoke"
BODY = {"StartAt": "Inner", "States": {"Inner": {"Type": "Succeed"}}}
DISTRIBUTED = BODY | {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}}
READER = {"Resource": "arn:aws:states:::s3:getObject", "Parameters": {"Bucket": "b", "Key": "k"}}


def machine(top: dict[str, Any] | None = None, /, **states: Any) -> dict[str, Any]:
    """A definition that starts at its first state; `top` adds fields of the machine."""
    return {"StartAt": next(iter(states)), "States": states} | (top or {})


def lone(type_: str, **fields: Any) -> dict[str, Any]:
    """A machine of one state that ends it."""
    ending = {} if type_ in ("Succeed", "Fail", "Choice") or "Next" in fields or "End" in fields else {"End": True}
    return machine(A={"Type": type_} | fields | ending)


def task(**fields: Any) -> dict[str, Any]:
    return lone("Task", Resource=LAMBDA, **fields)


def pass_(next_: str | None = None) -> dict[str, Any]:
    return {"Type": "Pass", "Next": next_} if next_ is not None else {"Type": "Pass", "End": True}


def choice(*rules: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """A machine whose Choice leads to B by its rules and its Default; rules get a Next where they have none."""
    fields = {"Default": "B"} | fields
    choices = [{"Next": "B"} | rule for rule in rules]
    return machine(
        A={"Type": "Choice", "Choices": choices} | {k: v for k, v in fields.items() if v is not None}, B=pass_()
    )


def map_(processor: dict[str, Any] | None = None, **fields: Any) -> dict[str, Any]:
    return lone("Map", ItemProcessor=processor if processor is not None else BODY, **fields)


def reader(**config: Any) -> dict[str, Any]:
    return map_(DISTRIBUTED, ItemReader=READER | {"ReaderConfig": config})


def listing(**config: Any) -> dict[str, Any]:
    resource = {"Resource": "arn:aws:states:::s3:listObjectsV2"}
    return map_(DISTRIBUTED, ItemReader=READER | resource | ({"ReaderConfig": config} if config else {}))


def writer(**fields: Any) -> dict[str, Any]:
    return map_(DISTRIBUTED, ResultWriter=fields)


def findings(definition: dict[str, Any]) -> list[Diagnostic]:
    graph = WorkflowGraph(Workflow(name="w", machine=read(definition, Origin(file="w.asl.json"))))
    return [finding for check in CHECKS for finding in check().run(graph)]


def codes(definition: dict[str, Any]) -> set[str]:
    return {finding.code for finding in findings(definition)}


def one(definition: dict[str, Any], code: str) -> Diagnostic:
    """The only finding of that code."""
    (found,) = [finding for finding in findings(definition) if finding.code == code]
    return found
