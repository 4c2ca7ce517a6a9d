"""The execution role as JSON: its policy, and who may assume it."""

from __future__ import annotations

import json
from typing import Any

from sfdsl.graph import WorkflowGraph
from sfdsl.permissions import Permissions, Statement, Surroundings, derive

__all__ = ["document", "policy", "trust"]


def document(statements: tuple[Statement, ...]) -> dict[str, Any]:
    """A policy document as a JSON value.

    A machine that needs nothing gets a statement that denies everything, as IAM takes no policy without statements.

    Source: Step Functions Developer Guide, "IAM policies for integrated services", activities and no tasks.
    """
    made = [statement.as_json() for statement in statements]
    nothing = {"Sid": "NothingNeeded", "Effect": "Deny", "Action": "*", "Resource": "*"}
    return {"Version": "2012-10-17", "Statement": made or [nothing]}


def policy(graph: WorkflowGraph, around: Surroundings | None = None, *, permissions: Permissions | None = None) -> str:
    """The policy of a workflow's execution role: 2 spaces, statements in flow order, ends in a newline.

    Args:
        graph: The workflow.
        around: What stands around the machine and needs permissions too.
        permissions: What `derive` gave for the same workflow, where that is known already.
    """
    found = permissions if permissions is not None else derive(graph, around)
    return _text(document(found.statements))


def trust(graph: WorkflowGraph) -> str:
    """Who may assume the role: Step Functions, for this machine in this account alone.

    Source: Step Functions Developer Guide, "Creating an IAM role for your state machine", confused deputy prevention.
    """
    machine = f"arn:${{AWS::Partition}}:states:${{AWS::Region}}:${{AWS::AccountId}}:stateMachine:{graph.workflow.name}"
    statement = {
        "Sid": "AssumedByThisStateMachine",
        "Effect": "Allow",
        "Principal": {"Service": "states.amazonaws.com"},
        "Action": "sts:AssumeRole",
        "Condition": {
            "ArnLike": {"aws:SourceArn": machine},
            "StringEquals": {"aws:SourceAccount": "${AWS::AccountId}"},
        },
    }
    return _text({"Version": "2012-10-17", "Statement": [statement]})


def _text(value: dict[str, Any]) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"
