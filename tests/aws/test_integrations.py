from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter

import pytest

from sfdsl.aws.integrations import all_optimized, apis, optimized, services
from sfdsl.aws.resource import Pattern, ServiceTask, parse
from tests.conftest import ROOT, shared


def test_there_are_108_forms_of_63_apis_in_21_services() -> None:
    found = all_optimized()
    assert len(services()) == 21
    assert len(found) == 63
    assert sum(len(api.patterns) for api in found) == 108


def test_every_form_of_the_facts_is_offered_as_it_stands_there() -> None:
    for form in json.loads(shared("facts/integrations.json").read_text())["integrations"]:
        task = parse(form["resource"])
        assert isinstance(task, ServiceTask)
        api = optimized(task.service, task.api)
        assert api is not None, form["resource"]
        facts = api.facts(task.pattern)
        assert facts is not None, form["resource"]
        assert facts.express == form["express"] == (not task.pattern.waits)
        assert list(api.allowed) == form["params"]["allowed"]
        assert set(api.required) <= set(form["params"]["required"])
        assert api.operation == form.get("botocore")
        assert facts.poll_action == form.get("poll_action")
        assert facts.cancel_action == form.get("cancel_action")
        assert api.error_prefix == form.get("error_prefix", api.error_prefix)


def test_the_data_is_what_the_facts_say() -> None:
    shared("facts/integrations.json")
    done = subprocess.run(
        [sys.executable, "tools/aws_data.py", "--check"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("api", all_optimized(), ids=lambda api: f"{api.service}:{api.api}")
def test_an_api_is_consistent_in_itself(api) -> None:
    assert api.offers(Pattern.REQUEST_RESPONSE)
    assert set(api.required) <= set(api.allowed)
    assert {name.split(".")[0] for group in api.exactly_one_of for name in group} <= set(api.allowed)
    assert {name.split(".")[0] for name in api.enums} <= set(api.allowed)
    assert api.source.startswith("https://docs.aws.amazon.com/step-functions/")
    assert list(api.allowed) == sorted(api.allowed)
    assert hash(api) == hash(optimized(api.service, api.api))


def test_patterns_by_service() -> None:
    offered: dict[str, Counter[Pattern]] = {}
    for api in all_optimized():
        offered.setdefault(api.service, Counter()).update(facts.pattern for facts in api.patterns)
    waiting = {
        service: {pattern.value for pattern in patterns if pattern.waits} for service, patterns in offered.items()
    }
    assert waiting == {
        "apigateway": {".waitForTaskToken"},
        "athena": {".sync"},
        "batch": {".sync"},
        "bedrock": {".sync", ".waitForTaskToken"},
        "codebuild": {".sync"},
        "databrew": {".sync"},
        "dynamodb": set(),
        "ecs": {".sync", ".waitForTaskToken"},
        "eks": {".sync", ".waitForTaskToken"},
        "elasticmapreduce": {".sync"},
        "emr-containers": {".sync"},
        "emr-serverless": {".sync"},
        "events": {".waitForTaskToken"},
        "glue": {".sync"},
        "http": set(),
        "lambda": {".waitForTaskToken"},
        "mediaconvert": {".sync"},
        "sagemaker": {".sync"},
        "sns": {".waitForTaskToken"},
        "sqs": {".waitForTaskToken"},
        "states": {".sync", ".sync:2", ".waitForTaskToken"},
    }


def test_one_api_in_full() -> None:
    api = optimized("states", "startExecution")
    assert api is not None
    assert api.allowed == ("Input", "Name", "StateMachineArn")
    assert api.required == ("StateMachineArn",)
    assert api.operation == "stepfunctions:StartExecution"
    assert api.error_prefix == "StepFunctions"
    sync = api.facts(Pattern.SYNC_2)
    assert sync is not None
    assert (sync.poll_action, sync.cancel_action, sync.express) == ("DescribeExecution", "StopExecution", False)
    assert sync.result_note == "Output is a JSON value"


def test_tokens_that_step_functions_fills_in_are_not_required() -> None:
    api = optimized("emr-serverless", "startJobRun")
    assert api is not None
    assert api.required == ("ApplicationId", "ExecutionRoleArn")
    assert "ClientToken" in api.allowed


@pytest.mark.parametrize(("service", "api"), [("lambda", "Invoke"), ("Lambda", "invoke"), ("s3", "getObject")])
def test_names_are_exact(service: str, api: str) -> None:
    assert optimized(service, api) is None


def test_apis_of_an_unknown_service() -> None:
    assert apis("nosuch") == ()
    assert apis("athena") == ("getQueryExecution", "getQueryResults", "startQueryExecution", "stopQueryExecution")
