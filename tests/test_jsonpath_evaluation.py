from __future__ import annotations

import json
import random
import re
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfdsl.jsonpath import (
    FUNCTIONS,
    IntrinsicFailure,
    PathMismatch,
    PathNotFound,
    evaluate,
    insert,
    parse,
    template,
)
from tests.conftest import shared

DATA = {
    "a": {"b": [10, 20, 30, 40], "c": None, "t": "text"},
    "rows": [{"n": 1, "k": "x"}, {"n": 2, "k": "y", "deep": {"n": 3}}, {"k": "z"}],
    "nested": [[1, 2], [3]],
    "it's": {"a b": 1},
}
CONTEXT = {"Execution": {"Id": "arn:x", "Input": {"day": "2026-11-23"}}}
VARIABLES = {"limit": 1, "order": {"rows": [5, 6]}}


def value(text: str, data: object = DATA) -> object:
    return evaluate(parse(text), data, CONTEXT, VARIABLES)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("$", DATA),
        ("$.a.b", [10, 20, 30, 40]),
        ("$.a.c", None),
        ("$['it\\'s']['a b']", 1),
        ("$.a.b[0]", 10),
        ("$.a.b[-1]", 40),
        ("$.rows[1].deep.n", 3),
        ("$$.Execution.Input.day", "2026-11-23"),
        ("$$", CONTEXT),
        ("$limit", 1),
        ("$order.rows[1]", 6),
        ("$.a['b', 't', 'no']", {"b": [10, 20, 30, 40], "t": "text"}),
        ("$.a.b[1:3]", [20, 30]),
        ("$.a.b[:2]", [10, 20]),
        ("$.a.b[2:]", [30, 40]),
        ("$.a.b[-2:]", [30, 40]),
        ("$.a.b[-3:-1]", [20, 30]),
        ("$.a.b[1:-1]", []),
        ("$.a.b[3:99]", [40]),
        ("$.a.b[0,2,9]", [10, 30]),
        ("$.a.b[*]", [10, 20, 30, 40]),
        ("$.rows[*].n", [1, 2]),
        ("$.rows[*]['k','n']", [{"k": "x", "n": 1}, {"k": "y", "n": 2}, {"k": "z"}]),
        ("$.rows[0]['k','n']", {"k": "x", "n": 1}),
        ("$.rows[0].*", [1, "x"]),
        ("$.nested[*][0]", [1, 3]),
        ("$.nested[*][*]", [1, 2, 3]),
        ("$..n", [1, 2, 3]),
        ("$.rows..n", [1, 2, 3]),
        ("$..deep", [{"n": 3}]),
        ("$..nope", []),
        ("$.rows[?(@.n)].k", ["x", "y"]),
        ("$.rows[?(!@.n)].k", ["z"]),
        ("$.rows[?(@.n > 1)].k", ["y"]),
        ("$.rows[?(@.n >= $limit)].k", ["x", "y"]),
        ("$.rows[?(@.n < $.a.b[0])].k", ["x", "y"]),
        ("$.rows[?(@.k == x)].n", [1]),
        ("$.rows[?(@.k == 'x' || @.k == 'z')].k", ["x", "z"]),
        ("$.rows[?(@.k != 'x' && @.n)].k", ["y"]),
        ("$.rows[?(@.k in ['x', 'y'])].k", ["x", "y"]),
        ("$.rows[?(@.k nin ['x', 'y'])].k", ["z"]),
        ("$.rows[?(@.k =~ /[XY]/i)].k", ["x", "y"]),
        ("$.rows[?(@.deep.n == 3)].k", ["y"]),
        ("$.rows[?(@['k'] == \"z\")].k", ["z"]),
        ("$.nested[?(@ size 1)]", [[3]]),
        ("$.nested[?(@ contains 2)]", [[1, 2]]),
        ("$.nested[?(@ empty false)]", [[1, 2], [3]]),
        ("$.nested[?(@ subsetof [1, 2, 5])]", [[1, 2]]),
        ("$.nested[?(@ anyof [2, 5])]", [[1, 2]]),
        ("$.nested[?(@ noneof [2, 5])]", [[3]]),
        ("$.a.b[?(@ > 15)]", [20, 30, 40]),
        ("$.a[?(@.t)]", [DATA["a"]]),
        ("$..[?(@.n == 3)]", [{"n": 3}]),
        ("$.a.b.length()", 4),
        ("$.a.length()", 3),
        ("$.a.b.sum()", 100.0),
        ("$.a.b.avg()", 25.0),
        ("$.a.b.max()", 40.0),
        ("$.rows[*].n.min()", 1.0),
        ("$.nested[*].length()", 2),
        ("$.rows[0].keys()", ["n", "k"]),
        ("$.a.b.last()", 40),
        ("$.a.b.stddev()", 11.180339887498949),
    ],
)
def test_the_value_of_a_path(text, expected):
    assert value(text) == expected


@pytest.mark.parametrize("text", ["$.no.items[1:5]", "$.no[*]", "$.a.t[*]", "$.a.t[0,1]", "$.a.b.c[*]", "$.no..x"])
def test_an_indefinite_path_that_finds_nothing_gives_an_empty_list(text):
    assert value(text) == []


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("$.no", "No results for path: $['no']"),
        ("$.a.no", "No results for path: $['a']['no']"),
        ("$.no.such.path", "Missing property in path $['no']"),
        ("$.a.b[4]", "No results for path: $['a']['b'][4]"),
        ("$.a.b[-5]", "No results for path: $['a']['b'][-5]"),
        ("$.a.t.x", "Expected to find an object with property ['x'] in path $['a']['t'] but found 'java.lang.String'"),
        ("$.a.c.x", "Expected to find an object with property ['x'] in path $['a']['c'] but found 'null'"),
        (
            "$.a.b.x",
            "Expected to find an object with property ['x'] in path $['a']['b'] but found 'java.util.ArrayList'",
        ),
        ("$.a.t[0]", "Filter: [0] can only be applied to arrays"),
        ("$.a[0]", "Filter: [0] can only be applied to arrays"),
        ("$unset.x", "the variable unset has no value"),
        ("$.a.t.length()", "length() cannot be applied"),
        ("$.nested.sum()", "sum() cannot be applied"),
    ],
)
def test_why_a_definite_path_finds_nothing(text, reason):
    with pytest.raises(PathNotFound) as caught:
        value(text)
    assert caught.value.reason == reason
    assert str(caught.value) == f"Invalid path '{text}' : {reason}"


def test_the_data_may_be_anything():
    assert value("$", None) is None
    with pytest.raises(PathNotFound):
        value("$.a", None)
    with pytest.raises(PathNotFound):
        value("$.a", "text")
    with pytest.raises(PathNotFound):
        value("$.a.b", [1])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("States.Array()", []),
        ("States.Array(1, 'a', null, $.a.t, States.Array())", [1, "a", None, "text", []]),
        ("States.ArrayPartition($.a.b, 3)", [[10, 20, 30], [40]]),
        ("States.ArrayPartition($.a.b, 2.6)", [[10, 20], [30, 40]]),
        ("States.ArrayContains($.a.b, 20)", True),
        ("States.ArrayContains(States.Array(1), true)", False),
        ("States.ArrayContains(States.Array($.rows[0]), $.rows[0])", True),
        ("States.ArrayRange(1, 9, 2)", [1, 3, 5, 7, 9]),
        ("States.ArrayRange(5, 1, -2)", [5, 3, 1]),
        ("States.ArrayRange(5, 1, 1)", []),
        ("States.ArrayRange(3, 3, -1)", [3]),
        ("States.ArrayRange(1.6, 1.4, 1)", [1]),
        ("States.ArrayRange(5.4, -0.6, -2.4)", [5, 3, 1]),
        ("States.ArrayGetItem($.a.b, 1)", 20),
        ("States.ArrayLength($.a.b)", 4),
        ("States.ArrayUnique(States.Array(1, 1, '1', true, 1.0, null, null))", [1, "1", True, 1.0, None]),
        ("States.Base64Encode('naïve')", "bmHDr3Zl"),
        ("States.Base64Decode('bmHDr3Zl')", "naïve"),
        ("States.Hash('input data', 'SHA-1')", "aaff4a450a104cd177d28d18d74485e8cae074b7"),
        ("States.Hash('', 'MD5')", "d41d8cd98f00b204e9800998ecf8427e"),
        ("States.JsonMerge($.rows[0], $.rows[1], false)", {"n": 2, "k": "y", "deep": {"n": 3}}),
        ("States.JsonToString($.rows[0])", '{"n":1,"k":"x"}'),
        ("States.JsonToString('é')", '"é"'),
        ("States.StringToJson(' {\"a\": [1, 2.5]} ')", {"a": [1, 2.5]}),
        ("States.StringToJson('')", None),
        ("States.MathAdd(1, 2)", 3),
        ("States.MathAdd(-1.5, 2.5)", 2),
        ("States.StringSplit('a-b_c--d', '-_')", ["a", "b", "c", "d"]),
        ("States.StringSplit('', ',')", []),
        ("States.StringSplit('abc', '')", ["abc"]),
        ("States.Format('no gaps')", "no gaps"),
        ("States.Format('{}-{}', 1, 'x')", "1-x"),
        ("States.Format('\\{\\} \\'{}\\' \\\\', $.a.c)", "{} 'null' \\"),
        ("States.Format('{}', $.rows[1])", "{n=2, k=y, deep={n=3}}"),
        ("States.Format('{} {} {} {}', 1.0, 12345678.9, 0.0001, true)", "1.0 1.23456789E7 1.0E-4 true"),
        ("States.Format($.a.t)", "text"),
        ("States.Format('{\"x\": {}}', 1)", '{"x": 1}'),
        ("States.MathRandom(4, 5)", 4),
        ("States.ArrayGetItem(States.StringSplit($$.Execution.Id, ':'), 1)", "x"),
    ],
)
def test_the_value_of_a_call(text, expected):
    result = evaluate(parse(text), DATA, CONTEXT, VARIABLES, random.Random(0))
    assert result == expected
    assert json.dumps(result) == json.dumps(expected)  # tells 1, 1.0 and true apart


@pytest.mark.parametrize(
    "text",
    [
        "States.ArrayPartition($.a.b, 0)",
        "States.ArrayPartition($.a.b, 0.6)",
        "States.ArrayPartition($.a.b, -1)",
        "States.ArrayPartition($.a.b, '2')",
        "States.ArrayPartition('x', 2)",
        "States.ArrayPartition($.a.b, null)",
        "States.ArrayContains('x', 'x')",
        "States.ArrayRange(1, 10, 0)",
        "States.ArrayRange(1, 10, 0.49)",
        "States.ArrayRange(1, 1001, 1)",
        "States.ArrayRange(1001, 1, -1)",
        "States.ArrayRange('a', 5, 1)",
        "States.ArrayGetItem($.a.b, 4)",
        "States.ArrayGetItem($.a.b, -1)",
        "States.ArrayLength($.a)",
        "States.ArrayUnique($.a.t)",
        "States.Base64Encode(1)",
        "States.Base64Decode('%%%')",
        "States.Hash('a', 'CRC32')",
        "States.Hash(1, 'MD5')",
        "States.JsonMerge($.a, $.a.t, false)",
        "States.JsonMerge($.a, $.a, true)",
        "States.MathAdd(2147483647, 1)",
        "States.MathAdd('1', 1)",
        "States.MathAdd(true, 1)",
        "States.MathRandom(1, 1)",
        "States.MathRandom(1.4, 1.6)",
        "States.MathRandom(10, 5)",
        "States.MathRandom(1, 10, 'seed')",
        "States.StringSplit($.a.b, ',')",
        "States.StringToJson('{')",
        "States.StringToJson('NaN')",
        "States.StringToJson(1)",
        "States.Format('{} {}', 1)",
        "States.Format('{}', 1, 2)",
        "States.Format($.a.b)",
    ],
)
def test_a_call_that_aws_refuses(text):
    with pytest.raises(IntrinsicFailure) as caught:
        evaluate(parse(text), DATA, CONTEXT, VARIABLES, random.Random(0))
    function = text.split("(")[0]
    assert caught.value.message == f"Invalid arguments in {function}"
    assert caught.value.call == text
    assert caught.value.error == "States.IntrinsicFailure"


def test_the_limits_of_texts():
    for function in ("States.Base64Encode($)", "States.Base64Decode($)", "States.Hash($, 'MD5')"):
        evaluate(parse(function), "a" * 10_000)
        with pytest.raises(IntrinsicFailure, match="10001 characters; the limit is 10000"):
            evaluate(parse(function), "a" * 10_001)
    assert len(evaluate(parse("States.ArrayRange(1, 1000, 1)"), None)) == 1000


def test_a_function_that_does_not_exist_or_is_called_wrongly_fails():
    for text in ("States.Fromat('x')", "States.UUID(1)", "States.MathAdd(1)"):
        with pytest.raises(IntrinsicFailure):
            evaluate(parse(text), DATA)


def test_a_failure_inside_a_call_names_the_inner_call():
    with pytest.raises(IntrinsicFailure) as caught:
        evaluate(parse("States.Array(States.ArrayLength($.t))"), {"t": "x"})
    assert caught.value.call == "States.ArrayLength($.t)"


def test_a_missing_path_inside_a_call_is_a_missing_path():
    with pytest.raises(PathNotFound):
        evaluate(parse("States.Array($.no)"), {})


def test_randomness_is_handed_in():
    node = parse("States.Array(States.UUID(), States.MathRandom(0, 1000))")
    first = evaluate(node, None, randomness=random.Random(7))
    assert first == evaluate(node, None, randomness=random.Random(7))
    assert first != evaluate(node, None, randomness=random.Random(8))
    assert re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", first[0])
    with pytest.raises(ValueError, match=r"States\.UUID needs a source of randomness"):
        evaluate(parse("States.UUID()"), None)
    seeded = parse("States.MathRandom(0, 1000, 3)")
    assert evaluate(seeded, None) == evaluate(seeded, None)


def test_a_placeholder_has_no_value():
    with pytest.raises(ValueError, match="before a template fills it in"):
        evaluate(parse("${Path}"), {})


ARGUMENTS = st.sampled_from(
    [
        "$.a.b",
        "$.a",
        "$.a.t",
        "$.a.c",
        "$",
        "1",
        "-2.5",
        "'x'",
        "'{}'",
        "true",
        "false",
        "null",
        "States.Array(1)",
        "$limit",
    ]
)


@given(st.sampled_from(sorted(FUNCTIONS)), st.lists(ARGUMENTS, max_size=4))
def test_any_call_gives_json_or_fails_as_aws_does(function, arguments):
    node = parse(f"{function}({', '.join(arguments)})")
    try:
        result = evaluate(node, DATA, CONTEXT, VARIABLES, random.Random(1))
    except IntrinsicFailure:
        return
    json.dumps(result, allow_nan=False)


def test_a_template_is_filled():
    fill = template({"a.$": "$.x", "b": {"c.$": "States.Format('{}', $day)"}, "d": ["$.x", {"e.$": "$$.Name"}], "f": 1})
    expected = {"a": 1, "b": {"c": "mon"}, "d": ["$.x", {"e": "n"}], "f": 1}
    assert fill({"x": 1}, {"Name": "n"}, {"day": "mon"}, None) == expected


@pytest.mark.parametrize(
    ("path", "data", "expected"),
    [
        ("$", {"a": 1}, "new"),
        ("$.b", {"a": 1}, {"a": 1, "b": "new"}),
        ("$.a", {"a": 1}, {"a": "new"}),
        ("$.a.b.c", {}, {"a": {"b": {"c": "new"}}}),
        ("$.a.b", {"a": {"c": 1}}, {"a": {"c": 1, "b": "new"}}),
        ("$.a[1]", {"a": [1, 2]}, {"a": [1, "new"]}),
        ("$.a[0].b", {"a": [{}]}, {"a": [{"b": "new"}]}),
    ],
)
def test_a_value_is_put_at_a_reference_path(path, data, expected):
    before = json.dumps(data)
    assert insert(parse(path), data, "new") == expected
    assert json.dumps(data) == before


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("$.a.b", {"a": 1}),
        ("$.a", [1]),
        ("$.a", "text"),
        ("$.a[2]", {"a": [1, 2]}),
        ("$.a[0]", {}),
        ("$.a.b", {"a": None}),
    ],
)
def test_a_value_that_cannot_be_put_there(path, data):
    with pytest.raises(PathMismatch) as caught:
        insert(parse(path), data, "new")
    assert caught.value.error == "States.ResultPathMatchFailure"


# -- what AWS recorded -------------------------------------------------------------------------------------------------

PASS_FIELDS = {
    "Type",
    "Comment",
    "Next",
    "End",
    "InputPath",
    "OutputPath",
    "Parameters",
    "Result",
    "ResultPath",
    "Assign",
}


def _run(definition: dict, input_: object) -> object:
    """A machine of Pass states, as facts about JSONPath processing order have it."""
    execution = {"Id": "<id>", "Name": "<name>", "Input": input_}
    context = {"Execution": execution, "StateMachine": {"Id": "<machine>", "Name": "<machine name>"}}
    variables: dict[str, object] = {}
    data, name = input_, definition["StartAt"]
    while True:
        state = definition["States"][name]
        effective = _path(state.get("InputPath", "$"), data, context, variables)
        if "Parameters" in state:
            effective = template(state["Parameters"])(effective, context, variables, None)
        result = state.get("Result", effective)
        assigned = template(state.get("Assign", {}))(result, context, variables, None)
        output = data
        if state.get("ResultPath", "$") is not None:
            output = insert(parse(state.get("ResultPath", "$")), data, result)
        data = _path(state.get("OutputPath", "$"), output, context, variables)
        variables = {**variables, **assigned}
        if state.get("End"):
            return data
        name = state["Next"]


def _path(text: str | None, data: object, context: object, variables: dict[str, object]) -> object:
    return {} if text is None else evaluate(parse(text), data, context, variables)


def _replayable() -> list[dict]:
    records = map(json.loads, shared("aws_recordings/executions.jsonl").read_text().splitlines())
    return [
        record
        for record in records
        if record["aws_validated"]
        and record["comparable"]
        and record["query_language"] == "JSONPath"
        and record["error"] != "States.DataLimitExceeded"  # a quota of executions, which no path knows about
        and all(set(state) <= PASS_FIELDS for state in record["definition"]["States"].values())
        and all(state["Type"] == "Pass" for state in record["definition"]["States"].values())
    ]


def test_recorded_executions_of_pass_states_give_what_aws_gave():
    records = _replayable()
    with_calls = [record for record in records if any(f.startswith("Intrinsic:") for f in record["features"])]
    assert len(records) >= 100
    assert len(with_calls) >= 80
    for record in records:
        assert record["status"] == "SUCCEEDED", record["id"]
        given = _run(record["definition"], record["input"])
        assert json.dumps(given, sort_keys=True) == json.dumps(record["output"], sort_keys=True), record["id"]


def test_recorded_failures_that_a_call_words():
    records = map(json.loads, shared("aws_recordings/executions.jsonl").read_text().splitlines())
    (record,) = [record for record in records if record["id"].endswith("test_state_fail_intrinsic#0")]
    (state,) = record["definition"]["States"].values()
    assert evaluate(parse(state["ErrorPath"]), record["input"]) == record["error"]
    assert evaluate(parse(state["CausePath"]), record["input"]) == record["cause"]


def test_recorded_causes_of_missing_paths():
    records = map(json.loads, shared("aws_recordings/executions.jsonl").read_text().splitlines())
    causes = [record["cause"] for record in records if "Invalid path '" in (record["cause"] or "")]
    assert len(causes) >= 2
    for cause in causes:
        said = cause[cause.index("Invalid path '") :]
        text = said.split("'")[1]
        with pytest.raises(PathNotFound) as caught:
            evaluate(parse(text), {"int-literal": 0})
        assert str(caught.value) == said


def test_a_simple_path_is_read_in_a_fraction_of_a_microsecond():
    program = (
        "import timeit; from sfdsl.jsonpath import parse\n"
        "read = parse('$.a.b').read; data = {'a': {'b': 1}}\n"
        "print(min(timeit.repeat(lambda: read(data, None, None), number=20000, repeat=5)) / 20000)\n"
    )
    ran = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    # About 0.15 microseconds; the margin is for slow and busy machines.
    assert float(ran.stdout) < 3e-6
