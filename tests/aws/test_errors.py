from __future__ import annotations

import json

import pytest

from sfdsl.aws.errors import ERRORS, LAMBDA_TRANSIENT, error_names, error_prefix, is_reserved, matches, transient
from sfdsl.aws.integrations import all_optimized
from sfdsl.aws.resource import ServiceTask, parse, service_task
from sfdsl.aws.sdk import sdk_service, sdk_services
from tests.conftest import shared


def task(form: str) -> ServiceTask:
    resource = parse(f"arn:aws:states:::{form}")
    assert isinstance(resource, ServiceTask)
    return resource


@pytest.mark.parametrize(
    ("entry", "error", "expected"),
    [
        ("States.ALL", "States.Timeout", True),
        ("States.ALL", "MyError", True),
        ("States.ALL", "States.DataLimitExceeded", False),
        ("States.ALL", "States.Runtime", False),
        ("States.Runtime", "States.Runtime", False),
        ("States.DataLimitExceeded", "States.DataLimitExceeded", False),
        ("States.TaskFailed", "MyError", True),
        ("States.TaskFailed", "States.Permissions", True),
        ("States.TaskFailed", "States.TaskFailed", True),
        ("States.TaskFailed", "States.Timeout", False),
        ("States.TaskFailed", "States.Runtime", False),
        ("States.Timeout", "States.Timeout", True),
        ("States.Timeout", "States.HeartbeatTimeout", True),
        ("States.HeartbeatTimeout", "States.Timeout", False),
        ("MyError", "MyError", True),
        ("MyError", "myerror", False),
    ],
)
def test_what_an_entry_of_error_equals_matches(entry: str, error: str, expected: bool) -> None:
    assert matches(entry, error) is expected


def test_the_reserved_names_are_those_of_the_facts() -> None:
    section = shared("facts/asl.md").read_text().split("## 10. Errors")[1].split("## 11.")[0]
    rows = [line.split("|") for line in section.splitlines() if line.startswith("| States.")]
    rows = [row for row in rows if "NNN" not in row[1]]
    assert [row[1].strip() for row in rows] == list(ERRORS)
    for row in rows:
        error = ERRORS[row[1].strip()]
        assert error.terminal == ("terminal" in row[3]), error
        assert error.by_name != ("terminal" in row[3]), error
        if row[4].strip() in ("yes", "no"):
            assert error.by_all == (row[4].strip() == "yes"), error
        if row[5].strip() in ("yes", "no"):
            assert error.by_task_failed == (row[5].strip() == "yes"), error


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("States.ALL", True),
        ("States.Http.Socket", True),
        ("States.Http.StatusCode.429", True),
        ("States.Http.StatusCode.4xx", False),
        ("States.Timeouts", False),
        ("Timeout", False),
    ],
)
def test_reserved_names(name: str, expected: bool) -> None:
    assert is_reserved(name) is expected


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ("lambda:invoke", LAMBDA_TRANSIENT),
        ("lambda:invoke.waitForTaskToken", LAMBDA_TRANSIENT),
        (
            "glue:startJobRun.sync",
            (
                "Glue.InternalServiceException",
                "Glue.OperationTimeoutException",
                "Glue.ResourceNumberLimitExceededException",
                "Glue.ConcurrentRunsExceededException",
                "Glue.SdkClientException",
            ),
        ),
        ("sqs:sendMessage", None),
        (
            "http:invoke",
            (
                "States.Http.StatusCode.429",
                "States.Http.StatusCode.500",
                "States.Http.StatusCode.502",
                "States.Http.StatusCode.503",
                "States.Http.StatusCode.504",
                "States.Http.Socket",
            ),
        ),
        ("aws-sdk:ssm:getParameter", ("Ssm.InternalServerErrorException", "Ssm.SdkClientException")),
        ("aws-sdk:rds:describeDBInstances", ("States.TaskFailed",)),
        ("aws-sdk:nosuch:call", ("States.TaskFailed",)),
    ],
)
def test_what_is_worth_a_retry(form: str, expected: tuple[str, ...] | None) -> None:
    found = transient(task(form))
    if expected is None:
        assert found[0] == "SQS.RequestThrottledException"
    else:
        assert found == expected


def test_what_is_worth_a_retry_of_other_resources() -> None:
    assert transient(parse("arn:aws:lambda:us-east-1:1:function:f")) == LAMBDA_TRANSIENT
    assert transient(parse("arn:aws:states:us-east-1:1:activity:a")) == ("States.TaskFailed",)
    assert transient(parse("${Function.Arn}")) == ("States.TaskFailed",)


@pytest.mark.parametrize("api", all_optimized(), ids=lambda api: f"{api.service}:{api.api}")
def test_every_optimized_api_has_errors_worth_a_retry(api) -> None:
    call = service_task(api.service, api.api)
    found = transient(call)
    assert found
    assert len(set(found)) == len(found)
    assert found == ("States.TaskFailed",) or set(found) <= set(error_names(call)) | {"States.Http.Socket"}
    assert all(name.startswith(f"{api.error_prefix}.") or name.startswith("States.") for name in found)


def test_permanent_errors_are_not_retried() -> None:
    permanent = ("NotFound", "AccessDenied", "Validation", "InvalidParameter", "AlreadyExists", "SizeLimitExceeded")
    for name in sdk_services():
        service = sdk_service(name)
        assert service is not None
        for api in service.apis[:40]:
            for error in transient(service_task(name, api, sdk=True)):
                assert not any(word in error for word in permanent), error


def test_names_of_the_errors_of_a_call() -> None:
    assert error_names(task("states:startExecution"))[:2] == (
        "StepFunctions.ExecutionLimitExceededException",
        "StepFunctions.ExecutionAlreadyExistsException",
    )
    assert "Rds.DbInstanceNotFoundException" in error_names(task("aws-sdk:rds:describeDBInstances"))
    assert "S3.NoSuchKeyException" in error_names(task("aws-sdk:s3:getObject"))
    assert "S3.S3Exception" in error_names(task("aws-sdk:s3:getObject"))
    assert "EventBridge.FailedEntry" in error_names(task("events:putEvents"))
    assert "AmazonECS.Unknown" in error_names(task("ecs:runTask.sync"))
    assert set(LAMBDA_TRANSIENT) < set(error_names(task("lambda:invoke")))
    assert error_names(task("aws-sdk:nosuch:call")) == ()


def test_recorded_errors_of_services_have_the_right_prefix() -> None:
    seen = set()
    for line in shared("aws_recordings/executions.jsonl").read_text().splitlines():
        record = json.loads(line)
        states = record["definition"].get("States", {})
        for name, attempts in record["tasks"].items():
            resource = parse(str(states.get(name, {}).get("Resource", "")))
            for attempt in attempts:
                error = attempt.get("error") or ""
                if "." in error and not error.startswith("States.") and isinstance(resource, ServiceTask):
                    assert error.startswith(f"{error_prefix(resource)}."), (record["id"], error)
                    seen.add((resource.name, error, error in error_names(resource)))
    named = {(name, error) for name, error, known in seen if known}
    assert {
        ("aws-sdk:dynamodb:putItem", "DynamoDb.ResourceNotFoundException"),
        ("dynamodb:putItem", "DynamoDB.ResourceNotFoundException"),
        ("aws-sdk:s3:getObject", "S3.NoSuchKeyException"),
        ("aws-sdk:s3:listObjects", "S3.NoSuchBucketException"),
        ("aws-sdk:sfn:sendTaskSuccess", "Sfn.InvalidTokenException"),
        ("lambda:invoke", "Lambda.ResourceNotFoundException"),
        ("events:putEvents", "EventBridge.FailedEntry"),
        ("sns:publish", "SNS.InvalidParameterException"),
        ("apigateway:invoke", "ApiGateway.403"),
    } <= named
