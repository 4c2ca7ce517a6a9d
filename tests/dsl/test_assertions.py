"""What an author asserts for the cost rules: it is noted by state, and refused where it makes no sense."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from sfdsl import Pass, Pipeline, aws
from sfdsl.dsl.errors import DeclarationError
from sfdsl.dsl.given import ASSERTIONS
from sfdsl.dsl.lower import lower
from sfdsl.dsl.policies import length
from sfdsl.model.workflow import Assertion, MachineType, Notes, Workflow


def lowered(pipeline: Pipeline) -> Workflow:
    workflow = lower(pipeline).workflow
    assert workflow is not None
    return workflow


def test_the_words_are_those_of_the_model() -> None:
    assert tuple(each.value for each in Assertion) == ASSERTIONS


def test_assertions_are_noted_by_state() -> None:
    put = aws.sqs.send_message("Put", QueueUrl="q", MessageBody="m", asserts=["unordered"], duration="300ms")
    load = aws.lambda_.invoke("Load", FunctionName="load", fused="put-and-load")
    notes = lowered(Pipeline("orders").define(put >> load)).notes
    assert notes["Put"] == Notes(asserts=frozenset({Assertion.UNORDERED}), duration=0.3)
    assert notes["Load"] == Notes(fused="put-and-load")


def test_what_is_said_of_the_pipeline_is_said_of_the_workflow() -> None:
    workflow = lowered(
        Pipeline("orders", type="auto", rewrites=False, executions_per_month=3e4, budget=50).define(Pass("A"))
    )
    assert (workflow.type, workflow.auto) == (MachineType.STANDARD, True)
    assert (workflow.rewrites, workflow.executions_per_month, workflow.budget) == (False, 3e4, 50)


@pytest.mark.parametrize(
    ("given", "seconds"),
    [
        (None, None),
        (2, 2.0),
        (0.25, 0.25),
        ("300ms", 0.3),
        ("1m30s", 90.0),
        ("1.5h", 5400.0),
        (timedelta(milliseconds=5), 0.005),
    ],
)
def test_durations_have_parts_of_seconds(given: Any, seconds: float | None) -> None:
    assert length(given, "it") == seconds


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param({"asserts": ["unorderd"]}, "did you mean 'unordered'?", id="no such assertion"),
        pytest.param({"asserts": [1]}, 'write asserts=["unordered"]', id="an assertion that is no text"),
        pytest.param(
            {"duration": -1},
            "write a number of seconds, or a text such as '300ms', '90s', '1h30m'",
            id="a negative time",
        ),
        pytest.param(
            {"duration": "${Later}"},
            "write a number of seconds, or a text such as '300ms', '90s', '1h30m'",
            id="a time that nobody knows yet",
        ),
    ],
)
def test_wrong_assertions_of_a_step_are_refused(arguments: dict[str, Any], said: str) -> None:
    with pytest.raises(DeclarationError) as refused:
        Pass("A", **arguments)
    assert refused.value.hint == said


@pytest.mark.parametrize(
    "arguments", [{"rewrites": 1}, {"budget": -1}, {"executions_per_month": "many"}, {"type": "cheap"}]
)
def test_wrong_wishes_of_a_pipeline_are_refused(arguments: dict[str, Any]) -> None:
    with pytest.raises(DeclarationError):
        Pipeline("orders", **arguments)
