"""Intake of batches: the transform depends on the kind of data, the load on its quality."""

from __future__ import annotations

from typing import Any

import pytest

from pipelines.conditional_processing import intake
from sfdsl.testing import Run, TaskError, simulate
from tests.pipelines.runs.answers import BAD_SCORE, BROKEN, QUALITY_GATE, SENT, parked


def kind(name: str) -> dict[str, Any]:
    """What the intake function says of a batch."""
    return {"Payload": {"kind": name, "batch": "b-7", "prefix": "inbox/"}}


def application(status: str) -> dict[str, Any]:
    """What Kinesis Analytics says of the Flink application."""
    return {"ApplicationDetail": {"ApplicationStatus": status}}


def model_says(text: str) -> dict[str, Any]:
    """What Bedrock gives for a document."""
    return {"Output": {"Message": {"Role": "assistant", "Content": [{"Text": text}]}}}


WELL: dict[str, Any] = {
    **QUALITY_GATE,
    "Extract data": kind("structured"),
    "SQL transform": {},
    "Read document": model_says('{"kind": "invoice"}'),
    "Real-time transform": {},
    "Look at application": [application("STARTING"), application("RUNNING")],
    "Correct data": {"Output": {"corrected": True}},
    "Load data": {},
    "Park in dead letter queue": SENT,
}
DOCUMENTS = {f"s3://acme-intake/inbox/{name}.pdf": name for name in "ab"}
GATE = (
    "Start quality check", *("Wait for quality check", "Look at quality check", "Quality check done?") * 2,
    "Read quality score", "Validation passed?",
)  # fmt: skip


def run(answers: dict[str, Any] | None = None, objects: dict[str, str] = DOCUMENTS) -> Run:
    return simulate(intake, {"source": "partner"}, tasks={**WELL, **(answers or {})}, objects=objects)


def test_a_table_is_transformed_by_sql() -> None:
    batch = run()
    assert batch.path == ("Extract data", "Data type?", "SQL transform", *GATE, "Load data")
    assert batch.arguments("SQL transform")[0]["ExecutionParameters"] == ["'b-7'"]


def test_documents_are_read_by_the_model_one_child_execution_each() -> None:
    batch = run({"Extract data": kind("unstructured")})
    assert batch.path == (
        "Extract data", "Data type?", "ML transform", "Read document", "Read document", *GATE, "Load data"
    )  # fmt: skip
    assert [child.output for child in batch.children] == [
        {"document": "inbox/a.pdf", "event": {"kind": "invoice"}},
        {"document": "inbox/b.pdf", "event": {"kind": "invoice"}},
    ]


def test_a_document_in_fifty_may_be_beyond_the_model() -> None:
    inbox = {f"s3://acme-intake/inbox/{number}.pdf": "" for number in range(50)}
    nonsense = model_says("I cannot read this.")
    answers = {"Extract data": kind("unstructured"), "Read document": [nonsense, WELL["Read document"], ...]}
    assert run(answers, inbox).status == "SUCCEEDED"
    answers["Read document"] = [nonsense, nonsense, WELL["Read document"], ...]
    batch = run(answers, inbox)
    assert batch.error == "States.ExceedToleratedFailureThreshold"
    assert batch.path[-2:] == ("Park in dead letter queue", "Rejected")


def test_a_stream_waits_until_flink_runs() -> None:
    batch = run({"Extract data": kind("streaming")})
    wait = ("Wait for application", "Look at application", "Application runs?")
    assert batch.path == ("Extract data", "Data type?", "Real-time transform", *wait, *wait, *GATE, "Load data")
    assert batch.duration - run().duration == 2 * 30


def test_a_stream_whose_application_runs_already_goes_on() -> None:
    taken = TaskError("KinesisAnalyticsV2.ResourceInUseException")
    batch = run({"Extract data": kind("streaming"), "Real-time transform": taken})
    assert batch.status == "SUCCEEDED"
    assert batch.path[2:5] == ("Real-time transform", "Wait for application", "Look at application")


def test_an_application_that_stops_rejects_the_batch() -> None:
    batch = run({"Extract data": kind("streaming"), "Look at application": application("STOPPING")})
    assert (batch.error, batch.cause) == ("ApplicationStopped", "the Flink application is STOPPING")


def test_data_of_an_unknown_kind_is_rejected() -> None:
    batch = run({"Extract data": kind("odd")})
    assert (batch.error, batch.cause) == ("UnknownDataType", "odd data has no transform")
    assert batch.path == ("Extract data", "Data type?", "Park in dead letter queue", "Rejected")


def test_a_bad_batch_is_corrected_and_loaded() -> None:
    batch = run({"Read quality score": BAD_SCORE})
    assert batch.path[-4:] == ("Validation passed?", "Correct data", "Corrected?", "Load data")
    (correction,) = batch.arguments("Correct data")
    assert correction["Input"]["failed_rules"] == ["Rule_1"]


def test_a_batch_that_cannot_be_corrected_is_rejected() -> None:
    batch = run({"Read quality score": BAD_SCORE, "Correct data": {"Output": {"corrected": False}}})
    assert (batch.error, batch.cause) == ("BatchUncorrectable", "batch b-7 could not be corrected")
    assert batch.path[-3:] == ("Corrected?", "Park in dead letter queue", "Rejected")


def test_an_evaluation_that_breaks_down_rejects_the_batch() -> None:
    batch = run({"Look at quality check": {"Status": "STOPPED"}})
    assert batch.error == "QualityCheckFailed"
    assert batch.path[-3:] == ("Quality check done?", "Park in dead letter queue", "Rejected")


@pytest.mark.parametrize(
    ("task", "data"),
    [
        ("Extract data", "structured"),
        ("SQL transform", "structured"),
        ("Real-time transform", "streaming"),
        ("Look at application", "streaming"),
        ("Start quality check", "structured"),
        ("Look at quality check", "structured"),
        ("Read quality score", "structured"),
        ("Correct data", "structured"),
        ("Load data", "structured"),
    ],
)
def test_what_breaks_is_parked(task: str, data: str) -> None:
    batch = run({"Extract data": kind(data), "Read quality score": BAD_SCORE, task: BROKEN})
    assert batch.path[-3:] == (task, "Park in dead letter queue", "Rejected")
    assert parked(batch.arguments("Park in dead letter queue")[0]) == ("States.TaskFailed", task)
