"""No rule fails, whatever stands in a definition: what is wrong is a finding, never a traceback."""

from __future__ import annotations

import copy
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from sfdsl.checks import errors, structure
from sfdsl.diagnostics import Diagnostic
from sfdsl.graph import WorkflowGraph
from sfdsl.model.asl import read
from sfdsl.model.workflow import Workflow
from sfdsl.origin import Origin

CALL = "arn:aws:states:::glue:startJobRun.sync"
DEFINITION = {
    "StartAt": "Task",
    "TimeoutSeconds": 60,
    "QueryLanguage": "JSONPath",
    "States": {
        "Task": {
            "Type": "Task", "Resource": CALL, "TimeoutSeconds": 5, "HeartbeatSeconds": 2, "Parameters": {"a.$": "$.a"},
            "Credentials": {"RoleArn": "r"}, "Next": "Choice",
            "Retry": [{"ErrorEquals": ["States.Timeout", "Glue.X"], "IntervalSeconds": 2, "MaxAttempts": 3,
                       "BackoffRate": 1.5, "MaxDelaySeconds": 9, "JitterStrategy": "FULL"}],
            "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Fail"}],
        },
        "Choice": {
            "Type": "Choice", "Default": "Wait",
            "Choices": [{"And": [{"Variable": "$.a", "IsPresent": True}, {"Not": {"Variable": "$.a", "IsNull": True}}],
                         "Next": "Map"}, {"Condition": "{% true %}", "Next": "Task"}],
        },
        "Wait": {"Type": "Wait", "Timestamp": "2026-12-24T18:00:00Z", "Next": "Parallel"},
        "Parallel": {
            "Type": "Parallel", "Branches": [{"StartAt": "In", "States": {"In": {"Type": "Pass", "End": True}}}],
            "Next": "Succeed",
        },
        "Map": {
            "Type": "Map", "Label": "L", "MaxConcurrency": 3, "ToleratedFailurePercentage": 5, "ItemsPath": "$.x",
            "ItemReader": {"Resource": "arn:aws:states:::s3:getObject", "Parameters": {"Bucket": "b"},
                           "ReaderConfig": {"InputType": "CSV", "CSVHeaderLocation": "GIVEN", "CSVHeaders": ["a"]}},
            "ItemBatcher": {"MaxItemsPerBatch": 3}, "ItemSelector": {"a": 1},
            "ResultWriter": {"WriterConfig": {"OutputType": "JSON", "Transformation": "NONE"}},
            "ItemProcessor": {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "EXPRESS"},
                              "StartAt": "Body", "States": {"Body": {"Type": "Succeed"}}},
            "End": True,
        },
        "Fail": {"Type": "Fail", "Error": "E", "CausePath": "$.Cause"},
        "Succeed": {"Type": "Succeed"},
    },
}  # fmt: skip

VALUES = st.sampled_from([
    None, True, -1, 0, 1.5, 10**30, float("inf"), float("nan"), "", "x", "\ud800", "${X}", "{% x %}", "$.a", "States.X",
    [], {}, [None], ["a", 1], [{}], {"a": 1}, {"Type": "Task"}, {"Next": "Task"},
])  # fmt: skip
KEYS = (
    "Next",
    "End",
    "Type",
    "States",
    "Retry",
    "Catch",
    "And",
    "Not",
    "Items",
    "Iterator",
    "QueryLanguage",
    "Foo",
    "",
)


def places(value: Any) -> list[tuple[Any, Any]]:
    """Every key and index of a JSON value, with what holds it."""
    found: list[tuple[Any, Any]] = []
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in pairs:
        found += [(value, key), *places(item)]
    return found


@st.composite
def damaged(draw: st.DrawFn) -> dict[str, Any]:
    """The definition with one to four values replaced, added or taken away."""
    definition = copy.deepcopy(DEFINITION)
    for _ in range(draw(st.integers(1, 4))):
        holder, key = draw(st.sampled_from(places(definition)))
        match draw(st.sampled_from(["replace", "add", "delete"])):
            case "add" if isinstance(holder, dict):
                holder[draw(st.sampled_from(KEYS))] = copy.deepcopy(draw(VALUES))
            case "delete" if len(places(definition)) > 1:
                del holder[key]
            case _:
                holder[key] = copy.deepcopy(draw(VALUES))
    return definition


@given(damaged())
def test_whatever_stands_there_is_judged(definition: dict[str, Any]) -> None:
    workflow = Workflow(name="w", machine=read(definition, Origin(file="w.asl.json")))
    graph = WorkflowGraph(workflow)
    for check in (*structure.CHECKS, *errors.CHECKS):
        for finding in check().run(graph):
            assert isinstance(finding, Diagnostic)
            assert finding.message
            assert resolves(definition, finding.origin.pointer) or finding.origin.pointer == "", finding


def resolves(definition: Any, pointer: str) -> bool:
    """Whether a pointer leads to something, or to a field that is missing from something."""
    value = definition
    tokens = [token.replace("~1", "/").replace("~0", "~") for token in pointer.split("/")[1:]]
    for i, token in enumerate(tokens):
        try:
            value = value[int(token)] if isinstance(value, list) else value[token]
        except (KeyError, IndexError, ValueError, TypeError):
            return i == len(tokens) - 1
    return True
