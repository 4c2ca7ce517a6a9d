from __future__ import annotations

import json
from importlib.metadata import version
from typing import Any

import pytest

from sfdsl.aws import _models
from sfdsl.aws.arguments import botocore_operation
from sfdsl.aws.integrations import all_optimized
from sfdsl.aws.resource import Pattern, ServiceTask, parse, service_task
from sfdsl.aws.results import _JOBS, _RESPONSES, UNTYPED, arguments_shape, result_shape
from sfdsl.aws.sdk import sdk_service
from sfdsl.aws.shapes import ANY, Kind, Shape
from tests.conftest import shared

# The data was made with this version; an older botocore lacks services and fields that it names.
current_botocore = pytest.mark.skipif(
    tuple(int(part) for part in version("botocore").split(".")[:2]) < (1, 44), reason="botocore is older than the data"
)

FORMS = [service_task(api.service, api.api, pattern=facts.pattern) for api in all_optimized() for facts in api.patterns]


def result(text: str) -> Shape:
    shape = result_shape(parse(f"arn:aws:states:::{text}"))
    assert shape is not None
    return shape


def arguments(text: str) -> Shape:
    shape = arguments_shape(parse(f"arn:aws:states:::{text}"))
    assert shape is not None
    return shape


@pytest.mark.parametrize("task", FORMS, ids=lambda task: task.name + task.suffix)
def test_every_optimized_form_has_a_result_or_a_reason_for_none(task: ServiceTask) -> None:
    form = task.name + task.suffix
    shape = result_shape(task)
    if form in UNTYPED:
        assert shape is None
    elif task.pattern is Pattern.WAIT_FOR_TASK_TOKEN:
        assert shape is ANY
    else:
        assert shape is not None
        assert shape.kind is Kind.STRUCTURE
        assert shape.members or form == "elasticmapreduce:cancelStep"


@pytest.mark.parametrize("task", FORMS, ids=lambda task: task.name + task.suffix)
def test_every_optimized_form_has_arguments(task: ServiceTask) -> None:
    shape = arguments_shape(task)
    api = next(api for api in all_optimized() if (api.service, api.api) == (task.service, task.api))
    assert shape is not None
    assert set(api.allowed) <= set(shape.members)
    assert shape.required == api.required
    if not api.whole_request:
        assert set(shape.members) == set(api.allowed)


def test_every_operation_that_the_data_and_the_results_name_exists() -> None:
    named = {api.operation for api in all_optimized() if api.operation is not None}
    named |= {given.operation for table in (_JOBS, _RESPONSES) for given in table.values() if given.operation}
    missing = {name for name in named if botocore_operation(name) is None}
    assert {name for name in missing if name.split(":")[0] in _models.installed()} == set()


def test_every_special_result_is_that_of_an_offered_form() -> None:
    offered = {task.name + task.suffix for task in FORMS}
    assert {*_JOBS, *_RESPONSES, *UNTYPED} <= offered
    assert {form for form in offered if form.endswith((".sync", ".sync:2"))} == (
        _JOBS.keys() | {form for form in UNTYPED if ".sync" in form}
    )


@current_botocore
def test_parameters_that_only_step_functions_adds_are_the_documented_ones() -> None:
    added = set()
    for api in all_optimized():
        operation = botocore_operation(api.operation) if api.operation else None
        if operation is not None:
            known = {name[:1].upper() + name[1:] for name in operation.input.members}
            known |= {operation.input.spelled(name) and name for name in api.allowed}
            added |= {f"{api.service}:{api.api} {name}" for name in api.allowed if name not in known}
    assert added == {
        "bedrock:invokeModel Input",
        "bedrock:invokeModel Output",
        "elasticmapreduce:addStep ClusterId",
        "elasticmapreduce:addStep Step",
        "elasticmapreduce:cancelStep StepId",
        "elasticmapreduce:modifyInstanceFleetByName InstanceFleetName",
        "elasticmapreduce:modifyInstanceGroupByName InstanceGroup",
        "elasticmapreduce:modifyInstanceGroupByName InstanceGroupName",
        "elasticmapreduce:setClusterTerminationProtection ClusterId",
        "elasticmapreduce:terminateCluster ClusterId",
    }


@pytest.mark.parametrize(
    ("form", "path", "kind"),
    [
        ("glue:startJobRun", ("JobRunId",), Kind.STRING),
        ("glue:startJobRun", ("JobName",), Kind.STRING),
        ("glue:startJobRun.sync", ("Id",), Kind.STRING),
        ("glue:startJobRun.sync", ("JobRunState",), Kind.STRING),
        ("glue:startJobRun.sync", ("JobName",), Kind.STRING),
        ("glue:startJobRun.sync", ("ExecutionTime",), Kind.INTEGER),
        ("athena:startQueryExecution.sync", ("QueryExecution", "Status", "State"), Kind.STRING),
        ("athena:getQueryResults", ("ResultSet", "Rows", 0, "Data", 0, "VarCharValue"), Kind.STRING),
        ("batch:submitJob.sync", ("Container", "ExitCode"), Kind.INTEGER),
        ("batch:submitJob.sync", ("Attempts", 0, "StatusReason"), Kind.STRING),
        ("ecs:runTask.sync", ("Containers", 0, "ExitCode"), Kind.INTEGER),
        ("ecs:runTask", ("Tasks", 0, "TaskArn"), Kind.STRING),
        ("codebuild:startBuild.sync", ("Build", "BuildStatus"), Kind.STRING),
        ("codebuild:startBuildBatch.sync", ("BuildBatch", "Id"), Kind.STRING),
        ("eks:createCluster.sync", ("Cluster", "CertificateAuthority", "Data"), Kind.STRING),
        ("eks:runJob.sync", ("logs", "pods"), Kind.ANY),
        ("eks:call", ("ResponseBody", "status"), Kind.ANY),
        ("elasticmapreduce:createCluster", ("ClusterId",), Kind.STRING),
        ("elasticmapreduce:createCluster.sync", ("ClusterId",), Kind.STRING),
        ("elasticmapreduce:createCluster.sync", ("Cluster", "Id"), Kind.STRING),
        ("elasticmapreduce:addStep.sync", ("Step", "Status", "State"), Kind.STRING),
        ("emr-serverless:createApplication.sync", ("ApplicationId",), Kind.STRING),
        ("emr-serverless:startJobRun.sync", ("JobRunId",), Kind.STRING),
        ("sagemaker:createTrainingJob.sync", ("ModelArtifacts", "S3ModelArtifacts"), Kind.STRING),
        ("sagemaker:createTransformJob.sync", ("TransformJobStatus",), Kind.STRING),
        ("mediaconvert:createJob.sync", ("Job", "Id"), Kind.STRING),
        ("states:startExecution", ("ExecutionArn",), Kind.STRING),
        ("states:startExecution.sync", ("Output",), Kind.STRING),
        ("states:startExecution.sync:2", ("Output", "anything", 3), Kind.ANY),
        ("lambda:invoke", ("Payload", "anything", 3), Kind.ANY),
        ("lambda:invoke", ("StatusCode",), Kind.INTEGER),
        ("lambda:invoke", ("SdkHttpMetadata", "HttpStatusCode"), Kind.NUMBER),
        ("sqs:sendMessage", ("MD5OfMessageBody",), Kind.STRING),
        ("dynamodb:getItem", ("Item", "name", "BOOL"), Kind.BOOLEAN),
        ("bedrock:invokeModel", ("Body", "content", 0, "text"), Kind.ANY),
        ("http:invoke", ("ResponseBody", "count"), Kind.ANY),
        ("http:invoke", ("StatusCode",), Kind.NUMBER),
        ("aws-sdk:dynamodb:getItem", ("Item", "name", "Bool"), Kind.BOOLEAN),
        ("aws-sdk:s3:getObject", ("Body",), Kind.BLOB),
        ("aws-sdk:s3:putObject", ("ChecksumCRC32",), Kind.STRING),
        ("aws-sdk:rds:describeDBInstances", ("DbInstances", 0, "Endpoint", "Address"), Kind.STRING),
        ("aws-sdk:sfn:startSyncExecution", ("Output",), Kind.STRING),
    ],
)
def test_what_can_be_read_from_a_result(form: str, path: tuple[str | int, ...], kind: Kind) -> None:
    found = result(form).at(*path)
    assert found is not None
    assert found.kind is kind


@pytest.mark.parametrize(
    ("form", "path"),
    [
        ("glue:startJobRun.sync", ("JobRun", "Id")),
        ("athena:startQueryExecution.sync", ("QueryExecutionId",)),
        ("lambda:invoke", ("payload",)),
        ("aws-sdk:rds:describeDBInstances", ("DBInstances",)),
        ("aws-sdk:lambda:invoke", ("SdkHttpMetadata",)),
        ("dynamodb:getItem", ("Item", "name", "Bool")),
    ],
)
def test_what_cannot(form: str, path: tuple[str | int, ...]) -> None:
    assert result(form).at(*path) is None


@pytest.mark.parametrize(
    "text",
    [
        "arn:aws:states:::glue:strtJobRun",
        "arn:aws:states:::glue:startJobRun.waitForTaskToken",
        "arn:aws:states:::glue:startJobRun.snyc",
        "arn:aws:states:::aws-sdk:nosuch:call",
        "arn:aws:states:::aws-sdk:s3:nosuch",
        "${Function.Arn}",
        "foo:bar",
    ],
)
def test_a_call_that_does_not_exist_has_no_result(text: str) -> None:
    assert result_shape(parse(text)) is None


@pytest.mark.parametrize(
    "text",
    [
        "arn:aws:lambda:us-east-1:123456789012:function:f",
        "arn:aws:states:us-east-1:123456789012:activity:a",
        "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
        "arn:aws:states:::aws-sdk:dynamodb:putItem.waitForTaskToken",
    ],
)
def test_whoever_answers_decides_what_the_result_is(text: str) -> None:
    assert result_shape(parse(text)) is ANY


@pytest.mark.parametrize(
    ("form", "path", "kind"),
    [
        ("lambda:invoke", ("Payload",), Kind.ANY),
        ("sqs:sendMessage.waitForTaskToken", ("MessageBody",), Kind.ANY),
        ("sns:publish", ("Message",), Kind.ANY),
        ("states:startExecution.sync:2", ("Input",), Kind.ANY),
        ("events:putEvents", ("Entries", 0, "Detail"), Kind.ANY),
        ("events:putEvents", ("Entries", 0, "DetailType"), Kind.STRING),
        ("bedrock:invokeModel", ("Body",), Kind.ANY),
        ("bedrock:invokeModel", ("Input", "S3Uri"), Kind.STRING),
        ("dynamodb:putItem", ("Item", "id", "SS"), Kind.LIST),
        ("aws-sdk:dynamodb:putItem", ("Item", "id", "Ss"), Kind.LIST),
        ("ecs:runTask", ("NetworkConfiguration", "AwsvpcConfiguration", "Subnets", 0), Kind.STRING),
        ("batch:submitJob", ("ContainerOverrides", "Environment", 0, "Name"), Kind.STRING),
        ("glue:startJobRun", ("Arguments", "--day"), Kind.STRING),
        ("elasticmapreduce:addStep", ("Step", "HadoopJarStep", "Args"), Kind.LIST),
        ("elasticmapreduce:createCluster", ("Instances", "KeepJobFlowAliveWhenNoSteps"), Kind.BOOLEAN),
        ("elasticmapreduce:modifyInstanceFleetByName", ("InstanceFleet", "TargetSpotCapacity"), Kind.INTEGER),
        ("elasticmapreduce:modifyInstanceGroupByName", ("InstanceGroup", "InstanceCount"), Kind.INTEGER),
        ("elasticmapreduce:setClusterTerminationProtection", ("TerminationProtected",), Kind.BOOLEAN),
        ("apigateway:invoke", ("RequestBody", "a"), Kind.ANY),
        ("http:invoke", ("Transform", "RequestBodyEncoding"), Kind.STRING),
        ("http:invoke", ("InvocationConfig", "ConnectionArn"), Kind.STRING),
        ("eks:call", ("RequestBody", "kind"), Kind.ANY),
        ("aws-sdk:s3:putObject", ("Body",), Kind.BLOB),
    ],
)
def test_what_a_call_takes(form: str, path: tuple[str | int, ...], kind: Kind) -> None:
    found = arguments(form).at(*path)
    assert found is not None
    assert found.kind is kind


def test_what_a_call_does_not_take() -> None:
    assert arguments("elasticmapreduce:modifyInstanceGroupByName").at("InstanceGroup", "InstanceGroupId") is None
    assert arguments("sqs:sendMessage").at("MessageSystemAttributes") is None
    assert arguments("http:invoke").members["Method"].enum == (
        "GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD",
    )  # fmt: skip
    assert arguments_shape(parse("arn:aws:lambda:us-east-1:1:function:f")) is None
    assert arguments_shape(parse("arn:aws:states:::glue:nosuch")) is None
    assert arguments_shape(parse("arn:aws:states:::aws-sdk:s3:nosuch")) is None


def _mismatches(shape: Shape | None, value: Any, path: str) -> list[str]:
    """Where a value has a field or a type that the shape does not have."""
    if shape is None:
        return [path]
    if shape.kind in (Kind.ANY, Kind.BLOB) or value is None:
        return []
    if isinstance(value, dict):
        if not shape.accepts("object"):
            return [path]
        return [error for key, item in value.items() for error in _mismatches(shape.at(key), item, f"{path}.{key}")]
    if isinstance(value, list):
        if not shape.accepts("array"):
            return [path]
        return [error for item in value for error in _mismatches(shape.at(0), item, f"{path}[]")]
    json_type = "boolean" if isinstance(value, bool) else "number" if isinstance(value, int | float) else "string"
    return [] if shape.accepts(json_type) else [path]


@current_botocore
def test_recorded_results_and_arguments_have_the_shapes_given_here() -> None:
    """What AWS was given and gave; headers that the recorder replaced by a token instead of a list are let pass."""
    checked = {"results": 0, "arguments": 0}
    for line in shared("aws_recordings/executions.jsonl").read_text().splitlines():
        record = json.loads(line)
        if not record["aws_validated"]:
            continue
        states = record["definition"].get("States", {})
        for name, attempts in record["tasks"].items():
            resource = parse(str(states.get(name, {}).get("Resource", "")))
            if not isinstance(resource, ServiceTask):
                continue
            if resource.pattern is Pattern.SYNC and "$$.Task.Token" in json.dumps(states[name]):
                continue  # whoever was passed the token ended the task with a result of his own
            shape = result_shape(resource)
            for attempt in attempts:
                if "output" in attempt:
                    wrong = [at for at in _mismatches(shape, attempt["output"], "$") if "Headers" not in at]
                    assert wrong == [], (record["id"], resource.text)
                    checked["results"] += 1
            for given in record["task_inputs"].get(name, ()):
                takes = arguments_shape(resource)
                if isinstance(given, dict) and not any("error" in attempt for attempt in attempts):
                    assert _mismatches(takes, given, "$") == [], (record["id"], resource.text)
                    checked["arguments"] += 1
    assert checked["results"] >= 50
    assert checked["arguments"] >= 50


def test_blobs_take_text_or_json_and_a_document_is_any_json() -> None:
    service = sdk_service("bedrockruntime")
    assert service is not None
    converse = service.operation("converse")
    assert converse is not None
    fields = converse.input.members["AdditionalModelRequestFields"]
    assert fields.kind is Kind.ANY
    assert fields.open
