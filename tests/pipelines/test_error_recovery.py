"""Errors told apart."""

from __future__ import annotations

from tests.pipelines.evidence import Calls, Catch, Decides, Has, Path, Table
from tests.pipelines.realised import each_edge, missing

FLOWS: dict[str, Table] = {
    "Error Handling and Recovery Flow": {
        ("State Execution", "Execution Success"): Decides("Process batch"),
        ("Execution Success", "Next State", "Success"): Path("Process batch", "Publish batch"),
        ("Execution Success", "Error Handler", "Failure"): Catch("Process batch", "Record failure"),
        ("Error Handler", "Error Type"): Path("Record failure", "Error type?"),
        ("Error Type", "Retry Logic", "Retryable"): (
            Path("Error type?", "Read retry policy"),
            Has("Error type?", ("Choices", 0, "Condition"), "GatewayTimeout"),
        ),
        ("Error Type", "Dead Letter Queue", "Non-Retryable"): (
            Path("Error type?", "Park in dead letter queue"),
            Has("Error type?", ("Default",), "Park in dead letter queue"),
        ),
        ("Error Type", "Data Correction", "Data Quality"): (
            Path("Error type?", "Correct data"),
            Has("Error type?", ("Choices", 1, "Condition"), "BadRows"),
        ),
        ("Retry Logic", "Retry Count"): (
            Path("Read retry policy", "Retries left?"),
            Has("Retries left?", ("Choices", 0, "Condition"), "$record_failure.Attributes.failures.N"),
        ),
        ("Retry Count", "Retry State", "< Max Retries"): Path("Retries left?", "Back off", "Process batch"),
        ("Retry Count", "Dead Letter Queue", ">= Max Retries"): Path("Retries left?", "Park in dead letter queue"),
        ("Data Correction", "Correction Success"): Path("Correct data", "Corrected?"),
        ("Correction Success", "Next State", "Success"): Path("Corrected?", "Publish batch"),
        ("Correction Success", "Dead Letter Queue", "Failure"): (
            Path("Corrected?", "Park in dead letter queue"),
            Catch("Correct data", "Park in dead letter queue"),
        ),
        ("Dead Letter Queue", "Error Notification"): (
            Calls("Park in dead letter queue", "sqs:sendMessage"),
            Path("Park in dead letter queue", "Tell the settlements team"),
            Calls("Tell the settlements team", "sns:publish"),
        ),
        ("Error Notification", "Manual Intervention"): (
            Path("Tell the settlements team", "Manual intervention"),
            Calls("Manual intervention", "sqs:sendMessage.waitForTaskToken"),
            Has("Manual intervention", ("Arguments", "MessageBody", "taskToken"), "$states.context.Task.Token"),
        ),
    },
}


@each_edge(FLOWS)
def test_the_machine_has_the_way_of_an_edge(section: str, edge: tuple[str, ...]) -> None:
    assert missing(__file__, FLOWS[section], edge) == []
