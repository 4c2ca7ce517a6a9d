"""Independent judges: every action exists, every resource belongs to its action."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from sfdsl.aws.integrations import Optimized, PatternFacts, all_optimized
from sfdsl.dsl.lower import lower
from sfdsl.graph import WorkflowGraph
from sfdsl.load import pipeline_file
from sfdsl.permissions import derive
from tests.conftest import ROOT
from tests.permissions.helpers import permissions, task
from tests.permissions.judges import exists, findings, resource_types

FORMS = [(api, facts) for api in all_optimized() for facts in api.patterns]
# The reference marks ten types as required; a call of a model has only one of them.
ONE_OF_MANY = "bedrock:InvokeModel"
# Without IAM actions: Kubernetes has permissions of its own.
NOTHING = {("eks", "call"), ("eks", "runJob")}


def operations() -> dict[str, list[str]]:
    content = json.loads((ROOT / "sfdsl/aws/data/iam_sdk.json").read_text())
    return {service: list(entry["operations"]) for service, entry in content.items()}


def test_there_are_108_optimized_forms() -> None:
    assert len(FORMS) == 108


@pytest.mark.parametrize(("api", "facts"), FORMS, ids=lambda value: getattr(value, "api", getattr(value, "note", "")))
@pytest.mark.parametrize("arguments", ["none", "names", "unknown"])
def test_every_optimized_form_is_granted_what_exists(api: Optimized, facts: PatternFacts, arguments: str) -> None:
    given: dict[str, Any] = {
        "none": {"AuthType": "IAM_ROLE"},
        "names": {name: "example" for name in api.required} | {"AuthType": "IAM_ROLE", "Tags": {}},
        "unknown": "{% $states.input %}",
    }[arguments]  # type: ignore[assignment]
    found = permissions(task(f"{api.service}:{api.api}{facts.pattern.value}", given))
    assert bool(found.statements) is ((api.service, api.api) not in NOTHING)
    assert [action for action in sorted(found.actions()) if not exists(action)] == []
    assert [issue for issue in findings(found) if ONE_OF_MANY not in issue] == []
    for statement in found.statements:
        if statement.resources == ("*",):
            assert [action for action in statement.actions if resource_types(action)] == []


@pytest.mark.parametrize(("api", "facts"), FORMS, ids=lambda value: getattr(value, "api", getattr(value, "note", "")))
def test_a_job_is_followed_and_stopped(api: Optimized, facts: PatternFacts) -> None:
    actions = {action.partition(":")[2] for action in permissions(_job(api, facts)).actions()}
    for action in (facts.poll_action, facts.cancel_action):
        assert action is None or action in actions


def _job(api: Optimized, facts: PatternFacts) -> dict[str, Any]:
    return task(f"{api.service}:{api.api}{facts.pattern.value}", {})


def test_more_than_3000_operations_are_granted_what_exists() -> None:
    count = 0
    wrong = []
    for service, apis in operations().items():
        for api in apis:
            found = permissions(task(f"aws-sdk:{service}:{api}", {}))
            count += 1
            wrong += [f"{service}:{api} {action}" for action in found.actions() if not exists(action)]
            wrong += [
                f"{service}:{api} {action} on *"
                for statement in found.statements
                if statement.resources == ("*",)
                for action in statement.actions
                if exists(action) and resource_types(action)
            ]
    assert wrong == []
    assert count > 16_000


# What parliament says of calls that let anyone into a bucket, whatever its name, is so.
INHERENT = "RESOURCE_POLICY_PRIVILEGE_ESCALATION"
# It expects twelve digits where AWS owns the resource (`arn:aws:connect:REGION:aws:view/...`).
OWNED_BY_AWS = {"connect", "mediaconnect", "sesv2", "ssoadmin"}
# It takes `outpost/*/bucket/example` for no bucket.
OUTPOSTS = "s3-outposts:"


@pytest.mark.campaign
def test_parliament_finds_nothing_in_what_an_operation_is_granted() -> None:
    issues: Counter[str] = Counter()
    for service, apis in operations().items():
        for api in apis:
            for issue in findings(permissions(task(f"aws-sdk:{service}:{api}", {}))):
                known = INHERENT in issue or ONE_OF_MANY in issue or OUTPOSTS in issue
                if not known and not (service in OWNED_BY_AWS and "INVALID_ARN" in issue):
                    issues[f"{service}:{api} {issue}"] += 1
    assert issues == Counter()


SHIPPED = sorted((ROOT / "pipelines").glob("*.py"))


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_parliament_finds_nothing_in_the_policies_of_the_shipped_pipelines(path: Path) -> None:
    for pipeline in pipeline_file(path).pipelines:
        workflow = lower(pipeline).workflow
        assert workflow is not None
        found = derive(WorkflowGraph(workflow))
        assert found.statements
        assert [action for action in sorted(found.actions()) if not exists(action)] == []
        assert [issue for issue in findings(found) if ONE_OF_MANY not in issue] == []
