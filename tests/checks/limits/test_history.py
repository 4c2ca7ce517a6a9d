from __future__ import annotations

import pytest

from sfdsl.checks.limits._counts import counted, items
from sfdsl.checks.limits._events import Events
from sfdsl.graph import FlowGraph, WorkflowGraph
from sfdsl.model.asl import read
from sfdsl.model.workflow import Notes, Workflow
from tests.checks.limits.helpers import DISTRIBUTED_EXPRESS, DISTRIBUTED_STANDARD, codes, findings, map_of, task, told

PASS = {"Type": "Pass", "End": True}


def test_a_map_over_a_literal_range_shows_its_arithmetic() -> None:
    states = {"Each": map_of({"Load": task()}, ItemsPath="$.numbers")}
    states = {
        "Numbers": {"Type": "Pass", "Parameters": {"numbers.$": "States.ArrayRange(1, 4000, 1)"}, "Next": "Each"},
        **states,
    }
    assert told(states) == [
        (
            "SF404",
            "state 'Each' writes 4 + 4,000 items x 7 events = 28,004 events; the history of an execution holds 25,000",
        )
    ]


@pytest.mark.parametrize(
    ("fields", "config", "kind", "expected"),
    [
        pytest.param({"Items": "{% [1..3571] %}"}, None, "STANDARD", ["SF404"], id="one iteration too many"),
        pytest.param({"Items": "{% [1..3570] %}"}, None, "STANDARD", [], id="24,994 events fit"),
        pytest.param({"Items": "{% $range(0, 40000, 10) %}"}, None, "STANDARD", ["SF404"], id="a range with steps"),
        pytest.param({"Items": [0] * 4000}, None, "STANDARD", ["SF404"], id="a literal array"),
        pytest.param({"Items": "{% $states.input %}"}, None, "STANDARD", [], id="an unknown number of items"),
        pytest.param({"Items": "{% [1..9999] %}"}, DISTRIBUTED_EXPRESS, "STANDARD", [], id="children have their own"),
        pytest.param({"Items": "{% [1..9999] %}"}, None, "EXPRESS", [], id="Express has no such limit"),
    ],
)
def test_maps_with_a_known_number_of_items(fields, config, kind, expected) -> None:
    body = {"Load": {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage", "End": True}}
    each = map_of(body, config, **fields)
    assert codes({"Each": each}, kind=kind, QueryLanguage="JSONata") == expected


def test_the_innermost_map_is_the_cause() -> None:
    within = map_of({"Load": task()}, Items="{% [1..5000] %}")
    found = findings({"Outer": map_of({"Inner": within}, Items=[1, 2, 3])}, QueryLanguage="JSONata")
    assert [(finding.code, finding.state) for finding in found] == [("SF404", "Inner")]


def test_nested_maps_multiply() -> None:
    within = map_of({"Keep": PASS}, Items="{% [1..100] %}")
    assert told({"Outer": map_of({"Inner": within}, Items="{% [1..100] %}")}, QueryLanguage="JSONata") == [
        (
            "SF404",
            "state 'Outer' writes 4 + 100 items x 406 events = 40,604 events; the history of an execution holds 25,000",
        )
    ]


def test_a_map_in_standard_children_counts_in_the_child() -> None:
    within = map_of({"Load": task()}, Items="{% [1..5000] %}")
    found = findings({"Outer": map_of({"Inner": within}, DISTRIBUTED_STANDARD)}, QueryLanguage="JSONata")
    assert [(finding.code, finding.state) for finding in found] == [("SF404", "Inner")]


def test_a_note_on_items_makes_a_warning_and_the_definition_an_error() -> None:
    each = map_of({"Load": task()}, ItemsPath="$.files")
    assert codes({"Each": each}, notes={"Each": Notes(items=4000)}) == ["SF405"]
    assert codes({"Each": each}, notes={"Each": Notes(items=400)}) == []
    certain = map_of({"Load": task()}, Items="{% [1..4000] %}")
    assert codes({"Each": certain}, notes={"Each": Notes(items=5000)}, QueryLanguage="JSONata") == ["SF404"]


def test_many_small_maps_together() -> None:
    names = [f"M{i}" for i in range(10)]
    states = {
        name: map_of({f"{name} load": task()}, Items="{% [1..500] %}", Next=after)
        for name, after in zip(names, [*names[1:], "Done"], strict=True)
    }
    assert told(states | {"Done": {"Type": "Succeed"}}, QueryLanguage="JSONata") == [
        (
            "SF404",
            "the machine writes at least 35,044 events on its shortest way; the history of an execution holds 25,000",
        )
    ]


def loop(test: dict, *, step: str = "States.MathAdd($.i.n, 1)", start: object = 0, default: str = "Done") -> dict:
    return {
        "Start": {"Type": "Pass", "Result": {"n": start}, "ResultPath": "$.i", "Next": "More?"},
        "More?": {"Type": "Choice", "Choices": [{"Variable": "$.i.n", **test}], "Default": default},
        "Work": task("Step", ResultPath=None),
        "Step": {"Type": "Pass", "Parameters": {"n.$": step}, "ResultPath": "$.i", "Next": "More?"},
        "Done": {"Type": "Succeed"},
    }


@pytest.mark.parametrize(
    ("states", "rounds"),
    [
        pytest.param(loop({"NumericLessThan": 10, "Next": "Work"}), 10, id="below 10"),
        pytest.param(loop({"NumericLessThanEquals": 10, "Next": "Work"}), 11, id="up to 10"),
        pytest.param(loop({"NumericLessThan": 10, "Next": "Work"}, step="States.MathAdd($.i.n, 3)"), 4, id="by 3"),
        pytest.param(
            loop({"NumericGreaterThan": 0, "Next": "Work"}, step="States.MathAdd($.i.n, -1)", start=7), 7, id="down"
        ),
        pytest.param(
            loop({"NumericGreaterThanEquals": 10, "Next": "Done"}, default="Work"), 10, id="leaves when it is 10"
        ),
        pytest.param(loop({"NumericLessThan": 10, "Next": "Work"}, start="0"), None, id="no number to start from"),
        pytest.param(loop({"NumericLessThan": 10, "Next": "Work"}, step="$.other"), None, id="no step"),
        pytest.param(loop({"NumericLessThanPath": "$.n", "Next": "Work"}), None, id="no bound"),
        pytest.param(
            loop({"NumericLessThan": 10, "Next": "Work"}, step="States.MathAdd($.i.n, -1)"), None, id="away from it"
        ),
    ],
)
def test_rounds_of_a_counted_loop(states, rounds) -> None:
    graph = FlowGraph(read({"StartAt": "Start", "States": states}))
    (names,) = graph.loops()
    found = counted(graph, names)
    assert (found.rounds if found else None) == rounds


def test_a_jsonata_counter() -> None:
    states = {
        "Start": {"Type": "Pass", "Assign": {"i": 0}, "Next": "More?"},
        "More?": {"Type": "Choice", "Choices": [{"Condition": "{% $i < 3000 %}", "Next": "Work"}], "Default": "Done"},
        "Work": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Next": "More?",
                 "Arguments": {"FunctionName": "f"}, "Assign": {"i": "{% $i + 1 %}"}},
        "Done": {"Type": "Succeed"},
    }  # fmt: skip
    assert told(states, QueryLanguage="JSONata") == []
    states["More?"]["Choices"][0]["Condition"] = "{% $i < 4000 %}"
    assert told(states, QueryLanguage="JSONata") == [
        (
            "SF404",
            "state 'More?' counts $i from 0 to 4,000 in steps of 1: 4,000 rounds x 7 events = 28,000 events; the "
            "history of an execution holds 25,000",
        )
    ]


def polling(seconds: object) -> dict:
    return {
        "Ask": task("Done?"),
        "Done?": {"Type": "Choice", "Default": "Hold", "Choices": [
            {"Variable": "$.Payload", "StringEquals": "yes", "Next": "Done"}]},
        "Hold": {"Type": "Wait", "Seconds": seconds, "Next": "Ask"},
        "Done": {"Type": "Succeed"},
    }  # fmt: skip


def test_polling_that_fills_the_history() -> None:
    (finding,) = findings(polling(5))
    assert (finding.code, finding.state) == ("SF406", "Hold")
    assert finding.message == (
        "the loop around 'Hold' writes 9 events every 5 seconds: 25,000 events, the most that an execution may have, "
        "in about 3 h 51 min"
    )
    assert finding.hint == (
        'give the machine a "TimeoutSeconds" below 13,885, or count the rounds, or wait longer: "Seconds": 32 lasts a '
        "day"
    )
    assert codes(polling(32)) == []
    assert codes(polling(5), TimeoutSeconds=3600) == []
    assert codes(polling("${Seconds}")) == []
    assert codes(polling(5), kind="EXPRESS") == []


def test_events_of_each_state() -> None:
    states = {
        "P": {"Type": "Pass", "Next": "T"},
        "T": task("S"),
        "S": {"Type": "Task", "Resource": "arn:aws:states:::glue:startJobRun.sync", "Next": "Both"},
        "Both": {"Type": "Parallel", "Next": "Each", "Branches": [
            {"StartAt": "A", "States": {"A": PASS}},
            {"StartAt": "B", "States": {"B": {"Type": "Wait", "Seconds": 1, "Next": "C"}, "C": {"Type": "Succeed"}}}]},
        "Each": map_of({"X": PASS}, ItemsPath="$.files", Next="Far"),
        "Far": map_of({"Y": PASS}, DISTRIBUTED_EXPRESS, Next="No"),
        "No": {"Type": "Fail"},
    }  # fmt: skip
    machine = read({"StartAt": "P", "States": states})
    graph = WorkflowGraph(Workflow(name="x", machine=machine))
    events = Events(graph, asserted=False)
    root = graph.scopes[0]
    counted_events = {state.name: events.of(root, state) for state in machine.states}
    assert counted_events == {"P": 2, "T": 5, "S": 6, "Both": 10, "Each": 4, "Far": 6, "No": 1}
    assert events.flow(root) == 34


def test_items_of_a_pass_result() -> None:
    states = {
        "List": {"Type": "Pass", "Result": {"a": {"b": [1, 2, 3]}}, "ResultPath": "$.in", "Next": "Each"},
        "Each": map_of({"X": PASS}, ItemsPath="$.in.a.b"),
    }
    graph = FlowGraph(read({"StartAt": "List", "States": states}))
    assert items(graph, graph.by_name["Each"]) == 3
    states["Other"] = {"Type": "Pass", "Next": "Each"}
    graph = FlowGraph(read({"StartAt": "List", "States": states}))
    assert items(graph, graph.by_name["Each"]) is None
