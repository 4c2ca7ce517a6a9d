"""Other tools agree with what is in generated/."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

GENERATED = Path(__file__).resolve().parent.parent / "generated"
DEFINITIONS = sorted(GENERATED.glob("*/*.asl.json"))


def findings(definitions: dict[str, Any]) -> list[str]:
    """What cfn-lint says about state machines in a template, without the rules on deployments."""
    from cfnlint.api import ManualArgs, lint

    resources = {
        f"Machine{i}": {
            "Type": "AWS::StepFunctions::StateMachine",
            "Properties": {"RoleArn": "arn:aws:iam::123456789012:role/r", "Definition": definition},
        }
        for i, definition in enumerate(definitions.values())
    }
    template = json.dumps({"AWSTemplateFormatVersion": "2010-09-09", "Resources": resources})
    return [
        f"{match.rule.id} {match.path_string} {match.message}"
        for match in lint(template, config=ManualArgs(regions=["eu-west-1"]))
    ]


def test_cfn_lint_finds_nothing_in_the_definitions() -> None:
    definitions = {path.stem: json.loads(path.read_text()) for path in DEFINITIONS}
    assert len(definitions) >= 13
    assert findings(definitions) == []


@pytest.mark.parametrize("fault", ["Nxt", "Type"])
def test_cfn_lint_would_find_a_fault(fault: str) -> None:
    state = {"Type": "Pass", "Next": "B"}
    state[fault] = "Wrong"
    broken = {"StartAt": "A", "States": {"A": state, "B": {"Type": "Succeed"}}}
    assert findings({"broken": broken}) != []
