from __future__ import annotations

import pytest

from tests.checks.limits.helpers import findings


def states(start: str, ask: str) -> dict:
    return {
        "Start": {"Type": "Task", "Resource": f"arn:aws:states:::{start}", "Next": "Hold"},
        "Hold": {"Type": "Wait", "Seconds": 600, "Next": "Ask"},
        "Ask": {"Type": "Task", "Resource": f"arn:aws:states:::{ask}", "Next": "Done?"},
        "Done?": {"Type": "Choice", "Default": "Hold", "Choices": [
            {"Variable": "$.x", "IsPresent": True, "Next": "Done"}]},
        "Done": {"Type": "Succeed"},
    }  # fmt: skip


@pytest.mark.parametrize(
    ("start", "ask", "instead"),
    [
        ("glue:startJobRun", "aws-sdk:glue:getJobRun", "glue:startJobRun.sync"),
        ("aws-sdk:glue:startJobRun", "aws-sdk:glue:getJobRun", "glue:startJobRun.sync"),
        ("athena:startQueryExecution", "athena:getQueryExecution", "athena:startQueryExecution.sync"),
        ("aws-sdk:emr:runJobFlow", "aws-sdk:emr:describeCluster", "elasticmapreduce:createCluster.sync"),
        ("aws-sdk:sfn:startExecution", "aws-sdk:sfn:describeExecution", "states:startExecution.sync:2"),
        ("ecs:runTask", "aws-sdk:ecs:describeTasks", "ecs:runTask.sync"),
        ("glue:startJobRun.sync", "aws-sdk:glue:getJobRun", None),
        ("lambda:invoke", "lambda:invoke", None),
        ("aws-sdk:glue:startCrawler", "aws-sdk:glue:getCrawler", None),
        ("glue:startJobRun", "aws-sdk:athena:getQueryExecution", None),
    ],
)
def test_polling(start: str, ask: str, instead: str | None) -> None:
    found = [(finding.code, finding.hint) for finding in findings(states(start, ask))]
    if instead is None:
        assert found == []
    else:
        hint = f"use \"Resource\": \"arn:aws:states:::{instead}\" in 'Start' and drop 'Hold', 'Ask', 'Done?'"
        assert found == [("SF424", hint)]


def test_express_cannot_wait_itself() -> None:
    found = findings(states("glue:startJobRun", "aws-sdk:glue:getJobRun"), kind="EXPRESS")
    assert "SF424" not in [finding.code for finding in found]
