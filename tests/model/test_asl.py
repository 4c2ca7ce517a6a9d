"""Reading and writing ASL loses nothing."""

from __future__ import annotations

import json
from typing import Any

import pytest

from sfdsl.model.asl import NotAStateMachine, read, write
from sfdsl.model.fields import ABSENT
from sfdsl.model.states import And, Comparison, Opaque, Pass, Retrier, Task
from sfdsl.origin import Origin
from tests.conftest import shared


def as_written(value: Any) -> Any:
    """The value with the keys of each `States` as a list, so that their order takes part in the comparison."""
    if isinstance(value, dict):
        return {
            key: [[name, as_written(state)] for name, state in item.items()]
            if key == "States" and isinstance(item, dict)
            else as_written(item)
            for key, item in value.items()
        }
    return [as_written(item) for item in value] if isinstance(value, list) else value


def test_every_definition_of_the_corpus_is_written_as_it_was_read() -> None:
    files = sorted(shared("corpus/asl").glob("*.json"))
    assert len(files) == 584
    different = [
        file.name
        for file in files
        if as_written(write(read(value := json.loads(file.read_text())))) != as_written(value)
    ]
    assert different == []


def test_definitions_that_are_wrong_are_kept_as_well() -> None:
    read_back = 0
    for file in sorted(shared("corpus/invalid").glob("*.json")):
        try:
            value = json.loads(file.read_text())
        except ValueError:
            continue
        assert as_written(write(read(value))) == as_written(value), file.name
        read_back += 1
    assert read_back >= 120


def machine(**state: Any) -> dict[str, Any]:
    return {"StartAt": "A", "States": {"A": state}}


@pytest.mark.parametrize(
    "definition",
    [
        pytest.param(machine(Type="Pass"), id="neither Next nor End"),
        pytest.param(machine(Type="Pass", End=False), id="End false"),
        pytest.param(machine(Type="Pass", End=True, Next="A"), id="End beside Next"),
        pytest.param(machine(Type="Pass", Next=None), id="Next null"),
        pytest.param(
            machine(Type="Pass", ResultPath=None, InputPath=None, Result=None, End=True), id="null is a value"
        ),
        pytest.param(machine(Type="Task", Retry=[], Catch={}, Resource=7, End=True), id="misfits"),
        pytest.param(machine(Type="Task", Retry=[{"ErrorEquals": "x", "Foo": 1}], End=True), id="misfits further down"),
        pytest.param(machine(Type="Choice", Choices=[]), id="no rules"),
        pytest.param(
            machine(Type="Choice", Choices=[{"Variable": "$", "IsNull": True, "IsString": 1}]), id="two operators"
        ),
        pytest.param(
            machine(Type="Choice", Choices=[{"And": [{"Not": {"Next": "A"}}], "Or": 1, "Next": 3}]), id="odd logic"
        ),
        pytest.param(
            machine(Type="Choice", Choices=[{"Condition": "{% true %}", "Comment": "c", "And": []}]), id="both"
        ),
        pytest.param(machine(Type="Chioce"), id="a type that is none"),
        pytest.param({"StartAt": 1, "States": {"A": None, "B": []}, "Foo": None}, id="states that are none"),
        pytest.param({"States": []}, id="States is no object"),
        pytest.param({}, id="nothing at all"),
        pytest.param(
            machine(Type="Map", Iterator={"States": {}}, ItemProcessor={"ProcessorConfig": 1}), id="both bodies"
        ),
    ],
)
def test_what_is_wrong_is_kept(definition: dict[str, Any]) -> None:
    assert json.dumps(write(read(definition)), sort_keys=True) == json.dumps(definition, sort_keys=True)


def test_a_task_is_read_into_its_fields() -> None:
    definition = machine(
        Type="Task", Resource="arn:aws:states:::lambda:invoke", ResultPath=None, TimeoutSeconds=5,
        Retry=[{"ErrorEquals": ["States.ALL"], "MaxAttempts": 0}], Next="B", Color="red",
    )  # fmt: skip
    state = read(definition, Origin(file="x.asl.json")).states[0]
    assert state == Task(
        name="A",
        resource="arn:aws:states:::lambda:invoke",
        result_path=None,
        timeout_seconds=5,
        retry=(Retrier(error_equals=("States.ALL",), max_attempts=0),),
        next="B",
        extra={"Color": "red"},
    )
    assert isinstance(state, Task)
    assert state.retry[0].origin == Origin(file="x.asl.json", pointer="/States/A/Retry/0")


def test_a_rule_is_read_into_its_test() -> None:
    definition = machine(Type="Choice", Choices=[{"And": [{"Variable": "$.a", "NumericEquals": 1}], "Next": "A"}])
    (rule,) = read(definition).states[0].choices  # type: ignore[union-attr]
    assert rule.test == And(tests=(Comparison(variable="$.a", operator="NumericEquals", operand=1),))
    assert rule.next == "A"


def test_a_state_of_no_known_type_is_opaque() -> None:
    assert read(machine(Type="Loop")).states == (Opaque(name="A", value={"Type": "Loop"}),)


def test_a_state_without_a_way_on_says_so() -> None:
    state = read(machine(Type="Pass")).states[0]
    assert isinstance(state, Pass)
    assert state.next is None
    assert state.extra == {"End": ABSENT}


def test_equal_nodes_hash_alike() -> None:
    definition = machine(Type="Pass", Result={"a": [1]}, End=True)
    assert hash(read(definition)) == hash(read(definition, Origin(file="elsewhere")))


@pytest.mark.parametrize(("value", "kind"), [([], "an array"), ("x", "a text"), (None, "null"), (1.5, "a number")])
def test_what_is_no_object_is_refused(value: Any, kind: str) -> None:
    with pytest.raises(NotAStateMachine, match=f"not {kind}"):
        read(value)
