"""What we grant for the calls that other tools get wrong, statement by statement."""

from __future__ import annotations

from typing import Any

import pytest

from tests.permissions.helpers import STATES, lines, permissions, remarks, task

RULE = "events:DescribeRule, events:PutRule, events:PutTargets on ~events:rule/StepFunctionsGetEvent"
ROLE = "arn:aws:iam::123456789012:role/"
CHILD = "arn:aws:states:eu-west-1:123456789012"


def passed(role: str, service: str, operator: str = "StringEquals") -> str:
    return f"iam:PassRole on {role} if {operator} iam:PassedToService {service}"


def jsonpath(resource: str, parameters: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"Type": "Task", "Resource": STATES + resource, "Parameters": parameters, "End": True, **more}


LAMBDA = [
    pytest.param({"FunctionName": "orders"}, "~lambda:function:orders", id="plain"),
    pytest.param({"FunctionName": "orders:live"}, "~lambda:function:orders:live", id="an alias in the name"),
    pytest.param({"FunctionName": "orders", "Qualifier": "7"}, "~lambda:function:orders:7", id="a version"),
    pytest.param(
        {"FunctionName": "orders", "Qualifier": "{% $states.input.q %}"}, "~lambda:function:orders:*", id="any version"
    ),
    pytest.param({"FunctionName": "{% $states.input.f %}"}, "~lambda:function:*", id="known at run time"),
    pytest.param(
        {"FunctionName": "{% 'orders-' & $states.input.f %}"}, "~lambda:function:orders-*", id="a literal prefix"
    ),
    pytest.param(
        {"FunctionName": "{% $states.input.big ? 'orders-big' : 'orders-small' %}"},
        "~lambda:function:orders-big, ~lambda:function:orders-small",
        id="one of two",
    ),
    pytest.param({"FunctionName": "${ValidateFunctionArn}"}, "${ValidateFunctionArn}", id="a placeholder for an ARN"),
    pytest.param(
        {"FunctionName": "${ValidateFunctionArn}", "Qualifier": "live"},
        "${ValidateFunctionArn}:live",
        id="an alias of a placeholder",
    ),
    pytest.param(
        {"FunctionName": "${ValidateFunction}"},
        "~lambda:function:${ValidateFunction}",
        id="a placeholder for a name, as Ref gives it",
    ),
    pytest.param({"FunctionName": "${Stage}-orders"}, "~lambda:function:${Stage}-orders", id="a placeholder in a name"),
    pytest.param(
        {"FunctionName": "arn:aws:lambda:eu-west-1:123456789012:function:orders:3"},
        "arn:aws:lambda:eu-west-1:123456789012:function:orders:3",
        id="an ARN with a version",
    ),
    pytest.param(
        {"FunctionName": "123456789012:function:orders"},
        "arn:${AWS::Partition}:lambda:${AWS::Region}:123456789012:function:orders",
        id="a partial ARN",
    ),
]


@pytest.mark.parametrize(("arguments", "resource"), LAMBDA)
def test_a_function_is_called_at_the_version_that_the_call_names(arguments: dict[str, Any], resource: str) -> None:
    expected = [f"lambda:InvokeFunction on {resource}"]
    for call in ("lambda:invoke", "lambda:invoke.waitForTaskToken", "aws-sdk:lambda:invoke"):
        assert lines(permissions(task(call, arguments))) == expected


ATHENA = {
    "QueryString": "SELECT * FROM orders JOIN raw.clicks USING (id)",
    "WorkGroup": "etl",
    "QueryExecutionContext": {"Database": "sales"},
    "ResultConfiguration": {"OutputLocation": "s3://acme-results/etl/"},
}
READ = (
    "glue:BatchGetPartition, glue:GetDatabase, glue:GetDatabases, glue:GetPartition, glue:GetPartitions, "
    "glue:GetTable, glue:GetTables"
)
ANY = (
    "glue:BatchCreatePartition, glue:BatchDeletePartition, glue:BatchDeleteTable, glue:BatchGetPartition, "
    "glue:CreateDatabase, glue:CreatePartition, glue:CreateTable, glue:DeleteDatabase, glue:DeletePartition, "
    "glue:DeleteTable, glue:GetDatabase, glue:GetDatabases, glue:GetPartition, glue:GetPartitions, glue:GetTable, "
    "glue:GetTables, glue:UpdateDatabase, glue:UpdatePartition, glue:UpdateTable"
)
OBJECTS = "s3:AbortMultipartUpload, s3:GetObject, s3:ListMultipartUploadParts, s3:PutObject on ~s3:"
CHILDREN = [
    "states:StartExecution on ~states:stateMachine:orders-etl",
    "states:DescribeExecution, states:StopExecution on ~states:execution:orders-etl/Rows:*, "
    "~states:execution:orders-etl:*, ~states:express:orders-etl/Rows:*:*",
    "states:RedriveExecution on ~states:execution:orders-etl/Rows:*",
]

CASES = [
    pytest.param(
        task("glue:startJobRun.sync", {"JobName": "orders-extract"}),
        [
            "glue:BatchStopJobRun, glue:GetJobRun, glue:GetJobRuns, glue:StartJobRun on ~glue:job/orders-extract",
        ],
        id="glue:startJobRun.sync",
    ),
    pytest.param(
        task("aws-sdk:glue:startCrawler", {"Name": "orders"}),
        ["glue:StartCrawler on ~glue:crawler/orders"],
        id="aws-sdk:glue:startCrawler",
    ),
    pytest.param(
        task("athena:startQueryExecution.sync", ATHENA),
        [
            "athena:GetQueryExecution, athena:StartQueryExecution, athena:StopQueryExecution on ~athena:workgroup/etl",
            "athena:GetDataCatalog on ~athena:datacatalog/AwsDataCatalog",
            f"{READ} on ~glue:catalog, ~glue:database/default, ~glue:database/raw, ~glue:database/sales, "
            "~glue:table/raw/*, ~glue:table/sales/*, ~glue:userDefinedFunction/raw/*, "
            "~glue:userDefinedFunction/sales/*",
            "s3:GetBucketLocation, s3:ListBucket, s3:ListBucketMultipartUploads on ~s3:acme-results",
            f"{OBJECTS}acme-results/etl/*",
            "s3:GetBucketLocation, s3:ListBucket on ~s3:${AthenaDataBucket}",
            "s3:GetObject on ~s3:${AthenaDataBucket}/*",
            "lakeformation:GetDataAccess on *",
        ],
        id="athena:startQueryExecution.sync with workgroup, bucket and databases",
    ),
    pytest.param(
        task("athena:startQueryExecution.sync", {"QueryString": "{% $states.input.sql %}"}),
        [
            "athena:GetQueryExecution, athena:StartQueryExecution, athena:StopQueryExecution "
            "on ~athena:workgroup/primary",
            "athena:GetDataCatalog on ~athena:datacatalog/*",
            f"{ANY} on ~glue:catalog, ~glue:database/*, ~glue:table/*, ~glue:userDefinedFunction/*",
            "s3:GetBucketLocation, s3:ListBucket, s3:ListBucketMultipartUploads on ~s3:${PrimaryResultsBucket}",
            f"{OBJECTS}${{PrimaryResultsBucket}}/*",
            "s3:GetBucketLocation, s3:ListBucket on ~s3:${AthenaDataBucket}",
            f"{OBJECTS}${{AthenaDataBucket}}/*",
            "lakeformation:GetDataAccess on *",
        ],
        id="athena:startQueryExecution.sync with a query known at run time",
    ),
    pytest.param(
        task(
            "elasticmapreduce:createCluster.sync",
            {"Name": "spark", "ServiceRole": "EMR_DefaultRole", "JobFlowRole": "EMR_EC2_DefaultRole", "Instances": {}},
        ),
        [
            "elasticmapreduce:RunJobFlow on *",
            "elasticmapreduce:DescribeCluster, elasticmapreduce:TerminateJobFlows on ~elasticmapreduce:cluster/*",
            passed("~iam:role/EMR_DefaultRole", "elasticmapreduce.amazonaws.com"),
            passed("~iam:role/EMR_EC2_DefaultRole", "ec2.amazonaws.com*", "StringLike"),
            f"{RULE}ForEMRRunJobFlowRule",
            "iam:CreateServiceLinkedRole on "
            "~iam:role/aws-service-role/elasticmapreduce.amazonaws.com*/AWSServiceRoleForEMRCleanup* "
            "if StringLike iam:AWSServiceName elasticmapreduce.amazonaws.com, elasticmapreduce.amazonaws.com.cn",
        ],
        id="elasticmapreduce:createCluster.sync",
    ),
    pytest.param(
        task("elasticmapreduce:addStep.sync", {"ClusterId": "j-2AXXXXXXGAPLF", "Step": {}}),
        [
            "elasticmapreduce:AddJobFlowSteps, elasticmapreduce:CancelSteps, elasticmapreduce:DescribeStep "
            "on ~elasticmapreduce:cluster/j-2AXXXXXXGAPLF",
            f"{RULE}ForEMRAddJobFlowStepsRule",
        ],
        id="elasticmapreduce:addStep.sync on a literal cluster",
    ),
    pytest.param(
        task("batch:submitJob.sync", {"JobName": "load", "JobQueue": "etl", "JobDefinition": "load"}),
        [
            "batch:SubmitJob on ~batch:job-definition/load, ~batch:job-definition/load:*, ~batch:job-queue/etl, "
            "~batch:job/*",
            "batch:DescribeJobs on *",
            "batch:TerminateJob on ~batch:job/*",
            f"{RULE}sForBatchJobsRule",
        ],
        id="batch:submitJob.sync by name",
    ),
    pytest.param(
        task("batch:submitJob", {"JobName": "load", "JobQueue": "${Queue}", "JobDefinition": "${LoadDefinition}"}),
        ["batch:SubmitJob on ${LoadDefinition}, ${Queue}, ~batch:job/*"],
        id="batch:submitJob by placeholders, which are ARNs as Ref gives them",
    ),
    pytest.param(
        task("emr-serverless:startJobRun.sync", {"ApplicationId": "00abc", "ExecutionRoleArn": f"{ROLE}spark"}),
        [
            "emr-serverless:StartJobRun on ~emr-serverless:/applications/00abc",
            passed(f"{ROLE}spark", "emr-serverless.amazonaws.com"),
            "emr-serverless:CancelJobRun, emr-serverless:GetJobRun on ~emr-serverless:/applications/00abc/jobruns/*",
            f"{RULE}sForEMRServerlessJobRule",
        ],
        id="emr-serverless:startJobRun.sync",
    ),
    pytest.param(
        task("ecs:runTask.sync", {"Cluster": "etl", "TaskDefinition": "load:3"}),
        [
            "ecs:RunTask on ~ecs:task-definition/load:3",
            "ecs:DescribeTasks, ecs:StopTask on ~ecs:task/etl/*",
            f"{RULE}sForECSTaskRule",
            passed("${LoadTaskRoleArn}", "ecs-tasks.amazonaws.com"),
            passed("${LoadExecutionRoleArn}", "ecs-tasks.amazonaws.com"),
        ],
        id="ecs:runTask.sync with the roles of its definition",
    ),
    pytest.param(
        task(
            "ecs:runTask.sync",
            {
                "Cluster": "${ClusterArn}",
                "TaskDefinition": "load",
                "Overrides": {"TaskRoleArn": f"{ROLE}load", "ExecutionRoleArn": f"{ROLE}pull"},
                "PropagateTags": "TASK_DEFINITION",
            },
        ),
        [
            "ecs:RunTask on ~ecs:task-definition/load:*",
            "ecs:DescribeTasks, ecs:StopTask on ~ecs:task/*/* if ArnEquals ecs:cluster ${ClusterArn}",
            f"{RULE}sForECSTaskRule",
            "ecs:TagResource on ~ecs:task/*/* if StringEquals ecs:CreateAction RunTask",
            passed(f"{ROLE}load", "ecs-tasks.amazonaws.com"),
            passed(f"{ROLE}pull", "ecs-tasks.amazonaws.com"),
        ],
        id="ecs:runTask.sync with overrides and a cluster known by its ARN",
    ),
    pytest.param(
        task("sagemaker:createTrainingJob.sync", {"TrainingJobName": "churn", "RoleArn": f"{ROLE}train"}),
        [
            "sagemaker:AddTags, sagemaker:CreateTrainingJob, sagemaker:DescribeTrainingJob, sagemaker:ListTags, "
            "sagemaker:StopTrainingJob on ~sagemaker:training-job/churn",
            passed(f"{ROLE}train", "sagemaker.amazonaws.com"),
            f"{RULE}sForSageMakerTrainingJobsRule",
        ],
        id="sagemaker:createTrainingJob.sync",
    ),
    pytest.param(
        task("sqs:sendMessage", {"QueueUrl": "https://sqs.eu-west-1.amazonaws.com/123456789012/orders"}),
        ["sqs:SendMessage on arn:${AWS::Partition}:sqs:eu-west-1:123456789012:orders"],
        id="sqs:sendMessage to a literal URL",
    ),
    pytest.param(
        task(
            "sqs:sendMessage.waitForTaskToken",
            {"QueueUrl": "https://sqs.${AWS::Region}.amazonaws.com/${AWS::AccountId}/orders"},
        ),
        ["sqs:SendMessage on ~sqs:orders"],
        id="sqs:sendMessage to a URL with pseudo parameters",
    ),
    pytest.param(
        task("sqs:sendMessage", {"QueueUrl": "${DeadLetterQueueUrl}"}),
        ["sqs:SendMessage on ${DeadLetterQueueArn}"],
        id="sqs:sendMessage to a placeholder has a companion for the ARN",
    ),
    pytest.param(
        task("sqs:sendMessage", {"QueueUrl": "{% $states.input.queue %}"}),
        ["sqs:SendMessage on ~sqs:*"],
        id="sqs:sendMessage to a queue known at run time",
    ),
    pytest.param(
        task("sns:publish", {"TopicArn": "arn:aws:sns:eu-west-1:123456789012:alerts"}),
        ["sns:Publish on arn:aws:sns:eu-west-1:123456789012:alerts"],
        id="sns:publish to a literal topic",
    ),
    pytest.param(
        task("sns:publish.waitForTaskToken", {"TopicArn": "${AlertTopicArn}"}),
        ["sns:Publish on ${AlertTopicArn}"],
        id="sns:publish to a placeholder",
    ),
    pytest.param(
        task("sns:publish", {"TopicArn": "{% $states.input.topic %}"}),
        ["sns:Publish on ~sns:*"],
        id="sns:publish to a topic known at run time",
    ),
    pytest.param(
        task("sns:publish", {"PhoneNumber": "+4912345"}),
        ["sns:Publish on all but arn:${AWS::Partition}:sns:*:*:*"],
        id="sns:publish to a telephone and to no topic",
    ),
    pytest.param(
        task("dynamodb:putItem", {"TableName": "orders", "Item": {}}),
        ["dynamodb:PutItem on ~dynamodb:table/orders"],
        id="dynamodb:putItem",
    ),
    pytest.param(
        task("aws-sdk:dynamodb:query", {"TableName": "orders", "IndexName": "by-day"}),
        ["dynamodb:Query on ~dynamodb:table/orders, ~dynamodb:table/orders/index/by-day"],
        id="dynamodb with an index",
    ),
    pytest.param(
        task("aws-sdk:dynamodb:query", {"TableName": "${OrdersTableArn}", "IndexName": "by-day"}),
        ["dynamodb:Query on ${OrdersTableArn}, ${OrdersTableArn}/index/by-day"],
        id="dynamodb with an index of a table given by its ARN",
    ),
    pytest.param(
        task("aws-sdk:dynamodb:executeStatement", {"Statement": 'SELECT * FROM "orders"."by-day" WHERE day = ?'}),
        ["dynamodb:PartiQLSelect on ~dynamodb:table/orders, ~dynamodb:table/orders/index/*"],
        id="dynamodb by PartiQL",
    ),
    pytest.param(
        task(
            "aws-sdk:dynamodb:transactWriteItems",
            {"TransactItems": [{"Put": {"TableName": "orders"}}, {"ConditionCheck": {"TableName": "locks"}}]},
        ),
        [
            "dynamodb:ConditionCheckItem on ~dynamodb:table/locks",
            "dynamodb:PutItem on ~dynamodb:table/orders",
        ],
        id="a transaction needs the actions of its items",
    ),
    pytest.param(
        task("aws-sdk:redshiftdata:executeStatement", {"ClusterIdentifier": "dw", "Database": "sales"}),
        [
            "redshift-data:ExecuteStatement on ~redshift:cluster:dw",
            "redshift:GetClusterCredentialsWithIAM on ~redshift:dbname:dw/sales",
        ],
        id="redshift-data executeStatement as the role",
    ),
    pytest.param(
        task("aws-sdk:redshiftdata:executeStatement", {"ClusterIdentifier": "dw", "Database": "s", "DbUser": "etl"}),
        [
            "redshift-data:ExecuteStatement on ~redshift:cluster:dw",
            "redshift:GetClusterCredentials on ~redshift:dbname:dw/s, ~redshift:dbuser:dw/etl",
        ],
        id="redshift-data executeStatement as a database user",
    ),
    pytest.param(
        task("aws-sdk:redshiftdata:executeStatement", {"ClusterIdentifier": "dw", "SecretArn": "${DwSecretArn}"}),
        [
            "redshift-data:ExecuteStatement on ~redshift:cluster:dw",
            "secretsmanager:GetSecretValue on ${DwSecretArn}",
        ],
        id="redshift-data executeStatement with a secret",
    ),
    pytest.param(
        task("aws-sdk:cloudwatch:putMetricData", {"Namespace": "Orders", "MetricData": []}),
        ["cloudwatch:PutMetricData on * if StringEquals cloudwatch:namespace Orders"],
        id="metrics of one namespace",
    ),
    pytest.param(
        task("bedrock:invokeModel", {"ModelId": "amazon.nova-lite-v1:0"}),
        [
            "bedrock:InvokeModel on "
            "arn:${AWS::Partition}:bedrock:${AWS::Region}::foundation-model/amazon.nova-lite-v1:0",
        ],
        id="bedrock:invokeModel",
    ),
    pytest.param(
        task(
            "bedrock:invokeModel",
            {
                "ModelId": "eu.amazon.nova-lite-v1:0",
                "Input": {"S3Uri": "s3://acme-in/prompt.json"},
                "Output": {"S3Uri": "s3://acme-out/answers"},
            },
        ),
        [
            "bedrock:InvokeModel on ~bedrock:inference-profile/eu.amazon.nova-lite-v1:0, "
            "arn:${AWS::Partition}:bedrock:*::foundation-model/amazon.nova-lite-v1:0",
            "s3:GetObject on ~s3:acme-in/prompt.json",
            "s3:PutObject on ~s3:acme-out/answers/*",
        ],
        id="bedrock:invokeModel through an inference profile, with input and output in S3",
    ),
    pytest.param(
        task("events:putEvents", {"Entries": [{"EventBusName": "orders"}, {"EventBusName": "${AuditBusArn}"}, {}]}),
        ["events:PutEvents on ${AuditBusArn}, ~events:event-bus/default, ~events:event-bus/orders"],
        id="events:putEvents to three buses",
    ),
    pytest.param(
        task("states:startExecution", {"StateMachineArn": f"{CHILD}:stateMachine:child"}),
        [f"states:StartExecution on {CHILD}:stateMachine:child"],
        id="states:startExecution",
    ),
    pytest.param(
        task("states:startExecution.sync:2", {"StateMachineArn": f"{CHILD}:stateMachine:child"}),
        [
            f"states:StartExecution on {CHILD}:stateMachine:child",
            f"states:DescribeExecution, states:StopExecution on {CHILD}:execution:child:*, {CHILD}:express:child:*:*",
            f"{RULE}sForStepFunctionsExecutionRule",
        ],
        id="states:startExecution.sync:2",
    ),
    pytest.param(
        task("states:startExecution.sync", {"StateMachineArn": "${ChildArn}"}),
        [
            "states:StartExecution on ${ChildArn}",
            "states:DescribeExecution, states:StopExecution on ~states:execution:${ChildName}:*, "
            "~states:express:${ChildName}:*:*",
            f"{RULE}sForStepFunctionsExecutionRule",
        ],
        id="states:startExecution.sync of a placeholder has a companion for the name",
    ),
    pytest.param(
        task("states:startExecution.waitForTaskToken", {"StateMachineArn": f"{CHILD}:stateMachine:child:live"}),
        [
            f"states:StartExecution on {CHILD}:stateMachine:child "
            "if ForAnyValue:StringEquals states:StateMachineQualifier live",
        ],
        id="states:startExecution of an alias",
    ),
    pytest.param(
        task("aws-sdk:sfn:startSyncExecution", {"StateMachineArn": "{% $states.context.StateMachine.Id %}"}),
        ["states:StartSyncExecution on ~states:stateMachine:orders-etl"],
        id="a machine that starts itself",
    ),
    pytest.param(
        task(
            "http:invoke",
            {
                "ApiEndpoint": "{% 'https://api.example.com/orders/' & $states.input.id %}",
                "Method": "GET",
                "Authentication": {"ConnectionArn": "arn:aws:events:eu-west-1:123456789012:connection/orders/8a3b"},
            },
        ),
        [
            "states:InvokeHTTPEndpoint on * if StringEquals states:HTTPMethod GET "
            "and StringLike states:HTTPEndpoint https://api.example.com/orders/*",
            "events:RetrieveConnectionCredentials on arn:aws:events:eu-west-1:123456789012:connection/orders/8a3b",
            "secretsmanager:DescribeSecret, secretsmanager:GetSecretValue "
            "on ~secretsmanager:secret:events!connection/orders/*",
        ],
        id="http:invoke",
    ),
    pytest.param(
        task(
            "http:invoke",
            {
                "ApiEndpoint": "https://api.example.com/",
                "Method": "POST",
                "Authentication": {"ConnectionArn": "${OrdersConnectionArn}"},
            },
        ),
        [
            "states:InvokeHTTPEndpoint on * if StringEquals states:HTTPMethod POST "
            "and StringLike states:HTTPEndpoint https://api.example.com/",
            "events:RetrieveConnectionCredentials on ${OrdersConnectionArn}",
            "secretsmanager:DescribeSecret, secretsmanager:GetSecretValue on ${OrdersConnectionSecretArn}",
        ],
        id="http:invoke with a placeholder has a companion for the secret",
    ),
    pytest.param(
        task("glue:startJobRun.sync", {"JobName": "orders"}, Credentials={"RoleArn": f"{ROLE}other"}),
        [f"sts:AssumeRole on {ROLE}other"],
        id="Credentials: the call is the other role's business",
    ),
    pytest.param(
        task("glue:startJobRun", {"JobName": "orders"}, Credentials={"RoleArn": "{% $states.input.role %}"}),
        ["sts:AssumeRole on arn:${AWS::Partition}:iam::*:role/*"],
        id="Credentials known at run time can be in any account",
    ),
    pytest.param(
        {
            "Type": "Map",
            "Label": "Rows",
            "End": True,
            "ItemProcessor": {
                "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
                "StartAt": "Row",
                "States": {"Row": task("lambda:invoke", {"FunctionName": "rows"})},
            },
            "ItemReader": {
                "Resource": STATES + "s3:getObject",
                "ReaderConfig": {"InputType": "CSV", "CSVHeaderLocation": "FIRST_ROW"},
                "Arguments": {"Bucket": "acme-feeds", "Key": "{% 'orders/' & $states.input.day & '.csv' %}"},
            },
            "ResultWriter": {
                "Resource": STATES + "s3:putObject",
                "Arguments": {"Bucket": "acme-results", "Prefix": "orders"},
            },
        },
        [
            *CHILDREN,
            "s3:GetObject on ~s3:acme-feeds/orders/*.csv",
            f"{OBJECTS}acme-results/orders/*",
            "lambda:InvokeFunction on ~lambda:function:rows",
        ],
        id="a Distributed Map in JSONata",
    ),
    pytest.param(
        {
            "Type": "Map",
            "Label": "Rows",
            "End": True,
            "ItemProcessor": {
                "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "EXPRESS"},
                "StartAt": "Row",
                "States": {"Row": jsonpath("lambda:invoke", {"FunctionName.$": "States.Format('rows-{}', $.kind)"})},
            },
            "ItemReader": {
                "Resource": STATES + "s3:listObjectsV2",
                "Parameters": {"Bucket.$": "$.bucket", "Prefix": "orders/"},
            },
            "ResultWriter": {
                "Resource": STATES + "s3:putObject",
                "Parameters": {"Bucket": "acme-results", "Prefix.$": "States.Format('orders/{}', $.day)"},
            },
        },
        [
            *CHILDREN,
            "s3:ListBucket on ~s3:* if StringLike s3:prefix orders/*",
            f"{OBJECTS}acme-results/orders/*",
            "lambda:InvokeFunction on ~lambda:function:rows-*",
        ],
        id="a Distributed Map in JSONPath",
    ),
    pytest.param(
        task("apigateway:invoke", {"ApiEndpoint": "abc.execute-api.eu-west-1.amazonaws.com", "Method": "GET"}),
        [],
        id="an API that asks for no signature",
    ),
    pytest.param(
        task(
            "apigateway:invoke",
            {
                "ApiEndpoint": "abc.execute-api.eu-west-1.amazonaws.com",
                "Method": "GET",
                "Stage": "prod",
                "Path": "/orders",
                "AuthType": "IAM_ROLE",
            },
        ),
        ["execute-api:Invoke on arn:${AWS::Partition}:execute-api:eu-west-1:${AWS::AccountId}:abc/prod/GET/orders"],
        id="an API that asks for a signature",
    ),
    pytest.param(task("eks:runJob.sync", {"ClusterName": "etl"}), [], id="Kubernetes has permissions of its own"),
    pytest.param(
        task("arn:aws:states:eu-west-1:123456789012:activity:review"), [], id="workers of an activity have their own"
    ),
    pytest.param(
        task("arn:aws:lambda:eu-west-1:123456789012:function:orders"),
        ["lambda:InvokeFunction on arn:aws:lambda:eu-west-1:123456789012:function:orders"],
        id="a function called by its ARN",
    ),
    pytest.param(
        task("${OrdersFunctionArn}"),
        ["lambda:InvokeFunction on ${OrdersFunctionArn}"],
        id="a function behind a placeholder",
    ),
    pytest.param(
        task("mediaconvert:createJob.sync", {"Role": f"{ROLE}mc", "Settings": {"OutputGroups": []}}),
        [
            "mediaconvert:CreateJob on ~mediaconvert:queues/Default",
            passed(f"{ROLE}mc", "mediaconvert.amazonaws.com"),
            "mediaconvert:CancelJob, mediaconvert:GetJob on ~mediaconvert:jobs/* "
            "if StringEquals aws:ResourceTag/ManagedByService AWSStepFunctions",
            f"{RULE}sForMediaConvertJobRule",
            "mediaconvert:TagResource on ~mediaconvert:jobs/* "
            "if StringEquals aws:RequestTag/ManagedByService AWSStepFunctions",
        ],
        id="mediaconvert:createJob.sync",
    ),
]


@pytest.mark.parametrize(("state", "expected"), CASES)
def test_statements(state: dict[str, Any], expected: list[str]) -> None:
    assert lines(permissions(state)) == expected


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        pytest.param(
            task("lambda:invoke", {"FunctionName": "{% $states.input.f %}"}),
            ["RUN_TIME lambda:InvokeFunction on ~lambda:function:* (Arguments.FunctionName)"],
            id="nothing of the resource is known",
        ),
        pytest.param(
            task("aws-sdk:s3:getObject", {"Bucket": "acme", "Key": "{% $states.input.key %}"}),
            ["PARTLY_KNOWN s3:GetObject on ~s3:acme/* (Arguments.Key)"],
            id="a part of the resource is known",
        ),
        pytest.param(
            task("aws-sdk:glue:getDataQualityResult", {"ResultId": "dqresult-1"}),
            ["UNNAMED glue:GetDataQualityResult on ~glue:dataQualityRuleset/*"],
            id="no argument names the resource",
        ),
        pytest.param(
            task("aws-sdk:ec2:describeInstances", {}), ["NO_TYPES ec2:DescribeInstances"], id="no resource types"
        ),
        pytest.param(
            task("aws-sdk:acm:describeAcmeAccount", {}),
            ["UNVERIFIED acm:DescribeAcmeAccount (Resource)"],
            id="an action that nobody confirmed",
        ),
        pytest.param(
            task("aws-sdk:glue:createJob", {"Name": "x", "Role": "{% $states.input.role %}"}),
            ["ROLE_UNKNOWN ${OnlyRoleArn} (Arguments.Role)"],
            id="a role known at run time is one to supply",
        ),
        pytest.param(
            task("athena:getQueryResults", {"QueryExecutionId": "x"}),
            [
                "UNNAMED athena:GetQueryResults on ~athena:workgroup/*",
                "TO_SUPPLY ${AthenaResultsBucket} (Arguments.QueryExecutionId)",
            ],
            id="a bucket to supply",
        ),
        pytest.param(task("arn:aws:states:::${Call}"), ["UNDERIVABLE arn:aws:states:::${Call} (Resource)"], id="what?"),
        pytest.param(task("${Reviewers}"), ["READ_AS_FUNCTION ${Reviewers} (Resource)"], id="perhaps an activity"),
        pytest.param(task("lambda:invoke", {"FunctionName": "orders"}), [], id="nothing to remark"),
    ],
)
def test_remarks(state: dict[str, Any], expected: list[str]) -> None:
    assert remarks(permissions(state)) == expected
