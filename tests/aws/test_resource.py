from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from sfdsl.aws.resource import (
    Activity,
    LambdaFunction,
    Malformed,
    Pattern,
    ServiceTask,
    Unresolved,
    parse,
    service_task,
)
from tests.conftest import shared


@pytest.mark.parametrize(
    ("text", "name", "pattern"),
    [
        pytest.param("arn:aws:states:::lambda:invoke", "lambda:invoke", Pattern.REQUEST_RESPONSE, id="optimized"),
        pytest.param("arn:aws:states:::glue:startJobRun.sync", "glue:startJobRun", Pattern.SYNC, id="a job"),
        pytest.param(
            "arn:aws:states:::states:startExecution.sync:2",
            "states:startExecution",
            Pattern.SYNC_2,
            id="a job whose output is JSON",
        ),
        pytest.param(
            "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
            "sqs:sendMessage",
            Pattern.WAIT_FOR_TASK_TOKEN,
            id="a callback",
        ),
        pytest.param(
            "arn:aws:states:::aws-sdk:rds:describeDBInstances",
            "aws-sdk:rds:describeDBInstances",
            Pattern.REQUEST_RESPONSE,
            id="aws-sdk",
        ),
        pytest.param(
            "arn:aws:states:::aws-sdk:dynamodb:putItem.waitForTaskToken",
            "aws-sdk:dynamodb:putItem",
            Pattern.WAIT_FOR_TASK_TOKEN,
            id="aws-sdk callback",
        ),
        pytest.param("arn:aws:states:::http:invoke", "http:invoke", Pattern.REQUEST_RESPONSE, id="an HTTPS endpoint"),
        pytest.param(
            "arn:${AWS::Partition}:states:::emr-serverless:startJobRun.sync",
            "emr-serverless:startJobRun",
            Pattern.SYNC,
            id="colons inside a placeholder separate nothing",
        ),
        pytest.param(
            "arn:<PARTITION>:states:::sns:publish", "sns:publish", Pattern.REQUEST_RESPONSE, id="any partition"
        ),
        pytest.param(
            "arn:aws:states:us-east-1:776177632559:aws-sdk:s3:getObject",
            "aws-sdk:s3:getObject",
            Pattern.REQUEST_RESPONSE,
            id="with region and account",
        ),
        pytest.param("arn:aws:states:::glue:startJobRun.snyc", "glue:startJobRun", Pattern.UNKNOWN, id="misspelt"),
    ],
)
def test_calls(text: str, name: str, pattern: Pattern) -> None:
    task = parse(text)
    assert isinstance(task, ServiceTask)
    assert (task.name, task.pattern, task.text) == (name, pattern, text)


def test_a_call_keeps_every_part_as_written() -> None:
    assert parse("arn:${P}:states:${R}:${A}:aws-sdk:s3:getObject.now") == ServiceTask(
        partition="${P}",
        service="s3",
        api="getObject",
        pattern=Pattern.UNKNOWN,
        suffix=".now",
        sdk=True,
        region="${R}",
        account="${A}",
        text="arn:${P}:states:${R}:${A}:aws-sdk:s3:getObject.now",
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            "arn:aws:lambda:us-east-1:123456789012:function:Add",
            ("Add", None, "us-east-1", "123456789012"),
            id="unqualified",
        ),
        pytest.param("arn:aws:lambda:eu-west-1:1:function:F:$LATEST", ("F", "$LATEST", "eu-west-1", "1"), id="version"),
        pytest.param(
            "arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:function:my-fn",
            ("my-fn", None, "${AWS::Region}", "${AWS::AccountId}"),
            id="pseudo parameters",
        ),
        pytest.param(
            "arn:aws:lambda:#{AWS::Region}:#{AWS::AccountId}:function:${self:service}-${opt:stage}-request",
            ("${self:service}-${opt:stage}-request", None, "#{AWS::Region}", "#{AWS::AccountId}"),
            id="placeholders of Serverless",
        ),
        pytest.param("arn:aws:lambda:::function:f", ("f", None, "", ""), id="without region and account"),
    ],
)
def test_lambda_functions(text: str, expected: tuple[str, str | None, str, str]) -> None:
    name, qualifier, region, account = expected
    assert parse(text) == LambdaFunction(name=name, qualifier=qualifier, region=region, account=account, text=text)


def test_activities() -> None:
    text = "arn:aws:states:us-east-1:123456789012:activity:Add"
    assert parse(text) == Activity(name="Add", region="us-east-1", account="123456789012", text=text)


@pytest.mark.parametrize(
    "text",
    [
        "${Function.Arn}",
        "${aws_sfn_activity.a[0].id}",
        "arn:aws:states:::${Call}",
        "arn:aws:states:::lambda:${Api}",
        "arn:aws:states:::glue:startJobRun${Suffix}",
        "arn:aws:${Service}:::x:y",
        "arn:aws:lambda:us-east-1:1:${Function}",
    ],
)
def test_a_placeholder_that_hides_the_kind_is_unresolved(text: str) -> None:
    assert parse(text) == Unresolved(text=text)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "no ARN"),
        ("foo:bar", "no ARN"),
        ("{% $arn %}", "expression"),
        ("$.arn", "path"),
        ("arn:aws:states:::lambda", "SERVICE:API"),
        ("arn:aws:states:::aws-sdk:s3", "SERVICE:API"),
        ("arn:aws:states:::lambda:invoke:2", "SERVICE:API"),
        ("arn:aws:states:us-east-1:1:stateMachine:m", "states:startExecution"),
        ("arn:aws:swf:us-east-1:1:task:X", "swf"),
        ("arn:aws:lambda:us-east-1:1:layer:l:1", "function"),
        ("arn:aws:states:us-east-1:1:activity:", "SERVICE:API"),
    ],
)
def test_malformed(text: str, reason: str) -> None:
    resource = parse(text)
    assert isinstance(resource, Malformed)
    assert reason in resource.reason


@pytest.mark.parametrize("pattern", [pattern for pattern in Pattern if pattern is not Pattern.UNKNOWN])
@pytest.mark.parametrize("sdk", [False, True])
def test_what_is_written_is_read_back(pattern: Pattern, sdk: bool) -> None:
    task = service_task("states", "startExecution", pattern=pattern, sdk=sdk, partition="${AWS::Partition}")
    assert parse(task.text) == task


def test_an_unknown_pattern_cannot_be_written() -> None:
    with pytest.raises(ValueError, match="UNKNOWN"):
        service_task("glue", "startJobRun", pattern=Pattern.UNKNOWN)


def _resources(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if node.get("Type") == "Task" and isinstance(node.get("Resource"), str):
            yield node["Resource"]
        for value in node.values():
            yield from _resources(value)
    elif isinstance(node, list):
        for value in node:
            yield from _resources(value)


def test_every_resource_of_the_corpus_is_understood() -> None:
    kinds: Counter[str] = Counter()
    malformed = set()
    for path in sorted(shared("corpus/asl").rglob("*.json")):
        for text in _resources(json.loads(path.read_text())):
            resource = parse(text)
            kinds[type(resource).__name__] += 1
            if isinstance(resource, Malformed):
                malformed.add(text)
            elif isinstance(resource, ServiceTask):
                assert resource.pattern is not Pattern.UNKNOWN, text
            elif isinstance(resource, Unresolved):
                assert "${" in text
    assert malformed == {
        "REPLACE_WITH_YOUR_LAMBDA_ARN",
        "arn:aws:rpcmessage:local::function:NonExistentLambda",
        "arn:aws:rpcmessage:local::function:SimpleBlockingProcessor",
        "arn:aws:rpcmessage:local::function:SimpleErroringProcessor",
        "arn:aws:rpcmessage:local::function:TaskTokenInvokeLambda",
        "arn:aws:swf:us-east-1:123456789012:task:X",
        "arn:x",
        "foo:bar",
        "format_results_for_user",
        "generate_batch_config",
        "random-resource",
        "someresource",
        "validate_csv_and_agent",
    }
    assert kinds["ServiceTask"] > 900
    assert kinds["LambdaFunction"] > 80
    assert kinds["Activity"] == 5
