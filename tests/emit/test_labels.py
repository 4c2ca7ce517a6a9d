from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfdsl.emit import labels
from sfdsl.model.asl import read_state, read_test
from sfdsl.model.states import Map, Task, Wait


@pytest.mark.parametrize(
    ("test", "text"),
    [
        pytest.param({"Variable": "$.x", "NumericEquals": 3}, "$.x == 3", id="a number"),
        pytest.param({"Variable": "$.x", "StringEquals": "é"}, '$.x == "é"', id="a text"),
        pytest.param({"Variable": "$.x", "BooleanEquals": True}, "$.x == true", id="a boolean"),
        pytest.param({"Variable": "$.x", "NumericLessThanEqualsPath": "$.y"}, "$.x <= $.y", id="another path"),
        pytest.param({"Variable": "$.x", "StringMatches": "a*"}, '$.x matches "a*"', id="a pattern"),
        pytest.param({"Variable": "$.t", "TimestampGreaterThan": "2027Z"}, '$.t > "2027Z"', id="a timestamp"),
        pytest.param({"Variable": "$.x", "IsPresent": True}, "$.x is present", id="present"),
        pytest.param({"Variable": "$.x", "IsNumeric": False}, "$.x is not a number", id="not a number"),
        pytest.param({"Not": {"Variable": "$.x", "IsNull": True}}, "not $.x is null", id="not"),
        pytest.param(
            {"And": [{"Variable": "$.a", "NumericEquals": 1}, {"Or": [
                {"Variable": "$.b", "NumericEquals": 2}, {"Variable": "$.c", "NumericEquals": 3}]}]},
            "$.a == 1 and ($.b == 2 or $.c == 3)", id="or within and",
        ),
        pytest.param({"Condition": "{% $states.input.x = 3 %}"}, "input.x = 3", id="JSONata"),
        pytest.param({"Condition": '{%\n $count($v.rows)\n > 0 and $n = "$x  %"%}'},
                     'count(v.rows) > 0 and n = "$x  %"', id="JSONata with a text"),
        pytest.param({"Condition": "{% $states.context.Execution.Input.day %}"}, "execution input.day", id="the input"),
        pytest.param({"Condition": "{% $states.context.State.RetryCount < 3 and 'x' = '$states.input' %}"},
                     "context.State.RetryCount < 3 and 'x' = '$states.input'", id="the context, and a text like it"),
        pytest.param({"Condition": True}, "true", id="a constant"),
        pytest.param({"Variable": "$.x"}, "$.x", id="no operator"),
    ],
)  # fmt: skip
def test_a_condition_reads_like_a_sentence(test: dict[str, Any], text: str) -> None:
    assert labels.condition(read_test(test)) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0 s"), (45, "45 s"), (1.5, "1.5 s"), (60, "1 min"), (90, "1 min 30 s"), (3600, "1 h"), (5400, "1 h 30 min"),
     (86400, "1 d"), (90061, "1 d 1 h"), (-60, "-60 s"), (float("inf"), "inf s")],
)  # fmt: skip
def test_lengths_of_time(seconds: float, text: str) -> None:
    assert labels.length(seconds) == text


@pytest.mark.parametrize(
    ("resource", "text"),
    [
        ("arn:aws:states:::glue:startJobRun.sync", "glue:startJobRun.sync"),
        ("arn:aws:states:::aws-sdk:s3:getObject", "s3:getObject"),
        ("arn:aws:states:::sqs:sendMessage.waitForTaskToken", "sqs:sendMessage"),
        ("arn:aws:lambda:us-east-1:123456789012:function:load:live", "lambda load:live"),
        ("arn:aws:states:us-east-1:123456789012:activity:approve", "activity approve"),
        ("${LoadFunction.Arn}", "${LoadFunction.Arn}"),
        (None, ""),
    ],
)
def test_what_a_task_calls(resource: str | None, text: str) -> None:
    assert labels.service(resource) == text


@pytest.mark.parametrize(
    ("retry", "text"),
    [
        ([{"ErrorEquals": ["A"]}], "3×"),
        ([{"ErrorEquals": ["A"], "MaxAttempts": 0}], ""),
        ([{"ErrorEquals": ["A"], "MaxAttempts": 5}, {"ErrorEquals": ["B"], "MaxAttempts": 2}], "5× or 2×"),
        ([{"ErrorEquals": ["A"], "MaxAttempts": 2}, {"ErrorEquals": ["B"], "MaxAttempts": 2}], "2×"),
        ([{"ErrorEquals": ["A"], "MaxAttempts": "{% $n %}"}], "n×"),
        ([{"ErrorEquals": ["A"], "MaxAttempts": 10**400}], f"{10**400}×"),
    ],
)
def test_how_often_is_retried(retry: list[dict[str, Any]], text: str) -> None:
    state = read_state("A", {"Type": "Task", "Retry": retry})
    assert isinstance(state, Task)
    assert labels.attempts(state.retry) == text


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"Seconds": 300}, "5 min"),
        ({"Seconds": "{% $delay %}"}, "delay s"),
        ({"SecondsPath": "$.d"}, "$.d s"),
        ({"Timestamp": "2027-01-01T00:00:00Z"}, "until 2027-01-01T00:00:00Z"),
        ({"TimestampPath": "$.due"}, "until $.due"),
        ({}, ""),
    ],
)
def test_how_long_a_wait_holds(fields: dict[str, Any], text: str) -> None:
    state = read_state("W", {"Type": "Wait", **fields})
    assert isinstance(state, Wait)
    assert labels.until(state) == text


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"ItemsPath": "$.files"}, "each of $.files"),
        ({"Items": "{% $list.Contents %}"}, "each of list.Contents"),
        ({"Items": [1, 2, 3]}, "each of 3 items"),
        ({"ItemReader": {"Resource": "arn:aws:states:::s3:listObjectsV2"}}, "each of s3:listObjectsV2"),
        ({}, "each item"),
    ],
)
def test_what_a_map_runs_over(fields: dict[str, Any], text: str) -> None:
    state = read_state("M", {"Type": "Map", **fields})
    assert isinstance(state, Map)
    assert labels.each(state) == text


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("Park in dead letter queue", ("Park in dead letter", "queue")),
        ("CheckCustomerAddressDimensionLoadStatus", ("CheckCustomerAddress", "DimensionLoadStatus")),
        ("x" * 45, ("x" * 20, "x" * 20, "xxxxx")),
        ("one two three four five six seven eight nine ten eleven twelve",
         ("one two three four", "five six seven eight", "nine ten eleven…")),
        ("", ()),
        (" \n ", ()),
    ],
)  # fmt: skip
def test_text_is_broken_where_a_reader_would(text: str, lines: tuple[str, ...]) -> None:
    assert labels.wrap(text, 20, 3) == lines


@given(st.text(), st.integers(4, 40), st.integers(1, 6))
def test_lines_are_short_and_lose_nothing(text: str, width: int, most: int) -> None:
    lines = labels.wrap(text, width, most)
    assert len(lines) <= most
    assert all(len(line) <= width for line in lines)
    if not (lines and lines[-1].endswith("…")):
        assert "".join(lines).replace(" ", "") == "".join(labels.printable(text).split())


def test_a_letter_keeps_its_accents() -> None:
    for line in labels.wrap("e\u0301" * 30, 21, 9):
        assert not line.startswith("\u0301")


@given(st.text(st.characters()))
def test_what_is_printable_can_stand_in_xml(text: str) -> None:
    import xml.dom.minidom

    shown = labels.printable(text).replace("&", "&amp;").replace("<", "&lt;")
    xml.dom.minidom.parseString(f"<a>{shown}</a>".encode())
