"""What is deployed of a pipeline that lets its type be chosen does what its author declared."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from pipelines.security_compliance import secure
from sfdsl.testing import TaskError, deployed, simulate
from tests.pipelines.runs.test_security_compliance import DENIED, NON_COMPLIANT, WELL

SCENARIOS = {
    "well": {},
    "a stranger": {"Authenticate": TaskError("CognitoIdentityProvider.NotAuthorizedException")},
    "who may not": {"Authorize": DENIED},
    "not compliant": {"Check compliance": NON_COMPLIANT},
    "a throttled audit": {
        "Write audit log": [TaskError("CloudTrailData.SdkClientException"), {"Successful": [], "Failed": []}]
    },
    "a failing copy": {"Encrypt data": TaskError("S3.NoSuchKeyException", "no such key")},
    "a failing ingest": {"Execute ingest": TaskError("States.TaskFailed", "the child failed")},
    "a failing release": {"Complete execution": TaskError("DynamoDB.ResourceNotFoundException", "no such table")},
    "a failing log": {"Log success": TaskError("CloudWatchLogs.ResourceNotFoundException", "no such group")},
    "a failing report": {
        "Encrypt data": TaskError("S3.NoSuchKeyException"),
        "Report failure": TaskError("Sns.NotFoundException", "gone"),
    },
}


def recorded(answers: dict[str, Any]) -> tuple[dict[str, Any], list[tuple[str, Any]]]:
    """Mocks that note the calls in their order, whichever machine makes them; clocks and tokens of the call left out."""
    calls: list[tuple[str, Any]] = []

    def noting(name: str, answer: Any) -> Callable[[Any], Any]:
        left = list(answer) if isinstance(answer, list) else None

        def call(arguments: Any) -> Any:
            calls.append((name, {key: value for key, value in arguments.items() if key in STEADY}))
            return left.pop(0) if left is not None else answer

        return call

    return {name: noting(name, answer) for name, answer in answers.items()}, calls


STEADY = {
    "AccessToken",
    "Principal",
    "Resource",
    "StateMachineArn",
    "CopySource",
    "Key",
    "TopicArn",
    "Message",
    "Subject",
}


@pytest.mark.parametrize("answers", SCENARIOS.values(), ids=SCENARIOS)
def test_the_children_and_their_parent_do_what_was_declared(answers: dict[str, Any]) -> None:
    given = {"access_token": "t", "dataset": "salaries"}
    mocks, declared_calls = recorded({**WELL, **answers})
    declared = simulate(secure, given, mocks)
    mocks, calls = recorded({**WELL, **answers})
    machine, with_children = deployed(secure, mocks)
    done = simulate(machine, given, with_children)
    assert (done.status, done.error, done.cause) == (declared.status, declared.error, declared.cause)
    assert calls == declared_calls
    assert done.transitions < declared.transitions or declared.status == "FAILED"


def test_the_path_is_that_of_the_deployed_machine() -> None:
    machine, mocks = deployed(secure, WELL)
    done = simulate(machine, {"access_token": "t", "dataset": "salaries"}, mocks)
    assert done.path == (
        "Authenticate and 2 more", "After Authenticate and 2 more", "Execute ingest", "Write audit log and 2 more",
        "Compliant?", "Complete execution and 1 more",
    )  # fmt: skip
