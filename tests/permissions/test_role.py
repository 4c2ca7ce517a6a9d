"""Statements as a whole: how they merge, are named, narrowed, explained, measured and compared."""

from __future__ import annotations

import json
from typing import Any

import pytest

from sfdsl.emit import iam
from sfdsl.permissions import Companion, Surroundings, derive
from sfdsl.permissions.sizes import INLINE_CHARACTERS, MANAGED_CHARACTERS, characters, pack
from tests.permissions.helpers import graph, lines, machine, permissions, short, task

LAMBDA = "arn:aws:lambda:eu-west-1:123456789012:function:"


def flow(*tasks: dict[str, Any]) -> dict[str, Any]:
    """States S0, S1, ... one after the other."""
    states = {}
    for i, state in enumerate(tasks):
        states[f"S{i}"] = {key: value for key, value in state.items() if key != "End" or i + 1 == len(tasks)}
        if i + 1 < len(tasks):
            states[f"S{i}"]["Next"] = f"S{i + 1}"
    return states


GET = task("dynamodb:getItem", {"TableName": "orders"})
PUT = task("dynamodb:putItem", {"TableName": "orders"})
CALL = task("lambda:invoke", {"FunctionName": "orders"})


def test_states_that_use_one_resource_share_a_statement() -> None:
    found = permissions(flow(PUT, CALL, GET, PUT))
    assert lines(found) == [
        "dynamodb:GetItem, dynamodb:PutItem on ~dynamodb:table/orders",
        "lambda:InvokeFunction on ~lambda:function:orders",
    ]
    assert [reason.state for reason in found.statements[0].reasons] == ["S0", "S2", "S3"]


def test_a_condition_makes_a_statement_of_its_own() -> None:
    child = "arn:aws:states:eu-west-1:123456789012:stateMachine:child"
    tasks = [task("states:startExecution", {"StateMachineArn": arn}) for arn in (child, f"{child}:live", child)]
    assert lines(permissions(flow(*tasks))) == [
        f"states:StartExecution on {child}",
        f"states:StartExecution on {child} if ForAnyValue:StringEquals states:StateMachineQualifier live",
    ]


def test_statements_follow_the_flow_and_not_the_order_of_declaration() -> None:
    states = flow(CALL, GET)
    backwards = {name: states[name] for name in reversed(states)}
    assert permissions(states).statements == derive(graph({**machine(backwards), "StartAt": "S0"})).statements


@pytest.mark.parametrize(
    ("state", "sids"),
    [
        (CALL, ["InvokeLambdaOrders"]),
        (task("glue:startJobRun.sync", {"JobName": "orders-extract"}), ["RunGlueOrdersExtract"]),
        (task("sqs:sendMessage", {"QueueUrl": "${DeadLetterQueueUrl}"}), ["SendSqsDeadLetterQueue"]),
        (task("sns:publish", {"PhoneNumber": "+49"}), ["PublishSnsTextMessages"]),
        (task("aws-sdk:costexplorer:getCostAndUsage", {}), ["GetCostExplorerCostAndUsage"]),
        (task("aws-sdk:securityhub:batchImportFindings", {}), ["BatchImportSecurityHubFindings"]),
        (task("emr-serverless:startJobRun", {"ApplicationId": "00a"}), ["StartEmrServerless00a"]),
        (
            task("batch:submitJob.sync", {"JobQueue": "etl", "JobDefinition": "load"}),
            ["SubmitBatchLoadEtl", "DescribeBatchJobs", "TerminateBatchJob", "AwaitBatchJobs"],
        ),
        (
            task("ecs:runTask", {"TaskDefinition": "load:3", "Overrides": {"TaskRoleArn": "${LoadRoleArn}"}}),
            ["RunEcsLoad3", "PassLoadRoleToEcsTasks", "PassLoadExecutionRoleToEcsTasks"],
        ),
    ],
)
def test_sids_say_what_for(state: dict[str, Any], sids: list[str]) -> None:
    assert [statement.sid for statement in permissions(state).statements] == sids


def test_sids_are_unique_and_of_letters_and_digits() -> None:
    tables = [task("dynamodb:getItem", {"TableName": name}) for name in ("a-b", "a_b", "ab!", "ü")]
    sids = [statement.sid for statement in permissions(flow(*tables)).statements]
    assert sids == ["GetDynamoDbAB", "GetDynamoDbAB2", "GetDynamoDbAb", "GetDynamoDbItem"]


# Narrowing

DYNAMIC = task("lambda:invoke", {"FunctionName": "{% $states.input.f %}"})
COPY = task("aws-sdk:s3:getObject", {"Bucket": "{% $states.input.b %}", "Key": "{% $states.input.k %}"})
QUERY = task("athena:startQueryExecution.sync", {"QueryString": "SELECT 1", "WorkGroup": "etl"})
RUN = task("ecs:runTask", {"TaskDefinition": "load:3"})


@pytest.mark.parametrize(
    ("state", "resources", "expected"),
    [
        pytest.param(
            DYNAMIC,
            [f"{LAMBDA}b", f"{LAMBDA}a"],
            [f"lambda:InvokeFunction on {LAMBDA}a, {LAMBDA}b"],
            id="two functions",
        ),
        pytest.param(
            DYNAMIC, ["${FArn}"], ["lambda:InvokeFunction on ${FArn}"], id="a placeholder, as one type is open"
        ),
        pytest.param(
            CALL, [f"{LAMBDA}b"], ["lambda:InvokeFunction on ~lambda:function:orders"], id="what is known stays"
        ),
        pytest.param(
            task("lambda:invoke", {"FunctionName": "{% 'orders-' & $x %}"}),
            [f"{LAMBDA}billing"],
            ["lambda:InvokeFunction on ~lambda:function:orders-*"],
            id="an ARN that the literal beginning excludes",
        ),
        pytest.param(COPY, ["arn:aws:s3:::lake"], ["s3:GetObject on arn:aws:s3:::lake/*"], id="a bucket's objects"),
        pytest.param(
            RUN,
            ["arn:aws:iam::123456789012:role/load"],
            [
                "ecs:RunTask on ~ecs:task-definition/load:3",
                "iam:PassRole on arn:aws:iam::123456789012:role/load "
                "if StringEquals iam:PassedToService ecs-tasks.amazonaws.com",
            ],
            id="the role of a task definition",
        ),
        pytest.param(
            RUN,
            ["${LoadRoleArn}"],
            [
                "ecs:RunTask on ~ecs:task-definition/load:3",
                "iam:PassRole on ${LoadRoleArn} if StringEquals iam:PassedToService ecs-tasks.amazonaws.com",
            ],
            id="a placeholder that speaks of a role",
        ),
    ],
)
def test_resources_on_a_step_narrow_what_is_open(
    state: dict[str, Any], resources: list[str], expected: list[str]
) -> None:
    assert lines(permissions(state, *resources)) == expected


def test_the_objects_of_a_query_narrow_its_buckets_too() -> None:
    found = permissions(QUERY, "arn:aws:s3:::lake/orders/*")
    assert found.companions == ()
    assert [line for line in lines(found) if "s3:" in line] == [
        "s3:GetBucketLocation, s3:ListBucket, s3:ListBucketMultipartUploads on arn:aws:s3:::lake",
        "s3:AbortMultipartUpload, s3:GetObject, s3:ListMultipartUploadParts, s3:PutObject on arn:aws:s3:::lake/orders/*",
    ]


# Results of earlier calls

START = {
    **task(
        "athena:startQueryExecution",
        {"QueryString": "SELECT 1", "WorkGroup": "etl", "ResultConfiguration": {"OutputLocation": "s3://results/x"}},
    ),
    "Assign": {"query": {"id": "{% $states.result.QueryExecutionId %}"}},
}


def results(**more: Any) -> list[str]:
    states = flow(START, task("athena:getQueryResults", {"QueryExecutionId": "{% $query.id %}", **more}))
    return [line for line in lines(permissions(states)) if "GetQueryResults" in line or "s3:GetObject on" in line]


def test_the_id_of_a_query_tells_the_workgroup_and_bucket_that_it_was_started_with() -> None:
    assert results() == [
        "athena:GetQueryResults, athena:StartQueryExecution on ~athena:workgroup/etl",
        "s3:GetObject on ~s3:${DefaultDataBucket}/*",
    ]


def test_an_id_that_can_come_from_elsewhere_tells_nothing() -> None:
    assert results(QueryExecutionId="{% $query.id ? $query.id : $states.input.id %}") == [
        "s3:GetObject on ~s3:${DefaultDataBucket}/*",
        "athena:GetQueryResults on ~athena:workgroup/*",
        "s3:GetObject on ~s3:${AthenaResultsBucket}/*",
    ]


def test_ids_lead_from_call_to_call() -> None:
    glue = "aws-sdk:glue:"
    start = task(f"{glue}startDataQualityRulesetEvaluationRun", {"RulesetNames": ["orders"]})
    look = task(f"{glue}getDataQualityRulesetEvaluationRun", {"RunId": "{% $run %}"})
    read = task(f"{glue}getDataQualityResult", {"ResultId": "{% $results[0] %}"})
    states = flow(
        {**start, "Assign": {"run": "{% $states.result.RunId %}"}},
        {**look, "Assign": {"results": "{% $states.result.ResultIds %}"}},
        read,
    )
    assert lines(permissions(states)) == [
        "glue:GetDataQualityResult, glue:GetDataQualityRulesetEvaluationRun, "
        "glue:StartDataQualityRulesetEvaluationRun on ~glue:dataQualityRuleset/orders"
    ]


# Companions


def test_companions_are_told_once_with_all_who_need_them() -> None:
    send = task("sqs:sendMessage", {"QueueUrl": "${OrdersQueueUrl}"})
    assert permissions(flow(send, CALL, send)).companions == (
        Companion(
            name="OrdersQueueArn",
            meaning="ARN of the queue whose URL is ${OrdersQueueUrl}",
            of="OrdersQueueUrl",
            states=("S0", "S2"),
        ),
    )


@pytest.mark.parametrize(
    ("url", "arn"),
    [
        ("${OrdersQueueUrl}", "${OrdersQueueArn}"),
        ("${OrdersQueue}", "${OrdersQueueArn}"),
        ("${orders_queue_url}", "${orders_queue_arn}"),
        ("${OrdersQueue.QueueUrl}", "${OrdersQueue.Arn}"),
        ("${OrdersQueueArn}", "${OrdersQueueArn}"),
    ],
)
def test_a_companion_is_named_after_its_placeholder(url: str, arn: str) -> None:
    found = permissions(task("sqs:sendMessage", {"QueueUrl": url}))
    assert lines(found) == [f"sqs:SendMessage on {arn}"]


# What stands around the machine


def test_logs_traces_and_keys() -> None:
    key = "arn:aws:kms:eu-west-1:123456789012:key/1"
    around = Surroundings(logging=True, tracing=True, kms_key=key, data_keys=("${DataKeyArn}",))
    assert lines(permissions(CALL, around=around)) == [
        "lambda:InvokeFunction on ~lambda:function:orders",
        "logs:CreateLogDelivery, logs:DeleteLogDelivery, logs:DescribeLogGroups, logs:DescribeResourcePolicies, "
        "logs:GetLogDelivery, logs:ListLogDeliveries, logs:PutResourcePolicy, logs:UpdateLogDelivery on *",
        "logs:CreateLogStream, logs:PutLogEvents on ~logs:log-group:*:log-stream:*",
        "xray:GetSamplingRules, xray:GetSamplingTargets, xray:PutTelemetryRecords, xray:PutTraceSegments on *",
        f"kms:Decrypt, kms:GenerateDataKey on {key} if StringEquals "
        "kms:EncryptionContext:aws:states:stateMachineArn ~states:stateMachine:orders-etl",
        f"kms:GenerateDataKey on {key} if StringEquals kms:EncryptionContext:SourceArn ~logs:*",
        "kms:Decrypt, kms:GenerateDataKey on ${DataKeyArn}",
    ]


def test_the_log_group_narrows_what_is_written() -> None:
    around = Surroundings(logging=True, log_group="arn:aws:logs:eu-west-1:123456789012:log-group:/aws/vendedlogs/x:*")
    assert lines(permissions({"Type": "Succeed"}, around=around))[1] == (
        "logs:CreateLogStream, logs:PutLogEvents "
        "on arn:aws:logs:eu-west-1:123456789012:log-group:/aws/vendedlogs/x:log-stream:*"
    )


# Explanations


def test_explain_names_states_arguments_and_lines() -> None:
    send = task("sqs:sendMessage", {"QueueUrl": "${OrdersQueueUrl}"})
    text = iam.explain(graph(machine(flow(CALL, DYNAMIC, send))))
    assert text.replace("arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:", "~") == (
        """InvokeLambdaOrders
  lambda:InvokeFunction
  on ~function:orders
  because 'S0' does lambda:invoke with Arguments.FunctionName, to call the function (/States/S0)

InvokeLambdaFunction
  lambda:InvokeFunction
  on ~function:*
  because 'S1' does lambda:invoke with Arguments.FunctionName, to call the function (/States/S1)

SendSqsOrdersQueue
  sqs:SendMessage
  on ${OrdersQueueArn}
  because 'S2' does sqs:sendMessage with Arguments.QueueUrl, to use the queue (/States/S2)

To supply where the role is deployed:
  ${OrdersQueueArn} is the ARN of the queue whose URL is ${OrdersQueueUrl}, for 'S2'

To know:
  'S1': the resource is known only at run time: lambda:InvokeFunction on ~function:* (Arguments.FunctionName)
"""
    )


def test_nothing_needed_is_said() -> None:
    assert iam.explain(graph(machine({"Type": "Succeed"}))) == "No state calls anything that needs a permission.\n"


# Sizes


def many(count: int) -> dict[str, Any]:
    return flow(*(task("lambda:invoke", {"FunctionName": f"function-{i:04}-{'x' * 40}"}) for i in range(count)))


def test_a_policy_that_fits_stays_as_it_is() -> None:
    found = permissions(many(20)).statements
    assert pack(found).inline == found
    assert not pack(found).compacted


def test_a_policy_that_is_too_long_is_compacted() -> None:
    found = permissions(many(60)).statements
    assert characters(found) > INLINE_CHARACTERS
    packed = pack(found)
    assert len(packed.inline) == 1
    assert packed.compacted
    assert len(packed.inline[0].resources) == len(packed.inline[0].reasons) == 60
    assert json.loads(iam.policy(graph(machine(many(60)))))["Statement"][0]["Sid"] == "InvokeLambdaFunction"


def test_a_policy_that_stays_too_long_becomes_managed_policies() -> None:
    found = permissions(many(150)).statements
    packed = pack(found)
    assert packed.fits
    assert [len(part) for part in packed.managed] == [1, 1, 1, 1]
    assert all(characters(part) <= MANAGED_CHARACTERS for part in packed.managed)
    held = [text for part in packed.managed for statement in part for text in statement.resources]
    assert sorted(held) == sorted(text for statement in found for text in statement.resources)
    sids = [statement.sid for part in packed.managed for statement in part]
    assert len(set(sids)) == len(sids)
    assert len(iam.policies(graph(machine(many(150))))) == 4


# Comparing


def compared(old: dict[str, Any], new: dict[str, Any]) -> tuple[list[str], bool]:
    documents = [json.loads(iam.policy(graph(machine(states)))) for states in (old, new)]
    text, difference = iam.compare(*documents)
    return [short(line) for line in text.splitlines()], difference.adds


@pytest.mark.parametrize(
    ("old", "new", "expected", "adds"),
    [
        pytest.param(CALL, CALL, ["nothing changed"], False, id="the same"),
        pytest.param(
            CALL,
            flow(CALL, GET),
            ["new       dynamodb:GetItem on ~dynamodb:table/orders", "1 new, 0 wider, 0 narrower, 0 gone"],
            True,
            id="new",
        ),
        pytest.param(
            flow(CALL, GET),
            CALL,
            ["gone      dynamodb:GetItem on ~dynamodb:table/orders", "0 new, 0 wider, 0 narrower, 1 gone"],
            False,
            id="gone",
        ),
        pytest.param(
            CALL,
            DYNAMIC,
            [
                "wider     lambda:InvokeFunction on ~lambda:function:*",
                "          before: lambda:InvokeFunction on ~lambda:function:orders",
                "0 new, 1 wider, 0 narrower, 0 gone",
            ],
            True,
            id="wider",
        ),
        pytest.param(
            DYNAMIC,
            CALL,
            [
                "narrower  lambda:InvokeFunction on ~lambda:function:orders",
                "          before: lambda:InvokeFunction on ~lambda:function:*",
                "0 new, 0 wider, 1 narrower, 0 gone",
            ],
            False,
            id="narrower",
        ),
        pytest.param(
            CALL,
            task("lambda:invoke", {"FunctionName": "billing"}),
            [
                "new       lambda:InvokeFunction on ~lambda:function:billing",
                "gone      lambda:InvokeFunction on ~lambda:function:orders",
                "1 new, 0 wider, 0 narrower, 1 gone",
            ],
            True,
            id="another function",
        ),
    ],
)
def test_a_comparison(old: dict[str, Any], new: dict[str, Any], expected: list[str], adds: bool) -> None:
    assert compared(old, new) == (expected, adds)


def statement(action: str, resource: str, **more: Any) -> dict[str, Any]:
    return {"Statement": [{"Effect": "Allow", "Action": action, "Resource": resource, **more}]}


@pytest.mark.parametrize(
    ("old", "new", "adds"),
    [
        (statement("lambda:*", "*"), statement("lambda:InvokeFunction", "arn:x"), False),
        (statement("lambda:InvokeFunction", "arn:x"), statement("lambda:*", "*"), True),
        (
            statement("iam:PassRole", "arn:x", Condition={"StringEquals": {"iam:PassedToService": "a"}}),
            statement("iam:PassRole", "arn:x"),
            True,
        ),
        (
            statement("iam:PassRole", "arn:x"),
            statement("iam:PassRole", "arn:x", Condition={"StringEquals": {"iam:PassedToService": "a"}}),
            False,
        ),
        (
            statement("iam:PassRole", "arn:x", Condition={"StringEquals": {"iam:PassedToService": "a"}}),
            statement("iam:PassRole", "arn:x", Condition={"StringEquals": {"iam:PassedToService": ["a", "b"]}}),
            True,
        ),
        (
            statement("s3:ListBucket", "arn:x", Condition={"StringLike": {"s3:prefix": "a/*"}}),
            statement("s3:ListBucket", "arn:x", Condition={"StringLike": {"s3:prefix": "a/b/*"}}),
            False,
        ),
        (statement("a:B", "arn:${X}:y"), statement("a:B", "arn:${Y}:y"), True),
        ({"Statement": {"Effect": "Deny", "Action": "*", "Resource": "*"}}, statement("a:B", "arn:x"), True),
        (
            {"Statement": [{"Effect": "Allow", "Action": "sns:Publish", "NotResource": "arn:aws:sns:*:*:*"}]},
            statement("sns:Publish", "arn:aws:sns:eu-west-1:123456789012:t"),
            True,
        ),
    ],
)
def test_what_adds_access(old: dict[str, Any], new: dict[str, Any], adds: bool) -> None:
    assert iam.compare(old, new)[1].adds is adds


def test_the_role_of_five_thousand_states_is_derived() -> None:
    assert derive(graph(machine(many(5000)))).statements
