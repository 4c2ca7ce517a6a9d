from __future__ import annotations

import pytest

from tests.checks.limits.helpers import codes, findings, task

# Written in pieces, so that nobody takes them for secrets of this repository.
KEY = "AKIA" + "QRSTUVWXYZ234567"
PEM = "-----BEGIN RSA " + "PRIVATE KEY-----"


def payload(value: object) -> dict:
    return {"Load": task(Parameters={"FunctionName": "f", "Payload": value})}


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (f"key {KEY} in a text", "an AWS access key"),
        (PEM + "\nabc", "a private key"),
        ("ghp_" + "a1" * 18, "a GitHub token"),
        ("xoxb-" + "1234567890-abcdef", "a Slack token"),
        ("https://hooks.slack.com/services/" + "T000/B000/" + "a" * 24, "a Slack webhook"),
        ("sk_live_" + "a1" * 12, "a Stripe key"),
        ("Bearer eyJ" + "a" * 20 + ".eyJ" + "b" * 20 + "." + "c" * 20, "a JSON Web Token"),
        ("postgres://etl:Tr0ub4dor@db/orders", "a password in a URL"),
    ],
)
def test_secrets_by_their_form(text: str, kind: str) -> None:
    (finding,) = findings(payload({"deep": [{"Text": text}]}))
    assert (finding.code, finding.message) == ("SF419", f"state 'Load' has {kind} in 'Text'")


@pytest.mark.parametrize(
    "text",
    [
        "AKIAIOSFODNN7EXAMPLE",
        "arn:aws:iam::123456789012:role/AKIA",
        "https://example.com:8080/@home",
        "postgres://${User}:${Password}@db/orders",
        "s3://bucket/key@version",
        "-----BEGIN CERTIFICATE-----",
        "mailto:someone@example.com",
        "{% $password %}",
    ],
)
def test_texts_that_only_look_like_it(text: str) -> None:
    assert codes(payload({"Text": text})) == []


@pytest.mark.parametrize(
    "value",
    [
        {"Password": "Tr0ub4dor"},
        {"db_password": "Tr0ub4dor"},
        {"--db-password": "Tr0ub4dor"},
        {"MasterUserPassword": "Tr0ub4dor"},
        {"ApiKey": "4711-0815"},
        {"x-api-key": ["4711-0815"]},
        {"ClientSecret": "Tr0ub4dor"},
        {"Authorization": "Basic dXNlcjpwYXNz"},
        {"accessToken": "4711-0815"},
        {"SecretAccessKey": "4711-0815"},
        {"Environment": [{"Name": "DB_PASSWORD", "Value": "Tr0ub4dor"}]},
    ],
)
def test_secrets_by_their_key(value: object) -> None:
    assert codes(payload(value)) == ["SF420"]


@pytest.mark.parametrize(
    "value",
    [
        {"Password.$": "$.password"},
        {"Password": "${Password}"},
        {"Password": "{{resolve:secretsmanager:orders}}"},
        {"Password": "arn:aws:secretsmanager:eu-west-1:123456789012:secret:orders"},
        {"Password": "***"},
        {"Password": "<your password>"},
        {"Password": ""},
        {"Password": 4711},
        {"SecretId": "orders-database"},
        {"SecretArn": "orders-database"},
        {"NextToken": "abcdef"},
        {"TaskToken": "abcdef"},
        {"ClientRequestToken": "abcdef"},
        {"Authorization": "AWS_IAM"},
        {"passwordResetUrl": "https://example.com/reset"},
        {"Environment": [{"Name": "DB_PASSWORD", "Value.$": "$.password"}]},
        {"Environment": [{"Name": "DB_HOST", "Value": "db.example.com"}]},
    ],
)
def test_keys_and_texts_that_are_no_secret(value: object) -> None:
    assert codes(payload(value)) == []


def test_every_payload_is_read() -> None:
    states = {
        "A": {"Type": "Pass", "Result": {"Password": "Tr0ub4dor"}, "Next": "B"},
        "B": {"Type": "Pass", "Parameters": {"Password": "Tr0ub4dor"}, "Next": "C"},
        "C": task("D", Catch=[{"ErrorEquals": ["X"], "Next": "D", "Assign": {"password": "Tr0ub4dor"}}]),
        "D": {"Type": "Map", "ItemSelector": {"Password": "Tr0ub4dor"}, "End": True, "ItemProcessor": {
            "StartAt": "E", "States": {"E": {"Type": "Pass", "Assign": {"secret": "Tr0ub4dor"}, "End": True}}}},
    }  # fmt: skip
    assert [(finding.code, finding.state) for finding in findings(states)] == [("SF420", name) for name in "ABCDE"]
