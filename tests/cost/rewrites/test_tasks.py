"""R11, R16 and R28: tasks that are begun again, chosen among, or written twice."""

from __future__ import annotations

import pytest

from sfdsl.cost.rewrites import Hazard, Reason
from sfdsl.cost.rewrites.choose_arguments import choose_arguments
from sfdsl.cost.rewrites.retry_in_place import retry_in_place
from sfdsl.cost.rewrites.share_states import share_states
from sfdsl.model.workflow import Notes
from tests.cost.rewrites.judge import workflow_of
from tests.cost.rewrites.tools import TASK, after, hazards, machine, task

WAIT = {"Type": "Wait", "Seconds": 5, "Next": "T"}


def reasons(each, definition):
    return {reason for done in each(workflow_of(definition)).evidence for reason in done.because}


def loop(wait=None, errors=("Busy",), **fields):
    catch = {"ErrorEquals": list(errors), "ResultPath": None, "Next": "W"}
    return machine(T=task(**{"Catch": [catch], "End": True, **fields}), W=wait or WAIT)


def test_a_loop_that_begins_a_task_again_becomes_a_retry():
    assert after(retry_in_place, loop()) == {
        "T": {
            "Type": "Task", "Resource": TASK, "End": True,
            "Retry": [{"ErrorEquals": ["Busy"], "IntervalSeconds": 5, "MaxAttempts": 99_999_999, "BackoffRate": 1.0}],
        }
    }  # fmt: skip
    assert reasons(retry_in_place, loop()) == {Reason.RETRIED_THE_SAME}


CATCH = {"ErrorEquals": ["Busy"], "ResultPath": None, "Next": "W"}


@pytest.mark.parametrize(
    ("definition", "hazard"),
    [
        pytest.param(loop(Catch=[{"ErrorEquals": ["Busy"], "ResultPath": "$.error", "Next": "W"}]), Hazard.INPUT_CHANGES, id="the error goes into the input"),
        pytest.param(loop(Catch=[{**CATCH, "Assign": {"n": 1}}]), Hazard.SETS_VARIABLES_INSIDE, id="the loop counts"),
        pytest.param(loop({"Type": "Wait", "SecondsPath": "$.s", "Next": "T"}), Hazard.WAIT_MAY_FAIL, id="a computed time"),
        pytest.param(loop(Retry=[{"ErrorEquals": ["Busy"]}]), Hazard.ERRORS_OVERLAP, id="another retry"),
        pytest.param(loop(Catch=[{"ErrorEquals": ["Late"], "Next": "W2"}, {"ErrorEquals": ["States.ALL"], "ResultPath": None, "Next": "W"}]), Hazard.ERRORS_OVERLAP, id="a catcher before it"),
        pytest.param(loop(Parameters={"n.$": "$$.State.RetryCount"}), Hazard.NAME_OBSERVED, id="the task counts its retries"),
        pytest.param(loop({**WAIT, "Odd": 1}), Hazard.UNKNOWN_FIELDS, id="an unknown field"),
    ],
)  # fmt: skip
def test_a_loop_that_stays_says_why(definition, hazard):
    if "W2" in str(definition):
        definition["States"]["W2"] = {"Type": "Succeed"}
    assert hazards(retry_in_place, definition)["T"] is hazard


def chosen(condition="$states.input.size = 'big'", big=None, small=None, **fields):
    rule = {"Condition": f"{{% {condition} %}}", "Next": "Big"}
    return machine(
        "JSONata",
        C={"Type": "Choice", "Choices": [rule], "Default": "Small", **fields},
        Big=task(**{"Arguments": {"workers": 40, "job": "{% $states.input.job %}"}, "End": True, **(big or {})}),
        Small=task(**{"Arguments": {"workers": 4, "job": "{% $states.input.job %}"}, "End": True, **(small or {})}),
    )


def test_tasks_that_differ_in_their_arguments_become_one():
    assert after(choose_arguments, chosen()) == {
        "C": {
            "Type": "Task", "Resource": TASK, "End": True,
            "Arguments": {"workers": "{% ($states.input.size = 'big') ? (40) : (4) %}", "job": "{% $states.input.job %}"},
        }
    }  # fmt: skip
    assert reasons(choose_arguments, chosen()) == {Reason.ONLY_ARGUMENTS_DIFFER}


def test_true_and_1_are_different_arguments():
    states = after(choose_arguments, chosen(big={"Arguments": {"n": True}}, small={"Arguments": {"n": 1}}))
    assert states["C"]["Arguments"] == {"n": "{% ($states.input.size = 'big') ? (true) : (1) %}"}


@pytest.mark.parametrize(
    ("definition", "hazard"),
    [
        pytest.param(chosen("$states.input.size > 3"), Hazard.TEST_MAY_FAIL, id="a test that may fail"),
        pytest.param(chosen(big={"TimeoutSeconds": 5}), Hazard.WAYS_DIFFER, id="another timeout"),
        pytest.param(chosen(Assign={"v": 1}), Hazard.WAYS_DIFFER, id="a variable on the way"),
        pytest.param(chosen(big={"Output": "{% $states.context.State.Name %}"}, small={"Output": "{% $states.context.State.Name %}"}), Hazard.NAME_OBSERVED, id="a name that is observed"),
        pytest.param(chosen(big={"Arguments": {"n": {"m": "{% $states.input.n %}"}}}, small={"Arguments": {"n": 1}}), Hazard.MAY_FIND_NOTHING, id="a field that may be missing"),
        pytest.param(chosen(big={"Next": "Small", "End": False}), Hazard.WAYS_DIFFER, id="one leads to the other"),
        pytest.param(chosen(Odd=1), Hazard.UNKNOWN_FIELDS, id="an unknown field"),
    ],
)  # fmt: skip
def test_tasks_that_stay_apart_say_why(definition, hazard):
    if definition["States"]["Big"].get("End") is False:
        del definition["States"]["Big"]["End"]
    assert hazards(choose_arguments, definition)["C"] is hazard


def twice(**fields):
    note = task(Next="Z", **fields)
    catch = [{"ErrorEquals": ["States.ALL"], "Next": "A"}]
    other = [{"ErrorEquals": ["States.ALL"], "Next": "B"}]
    return machine(S=task(Catch=catch), T=task(Catch=other, End=True), A=note, B=dict(note), Z={"Type": "Fail"})


def test_handlers_written_twice_become_one():
    states = after(share_states, twice())
    assert list(states) == ["S", "T", "A", "Z"]
    assert states["T"]["Catch"][0]["Next"] == "A"
    assert reasons(share_states, twice()) == {Reason.SAME_STATES}


def test_the_same_states_stay_where_they_read_their_names_or_the_author_tells_them_apart():
    assert hazards(share_states, twice(Parameters={"at.$": "$$.State.Name"})) == {"B": Hazard.NAME_OBSERVED}
    assert "B" in after(share_states, twice(), {"B": Notes(idempotent=True)})
