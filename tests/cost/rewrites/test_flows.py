"""R12, R13 and R15: Parallels and Maps that need not be."""

from __future__ import annotations

import pytest

from sfdsl.cost.rewrites import Hazard, Reason, rewrite
from sfdsl.cost.rewrites.compute_in_one import compute_in_one
from sfdsl.cost.rewrites.inline_parallel import inline_parallel
from sfdsl.cost.rewrites.unroll_map import unroll_map
from tests.cost.rewrites.judge import workflow_of
from tests.cost.rewrites.tools import TASK, after, hazards, machine, task

ALL = [{"ErrorEquals": ["States.ALL"], "Next": "Z"}]


def parallel(*branches, **fields):
    return {"Type": "Parallel", "Branches": [machine(**states) for states in branches], **fields}


def reasons(each, definition):
    return {reason for done in each(workflow_of(definition)).evidence for reason in done.because}


def test_a_single_branch_is_put_into_the_flow():
    definition = machine(P=parallel({"A": task(), "B": task()}, ResultSelector={"id.$": "$[0].Id"}), T=task())
    assert after(inline_parallel, definition) == {
        "A": {"Type": "Task", "Resource": TASK, "Next": "B"},
        "B": {"Type": "Task", "Resource": TASK, "ResultSelector": {"id.$": "$.Id"}, "Next": "T"},
        "T": {"Type": "Task", "Resource": TASK, "End": True},
    }
    assert reasons(inline_parallel, definition) == {Reason.ALONE_IN_ITS_PARALLEL, Reason.COMPOSED}


def test_a_single_jsonata_branch_makes_the_array_that_the_parallel_made():
    definition = machine("JSONata", P=parallel({"A": task(Output={"a": "{% $states.result.a %}"})}, Arguments={"n": 1}))
    assert after(inline_parallel, definition) == {
        "P": {"Type": "Pass", "Output": {"n": 1}, "Next": "A"},
        "A": {"Type": "Task", "Resource": TASK, "Output": [{"a": "{% $states.result.a %}"}], "End": True},
    }
    definition = machine("JSONata", P=parallel({"A": task()}, Output="{% $states.result[0].x %}"))
    assert after(inline_parallel, definition)["A"]["Output"] == "{% $states.result.x %}"


@pytest.mark.parametrize(
    ("state", "language", "hazard"),
    [
        pytest.param(parallel({"A": task()}, Catch=ALL), "JSONPath", Hazard.HAS_HANDLERS, id="a handler"),
        pytest.param(parallel({"A": task()}), "JSONPath", Hazard.NO_FIELD_FOR_IT, id="an array that JSONPath cannot make"),
        pytest.param(parallel({"A": task()}, ResultPath="$.r"), "JSONPath", Hazard.SETS_ITS_INPUT_ASIDE, id="the result goes into the input"),
        pytest.param(parallel({"A": task(Assign={"v": 1})}, ResultSelector={"a.$": "$[0]"}), "JSONPath", Hazard.SETS_VARIABLES_INSIDE, id="a variable"),
        pytest.param(parallel({"A": task()}, OutputPath="$[0]", Assign={"v": 1}), "JSONPath", Hazard.NO_FIELD_FOR_IT, id="a variable of the Parallel itself"),
        pytest.param(parallel({"A": {"Type": "Succeed"}}), "JSONata", Hazard.ENDS_INSIDE, id="a Succeed"),
        pytest.param(parallel({"A": {"Type": "Pass", "ResultPath": "$.x"}}, ResultSelector={"a.$": "$[0].a"}), "JSONPath", Hazard.INPUT_MAY_BE_NO_OBJECT, id="a result path that may fail"),
        pytest.param(parallel({"A": {"Type": "Pass", "Parameters": {"b.$": "$.b"}, "ResultPath": None}}, ResultSelector={"a.$": "$[0].a"}), "JSONPath", Hazard.FAILURE_WOULD_BE_LOST, id="parameters that are dropped and may fail"),
        pytest.param(parallel({"A": task(Odd=1)}), "JSONata", Hazard.ENDS_INSIDE, id="an unknown field inside"),
        pytest.param(parallel({"A": task()}, Odd=1), "JSONata", Hazard.UNKNOWN_FIELDS, id="an unknown field"),
    ],
)  # fmt: skip
def test_a_single_branch_that_stays_says_why(state, language, hazard):
    assert hazards(inline_parallel, machine(language, P=state, Z=task()))["P"] is hazard


def test_a_branch_stays_where_a_handler_names_failed_branches():
    catch = [{"ErrorEquals": ["States.BranchFailed"], "Next": "Z"}]
    inside = machine(I=parallel({"A": task()}))
    definition = machine("JSONata", M={"Type": "Map", "ItemProcessor": inside, "Catch": catch}, Z=task())
    assert hazards(inline_parallel, definition) == {"I": Hazard.BRANCH_FAILED_NAMED}


def test_branches_that_only_compute_become_one_state():
    definition = machine(
        "JSONata",
        P=parallel(
            {"A": {"Type": "Pass", "Output": "{% $exists($states.input.mail) %}"}}, {"B": {"Type": "Pass", "Output": "{% $states.input.age = 18 %}"}}
        ),
        C={"Type": "Choice", "Choices": [{"Condition": "{% $states.input[0] and $states.input[1] %}", "Next": "T"}], "Default": "U"},
        T=task(End=True), U=task(),
    )  # fmt: skip
    assert after(compute_in_one, definition)["P"] == {
        "Type": "Pass", "Output": ["{% $exists($states.input.mail) %}", "{% $states.input.age = 18 %}"], "Next": "C",
    }  # fmt: skip
    assert reasons(compute_in_one, definition) == {Reason.COMPUTED_IN_ONE, Reason.CANNOT_MISS}
    assert rewrite(workflow_of(definition)).workflow.machine.start_at == "C"


@pytest.mark.parametrize(
    ("state", "hazard"),
    [
        pytest.param(parallel({"A": {"Type": "Pass"}}, {"B": {"Type": "Pass", "Output": "{% $uuid() %}"}}), Hazard.IMPURE, id="an identifier"),
        pytest.param(parallel({"A": {"Type": "Pass"}}, {"B": {"Type": "Pass", "Assign": {"v": "{% $states.input.v %}"}}}), Hazard.SETS_VARIABLES_INSIDE, id="a variable that may not be there"),
        pytest.param(parallel({"A": {"Type": "Pass"}}, {"B": {"Type": "Pass", "Output": "{% $states.input.v %}"}}, Catch=ALL), Hazard.HAS_HANDLERS, id="a failure that is caught"),
        pytest.param(parallel({"A": {"Type": "Pass"}}, {"B": {"Type": "Pass", "Output": "{% $states.input.v %}"}}, Output={}), Hazard.FAILURE_WOULD_BE_LOST, id="a failure that would be lost"),
    ],
)  # fmt: skip
def test_branches_that_stay_say_why(state, hazard):
    assert hazards(compute_in_one, machine("JSONata", P=state, Z=task()))["P"] is hazard


def test_a_map_over_nothing_becomes_a_pass():
    body = machine(A=task())
    definition = machine(
        "JSONata",
        M={"Type": "Map", "Items": "{% [] %}", "ItemProcessor": body, "Output": {"n": "{% $count($states.result) %}"}},
    )
    assert after(unroll_map, definition) == {"M": {"Type": "Pass", "Output": {"n": "{% $count(([])) %}"}, "End": True}}
    assert reasons(unroll_map, definition) == {Reason.NO_ITEMS}


def test_a_map_over_one_item_becomes_a_branch():
    body = machine(A=task())
    definition = machine("JSONata", M={"Type": "Map", "Items": [{"table": "orders"}], "ItemProcessor": body})
    assert after(unroll_map, definition)["M"] == {
        "Type": "Parallel",
        "Arguments": {"table": "orders"},
        "Branches": [body],
        "End": True,
    }
    assert reasons(unroll_map, definition) == {Reason.ONE_ITEM}
    made = rewrite(workflow_of(definition)).workflow.machine
    assert [state.name for state in made.states] == ["A"]


def test_a_map_whose_body_reads_the_item_stays():
    body = machine(A=task(Arguments={"i": "{% $states.context.Map.Item.Index %}"}))
    definition = machine("JSONata", M={"Type": "Map", "Items": [{"table": "orders"}], "ItemProcessor": body})
    assert hazards(unroll_map, definition) == {"M": Hazard.NAME_OBSERVED}
