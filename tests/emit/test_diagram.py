from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfdsl.emit.diagram import PALETTE, ArrowKind, Box, Diagram, Kind
from sfdsl.emit.drawing import draw, slug
from sfdsl.model.workflow import MachineType
from tests.emit.machines import EVERYTHING, LAMBDA, graph, names, tasks


def one(state: dict[str, Any]) -> Box:
    """The box of one state."""
    part = draw(graph({"StartAt": "A", "States": {"A": state}})).machine.parts[1]
    assert isinstance(part, Box)
    return part


def arrows(diagram: Diagram) -> set[tuple[str, str, str, str]]:
    return {(a.tail, a.head, a.kind.value, " ".join(a.label)) for a in diagram.arrows()}


def test_every_way_of_the_machine_is_an_arrow() -> None:
    assert arrows(draw(graph(EVERYTHING))) == {
        ("Start", "Extract", "next", ""),
        ("Extract", "Sources", "next", ""),
        ("Extract", "Park", "catch", "States.Timeout or States.ALL"),
        ("Sources_in", "Sources_1", "next", ""),
        ("Sources_in", "Sources_2", "next", ""),
        ("Each_file_in", "Copy", "next", ""),
        ("Copy", "Breathe", "next", ""),
        ("Sources", "Rows_rejected", "next", ""),
        ("Rows_rejected", "Correct", "rule", "$.rejected > 0"),
        ("Rows_rejected", "Load", "rule", "otherwise"),
        ("Correct", "Rows_rejected", "next", ""),
        ("Load_in", "Shape", "next", ""),
        ("Load", "Done", "next", ""),
        ("Load", "Park", "catch", "States.ItemReaderFailed"),
        ("Park", "Failed", "next", ""),
    }


def test_a_machine_ends_where_a_state_ends_it_and_not_in_nested_scopes() -> None:
    diagram = draw(graph({"StartAt": "A", "States": {"A": {"Type": "Pass", "End": True}}}))
    assert ("A", "End", "next", "") in arrows(diagram)
    assert "End" not in {box.id for box in draw(graph(EVERYTHING)).boxes()}


@pytest.mark.parametrize(
    ("state", "detail", "badges"),
    [
        pytest.param({"Type": "Task", "Resource": LAMBDA, "End": True}, ("lambda:invoke",), (), id="nothing special"),
        pytest.param(
            {"Type": "Task", "Resource": "arn:aws:states:::glue:startJobRun.sync", "TimeoutSeconds": 3600,
             "HeartbeatSecondsPath": "$.beat", "Retry": [{"ErrorEquals": ["States.ALL"]}], "End": True},
            ("glue:startJobRun.sync",), ("⟳ 3×", "⏱ 1 h", "♥ $.beat"), id="job, retried, with time limits",
        ),
        pytest.param(
            {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken", "End": True,
             "Credentials": {"RoleArn": "r"}},
            ("lambda:invoke",), ("↩ callback", "other role"), id="callback in another role",
        ),
        pytest.param({"Type": "Wait", "Seconds": 60, "End": True}, ("1 min",), (), id="wait"),
        pytest.param({"Type": "Fail", "Error": "Bad"}, ("Bad",), (), id="fail"),
        pytest.param({"Type": "Nonsense"}, ("of no known type",), (), id="no state at all"),
    ],
)  # fmt: skip
def test_a_box_says_what_its_state_does_and_how(
    state: dict[str, Any], detail: tuple[str, ...], badges: tuple[str, ...]
) -> None:
    box = one(state)
    assert (box.name, box.detail, box.badges) == (("A",), detail, badges)


def test_the_entry_of_a_map_says_over_what_and_how_many_at_once() -> None:
    entry = draw(graph(EVERYTHING)).frames["Load"].entry
    assert entry is not None
    assert (entry.name, entry.badges) == (("each of s3:getObject",), ("distributed, Express", "100 a batch"))


def test_the_start_says_what_holds_for_the_whole_machine() -> None:
    start = draw(graph(EVERYTHING, type_=MachineType.EXPRESS)).machine.boxes[0]
    assert (start.id, start.badges) == ("Start", ("Express", "⏱ 2 h"))


def test_states_that_only_errors_lead_to_look_like_errors() -> None:
    handlers = {box.id for box in draw(graph(EVERYTHING)).boxes() if box.handler}
    assert handlers == {"Park"}, "a Fail looks like an error anyway"


def test_a_target_that_nobody_declared_is_shown_as_such() -> None:
    diagram = draw(graph({"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "Shp"}}}))
    assert ("A", "Shp", "next", "") in arrows(diagram)
    assert {box.id: box.kind for box in diagram.boxes()}["Shp"] is Kind.UNKNOWN


def test_rules_that_lead_to_one_state_are_one_arrow() -> None:
    rules = [{"Variable": "$.k", "NumericEquals": i, "Next": "B"} for i in range(5)]
    states = {"A": {"Type": "Choice", "Choices": rules, "Default": "B"}, "B": {"Type": "Succeed"}}
    diagram = draw(graph({"StartAt": "A", "States": states}))
    assert arrows(diagram) == {
        ("Start", "A", "next", ""),
        ("A", "B", "rule", "$.k == 0 or $.k == 1 or $.k == 2 or 3 more"),
    }


@pytest.mark.parametrize(
    "definition",
    [
        {},
        {"StartAt": "A"},
        {"StartAt": "B", "States": {"A": {"Type": "Pass", "End": True}}},
        {"StartAt": "P", "States": {"P": {"Type": "Parallel", "End": True}}},
        {"StartAt": "P", "States": {"P": {"Type": "Parallel", "Branches": [{}], "Next": "P"}}},
        {"StartAt": "M", "States": {"M": {"Type": "Map", "ItemProcessor": {"StartAt": "X"}, "Next": "Y"}}},
        {"StartAt": "C", "States": {"C": {"Type": "Choice", "Choices": [{"Next": "C"}]}}},
        {"StartAt": "T", "States": {"T": {"Type": "Task", "Catch": [{"Next": "T"}], "Next": "T"}}},
        {"StartAt": "T", "States": {"T": {"Type": "Task", "Resource": 7, "Retry": [{}]}}},
    ],
)
def test_broken_machines_are_drawn_too(definition: dict[str, Any]) -> None:
    diagram = draw(graph(definition))
    known = {box.id for box in diagram.boxes()} | set(diagram.frames)
    assert all(arrow.tail in known and arrow.head in known for arrow in diagram.arrows())


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("Extract", "Extract"),
        ("Rows rejected?", "Rows_rejected"),
        ("end", "End"),
        ("Überprüfen", "Uberprufen"),
        ("1. step", "State_1_step"),
        ("__proto__", "Proto"),
        ("日本", "State_c7b7cdcc"),
    ],
)
def test_a_name_makes_a_readable_word(name: str, word: str) -> None:
    assert slug(name) == word


@given(st.lists(names, min_size=1, max_size=8, unique=True))
def test_ids_are_unique_words(chosen: list[str]) -> None:
    ids = [box.id for box in draw(tasks(*chosen)).boxes()]
    assert len(set(ids)) == len(ids) == len(chosen) + 2
    assert all(re.fullmatch("[A-Z][A-Za-z0-9_]*", id_) for id_ in ids)


def test_another_state_leaves_the_ids_of_all_others_as_they_were() -> None:
    before = {box.id for box in draw(tasks("A", "Load data", "Z")).boxes()}
    after = {box.id for box in draw(tasks("A", "日本", "Load data", "1", "Z")).boxes()}
    assert before < after


def test_every_kind_that_is_drawn_has_colours_and_every_catch_is_one_kind() -> None:
    assert set(Kind) - set(PALETTE) == {Kind.MACHINE}
    diagram = draw(graph(EVERYTHING))
    assert sum(arrow.kind is ArrowKind.CATCH for arrow in diagram.arrows()) == 2


def caught(count: int) -> dict[str, Any]:
    """So many tasks in a row that all hand their errors to one handler."""
    catch = [{"ErrorEquals": ["States.ALL"], "Next": "Park"}]
    states: dict[str, Any] = {
        f"T{i}": {"Type": "Task", "Resource": LAMBDA, "Catch": catch, "Next": f"T{i + 1}"} for i in range(count)
    }
    return {"StartAt": "T0", "States": {**states, f"T{count}": {"Type": "Succeed"}, "Park": {"Type": "Fail"}}}


def test_a_few_catches_are_an_arrow_each() -> None:
    diagram = draw(graph(caught(4)))
    assert sum(arrow.kind is ArrowKind.CATCH for arrow in diagram.arrows()) == 4
    assert all(not box.badges for box in diagram.boxes())


def test_many_catches_of_one_handler_are_one_source_and_a_badge_on_each_state() -> None:
    diagram = draw(graph(caught(5)))
    boxes = {box.id: box for box in diagram.boxes()}
    assert [(a.tail, a.head) for a in diagram.arrows() if a.kind is ArrowKind.CATCH] == [("Park_errors", "Park")]
    assert (boxes["Park_errors"].name, boxes["Park_errors"].detail) == (("States.ALL",), ("in 5 states",))
    assert all(boxes[f"T{i}"].badges == ("↯ Park",) for i in range(5))


def test_the_source_names_all_errors_that_lead_to_the_handler() -> None:
    definition = caught(5)
    definition["States"]["T0"]["Catch"] = [{"ErrorEquals": ["A", "B"], "Next": "Park"}]
    diagram = draw(graph(definition))
    assert {box.id: box for box in diagram.boxes()}["Park_errors"].name == ("A, B", "or States.ALL")


def test_catches_of_another_handler_stay_arrows() -> None:
    definition = caught(5)
    other = {"ErrorEquals": ["States.Timeout"], "Next": "T5"}
    definition["States"]["T0"]["Catch"] = [other, *definition["States"]["T0"]["Catch"]]
    diagram = draw(graph(definition))
    caught_by = {(a.tail, a.head) for a in diagram.arrows() if a.kind is ArrowKind.CATCH}
    assert caught_by == {("Park_errors", "Park"), ("T0", "T5")}


def test_an_arrow_that_leads_up_again_says_so() -> None:
    back = {(arrow.tail, arrow.head) for arrow in draw(graph(EVERYTHING)).arrows() if arrow.back}
    assert back == {("Correct", "Rows_rejected")}
