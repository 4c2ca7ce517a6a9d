from __future__ import annotations

import re
import subprocess
import sys
from importlib.metadata import version

import pytest

from sfdsl.aws import _models
from sfdsl.aws._data import load
from sfdsl.aws.integrations import all_optimized
from sfdsl.aws.naming import api_of, exception_word, fold, prefix_of, sdk_member, sdk_service_name, snake
from sfdsl.aws.services import (
    Resolved,
    Support,
    author_operations,
    author_services,
    author_spelling,
    botocore_service,
    resolve,
    sdk_service,
    sdk_services,
)
from sfdsl.aws.shapes import Kind, Spelling

# The data was made with this version; an older botocore lacks services and fields that it names.
current_botocore = pytest.mark.skipif(
    tuple(int(part) for part in version("botocore").split(".")[:2]) < (1, 44), reason="botocore is older than the data"
)


def call(service: str, api: str, *, sdk: bool = True, known: bool = True) -> Resolved:
    return Resolved(service=service, api=api, sdk=sdk, known_service=True, known_api=known)


@pytest.mark.parametrize(
    ("service", "operation", "expected"),
    [
        ("lambda_", "invoke", call("lambda", "invoke", sdk=False)),
        ("lambda", "invoke", call("lambda", "invoke", sdk=False)),
        ("glue", "start_job_run", call("glue", "startJobRun", sdk=False)),
        ("stepfunctions", "start_execution", call("states", "startExecution", sdk=False)),
        ("sfn", "start_execution", call("states", "startExecution", sdk=False)),
        ("states", "startExecution", call("states", "startExecution", sdk=False)),
        ("states", "describe_execution", call("sfn", "describeExecution")),
        ("stepfunctions", "start_sync_execution", call("sfn", "startSyncExecution")),
        ("emr", "create_cluster", call("elasticmapreduce", "createCluster", sdk=False)),
        ("emr", "add_step", call("elasticmapreduce", "addStep", sdk=False)),
        ("elasticmapreduce", "terminateCluster", call("elasticmapreduce", "terminateCluster", sdk=False)),
        ("emr", "run_job_flow", call("emr", "runJobFlow")),
        ("elasticmapreduce", "run_job_flow", call("emr", "runJobFlow")),
        ("emr_containers", "start_job_run", call("emr-containers", "startJobRun", sdk=False)),
        ("emr_containers", "describe_job_run", call("emrcontainers", "describeJobRun")),
        ("emr_serverless", "start_job_run", call("emr-serverless", "startJobRun", sdk=False)),
        ("emr_serverless", "get_job_run", call("emrserverless", "getJobRun")),
        ("events", "put_events", call("events", "putEvents", sdk=False)),
        ("eventbridge", "put_events", call("events", "putEvents", sdk=False)),
        ("events", "put_rule", call("eventbridge", "putRule")),
        ("bedrock", "invoke_model", call("bedrock", "invokeModel", sdk=False)),
        ("bedrock_runtime", "invoke_model", call("bedrock", "invokeModel", sdk=False)),
        ("bedrock_runtime", "converse", call("bedrockruntime", "converse")),
        ("apigateway", "invoke", call("apigateway", "invoke", sdk=False)),
        ("apigateway", "get_rest_apis", call("apigateway", "getRestApis")),
        ("eks", "run_job", call("eks", "runJob", sdk=False)),
        ("eks", "call", call("eks", "call", sdk=False)),
        ("http", "invoke", call("http", "invoke", sdk=False)),
        ("http", "get", call("http", "get", sdk=False, known=False)),
        ("rds", "describe_db_instances", call("rds", "describeDBInstances")),
        ("rds", "DescribeDBInstances", call("rds", "describeDBInstances")),
        ("logs", "put_log_events", call("cloudwatchlogs", "putLogEvents")),
        ("ce", "get_cost_and_usage", call("costexplorer", "getCostAndUsage")),
        ("costexplorer", "get_cost_and_usage", call("costexplorer", "getCostAndUsage")),
        ("compute_optimizer", "get_lambda_function_recommendations", None),
        ("elbv2", "describe_target_health", call("elasticloadbalancingv2", "describeTargetHealth")),
        ("glue", "strat_job_run", call("glue", "stratJobRun", known=False)),
    ],
)
def test_what_an_author_writes(service: str, operation: str, expected: Resolved | None) -> None:
    found = resolve(service, operation)
    assert found == (expected or call("computeoptimizer", "getLambdaFunctionRecommendations"))


def test_the_sdk_form_can_be_asked_for() -> None:
    assert resolve("lambda_", "invoke", sdk=True) == call("lambda", "invoke")
    assert resolve("stepfunctions", "start_execution", sdk=True) == call("sfn", "startExecution")


def test_an_unknown_service_stays_what_was_written() -> None:
    assert resolve("no_such", "do_it") == Resolved(
        service="nosuch", api="doIt", sdk=True, known_service=False, known_api=False
    )


def test_every_optimized_api_is_found_by_what_its_author_writes() -> None:
    for api in all_optimized():
        service, operation = author_spelling(api.service, api.api, sdk=False)
        assert service in author_services()
        assert operation in author_operations(service)
        assert resolve(service, operation) == call(api.service, api.api, sdk=False)
        assert resolve(api.service, api.api) == call(api.service, api.api, sdk=False)


def test_every_sdk_operation_is_found_by_what_its_author_writes() -> None:
    optimized = {(api.service, api.api) for api in all_optimized()}
    for name in sdk_services():
        service = sdk_service(name)
        assert service is not None
        for api in service.apis:
            spelled = author_spelling(name, api, sdk=True)
            assert resolve(*spelled, sdk=True) == call(name, api)
            found = resolve(*spelled)
            assert found == call(name, api) or (found.service, found.api) in optimized


def test_resolving_an_optimized_api_reads_no_model() -> None:
    code = (
        "import sys; from sfdsl.aws import services, _models\n"
        "services.resolve('emr', 'create_cluster'); services.resolve('stepfunctions', 'start_execution')\n"
        "print(_models.model.cache_info().currsize, 'botocore' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["0", "False"]


def test_finding_a_listed_service_reads_one_model() -> None:
    code = (
        "import sys; from sfdsl.aws import services, _models\n"
        "services.resolve('rds', 'describe_db_instances')\n"
        "print(_models.model.cache_info().currsize, 'botocore' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["1", "False"]


@current_botocore
def test_every_service_of_the_data_is_in_the_installed_botocore_or_retired() -> None:
    absent = set()
    for name in sdk_services():
        service = sdk_service(name)
        assert service is not None
        if service.support is Support.RETIRED:
            assert service.botocore == ""
            assert service.apis == ()
        elif service.botocore not in _models.installed():
            absent.add(service.botocore)  # newer or older than the botocore the data was made with
        else:
            assert sdk_service_name(service.model["metadata"]["serviceId"]) == name
            assert service.apis
    assert len(absent) <= 5, absent


def test_every_service_of_the_installed_botocore_is_found_without_a_scan() -> None:
    data = load("services.json")
    mapped = {entry["botocore"] for entry in data["listed"].values()} | set(data["unlisted"].values())
    unmapped = {name for name in _models.installed() - mapped if _models.model(name) is not None}
    # Two folders of botocore hold Pinpoint SMS Voice; the data names one. A later botocore adds a few services.
    # An older one has services that were retired since.
    assert len(unmapped - {"pinpoint-sms-voice", "sms-voice"}) <= 40, unmapped


def test_a_service_newer_than_the_data_is_found_by_its_model(monkeypatch: pytest.MonkeyPatch) -> None:
    from sfdsl.aws import sdk

    data = load("services.json")
    without = {"listed": {k: v for k, v in data["listed"].items() if k != "sfn"}, "unlisted": data["unlisted"]}
    caches = (sdk.sdk_service, sdk.botocore_service, sdk._by_botocore, sdk._newer)
    monkeypatch.setattr(sdk, "load", lambda name: without)
    for cached in caches:
        cached.cache_clear()
    try:
        service = sdk.sdk_service("sfn")
        assert service is not None
        assert (service.botocore, service.support, service.error_prefix) == ("stepfunctions", Support.UNLISTED, "Sfn")
        assert sdk.botocore_service("stepfunctions") is service
        assert sdk.sdk_service("nosuch") is None
    finally:
        for cached in caches:
            cached.cache_clear()


def test_unsupported_operations_exist_and_are_marked() -> None:
    service = sdk_service("lambda")
    assert service is not None
    streamed = service.operation("invokeWithResponseStream")
    invoked = service.operation("invoke")
    assert streamed is not None and not streamed.supported
    assert invoked is not None and invoked.supported
    assert service.operation("Invoke") is None


def test_names_of_services() -> None:
    assert botocore_service("stepfunctions") is sdk_service("sfn")
    assert botocore_service("nosuch") is None
    assert sdk_service("SFN") is None
    assert len(author_services()) >= 400
    assert {"lambda_", "stepfunctions", "emr_serverless", "http", "ce"} <= set(author_services())
    assert all(name.isidentifier() for name in author_services())


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("jobName", "JobName"),
        ("DBInstanceIdentifier", "DbInstanceIdentifier"),
        ("SourceDBClusterIdentifier", "SourceDBClusterIdentifier"),
        ("EnableIAMDatabaseAuthentication", "EnableIAMDatabaseAuthentication"),
        ("TemplateURL", "TemplateURL"),
        ("PerformAutoML", "PerformAutoML"),
        ("ETag", "ETag"),
        ("ChecksumCRC32", "ChecksumCRC32"),
        ("SSEKMSKeyId", "SsekmsKeyId"),
        ("BOOL", "Bool"),
        ("S", "S"),
        ("SS", "Ss"),
        ("ACL", "Acl"),
        ("EC2InstanceId", "Ec2InstanceId"),
        ("equals", "EqualsValue"),
        ("id", "Id"),
    ],
)
def test_fields_of_sdk_calls(name: str, expected: str) -> None:
    assert sdk_member(name) == expected


@pytest.mark.parametrize(
    ("shape", "expected"),
    [
        ("NoSuchKey", "NoSuchKeyException"),
        ("DBInstanceNotFoundFault", "DbInstanceNotFoundException"),
        ("ResourceNotFoundException", "ResourceNotFoundException"),
        ("KMSInvalidStateException", "KmsInvalidStateException"),
        ("ConditionalCheckFailedException", "ConditionalCheckFailedException"),
        ("RequestLimitExceeded", "RequestLimitExceededException"),
    ],
)
def test_errors_of_sdk_calls(shape: str, expected: str) -> None:
    assert exception_word(shape) == expected


def test_the_rules_for_names_give_what_the_developer_guide_lists() -> None:
    for name, entry in load("services.json")["listed"].items():
        service = sdk_service(name)
        assert service is not None
        if service.support is Support.LISTED and service.botocore in _models.installed():
            service_id = service.model["metadata"]["serviceId"]
            assert sdk_service_name(service_id) == name
            assert entry["error_prefix"].lower() == name
            assert prefix_of(service_id) == entry["error_prefix"]


def test_operations_are_spelled_as_boto3_spells_them() -> None:
    from botocore import xform_name

    different = set()
    for name in sdk_services():
        service = sdk_service(name)
        assert service is not None
        for api in service.apis:
            operation = service.operation(api)
            assert operation is not None
            spelled = xform_name(operation.name)
            assert fold(spelled) == fold(api)  # so an author who writes as boto3 does is understood in every case
            if snake(api) != spelled:
                different.add(spelled)
    assert different <= {  # boto3 has exceptions for these four and not for their neighbours
        "create_oauth2_token",
        "create_oauth2_token_with_iam",
        "introspect_oauth2_token_with_iam",
        "revoke_oauth2_token_with_iam",
    }


def test_names_of_apis() -> None:
    assert api_of("DescribeDBInstances") == "describeDBInstances"
    assert api_of("start_job_run") == "startJobRun"
    assert snake("describeDBInstances") == "describe_db_instances"
    assert snake("listObjectsV2") == "list_objects_v2"


def test_the_shape_of_a_call() -> None:
    service = sdk_service("rds")
    assert service is not None
    operation = service.operation("createDBInstance")
    assert operation is not None
    assert operation.input.required == ("DbInstanceIdentifier", "DbInstanceClass", "Engine")
    assert operation.input.spelled("DBInstanceIdentifier") == "DbInstanceIdentifier"
    assert operation.input.spelled("NoSuchField") is None
    status = operation.output.at("DbInstance", "DbInstanceStatus")
    assert status is not None and status.kind is Kind.STRING
    assert operation.output.at("DbInstance", "NoSuchField") is None
    optimized = operation.shape("input", Spelling.API)
    assert "DBInstanceIdentifier" in optimized.members


def test_constraints_of_a_shape() -> None:
    service = sdk_service("sqs")
    assert service is not None
    operation = service.operation("receiveMessage")
    assert operation is not None
    messages = operation.output.at("Messages", 0)
    assert messages is not None and messages.kind is Kind.STRUCTURE
    sfn = sdk_service("sfn")
    assert sfn is not None
    listing = sfn.operation("listExecutions")
    assert listing is not None
    assert listing.input.members["StatusFilter"].enum[:2] == ("RUNNING", "SUCCEEDED")
    assert (listing.input.members["MaxResults"].minimum, listing.input.members["MaxResults"].maximum) == (0, 1000)
    assert not listing.input.members["MaxResults"].accepts("object")
    assert listing.input.members["MaxResults"].accepts("number")


def test_a_shape_that_holds_itself_ends_only_where_one_stops_reading() -> None:
    service = sdk_service("dynamodb")
    assert service is not None
    operation = service.operation("getItem")
    assert operation is not None
    value = operation.output.at("Item", "name", "M", "inner", "L", 3)
    assert value is not None
    assert list(value.members) == ["S", "N", "B", "Ss", "Ns", "Bs", "M", "L", "Nul", "Bool"]
    optimized = operation.shape("output", Spelling.API).at("Item", "name")
    assert optimized is not None
    assert list(optimized.members) == ["S", "N", "B", "SS", "NS", "BS", "M", "L", "NULL", "BOOL"]


def test_tokens_that_an_sdk_fills_in_are_not_required() -> None:
    service = sdk_service("emrserverless")
    assert service is not None
    operation = service.operation("startJobRun")
    assert operation is not None
    assert operation.input.required == ("ApplicationId", "ExecutionRoleArn")


def test_every_shape_of_a_service_can_be_read() -> None:
    for name in ("s3", "ec2", "sagemaker", "bedrockruntime", "costexplorer", "glue"):
        service = sdk_service(name)
        assert service is not None
        for api in service.apis:
            operation = service.operation(api)
            assert operation is not None
            for shape in (operation.input, operation.output):
                assert shape.kind is Kind.STRUCTURE
                for member, inner in shape.members.items():
                    assert re.fullmatch("[A-Z][A-Za-z0-9_]*", member), (name, api, member)
                    assert inner.kind in Kind
