"""R1 and R6: states that only hand their input on."""

from __future__ import annotations

import pytest

from sfdsl.cost.rewrites import Hazard, Reason, rewrite
from sfdsl.cost.rewrites.end_at_once import end_at_once
from sfdsl.cost.rewrites.skip_idle_pass import skip_idle_pass
from tests.cost.rewrites.judge import workflow_of
from tests.cost.rewrites.tools import TASK, after, hazards, machine, task

IDLE = {"Type": "Pass"}
RULE = {"Variable": "$.a", "IsPresent": True}


@pytest.mark.parametrize(
    ("state", "language"),
    [
        pytest.param({}, "JSONPath", id="no fields"),
        pytest.param({"InputPath": "$", "OutputPath": "$", "ResultPath": "$"}, "JSONPath", id="defaults written out"),
        pytest.param({"Result": {"x": 1}, "ResultPath": None}, "JSONPath", id="a result that is dropped"),
        pytest.param({"InputPath": None, "ResultPath": None}, "JSONPath", id="an input that is dropped"),
        pytest.param({"Output": "{% $states.input %}"}, "JSONata", id="its input as output"),
        pytest.param({"Comment": "later"}, "JSONata", id="a comment"),
    ],
)
def test_an_idle_pass_goes(state, language):
    definition = machine(language, A=task(), B={**IDLE, **state}, C=task())
    assert after(skip_idle_pass, definition) == {
        "A": {"Type": "Task", "Resource": TASK, "Next": "C"}, "C": {"Type": "Task", "Resource": TASK, "End": True},
    }  # fmt: skip


@pytest.mark.parametrize(
    ("state", "language"),
    [
        pytest.param({"Result": {}}, "JSONPath", id="a result"),
        pytest.param({"InputPath": None}, "JSONPath", id="an empty input"),
        pytest.param({"InputPath": "$.a"}, "JSONPath", id="a part of the input"),
        pytest.param({"InputPath": "$.a", "ResultPath": None}, "JSONPath", id="a path that may find nothing"),
        pytest.param({"OutputPath": "$.a"}, "JSONPath", id="a part of the output"),
        pytest.param({"ResultPath": "$.a"}, "JSONPath", id="the input in itself"),
        pytest.param({"Parameters": {"a.$": "$.b"}, "ResultPath": None}, "JSONPath", id="parameters that may fail"),
        pytest.param({"Assign": {"x": 1}}, "JSONPath", id="a variable"),
        pytest.param({"Output": "{% $states.input.a %}"}, "JSONata", id="an output"),
        pytest.param({"Output": " {% $states.input %}"}, "JSONata", id="a literal"),
    ],
)
def test_a_pass_that_does_something_stays(state, language):
    before = workflow_of(machine(language, A=task(), B={**IDLE, **state}, C=task()))
    assert skip_idle_pass(before).workflow is before


def test_an_idle_pass_at_the_end_leaves_the_end_to_its_predecessors():
    definition = machine(A=task(Catch=[{"ErrorEquals": ["States.ALL"], "Next": "Z"}]), B=dict(IDLE), Z=dict(IDLE))
    assert after(skip_idle_pass, definition) == {
        "A": {"Type": "Task", "Resource": TASK, "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Z"}], "End": True},
        "Z": {"Type": "Pass", "End": True},
    }
    assert hazards(skip_idle_pass, definition) == {"Z": Hazard.NEEDED_TO_END}
    made = skip_idle_pass(workflow_of(definition))
    assert [(done.removed, done.states) for done in made.evidence] == [(("B",), ("A",))]
    assert made.evidence[0].because == (Reason.INPUT_PASSES_THROUGH, Reason.CANNOT_FAIL, Reason.ENDS_ALL_THE_SAME)


def test_an_idle_pass_that_stays_ends_the_flow_itself_and_says_so():
    choice = {"Type": "Choice", "Choices": [{**RULE, "Next": "A"}], "Default": "Z"}
    definition = machine(C=choice, A=dict(IDLE), Z=dict(IDLE))
    made = skip_idle_pass(workflow_of(definition))
    assert after(skip_idle_pass, definition)["A"] == {"Type": "Pass", "End": True}
    assert [(done.removed, done.states) for done in made.evidence] == [((), ("Z", "A"))]


def test_a_chain_of_idle_passes_goes_at_once_and_the_flow_begins_behind_it():
    definition = machine(A=dict(IDLE), B=dict(IDLE), C=task(), D=dict(IDLE), E={"Type": "Succeed"})
    made = skip_idle_pass(workflow_of(definition))
    assert made.workflow.machine.start_at == "C"
    assert [state.name for state in made.workflow.machine.states] == ["C", "E"]
    assert [done.transitions_saved for done in made.evidence] == [1, 1, 1]


def test_an_endless_loop_keeps_one_state():
    definition = machine(A=dict(IDLE), B={"Type": "Pass", "Next": "A"})
    assert hazards(skip_idle_pass, definition) == {"A": Hazard.ENDLESS_LOOP}
    assert after(skip_idle_pass, definition) == {"A": {"Type": "Pass", "Next": "A"}}


@pytest.mark.parametrize("each", [skip_idle_pass, end_at_once], ids=lambda each: each.name)
def test_the_only_state_stays(each):
    kind = "Pass" if each is skip_idle_pass else "Succeed"
    assert hazards(each, machine(A={"Type": kind})) == {"A": Hazard.ONLY_STATE}


@pytest.mark.parametrize("each", [skip_idle_pass, end_at_once], ids=lambda each: each.name)
def test_a_state_with_unknown_fields_stays(each):
    kind = "Pass" if each is skip_idle_pass else "Succeed"
    assert hazards(each, machine(A=task(Next="B"), B={"Type": kind, "Odd": 1})) == {"B": Hazard.UNKNOWN_FIELDS}


def test_a_succeed_goes_from_behind_a_task_and_stays_behind_a_choice():
    choice = {"Type": "Choice", "Choices": [{**RULE, "Next": "B"}], "Default": "Z"}
    definition = machine(A=choice, B=task(Next="Z"), Z={"Type": "Succeed"})
    assert after(end_at_once, definition) == {
        "A": choice, "B": {"Type": "Task", "Resource": TASK, "End": True}, "Z": {"Type": "Succeed"},
    }  # fmt: skip
    assert hazards(end_at_once, definition) == {"Z": Hazard.NEEDED_TO_END}


def test_a_succeed_that_selects_its_output_stays():
    before = workflow_of(machine(A=task(Next="B"), B={"Type": "Succeed", "OutputPath": "$.a"}))
    assert end_at_once(before).workflow is before


def test_nested_flows_are_rewritten_and_notes_of_removed_states_go():
    from sfdsl.model.workflow import Notes

    inside = machine(A=task(), B=dict(IDLE), C={"Type": "Succeed"})
    definition = machine(
        M={"Type": "Map", "ItemProcessor": inside},
        P={
            "Type": "Parallel",
            "Branches": [inside | {"States": {"D": task(Next="E"), "E": {"Type": "Succeed"}}, "StartAt": "D"}],
        },
    )
    before = workflow_of(definition, {"A": Notes(idempotent=True), "B": Notes(duration=1)})
    made = rewrite(before, rewrites=[skip_idle_pass, end_at_once])
    assert [done.removed for done in made.evidence] == [("B",), ("C",), ("E",)]
    assert made.workflow.notes == {"A": Notes(idempotent=True)}


def test_whoever_checks_is_told_after_each_rewrite():
    told = []
    definition = machine(A=task(), B=dict(IDLE), C={"Type": "Succeed"})
    rewrite(workflow_of(definition), after=lambda each, made: told.append((each.name, made.evidence[0].removed)))
    assert told == [("skip_idle_pass", ("B",)), ("end_at_once", ("C",))]
