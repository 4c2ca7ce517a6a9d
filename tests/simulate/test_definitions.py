"""The recorded definitions: refused where AWS refused them, and with the variables that AWS found in them."""

from __future__ import annotations

import json
from typing import Any

from sfdsl.compile import compile_workflow
from sfdsl.diagnostics import Severity
from sfdsl.model.asl import NotAStateMachine, read
from sfdsl.model.texts import texts, variables
from sfdsl.model.workflow import MachineType, Workflow, walk
from tests.conftest import shared


def definitions() -> list[dict[str, Any]]:
    """Every record that AWS has validated."""
    lines = shared("aws_recordings/definitions.jsonl").read_text().rstrip("\n").split("\n")
    return [record for record in map(json.loads, lines) if record["aws_validated"]]


def name(record: dict[str, Any]) -> str:
    return str(record["id"]).rpartition("::")[2]


def accepted(record: dict[str, Any]) -> bool:
    """Whether the checks find no error."""
    definition = record["definition"]
    try:
        if definition is None:
            definition = json.loads(record["definition_text"])
        machine = read(definition)
    except (ValueError, NotAStateMachine):
        return False
    kind = MachineType(record["type"] or "STANDARD")
    found = compile_workflow(Workflow(name="machine", machine=machine, type=kind), emitting=False).findings
    return not any(finding.severity is Severity.ERROR for finding in found)


def test_definitions_are_refused_where_aws_refused_them() -> None:
    records = definitions()
    assert {name(record): accepted(record) for record in records} == {
        name(record): record["accepted"] for record in records
    }
    assert [record["accepted"] for record in records].count(False) == 10
    assert len(records) == 22


def test_the_variables_that_states_read_are_those_that_aws_found() -> None:
    compared = 0
    for record in definitions():
        if record.get("variable_references") is None:
            continue
        compared += 1
        read_by: dict[str, list[str]] = {}
        for scope, state in walk(read(record["definition"])):
            names = {each for text in texts(scope, state) for each in variables(text)}
            if names:
                read_by[state.name] = sorted(names)
        assert read_by == {state: sorted(names) for state, names in record["variable_references"].items()}, name(record)
    assert compared == 8
