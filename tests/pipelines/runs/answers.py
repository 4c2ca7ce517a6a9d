"""Answers of services that several pipelines call, in the shape that the services give them."""

from __future__ import annotations

from typing import Any

from sfdsl.testing import TaskError

JOB = {"Id": "jr_1", "JobRunState": "SUCCEEDED"}
"""What Glue says of a job that ended well."""

SENT = {"MessageId": "0b8ad1f4"}
"""What SQS and SNS say of a message that they have taken."""

BROKEN = TaskError("States.TaskFailed", "it broke")
"""A failure that no retry is for."""

GOOD_SCORE = {"Score": 1.0, "RuleResults": []}
BAD_SCORE = {
    "Score": 0.5,
    "RuleResults": [{"Name": "Rule_1", "Result": "FAIL"}, {"Name": "Rule_2", "Result": "PASS"}],
}
"""What Glue Data Quality says of data that meets its rules, and of data that does not."""

QUALITY_GATE: dict[str, Any] = {
    "Start quality check": {"RunId": "dqrun-1"},
    "Look at quality check": [{"Status": "RUNNING"}, {"Status": "SUCCEEDED", "ResultIds": ["dqresult-1"]}],
    "Read quality score": GOOD_SCORE,
}
"""The three tasks of a quality gate that finds the data good, at the second look."""

GLUE_JOB = {
    "Job": {
        "Name": "orders-transform", "Role": "transform-role", "CreatedOn": "2026-01-01T00:00:00Z", "MaxCapacity": 10.0,
        "NumberOfWorkers": 10, "WorkerType": "G.1X", "Command": {"Name": "glueetl"},
    }
}  # fmt: skip
"""What Glue says of a job with ten workers."""


def parked(message: dict[str, Any]) -> tuple[str, str]:
    """The error of a message to the dead letter queue, and the state it came from."""
    error = message["MessageBody"]["error"]
    return error["Error"], error["State"]


def function_sizes(name: str, *megabytes: int) -> dict[str, Any]:
    """What Compute Optimizer recommends for a function: sizes of its memory, best first."""
    return {
        "FunctionArn": f"arn:aws:lambda:eu-west-1:1:function:{name}:$LATEST",
        "MemorySizeRecommendationOptions": [{"MemorySize": size} for size in megabytes],
    }
