"""R2 and R3: the work of a Pass is done by a neighbour."""

from __future__ import annotations

import pytest

from sfdsl.cost.rewrites import Hazard, Reason
from sfdsl.cost.rewrites.fold_pass_back import fold_pass_back
from sfdsl.cost.rewrites.fold_pass_forward import fold_pass_forward
from tests.cost.rewrites.judge import workflow_of
from tests.cost.rewrites.tools import TASK, after, hazards, machine, task

ALL = [{"ErrorEquals": ["States.ALL"], "Next": "Z"}]
RETRY = [{"ErrorEquals": ["States.TaskFailed"]}]


def test_arguments_that_a_pass_prepares_are_made_by_the_task():
    definition = machine(
        "JSONata",
        P={
            "Type": "Pass",
            "Output": {"id": "{% $states.input.order.id %}", "kind": "order"},
            "Assign": {"day": "{% $states.input.day %}"},
        },
        T=task(
            Arguments={
                "id": "{% $states.input.id %}",
                "key": "{% $states.input.kind & '/' & $states.input.id %}",
                "day": "{% $day %}",
            }
        ),
    )
    assert after(fold_pass_forward, definition) == {
        "T": {
            "Type": "Task", "Resource": TASK, "End": True,
            "Arguments": {"id": "{% $states.input.order.id %}", "key": "{% \"order\" & '/' & $states.input.order.id %}", "day": "{% $states.input.day %}"},
            "Assign": {"day": "{% $states.input.day %}"},
        }
    }  # fmt: skip
    (done,) = fold_pass_forward(workflow_of(definition)).evidence
    assert done.because == (Reason.ONLY_WAY_IN, Reason.READS_ARE_REPLACED, Reason.SAME_FAILURES)
    assert (done.removed, done.states, done.transitions_saved) == (("P",), ("T",), 1)


def test_a_task_without_arguments_takes_the_output_whole():
    definition = machine("JSONata", P={"Type": "Pass", "Output": {"n": 1}}, T=task())
    assert after(fold_pass_forward, definition)["T"]["Arguments"] == {"n": 1}
    assert fold_pass_forward(workflow_of(definition)).evidence[0].because[-1] is Reason.CANNOT_MISS


def test_parameters_that_a_pass_prepares_are_made_by_the_task():
    definition = machine(
        P={"Type": "Pass", "Parameters": {"id.$": "$.order.id", "kind": "order", "all.$": "$"}},
        T=task(
            Parameters={
                "key.$": "States.Format('{}/{}', $.kind, $.id)",
                "rest.$": "$.all.rest",
                "in": {"id.$": "$.id"},
                "all.$": "$.all",
            }
        ),
    )
    assert after(fold_pass_forward, definition) == {
        "T": {
            "Type": "Task", "Resource": TASK, "End": True,
            "Parameters": {"key.$": "States.Format('{}/{}', 'order', $.order.id)", "rest.$": "$.rest", "in": {"id.$": "$.order.id"}, "all.$": "$"},
        }
    }  # fmt: skip


def test_a_constant_becomes_the_parameters_of_the_task_behind_it():
    definition = machine(
        P={"Type": "Pass", "Result": {"x": [1, {"y": 2}]}},
        T=task(Catch=[{"ErrorEquals": ["States.ALL"], "Next": "Z"}]),
        Z=task(),
    )
    assert after(fold_pass_forward, definition)["T"]["Parameters"] == {"x": [1, {"y": 2}]}


def test_passes_in_a_row_become_one():
    definition = machine(
        A={"Type": "Pass", "Parameters": {"a.$": "$.x", "b": 1}},
        B={"Type": "Pass", "Result": [7], "ResultPath": "$.c"},
        C={"Type": "Pass", "Parameters": {"a.$": "$.a.z", "c.$": "$.c[0]", "b.$": "$.b"}},
    )
    assert after(fold_pass_forward, definition) == {
        "C": {"Type": "Pass", "Parameters": {"a.$": "$.x.z", "c": 7, "b": 1}, "End": True}
    }
    assert hazards(fold_pass_forward, definition) == {}


def test_a_pass_before_a_choice_hands_its_output_to_every_way_on():
    definition = machine(
        "JSONata",
        P={"Type": "Pass", "Output": {"n": "{% $states.input.n %}"}},
        C={"Type": "Choice", "Choices": [{"Condition": "{% $states.input.n > 2 %}", "Next": "A"}], "Default": "B"},
        A=task(End=True), B=task(End=True),
    )  # fmt: skip
    assert after(fold_pass_forward, definition)["C"] == {
        "Type": "Choice", "Default": "B", "Output": {"n": "{% $states.input.n %}"},
        "Choices": [{"Condition": "{% $states.input.n > 2 %}", "Next": "A", "Output": {"n": "{% $states.input.n %}"}}],
    }  # fmt: skip


def test_a_fail_takes_what_a_pass_prepares():
    definition = machine(
        P={"Type": "Pass", "Parameters": {"e": "Late", "c.$": "$.why"}},
        F={"Type": "Fail", "ErrorPath": "$.e", "CausePath": "$.c"},
    )
    assert after(fold_pass_forward, definition) == {"F": {"Type": "Fail", "Error": "Late", "CausePath": "$.why"}}


def test_a_result_is_shaped_by_the_task_before():
    definition = machine(T=task(), P={"Type": "Pass", "Parameters": {"id.$": "$.Id"}, "Assign": {"n.$": "$.id"}})
    assert after(fold_pass_back, definition) == {
        "T": {"Type": "Task", "Resource": TASK, "ResultSelector": {"id.$": "$.Id"}, "Assign": {"n.$": "$.Id"}, "End": True}
    }  # fmt: skip


def test_a_constant_replaces_the_result_of_the_task_before():
    definition = machine(T=task(ResultPath=None), P={"Type": "Pass", "Result": {"done": True}})
    assert after(fold_pass_back, definition)["T"] == {
        "Type": "Task",
        "Resource": TASK,
        "ResultSelector": {"done": True},
        "End": True,
    }


def test_a_jsonata_result_is_shaped_by_the_task_before_with_the_values_it_assigns():
    definition = machine(
        "JSONata",
        T=task(Assign={"x": "{% $states.result.x %}"}),
        P={"Type": "Pass", "Output": {"x": "{% $x %}", "was": "{% $y %}"}},
    )
    assert after(fold_pass_back, definition)["T"] == {
        "Type": "Task", "Resource": TASK, "End": True, "Assign": {"x": "{% $states.result.x %}"},
        "Output": {"x": "{% $states.result.x %}", "was": "{% $y %}"},
    }  # fmt: skip


def test_a_rule_and_a_catcher_do_the_work_of_the_pass_behind_them():
    definition = machine(
        "JSONata",
        T=task(Catch=[{"ErrorEquals": ["Busy"], "Next": "H"}], Next="C"),
        H={"Type": "Pass", "Output": {"why": "{% $string($states.input) %}"}, "Next": "C"},
        C={
            "Type": "Choice",
            "Choices": [{"Condition": "{% $exists($states.input.why) %}", "Next": "R"}],
            "Default": "Z",
        },
        R={"Type": "Pass", "Assign": {"error": {"Error": "Late"}}, "Next": "Z"},
        Z=task(End=True),
    )
    states = after(fold_pass_back, definition)
    assert list(states) == ["T", "C", "Z"]
    assert states["T"]["Catch"] == [
        {"ErrorEquals": ["Busy"], "Next": "C", "Output": {"why": "{% $string($states.errorOutput) %}"}}
    ]
    assert states["C"]["Choices"] == [
        {"Condition": "{% $exists($states.input.why) %}", "Assign": {"error": {"Error": "Late"}}, "Next": "Z"}
    ]


P = {"Type": "Pass"}


@pytest.mark.parametrize(
    ("language", "pass_", "target", "hazard"),
    [
        pytest.param("JSONata", {"Output": {"id": "{% $uuid() %}"}}, task(), Hazard.IMPURE, id="an identifier"),
        pytest.param("JSONPath", {"Parameters": {"id.$": "States.UUID()"}}, task(), Hazard.IMPURE, id="an identifier, JSONPath"),
        pytest.param("JSONata", {"Output": {"at": "{% $states.context.State.Name %}"}}, task(), Hazard.NAME_OBSERVED, id="its own name"),
        pytest.param("JSONPath", {"Parameters": {"at.$": "$$.State.EnteredTime"}}, task(), Hazard.NAME_OBSERVED, id="the time it was entered"),
        pytest.param("JSONata", {"Output": {"a": 1}}, task(Arguments={"b": "{% $states.input.b %}"}), Hazard.READS_WHAT_IS_NOT_THERE, id="a field that is not there"),
        pytest.param("JSONata", {"Output": {"a": "{% $states.input.x %}"}}, task(Arguments={"n": 1}), Hazard.FAILURE_WOULD_BE_LOST, id="a failure that nothing would show"),
        pytest.param("JSONPath", {"Parameters": {"a.$": "$.x"}}, task(Parameters={"n": 1}), Hazard.FAILURE_WOULD_BE_LOST, id="a failure that nothing would show, JSONPath"),
        pytest.param("JSONata", {"Output": {"a": "{% $states.input.x %}"}}, task(Retry=RETRY), Hazard.FAILURE_WOULD_BE_HANDLED, id="a failure that would be retried"),
        pytest.param("JSONPath", {"Parameters": {"a.$": "$.x"}}, task(Retry=RETRY), Hazard.FAILURE_WOULD_BE_HANDLED, id="a failure that would be retried, JSONPath"),
        pytest.param("JSONata", {"Output": {"a": "{% $states.input.x %}"}}, task(Arguments={"b": "{% {'c': $states.input} %}", "a": "{% $states.input.a %}"}), Hazard.MAY_FIND_NOTHING, id="an undefined field would be left out"),
        pytest.param("JSONPath", {"Parameters": {"a": 1}}, task(ResultPath="$.r"), Hazard.OUTPUT_IS_READ_WHOLE, id="the result goes into the input"),
        pytest.param("JSONPath", {"Result": 1, "ResultPath": "$.a"}, task(Parameters={"a.$": "$.a"}), Hazard.INPUT_MAY_BE_NO_OBJECT, id="an input that may be a text"),
        pytest.param("JSONPath", {"Result": [1]}, task(), Hazard.NO_FIELD_FOR_IT, id="Parameters are an object"),
        pytest.param("JSONPath", {"Parameters": {"a": 1}}, {"Type": "Wait", "Seconds": 1}, Hazard.NO_FIELD_FOR_IT, id="a Wait cannot compute"),
        pytest.param("JSONata", {"Output": {"a": "{% $s('x' %}"}}, task(), Hazard.NOT_UNDERSTOOD, id="a syntax error"),
        pytest.param("JSONata", {"Odd": 1, "Output": {}}, task(), Hazard.UNKNOWN_FIELDS, id="an unknown field"),
        pytest.param("JSONata", {"Assign": {"v": 1}}, {"Type": "Parallel", "Branches": [machine(I=task(Arguments={"v": "{% $v %}"}))]}, Hazard.VARIABLE_READ_INSIDE, id="a branch reads the variable"),
        pytest.param("JSONata", {"Assign": {"v": "{% $states.input %}"}}, task(Assign={"w": "{% $states.result %}"}), Hazard.ASSIGN_MAY_OUTGROW, id="two large variables"),
        pytest.param("JSONata", {"Output": {"a": "{% $join(['" + "x" * 100 + "']) %}"}}, task(Arguments={"a": "{% $states.input.a %}", "b": "{% [" + ", ".join(["$states.input.a"] * 6) + "] %}"}), Hazard.TEXT_WOULD_GROW, id="a long text six times"),
    ],
)  # fmt: skip
def test_a_pass_that_cannot_be_folded_forward_says_why(language, pass_, target, hazard):
    definition = machine(language, T0=task(Catch=ALL), P={**P, **pass_}, T=target, Z={"Type": "Succeed"})
    definition["States"]["T"]["End"] = True
    definition["States"]["T"].pop("Next", None)
    assert hazards(fold_pass_forward, definition)["P"] is hazard


def test_a_pass_stays_where_the_state_behind_it_has_other_ways_in():
    definition = machine(A=task(Catch=[{"ErrorEquals": ["States.ALL"], "Next": "T"}]), P={**P, "Result": {}}, T=task())
    assert hazards(fold_pass_forward, definition) == {"P": Hazard.OTHER_WAYS_IN}


def test_a_pass_stays_where_its_neighbours_are_written_in_the_other_language():
    definition = machine(A=task(QueryLanguage="JSONata"), P={**P, "Result": {}}, T=task(QueryLanguage="JSONata"))
    assert hazards(fold_pass_forward, definition) == {"P": Hazard.OTHER_LANGUAGE}
    assert hazards(fold_pass_back, definition) == {"P": Hazard.OTHER_LANGUAGE}


def test_a_pass_that_ends_the_flow_behind_a_choice_stays():
    choice = {"Type": "Choice", "Choices": [{"Condition": "{% $states.input.a %}", "Next": "P"}], "Default": "T"}
    definition = machine("JSONata", C=choice, P={**P, "Output": 1, "End": True}, T=task())
    assert hazards(fold_pass_back, definition) == {"P": Hazard.NEEDED_TO_END}


def test_an_array_that_is_put_into_an_array_still_lends_it_its_elements():
    definition = machine(
        "JSONata", P={**P, "Output": "{% [1, 2] %}"}, T=task(Arguments={"all": "{% [$states.input, 3] %}"})
    )
    assert after(fold_pass_forward, definition)["T"]["Arguments"] == {"all": "{% [([1, 2]), 3] %}"}


def test_a_position_stays_with_the_step_that_it_stands_behind():
    definition = machine("JSONata", T=task(), P={**P, "Output": {"first": "{% $states.input.rows[0].id %}"}})
    assert after(fold_pass_back, definition)["T"]["Output"] == {"first": "{% $states.result.rows[0].id %}"}


def test_a_result_path_that_may_fail_is_not_lost_with_the_output_that_nobody_takes():
    definition = machine(T=task(), P={**P, "ResultPath": "$.d.x", "OutputPath": None})
    assert hazards(fold_pass_back, definition) == {"P": Hazard.INPUT_MAY_BE_NO_OBJECT}


@pytest.mark.parametrize(
    ("value", "folded"),
    [
        pytest.param([1, 2], None, id="an array, of which no literal can be made"),
        pytest.param(None, Hazard.NOT_UNDERSTOOD, id="null, which AWS refuses as a literal and fails on when it runs"),
        pytest.param("text", Hazard.NOT_UNDERSTOOD, id="a text, which is no array either"),
    ],
)
def test_a_function_gets_no_literal_that_it_cannot_take(value, folded):
    definition = machine(
        P={"Type": "Pass", "Parameters": {"c": value}},
        Q={"Type": "Pass", "Parameters": {"n.$": "States.ArrayLength($.c)"}},
    )
    assert list(after(fold_pass_forward, definition)) == ["P", "Q"]
    expected = Hazard.OUTPUT_IS_READ_WHOLE if folded is None else folded
    assert hazards(fold_pass_forward, definition)["P"] is expected


def each(**fields):
    body = {"ProcessorConfig": {"Mode": "INLINE"}, **machine(B={"Type": "Pass"})}
    return {"Type": "Map", "ItemProcessor": body, **fields}


@pytest.mark.parametrize(
    ("parameters", "fields", "hazard"),
    [
        pytest.param(
            {"d.$": "$.d.y"}, {"ItemsPath": "$.d.z"}, Hazard.OTHER_ERROR, id="a field that may be missing in the Pass"
        ),
        pytest.param({"d.$": "$.d.y"}, {"ItemsPath": "$.d"}, Hazard.OTHER_ERROR, id="the very field"),
        pytest.param(
            {"d.$": "$"},
            {"InputPath": "$.d.a", "ItemsPath": "$.b"},
            Hazard.OTHER_ERROR,
            id="a field that may be missing for InputPath",
        ),
        pytest.param({"d.$": "$"}, {"ItemsPath": "$.d.z"}, None, id="only ItemsPath itself may find nothing"),
    ],
)
def test_a_map_fails_with_the_error_that_the_pass_failed_with(parameters, fields, hazard):
    definition = machine(P={"Type": "Pass", "Parameters": parameters}, M=each(**fields))
    assert hazards(fold_pass_forward, definition).get("P") is hazard
    if hazard is None:
        assert after(fold_pass_forward, definition)["M"]["ItemsPath"] == "$.z"
