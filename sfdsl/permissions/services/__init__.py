"""Calls whose permissions follow from several arguments at once, so that no template says them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from sfdsl.permissions.collector import Collector
from sfdsl.permissions.services.athena import get_query_results, start_query_execution
from sfdsl.permissions.services.databases import (
    aurora_statement,
    batch,
    partiql,
    put_metrics,
    redshift_statement,
    timestream_query,
    transact,
)
from sfdsl.permissions.services.email import send_email
from sfdsl.permissions.services.endpoints import invoke_api, invoke_http
from sfdsl.permissions.services.executions import start_execution
from sfdsl.permissions.services.functions import invoke_function
from sfdsl.permissions.services.jobs import create_mediaconvert_job, run_ecs_task, submit_batch_job
from sfdsl.permissions.services.messages import on_queue, publish
from sfdsl.permissions.services.models import invoke_model, retrieve_and_generate
from sfdsl.permissions.services.storage import list_objects

__all__ = ["OPTIMIZED", "SAME_AS", "SDK"]

OPTIMIZED: Final[dict[tuple[str, str], Callable[[Collector], None]]] = {
    ("apigateway", "invoke"): invoke_api,
    ("athena", "getQueryResults"): get_query_results,
    ("athena", "startQueryExecution"): start_query_execution,
    ("batch", "submitJob"): submit_batch_job,
    ("bedrock", "invokeModel"): invoke_model,
    ("ecs", "runTask"): run_ecs_task,
    ("http", "invoke"): invoke_http,
    ("lambda", "invoke"): invoke_function,
    ("mediaconvert", "createJob"): create_mediaconvert_job,
    ("sns", "publish"): publish,
    ("sqs", "sendMessage"): on_queue("sqs:SendMessage"),
    ("states", "startExecution"): start_execution,
}
"""What code derives for optimized integrations, whichever the pattern."""

SDK: Final[dict[tuple[str, str], Callable[[Collector], None]]] = {
    ("cloudwatch", "putMetricData"): put_metrics,
    ("dynamodb", "batchExecuteStatement"): partiql("Statements[].Statement"),
    ("dynamodb", "batchGetItem"): batch("dynamodb:BatchGetItem"),
    ("dynamodb", "batchWriteItem"): batch("dynamodb:BatchWriteItem"),
    ("dynamodb", "executeStatement"): partiql("Statement"),
    ("dynamodb", "executeTransaction"): partiql("TransactStatements[].Statement"),
    ("dynamodb", "transactGetItems"): transact(("Get", "dynamodb:GetItem")),
    ("dynamodb", "transactWriteItems"): transact(
        ("ConditionCheck", "dynamodb:ConditionCheckItem"),
        ("Put", "dynamodb:PutItem"),
        ("Update", "dynamodb:UpdateItem"),
        ("Delete", "dynamodb:DeleteItem"),
    ),
    ("rdsdata", "batchExecuteStatement"): aurora_statement,
    ("rdsdata", "beginTransaction"): aurora_statement,
    ("rdsdata", "commitTransaction"): aurora_statement,
    ("rdsdata", "executeStatement"): aurora_statement,
    ("rdsdata", "rollbackTransaction"): aurora_statement,
    ("redshiftdata", "batchExecuteStatement"): redshift_statement,
    ("redshiftdata", "executeStatement"): redshift_statement,
    ("s3", "listObjects"): list_objects,
    ("s3", "listObjectsV2"): list_objects,
    ("ses", "sendEmail"): send_email("Source"),
    ("ses", "sendTemplatedEmail"): send_email("Source"),
    ("sesv2", "sendBulkEmail"): send_email("FromEmailAddress"),
    ("sesv2", "sendEmail"): send_email("FromEmailAddress"),
    ("timestreamquery", "query"): timestream_query,
    ("athena", "getQueryResults"): get_query_results,
    ("athena", "startQueryExecution"): start_query_execution,
    ("batch", "submitJob"): submit_batch_job,
    ("bedrockagentruntime", "retrieveAndGenerate"): retrieve_and_generate,
    ("bedrockruntime", "converse"): invoke_model,
    ("bedrockruntime", "invokeModel"): invoke_model,
    ("ecs", "runTask"): run_ecs_task,
    ("lambda", "invoke"): invoke_function,
    ("mediaconvert", "createJob"): create_mediaconvert_job,
    ("sfn", "startExecution"): start_execution,
    ("sfn", "startSyncExecution"): start_execution,
    ("sns", "publish"): publish,
    **{
        ("sqs", api): on_queue(f"sqs:{action}")
        for api, action in {
            "changeMessageVisibility": "ChangeMessageVisibility",
            "changeMessageVisibilityBatch": "ChangeMessageVisibility",
            "deleteMessage": "DeleteMessage",
            "deleteMessageBatch": "DeleteMessage",
            "deleteQueue": "DeleteQueue",
            "getQueueAttributes": "GetQueueAttributes",
            "listDeadLetterSourceQueues": "ListDeadLetterSourceQueues",
            "listQueueTags": "ListQueueTags",
            "purgeQueue": "PurgeQueue",
            "receiveMessage": "ReceiveMessage",
            "sendMessage": "SendMessage",
            "sendMessageBatch": "SendMessage",
            "setQueueAttributes": "SetQueueAttributes",
            "tagQueue": "TagQueue",
            "untagQueue": "UntagQueue",
        }.items()
    },
}
"""What code derives for aws-sdk integrations."""

SAME_AS: Final[dict[str, str]] = {
    "emr:runJobFlow": "elasticmapreduce:createCluster",
    "emrcontainers:startJobRun": "emr-containers:startJobRun",
    "emrserverless:createApplication": "emr-serverless:createApplication",
    "emrserverless:startJobRun": "emr-serverless:startJobRun",
    "eks:createCluster": "eks:createCluster",
    "eks:createFargateProfile": "eks:createFargateProfile",
    "eks:createNodegroup": "eks:createNodegroup",
    **{
        f"sagemaker:create{kind}": f"sagemaker:create{kind}"
        for kind in (
            "Endpoint",
            "EndpointConfig",
            "HyperParameterTuningJob",
            "LabelingJob",
            "Model",
            "ProcessingJob",
            "TrainingJob",
            "TransformJob",
        )
    },
}
"""aws-sdk calls that need what the request-response form of an optimized integration needs."""
