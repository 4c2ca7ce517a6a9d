"""Definitions that others deployed and executions that AWS recorded judge the rules on limits and integrations."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from sfdsl.aws.arguments import arguments_shape
from sfdsl.aws.resource import ServiceTask
from sfdsl.checks import integrations, limits
from sfdsl.checks.integrations._calls import calls
from sfdsl.diagnostics import Diagnostic, Severity
from sfdsl.graph import WorkflowGraph
from sfdsl.model.asl import read
from sfdsl.model.workflow import MachineType, Workflow
from tests.conftest import shared

CHECKS = (*limits.CHECKS, *integrations.CHECKS)


def graph_of(definition: Any, kind: str = "STANDARD") -> WorkflowGraph:
    machine_type = MachineType.EXPRESS if kind == "EXPRESS" else MachineType.STANDARD
    return WorkflowGraph(Workflow(name="machine", machine=read(definition), type=machine_type))


def findings(definition: Any, kind: str = "STANDARD") -> list[Diagnostic]:
    graph = graph_of(definition, kind)
    return [finding for check in CHECKS for finding in check().run(graph)]


def corpus() -> list[dict[str, Any]]:
    lines = shared("corpus/index.jsonl").read_text().rstrip().split("\n")
    rows = [json.loads(line) for line in lines]
    for row in rows:
        row["definition"] = json.loads(shared(f"corpus/{row['file']}").read_text())
    return rows


@pytest.fixture(scope="module")
def published() -> list[tuple[dict[str, Any], list[Diagnostic]]]:
    return [(row, findings(row["definition"], row["type"])) for row in corpus()]


def test_errors_are_only_found_where_a_definition_is_broken(published) -> None:
    errors = Counter(
        (row["origin"], finding.code)
        for row, found in published
        for finding in found
        if finding.severity is Severity.ERROR
    )
    # SF501: `foo:bar`, ARNs of services that only an emulator has, words in place of an ARN.
    # SF505: AppSync has no operation `graphql`; it is a sketch in somebody's documentation.
    assert errors == {("fixture", "SF501"): 26, ("docs", "SF501"): 4, ("docs", "SF505"): 1}


def test_what_else_is_found(published) -> None:
    others = Counter(
        finding.code for _, found in published for finding in found if finding.severity is not Severity.ERROR
    )
    assert others == {
        "SF406": 15,  # polls every few seconds, until the history is full
        "SF407": 5,  # inline Maps with a MaxConcurrency of 1,000 and more
        "SF416": 6,  # Express machines that retry for hours
        "SF418": 16,
        "SF424": 3,  # Glue, Athena and EMR Serverless jobs polled by hand
        "SF504": 2,  # Lookout for Vision is retired
        "SF509": 11,
        "SF517": 1,  # RetryStrategy.attempts
        "SF518": 2,
        "SF520": 87,
        "SF521": 7,
        "SF522": 6,
    }


def recorded() -> Iterator[dict[str, Any]]:
    seen: set[str] = set()
    for line in shared("aws_recordings/executions.jsonl").read_text().rstrip().split("\n"):
        row = json.loads(line)
        # The recorder has put a word in place of the activity's ARN.
        text = json.dumps(row["definition"]).replace(
            '"activity_arn"', '"arn:aws:states:eu-west-1:111111111111:activity:a"'
        )
        key = text + row["type"] + row["status"]
        if row["aws_validated"] and key not in seen:
            seen.add(key)
            yield row | {"definition": json.loads(text)}


def test_what_aws_has_accepted_and_run_has_no_error() -> None:
    errors = {}
    for row in recorded():
        found = [finding for finding in findings(row["definition"], row["type"]) if finding.severity is Severity.ERROR]
        if found:
            errors[row["id"].split("::")[-1]] = ({finding.code for finding in found}, row["status"], row["error"])
    # Its payload is over 256 KiB, and that is what the execution fails with.
    assert errors == {"test_start_large_input#0": ({"SF403"}, "FAILED", "States.DataLimitExceeded")}


def test_what_aws_refuses_for_an_express_machine() -> None:
    refused = {}
    for line in shared("aws_recordings/definitions.jsonl").read_text().rstrip().split("\n"):
        row = json.loads(line)
        if "Express state machine does not support" in (row.get("message") or ""):
            refused[row["id"].split("[")[-1]] = [
                finding.code for finding in findings(row["definition"], "EXPRESS") if finding.severity is Severity.ERROR
            ]
    assert refused == {"SYNC]#0": ["SF411"], "WAIT_FOR_TASK_TOKEN]#0": ["SF412"]}


def test_definitions_that_are_wrong_otherwise() -> None:
    found: Counter[str] = Counter()
    for line in shared("corpus/invalid/invalid.jsonl").read_text().rstrip().split("\n"):
        try:
            definition = json.loads(shared(f"corpus/{json.loads(line)['file']}").read_text())
        except json.JSONDecodeError:
            continue
        if isinstance(definition, dict):
            found.update(finding.code for finding in findings(definition))
    assert found == {"SF501": 12, "SF502": 1, "SF509": 1, "SF512": 1, "SF518": 1, "SF520": 24}


def payloads() -> Iterator[tuple[Any, Any, str]]:
    """Each definition with each object of parameters in it whose shape is known, and the key of those parameters."""
    for row in corpus():
        for call in calls(graph_of(row["definition"])):
            known = isinstance(call.resource, ServiceTask) and call.task and arguments_shape(call.resource) is not None
            if known and isinstance(call.payload, dict) and call.payload:
                yield row["definition"], call.payload, call.key


def codes(definition: Any) -> set[str]:
    graph = graph_of(definition)
    return {finding.code for check in integrations.CHECKS for finding in check().run(graph)}


def test_every_misspelt_parameter_is_found() -> None:
    tried = 0
    for definition, payload, _ in payloads():
        original = dict(payload)
        for key in original:
            if key.startswith("$"):
                continue
            name = key.removesuffix(".$")
            for wrong, code in ((f"{name}x", "SF510"), (name[:1].lower() + name[1:], "SF511")):
                payload.clear()
                payload.update({wrong + key[len(name) :] if k == key else k: v for k, v in original.items()})
                assert code in codes(definition), (key, wrong)
                tried += 1
        payload.clear()
        payload.update(original)
    assert tried > 2000


def test_every_missing_parameter_is_found() -> None:
    tried = 0
    for definition, payload, _ in payloads():
        original = dict(payload)
        graph = graph_of(definition)
        call = next(call for call in calls(graph) if call.payload is payload)
        shape = arguments_shape(call.resource)
        assert shape is not None
        for name in shape.required:
            key = name if name in original else f"{name}.$"
            payload.pop(key)
            assert "SF512" in codes(definition), (name, original)
            tried += 1
            payload.clear()
            payload.update(original)
    assert tried > 500
