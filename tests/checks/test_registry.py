"""Promises that every check keeps, the next one too."""

from __future__ import annotations

import json
import pkgutil
import re
from importlib import import_module

import pytest

import sfdsl.checks
from sfdsl.checks import CHECKS
from sfdsl.checks.base import Check
from sfdsl.graph import WorkflowGraph
from sfdsl.model.asl import read
from sfdsl.model.workflow import MachineType, Notes, Workflow


def workflow(example: str) -> WorkflowGraph:
    """The workflow that an example of a docstring stands for.

    An example may wrap its definition with a type, a name and notes: `{"Type": ..., "Name": ..., "Notes": {"State":
    {"items": 5000}}, "Definition": ...}`. The text `"x * 300000"` stands for so many letters.
    """
    value = json.loads(re.sub(r'"(\w) \* (\d+)"', lambda found: json.dumps(found[1] * int(found[2])), example))
    kind, name, notes = MachineType.STANDARD, "example", {}
    if "Definition" in value:
        kind, name = MachineType(value.get("Type", "STANDARD")), value.get("Name", name)
        notes = {state: Notes(**told) for state, told in value.get("Notes", {}).items()}
        value = value["Definition"]
    if "StartAt" not in value and "States" not in value:
        value = {"StartAt": "Example", "States": {"Example": value}}
    return WorkflowGraph(Workflow(name=name, machine=read(value), type=kind, notes=notes))


def modules() -> set[type[Check]]:
    found: set[type[Check]] = set()
    for info in pkgutil.walk_packages(sfdsl.checks.__path__, "sfdsl.checks."):
        module = import_module(info.name)
        found |= {
            value
            for value in vars(module).values()
            if isinstance(value, type) and issubclass(value, Check) and value.__module__ == module.__name__
            and "code" in vars(value)
        }  # fmt: skip
    return found


def test_every_check_of_the_package_is_registered() -> None:
    assert modules() == set(CHECKS)


def test_codes_are_unique_and_in_order() -> None:
    codes = [check.code for check in CHECKS]
    assert codes == sorted(set(codes))


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.code)
def test_the_documentation_has_its_sections(check: type[Check]) -> None:
    documentation = check.documentation()
    assert documentation.title.endswith(".")
    assert list(documentation.sections)[:3] == ["Why it matters", "Fires on", "Instead"]


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.code)
def test_the_first_example_gives_the_code_and_the_second_does_not(check: type[Check]) -> None:
    sections = check.documentation().sections
    assert check.code in {finding.code for finding in check().run(workflow(sections["Fires on"]))}
    assert list(check().run(workflow(sections["Instead"]))) == []
