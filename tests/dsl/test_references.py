"""What a reference becomes: variables, items, what a Distributed Map carries, and what is refused."""

from __future__ import annotations

from typing import Any, TypedDict

import pytest

from sfdsl import (
    Batch,
    Choice,
    DistributedMap,
    Fail,
    Map,
    Parallel,
    Pass,
    Pipeline,
    Raw,
    Reader,
    Succeed,
    Wait,
    aws,
    context,
    fn,
    jsonata,
)  # fmt: skip
from tests.dsl.conftest import defined, findings, payload, states, task


def test_only_the_fields_that_are_read_are_assigned() -> None:
    a = task("Get rows")
    found = defined(a >> task("B", x=a.result.Payload.x, id=a.result.ExecutedVersion))
    assert found["Get rows"]["Assign"] == {
        "get_rows": {
            "ExecutedVersion": "{% $states.result.ExecutedVersion %}",
            "Payload": {"x": "{% $states.result.Payload.x %}"},
        }
    }
    assert payload(found["B"]) == {"x": "{% $get_rows.Payload.x %}", "id": "{% $get_rows.ExecutedVersion %}"}


def test_a_field_above_another_holds_both() -> None:
    a = task("A")
    found = defined(a >> task("B", x=a.result.Payload.x.y, all=a.result.Payload.x))
    assert found["A"]["Assign"] == {"a": {"Payload": {"x": "{% $states.result.Payload.x %}"}}}


def test_the_whole_result_is_the_variable_itself() -> None:
    a = task("A")
    found = defined(a >> task("B", all=a.result, x=a.result.Payload.x))
    assert found["A"]["Assign"] == {"a": "{% $states.result %}"}


def test_what_nothing_reads_is_not_assigned() -> None:
    assert "Assign" not in defined(task("A") >> task("B"))["A"]


def test_a_field_that_only_one_way_reads_may_be_missing() -> None:
    a = task("A")
    found = defined(
        a >> Choice("C").when(a.result.Payload.ok, Succeed("S")).otherwise(task("B", w=a.result.Payload.why))
    )
    assert found["A"]["Assign"] == {
        "a": {"Payload": "{% {'ok': $states.result.Payload.ok, 'why': $states.result.Payload.why} %}"}
    }


def test_a_field_whose_existence_is_asked_for_may_be_missing() -> None:
    a = task("A")
    found = defined(a >> task("B", any=fn.exists(a.result.Payload.x)))
    assert found["A"]["Assign"] == {"a": {"Payload": "{% {'x': $states.result.Payload.x} %}"}}


def test_elements_are_read_behind_the_field() -> None:
    a = task("A")
    found = defined(a >> task("B", x=a.result.Payload.rows[0].id, y=a.result.Payload["a b"]))
    assert found["A"]["Assign"] == {
        "a": {"Payload": {"a b": "{% $states.result.Payload.`a b` %}", "rows": "{% $states.result.Payload.rows %}"}}
    }
    assert payload(found["B"]) == {"x": "{% $a.Payload.rows[0].id %}", "y": "{% $a.Payload.`a b` %}"}


def test_variables_are_never_named_like_a_function_or_each_other() -> None:
    first, second, count = task("A b"), task("A-b"), task("Count")
    found = defined(
        first >> second >> count >> task("C", x=[first.result.Payload, second.result.Payload, count.result.Payload])
    )
    assert [list(found[name]["Assign"]) for name in ("A b", "A-b", "Count")] == [["a_b"], ["a_b_2"], ["count_result"]]


def test_the_input_is_read_from_the_context() -> None:
    p = Pipeline("p", input={"day": str})
    p.define(task("A", d=p.input.day))
    assert payload(states(p)["A"]) == {"d": "{% $states.context.Execution.Input.day %}"}


def test_a_pass_gives_what_was_written_for_it() -> None:
    p = Pipeline("p")
    plan = Pass("Plan", output={"parts": p.input.size / 2, "name": "x"})
    p.define(plan >> task("A", n=plan.result.parts, m=plan.result.name))
    assert states(p)["Plan"]["Assign"] == {
        "plan": {"name": "x", "parts": "{% $states.context.Execution.Input.size / 2 %}"}
    }


def test_output_and_assign_see_the_own_result() -> None:
    a = task("A")
    a.assign(seen=a.result.Payload.x)
    p = Pipeline("p", output={"x": a.result.Payload.y})
    p.define(a)
    found = states(p)["A"]
    assert found["Assign"] == {"seen": "{% $states.result.Payload.x %}"}
    assert found["Output"] == {"x": "{% $states.result.Payload.y %}"}


def test_the_output_of_a_pipeline_stands_at_each_of_its_ends() -> None:
    a = task("A")
    p = Pipeline("p", output={"id": a.result.Payload.id})
    p.define(a >> Choice("C").when(a.result.Payload.x, Succeed("S")).otherwise(task("B")), on_error=task("Park"))
    found = states(p)
    assert found["S"]["Output"] == found["B"]["Output"] == {"id": "{% $a.Payload.id %}"}
    assert "Output" not in found["Park"]


def test_the_first_step_of_a_body_reads_its_input_and_keeps_the_item() -> None:
    found = defined(
        Map("Each", over=[1], body=lambda item: task("A", k=item.key) >> task("B", k=item.key, s=item.size))
    )["Each"]["ItemProcessor"]["States"]
    assert payload(found["A"]) == {"k": "{% $states.input.key %}"}
    assert found["A"]["Assign"] == {"item": {"key": "{% $states.input.key %}", "size": "{% $states.input.size %}"}}
    assert payload(found["B"]) == {"k": "{% $item.key %}", "s": "{% $item.size %}"}


def test_the_index_comes_beside_the_item() -> None:
    found = defined(Map("Each", over=[1], body=lambda item, i: task("A", k=item, i=i)))["Each"]
    assert found["ItemSelector"] == {
        "item": "{% $states.context.Map.Item.Value %}",
        "i": "{% $states.context.Map.Item.Index %}",
    }
    assert payload(found["ItemProcessor"]["States"]["A"]) == {
        "k": "{% $states.input.item %}",
        "i": "{% $states.input.i %}",
    }


def test_a_body_that_begins_with_a_loop_takes_the_item_first() -> None:
    def body(item: Any) -> Any:
        poll, wait = task("Poll", id=item.id), Wait("Wait", 5)
        return poll >> Choice("Done?").when(poll.result.Payload.done, Succeed("Done")).otherwise(wait >> poll)

    found = defined(Map("Each", over=[1], body=body))["Each"]["ItemProcessor"]
    assert found["StartAt"] == "Take item of Each"
    assert found["States"]["Take item of Each"] == {
        "Type": "Pass", "Assign": {"item": {"id": "{% $states.input.id %}"}}, "Next": "Poll"
    }  # fmt: skip
    assert payload(found["States"]["Poll"]) == {"id": "{% $item.id %}"}


def test_a_catcher_of_the_first_step_keeps_the_item_too() -> None:
    def body(item: Any) -> Any:
        return task("A", k=item.key).catch(task("H", k=item.key))

    found = defined(Map("Each", over=[1], body=body))["Each"]["ItemProcessor"]["States"]
    assert found["A"]["Catch"][0]["Assign"] == {"item": "{% {'key': $states.input.key} %}"}


def test_a_distributed_map_carries_what_its_body_reads() -> None:
    p = Pipeline("p")
    a = task("A")
    each = DistributedMap(
        "Each", over=a.result.Payload.rows, body=lambda row: task("B", r=row.id, n=a.result.Payload.n, d=p.input.day)
    )
    p.define(a >> each)
    found = states(p)["Each"]
    assert found["ItemSelector"] == {
        "row": "{% $states.context.Map.Item.Value %}",
        "a": {"Payload": {"n": "{% $a.Payload.n %}"}},
        "input": {"day": "{% $states.context.Execution.Input.day %}"},
    }
    assert payload(found["ItemProcessor"]["States"]["B"]) == {
        "r": "{% $states.context.Execution.Input.row.id %}",
        "n": "{% $states.context.Execution.Input.a.Payload.n %}",
        "d": "{% $states.context.Execution.Input.input.day %}",
    }


def test_a_distributed_map_with_batches_carries_by_its_batch_input() -> None:
    a = task("A")
    each = DistributedMap(
        "Each", reader=Reader.jsonl(Bucket="b", Key="k"), batch=Batch(items=10, input={"own": 1}),
        body=lambda batch: task("B", rows=batch.Items, n=a.result.Payload.n),
    )  # fmt: skip
    found = defined(a >> each)["Each"]
    assert "ItemSelector" not in found
    assert found["ItemBatcher"]["BatchInput"] == {"own": 1, "a": {"Payload": {"n": "{% $a.Payload.n %}"}}}
    assert payload(found["ItemProcessor"]["States"]["B"]) == {
        "rows": "{% $states.context.Execution.Input.Items %}",
        "n": "{% $states.context.Execution.Input.BatchInput.a.Payload.n %}",
    }


def test_nested_distributed_maps_carry_level_by_level() -> None:
    a = task("A")
    inner = lambda outer: DistributedMap(  # noqa: E731
        "Inner", over=outer.parts, body=lambda part: task("B", p=part, n=a.result.Payload.n, o=outer.id)
    )
    found = defined(a >> DistributedMap("Outer", over=[1], body=inner))["Outer"]
    assert found["ItemSelector"]["a"] == {"Payload": {"n": "{% $a.Payload.n %}"}}
    deep = found["ItemProcessor"]["States"]["Inner"]
    assert deep["ItemSelector"] == {
        "part": "{% $states.context.Map.Item.Value %}",
        "a": {"Payload": {"n": "{% $states.context.Execution.Input.a.Payload.n %}"}},
        "outer": {"id": "{% $states.context.Execution.Input.outer.id %}"},
    }


def test_an_error_is_kept_with_the_state_it_came_from() -> None:
    p = Pipeline("p")
    p.define(task("A") >> task("B"), on_error=task("Park", e=p.error) >> Fail("F", error=p.error.Error))
    found = states(p)
    assert found["B"]["Catch"][0]["Assign"] == {
        "caught": {
            "Error": "{% $states.errorOutput.Error %}",
            "Cause": "{% $type($states.errorOutput.Cause) = 'string' ? $states.errorOutput.Cause : '' %}",
            "State": "B",
        }
    }
    assert found["F"]["Error"] == "{% $caught.Error %}"


def test_an_error_inside_a_branch_has_a_variable_of_its_own() -> None:
    p = Pipeline("p")
    inner = task("A").catch(task("H", e=p.error.Cause))
    p.define(Parallel("Both", inner), on_error=task("Park", e=p.error.Cause))
    found = states(p)
    assert payload(found["Park"]) == {"e": "{% $caught.Cause %}"}
    assert payload(found["Both"]["Branches"][0]["States"]["H"]) == {"e": "{% $caught_2.Cause %}"}


def test_the_context_is_read_as_it_is() -> None:
    found = defined(task("A", id=context.Execution.Id))
    assert payload(found["A"]) == {"id": "{% $states.context.Execution.Id %}"}


def test_values_in_an_f_string_become_part_of_the_text() -> None:
    a = task("A")
    found = defined(a >> task("B", key=f"s3://{a.result.Payload.bucket}/x", only=f"{a.result.Payload.n}"))
    assert payload(found["B"]) == {
        "key": "{% 's3://' & $a.Payload.bucket & '/x' %}",
        "only": "{% $string($a.Payload.n) %}",
    }


def test_a_raw_state_in_jsonpath_makes_the_machine_mixed() -> None:
    raw = Raw(
        "Old",
        {
            "Type": "Task",
            "Resource": "arn:aws:states:::lambda:invoke",
            "Parameters": {"FunctionName": "f"},
            "QueryLanguage": "JSONPath",
        },
    )
    p = Pipeline("p")
    p.define(raw >> task("B", x=raw.result.Payload.x), on_error=task("Park", e=p.error))
    found = states(p)
    assert found["Old"]["Assign"] == {"old": {"Payload": {"x.$": "$.Payload.x"}}}
    assert found["Old"]["Catch"][0]["Assign"] == {
        "caught": {"Error.$": "$.Error", "Cause.$": "$.Cause", "State": "Old"}
    }
    assert found["B"]["QueryLanguage"] == "JSONata"
    assert payload(found["B"]) == {"x": "{% $old.Payload.x %}"}


class Row(TypedDict):
    id: str


class Order(TypedDict):
    day: str
    rows: list[Row]


def not_on_every_path() -> Pipeline:
    a, b = task("A"), task("B")
    return Pipeline("p").define(a >> Choice("C").when(a.result.Payload.x, b) >> task("D", y=b.result.Payload.y))


def in_a_handler() -> Pipeline:
    a = task("A")
    return Pipeline("p").define(a.catch(task("H", x=a.result.Payload.x)))


def own_result() -> Pipeline:
    a = task("A")
    a.arguments = {"FunctionName": a.result.Payload.x}
    return Pipeline("p").define(a)


def unknown_field() -> Pipeline:
    run = aws.glue.start_job_run.sync("Run", JobName="j")
    return Pipeline("p").define(run >> task("B", x=run.result.JobRunStat))


def unknown_input() -> Pipeline:
    p = Pipeline("p", input=Order)
    return p.define(task("A", d=p.input.dya))


def unknown_input_below() -> Pipeline:
    p = Pipeline("p", input=Order)
    return p.define(task("A", d=p.input.rows.ide))


def inside_a_branch() -> Pipeline:
    a, b = task("A"), task("B")
    return Pipeline("p").define(Parallel("Both", b, a) >> task("C", x=a.result.Payload))


def inside_a_body() -> Pipeline:
    a = task("A")
    return Pipeline("p").define(Map("Each", over=[1], body=a) >> task("C", x=a.result.Payload))


def from_its_own_body() -> Pipeline:
    holder: list[Any] = []
    each = Map("Each", over=[1], body=lambda item: task("A", x=holder[0].result) if holder else task("A"))
    each._head = task("B", x=each.result)
    return Pipeline("p").define(each)


def no_error_yet() -> Pipeline:
    p = Pipeline("p")
    return p.define(task("A") >> task("B", x=p.error.Cause))


def strange_error_field() -> Pipeline:
    p = Pipeline("p")
    return p.define(task("A"), on_error=task("B", x=p.error.Casue))


def of_another_pipeline() -> Pipeline:
    other = Pipeline("other")
    stray = task("Stray")
    return Pipeline("p").define(task("A", x=other.input.day) >> task("B", x=stray.result.Payload))


def item_outside() -> Pipeline:
    kept: list[Any] = []
    each = Map("Each", over=[1], body=lambda item: kept.append(item) or task("A"))
    return Pipeline("p").define(each >> task("B", x=kept[0]))


def no_json() -> Pipeline:
    return Pipeline("p").define(task("A", x={1, 2}))


@pytest.mark.parametrize(
    ("declare", "expected"),
    [
        pytest.param(
            not_on_every_path,
            [("SF270", "on the path A -> C -> D 'B' does not run", ".result.Payload.y.default(...)")],
            id="a path around",
        ),
        pytest.param(
            in_a_handler, [("SF270", "on the path A -> H 'A' fails", "")], id="the handler of the step itself"
        ),
        pytest.param(own_result, [("SF271", "before it has one", "")], id="its own result in its arguments"),
        pytest.param(
            unknown_field,
            [("SF272", "has no field 'JobRunStat'", "did you mean 'JobRunState'?")],
            id="a field the API does not give",
        ),
        pytest.param(
            unknown_input, [("SF273", "'input' has no field 'dya'", "did you mean 'day'?")], id="a field of the input"
        ),
        pytest.param(
            unknown_input_below,
            [("SF273", "'input.rows' has no field 'ide'", "did you mean 'id'?")],
            id="a field of a row",
        ),
        pytest.param(inside_a_branch, [("SF274", "inside a branch of 'Both'", ".result[1]")], id="inside a branch"),
        pytest.param(inside_a_body, [("SF274", "inside the body of 'Each'", "a list")], id="inside a body"),
        pytest.param(from_its_own_body, [("SF271", "stands inside of 'Each'", "")], id="from its own body"),
        pytest.param(no_error_yet, [("SF275", "also runs where nothing failed", "")], id="no error yet"),
        pytest.param(
            strange_error_field,
            [("SF272", "reads 'Casue' of the error", "did you mean 'Cause'?")],
            id="a field of the error",
        ),
        pytest.param(
            of_another_pipeline,
            [("SF276", "the input of pipeline 'other'", ""), ("SF276", "not part of this pipeline", "")],
            id="of another pipeline",
        ),
        pytest.param(item_outside, [("SF276", "exists only in the body", "")], id="an item outside of its body"),
        pytest.param(no_json, [("SF277", "a value that ASL cannot", "")], id="a set"),
    ],
)
def test_wrong_references_are_reported(declare: Any, expected: list[tuple[str, str, str]]) -> None:
    found = findings(declare())
    assert [code for code, _, _ in found] == [code for code, _, _ in expected]
    for (_, message, hint), (_, part, advice) in zip(found, expected, strict=True):
        assert part in message
        assert advice in hint


def test_all_findings_come_at_once() -> None:
    p = Pipeline("p", input={"day": str})
    a, b = task("A", x=p.input.dya), task("B", y=p.error.Error)
    assert [code for code, _, _ in findings(p.define(a >> b))] == ["SF273", "SF275"]


def test_jsonata_binds_values_to_names() -> None:
    a = task("A")
    found = defined(a >> task("B", n=jsonata("$sum($rows.price)", rows=a.result.Payload.rows)))
    assert payload(found["B"]) == {"n": "{% ($rows := $a.Payload.rows; $sum($rows.price)) %}"}


def test_five_thousand_steps_are_lowered_without_recursion() -> None:
    first = last = task("S0")
    for i in range(1, 5000):
        following = task(f"S{i}", x=last.result.Payload.x)
        last >> following
        last = following
    assert len(defined(first)) == 5000


def test_an_output_that_is_a_function_is_given_the_own_result() -> None:
    found = defined(aws.lambda_.invoke("A", FunctionName="f", output=lambda result: {"x": result.Payload.x}))
    assert found["A"]["Output"] == {"x": "{% $states.result.Payload.x %}"}


def test_a_field_that_is_asked_for_may_be_missing_whoever_else_reads_it() -> None:
    look = aws.dynamodb.get_item("Look up", TableName="t", Key={"id": {"S": "1"}})
    status = look.result.Item.status.S
    found = defined(
        look
        >> Choice("Loaded?")
        .when(~fn.exists(status), Succeed("Not yet"))
        .when(status == "LOADED", Succeed("Yes"))
        .otherwise(Fail("No"))
    )
    assert found["Look up"]["Assign"] == {"look_up": {"Item": {"status": "{% {'S': $states.result.Item.status.S} %}"}}}


def test_a_field_of_what_a_map_gives_is_an_array_even_without_items() -> None:
    each = Map("Each", over=[1], body=lambda item: task("Work", item=item))
    found = defined(each >> task("Sum", wrong=fn.sum(each.result.Payload.wrong)))
    assert found["Each"]["Assign"] == {"each_result": {"Payload": {"wrong": "{% [$states.result.Payload.wrong] %}"}}}
