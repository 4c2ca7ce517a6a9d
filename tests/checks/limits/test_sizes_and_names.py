from __future__ import annotations

import pytest

from sfdsl.checks.limits import CHECKS
from sfdsl.graph import WorkflowGraph
from sfdsl.model.asl import read
from sfdsl.model.workflow import Workflow
from sfdsl.origin import Origin
from tests.checks.limits.helpers import DISTRIBUTED_EXPRESS, codes, findings, map_of, task, told

KEEP = {"Keep": {"Type": "Pass", "End": True}}


def test_the_size_of_a_definition() -> None:
    states = {"Keep": {"Type": "Pass", "Comment": "x" * 1_048_600, "End": True}}
    (finding,) = findings(states)
    assert (finding.code, finding.state) == ("SF401", "")
    assert finding.message == (
        "the definition has 1,048,676 characters without any white space; Step Functions takes 1,048,576"
    )


@pytest.mark.parametrize(
    ("count", "expected"),
    [
        pytest.param(1, [], id="small"),
        pytest.param(838_800, ["SF402"], id="80 percent"),
        pytest.param(838_400, [], id="less than 80 percent"),
        pytest.param(1_048_499, ["SF402"], id="only without its white space"),
        pytest.param(1_048_570, ["SF401"], id="one byte too many"),
    ],
)
def test_sizes(count: int, expected: list[str]) -> None:
    assert codes({"Keep": {"Type": "Pass", "Comment": "x" * count, "End": True}}) == expected


LARGE = "x" * 262_143


@pytest.mark.parametrize(
    ("state", "field"),
    [
        ({"Type": "Pass", "Result": LARGE, "End": True}, "Result"),
        ({"Type": "Pass", "Parameters": {"a": LARGE, "b.$": "$.b"}, "End": True}, "Parameters"),
        (task(ResultSelector={"a": LARGE}), "ResultSelector"),
        (map_of(KEEP, ItemSelector={"a": LARGE}), "ItemSelector"),
        (map_of(KEEP, DISTRIBUTED_EXPRESS, ItemBatcher={"MaxItemsPerBatch": 1, "BatchInput": {"a": LARGE}}),
         "BatchInput"),
    ],
)  # fmt: skip
def test_literal_payloads(state, field) -> None:
    (finding,) = findings({"S": state})
    assert finding.code == "SF403"
    assert finding.message.startswith(f"{field} of state 'S' has at least 262,1")


def test_what_expressions_give_does_not_count() -> None:
    text = "{% '" + LARGE + "' %}"
    assert codes({"S": {"Type": "Pass", "Output": text, "End": True}}, QueryLanguage="JSONata") == []
    assert codes({"S": {"Type": "Pass", "Result": "x" * 262_142, "End": True}}) == []


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        pytest.param(map_of(KEEP, MaxConcurrency=41), ["SF407"], id="inline 41"),
        pytest.param(map_of(KEEP, MaxConcurrency=40), [], id="inline 40"),
        pytest.param(map_of(KEEP, MaxConcurrency="${N}"), [], id="inline placeholder"),
        pytest.param(map_of(KEEP, DISTRIBUTED_EXPRESS, MaxConcurrency=10_000), [], id="distributed 10,000"),
        pytest.param(map_of(KEEP, DISTRIBUTED_EXPRESS, MaxConcurrency=10_001), ["SF408"], id="distributed 10,001"),
        pytest.param(map_of(KEEP, DISTRIBUTED_EXPRESS, ItemBatcher={"MaxInputBytesPerBatch": 262_144}), [], id="256"),
        pytest.param(
            map_of(KEEP, DISTRIBUTED_EXPRESS, ItemBatcher={"MaxInputBytesPerBatch": 262_145}), ["SF410"], id="over 256"
        ),
        pytest.param(
            map_of(KEEP, DISTRIBUTED_EXPRESS, ItemReader={"ReaderConfig": {"MaxItems": 100_000_001}}),
            ["SF409"],
            id="items",
        ),
        pytest.param({"Type": "Wait", "Seconds": 31_536_000, "End": True}, [], id="a year"),
        pytest.param({"Type": "Wait", "Seconds": 31_536_001, "End": True}, ["SF421"], id="over a year"),
        pytest.param({"Type": "Fail", "Error": "x" * 256, "Cause": "x" * 32_768}, [], id="long texts"),
        pytest.param({"Type": "Fail", "Error": "x" * 257}, ["SF426"], id="error too long"),
        pytest.param({"Type": "Fail", "Cause": "x" * 32_769}, ["SF426"], id="cause too long"),
        pytest.param(
            {"Type": "Task", "Resource": "arn:aws:states:::http:invoke", "TimeoutSeconds": 61, "End": True},
            ["SF425"],
            id="HTTP",
        ),
        pytest.param(task(TimeoutSeconds=61), [], id="not HTTP"),
    ],
)
def test_numbers(state, expected) -> None:
    assert codes({"S": state}) == expected


def test_a_long_wait_is_told_in_days() -> None:
    assert told({"S": {"Type": "Wait", "Seconds": 40_000_000, "End": True}}) == [
        (
            "SF421",
            "state 'S' waits 40,000,000 seconds (463 days); an execution ends after 31,536,000 seconds, one year",
        )
    ]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("orders-etl", []),
        ("orders_etl.v2", []),
        ("${StackName}-orders: nightly", []),
        ("x" * 80, []),
        ("x" * 81, ["SF422"]),
        ("", ["SF422"]),
        ("orders etl", ["SF422"]),
        ("orders/etl", ["SF422"]),
        ("orders\tetl", ["SF422"]),
        ("münchen", ["SF423"]),
    ],
)
def test_names(name: str, expected: list[str]) -> None:
    assert codes(KEEP, name=name) == expected


def test_the_name_of_an_asl_file_is_only_its_own() -> None:
    machine = read({"StartAt": "Keep", "States": KEEP}, Origin(file="my machine.asl.json"))
    workflow = Workflow(name="my machine", machine=machine, origin=Origin(file="my machine.asl.json"))
    assert [finding.code for check in CHECKS for finding in check().run(WorkflowGraph(workflow))] == []


def test_a_name_is_repaired() -> None:
    (finding,) = findings(KEEP, name="orders: nightly")
    assert finding.message == "the name 'orders: nightly' of the state machine has ' ' ':' in it"
    assert finding.hint == "use 'orders-nightly'"
