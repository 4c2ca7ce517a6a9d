from __future__ import annotations

import pytest

from tests.checks.integrations.helpers import call, codes, findings


@pytest.mark.parametrize(
    ("resource", "code", "hint"),
    [
        ("orders-load", "SF502", None),
        ("lambda:Invoke", "SF505", 'write "arn:aws:states:::lambda:invoke"'),
        ("glue:StartJobRun.sync", "SF505", 'write "arn:aws:states:::glue:startJobRun.sync"'),
        ("glue:startJob", "SF505", "did you mean 'startJobRun'?"),
        ("glue:getJobRun", "SF505", 'write "arn:aws:states:::aws-sdk:glue:getJobRun"'),
        ("sqs:receiveMessage", "SF505", 'write "arn:aws:states:::aws-sdk:sqs:receiveMessage"'),
        ("emr:createCluster.sync", "SF502", 'write "arn:aws:states:::elasticmapreduce:createCluster.sync"'),
        ("s3:getObject", "SF502", 'write "arn:aws:states:::aws-sdk:s3:getObject"'),
        ("stepfunctions:startExecution", "SF502", 'write "arn:aws:states:::states:startExecution"'),
        ("eventbridge:putEvents", "SF502", 'write "arn:aws:states:::events:putEvents"'),
        ("lamda:invoke", "SF502", "did you mean 'lambda'?"),
        ("aws-sdk:stepfunctions:startExecution", "SF502", 'write "arn:aws:states:::aws-sdk:sfn:startExecution"'),
        ("aws-sdk:logs:putLogEvents", "SF502", 'write "arn:aws:states:::aws-sdk:cloudwatchlogs:putLogEvents"'),
        ("aws-sdk:dynamobd:getItem", "SF502", "did you mean 'dynamodb'?"),
        ("aws-sdk:s3:GetObject", "SF505", 'write "arn:aws:states:::aws-sdk:s3:getObject"'),
        ("aws-sdk:s3:getObjekt", "SF505", "did you mean 'getObject'?"),
        ("aws-sdk:rds:describeDbInstances", "SF505", 'write "arn:aws:states:::aws-sdk:rds:describeDBInstances"'),
        ("aws-sdk:lambda:invokeAsync", "SF506", "call a function that calls it"),
        ("aws-sdk:kinesis:subscribeToShard", "SF506", "call a function that calls it"),
        ("glue:startJobRun.Sync", "SF507", "did you mean '.sync'?"),
        ("sqs:sendMessage.waitForToken", "SF507", "did you mean '.waitForTaskToken'?"),
        ("glue:startJobRun.now", "SF507", "there are .sync, .sync:2, .waitForTaskToken"),
        ("lambda:invoke.sync", "SF508", 'write "arn:aws:states:::lambda:invoke", or end it in .waitForTaskToken'),
        ("glue:startJobRun.sync:2", "SF508", 'write "arn:aws:states:::glue:startJobRun.sync"'),
        ("dynamodb:putItem.sync", "SF508", 'write "arn:aws:states:::dynamodb:putItem"'),
        ("aws-sdk:glue:startJobRun.sync", "SF508", 'write "arn:aws:states:::glue:startJobRun.sync"'),
        ("aws-sdk:sfn:startExecution.sync", "SF508", 'write "arn:aws:states:::states:startExecution.sync"'),
        (
            "aws-sdk:glue:startCrawler.sync",
            "SF508",
            'write "arn:aws:states:::aws-sdk:glue:startCrawler", and poll with a Wait until the job has ended',
        ),
        ("arn:aws:states:eu-west-1:1:sqs:sendMessage", "SF509", 'write "arn:aws:states:::sqs:sendMessage"'),
        ("arn:aws:lambda:::function:f", "SF518", None),
        ("arn:aws:states:::activity:a", "SF518", None),
        ("arn:aws:lambda:eu-west-1:123456789012:function:f", "SF520", None),
        ("states:startExecution.sync", "SF521", 'write "arn:aws:states:::states:startExecution.sync:2"'),
        ("aws-sdk:sqs:sendMessage", "SF522", 'write "arn:aws:states:::sqs:sendMessage"'),
        ("aws-sdk:lookoutvision:startModel", "SF504", None),
        ("aws-sdk:s3vectors:putVectors", "SF503", None),
    ],
)
def test_one_finding_with_its_hint(resource: str, code: str, hint: str | None) -> None:
    if resource == "orders-load":
        resource = "orders:load"
    found = [finding for finding in call(resource) if not (code == "SF518" and finding.code == "SF520")]
    assert [finding.code for finding in found] == [code]
    assert found[0].origin.pointer == "/States/S/Resource"
    if hint is not None:
        assert found[0].hint == hint


@pytest.mark.parametrize(
    "resource",
    [
        "lambda:invoke",
        "lambda:invoke.waitForTaskToken",
        "glue:startJobRun.sync",
        "states:startExecution.sync:2",
        "aws-sdk:s3:getObject",
        "aws-sdk:sqs:purgeQueue.waitForTaskToken",
        "http:invoke",
        "${Function}",
        "arn:${AWS::Partition}:states:::sqs:sendMessage",
        "arn:aws:states:::${Service}:${Api}",
        "arn:aws:states:eu-west-1:123456789012:activity:a",
        "arn:aws-cn:states:::sns:publish",
    ],
)
def test_resources_that_are_right(resource: str) -> None:
    assert codes(resource) == []


@pytest.mark.parametrize(
    ("resource", "message", "hint"),
    [
        (
            "orders-load",
            "the Resource 'orders-load' of state 'S' is no ARN; it starts with arn:aws:states::: or is a function's or "
            "an activity's ARN",
            'for a function write "arn:aws:states:::lambda:invoke" with "FunctionName": "orders-load"',
        ),
        (
            "states:::sqs:sendMessage",
            "the Resource 'states:::sqs:sendMessage' of state 'S' is no ARN; it starts with arn:aws:states::: or is a "
            "function's or an activity's ARN",
            'write "arn:aws:states:::sqs:sendMessage"',
        ),
        (
            "{% $states.input.resource %}",
            "the Resource '{% $states.input.resource %}' of state 'S' is an expression; a Resource is a constant",
            'write "arn:aws:states:::SERVICE:API", for example "arn:aws:states:::lambda:invoke"',
        ),
        (
            "${Function",
            "the Resource '${Function' of state 'S' is a path; a Resource is a constant",
            'close the placeholder: "${Function}"',
        ),
    ],
)
def test_malformed_resources(resource: str, message: str, hint: str) -> None:
    (finding,) = findings({"Type": "Task", "Resource": resource, "End": True})
    assert (finding.code, finding.message, finding.hint) == ("SF501", message, hint)


def test_the_optimized_form_is_only_offered_where_it_takes_the_parameters() -> None:
    parameters = {"QueueUrl": "${Q}", "MessageBody": "x"}
    assert codes("aws-sdk:sqs:sendMessage", parameters) == ["SF522"]
    assert codes("aws-sdk:sqs:sendMessage", parameters | {"MessageSystemAttributes": {}}) == []
    assert codes("aws-sdk:sqs:receiveMessage", {"QueueUrl": "${Q}"}) == []
    assert codes("aws-sdk:emr:terminateJobFlows", {"JobFlowIds": ["j"]}) == []


def test_an_operation_that_its_service_has_deprecated() -> None:
    (finding,) = call("aws-sdk:cloudwatchlogs:tagLogGroup", {"LogGroupName": "g", "Tags": {"a": "b"}})
    assert (finding.code, finding.message) == (
        "SF525",
        "state 'S' calls aws-sdk:cloudwatchlogs:tagLogGroup, which its service has deprecated",
    )


HTTP = {"ApiEndpoint": "https://example.com", "Method": "GET", "Authentication": {"ConnectionArn": "${C}"}}


@pytest.mark.parametrize(
    ("resource", "parameters", "fields", "expected"),
    [
        ("http:invoke", HTTP, {}, []),
        ("http:invoke", HTTP, {"Credentials": {"RoleArn": "r"}}, ["SF526"]),
        ("arn:aws:states:eu-west-1:1:activity:a", None, {"Credentials": {"RoleArn": "r"}}, ["SF526"]),
        ("sqs:sendMessage", None, {"Credentials": {"RoleArn": "r"}}, []),
        ("http:invoke", HTTP | {"ApiEndpoint": "http://example.com"}, {}, ["SF527"]),
        ("http:invoke", HTTP | {"ApiEndpoint": "example.com/orders"}, {}, ["SF527"]),
        ("http:invoke", HTTP | {"ApiEndpoint": "${Endpoint}"}, {}, []),
        ("lambda:invoke", {"FunctionName": "f:live", "Qualifier": "test"}, {}, ["SF523"]),
        ("lambda:invoke", {"FunctionName": "f:live", "Qualifier": "live"}, {}, []),
        ("lambda:invoke", {"FunctionName": "f", "Qualifier": "live"}, {}, []),
        ("lambda:invoke", {"FunctionName": "${F}:live", "Qualifier": "test"}, {}, []),
        (
            "lambda:invoke",
            {"FunctionName": "arn:aws:lambda:eu-west-1:123456789012:function:f", "Qualifier": "live"},
            {},
            [],
        ),
        (
            "lambda:invoke",
            {"FunctionName": "arn:aws:lambda:eu-west-1:123456789012:function:f:1", "Qualifier": "2"},
            {},
            ["SF523"],
        ),
        ("lambda:invoke", {"FunctionName": "f"}, {"InputPath": "$.order"}, ["SF524"]),
        ("lambda:invoke", {"FunctionName": "f"}, {}, []),
        ("lambda:invoke", {"FunctionName": "f"}, {"InputPath": None}, []),
        ("lambda:invoke", {"FunctionName.$": "$.f"}, {"InputPath": "$.order"}, []),
        ("lambda:invoke", {"FunctionName": "f", "Payload.$": "$"}, {"InputPath": "$.order"}, []),
    ],
)
def test_other_rules_on_calls(resource, parameters, fields, expected) -> None:
    assert codes(resource, parameters, **fields) == expected


def test_states_in_branches_and_bodies_are_called_too() -> None:
    task = {"Type": "Task", "Resource": "arn:aws:states:::glue:StartJobRun", "End": True}
    found = findings({"Type": "Parallel", "End": True, "Branches": [
        {"StartAt": "A", "States": {"A": task}},
        {"StartAt": "B", "States": {"B": {"Type": "Map", "End": True, "ItemProcessor": {
            "StartAt": "C", "States": {"C": task}}}}}]})  # fmt: skip
    assert [(finding.code, finding.state) for finding in found] == [("SF505", "A"), ("SF505", "C")]
