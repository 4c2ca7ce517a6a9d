"""A run that has to be allowed, is audited, and must leave everything compliant."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pipelines.security_compliance import secure
from sfdsl.testing import Run, TaskError, simulate
from tests.pipelines.runs.answers import BROKEN, SENT

DENIED = {"Decision": "DENY", "DeterminingPolicies": [], "Errors": []}
NON_COMPLIANT = {"EvaluationResults": [{"ComplianceType": "NON_COMPLIANT"}]}
WELL: dict[str, Any] = {
    "Authenticate": {"Username": "ann", "UserAttributes": []},
    "Authorize": {"Decision": "ALLOW", "DeterminingPolicies": [], "Errors": []},
    "Execute ingest": {"Output": {"key": "salaries.parquet"}},
    "Write audit log": {"Successful": [], "Failed": []},
    "Encrypt data": {},
    "Check compliance": {"EvaluationResults": []},
    "Complete execution": {},
    "Log success": {},
    "Access denied": {},
    "Compliance violation": {"FailedCount": 0, "SuccessCount": 1},
    "Security alert": SENT,
    "Report failure": SENT,
}


def run(answers: dict[str, Any] | None = None) -> Run:
    given = {"access_token": "t", "dataset": "salaries"}
    return simulate(secure, given, tasks={**WELL, **(answers or {})})


def logged(done: Run, state: str) -> dict[str, Any]:
    """The line that a step wrote into the log group of accesses."""
    line: dict[str, Any] = json.loads(done.arguments(state)[0]["LogEvents"][0]["Message"])
    return line


def test_who_may_gets_a_run_that_is_audited_encrypted_and_released() -> None:
    done = run()
    assert done.status == "SUCCEEDED"
    assert done.path == (
        "Authenticate", "Authorize", "Authorized?", "Execute ingest", "Write audit log", "Encrypt data",
        "Check compliance", "Compliant?", "Complete execution", "Log success",
    )  # fmt: skip
    line = logged(done, "Log success")
    assert (line["outcome"], line["by"], line["key"]) == ("released", "ann", "salaries.parquet")


def test_the_audit_record_says_who_did_what() -> None:
    (sent,) = run().arguments("Write audit log")
    event = json.loads(sent["AuditEvents"][0]["EventData"])
    assert event["userIdentity"]["principalId"] == "ann"
    assert event["recipientAccountId"] == "123456789012"
    assert event["responseElements"] == {"key": "salaries.parquet"}


def test_the_result_is_encrypted_with_the_data_key() -> None:
    (copy,) = run().arguments("Encrypt data")
    assert copy["CopySource"] == "acme-landing/salaries.parquet"
    assert (copy["ServerSideEncryption"], copy["SsekmsKeyId"]) == ("aws:kms", "${DataKeyArn}")


def test_a_stranger_is_refused_logged_and_reported() -> None:
    done = run({"Authenticate": TaskError("CognitoIdentityProvider.NotAuthorizedException")})
    assert done.path == ("Authenticate", "Access denied", "Security alert", "Refused")
    assert (done.error, done.cause) == ("Refused", "access was denied")
    assert logged(done, "Access denied")["outcome"] == "denied"


def test_who_may_not_is_refused() -> None:
    done = run({"Authorize": DENIED})
    assert done.path[2:] == ("Authorized?", "Access denied", "Security alert", "Refused")
    assert "Execute ingest" not in done.path


def test_a_broken_rule_is_a_finding_and_an_alert() -> None:
    done = run({"Check compliance": NON_COMPLIANT})
    assert done.path[-4:] == ("Compliant?", "Compliance violation", "Security alert", "Refused")
    assert done.cause == "a rule of compliance is broken"
    (found,) = done.arguments("Compliance violation")[0]["Findings"]
    assert found["ProductArn"] == "arn:aws:securityhub:us-east-1:123456789012:product/123456789012/default"
    assert found["Description"] == "1 rules of AWS Config are broken where salaries was stored."


@pytest.mark.parametrize(
    ("task", "before"),
    [
        ("Authenticate", {}),
        ("Authorize", {}),
        ("Execute ingest", {}),
        ("Write audit log", {}),
        ("Encrypt data", {}),
        ("Check compliance", {}),
        ("Complete execution", {}),
        ("Log success", {}),
        ("Access denied", {"Authorize": DENIED}),
        ("Compliance violation", {"Check compliance": NON_COMPLIANT}),
        ("Security alert", {"Authorize": DENIED}),
    ],
)
def test_what_breaks_is_reported(task: str, before: dict[str, Any]) -> None:
    done = run({**before, task: BROKEN})
    assert (done.status, done.error) == ("FAILED", "States.TaskFailed")
    assert done.path[-3:] == (task, "Report failure", "Failed")
    assert done.arguments("Report failure")[0]["Message"].startswith(f"salaries: {task} failed: it broke")
