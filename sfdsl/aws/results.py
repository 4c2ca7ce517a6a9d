"""What `$states.result` of a Task looks like, by service, API and integration pattern."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from attrs import evolve, field, frozen

from sfdsl.aws.arguments import arguments_shape, botocore_operation
from sfdsl.aws.integrations import optimized
from sfdsl.aws.resource import (
    Activity,
    LambdaFunction,
    Malformed,
    Pattern,
    Resource,
    ServiceTask,
    Unresolved,
)
from sfdsl.aws.sdk import sdk_service
from sfdsl.aws.shapes import ANY, EMPTY, STRING, Kind, Shape, Spelling, listed, mapped, structure

__all__ = ["UNTYPED", "arguments_shape", "result_shape"]


@frozen(kw_only=True)
class _Given:
    """A result that is made of an operation's output.

    Attributes:
        operation: Botocore's service and operation; None for none.
        path: Where in its output the result stands; names of members, `0` for the element of a list.
        extra: Members that Step Functions adds.
        more: Whether other members may be there too, because the result is not documented in full.
    """

    operation: str | None = None
    path: tuple[str | int, ...] = ()
    extra: Mapping[str, Shape] = field(factory=dict, hash=False)
    more: bool = False


@cache
def result_shape(resource: Resource) -> Shape | None:
    """The result of a Task, or None where nobody knows what it looks like (`UNTYPED` says why).

    A callback's result, a Lambda function's by its ARN and an activity's are whatever the one who answers sends: any
    JSON. A structure with `more` may have further members.

    Source: Step Functions Developer Guide, the page in `Optimized.source`, and botocore for the output of operations;
    for what differs see the comments in this module.
    """
    match resource:
        case ServiceTask():
            return _of_task(resource)
        case LambdaFunction() | Activity():
            return ANY
        case Unresolved() | Malformed():
            return None


def _of_task(task: ServiceTask) -> Shape | None:
    if task.pattern is Pattern.UNKNOWN:
        return None
    if task.sdk:
        service = sdk_service(task.service)
        operation = service.operation(task.api) if service is not None else None
        if operation is None:
            return None
        return ANY if task.pattern is Pattern.WAIT_FOR_TASK_TOKEN else operation.output
    api = optimized(task.service, task.api)
    if api is None or not api.offers(task.pattern):
        return None
    if task.pattern is Pattern.WAIT_FOR_TASK_TOKEN:
        return ANY
    if f"{task.name}{task.suffix}" in UNTYPED:
        return None
    waits = task.pattern.waits
    given = (_JOBS if waits else _RESPONSES).get(f"{task.name}{task.suffix}")
    shape = _shape(given if given is not None else _Given(operation=api.operation))
    return shape if waits or task.service in _WITHOUT_METADATA else shape.with_members(_METADATA)


def _shape(given: _Given) -> Shape:
    output = EMPTY
    if given.operation is not None:
        operation = botocore_operation(given.operation)
        found = operation.shape("output", Spelling.API).at(*given.path) if operation is not None else None
        if found is None:  # an older botocore does not have it
            return ANY
        output = evolve(found, required=())
    return output.with_members(given.extra, more=given.more)


_NUMBER = Shape(kind=Kind.NUMBER)

# Source: measured, recorded executions of lambda:invoke, sns:publish, sqs:sendMessage, dynamodb:* and
# states:startExecution. Results of jobs do not have them, nor do aws-sdk calls.
_METADATA: Mapping[str, Shape] = {
    "SdkHttpMetadata": structure(
        {"AllHttpHeaders": mapped(listed(STRING)), "HttpHeaders": mapped(STRING), "HttpStatusCode": _NUMBER}
    ),
    "SdkResponseMetadata": structure({"RequestId": STRING}, more=True),
}
_WITHOUT_METADATA = ("http", "apigateway", "eks")  # they answer in HTTP's words, below

_HTTP = _Given(
    extra={"Headers": mapped(ANY), "ResponseBody": ANY, "StatusCode": _NUMBER, "StatusText": STRING}, more=True
)

_RESPONSES: Mapping[str, _Given] = {
    # The function's answer is parsed, where the API gives text.
    "lambda:invoke": _Given(operation="lambda:Invoke", extra={"Payload": ANY}),
    "bedrock:invokeModel": _Given(operation="bedrock-runtime:InvokeModel", extra={"Body": ANY}, more=True),
    "glue:startJobRun": _Given(operation="glue:StartJobRun", extra={"JobName": STRING}),
    # Source: measured, recorded executions (apigateway); the pages of http:invoke and eks:call give the same fields.
    "apigateway:invoke": _HTTP,
    "http:invoke": _HTTP,
    "eks:call": _HTTP,
    # EMR is wrapped: other names, one step instead of a list.
    "elasticmapreduce:createCluster": _Given(extra={"ClusterId": STRING}),
    "elasticmapreduce:addStep": _Given(extra={"StepId": STRING}),
    "elasticmapreduce:cancelStep": _Given(more=True),
    # The API answers with nothing, Step Functions with what was asked for.
    "emr-serverless:startApplication": _Given(extra={"ApplicationId": STRING}),
    "emr-serverless:stopApplication": _Given(extra={"ApplicationId": STRING}),
    "emr-serverless:deleteApplication": _Given(extra={"ApplicationId": STRING}),
}
"""Request-response results that are not simply the output of the API."""

_EXECUTION: Mapping[str, Shape] = {
    name: STRING for name in ("ExecutionArn", "Input", "Name", "Output", "StartDate", "StateMachineArn", "StopDate")
} | {
    "Status": STRING,
    "InputDetails": structure({"Included": Shape(kind=Kind.BOOLEAN)}),
    "OutputDetails": structure({"Included": Shape(kind=Kind.BOOLEAN)}),
}

_APPLICATION = _Given(operation="emr-serverless:GetApplication", path=("Application",), more=True)

_JOBS: Mapping[str, _Given] = {
    # Source: measured, recorded executions.
    "states:startExecution.sync": _Given(extra=_EXECUTION, more=True),
    "states:startExecution.sync:2": _Given(extra={**_EXECUTION, "Input": ANY, "Output": ANY}, more=True),
    # The thing that is polled, as its API describes it. Source: definitions in use read these fields.
    "athena:startQueryExecution.sync": _Given(operation="athena:GetQueryExecution"),
    "batch:submitJob.sync": _Given(operation="batch:DescribeJobs", path=("Jobs", 0)),
    "codebuild:startBuild.sync": _Given(operation="codebuild:StartBuild"),
    "codebuild:startBuildBatch.sync": _Given(operation="codebuild:StartBuildBatch"),
    "codebuild:retryBuildBatch.sync": _Given(operation="codebuild:RetryBuildBatch"),
    "databrew:startJobRun.sync": _Given(operation="databrew:ListJobRuns", path=("JobRuns", 0), more=True),
    "ecs:runTask.sync": _Given(operation="ecs:DescribeTasks", path=("Tasks", 0)),
    "eks:createCluster.sync": _Given(operation="eks:DescribeCluster"),
    "eks:createNodegroup.sync": _Given(operation="eks:DescribeNodegroup"),
    # Kubernetes spells its fields in its own way; `logs` is there where LogOptions asks for it.
    "eks:runJob.sync": _Given(
        extra=dict.fromkeys(("apiVersion", "kind", "metadata", "spec", "status", "logs"), ANY), more=True
    ),
    # Both ways to the id are in use: $.ClusterId and $.Cluster.Id.
    "elasticmapreduce:createCluster.sync": _Given(
        operation="emr:DescribeCluster", extra={"ClusterId": STRING}, more=True
    ),
    "emr-serverless:createApplication.sync": _APPLICATION,
    "emr-serverless:startApplication.sync": _APPLICATION,
    "emr-serverless:stopApplication.sync": _APPLICATION,
    "emr-serverless:startJobRun.sync": _Given(operation="emr-serverless:GetJobRun", path=("JobRun",), more=True),
    "glue:startJobRun.sync": _Given(operation="glue:GetJobRun", path=("JobRun",), extra={"JobName": STRING}),
    "mediaconvert:createJob.sync": _Given(operation="mediaconvert:GetJob", more=True),
    "sagemaker:createTrainingJob.sync": _Given(operation="sagemaker:DescribeTrainingJob"),
    "sagemaker:createTransformJob.sync": _Given(operation="sagemaker:DescribeTransformJob"),
    "sagemaker:createHyperParameterTuningJob.sync": _Given(operation="sagemaker:DescribeHyperParameterTuningJob"),
    "sagemaker:createLabelingJob.sync": _Given(operation="sagemaker:DescribeLabelingJob"),
    "sagemaker:createProcessingJob.sync": _Given(operation="sagemaker:DescribeProcessingJob"),
    # Source: assumed, from what is polled.
    "bedrock:createModelCustomizationJob.sync": _Given(operation="bedrock:GetModelCustomizationJob", more=True),
    "eks:createFargateProfile.sync": _Given(operation="eks:DescribeFargateProfile", more=True),
    "elasticmapreduce:addStep.sync": _Given(operation="emr:DescribeStep", more=True),
}
"""Results of jobs: what AWS returns when the job has ended."""

UNTYPED: Mapping[str, str] = {
    "eks:runJob": "no page says what the Kubernetes API answers before the job ends",
    "eks:deleteCluster.sync": "no page says what is left to return when the cluster is gone",
    "eks:deleteNodegroup.sync": "no page says what is left to return when the node group is gone",
    "eks:deleteFargateProfile.sync": "no page says what is left to return when the profile is gone",
    "elasticmapreduce:terminateCluster.sync": "no page says what is returned when the cluster has ended",
    "emr-containers:startJobRun.sync": "no page says whether the job run is returned flat or under JobRun",
    "emr-containers:deleteVirtualCluster.sync": "no page says what is left to return when the cluster is gone",
    "emr-serverless:deleteApplication.sync": "no page says what is left to return when the application is gone",
    "emr-serverless:cancelJobRun.sync": "no page says what is returned when the job run has been cancelled",
}
"""Optimized calls whose result has no known shape, with the reason; any field may be read from it."""
