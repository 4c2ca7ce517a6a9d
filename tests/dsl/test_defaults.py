"""`step.result.Field.default(...)`: what stands for a value that is missing, and where its variable is set."""

from __future__ import annotations

from typing import Any

import pytest

from sfdsl import Choice, DistributedMap, Map, Parallel, Pipeline, Succeed, aws
from sfdsl.testing import simulate
from tests.dsl.conftest import defined, findings, payload, states, task


def test_a_variable_is_there_before_the_ways_part() -> None:
    a, b = task("A"), task("B")
    found = defined(a >> Choice("C").when(a.result.Payload.x, b) >> task("D", y=b.result.Payload.y.default(0)))
    assert found["A"]["Assign"]["b"] == {}
    assert found["B"]["Assign"] == {"b": {"Payload": "{% {'y': $states.result.Payload.y} %}"}}
    assert payload(found["D"]) == {"y": "{% $exists($b.Payload.y) ? $b.Payload.y : 0 %}"}


def test_a_default_of_the_first_step_gets_a_state_of_its_own() -> None:
    a = task("A")
    handler = task("H", x=a.result.Payload.x.default("none"))
    lowered = states(Pipeline("p").define(a.catch(handler) >> Succeed("S")))
    assert lowered["Set defaults of p"] == {"Type": "Pass", "Assign": {"a": {}}, "Next": "A"}


def test_a_whole_result_that_may_be_missing_is_kept_in_a_field() -> None:
    a, b = task("A"), task("B")
    found = defined(a >> Choice("C").when(a.result.Payload.x, b) >> task("D", y=b.result.default("none")))
    assert found["A"]["Assign"]["b"] == {}
    assert found["B"]["Assign"] == {"b": {"result": "{% $states.result %}"}}
    assert payload(found["D"]) == {"y": "{% $exists($b.result) ? $b.result : 'none' %}"}


def test_the_variable_is_set_outside_of_the_loop_that_its_step_is_in() -> None:
    first, step = task("First"), task("Count")
    step.arguments["Payload"] = {"round": step.result.Payload.round.default(0)}
    found = defined(first >> step >> Choice("On?").when(step.result.Payload.round < 3, step).otherwise(Succeed("Done")))
    assert found["First"]["Assign"] == {"count_result": {}}
    assert "count_result" in found["Count"]["Assign"]


def both_ways(full: bool, fields: dict[str, Any]) -> Any:
    """What a report is told, with and without the step that it reads."""
    p = Pipeline("p")
    load = task("Load")
    told = {
        "same": load.result.Payload.rows.default(0),
        "other": load.result.Payload.rows.default("none"),
        "sum": load.result.Payload.rows.default(0) + 1,
        "text": f"{load.result.Payload.rows.default(0)} rows",
        "from input": load.result.Payload.rows.default(p.input.rows),
        "of input": p.input.extra.default("no extra"),
    }
    p.define(Choice("Full?").when(p.input.full == True, load) >> task("Report", **told))  # noqa: E712
    run = simulate(p, {"full": full, "rows": 7}, {"Load": {"Payload": fields}, "Report": {}}, check_results=False)
    assert run.status == "SUCCEEDED"
    return run.calls[-1].arguments["Payload"]


MISSING = {"same": 0, "other": "none", "sum": 1, "text": "0 rows", "from input": 7, "of input": "no extra"}


@pytest.mark.parametrize(
    ("full", "fields", "told"),
    [
        pytest.param(False, {}, MISSING, id="the step did not run"),
        pytest.param(True, {"other": 1}, MISSING, id="the step gave no such field"),
        pytest.param(
            True,
            {"rows": 3},
            {"same": 3, "other": 3, "sum": 4, "text": "3 rows", "from input": 3, "of input": "no extra"},
            id="the field is there",
        ),
    ],
)
def test_a_default_stands_for_what_is_missing(full: bool, fields: dict[str, Any], told: dict[str, Any]) -> None:
    assert both_ways(full, fields) == told


def test_null_is_a_value_and_not_missing() -> None:
    load = task("Load")
    p = Pipeline("p").define(load >> task("Report", rows=load.result.Payload.rows.default(0)))
    run = simulate(p, {}, {"Load": {"Payload": {"rows": None}}, "Report": {}}, check_results=False)
    assert run.calls[-1].arguments["Payload"] == {"rows": None}


def test_a_default_may_read_what_its_reader_can() -> None:
    check, correct = task("Check"), task("Correct")
    again = task("Again", rows=correct.result.Payload.rows)
    correct.arguments["Payload"] = {"rows": again.result.Payload.bad.default(check.result.Payload.bad)}
    p = Pipeline("p").define(
        check >> correct >> again >> Choice("Ok?").when(again.result.Payload.ok, Succeed("Done")).otherwise(correct)
    )
    run = simulate(
        p,
        {},
        {
            "Check": {"Payload": {"bad": 9}},
            "Correct": lambda a: {"Payload": {"rows": a["Payload"]["rows"]}},
            "Again": lambda a: {"Payload": {"bad": a["Payload"]["rows"] - 4, "ok": a["Payload"]["rows"] < 5}},
        },
        check_results=False,
    )
    assert [call.arguments["Payload"] for call in run.calls if call.state == "Correct"] == [
        {"rows": 9}, {"rows": 5}, {"rows": 1}
    ]  # fmt: skip


def test_what_a_default_reads_has_to_be_there_wherever_the_default_is_read() -> None:
    pipeline = Pipeline("p")
    a, b, c = task("A"), task("B"), task("C")
    report = task("Report", rows=c.result.Payload.rows.default(b.result.Payload.rows))
    pipeline.define(a >> Choice("C?").when(a.result.Payload.c, b >> c) >> report)
    assert [(code, "on the path" in text) for code, text, _ in findings(pipeline)] == [("SF270", True)]


def test_a_default_may_be_the_item() -> None:
    pipeline = Pipeline("p", input={"rows": list})

    def body(row: Any) -> Any:
        a, b, c = task("A"), task("B"), task("C")
        last = aws.lambda_.invoke("D", FunctionName="d", Payload=c.result.Payload.x.default(row.x))
        return a >> b >> Choice("C?").when(b.result.Payload.c, c) >> last

    pipeline.define(Map("Rows", over=pipeline.input.rows, body=body))
    tasks = {
        "A": {}, "B": [{"Payload": {"c": True}}, {"Payload": {"c": False}}], "C": {"Payload": {"x": "c"}},
        "D": lambda a: a["Payload"],
    }  # fmt: skip
    run = simulate(pipeline, {"rows": [{"x": 1}, {"x": 2}]}, tasks, check_results=False)
    assert run.output == ["c", 2]


def test_a_default_reaches_into_branches_and_child_executions() -> None:
    p = Pipeline("p")
    load = task("Load")
    children = DistributedMap(
        "Children",
        over=[1],
        body=lambda one: task("Child", x=load.result.Payload.x.default(0), all=load.result.default({})),
    )
    p.define(
        Choice("Full?").when(p.input.full == True, load)  # noqa: E712
        >> Parallel("Both", task("Branch", x=load.result.Payload.x.default(0)), children)
    )
    for full, x, everything in ((True, 5, {"Payload": {"x": 5}}), (False, 0, {})):
        run = simulate(
            p, {"full": full}, {"Load": {"Payload": {"x": 5}}, "Branch": {}, "Child": {}}, check_results=False
        )
        told = {call.state: call.arguments["Payload"] for call in run.calls}
        assert told["Branch"] == {"x": x}
        assert told["Child"] == {"x": x, "all": everything}
