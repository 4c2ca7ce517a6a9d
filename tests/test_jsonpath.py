from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path as File

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfdsl.jsonpath import (
    FUNCTIONS,
    And,
    Call,
    Compare,
    Descent,
    Entry,
    Exists,
    Filter,
    Function,
    Index,
    Indices,
    Literal,
    Name,
    Names,
    Not,
    Or,
    Path,
    Placeholder,
    Regex,
    Root,
    Slice,
    SyntaxProblem,
    TemplateProblem,
    Variable,
    Wildcard,
    calls,
    context_paths,
    data_paths,
    is_reference_path,
    nesting,
    parse,
    problems,
    similar_function,
    template_problems,
    template_strings,
    variables,
)
from tests.conftest import shared

DATA, CONTEXT, ITEM = Root.DATA, Root.CONTEXT, Root.ITEM


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("$", Path(DATA), id="the whole input"),
        pytest.param("$$", Path(CONTEXT), id="the whole context object"),
        pytest.param("$.a.b", Path(DATA, (Name("a"), Name("b"))), id="names"),
        pytest.param("$.a-b", Path(DATA, (Name("a-b"),)), id="a name with a hyphen"),
        pytest.param("$.a:b", Path(DATA, (Name("a:b"),)), id="a name with a colon"),
        pytest.param("$.été", Path(DATA, (Name("été"),)), id="a name beyond ASCII"),
        pytest.param("$['a b'][\"c\"]", Path(DATA, (Name("a b"), Name("c"))), id="quoted names"),
        pytest.param("$['it\\'s']", Path(DATA, (Name("it's"),)), id="an escaped quote"),
        pytest.param("$['a\\\"b']", Path(DATA, (Name('a\\"b'),)), id="a backslash that escapes nothing stays"),
        pytest.param("$.a[0][-1]", Path(DATA, (Name("a"), Index(0), Index(-1))), id="indices"),
        pytest.param("$.[0].x", Path(DATA, (Index(0), Name("x"))), id="a bracket after a dot"),
        pytest.param("$.a[0, 2]", Path(DATA, (Name("a"), Indices((0, 2)))), id="some indices"),
        pytest.param("$['a', 'b']", Path(DATA, (Names(("a", "b")),)), id="some names"),
        pytest.param("$.a[1:5]", Path(DATA, (Name("a"), Slice(1, 5))), id="a slice"),
        pytest.param("$.a[:5]", Path(DATA, (Name("a"), Slice(None, 5))), id="a slice from the start"),
        pytest.param("$.a[-2:]", Path(DATA, (Name("a"), Slice(-2, None))), id="a slice to the end"),
        pytest.param("$.a[*].b", Path(DATA, (Name("a"), Wildcard(), Name("b"))), id="every element"),
        pytest.param("$.*", Path(DATA, (Wildcard(),)), id="every value"),
        pytest.param("$..a", Path(DATA, (Descent(), Name("a"))), id="at any depth"),
        pytest.param("$..['a']", Path(DATA, (Descent(), Name("a"))), id="a bracket at any depth"),
        pytest.param("$.a.length()", Path(DATA, (Name("a"), Function("length"))), id="a path function"),
        pytest.param("$.length", Path(DATA, (Name("length"),)), id="a field named like a function"),
        pytest.param("$$.Map.Item.Value", Path(CONTEXT, (Name("Map"), Name("Item"), Name("Value"))), id="context"),
        pytest.param("$day", Path(Variable("day")), id="a variable"),
        pytest.param("$order_1.rows[0]", Path(Variable("order_1"), (Name("rows"), Index(0))), id="into a variable"),
        pytest.param("$.${Key}", Path(DATA, (Name("${Key}"),)), id="a placeholder as a name"),
        pytest.param("${Path}", Placeholder("${Path}"), id="a placeholder instead of a path"),
        pytest.param(" $.a ", Path(DATA, (Name("a"),)), id="white space around"),
        pytest.param(
            "$.a[?(@.b == 1)]",
            Path(DATA, (Name("a"), Filter(Compare(Path(ITEM, (Name("b"),)), "==", Literal(1))))),
            id="a filter",
        ),
        pytest.param(
            "$[?(@.b==home)].c",
            Path(DATA, (Filter(Compare(Path(ITEM, (Name("b"),)), "==", Literal("home"))), Name("c"))),
            id="a filter with a bare word",
        ),
        pytest.param(
            "$[?(@.a && !(@.b || @ in ['x', 'y']))]",
            Path(
                DATA,
                (
                    Filter(
                        And(
                            (
                                Exists(Path(ITEM, (Name("a"),))),
                                Not(
                                    Or(
                                        (
                                            Exists(Path(ITEM, (Name("b"),))),
                                            Compare(Path(ITEM), "in", Literal(["x", "y"])),
                                        )
                                    )
                                ),
                            )
                        )
                    ),
                ),
            ),
            id="a filter of filters",
        ),
        pytest.param(
            "$[?(@.a =~ /x.*/i)]",
            Path(DATA, (Filter(Compare(Path(ITEM, (Name("a"),)), "=~", Regex("x.*", "i"))),)),
            id="a filter with a regular expression",
        ),
        pytest.param("States.UUID()", Call("States.UUID"), id="a call without arguments"),
        pytest.param(
            "States.Format  ( 'a {} \\'b\\'' , $.x,$$.y , $z.w )",
            Call(
                "States.Format",
                (
                    Literal("a {} 'b'"),
                    Path(DATA, (Name("x"),)),
                    Path(CONTEXT, (Name("y"),)),
                    Path(Variable("z"), (Name("w"),)),
                ),
            ),
            id="a call with white space",
        ),
        pytest.param(
            "States.Array(-1.5, 2, 1e3, true, false, null, ${N})",
            Call(
                "States.Array",
                (
                    Literal(-1.5),
                    Literal(2),
                    Literal(1000.0),
                    Literal(True),
                    Literal(False),
                    Literal(None),
                    Placeholder("${N}"),
                ),
            ),
            id="literals",
        ),
        pytest.param(
            "States.MathAdd(States.ArrayLength($.a), -1)",
            Call("States.MathAdd", (Call("States.ArrayLength", (Path(DATA, (Name("a"),)),)), Literal(-1))),
            id="a nested call",
        ),
    ],
)
def test_what_a_text_says(text, expected):
    assert parse(text) == expected


@pytest.mark.parametrize(
    ("text", "position", "message", "hint"),
    [
        ("", 0, "an empty path", "write $ for the whole input"),
        ("orders", 0, "a path begins with $", "did you mean $.orders?"),
        ("$.a b", 4, "white space inside a path", "put a name with white space into brackets: ['my field']"),
        ("$.a.", 4, "a field name is missing before the end of the text", "write .name, .* or ['name'] after the dot"),
        ("$[a]", 1, "a bracket holds a quoted name, an index, a slice, * or a filter", "write ['a']"),
        ("$['a", 2, "a quoted name is not closed", "add '"),
        ("$.a[0", 3, "a bracket is not closed", "add ]"),
        ("$.a.lenth()", 4, "a path has no function 'lenth'", "did you mean .length()?"),
        ("$.a[?(@.b = 1)]", 10, "a filter compares with ==", "write =="),
        ("$.a[?@.b]", 5, "a filter stands in parentheses", "write [?(@.field == 1)]"),
        ("States.Format", 13, "States.Format is not called", "write States.Format(...)"),
        (
            'States.Format("{}", 1)',
            14,
            "strings of intrinsic functions stand in single quotes",
            "write '...'",
        ),
        (
            "States.Format('a' 'b')",
            18,
            "the arguments of States.Format do not end here",
            "put a comma between arguments",
        ),
        ("States.Array(1", 14, "the arguments of States.Array do not end here", "add )"),
        ("States.Array(a)", 13, "'a' is no argument", "write 'a' for a text, $.a for a field"),
        (
            "{% $states.input %}",
            0,
            "a JSONata expression where a path is expected",
            "write a path such as $.field, or make this a JSONata state",
        ),
    ],
)
def test_what_is_said_of_a_text_that_is_no_path(text, position, message, hint):
    with pytest.raises(SyntaxProblem) as caught:
        parse(text)
    assert (caught.value.position, caught.value.message, caught.value.hint) == (position, message, hint)


@pytest.mark.parametrize(
    "text",
    [
        "$.",
        "$..",
        "$.a..",
        "$[",
        "$[]",
        "$.a[1,]",
        "$['a',]",
        "$.a]",
        "$.a)",
        "$[?()]",
        "$[?(@.a ==)]",
        "$.a[1:2:0]",
        "States.",
        "States.Array(",
        "States.Array(1,)",
        "States.Array(,1)",
        "States.Array('a)",
        "States.Array() x",
        "States.Format('a\\n')",
        "$x..",
        "$.a(1)",
        "x.y",
        "@.a",
        "$[?(@.a =~ /(/)]",
        "$[?(@.a in [1)]",
    ],
)
def test_a_broken_text_is_a_problem_at_a_place_inside_it(text):
    with pytest.raises(SyntaxProblem) as caught:
        parse(text)
    assert 0 <= caught.value.position <= len(text)
    assert caught.value.message


@given(st.text(alphabet="$.[]()'\"*?@=!<>&|,:0ab1 \\{}/-St", max_size=24))
def test_any_text_is_a_node_or_a_problem(text):
    try:
        parse(text)
    except SyntaxProblem as problem:
        assert 0 <= problem.position <= len(text)


def test_the_same_text_gives_the_same_node():
    assert parse("$.a[0].b") is parse("$.a[0].b")


def test_a_call_keeps_its_text_and_where_it_begins():
    inner = calls(parse("States.Array( States.UUID() , 1)"))[1]
    assert (inner.text, inner.position) == ("States.UUID()", 14)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("$", True),
        ("$.a['b'][0]", True),
        ("$$.Execution.Input.items", True),
        ("$rows.list", True),
        ("${Path}", True),
        ("$.a[-1]", False),
        ("$.a[*]", False),
        ("$..a", False),
        ("$.a[0,1]", False),
        ("$['a','b']", False),
        ("$.a[1:]", False),
        ("$.a[?(@.b)]", False),
        ("$.a.length()", False),
        ("States.Array($.a)", False),
    ],
)
def test_reference_paths(text, expected):
    assert is_reference_path(parse(text)) is expected


@pytest.mark.parametrize(
    ("text", "definite"),
    [
        ("$.a", True),
        ("$.a[0]", True),
        ("$['a','b']", True),
        ("$['a','b'].c", False),
        ("$.a[*]", False),
        ("$..a", False),
        ("$.a[1:]", False),
        ("$.a[0,1]", False),
        ("$.a[?(@.b)]", False),
        ("$.a.length()", True),
        ("$.a[-1]", True),
    ],
)
def test_a_path_is_definite_if_it_selects_at_most_one_value(text, definite):
    assert parse(text).definite is definite


def test_what_a_node_reads():
    node = parse("States.Format('{} {} {}', $order.id, $$.Execution.Input['day'], $.rows[?(@.n > $limit)][0].x)")
    assert variables(node) == {"order", "limit"}
    assert context_paths(node) == (("Execution", "Input", "day"),)
    assert data_paths(node) == (("rows",),)


def test_calls_and_how_deep_they_are_nested():
    node = parse("States.Array(States.MathAdd(States.ArrayLength($.a), 1), States.UUID())")
    assert [call.function for call in calls(node)] == [
        "States.Array",
        "States.MathAdd",
        "States.ArrayLength",
        "States.UUID",
    ]
    assert nesting(node) == 3
    assert nesting(parse("$.a")) == 0


def test_there_are_eighteen_functions():
    assert len(FUNCTIONS) == 18


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("States.Fromat('{}', 1)", "there is no intrinsic function States.Fromat", "did you mean States.Format?"),
        ("States.uuid()", "there is no intrinsic function States.uuid", "did you mean States.UUID?"),
        ("ArrayLength($.a)", "there is no intrinsic function ArrayLength", "did you mean States.ArrayLength?"),
        ("States.UUID(1)", "States.UUID takes no arguments, not 1", "write States.UUID()"),
        (
            "States.Format()",
            "States.Format takes 1 or more arguments, not 0",
            "write States.Format(template, value, ...)",
        ),
        (
            "States.MathRandom(1)",
            "States.MathRandom takes 2 to 3 arguments, not 1",
            "write States.MathRandom(start, end, seed)",
        ),
        ("States.ArrayLength('a')", "argument 1 of States.ArrayLength, the array, must be array, not string", ""),
        (
            "States.ArrayLength(States.UUID())",
            "argument 1 of States.ArrayLength, the array, must be array; States.UUID gives string",
            "",
        ),
        (
            "States.Hash('a', 'SHA1')",
            "argument 2 of States.Hash, the algorithm, must be MD5, SHA-1, SHA-256, SHA-384 or SHA-512",
            "",
        ),
        ("States.JsonMerge($.a, $.b, true)", "argument 3 of States.JsonMerge, the deep, must be false", ""),
        ("States.ArrayRange(1, 9, 0)", "argument 3 of States.ArrayRange, the step, must not be 0", ""),
        (
            "States.MathAdd(3000000000, 1)",
            "argument 1 of States.MathAdd, the number, must be at most 2147483647, not 3000000000",
            "",
        ),
        (
            "States.Format('{} {}', $.a)",
            "the template of States.Format has 2 {}, and 1 values to fill in",
            "write one {} per value; a literal brace is \\{ or \\}",
        ),
    ],
)
def test_what_is_wrong_with_a_call(text, message, hint):
    assert [(found.message, found.hint) for found in problems(parse(text))] == [(message, hint)]


@pytest.mark.parametrize(
    "text",
    [
        "States.UUID()",
        "States.Array()",
        "States.Format('\\{\\} {}', 1)",
        "States.MathRandom(1, 9, 3)",
        "$.a",
        "States.Hash($.a, 'SHA-256')",
        "States.JsonMerge($.a, $.b, false)",
        "States.Format($.template, 1, 2)",
        "States.ArrayGetItem(States.StringSplit('a-b', '-'), 0)",
        "States.ArrayLength(States.StringToJson($.text))",
    ],
)
def test_nothing_is_wrong_with_these(text):
    assert problems(parse(text)) == ()


def test_ten_nested_calls_are_fine_and_eleven_are_not():
    nested = "$.a"
    for _ in range(10):
        nested = f"States.Array({nested})"
    assert problems(parse(nested)) == ()
    (found,) = problems(parse(f"States.Array({nested})"))
    assert found.message == "11 nested intrinsic calls; a field may hold 10"


def test_every_function_has_a_name_that_a_typo_leads_to():
    for name in FUNCTIONS:
        assert similar_function(name.lower()) == name
        assert similar_function(name[:-1]) in FUNCTIONS
    assert similar_function("States.Xyzzy") is None


def test_the_entries_of_a_template_in_document_order():
    template = {
        "plain": "$.not.a.path",
        "a": {"x.$": "$.x", "deep": [{"y.$": "States.UUID()"}, "$.z"]},
        "b.$": "$.b",
        "a/b": [{"c~d.$": "$day"}],
        "number.$": 1,
    }
    assert list(template_strings(template, "/Parameters")) == [
        Entry("/Parameters/a/x.$", "x.$", "$.x"),
        Entry("/Parameters/a/deep/0/y.$", "y.$", "States.UUID()"),
        Entry("/Parameters/b.$", "b.$", "$.b"),
        Entry("/Parameters/a~1b/0/c~0d.$", "c~0d.$".replace("~0", "~"), "$day"),
    ]


def test_a_template_with_a_field_twice_or_no_text():
    template = {"x": 1, "x.$": "$.x", "in": [{"y.$": 5}]}
    assert sorted(template_problems(template, "/P"), key=lambda found: found.pointer) == [
        TemplateProblem(
            "/P/in/0/y.$",
            "'y.$' must hold a path or an intrinsic function, in a string",
            "name the field 'y' if this is its value",
        ),
        TemplateProblem("/P/x.$", "'x' and 'x.$' both give the field 'x'", "keep one of the two"),
    ]


def test_a_template_may_be_deep():
    template: object = {"end.$": "$.end"}
    for _ in range(5000):
        template = {"in": template}
    (entry,) = template_strings(template)
    assert entry.text == "$.end"


PATH_FIELDS = (
    "InputPath",
    "OutputPath",
    "ResultPath",
    "ItemsPath",
    "SecondsPath",
    "TimestampPath",
    "ErrorPath",
    "CausePath",
)


def _texts(state: object, template: bool = False) -> Iterator[str]:
    """The texts of a definition that AWS reads as paths; its own payloads beside them are not looked into."""
    if isinstance(state, dict):
        for key, value in state.items():
            if key in PATH_FIELDS and isinstance(value, str) and not template:
                yield value
            elif key in ("Parameters", "ResultSelector", "ItemSelector"):
                yield from (entry.text for entry in template_strings(value))
            elif key not in ("Result", "Arguments", "Output", "Assign"):
                yield from _texts(value, template)
    elif isinstance(state, list):
        for value in state:
            yield from _texts(value, template)


def test_every_path_of_the_recorded_executions_parses():
    executions = shared("aws_recordings/executions.jsonl").read_text().splitlines()
    texts = {text for line in executions for text in _texts(json.loads(line)["definition"])}
    assert len(texts) > 100
    for text in texts:
        assert problems(parse(text)) == ()


def test_every_path_of_the_corpus_parses():
    files: list[File] = sorted(shared("corpus/asl").glob("*.json"))
    texts = {text for file in files for text in _texts(json.loads(file.read_text()))}
    broken = []
    for text in texts:
        try:
            parse(text)
        except SyntaxProblem as problem:
            broken.append((text, problem.message))
    assert len(texts) > 1000
    # A Catch of one workshop holds "ResultPath": "", which AWS refuses.
    assert broken == [("", "an empty path")]
