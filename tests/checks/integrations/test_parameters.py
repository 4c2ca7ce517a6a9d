from __future__ import annotations

import pytest

from sfdsl.aws.arguments import arguments_shape
from sfdsl.aws.resource import parse
from sfdsl.aws.shapes import Kind
from sfdsl.checks.integrations._shapes import ANY_JSON, TEXT_MAPS, TEXTS
from tests.checks.integrations.helpers import codes, findings, told


def test_a_misspelt_parameter_is_one_finding_at_its_key() -> None:
    assert told("lambda:invoke", {"FunctionNam": "f", "Payload": {}}) == [
        (
            "SF510",
            "Parameters/FunctionNam",
            "state 'S': lambda:invoke takes no parameter 'FunctionNam'",
            "did you mean 'FunctionName'?",
        )
    ]


def test_the_hint_keeps_the_ending_of_a_path() -> None:
    ((_, where, _, hint),) = told("lambda:invoke", {"FunctionNam.$": "$.f"})
    assert (where, hint) == ("Parameters/FunctionNam.$", "did you mean 'FunctionName.$'?")
    ((_, _, message, hint),) = told("lambda:invoke", {"functionName.$": "$.f"})
    assert message == "state 'S': lambda:invoke spells the parameter 'functionName' as 'FunctionName'"
    assert hint == 'write "FunctionName.$"'


def test_a_path_key_in_jsonata() -> None:
    ((code, where, _, hint),) = told("lambda:invoke", {"FunctionName.$": "$.f"}, jsonata=True)
    assert (code, where, hint) == ("SF510", "Arguments/FunctionName.$", 'in JSONata write "FunctionName": "{% ... %}"')


@pytest.mark.parametrize(
    ("resource", "parameters", "code", "where", "hint"),
    [
        pytest.param(
            "glue:startJobRun",
            {"JobName": "f", "NotificationProperty": {"NotifyDelay": 5}},
            "SF510",
            "NotificationProperty/NotifyDelay",
            "did you mean 'NotifyDelayAfter'?",
            id="nested",
        ),
        pytest.param(
            "events:putEvents",
            {"Entries": [{"Source": "a"}, {"Sourc": "b"}]},
            "SF510",
            "Entries/1/Sourc",
            "did you mean 'Source'?",
            id="in an array",
        ),
        pytest.param(
            "ecs:runTask.sync",
            {"TaskDefinition": "t", "Subnets": ["subnet-1"]},
            "SF510",
            "Subnets",
            None,
            id="at the wrong depth",
        ),
        pytest.param(
            "aws-sdk:rds:describeDBInstances",
            {"DBInstanceIdentifier": "x"},
            "SF511",
            "DBInstanceIdentifier",
            'write "DbInstanceIdentifier"',
            id="capitals in a row",
        ),
        pytest.param(
            "aws-sdk:s3:listObjectsV2", {"bucket": "x"}, "SF511", "bucket", 'write "Bucket"', id="a small letter"
        ),
        pytest.param(
            "aws-sdk:ec2:describeInstances",
            {"Filters": [{"name": "x"}]},
            "SF511",
            "Filters/0/name",
            'write "Name"',
            id="a small letter inside",
        ),
        pytest.param(
            "sqs:sendMessage", {"MessageBody": "x"}, "SF512", "", 'add "QueueUrl": "..." to Parameters', id="missing"
        ),
        pytest.param(
            "aws-sdk:dynamodb:query",
            {"KeyConditionExpression": "id = :id"},
            "SF512",
            "",
            'add "TableName": "..." to Parameters',
            id="missing in the SDK",
        ),
        pytest.param(
            "elasticmapreduce:addStep.sync",
            {"ClusterId": "j", "Step": {"Name": "s"}},
            "SF512",
            "Step",
            'add "HadoopJarStep": {...} to Step',
            id="missing inside",
        ),
        pytest.param(
            "glue:startJobRun",
            {"JobName": "f", "NumberOfWorkers": "ten"},
            "SF513",
            "NumberOfWorkers",
            "",
            id="no number",
        ),
        pytest.param(
            "glue:startJobRun",
            {"JobName": "f", "Arguments": {"--day": 7}},
            "SF513",
            "Arguments/--day",
            'write "--day": "7"',
            id="a number for a text",
        ),
        pytest.param(
            "glue:startJobRun",
            {"JobName": "f", "Arguments": {"--debug": True}},
            "SF513",
            "Arguments/--debug",
            'write "--debug": "true"',
            id="a boolean for a text",
        ),
        pytest.param(
            "glue:startJobRun",
            {"JobName": "f", "Arguments": {"--rows": {"a": 1}}},
            "SF513",
            "Arguments/--rows",
            'it is JSON as a text: write "--rows.$": "States.JsonToString($.--rows)"',
            id="an object for a text",
        ),
        pytest.param(
            "aws-sdk:s3:listObjectsV2",
            {"Bucket": "b", "MaxKeys": "$.n"},
            "SF513",
            "MaxKeys",
            'write "MaxKeys.$": "$.n"',
            id="a path without its key",
        ),
        pytest.param(
            "aws-sdk:ec2:describeInstances",
            {"InstanceIds": "i-1"},
            "SF513",
            "InstanceIds",
            "put it into an array: [...]",
            id="one element without its array",
        ),
        pytest.param(
            "lambda:invoke", {"FunctionName": 5}, "SF513", "FunctionName", 'write "FunctionName": "5"', id="5"
        ),
        pytest.param(
            "glue:startJobRun",
            {"JobName": "f", "WorkerType": "G1X"},
            "SF514",
            "WorkerType",
            "did you mean 'G.1X'?",
            id="no such value",
        ),
        pytest.param(
            "ecs:runTask",
            {"TaskDefinition": "t", "LaunchType": "fargate"},
            "SF514",
            "LaunchType",
            "did you mean 'FARGATE'?",
            id="the case of a value",
        ),
        pytest.param(
            "http:invoke",
            {"ApiEndpoint": "https://x", "Method": "FETCH", "Authentication": {"ConnectionArn": "c"}},
            "SF514",
            "Method",
            "did you mean 'PATCH'?",
            id="no such method",
        ),
        pytest.param(
            "aws-sdk:sfn:listExecutions",
            {"StateMachineArn": "a", "MaxResults": 5000},
            "SF515",
            "MaxResults",
            "",
            id="too large",
        ),
        pytest.param("glue:startJobRun", {"JobName": "f", "Timeout": 0}, "SF515", "Timeout", "", id="too small"),
        pytest.param(
            "aws-sdk:sfn:describeExecution", {"ExecutionArn": ""}, "SF515", "ExecutionArn", "", id="too short"
        ),
        pytest.param(
            "sns:publish", {"Message": "m"}, "SF516", "", 'add "TopicArn" to Parameters', id="none of three targets"
        ),
        pytest.param(
            "sns:publish",
            {"Message": "m", "TopicArn": "t", "PhoneNumber.$": "$.p"},
            "SF516",
            "",
            "keep one of them",
            id="two targets",
        ),
        pytest.param(
            "http:invoke",
            {"ApiEndpoint": "https://x", "Method": "GET"},
            "SF516",
            "",
            'add "Authentication.ConnectionArn" to Parameters',
            id="no connection",
        ),
        pytest.param(
            "ecs:runTask",
            {"TaskDefinition": "t", "Overrides": {"containerOverrides": []}},
            "SF517",
            "Overrides/containerOverrides",
            'write "ContainerOverrides"',
            id="a small letter inside of an optimized call",
        ),
    ],
)
def test_one_finding(resource, parameters, code, where, hint) -> None:
    found = told(resource, parameters)
    assert [(finding[0], finding[1]) for finding in found] == [(code, f"Parameters/{where}".rstrip("/"))]
    if hint is not None:
        assert found[0][3] == hint


@pytest.mark.parametrize(
    ("resource", "parameters"),
    [
        pytest.param("lambda:invoke", {"FunctionName.$": "$.f", "Payload.$": "$"}, id="paths"),
        pytest.param("lambda:invoke", {"FunctionName": "f", "Payload": [1, {"anything": None}]}, id="any JSON"),
        pytest.param("sqs:sendMessage", {"QueueUrl": "q", "MessageBody": {"a": 1}}, id="JSON as a body"),
        pytest.param("sns:publish", {"TopicArn": "t", "Message": {"a": 1}}, id="JSON as a message"),
        pytest.param("states:startExecution", {"StateMachineArn": "a", "Input": {"a": 1}}, id="JSON as an input"),
        pytest.param("events:putEvents", {"Entries": [{"Source": "s", "Detail": {"a": 1}}]}, id="JSON as a detail"),
        pytest.param("aws-sdk:sfn:startExecution", {"StateMachineArn": "a", "Input": {"a": 1}, "Name.$": "$.n",
                                                    "TraceHeader": "t"}, id="JSON as a text of the SDK"),
        pytest.param("aws-sdk:s3:putObject", {"Bucket": "b", "Key": "k", "Body": {"a": 1}}, id="JSON as an object"),
        pytest.param("glue:startJobRun", {"JobName": "f", "NumberOfWorkers": "${Workers}"}, id="a placeholder"),
        pytest.param("glue:startJobRun", {"JobName": "f", "NumberOfWorkers": "10"}, id="a number as a text"),
        pytest.param("glue:startJobRun", {"JobName": "f", "NumberOfWorkers": 10.0}, id="a whole number"),
        pytest.param("glue:startJobRun", {"${Name}": "f"}, id="a placeholder as a name"),
        pytest.param("glue:startJobRun", {"JobName": "f", "Arguments": {"--any": "x", "--day.$": "$.d"}}, id="a map"),
        pytest.param("glue:startJobRun", {"JobName": "f", "Arguments": "${Arguments}"}, id="a placeholder for a map"),
        pytest.param("aws-sdk:ec2:describeInstances", {"MaxResults": "5", "DryRun": "false"}, id="texts that read so"),
        pytest.param("aws-sdk:ec2:describeInstances", {"Filters.$": "$.filters"}, id="a path for an array"),
        pytest.param("glue:startJobRun", None, id="the input of the state"),
        pytest.param("glue:startJobRun", "$.parameters", id="no object"),
        pytest.param("eks:call", {"ClusterName": "c", "CertificateAuthority": "x", "Endpoint": "https://x",
                                  "Method": "GET", "Path": "/"}, id="Kubernetes"),
        pytest.param("aws-sdk:lookoutvision:startModel", {"Whatever": 1}, id="a retired service"),
        pytest.param("aws-sdk:s3:noSuchThing", {"Whatever": 1}, id="an unknown operation"),
        pytest.param("http:invoke", {"ApiEndpoint": "https://x", "Method": "GET", "Authentication.$": "$.a"},
                     id="a connection from the input"),
        pytest.param("emr-serverless:startJobRun", {"ApplicationId": "a", "ExecutionRoleArn": "arn:aws:iam::1:role/etl-r",
                                                    "JobDriver": {"SparkSubmit": {"EntryPoint": "s3://b/x.py"}}},
                     id="one of a union"),
    ],
)  # fmt: skip
def test_nothing_is_wrong(resource, parameters) -> None:
    known = {"SF504", "SF505", "SF522", "SF515"}
    assert [code for code in codes(resource, parameters) if code not in known] == []


def test_expressions_are_left_alone() -> None:
    arguments = {"JobName": "{% $job %}", "NumberOfWorkers": "{% $n %}", "Arguments": "{% $arguments %}"}
    assert codes("glue:startJobRun", arguments, jsonata=True) == []
    assert codes("glue:startJobRun", "{% $all %}", jsonata=True) == []
    assert codes("glue:startJobRun", {"JobName": "f", "Arguments": {"--n": "{% $n %}"}}, jsonata=True) == []
    ((code, _, _, hint),) = told("glue:startJobRun", {"JobName": "f", "Arguments": {"--n": [1]}}, jsonata=True)
    assert (code, hint) == ("SF513", 'it is JSON as a text: write "--n": "{% $string({...}) %}"')


def test_two_members_of_a_union() -> None:
    driver = {"SparkSubmit": {"EntryPoint": "s3://b/x.py"}, "Hive": {"Query": "s3://b/x.sql"}}
    parameters = {"ApplicationId": "${A}", "ExecutionRoleArn": "${R}", "JobDriver": driver}
    ((code, _, message, _),) = told("emr-serverless:startJobRun", parameters)
    assert code == "SF516"
    assert message == (
        "state 'S': 'SparkSubmit' and 'Hive' stand together in JobDriver; emr-serverless:startJobRun takes one of them"
    )


def test_readers_and_writers() -> None:
    body = {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "EXPRESS"}, "StartAt": "P",
            "States": {"P": {"Type": "Pass", "End": True}}}  # fmt: skip
    found = findings({
        "Type": "Map", "ItemProcessor": body, "End": True,
        "ItemReader": {"Resource": "arn:aws:states:::s3:getObject", "Parameters": {"Bucket": "b", "Keys": "k"}},
        "ResultWriter": {"Resource": "arn:aws:states:::s3:putObject", "Parameters": {"Prefix": "p"}},
    })  # fmt: skip
    assert [(finding.code, finding.origin.pointer, finding.message) for finding in found] == [
        (
            "SF510",
            "/States/S/ItemReader/Parameters/Keys",
            "the ItemReader of 'S': s3:getObject takes no parameter 'Keys'",
        ),
        (
            "SF512",
            "/States/S/ResultWriter/Parameters",
            "the ResultWriter of 'S': s3:putObject needs the parameter 'Bucket'",
        ),
    ]


@pytest.mark.parametrize("call", sorted({*TEXTS, *TEXT_MAPS, *ANY_JSON}))
def test_the_shortcut_for_common_calls_agrees_with_the_models(call: str) -> None:
    shape = arguments_shape(parse(f"arn:aws:states:::{call}"))
    assert shape is not None
    for name in TEXTS.get(call, ()):
        member = shape.members[name]
        assert (member.kind, member.enum) == (Kind.STRING, ()), name
    for name in TEXT_MAPS.get(call, ()):
        member = shape.members[name]
        assert member.kind is Kind.MAP, name
        assert member.element is not None, name
        assert (member.element.kind, member.element.enum) == (Kind.STRING, ()), name
    for name in ANY_JSON.get(call, ()):
        assert shape.members[name].kind is Kind.ANY, name
