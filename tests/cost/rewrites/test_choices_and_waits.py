"""R4, R5, R7 and R29: Choices, Waits, and what is never used."""

from __future__ import annotations

import pytest

from sfdsl.cost.rewrites import Hazard, Reason
from sfdsl.cost.rewrites.decide_choice import decide_choice
from sfdsl.cost.rewrites.drop_unused import drop_unused
from sfdsl.cost.rewrites.merge_choices import merge_choices
from sfdsl.cost.rewrites.merge_waits import merge_waits
from tests.cost.rewrites.judge import workflow_of
from tests.cost.rewrites.tools import TASK, after, hazards, machine, task


def choice(*rules, default=None, **fields):
    made = {"Type": "Choice", "Choices": [{**test, "Next": to} for test, to in rules], **fields}
    return {**made, "Default": default} if default else made


def present(name):
    return {"Variable": f"$.{name}", "IsPresent": True}


def when(expression):
    return {"Condition": f"{{% {expression} %}}"}


END = task(End=True)
A, B, C = present("a"), present("b"), present("c")
X, Y = {"Variable": "$.x", "NumericEquals": 1}, {"Variable": "$.y", "NumericEquals": 1}


def reasons(each, definition):
    return {reason for done in each(workflow_of(definition)).evidence for reason in done.because}


# -- R5 ---------------------------------------------------------------------------------------------------------------


def test_a_constant_choice_goes():
    definition = machine(
        "JSONata",
        T=task(),
        C=choice((when("1 > 2"), "Y"), (when("true"), "Z"), (when("$states.input.a"), "Y")),
        Y=END,
        Z=END,
    )
    assert after(decide_choice, definition) == {
        "T": {"Type": "Task", "Resource": TASK, "Next": "Z"},
        "Y": END,
        "Z": END,
    }
    assert reasons(decide_choice, definition) == {Reason.ALWAYS_THE_SAME_WAY}


def test_a_constant_choice_that_sets_variables_becomes_a_pass():
    definition = machine(
        "JSONata", C=choice((when("false"), "Z"), default="Y", Assign={"v": 1}, Comment="why"), Y=END, Z=END
    )
    assert after(decide_choice, definition)["C"] == {"Type": "Pass", "Comment": "why", "Assign": {"v": 1}, "Next": "Y"}


def test_a_rule_that_was_tried_before_goes():
    definition = machine(C=choice((A, "Y"), (B, "Z"), (A, "Z"), default="Y"), Y=END, Z=END)
    assert after(decide_choice, definition)["C"] == choice((A, "Y"), (B, "Z"), default="Y")
    assert reasons(decide_choice, definition) == {Reason.ALREADY_TESTED}


def test_a_choice_between_the_same_ways_goes_where_its_tests_cannot_fail():
    assert after(decide_choice, machine(T=task(), C=choice((A, "Y"), default="Y"), Y=END))["T"]["Next"] == "Y"
    assert reasons(decide_choice, machine(T=task(), C=choice((A, "Y"), default="Y"), Y=END)) == {Reason.NO_DIFFERENCE}
    before = workflow_of(machine(T=task(), C=choice((X, "Y"), default="Y"), Y=END))
    assert decide_choice(before).workflow is before


def test_a_test_that_the_choice_before_made_is_not_made_again():
    definition = machine(
        F=choice((A, "S"), (B, "Y"), default="Y"), S=choice((A, "Y"), (B, "Z"), default="Z"), Y=END, Z=END
    )
    assert after(decide_choice, definition)["F"]["Choices"][0]["Next"] == "Y"
    definition = machine(F=choice((A, "Y"), default="S"), S=choice((A, "Y"), (B, "Z"), default="Y"), Y=END, Z=END)
    assert after(decide_choice, definition)["S"] == choice((B, "Z"), default="Y")


@pytest.mark.parametrize(
    "definition",
    [
        pytest.param(machine("JSONata", C=choice((when("$random() < 1"), "Y"), (when("$random() < 1"), "Z"), default="Y"), Y=END, Z=END), id="chance"),
        pytest.param(machine("JSONata", C=choice((when("3"), "Y"), default="Z"), Y=END, Z=END), id="a constant that is no boolean fails"),
        pytest.param(machine(F=choice((A, "S"), default="Y"), S=choice((A, "Y"), default="Z", OutputPath="$.b"), Y=END, Z=END), id="other data"),
        pytest.param(machine(F=choice((X, "S"), default="S"), S=choice((X, "Y"), default="Z"), Y=END, Z=END), id="both ways lead there"),
    ],
)  # fmt: skip
def test_a_choice_whose_outcome_is_open_stays(definition):
    before = workflow_of(definition)
    assert decide_choice(before).workflow is before


def test_a_choice_that_always_fails_stays():
    definition = machine("JSONata", C=choice((when("false"), "Y")), Y=END)
    assert hazards(decide_choice, definition) == {"C": Hazard.NO_DEFAULT}
    assert hazards(decide_choice, machine("JSONata", C=choice((when("true"), "Y"), Odd=1), Y=END)) == {
        "C": Hazard.UNKNOWN_FIELDS
    }


# -- R4 ---------------------------------------------------------------------------------------------------------------


def test_two_choices_become_one_with_their_tests_in_order():
    definition = machine(
        F=choice((X, "S"), (A, "Y"), default="Z"),
        S=choice((Y, "Y"), ({"And": [B, C]}, "Z"), default="W"),
        Y=END,
        Z=END,
        W=END,
    )
    assert after(merge_choices, definition)["F"]["Choices"] == [
        {"And": [X, Y], "Next": "Y"}, {"And": [X, B, C], "Next": "Z"}, {**X, "Next": "W"}, {**A, "Next": "Y"},
    ]  # fmt: skip
    assert reasons(merge_choices, definition) == {Reason.ONLY_WAY_IN, Reason.TESTED_TOGETHER}


def test_the_rules_of_a_choice_behind_the_default_are_added_to_the_first():
    definition = machine(F=choice((A, "Y"), default="S"), S=choice((B, "Z"), default="W"), Y=END, Z=END, W=END)
    assert after(merge_choices, definition)["F"] == choice((A, "Y"), (B, "Z"), default="W")


def test_a_second_jsonata_test_is_tried_only_where_the_first_is_true():
    definition = machine(
        "JSONata",
        F=choice((when("$states.input.go"), "S"), default="Z"),
        S=choice((when("$states.input.n > 1"), "Y"), default="W", Assign={"v": 1}),
        Y=END,
        Z=END,
        W=END,
    )
    assert after(merge_choices, definition)["F"]["Choices"] == [
        {**when("(($states.input.go) = true) ? ($states.input.n > 1) : false"), "Next": "Y"},
        {**when("$states.input.go"), "Assign": {"v": 1}, "Next": "W"},
    ]


def test_outputs_on_the_way_reach_the_second_test():
    first = choice(({**when("$exists($states.input.a)"), "Output": {"n": "{% $states.input.a %}"}}, "S"), default="Z")
    definition = machine(
        "JSONata", F=first, S=choice((when("$states.input.n > 1"), "Y"), default="W"), Y=END, Z=END, W=END
    )
    output = {"n": "{% $states.input.a %}"}
    assert after(merge_choices, definition)["F"]["Choices"] == [
        {**when("($exists($states.input.a)) ? ($states.input.a > 1) : false"), "Output": output, "Next": "Y"},
        {**when("$exists($states.input.a)"), "Output": output, "Next": "W"},
    ]


@pytest.mark.parametrize(
    ("definition", "hazard"),
    [
        pytest.param(machine(T=task(Catch=[{"ErrorEquals": ["States.ALL"], "Next": "S"}]), F=choice((A, "S"), default="Z"), S=choice((B, "Z"), default="Z"), Z=END), Hazard.OTHER_WAYS_IN, id="another way in"),
        pytest.param(machine(F=choice((A, "S"), default="Z"), S=choice((B, "Z")), Z=END), Hazard.NO_DEFAULT, id="no default"),
        pytest.param(machine(F=choice((A, "S"), default="Z"), S=choice((B, "Z"), default="Z", OutputPath="$.x"), Z=END), Hazard.NO_FIELD_FOR_IT, id="an output path"),
        pytest.param(machine(F=choice(({**A, "Assign": {"v.$": "$.a"}}, "S"), default="Z"), S=choice(({"Variable": "$v", "IsNull": True}, "Z"), default="Z"), Z=END), Hazard.VARIABLE_TESTED, id="a variable set on the way"),
        pytest.param(machine(F=choice((A, "S"), default="Z"), S=choice((X, "Z"), default="Z", Odd=1), Z=END), Hazard.UNKNOWN_FIELDS, id="an unknown field"),
        pytest.param(machine("JSONata", F=choice((when("$states.input.a"), "S"), default="Z"), S=choice((when("$states.context.State.Name = 'S'"), "Z"), default="Z"), Z=END), Hazard.NAME_OBSERVED, id="the name of the second"),
        pytest.param(machine("JSONata", F=choice((when("$random() > 0.5"), "S"), default="Z"), S=choice((when("$states.input.a"), "Z"), default="Z"), Z=END), Hazard.IMPURE, id="chance"),
        pytest.param(machine(F=choice(*[(A, "S")] * 5, default="Z"), S=choice(*[(B, "Z")] * 9, default="Z"), Z=END), Hazard.RULES_WOULD_GROW, id="too many rules"),
    ],
)  # fmt: skip
def test_choices_that_cannot_be_merged_say_why(definition, hazard):
    assert hazards(merge_choices, definition)["S"] is hazard


# -- R7 ---------------------------------------------------------------------------------------------------------------


def test_seconds_add_up_and_the_later_moment_counts():
    definition = machine(
        A={"Type": "Wait", "Seconds": 5},
        B={"Type": "Wait", "Seconds": 7},
        C={"Type": "Wait", "Timestamp": "2026-01-02T00:00:00Z"},
        D={"Type": "Wait", "Timestamp": "2026-01-01T00:00:00Z"},
    )
    assert after(merge_waits, definition) == {
        "A": {"Type": "Wait", "Seconds": 12, "Next": "C"}, "C": {"Type": "Wait", "Timestamp": "2026-01-02T00:00:00Z", "End": True},
    }  # fmt: skip
    assert hazards(merge_waits, definition) == {"A": Hazard.WAIT_MAY_FAIL}
    assert reasons(merge_waits, definition) == {Reason.ONLY_WAY_IN, Reason.WAITS_AS_LONG}


def test_a_wait_of_no_seconds_goes():
    definition = machine("JSONata", T=task(), W={"Type": "Wait", "Seconds": "{% 1 - 1 %}"})
    assert after(merge_waits, definition) == {"T": {"Type": "Task", "Resource": TASK, "End": True}}


def test_a_wait_of_no_seconds_stays_for_a_catch_and_goes_for_the_rest():
    definition = machine(T=task(Catch=[{"ErrorEquals": ["States.ALL"], "Next": "W"}]), W={"Type": "Wait", "Seconds": 0})
    made = merge_waits(workflow_of(definition))
    assert after(merge_waits, definition)["T"].get("End") is True
    assert [(done.removed, done.states) for done in made.evidence] == [((), ("W", "T"))]


@pytest.mark.parametrize(
    ("definition", "state", "hazard"),
    [
        pytest.param(machine(A={"Type": "Wait", "Seconds": 5}, B={"Type": "Wait", "SecondsPath": "$.s"}), "A", Hazard.WAIT_MAY_FAIL, id="a computed time"),
        pytest.param(machine(A={"Type": "Wait", "Seconds": 99_999_999}, B={"Type": "Wait", "Seconds": 1}), "A", Hazard.WAIT_MAY_FAIL, id="too long for one"),
        pytest.param(machine(A={"Type": "Wait", "Seconds": 5, "OutputPath": "$.a"}, B={"Type": "Wait", "Seconds": 5}), "A", Hazard.OUTPUT_IS_READ_WHOLE, id="an output of its own"),
        pytest.param(machine(T=task(Catch=[{"ErrorEquals": ["States.ALL"], "Next": "B"}]), A={"Type": "Wait", "Seconds": 5}, B={"Type": "Wait", "Seconds": 5}), "A", Hazard.OTHER_WAYS_IN, id="another way in"),
        pytest.param(machine(A={"Type": "Wait", "Seconds": 0, "Next": "A"}), "A", Hazard.ENDLESS_LOOP, id="a loop of itself"),
        pytest.param(machine(A={"Type": "Wait", "Seconds": 0, "Odd": 1}), "A", Hazard.UNKNOWN_FIELDS, id="an unknown field"),
    ],
)  # fmt: skip
def test_waits_that_cannot_be_merged_say_why(definition, state, hazard):
    assert hazards(merge_waits, definition)[state] is hazard


# -- R29 --------------------------------------------------------------------------------------------------------------


def test_what_is_never_used_goes():
    definition = machine(
        "JSONata",
        A=task(Assign={"x": 1, "y": "{% $states.result %}", "z": "{% $states.result.z %}"}, End=True),
        B=task(Next="A"),
    )
    assert after(drop_unused, definition) == {
        "A": {"Type": "Task", "Resource": TASK, "Assign": {"z": "{% $states.result.z %}"}, "End": True}
    }
    assert reasons(drop_unused, definition) == {Reason.NEVER_ENTERED, Reason.NEVER_READ}


def test_a_variable_that_a_nested_flow_reads_stays():
    inside = machine(I=task(Arguments={"v": "{% $x %}"}))
    before = workflow_of(
        machine("JSONata", A=task(Assign={"x": 1}), M={"Type": "Map", "Items": [1], "ItemProcessor": inside})
    )
    assert drop_unused(before).workflow is before


def test_every_variable_stays_where_a_text_is_not_understood():
    before = workflow_of(machine("JSONata", A=task(Assign={"x": 1}), B=task(Arguments={"v": "{% $( %}"})))
    assert drop_unused(before).workflow is before
