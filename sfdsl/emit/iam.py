"""The execution role: its policy and who may assume it as JSON, and the reasons for both as text."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from attrs import frozen

from sfdsl.graph import WorkflowGraph
from sfdsl.origin import Origin
from sfdsl.permissions import Companion, Condition, Permissions, Reason, Statement, Surroundings, derive
from sfdsl.permissions.difference import Access, Difference, access, difference
from sfdsl.permissions.sizes import pack

__all__ = ["Row", "companions", "compare", "document", "explain", "policies", "policy", "rows", "trust"]


def document(statements: Iterable[Statement]) -> dict[str, Any]:
    """A policy document as a JSON value.

    A machine that needs nothing gets a statement that denies everything, as IAM takes no policy without statements.

    Source: Step Functions Developer Guide, "IAM policies for integrated services", activities and no tasks.
    """
    made = [statement.as_json() for statement in statements]
    nothing = {"Sid": "NothingNeeded", "Effect": "Deny", "Action": "*", "Resource": "*"}
    return {"Version": "2012-10-17", "Statement": made or [nothing]}


def policy(graph: WorkflowGraph, around: Surroundings | None = None, *, permissions: Permissions | None = None) -> str:
    """The policy of a workflow's execution role: 2 spaces, statements in flow order, ends in a newline.

    One that is too long for a role's inline policies is compacted; `policies` splits it where that is not enough.

    Args:
        graph: The workflow.
        around: What stands around the machine and needs permissions too.
        permissions: What `derive` gave for the same workflow, where that is known already.
    """
    packed = pack((permissions or derive(graph, around)).statements)
    return _text(document(packed.inline or [statement for part in packed.managed for statement in part]))


def policies(graph: WorkflowGraph, around: Surroundings | None = None) -> tuple[str, ...]:
    """The policies to attach: one inline policy, or several managed ones where one is too long for a role."""
    packed = pack(derive(graph, around).statements)
    return tuple(_text(document(part)) for part in packed.managed) or (_text(document(packed.inline)),)


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


@frozen(kw_only=True)
class Row:
    """One statement for a table that explains the role.

    Attributes:
        sid: Of the statement.
        actions: Sorted.
        resources: Sorted; `all but ...` for those that it is not about.
        conditions: Each as `operator key values`.
        reasons: Each as a phrase with state, call, argument and, where it is known, the author's line.
        states: Names of the states that need it, in flow order; none for logs, traces and keys.
    """

    sid: str
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    conditions: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    states: tuple[str, ...] = ()


def rows(graph: WorkflowGraph, around: Surroundings | None = None) -> tuple[Row, ...]:
    """Every statement with the reasons for it, for the page of a pipeline."""
    return tuple(
        Row(
            sid=statement.sid,
            actions=statement.actions,
            resources=tuple(f"all but {text}" if statement.excluded else text for text in statement.resources),
            conditions=tuple(_condition(condition) for condition in statement.conditions),
            reasons=tuple(dict.fromkeys(_reason(reason) for reason in statement.reasons)),
            states=tuple(dict.fromkeys(reason.state for reason in statement.reasons if reason.state)),
        )
        for statement in derive(graph, around).statements
    )


def companions(graph: WorkflowGraph, around: Surroundings | None = None) -> tuple[Companion, ...]:
    """The placeholders of the policy that the definition does not have: whoever deploys it supplies them."""
    return derive(graph, around).companions


def explain(graph: WorkflowGraph, around: Surroundings | None = None) -> str:
    """The role in words: each statement, and which states, arguments and lines need it; ends in a newline."""
    found = derive(graph, around)
    blocks = []
    for row in rows(graph, around):
        lines = [row.sid, *(f"  {action}" for action in row.actions)]
        lines += [f"  {'on' if i == 0 else '  '} {resource}" for i, resource in enumerate(row.resources)]
        lines += [f"  if {condition}" for condition in row.conditions]
        lines += [f"  because {reason}" for reason in row.reasons]
        blocks.append("\n".join(lines))
    if not blocks:
        blocks.append("No state calls anything that needs a permission.")
    if found.companions:
        lines = ["To supply where the role is deployed:"]
        lines += [
            f"  ${{{each.name}}} is the {each.meaning}, for {', '.join(map(repr, each.states))}"
            for each in found.companions
        ]
        blocks.append("\n".join(lines))
    if found.remarks:
        lines = ["To know:"]
        for remark in found.remarks:
            where = f" ({remark.argument})" if remark.argument else ""
            lines.append(f"  {remark.state!r}: {remark.doubt.value}: {remark.subject}{where}")
        blocks.append("\n".join(dict.fromkeys(lines)))
    return "\n\n".join(blocks) + "\n"


def _reason(reason: Reason) -> str:
    if not reason.state:
        return f"of {reason.call}, to {reason.why}"
    argument = f" with {reason.argument}" if reason.argument else ""
    line = _line(reason.origin)
    return f"{reason.state!r} does {reason.call}{argument}, to {reason.why}" + (f" ({line})" if line else "")


def _line(origin: Origin) -> str:
    if origin.line is not None:
        return f"{origin.file}:{origin.line}"
    return origin.pointer or ""


def _condition(condition: Condition) -> str:
    return f"{condition.operator} {condition.key} {' or '.join(condition.values)}"


def compare(old: dict[str, Any], new: dict[str, Any]) -> tuple[str, Difference]:
    """What changed from one policy to another, as text and as a value.

    `Difference.adds` says whether anything is allowed that was not.

    Args:
        old: A policy document.
        new: Another one.
    """
    found = difference(access(old), access(new))
    lines = [f"new       {_access(each)}" for each in found.new]
    for label, changes in (("wider", found.wider), ("narrower", found.narrower)):
        for change in changes:
            lines.append(f"{label:9} {_access(change.after)}")
            lines.append(f"          before: {_access(change.before)}")
    lines += [f"gone      {_access(each)}" for each in found.gone]
    counts = [(len(found.new), "new"), (len(found.wider), "wider"), (len(found.narrower), "narrower")]
    total = ", ".join(f"{number} {label}" for number, label in [*counts, (len(found.gone), "gone")])
    return "\n".join([*lines, total if found else "nothing changed"]) + "\n", found


def _access(each: Access) -> str:
    conditions = " and ".join(_condition(condition) for condition in each.conditions)
    on = "on all but" if each.excluded else "on"
    return f"{each.action} {on} {each.resource}" + (f" if {conditions}" if conditions else "")
