"""What we grant for definitions that other people wrote."""

from __future__ import annotations

import json
import re
import sys
from typing import Any

import pytest

from sfdsl.graph import WorkflowGraph
from sfdsl.model.asl import read
from sfdsl.model.workflow import Workflow
from sfdsl.permissions import Surroundings, derive
from tests.conftest import ROOT, shared
from tests.permissions.judges import exists, findings

# Types that the reference marks as required although a call of a model has only one of them.
ONE_OF_MANY = "bedrock:InvokeModel"
FIXTURES = {
    "0541-test-task-with-credentials",  # its Credentials hold no ARN of a role
    "0408-docs-architecture-unified-llm-rust-amplify-architecture-1",  # an operation that AppSync does not have
}


def rows() -> list[dict[str, Any]]:
    return [json.loads(line) for line in shared("corpus/index.jsonl").read_text().splitlines()]


def plausible(text: str) -> str:
    """A definition with a region and an account where its ARNs have words in their place, as examples do."""

    def arn(found: re.Match[str]) -> str:
        service, region, account = found[2], found[3], found[4]
        if service not in ("lambda", "states", "sns", "sqs", "dynamodb", "batch", "ecs", "glue", "iam"):
            return found[0]
        region = region if service == "iam" or re.fullmatch(r"[a-z]{2}-[a-z-]+-\d|[$#]\{.*\}", region) else "eu-west-1"
        account = account if re.fullmatch(r"\d{12}|[$#]\{.*\}", account) else "123456789012"
        return f"arn:{found[1]}:{service}:{region}:{account}:"

    field = r"((?:[$#]\{[^}]*\}|[^:\"\s$#])*)"
    return re.sub(
        rf"arn:{field}:{field}:{field}:{field}:(?!:)(?=function|stateMachine|activity|role|[A-Za-z])", arn, text
    )


def test_parliament_finds_nothing_in_any_policy_of_the_corpus() -> None:
    found = {}
    for row in rows():
        text = plausible(shared(f"corpus/{row['file']}").read_text())
        workflow = Workflow(name=row["id"].replace(".", "-")[:80], machine=read(json.loads(text)))
        around = Surroundings(logging=bool(row.get("logging")), tracing=bool(row.get("tracing")))
        permissions = derive(WorkflowGraph(workflow), around)
        assert [action for action in sorted(permissions.actions()) if not exists(action)] == []
        issues = [issue for issue in findings(permissions) if ONE_OF_MANY not in issue]
        if issues and row["id"] not in FIXTURES:
            found[row["id"]] = issues
    assert found == {}


def test_nothing_that_differs_from_what_people_granted_is_our_mistake(capsys: pytest.CaptureFixture[str]) -> None:
    shared("corpus/index.jsonl")
    sys.path.insert(0, str(ROOT / "benchmarks"))
    try:
        import iam_corpus
    finally:
        sys.path.pop(0)
    assert iam_corpus.main() == 0, capsys.readouterr().out
