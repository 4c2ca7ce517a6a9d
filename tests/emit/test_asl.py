from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from sfdsl.emit import asl
from sfdsl.model import asl as model
from sfdsl.model.workflow import Workflow
from tests.conftest import shared
from tests.emit.machines import EVERYTHING, NASTY, names, tasks, workflow


def test_states_stand_in_the_order_in_which_they_run_in_every_scope() -> None:
    states = json.loads(asl.emit(workflow(EVERYTHING)))["States"]
    assert list(states) == ["Extract", "Sources", "Rows rejected?", "Correct", "Load", "Done", "Park", "Failed"]
    body = states["Sources"]["Branches"][1]["States"]["Each file"]["ItemProcessor"]["States"]
    assert list(body) == ["Copy", "Breathe"]


def test_both_names_of_a_body_are_put_into_order() -> None:
    body = {"StartAt": "B", "States": {"A": {"Type": "Succeed"}, "B": {"Type": "Pass", "Next": "A"}}}
    both = {"Type": "Map", "ItemProcessor": body, "Iterator": body, "End": True}
    written = json.loads(asl.emit(workflow({"StartAt": "M", "States": {"M": both}})))["States"]["M"]
    assert list(written["ItemProcessor"]["States"]) == ["B", "A"]
    assert list(written["Iterator"]["States"]) == ["B", "A"]


def test_the_text_is_written_out_whole() -> None:
    definition = {
        "States": {
            "Überprüfen": {"End": True, "Parameters": {"b": 1, "a": "é"}, "Resource": "arn", "Type": "Task"},
        },
        "StartAt": "Überprüfen",
    }
    assert asl.emit(workflow(definition)) == (
        "{\n"
        '  "StartAt": "Überprüfen",\n'
        '  "States": {\n'
        '    "Überprüfen": {\n'
        '      "Type": "Task",\n'
        '      "Resource": "arn",\n'
        '      "Parameters": {\n'
        '        "b": 1,\n'
        '        "a": "é"\n'
        "      },\n"
        '      "End": true\n'
        "    }\n"
        "  }\n"
        "}\n"
    )


def test_a_machine_without_states_is_written_as_it_is() -> None:
    assert json.loads(asl.emit(workflow({"StartAt": "A"}))) == {"StartAt": "A"}
    assert json.loads(asl.emit(workflow({"StartAt": "A", "States": []}))) == {"StartAt": "A", "States": []}


@given(st.lists(st.one_of(names, st.text(st.characters(), max_size=5)), min_size=1, max_size=5, unique=True))
def test_any_name_survives_and_can_be_written_to_a_file(chosen: list[str]) -> None:
    text = asl.emit(tasks(*chosen).workflow)
    assert list(json.loads(text.encode().decode())["States"]) == chosen


def test_nasty_names_survive() -> None:
    assert list(json.loads(asl.emit(tasks(*NASTY).workflow).encode())["States"]) == list(NASTY)


def test_every_definition_of_the_corpus_means_what_it_meant() -> None:
    files = sorted(shared("corpus/asl").glob("*.json"))
    assert files
    for file in files:
        definition = json.loads(file.read_text(encoding="utf-8"))
        written = asl.emit(Workflow(name="x", machine=model.read(definition)))
        assert json.loads(written) == definition, file.name
        assert asl.emit(Workflow(name="x", machine=model.read(json.loads(written)))) == written, file.name
