"""What the services called charge, for calls of one thing and of several."""

from __future__ import annotations

from typing import Any

import pytest

from sfdsl.cost.estimate import estimate
from tests.cost.machines import chain, task, workflow

PUT = {"PutRequest": {"Item": {"id": {"S": "a"}}}}


@pytest.mark.parametrize(
    ("resource", "arguments", "service", "per_million"),
    [
        pytest.param("arn:aws:states:::sqs:sendMessage", {}, "SQS", 0.4, id="a message"),
        pytest.param(
            "arn:aws:states:::aws-sdk:sqs:sendMessageBatch", {"Entries": [{}, {}]}, "SQS", 0.4, id="two in one request"
        ),
        pytest.param("arn:aws:states:::events:putEvents", {"Entries": [{}]}, "EventBridge", 1.0, id="an event"),
        pytest.param(
            "arn:aws:states:::events:putEvents", {"Entries": [{}, {}, {}]}, "EventBridge", 3.0, id="three, each charged"
        ),
        pytest.param("arn:aws:states:::dynamodb:putItem", {}, "DynamoDB", 0.625, id="an item"),
        pytest.param("arn:aws:states:::dynamodb:getItem", {}, "DynamoDB", 0.125, id="an item read"),
        pytest.param(
            "arn:aws:states:::aws-sdk:dynamodb:batchWriteItem",
            {"RequestItems": {"a": [PUT, PUT], "b": [PUT]}},
            "DynamoDB",
            1.875,
            id="three in a batch",
        ),
        pytest.param(
            "arn:aws:states:::aws-sdk:dynamodb:transactWriteItems",
            {"TransactItems": [{}, {}]},
            "DynamoDB",
            2.5,
            id="two in a transaction, each twice",
        ),
        pytest.param(
            "arn:aws:states:::aws-sdk:dynamodb:batchWriteItem",
            {"RequestItems": "{% $states.input %}"},
            "DynamoDB",
            0.625,
            id="nobody knows how many",
        ),
    ],
)
def test_a_million_calls(resource: str, arguments: dict[str, Any], service: str, per_million: float) -> None:
    found = estimate(workflow(chain(("Call", task(resource, Arguments=arguments)))))
    lines = {line.what: line.dollars for line in found.lines}
    assert lines[service] * 1e6 == pytest.approx(per_million)
