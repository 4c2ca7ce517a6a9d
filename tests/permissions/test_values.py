"""What the arguments of a call tell, in both query languages."""

from __future__ import annotations

from typing import Any

import pytest

from tests.permissions.helpers import STATES, lines, machine, permissions, task

PREFIX = "lambda:InvokeFunction on ~lambda:function:"


def called(value: str) -> list[str]:
    return lines(permissions(task("lambda:invoke", {"FunctionName": value})))


@pytest.mark.parametrize(
    ("text", "name"),
    [
        pytest.param("{% 'orders' %}", "orders", id="a constant"),
        pytest.param("{% 'orders-' & $states.input.x %}", "orders-*", id="a beginning"),
        pytest.param("{% $states.input.x & '-orders' %}", "*-orders", id="an end"),
        pytest.param("{% 'a-' & $x & '-b-' & $y & '-c' %}", "a-*-b-*-c", id="gaps in between"),
        pytest.param("{% ('orders-' & $states.input.x) %}", "orders-*", id="parentheses"),
        pytest.param("{% 'orders-' & $string($states.input.n) %}", "orders-*", id="a number as text"),
        pytest.param("{% 'v' & 7 %}", "v7", id="a literal number"),
        pytest.param("{% $a ? 'x' : 'y' %}", "x, ~lambda:function:y", id="one of two"),
        pytest.param(
            "{% $a ? 'x' : $b ? 'y-' & $c : 'z' %}", "x, ~lambda:function:y-*, ~lambda:function:z", id="three"
        ),
        pytest.param("{% $uppercase('orders') %}", "*", id="a function that nobody computes"),
        pytest.param("{% $map([1], function($x){'a'})[0] %}", "*", id="beyond the quick way"),
        pytest.param("{% ${", "*", id="half an expression tells nothing"),
        pytest.param("{% 'orders:' & $states.input.v %}", "orders:*", id="a version"),
        pytest.param("{% $states.context.StateMachine.Name %}", "orders-etl", id="the machine's own name"),
        pytest.param("a*b?", "a${*}b${?}", id="what would be a wildcard is written as itself"),
    ],
)
def test_jsonata(text: str, name: str) -> None:
    assert called(text) == [PREFIX + name]


@pytest.mark.parametrize(
    ("parameters", "name"),
    [
        pytest.param({"FunctionName": "orders"}, "orders", id="a constant"),
        pytest.param({"FunctionName.$": "$.f"}, "*", id="a path"),
        pytest.param({"FunctionName.$": "States.Format('orders-{}-{}', $.a, 'eu')"}, "orders-*-eu", id="Format"),
        pytest.param({"FunctionName.$": r"States.Format('a\{{}\}', $.a)"}, "a{*}", id="escaped braces"),
        pytest.param({"FunctionName.$": "$$.StateMachine.Name"}, "orders-etl", id="the context object"),
        pytest.param({"FunctionName.$": "States.UUID()"}, "*", id="a function that nobody computes"),
        pytest.param({"FunctionName.$": "not a path"}, "*", id="what cannot be read"),
    ],
)
def test_jsonpath(parameters: dict[str, Any], name: str) -> None:
    state = {"Type": "Task", "Resource": f"{STATES}lambda:invoke", "Parameters": parameters, "End": True}
    assert lines(permissions(state)) == [PREFIX + name]


def test_without_parameters_the_input_stands_for_them() -> None:
    assert lines(permissions({"Type": "Task", "Resource": f"{STATES}lambda:invoke", "End": True})) == [PREFIX + "*"]


def test_arguments_can_be_an_expression_as_a_whole() -> None:
    arguments = "{% {'FunctionName': 'orders-' & $states.input.x, 'Payload': {}} %}"
    assert lines(permissions(task("lambda:invoke", arguments))) == [PREFIX + "orders-*"]


def assigned(assign: Any, name: str, **more: Any) -> list[str]:
    first = {"Type": "Pass", "Assign": assign, "Next": "B", **more}
    return lines(permissions({"A": first, "B": task("lambda:invoke", {"FunctionName": name})}))


@pytest.mark.parametrize(
    ("assign", "name", "expected"),
    [
        pytest.param({"f": "orders"}, "{% $f %}", "orders", id="a constant"),
        pytest.param({"f": {"name": "orders"}}, "{% $f.name %}", "orders", id="a part of one"),
        pytest.param({"f": "{% 'orders-' & $states.input.x %}"}, "{% $f & '-v1' %}", "orders-*-v1", id="a beginning"),
        pytest.param({"f": "{% $states.input.x %}"}, "{% $f %}", "*", id="known at run time"),
        pytest.param("{% $states.input %}", "{% $f %}", "*", id="an Assign that can assign anything"),
        pytest.param({"g": "orders"}, "{% $f %}", "*", id="never assigned"),
        pytest.param({"f": "{% $f %}"}, "{% $f %}", "*", id="itself"),
    ],
)
def test_a_variable_is_what_some_state_assigned(assign: Any, name: str, expected: str) -> None:
    assert assigned(assign, name) == [PREFIX + expected]


def test_a_variable_can_be_what_any_state_assigned() -> None:
    states = {
        "A": {"Type": "Pass", "Assign": {"f": "small"}, "Next": "B"},
        "B": {"Type": "Pass", "Assign": {"f": "big"}, "Next": "C"},
        "C": task("lambda:invoke", {"FunctionName": "{% $f %}"}),
    }
    assert lines(permissions(states)) == [PREFIX + "big, ~lambda:function:small"]


def test_a_jsonpath_variable_is_read_by_jsonata_and_the_other_way_round() -> None:
    states = {
        "A": {
            "Type": "Pass",
            "QueryLanguage": "JSONPath",
            "Assign": {"f.$": "States.Format('f-{}', $.x)"},
            "Next": "B",
        },
        "B": task("lambda:invoke", {"FunctionName": "{% $f %}"}),
    }
    assert lines(permissions(states)) == [PREFIX + "f-*"]


def test_a_definition_of_many_choices_is_not_multiplied_out() -> None:
    many = " & ".join("($a ? 'x' : 'y')" for _ in range(12))
    resources = permissions(task("lambda:invoke", {"FunctionName": "{% " + many + " %}"})).statements[0].resources
    assert len(resources) <= 16
    assert all("function:*" in text for text in resources)


def test_every_state_of_every_scope_counts() -> None:
    def call(name: str) -> dict[str, Any]:
        return {"StartAt": name, "States": {name: task("lambda:invoke", {"FunctionName": name.lower()})}}

    states = {
        "Both": {"Type": "Parallel", "Branches": [call("A"), call("B")], "Next": "Each"},
        "Each": {"Type": "Map", "ItemProcessor": call("C"), "End": True},
    }
    assert lines(permissions(states)) == [PREFIX + name for name in ("a", "b", "c")]


def test_the_placeholders_of_a_definition_can_be_given_values() -> None:
    from sfdsl.permissions import Surroundings

    around = Surroundings(substitutions={"Call": "arn:aws:states:::dynamodb:getItem", "Table": "orders"})
    found = permissions(task("${Call}", {"TableName": "${Table}"}), around=around)
    assert lines(found) == ["dynamodb:GetItem on ~dynamodb:table/orders"]


def test_capitals_of_an_argument_do_not_count() -> None:
    found = permissions(task("aws-sdk:rds:startDBInstance", {"DBInstanceIdentifier": "orders"}))
    assert lines(found) == ["rds:StartDBInstance on ~rds:db:orders"]


def test_a_machine_reads_the_same_twice() -> None:
    states = {"A": task("lambda:invoke", {"FunctionName": "{% $a ? 'x' : 'y' %}"})}
    assert permissions(states) == permissions(machine(states)["States"])
