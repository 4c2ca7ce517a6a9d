from __future__ import annotations

import json

from sfdsl.emit import iam
from tests.permissions.helpers import graph, machine, task


def test_a_policy_is_pretty_and_in_flow_order() -> None:
    flow = {
        "Validate": task("lambda:invoke", {"FunctionName": "orders-validate"}, Next="Extract"),
        "Extract": task("glue:startJobRun.sync", {"JobName": "orders-extract"}),
    }
    del flow["Validate"]["End"]
    assert iam.policy(graph(machine(flow))) == (
        """{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Sid": "InvokeLambdaOrdersValidate",
      "Effect": "Allow",
      "Action": "lambda:InvokeFunction",
      "Resource": "arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:function:orders-validate"
    },
    {
      "Sid": "RunGlueOrdersExtract",
      "Effect": "Allow",
      "Action": [
        "glue:BatchStopJobRun",
        "glue:GetJobRun",
        "glue:GetJobRuns",
        "glue:StartJobRun"
      ],
      "Resource": "arn:${AWS::Partition}:glue:${AWS::Region}:${AWS::AccountId}:job/orders-extract"
    }
  ]
}
"""
    )


def test_a_machine_that_needs_nothing_is_denied_everything() -> None:
    document = json.loads(iam.policy(graph(machine({"Type": "Succeed"}))))
    assert document["Statement"] == [{"Sid": "NothingNeeded", "Effect": "Deny", "Action": "*", "Resource": "*"}]


def test_only_step_functions_for_this_machine_in_this_account_assumes_the_role() -> None:
    assert json.loads(iam.trust(graph(machine({"Type": "Succeed"})))) == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "AssumedByThisStateMachine",
                "Effect": "Allow",
                "Principal": {"Service": "states.amazonaws.com"},
                "Action": "sts:AssumeRole",
                "Condition": {
                    "ArnLike": {
                        "aws:SourceArn": "arn:${AWS::Partition}:states:${AWS::Region}:${AWS::AccountId}"
                        ":stateMachine:orders-etl"
                    },
                    "StringEquals": {"aws:SourceAccount": "${AWS::AccountId}"},
                },
            }
        ],
    }
