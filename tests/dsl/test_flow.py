"""What `>>`, Choice, loops, joins and handlers amount to."""

from __future__ import annotations

from typing import Any

import pytest

from sfdsl import Choice, Fail, Parallel, Pass, Pipeline, Raise, Succeed, Wait
from sfdsl.dsl.errors import DeclarationError
from tests.dsl.conftest import defined, findings, states, task


def ways(found: dict[str, Any]) -> dict[str, Any]:
    """Where each state leads on its normal way out: a name, a list of names for a Choice, None for the end."""
    return {
        name: [rule["Next"] for rule in state["Choices"]] + [state.get("Default")]
        if state["Type"] == "Choice"
        else state.get("Next")
        for name, state in found.items()
    }


def test_steps_follow_each_other() -> None:
    assert ways(defined(task("A") >> task("B") >> task("C"))) == {"A": "B", "B": "C", "C": None}


def test_a_chain_can_be_joined_to_a_chain() -> None:
    assert ways(defined((task("A") >> task("B")) >> (task("C") >> task("D")))) == {
        "A": "B", "B": "C", "C": "D", "D": None
    }  # fmt: skip


def test_the_same_object_in_two_places_is_one_state() -> None:
    a, load = task("A"), task("Load")
    found = defined(a >> Choice("C").when(a.result.Payload.x == 1, load).otherwise(task("B") >> load))
    assert ways(found) == {"A": "C", "C": ["Load", "B"], "Load": None, "B": "Load"}


def test_what_follows_a_choice_follows_all_its_arms() -> None:
    a = task("A")
    found = defined(a >> Choice("C").when(a.result.Payload.x, task("B")).otherwise(task("D") >> task("E")) >> task("F"))
    assert ways(found) == {"A": "C", "C": ["B", "D"], "B": "F", "D": "E", "E": "F", "F": None}


def test_then_is_the_same_as_what_follows() -> None:
    a = task("A")
    found = defined(a >> Choice("C").when(a.result.Payload.x, task("B")).otherwise(task("D")).then(task("F")))
    assert ways(found) == {"A": "C", "C": ["B", "D"], "B": "F", "D": "F", "F": None}


def test_a_choice_without_otherwise_goes_straight_on() -> None:
    a = task("A")
    found = defined(a >> Choice("C").when(a.result.Payload.x, task("B")) >> task("F"))
    assert ways(found) == {"A": "C", "C": ["B", "F"], "B": "F", "F": None}


def test_a_when_without_steps_goes_straight_on() -> None:
    a = task("A")
    found = defined(a >> Choice("C").when(a.result.Payload.x).otherwise(task("B")) >> task("F"))
    assert ways(found) == {"A": "C", "C": ["F", "B"], "B": "F", "F": None}


def test_arms_that_end_by_themselves_stay_ended() -> None:
    a = task("A")
    found = defined(a >> Choice("C").when(a.result.Payload.x, Succeed("Done")).otherwise(task("B")) >> task("F"))
    assert ways(found) == {"A": "C", "C": ["Done", "B"], "Done": None, "B": "F", "F": None}


def test_a_choice_in_an_arm_leads_its_open_ends_on() -> None:
    a = task("A")
    inner = Choice("Inner").when(a.result.Payload.y, task("B")).when(a.result.Payload.z, Fail("No"))
    found = defined(a >> Choice("C").when(a.result.Payload.x, task("X") >> inner) >> task("F"))
    assert ways(found) == {
        "A": "C", "C": ["X", "F"], "X": "Inner", "Inner": ["B", "No", "F"], "B": "F", "No": None, "F": None
    }  # fmt: skip


def test_an_arm_that_leads_back_is_a_loop() -> None:
    wait, check = Wait("Wait", 5), task("Check")
    loop = wait >> check >> Choice("Done?").when(check.result.Payload.done, task("Use")).otherwise(wait)
    assert ways(defined(task("Start") >> loop >> task("F"))) == {
        "Start": "Wait", "Wait": "Check", "Check": "Done?", "Done?": ["Use", "Wait"], "Use": "F", "F": None
    }  # fmt: skip


def test_a_loop_over_an_earlier_choice_leaves_its_other_arm_alone() -> None:
    first = task("First")
    again = task("Again")
    second = Choice("Second").when(again.result.Payload.ok).otherwise(first)
    found = defined(
        first >> Choice("C").when(first.result.Payload.x, Succeed("Left")).otherwise(again >> second) >> task("F")
    )
    assert ways(found) == {
        "First": "C", "C": ["Left", "Again"], "Left": None, "Again": "Second", "Second": ["F", "First"], "F": None
    }  # fmt: skip


def test_errors_go_to_on_error_unless_a_step_caught_them() -> None:
    own = task("Own")
    a = task("A").catch(own, errors=["Boom"])
    b = task("B").catch(own)
    found = defined(a >> b, on_error=task("Park") >> Fail("Failed"))
    assert [c["Next"] for c in found["A"]["Catch"]] == ["Own", "Park"]
    assert [c["Next"] for c in found["B"]["Catch"]] == ["Own"]
    assert "Catch" not in found["Park"]
    assert [c["Next"] for c in found["Own"]["Catch"]] == ["Park"]


def test_errors_in_branches_surface_at_the_parallel() -> None:
    found = defined(Parallel("Both", task("A"), task("B")), on_error=Fail("Failed"))
    assert [c["Next"] for c in found["Both"]["Catch"]] == ["Failed"]
    assert "Catch" not in found["Both"]["Branches"][0]["States"]["A"]


def test_a_raise_behind_a_choice_needs_no_state() -> None:
    p = Pipeline("p")
    a = task("A")
    p.define(
        a >> Choice("C").when(a.result.Payload.ok, task("B")).otherwise(Raise("Bad", error="Bad", cause="no")),
        on_error=task("Park", error=p.error),
    )
    found = states(p)
    assert "Bad" not in found
    assert found["C"]["Default"] == "Park"
    assert found["C"]["Assign"] == {"caught": {"Error": "Bad", "Cause": "no", "State": "Bad"}}


def test_a_raise_behind_a_step_is_a_pass() -> None:
    p = Pipeline("p")
    p.define(task("A") >> Raise("Bad", error="E"), on_error=task("Park", error=p.error.Error))
    assert states(p)["Bad"] == {"Type": "Pass", "Assign": {"caught": {"Error": "E"}}, "Next": "Park"}


def test_a_raise_in_a_branch_fails_it() -> None:
    found = defined(Parallel("Both", task("A") >> Raise("Bad", error="E", cause="c")), on_error=Fail("Failed"))
    assert found["Both"]["Branches"][0]["States"]["Bad"] == {"Type": "Fail", "Error": "E", "Cause": "c"}


def test_a_step_with_two_ways_on_is_reported() -> None:
    a, b, c = task("A"), task("B"), task("C")
    a >> b
    p = Pipeline("p").define(a >> c)
    assert [code for code, _, _ in findings(p)] == ["SF182"]
    assert findings(p)[0][1] == "step 'A' is led to 'B' and to 'C'"


def test_a_step_in_two_branches_is_reported() -> None:
    clean = task("Clean")
    p = Pipeline("p").define(Parallel("Both", task("A") >> clean, task("B") >> clean))
    assert [code for code, _, _ in findings(p)] == ["SF183"]


def test_a_choice_that_leads_nowhere_is_reported() -> None:
    a = task("A")
    p = Pipeline("p").define(a >> Choice("C").when(a.result.Payload.x))
    assert [code for code, _, _ in findings(p)] == ["SF184"]


def test_a_pipeline_without_steps_is_reported() -> None:
    assert [code for code, _, _ in findings(Pipeline("p"))] == ["SF181"]


@pytest.mark.parametrize(
    ("declare", "message"),
    [
        pytest.param(lambda: Fail("F") >> task("A"), "Fail 'F' ends the flow", id="a step behind a Fail"),
        pytest.param(lambda: task("A") >> "B", "which is no step", id="a text as a step"),
        pytest.param(lambda: Wait("W", "soon"), "is a duration in whole seconds", id="a time that is none"),
        pytest.param(lambda: Wait("W"), "needs either a duration or until=", id="a Wait without a time"),
        pytest.param(lambda: Choice("C").when(1 == 1.5 and "x", task("A")), None, id="a literal False is a test"),
        pytest.param(lambda: Choice("C").when("yes", task("A")), "takes a test on values", id="a text as a test"),
        pytest.param(lambda: Parallel("P"), "has no branches", id="a Parallel of nothing"),
        pytest.param(lambda: Pass("P").assign(x=1).result, None, id="a Pass has a result"),
        pytest.param(lambda: Choice("C").result, "has no result", id="a Choice has none"),
        pytest.param(lambda: Succeed("S").assign(x=1), "ends the flow", id="a variable nothing could read"),
    ],
)
def test_constructors_refuse_what_one_argument_can_know(declare: Any, message: str | None) -> None:
    if message is None:
        declare()
        return
    with pytest.raises(DeclarationError, match=message):
        declare()
