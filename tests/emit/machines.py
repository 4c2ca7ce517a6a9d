"""Machines that the tests of the emitters share."""

from __future__ import annotations

import json
from itertools import count
from random import Random
from typing import Any

from hypothesis import strategies as st

from sfdsl.graph import WorkflowGraph
from sfdsl.model import asl
from sfdsl.model.states import StateMachine, Task
from sfdsl.model.workflow import MachineType, Workflow

LAMBDA = "arn:aws:states:::lambda:invoke"

EVERYTHING: dict[str, Any] = {
    "TimeoutSeconds": 7200,
    "StartAt": "Extract",
    "States": {
        "Extract": {
            "Type": "Task",
            "Resource": "arn:aws:states:::glue:startJobRun.sync",
            "Parameters": {"JobName": "orders-extract"},
            "TimeoutSeconds": 3600,
            "HeartbeatSeconds": 600,
            "Retry": [{"ErrorEquals": ["States.TaskFailed"], "MaxAttempts": 3}],
            "Catch": [
                {"ErrorEquals": ["States.Timeout"], "Next": "Park"},
                {"ErrorEquals": ["States.ALL"], "Next": "Park"},
            ],
            "Next": "Sources",
        },
        "Sources": {
            "Type": "Parallel",
            "Next": "Rows rejected?",
            "Branches": [
                {
                    "StartAt": "Orders",
                    "States": {
                        "Orders": {"Type": "Task", "Resource": "arn:aws:states:::aws-sdk:s3:listObjectsV2", "End": True}
                    },
                },
                {
                    "StartAt": "Each file",
                    "States": {
                        "Each file": {
                            "Type": "Map",
                            "ItemsPath": "$.files",
                            "MaxConcurrency": 5,
                            "ItemProcessor": {
                                "StartAt": "Copy",
                                "States": {
                                    "Breathe": {"Type": "Wait", "Seconds": 30, "End": True},
                                    "Copy": {"Type": "Task", "Resource": LAMBDA, "Next": "Breathe"},
                                },
                            },
                            "End": True,
                        }
                    },
                },
            ],
        },
        "Failed": {"Type": "Fail", "Error": "EtlFailed"},
        "Park": {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage", "Next": "Failed"},
        "Rows rejected?": {
            "Type": "Choice",
            "Choices": [{"Variable": "$.rejected", "NumericGreaterThan": 0, "Next": "Correct"}],
            "Default": "Load",
        },
        "Correct": {
            "Type": "Task",
            "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
            "TimeoutSeconds": 86400,
            "Next": "Rows rejected?",
        },
        "Load": {
            "Type": "Map",
            "ItemReader": {"Resource": "arn:aws:states:::s3:getObject"},
            "ItemBatcher": {"MaxItemsPerBatch": 100},
            "ItemProcessor": {
                "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "EXPRESS"},
                "StartAt": "Shape",
                "States": {"Shape": {"Type": "Pass", "End": True}},
            },
            "Catch": [{"ErrorEquals": ["States.ItemReaderFailed"], "Next": "Park"}],
            "Next": "Done",
        },
        "Done": {"Type": "Succeed"},
    },
}


def workflow(definition: dict[str, Any], name: str = "orders", type_: MachineType = MachineType.STANDARD) -> Workflow:
    """A definition as the workflow that emitters are given."""
    return Workflow(name=name, machine=asl.read(definition), type=type_)


def graph(definition: dict[str, Any], name: str = "orders", type_: MachineType = MachineType.STANDARD) -> WorkflowGraph:
    """A definition as the graph that emitters are given."""
    return WorkflowGraph(workflow(definition, name, type_))


def tasks(*names: str) -> WorkflowGraph:
    """A chain of tasks with these names."""
    nexts: list[str | None] = [*names[1:], None]
    states = tuple(Task(name=n, resource=LAMBDA, next=to) for n, to in zip(names, nexts, strict=True))
    return WorkflowGraph(Workflow(name="names", machine=StateMachine(start_at=names[0], states=states)))


def chain(length: int) -> dict[str, Any]:
    """A chain of tasks with a choice after every tenth, as JSON."""
    states: dict[str, Any] = {}
    for i in range(length):
        way: dict[str, Any] = {"Next": f"Step {i + 1}"} if i + 1 < length else {"End": True}
        if i % 10 == 9 and i + 1 < length:
            states[f"Step {i}"] = {
                "Type": "Choice",
                "Choices": [{"Variable": "$.n", "NumericEquals": i, "Next": f"Step {i + 1}"}],
                "Default": f"Step {min(i + 3, length - 1)}",
            }
        else:
            states[f"Step {i}"] = {"Type": "Task", "Resource": LAMBDA, "TimeoutSeconds": 60, **way}
    return json.loads(json.dumps({"StartAt": "Step 0", "States": states}))  # type: ignore[no-any-return]


def nested(random: Random, depth: int) -> dict[str, Any]:
    """Parallels and Maps inside each other, as JSON."""
    numbers = count()

    def flow(below: int) -> dict[str, Any]:
        names = [f"S{next(numbers)}" for _ in range(random.randint(1, 3))]
        states: dict[str, Any] = {}
        for name, after in zip(names, [*names[1:], None], strict=True):
            way: dict[str, Any] = {"End": True} if after is None else {"Next": after}
            match random.choice(("Pass", "Parallel", "Map")) if below else "Pass":
                case "Parallel":
                    branches = [flow(below - 1) for _ in range(random.randint(1, 3))]
                    states[name] = {"Type": "Parallel", "Branches": branches, **way}
                case "Map":
                    states[name] = {"Type": "Map", "ItemProcessor": flow(below - 1), **way}
                case _:
                    states[name] = {"Type": "Pass", **way}
        return {"StartAt": names[0], "States": states}

    return flow(depth)


NASTY = (
    'say "hi"', "a]b[c", "{curly}", "a#b", "#35;", "#quot;", "a;b;", "<b>bold</b>", "<script>alert(1)</script>",
    "&amp;", "`code`", "**bold**", "_em_", "1. Extract", "- item", "> quote", "end", "End", "Start", "subgraph",
    "style: #fff;", "classDef: #a;", "default", "__proto__", "constructor", "%%{init: {}}%%", "---", "-->", "o", "x",
    "$$x^2$$", "fa:fa-car", "\ufb02\u00b0\u00b035\u00b6\u00df", "C:\\new\\", "\U0001f600 \U0001f469\u200d\U0001f467",
    "\u65e5\u672c\u8a9e\u306e\u72b6\u614b", "\u0645\u0631\u062d\u0628\u0627", "a\u202eb", "tab\there", "a\nb", "x" * 80,
    "Word " * 15, "http://example.com", "me@example.com", "a|b", "", " ", "\x00\x01", "\ud800", "\\", '"]', "<br/>",
    "[x](y)", "<!-- c -->", "\u2028",
)  # fmt: skip
"""Names that one notation or another could take for more than a name."""

names = st.one_of(
    st.sampled_from(NASTY),
    st.text(min_size=1, max_size=80),
    st.text(alphabet='"#;<>&`*_~[](){}|\\%$:@-+=.1 aenddstyle\u00b6\ufb02\n', min_size=1, max_size=40),
)
