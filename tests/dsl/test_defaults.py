"""`step.result.Field.default(...)`: what stands for a result where its step did not run, and where that is set."""

from __future__ import annotations

from sfdsl import Choice, Map, Pipeline, Succeed, aws
from tests.dsl.conftest import defined, findings, payload, states, task


def test_a_default_may_be_the_result_of_the_step_that_sets_it() -> None:
    check, correct = task("Check"), task("Correct")
    again = task("Again", rows=correct.result.Payload.rows)
    correct.arguments["Payload"] = {"rows": again.result.Payload.bad.default(check.result.Payload.bad)}
    found = defined(
        check >> correct >> again >> Choice("Ok?").when(again.result.Payload.ok, Succeed("Done")).otherwise(correct)
    )
    assert found["Check"]["Assign"]["again"] == {"Payload": {"bad": "{% $states.result.Payload.bad %}"}}
    assert payload(found["Correct"]) == {"rows": "{% $again.Payload.bad %}"}


def test_a_default_is_set_behind_what_it_reads() -> None:
    a, b, c, d = task("A"), task("B"), task("C"), task("D")
    choice = Choice("Any?").when(b.result.Payload.any, c)
    report = task("Report", rows=c.result.Payload.rows.default(a.result.Payload.rows))
    found = defined(a >> b >> d >> choice >> report)
    assert found["D"]["Assign"] == {"c": {"Payload": {"rows": "{% $a.Payload.rows %}"}}}


def test_in_a_loop_a_step_reads_what_it_gave_the_round_before() -> None:
    first = task("First")
    step = task("Count")
    step.arguments["Payload"] = {"round": step.result.Payload.round.default(0)}
    found = defined(first >> step >> Choice("On?").when(step.result.Payload.round < 3, step).otherwise(Succeed("Done")))
    assert found["First"]["Assign"] == {"count_result": {"Payload": {"round": 0}}}
    assert payload(found["Count"]) == {"round": "{% $count_result.Payload.round %}"}
    assert found["Count"]["Assign"] == {"count_result": {"Payload": {"round": "{% $states.result.Payload.round %}"}}}


def test_a_default_that_no_step_can_set_in_time_is_a_finding() -> None:
    pipeline = Pipeline("p")
    a, b = task("A"), task("B")
    report = task("Report", rows=b.result.Payload.rows.default(a.result.Payload.rows))
    pipeline.define(a >> Choice("B?").when(a.result.Payload.b, b) >> report >> Choice("On?")
                    .when(report.result.Payload.on, a).otherwise(Succeed("Done")))  # fmt: skip
    assert [(code, "no step can set it in time" in text) for code, text, _ in findings(pipeline)] == [("SF270", True)]


def test_what_a_default_reads_has_to_be_there_wherever_the_default_is_read() -> None:
    pipeline = Pipeline("p")
    a, b, c = task("A"), task("B"), task("C")
    report = task("Report", rows=c.result.Payload.rows.default(b.result.Payload.rows))
    pipeline.define(a >> Choice("C?").when(a.result.Payload.c, b >> c) >> report)
    assert [(code, "on the path" in text) for code, text, _ in findings(pipeline)] == [("SF270", True)]


def test_a_default_that_reads_the_item_is_set_behind_the_step_that_keeps_it() -> None:
    pipeline = Pipeline("p", input={"rows": list})

    def body(row):  # type: ignore[no-untyped-def]
        a, b, c = task("A"), task("B"), task("C")
        last = aws.lambda_.invoke("D", FunctionName="d", Payload=c.result.Payload.x.default(row.x))
        return a >> b >> Choice("C?").when(b.result.Payload.c, c) >> last

    pipeline.define(Map("Rows", over=pipeline.input.rows, body=body))
    inner = states(pipeline)["Rows"]["ItemProcessor"]["States"]
    assert inner["A"]["Assign"] == {"row": {"x": "{% $states.input.x %}"}}
    assert inner["B"]["Assign"]["c"] == {"Payload": {"x": "{% $row.x %}"}}
