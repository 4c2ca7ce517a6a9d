"""Settlement batches: what passes is tried again, what can be corrected is, and a person decides on the rest."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pipelines.error_recovery import settlements
from sfdsl.testing import NoAnswer, Run, TaskError, simulate
from tests.pipelines.runs.answers import SENT, parked

POLICY = json.dumps({"max": 2, "first": 30, "ceiling": 900})
BATCH = {"batch": "b-7", "bucket": "settlements", "key": "b-7.csv"}


def failures(count: int) -> dict[str, Any]:
    """What DynamoDB says after it has counted a failure."""
    return {"Attributes": {"failures": {"N": str(count)}}}


WELL: dict[str, Any] = {
    "Process batch": {"Payload": {}},
    "Publish batch": {"FailedEntryCount": 0},
    "Record failure": [failures(1), failures(2), failures(3)],
    "Read retry policy": {"Parameter": {"Value": POLICY}},
    "Park in dead letter queue": SENT,
    "Tell the settlements team": SENT,
    "Manual intervention": {"decision": "abandon"},
}
BAD_ROWS = TaskError("BadRows", "7 rows have no account")
ODD = TaskError("LedgerMissing", "there is no ledger 9")


def run(answers: dict[str, Any] | None = None) -> Run:
    return simulate(settlements, BATCH, tasks={**WELL, **(answers or {})})


def test_a_batch_is_processed_and_published() -> None:
    settled = run()
    assert settled.path == ("Process batch", "Publish batch")
    assert settled.arguments("Publish batch")[0]["Entries"][0]["Detail"] == {"batch": "b-7"}


def test_a_gateway_that_recovers_is_tried_again_after_growing_pauses() -> None:
    settled = run({"Process batch": [TaskError("GatewayTimeout"), TaskError("GatewayTimeout"), {"Payload": {}}]})
    assert settled.status == "SUCCEEDED"
    again = ("Record failure", "Error type?", "Read retry policy", "Retries left?", "Back off", "Process batch")
    assert settled.path == ("Process batch", *again, *again, "Publish batch")
    assert settled.duration == 30 + 60


def test_a_gateway_that_stays_away_is_given_up_when_the_policy_says_so() -> None:
    settled = run({"Process batch": TaskError("GatewayTimeout")})
    assert (settled.status, settled.error) == ("FAILED", "GatewayTimeout")
    assert settled.path.count("Process batch") == 3
    assert settled.path[-6:] == (
        "Retries left?", "Park in dead letter queue", "Tell the settlements team", "Manual intervention", "Decision?",
        "Abandoned",
    )  # fmt: skip


def test_each_failure_is_counted_in_the_batch_s_own_record() -> None:
    (update,) = run({"Process batch": [ODD, {"Payload": {}}]}).arguments("Record failure")
    assert update["Key"] == {"batch": {"S": "b-7"}}
    assert update["ExpressionAttributeValues"][":error"] == {"S": "LedgerMissing"}


def test_bad_rows_are_corrected_and_the_batch_is_published() -> None:
    settled = run({"Process batch": BAD_ROWS, "Correct data": {"Payload": {"rejected": 0}}})
    assert settled.path == (
        "Process batch", "Record failure", "Error type?", "Correct data", "Corrected?", "Publish batch"
    )  # fmt: skip
    assert settled.arguments("Correct data")[0]["Payload"] == {"batch": "b-7", "complaint": "7 rows have no account"}


@pytest.mark.parametrize("correction", [{"Payload": {"rejected": 2}}, TaskError("OutOfMemory")])
def test_bad_rows_that_cannot_be_corrected_go_to_a_person(correction: Any) -> None:
    settled = run({"Process batch": BAD_ROWS, "Correct data": correction})
    assert (settled.status, settled.path[-1]) == ("FAILED", "Abandoned")
    assert parked(settled.arguments("Park in dead letter queue")[0])[1] in ("Process batch", "Correct data")
    assert "Publish batch" not in settled.path


def test_the_operators_are_asked_with_a_token_and_the_error() -> None:
    (sent,) = run({"Process batch": ODD}).arguments("Manual intervention")
    assert sent["MessageBody"] == {
        "taskToken": "token-1",
        "execution": "arn:aws:states:us-east-1:123456789012:execution:error-recovery:simulated",
        "question": "Batch b-7 failed with LedgerMissing. Process it again, or give it up?",
        "answers": ["retry", "abandon"],
        "details": {"Error": "LedgerMissing", "Cause": "there is no ledger 9", "State": "Process batch"},
    }


def test_an_operator_can_have_the_batch_processed_again() -> None:
    settled = run({"Process batch": [ODD, {"Payload": {}}], "Manual intervention": {"decision": "retry"}})
    assert settled.status == "SUCCEEDED"
    assert settled.path[-4:] == ("Manual intervention", "Decision?", "Process batch", "Publish batch")


def test_a_desk_that_gives_no_sign_of_life_for_an_hour_abandons_the_batch() -> None:
    settled = run({"Process batch": ODD, "Manual intervention": NoAnswer()})
    assert settled.status == "FAILED"
    assert settled.path[-2:] == ("Manual intervention", "Abandoned")
    assert settled.duration == 3600


def test_a_batch_that_cannot_be_published_is_a_failure_like_any_other() -> None:
    settled = run({"Publish batch": TaskError("EventBridge.LimitExceeded")})
    assert settled.path[:4] == ("Process batch", "Publish batch", "Record failure", "Error type?")
    assert parked(settled.arguments("Park in dead letter queue")[0]) == ("EventBridge.LimitExceeded", "Publish batch")
