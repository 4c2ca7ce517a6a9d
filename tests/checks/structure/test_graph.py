"""Rules about what leads where and about names (SF101 to SF110)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.checks.structure.machines import LAMBDA, choice, codes, findings, lone, machine, one, pass_

WAIT = {"Type": "Wait", "Seconds": 5}
LOOK = {"Type": "Task", "Resource": "arn:aws:states:::aws-sdk:glue:getCrawler", "Parameters": {"Name": "c"}}
FUNCTION = {"Type": "Task", "Resource": "arn:aws:lambda:eu-west-1:123456789012:function:f"}
SYNC = {"Type": "Task", "Resource": "arn:aws:states:::glue:startJobRun.sync"}


def fork(*targets: str) -> dict[str, Any]:
    rules = [{"Variable": "$.x", "StringEquals": target, "Next": target} for target in targets[:-1]]
    return {"Type": "Choice", "Choices": rules, "Default": targets[-1]}


def loop(*states: dict[str, Any]) -> dict[str, Any]:
    """States in a ring, the last of which is a Choice that also leads out."""
    named = {
        f"S{i}": {key: value for key, value in state.items() if key != "End"} | {"Next": f"S{i + 1}"}
        for i, state in enumerate(states)
    }
    return machine(**named, **{f"S{len(states)}": fork("Out", "S0"), "Out": pass_()})


def parallel(*branches: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {"Type": "Parallel", "Branches": list(branches), "End": True} | fields


@pytest.mark.parametrize(
    ("definition", "expected"),
    [
        pytest.param(machine(A=pass_()), set(), id="a lone state"),
        pytest.param(machine(A=pass_("B"), B=pass_()), set(), id="two in a row"),
        pytest.param(machine(A=pass_(), B={"Type": "Fail"}), {"SF101"}, id="a Fail nothing leads to"),
        pytest.param(machine(A=pass_(), B=pass_("C"), C=pass_("B")), {"SF101"}, id="an island"),
        pytest.param(
            machine(
                A={"Type": "Task", "Resource": LAMBDA, "End": True, "Catch": [{"ErrorEquals": ["E"], "Next": "B"}]},
                B={"Type": "Fail"},
            ),
            set(),
            id="a Fail that a catcher leads to",
        ),
        pytest.param(machine(A=pass_("${Next}"), B=pass_()), set(), id="a placeholder may lead anywhere"),
        pytest.param(machine(A=pass_("B"), B=parallel(machine(C=pass_(), D=pass_()))), {"SF101"}, id="in a branch"),
        pytest.param(machine(A=pass_("Shp"), Ship=pass_()), {"SF102"}, id="what was meant is not reported as well"),
        pytest.param(machine(A=pass_("Z"), Ship=pass_()), {"SF101", "SF102"}, id="nor does another name excuse it"),
        pytest.param(
            machine(A={"Type": "Choise", "Default": "B"}, B=pass_("C"), C=pass_()),
            {"SF111"},
            id="a state that could not be read may lead there",
        ),
        pytest.param(
            machine(A={"Type": "Task", "Resource": LAMBDA, "Catch": {"Next": "B"}, "End": True}, B=pass_()),
            {"SF113"},
            id="a field that could not be read may lead there",
        ),
        pytest.param(machine({"StartAt": "Z"}, Ship=pass_()), {"SF103"}, id="without a start nothing is unreachable"),
        pytest.param(machine(A=fork("B", "C"), B=pass_(), C=pass_("Z")), {"SF102"}, id="a target that is not there"),
        pytest.param(machine(A=fork("Z", "C"), C=pass_()), {"SF102"}, id="a rule's target that is not there"),
        pytest.param(machine(A=fork("C", "Z"), C=pass_()), {"SF102"}, id="a Default that is not there"),
        pytest.param(machine(A=pass_("B"), B=parallel(machine(C=pass_("A")))), {"SF102"}, id="out of a branch"),
        pytest.param(machine(A=fork("C", "B"), B=parallel(machine(C=pass_()))), {"SF102"}, id="into a branch"),
        pytest.param(machine({"StartAt": "a"}, A=pass_()), {"SF103"}, id="a start in the wrong case"),
        pytest.param(machine({"StartAt": "${Start}"}, A=pass_()), set(), id="a start that is a placeholder"),
        pytest.param({"States": {"A": pass_()}}, {"SF103"}, id="no start"),
        pytest.param({}, {"SF103", "SF114"}, id="nothing at all"),
        pytest.param(machine(A=parallel({"States": {"C": pass_()}})), {"SF103"}, id="a branch without a start"),
        pytest.param(
            machine(A=parallel({"StartAt": "A", "States": {"C": pass_()}})),
            {"SF103"},
            id="a branch that starts at a state outside",
        ),
    ],
)
def test_ways(definition: dict[str, Any], expected: set[str]) -> None:
    assert codes(definition) == expected


@pytest.mark.parametrize(
    ("definition", "expected"),
    [
        pytest.param(machine(A=WAIT | {"Next": "B"}, B=pass_("A")), {"SF104"}, id="a ring is all there is"),
        pytest.param(machine(A=pass_("A")), {"SF104", "SF106"}, id="a state that leads to itself"),
        pytest.param(machine(A=WAIT | {"Next": "B"}, B=pass_("Z")), {"SF102"}, id="the missing state may be the end"),
        pytest.param(machine(A=WAIT | {"Next": "B"}, B={"Type": "Pass"}), {"SF116"}, id="the missing Next may be it"),
        pytest.param(machine(A=pass_("${B}")), set(), id="a placeholder may be the end"),
        pytest.param(machine(A=parallel(machine(B=WAIT | {"Next": "C"}, C=pass_("B")))), {"SF104"}, id="in a branch"),
        pytest.param(
            machine(A=fork("B", "C"), B=WAIT | {"Next": "B"}, C=pass_()), {"SF105"}, id="a trap beside an end"
        ),
        pytest.param(
            machine(A=fork("B", "C"), B=WAIT | {"Next": "D"}, C=pass_(), D=pass_("B")), {"SF105"}, id="a trap of two"
        ),
        pytest.param(machine(A=fork("B", "C"), B=WAIT | {"Next": "A"}, C=pass_()), set(), id="a loop with an exit"),
        pytest.param(
            machine(
                A=fork("B", "C"),
                C=pass_(),
                B={
                    "Type": "Task",
                    "Resource": "arn:aws:states:::glue:startJobRun.sync",
                    "Next": "B",
                    "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "C"}],
                },
            ),
            set(),
            id="a catcher is an exit",
        ),
    ],
)
def test_ends(definition: dict[str, Any], expected: set[str]) -> None:
    assert codes(definition) == expected


@pytest.mark.parametrize(
    ("definition", "expected"),
    [
        pytest.param(loop(LOOK), {"SF106"}, id="it looks and looks"),
        pytest.param(loop(LOOK, pass_()), {"SF106"}, id="a Pass in between takes no time"),
        pytest.param(loop(LOOK, WAIT), set(), id="with a Wait"),
        pytest.param(loop(pass_()), {"SF106"}, id="only Pass and Choice"),
        pytest.param(
            loop(LOOK | {"Parameters": {"Name": "c", "NextToken.$": "$.NextToken"}}), set(), id="page by page"
        ),
        pytest.param(
            loop({"Type": "Task", "Resource": "arn:aws:states:::dynamodb:putItem"}), set(), id="it does something"
        ),
        pytest.param(loop(LOOK, SYNC), set(), id="a job takes time"),
        pytest.param(
            loop({"Type": "Task", "Resource": "arn:aws:states:eu-west-1:123456789012:activity:a"}),
            set(),
            id="an activity takes time",
        ),
        pytest.param(loop({"Type": "Task", "Resource": "${WorkerArn}"}), set(), id="a placeholder may take time"),
        pytest.param(loop(LOOK, parallel(machine(P=WAIT | {"End": True}))), set(), id="a Wait in a branch"),
        pytest.param(loop(FUNCTION), {"SF107"}, id="a function, again at once"),
        pytest.param(loop(FUNCTION, LOOK), {"SF107"}, id="a function and a look"),
        pytest.param(loop(FUNCTION, WAIT), set(), id="a function and a Wait"),
        pytest.param(
            loop(FUNCTION, {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage"}),
            set(),
            id="a function and a call that does something",
        ),
    ],
)
def test_loops(definition: dict[str, Any], expected: set[str]) -> None:
    assert codes(definition) == expected


@pytest.mark.parametrize(
    ("definition", "expected"),
    [
        pytest.param(machine(A=parallel(machine(B=pass_()), machine(B=pass_()))), {"SF108"}, id="in two branches"),
        pytest.param(machine(A=parallel(machine(A=pass_()))), {"SF108"}, id="inside and outside"),
        pytest.param(machine(A=parallel(machine(B=pass_()), machine(b=pass_()))), set(), id="differ in case"),
        pytest.param(machine(**{"A" * 80: pass_()}), set(), id="80 characters"),
        pytest.param(machine(**{"A" * 81: pass_()}), {"SF109"}, id="81 characters"),
        pytest.param(machine(**{"ü" * 80: pass_()}), set(), id="characters, not bytes"),
        pytest.param(machine(**{"": pass_()}), {"SF109"}, id="empty"),
        pytest.param(machine(**{"Load orders": pass_()}), set(), id="a blank"),
        pytest.param(machine(**{"Rows rejected? (yes/no): 1, 2 & 3": pass_()}), set(), id="punctuation"),
        pytest.param(machine(**{"Load  orders": pass_()}), {"SF110"}, id="two blanks"),
        pytest.param(machine(**{" Load": pass_()}), {"SF110"}, id="a blank before"),
        pytest.param(machine(**{"Load\torders": pass_()}), {"SF110"}, id="a tab"),
        pytest.param(machine(**{"Load\u200borders": pass_()}), {"SF110"}, id="an invisible character"),
        pytest.param(machine(**{'Say "hello"': pass_()}), {"SF110"}, id="quotes"),
        pytest.param(machine(**{"Load ${Name}": pass_()}), set(), id="a placeholder"),
        pytest.param(machine(**{"Größe prüfen": pass_()}), set(), id="letters of other languages"),
    ],
)
def test_names(definition: dict[str, Any], expected: set[str]) -> None:
    assert codes(definition) == expected


def test_an_island_is_one_finding() -> None:
    finding = one(machine(A=pass_(), B=pass_("C"), C=pass_("D"), D=pass_()), "SF101")
    assert (
        finding.message
        == "state 'B' is never entered from 'A', where the machine starts, nor are 'C' and 'D' behind it"
    )
    assert finding.hint == "lead a Next, a Choice rule or a Catch to 'B', or delete it"
    assert finding.state == "B"
    assert finding.origin.pointer == "/States/B"


def test_a_misspelt_target_says_which_state_was_meant_and_where_it_is() -> None:
    finding = one(machine(Charge=pass_("Shp"), Ship=pass_()), "SF102")
    assert finding.message == "state 'Charge' continues with 'Shp', which this flow does not declare"
    assert finding.hint == "did you mean 'Ship'? (w.asl.json (/States/Ship))"
    assert finding.origin.pointer == "/States/Charge/Next"


def test_a_target_that_resembles_nothing_is_not_guessed() -> None:
    finding = one(machine(A=pass_("Notify"), B=pass_()), "SF102")
    assert finding.hint == "declare a state 'Notify', or end the flow here"


def test_a_target_outside_of_the_branch_says_what_to_do() -> None:
    finding = one(machine(A=parallel(machine(B=pass_("Done")), Next="Done", End=None), Done=pass_()), "SF102")
    assert finding.message == "state 'B' continues with 'Done', which Branches[0] of state 'A' does not declare"
    assert finding.hint == (
        "'Done' is outside, in the machine: end Branches[0] of state 'A' here with `\"End\": true` and lead on from 'A'"
    )


def test_a_target_inside_of_a_branch_says_what_to_do() -> None:
    finding = one(machine(A=fork("B", "P"), B=pass_("Q"), P=parallel(machine(Q=pass_()))), "SF102")
    assert finding.hint == "'Q' is inside, in Branches[0] of state 'P': lead to 'P', which runs it"


def test_each_kind_of_way_is_named_with_its_field() -> None:
    catch = [{"ErrorEquals": ["E"], "Next": "Y"}]
    definition = machine(A=fork("X", "B"), B={"Type": "Task", "Resource": LAMBDA, "Catch": catch, "End": True})
    told = {f.origin.pointer: f.message for f in findings(definition) if f.code == "SF102"}
    assert told == {
        "/States/A/Choices/0/Next": "state 'A' leads by Choices[0] to 'X', which this flow does not declare",
        "/States/B/Catch/0/Next": "state 'B' leads by Catch[0] to 'Y', which this flow does not declare",
    }
    finding = one(choice({"Variable": "$.x", "IsNull": True}, Default="X"), "SF102")
    assert finding.origin.pointer == "/States/A/Default"


def test_many_misspelt_targets_are_told_and_the_first_have_a_hint() -> None:
    states = {f"S{i}": pass_(f"T{i}") for i in range(60)}
    hints = [f.hint for f in findings(machine(**states)) if f.code == "SF102"]
    assert len(hints) == 60


def test_a_missing_start_suggests_the_state_that_nothing_leads_to() -> None:
    finding = one({"States": {"B": pass_(), "A": pass_("B")}}, "SF103")
    assert (finding.message, finding.hint) == ("the state machine has no StartAt", 'add `"StartAt": "A"`')


def test_a_busy_loop_says_where_to_wait() -> None:
    finding = one(loop(pass_(), LOOK), "SF106")
    assert finding.message == "the loop of 'S0', 'S1' and 'S2' looks again and again without a Wait"
    assert finding.hint == 'put a Wait into the loop: {"Type": "Wait", "Seconds": 30, "Next": "S1"}'
    assert finding.state == "S1"


def test_a_name_used_twice_says_where_it_is_already() -> None:
    finding = one(machine(A=parallel(machine(B=pass_()), machine(B=pass_()))), "SF108")
    assert finding.message == (
        "there is a state 'B' already, in Branches[0] of state 'A' (w.asl.json (/States/A/Branches/0/States/B))"
    )
    assert finding.hint == "rename one of them, for example to 'B 2', and what leads to it"
    assert finding.origin.pointer == "/States/A/Branches/1/States/B"


def test_an_awkward_name_says_what_is_awkward() -> None:
    assert one(lone("Succeed") | machine(**{"Load ": pass_()}), "SF110").hint == "rename it to 'Load'"
    finding = one(machine(**{"a\u200bb": pass_()}), "SF110")
    assert finding.message.endswith("has the invisible character U+200B")
