"""Processing that depends on the data."""

from __future__ import annotations

from tests.pipelines.evidence import END, START, Calls, Has, Path, Table
from tests.pipelines.realised import each_edge, missing

FLOWS: dict[str, Table] = {
    "Conditional Processing Flow": {
        ("Start", "Extract Data"): Path(START, "Extract data"),
        ("Extract Data", "Data Type Check"): Path("Extract data", "Data type?"),
        ("Data Type Check", "SQL Transform", "Structured"): (
            Path("Data type?", "SQL transform"),
            Has("Data type?", ("Choices", 0, "Condition"), "'structured'"),
            Calls("SQL transform", "athena:startQueryExecution.sync"),
        ),
        ("Data Type Check", "ML Transform", "Unstructured"): (
            Path("Data type?", "ML transform", "Read document"),
            Has("Data type?", ("Choices", 1, "Condition"), "'unstructured'"),
            Calls("Read document", "aws-sdk:bedrockruntime:converse"),
        ),
        ("Data Type Check", "Real-time Transform", "Streaming"): (
            Path("Data type?", "Real-time transform"),
            Has("Data type?", ("Choices", 2, "Condition"), "'streaming'"),
            Calls("Real-time transform", "aws-sdk:kinesisanalyticsv2:startApplication"),
        ),
        ("SQL Transform", "Validate Data"): Path("SQL transform", "Start quality check"),
        ("ML Transform", "Validate Data"): Path("Read document", "ML transform", "Start quality check"),
        ("Real-time Transform", "Validate Data"): Path(
            "Real-time transform",
            "Wait for application",
            "Look at application",
            "Application runs?",
            "Start quality check",
        ),
        ("Validate Data", "Validation Result"): Path(
            "Start quality check",
            "Wait for quality check",
            "Look at quality check",
            "Quality check done?",
            "Read quality score",
            "Validation passed?",
        ),
        ("Validation Result", "Load Data", "Pass"): (
            Path("Validation passed?", "Load data"),
            Has("Validation passed?", ("Choices", 0, "Next"), "Load data"),
        ),
        ("Validation Result", "Data Correction", "Fail"): (
            Path("Validation passed?", "Correct data"),
            Has("Validation passed?", ("Default",), "Correct data"),
        ),
        ("Data Correction", "Correction Success"): (
            Calls("Correct data", "states:startExecution.sync:2"),
            Path("Correct data", "Corrected?"),
        ),
        ("Correction Success", "Load Data", "Success"): Path("Corrected?", "Load data"),
        ("Correction Success", "Error Handler", "Failure"): Path("Corrected?", "Park in dead letter queue"),
        ("Load Data", "End"): Path("Load data", END),
        ("Error Handler", "End"): Path("Park in dead letter queue", "Rejected", END),
    },
}


@each_edge(FLOWS)
def test_the_machine_has_the_way_of_an_edge(section: str, edge: tuple[str, ...]) -> None:
    assert missing(__file__, FLOWS[section], edge) == []
