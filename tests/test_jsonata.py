"""Expressions: Python operators become the JSONata that means the same."""

from __future__ import annotations

import json
from collections.abc import Callable
from enum import Enum
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfdsl import fn
from sfdsl.jsonata import Expression, Reference, Resolved, dotted, jsonata, render, template, uses


class Named(Reference):
    """A reference that renders as `$name.fields`."""

    def __init__(self, name: str) -> None:
        self._name = name


def resolve(reference: Reference, path: tuple[str, ...]) -> Resolved:
    return Resolved(dotted(f"${reference._name}", path), indexable=len(path) < 2)  # type: ignore[attr-defined]


x, y = Named("x"), Named("y")


@pytest.mark.parametrize(
    ("build", "expected"),
    [
        pytest.param(lambda: x.a == 1, "$x.a = 1", id="equal"),
        pytest.param(lambda: x.a != "it's", "$x.a != \"it's\"", id="a text with a quote"),
        pytest.param(lambda: (x.a > 1) & (x.b < 2) | (x.c == y.d), "$x.a > 1 and $x.b < 2 or $x.c = $y.d", id="and binds more than or"),
        pytest.param(lambda: (x.a > 1) & ((x.b < 2) | (x.c == 3)), "$x.a > 1 and ($x.b < 2 or $x.c = 3)", id="parentheses where needed"),
        pytest.param(lambda: ~(x.a == 1), "$not($x.a = 1)", id="not"),
        pytest.param(lambda: (x.a + 1) * 2, "($x.a + 1) * 2", id="a sum as a factor"),
        pytest.param(lambda: x.a - (x.b - 1), "$x.a - ($x.b - 1)", id="minus is left-associative"),
        pytest.param(lambda: 10 / x.a % 3, "10 / $x.a % 3", id="from the right side"),
        pytest.param(lambda: -x.a, "-$x.a", id="a minus"),
        pytest.param(lambda: "a" + x.b + "c", "'a' & $x.b & 'c'", id="plus with a text joins"),
        pytest.param(lambda: x.a[0].b["c d"], "$x.a[0].b.`c d`", id="elements and odd names"),
        pytest.param(lambda: x.a[y.i], "$x.a[$y.i]", id="an index of a later time"),
        pytest.param(lambda: x["and"], "$x.`and`", id="a name that is a word of the language"),
        pytest.param(lambda: x.a.is_in(["p", "q"]), "$x.a in ['p', 'q']", id="one of"),
        pytest.param(lambda: fn.when(x.a, "yes", {"no": y.b}), "$x.a ? 'yes' : {'no': $y.b}", id="a conditional"),
        pytest.param(lambda: fn.when(x.a, 1, 2) + 1, "($x.a ? 1 : 2) + 1", id="a conditional as an operand"),
        pytest.param(lambda: fn.filter(x.rows, lambda row: row.n > y.n), "[$filter($x.rows, function($row) { $row.n > $y.n })]", id="a function"),
        pytest.param(lambda: fn.array(x.a), "[$x.a]", id="an array of one"),
        pytest.param(lambda: fn.concat(x.a, 1, "b"), "$x.a & 1 & 'b'", id="joined"),
        pytest.param(lambda: jsonata("{% $sum($r.n) %}", r=x.rows), "($r := $x.rows; $sum($r.n))", id="JSONata by hand"),
        pytest.param(lambda: jsonata("1 or 2") & x.a, "(1 or 2) and $x.a", id="JSONata by hand as an operand"),
        pytest.param(lambda: f"a{x.b}", "'a' & $x.b", id="an f-string"),
        pytest.param(lambda: f"{x.a + 1}!", "$x.a + 1 & '!'", id="a sum in an f-string"),
        pytest.param(lambda: f"n={x.a + 1}{x.b - 1}", "'n=' & ($x.a + 1) & ($x.b - 1)", id="sums behind a text in an f-string"),
        pytest.param(lambda: fn.string(x.a) + fn.uppercase(x.b), "$string($x.a) & $uppercase($x.b)", id="plus joins what functions give as texts"),
        pytest.param(lambda: x.a.b[0], "($x.a.b)[0]", id="an element of all that a path gives"),
        pytest.param(lambda: x.a[0].b.c[1], "($x.a[0].b.c)[1]", id="an element of all that a path behind an element gives"),
        pytest.param(lambda: fn.filter(x.a, lambda r: r.n)[0].id, "$filter($x.a, function($r) { $r.n })[0].id", id="an element of what a function gives"),
        pytest.param(lambda: fn.filter(x.a, lambda r: r.n).b[0], "($filter($x.a, function($r) { $r.n }).b)[0]", id="an element of the fields that a function gives"),
        pytest.param(lambda: fn.count(fn.filter(x.a, lambda r: r.n)), "$count($filter($x.a, function($r) { $r.n }))", id="a count does not mind one element alone"),
        pytest.param(lambda: fn.sum(fn.map(x.a, lambda r: r.n)), "$sum([$map($x.a, function($r) { $r.n })[]])", id="a sum of nothing needs a list"),
        pytest.param(lambda: fn.array(fn.map(x.a, lambda r: r.n)), "[$map($x.a, function($r) { $r.n })[]]", id="an array of a list is the list"),
        pytest.param(lambda: x.a.default(0) + 1, "($exists($x.a) ? $x.a : 0) + 1", id="a default"),
        pytest.param(lambda: fn.map(x.a, lambda y: y.n + globals()["y"].m), "[$map($x.a, function($y_2) { $y_2.n + $y.m })]", id="a parameter named like a variable"),
        pytest.param(lambda: fn.map(x.a, lambda r: fn.map(r.b, lambda r: r.c)), "[$map($x.a, function($r_2) { [$map($r_2.b, function($r) { $r.c })[]] })[]]", id="a parameter named like one around it"),
        pytest.param(lambda: fn.map(x.a, lambda r, n=y.n: r + n), "[$map($x.a, function($r) { $r + $y.n })]", id="a default of a Python function is no parameter"),
        pytest.param(lambda: fn.map(x.a, fn.uppercase), "[$map($x.a, function($arguments) { $uppercase($arguments) })]", id="a function of JSONata itself"),
        pytest.param(lambda: fn.filter(x.a, lambda r: r == y.n), "[$filter($x.a, function($r) { $r = $y.n })[]]", id="a list of what may be lists"),
        pytest.param(lambda: jsonata("$x.b - $n", x=[1], n=x.a), "function($x, $n) { ($x.b - $n) }([1], $x.a)", id="a name that hides a variable read behind it"),
        pytest.param(lambda: jsonata("$n - $x", n=x.a, x=2), "($n := $x.a; $x := 2; $n - $x)", id="a name that hides a variable read before it"),
        pytest.param(lambda: (x.names, x.label, x.children, x.write, x["default"])[0], "$x.names", id="a field that is named like something of ours"),
    ],
)  # fmt: skip
def test_operators(build: Callable[[], Any], expected: str) -> None:
    assert render(build(), resolve) == expected


def test_a_template_keeps_json_and_marks_expressions() -> None:
    value = {"a": [1, None, x.b], "c": {"d": f"s3://{x.e}/"}, "f": "{% $own %}"}
    assert template(value, resolve) == {
        "a": [1, None, "{% $x.b %}"], "c": {"d": "{% 's3://' & $x.e & '/' %}"}, "f": "{% $own %}"
    }  # fmt: skip


@pytest.mark.parametrize(
    ("misuse", "message"),
    [
        pytest.param(lambda: bool(x.a == 1), "write Choice", id="if"),
        pytest.param(lambda: list(x.a), "write Map", id="for"),
        pytest.param(lambda: len(x.a), "fn.count", id="len"),
        pytest.param(lambda: 1 in x.a, "is_in", id="in"),
        pytest.param(lambda: x.a(), "cannot be called", id="a call"),
        pytest.param(lambda: f"{x.a:>10}", "fn.format_number", id="a format"),
        pytest.param(lambda: x.a[1:2], "fn.filter", id="a slice"),
        pytest.param(lambda: fn.split(x.a), r"takes 2 to 3 arguments, not 1", id="too few arguments"),
        pytest.param(lambda: template({x.a: 1}, resolve), "key", id="a key"),
        pytest.param(lambda: template({f"{x.a}": 1}, resolve), "key", id="a key in an f-string"),
        pytest.param(lambda: template(object(), resolve), "neither JSON nor an expression", id="an object"),
    ],
)
def test_what_python_cannot_do_says_what_to_write(misuse: Callable[[], Any], message: str) -> None:
    with pytest.raises(TypeError, match=message):
        misuse()


def test_uses_say_which_fields_are_read_and_which_may_be_missing() -> None:
    found = list(uses({"a": x.p.q[y.i].r, "b": fn.exists(x.s), "c": x.t.default(3), "d": f"{y.u}"}))
    told = [(use.reference._name, use.path, use.needed, use.guarded, use.asked) for use in found]  # type: ignore[attr-defined]
    assert told == [
        ("x", ("p", "q"), True, False, False),
        ("y", ("i",), False, False, False),
        ("x", ("s",), False, False, True),
        ("x", ("t",), False, True, True),
        ("y", ("u",), False, False, False),
    ]


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        pytest.param(lambda: json.dumps({"a": f"{x.a}"}), "json.dumps cannot write", id="json.dumps"),
        pytest.param(lambda: f"{x.a}"[:2], "was cut or changed", id="a slice of an f-string"),
        pytest.param(lambda: f"{x.a}{x.b}".replace("\ue001", ""), "was cut or changed", id="half a mark"),
    ],
)
def test_a_text_that_was_worked_on_in_python_is_refused(spoil: Callable[[], str], message: str) -> None:
    with pytest.raises(TypeError, match=message):
        template({"text": spoil()}, resolve)


@pytest.mark.parametrize(
    ("build", "message"),
    [
        pytest.param(lambda: jsonata(f"$sum({x.a})"), "give it a name", id="an f-string as JSONata"),
        pytest.param(lambda: jsonata(" "), "an empty text", id="empty JSONata"),
        pytest.param(lambda: x.a[f"{y.b}"], "fn.lookup", id="a name of a later time"),
        pytest.param(lambda: x._private, r"x\['_private'\]", id="an underscore"),
        pytest.param(lambda: fn.concat(), "nothing to join", id="concat of nothing"),
        pytest.param(lambda: render(fn.sum([float("nan")]), resolve), "no number of JSON", id="not a number"),
        pytest.param(lambda: render({"a": b"x"}, resolve), "neither JSON", id="bytes"),
        pytest.param(lambda: template(b"x", resolve), "neither JSON", id="bytes alone"),
    ],
)
def test_what_has_no_meaning_is_refused(build: Callable[[], Any], message: str) -> None:
    with pytest.raises((TypeError, AttributeError), match=message):
        build()


def test_a_sum_of_many_terms_is_no_deep_recursion() -> None:
    total: Any = x.a
    for _ in range(5000):
        total = total + x.a
    assert render(total, resolve) == "$x.a" + " + $x.a" * 5000
    assert len(list(uses(total))) == 5001


def test_an_enumeration_of_texts_is_the_text() -> None:
    class Color(str, Enum):
        RED = "red"

    assert json.dumps(template({"a": Color.RED, "b": fn.string(Color.RED)}, resolve)) == (
        """{"a": "red", "b": "{% $string('red') %}"}"""
    )
    assert type(template(Color.RED, resolve)) is str


numbers = st.integers(-5, 5)


def expressions() -> st.SearchStrategy[Any]:
    """A number, or an expression of numbers, with the Python value that it must have."""
    leaves = numbers.map(lambda n: (jsonata(f"({n})"), n))

    def combine(children: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
        pairs = st.tuples(children, children, st.sampled_from("+-*"))

        def join(of: Any) -> Any:
            (left, a), (right, b), operator = of
            return {"+": (left + right, a + b), "-": (left - right, a - b), "*": (left * right, a * b)}[operator]

        return pairs.map(join)

    return st.recursive(leaves, combine, max_leaves=12)


@given(expressions())
def test_rendered_arithmetic_means_what_python_means(pair: tuple[Expression, int]) -> None:
    import jsonata as judge

    expression, expected = pair
    assert judge.Jsonata(render(expression, resolve)).evaluate(None) == expected


@given(st.text())
def test_a_text_is_the_same_text_in_jsonata(text: str) -> None:
    import jsonata as judge

    if "\ue000" in text or any("\ud800" <= char <= "\udfff" for char in text):
        return
    assert judge.Jsonata(render(text, resolve)).evaluate(None) == text
