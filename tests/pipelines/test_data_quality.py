"""A feed that has to prove itself."""

from __future__ import annotations

from tests.pipelines.evidence import END, START, Calls, Has, Path, Table
from tests.pipelines.realised import each_edge, missing

FLOWS: dict[str, Table] = {
    "Data Quality Validation Flow": {
        ("Raw Data", "Schema Validation"): (
            Path(START, "Validate schema", "Validate rows"),
            Has("Validate schema", ("ItemReader", "Resource"), "s3:getObject"),
            Has("Validate schema", ("ItemReader", "Arguments", "Bucket"), "acme-feeds"),
        ),
        ("Schema Validation", "Schema Valid"): Path("Validate rows", "Validate schema", "Schema valid?"),
        ("Schema Valid", "Data Quality Checks", "Yes"): (
            Path("Schema valid?", "Stage feed", "Start quality check"),
            Calls("Start quality check", "aws-sdk:glue:startDataQualityRulesetEvaluationRun"),
        ),
        ("Schema Valid", "Schema Error", "No"): (
            Path("Schema valid?", "Quarantine feed"),
            Calls("Quarantine feed", "aws-sdk:s3:copyObject"),
        ),
        ("Data Quality Checks", "Quality Check"): Path(
            "Start quality check",
            "Wait for quality check",
            "Look at quality check",
            "Quality check done?",
            "Read quality score",
            "Quality good enough?",
        ),
        ("Quality Check", "Data Transformation", "Pass"): (
            Path("Quality good enough?", "Transform"),
            Has("Quality good enough?", ("Choices", 0, "Condition"), ".Score >= 0.99"),
            Calls("Transform", "glue:startJobRun.sync"),
        ),
        ("Quality Check", "Data Correction", "Fail"): (
            Path("Quality good enough?", "Data correction"),
            Has("Quality good enough?", ("Default",), "Data correction"),
        ),
        ("Data Transformation", "Load to Target"): Path("Transform", "Load to target"),
        ("Data Correction", "Correction Success"): (
            Path("Data correction", "Correction success?"),
            Path("Correction success?", "Data correction"),  # another round
        ),
        ("Correction Success", "Data Transformation", "Success"): Path("Correction success?", "Transform"),
        ("Correction Success", "Error Logging", "Failure"): (
            Path("Correction success?", "Error logging"),
            Calls("Error logging", "aws-sdk:cloudwatchlogs:putLogEvents"),
        ),
        ("Schema Error", "Error Notification"): (
            Path("Quarantine feed", "Error notification", "Feed refused", END),
            Calls("Error notification", "sns:publish"),
        ),
        ("Error Logging", "Error Notification"): Path("Error logging", "Error notification"),
        ("Load to Target", "Success Notification"): (
            Path("Load to target", "Success notification", END),
            Calls("Success notification", "sns:publish"),
        ),
    },
}


@each_edge(FLOWS)
def test_the_machine_has_the_way_of_an_edge(section: str, edge: tuple[str, ...]) -> None:
    assert missing(__file__, FLOWS[section], edge) == []
