"""Permissions of small machines, as lines that can be read and compared."""

from __future__ import annotations

import json
import re
from typing import Any

from sfdsl.graph import WorkflowGraph
from sfdsl.model.asl import read
from sfdsl.model.workflow import Notes, Workflow
from sfdsl.permissions import Permissions, Surroundings, derive

STATES = "arn:aws:states:::"


def task(resource: str, arguments: Any = None, **more: Any) -> dict[str, Any]:
    """A Task that ends its flow; in JSONata, or in JSONPath where `Parameters` is among the fields."""
    if not resource.startswith(("arn:", "${")):
        resource = STATES + resource
    made = {"Type": "Task", "Resource": resource, "End": True, **more}
    if arguments is not None:
        made["Arguments"] = arguments
    return made


def machine(states: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A definition of the states, or of one state alone."""
    if "Type" in states:
        states = {"Only": states}
    language = "JSONPath" if '"Parameters"' in json.dumps(states) else "JSONata"
    return {"QueryLanguage": language, "StartAt": next(iter(states)), "States": states, **more}


def graph(definition: dict[str, Any], *resources: str, name: str = "orders-etl") -> WorkflowGraph:
    """The workflow of a definition; `resources` narrows every state of its outermost flow."""
    notes = {state: Notes(resources=resources) for state in definition["States"]} if resources else {}
    return WorkflowGraph(Workflow(name=name, machine=read(definition), notes=notes))


def permissions(states: dict[str, Any], *resources: str, around: Surroundings | None = None) -> Permissions:
    """What a machine of these states needs."""
    return derive(graph(machine(states), *resources), around)


def short(text: str) -> str:
    """An ARN with its usual head as `~service:`."""
    text = re.sub(r"arn:\$\{AWS::Partition\}:iam::\$\{AWS::AccountId\}:", "~iam:", text)
    text = re.sub(r"arn:\$\{AWS::Partition\}:([\w-]+):\$\{AWS::Region\}:\$\{AWS::AccountId\}:", r"~\1:", text)
    return text.replace("arn:${AWS::Partition}:s3:::", "~s3:")


def lines(found: Permissions) -> list[str]:
    """Each statement as `actions on resources if conditions`."""
    made = []
    for statement in found.statements:
        on = "on all but" if statement.excluded else "on"
        line = f"{', '.join(statement.actions)} {on} {', '.join(map(short, statement.resources))}"
        conditions = [f"{c.operator} {c.key} {', '.join(map(short, c.values))}" for c in statement.conditions]
        made.append(line + (f" if {' and '.join(conditions)}" if conditions else ""))
    return made


def remarks(found: Permissions) -> list[str]:
    """Each remark as `DOUBT subject (argument)`."""
    return [f"{r.doubt.name} {short(r.subject)}" + (f" ({r.argument})" if r.argument else "") for r in found.remarks]
