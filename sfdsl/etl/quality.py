"""Let data pass only if it is good enough."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sfdsl import Choice, Raise, aws
from sfdsl.dsl.steps import Chain, Steps
from sfdsl.etl.polling import poll
from sfdsl.jsonata import Expression, Value


def quality_gate(
    *,
    database: str,
    table: str,
    rulesets: Sequence[str],
    otherwise: Callable[[Expression], Steps],
    rows: str | None = None,
    minimum: Value = 1,
    role: str = "${DataQualityRoleArn}",
    every: str = "1m",
    question: str = "Quality good enough?",
) -> Chain:
    """Steps that evaluate rules of Glue Data Quality on a table; what follows them by `>>` follows enough quality.

    Glue has no `.sync` for it: the steps start the evaluation, wait for it, and read the score. An evaluation that
    breaks down raises `QualityCheckFailed`.

    Args:
        database: Of the Glue Data Catalog.
        table: In the database.
        rulesets: Names of the rule sets; the score of the first one counts.
        otherwise: Is given the result (`Score`, `RuleResults` with `Name`, `Result`, `EvaluationMessage`) and returns
            the steps for data that is not good enough.
        rows: A predicate on partitions, so that only the new rows are looked at: `f"day = '{pipeline.input.day}'"`.
        minimum: Share of rules that have to pass, 0 to 1.
        role: ARN of the role that Glue takes on.
        every: Time between two looks at the evaluation.
        question: Name of the Choice.
    """
    source: dict[str, Value] = {"DatabaseName": database, "TableName": table}
    if rows is not None:
        source["AdditionalOptions"] = {"pushDownPredicate": rows}
    start = aws.glue.start_data_quality_ruleset_evaluation_run(
        "Start quality check",
        DataSource={"GlueTable": source},
        Role=role,
        RulesetNames=list(rulesets),
        Timeout=60,  # minutes
        timeout="1m",
    )
    look = aws.glue.get_data_quality_ruleset_evaluation_run(
        "Look at quality check", RunId=start.result.RunId, timeout="1m"
    )
    broken = Raise(
        "Quality check broke down",
        error="QualityCheckFailed",
        cause=f"the evaluation ended as {look.result.Status}",
    )
    read = aws.glue.get_data_quality_result("Read quality score", ResultId=look.result.ResultIds[0], timeout="1m")
    evaluated = poll(
        "Wait for quality check",
        every,
        look,
        done=look.result.Status == "SUCCEEDED",
        failed=look.result.Status.is_in(["FAILED", "STOPPED", "TIMEOUT"]),
        otherwise=broken,
        question="Quality check done?",
    )
    gate = Choice(question).when(read.result.Score >= minimum).otherwise(otherwise(read.result))
    return start >> evaluated >> read >> gate
