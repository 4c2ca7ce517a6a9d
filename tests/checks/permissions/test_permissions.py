from __future__ import annotations

from typing import Any

import pytest

from sfdsl.checks.permissions import CHECKS
from sfdsl.diagnostics import Diagnostic
from sfdsl.origin import Origin
from tests.permissions.helpers import graph, machine, task

LAMBDA = "arn:aws:lambda:eu-west-1:123456789012:function:"


def findings(states: dict[str, Any], *resources: str) -> list[Diagnostic]:
    workflow = graph(machine(states), *resources)
    return [finding for check in CHECKS for finding in check().run(workflow)]


def codes(states: dict[str, Any], *resources: str) -> list[str]:
    return [finding.code for finding in findings(states, *resources)]


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        pytest.param(task("lambda:invoke", {"FunctionName": "orders"}), [], id="a literal name"),
        pytest.param(task("lambda:invoke", {"FunctionName": "{% $states.input.f %}"}), ["SF551"], id="nothing known"),
        pytest.param(
            task("lambda:invoke", {"FunctionName": "{% 'orders-' & $states.input.f %}"}), ["SF552"], id="a prefix known"
        ),
        pytest.param(task("codebuild:stopBuild", {"Id": "orders:1"}), ["SF553"], id="no argument names it"),
        pytest.param(task("aws-sdk:ec2:describeInstances", {}), ["SF554"], id="nothing to narrow"),
        pytest.param(task("aws-sdk:acm:describeAcmeAccount", {}), ["SF555"], id="a guessed name"),
        pytest.param(
            task("aws-sdk:glue:createJob", {"Name": "x", "Role": "{% $states.input.role %}"}),
            ["SF556"],
            id="a role passed unseen is not told twice",
        ),
        pytest.param(task("sqs:sendMessage", {"QueueUrl": "${OrdersQueueUrl}"}), ["SF557"], id="a companion"),
        pytest.param(task("arn:aws:states:::${Call}"), ["SF558"], id="who knows"),
        pytest.param(task("${Reviewers}"), ["SF559"], id="a function, an activity, or neither"),
        pytest.param(task("${ReviewFunctionArn}"), [], id="a function by its name"),
    ],
)
def test_codes(state: dict[str, Any], expected: list[str]) -> None:
    assert codes(state) == expected


DYNAMIC = task("lambda:invoke", {"FunctionName": "{% $states.input.f %}"})


@pytest.mark.parametrize(
    ("resources", "expected"),
    [
        pytest.param([f"{LAMBDA}orders-*"], [], id="a narrower function"),
        pytest.param(["arn:aws:sqs:eu-west-1:123456789012:orders"], ["SF551", "SF560"], id="another type"),
        pytest.param(["orders-*"], ["SF551", "SF561"], id="no ARN"),
        pytest.param([f"{LAMBDA}a", "arn:aws:s3:::bucket"], ["SF560"], id="one of two fits"),
        pytest.param(["${OrdersFunctionArn}"], [], id="a placeholder is taken at its word"),
    ],
)
def test_narrowing(resources: list[str], expected: list[str]) -> None:
    assert codes(DYNAMIC, *resources) == expected


def test_one_finding_per_action_that_cannot_be_narrowed() -> None:
    describe = task("aws-sdk:ec2:describeInstances", {})
    first = {**describe, "Next": "B"}
    del first["End"]
    assert codes({"A": first, "B": describe}) == ["SF554"]


def test_one_finding_per_argument_whatever_hangs_on_it() -> None:
    copy = {"Bucket": "acme", "Key": "{% $states.input.key %}", "CopySource": "acme-in/x"}
    assert codes(task("aws-sdk:s3:copyObject", copy)) == ["SF552"]


def test_a_finding_points_to_the_arguments_and_says_what_to_write() -> None:
    finding = findings(DYNAMIC)[0]
    assert finding.origin == Origin(pointer="/States/Only/Arguments")
    assert finding.state == "Only"
    assert finding.message == (
        "state 'Only' needs lambda:InvokeFunction on arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}"
        ":function:*, as Arguments.FunctionName is known only at run time"
    )
    assert finding.hint == ("begin the value with a literal, or say on the step what it can be: resources=['arn:...']")


def test_a_companion_is_explained() -> None:
    finding = findings(task("sqs:sendMessage", {"QueueUrl": "${OrdersQueueUrl}"}))[0]
    assert finding.message == (
        "the policy needs a value for '${OrdersQueueArn}': the ARN of the queue whose URL is ${OrdersQueueUrl}"
    )


def chain(count: int, length: int) -> dict[str, Any]:
    """States that call as many functions with names of that length."""
    states = {}
    for i in range(count):
        states[f"S{i}"] = task("lambda:invoke", {"FunctionName": f"f{i:04}".ljust(length, "x")})
        if i + 1 < count:
            states[f"S{i}"]["Next"] = f"S{i + 1}"
            del states[f"S{i}"]["End"]
    return states


@pytest.mark.parametrize(
    ("count", "expected"),
    [
        pytest.param(40, [], id="statements of their own"),
        pytest.param(70, [], id="compacted into one statement"),
        pytest.param(200, ["SF562"], id="managed policies"),
        pytest.param(700, ["SF563"], id="more than ten of them"),
    ],
)
def test_lengths(count: int, expected: list[str]) -> None:
    assert codes(chain(count, 50)) == expected
