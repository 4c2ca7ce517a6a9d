"""Data whose way can be followed: every stage says what it read and wrote, in OpenLineage's words, to DataZone.

Returns are extracted from the shop's database, joined with orders, validated, and loaded into the warehouse. Behind
each stage stands a step that records its lineage with the datasets that it read and wrote. A stage whose lineage cannot
be recorded counts as failed: nobody could say later where its rows came from.
"""

from sfdsl import Choice, Defaults, Fail, Pipeline, Raise, Retry, aws
from sfdsl.etl import Dataset, dead_letter, stage

returns = Pipeline(
    "data-lineage",
    executions_per_month=30,
    input={"day": str},
    timeout="6h",
    defaults=Defaults(timeout="1h", retry=Retry.transient()),
)
day = returns.input.day

shop = Dataset("postgres://shop-db.acme.internal:5432", "shop.public.returns")
raw = Dataset("s3://acme-raw", f"returns/day={day}")
orders = Dataset("awsglue://eu-west-1", "curated.orders")
curated = Dataset("awsglue://eu-west-1", "curated.returns")
report = Dataset("s3://acme-quality", f"returns/day={day}/report.json")
warehouse = Dataset("redshift://analytics.acme.internal:5439", "warehouse.sales.returns")

extract = aws.glue.start_job_run.sync("Extract", JobName="returns-extract", Arguments={"--day": day})
transform = aws.glue.start_job_run.sync(
    "Transform", JobName="returns-transform", Arguments={"--day": day, "--raw": f"s3://acme-raw/returns/day={day}/"}
)
validate = aws.lambda_.invoke(
    "Validate",
    FunctionName="returns-validate",
    Payload={"day": day, "report": f"s3://acme-quality/returns/day={day}/report.json"},
    timeout="15m",
    idempotent=True,
)
load = aws.glue.start_job_run.sync(
    "Load", JobName="returns-load", Arguments={"--day": day, "--target": "warehouse.sales.returns"}
)

park = dead_letter(returns)
failed = Fail("Failed", error=returns.error.Error, cause=returns.error.Cause)

returns.define(
    stage(extract, "Log data source", reads=[shop], writes=[raw])
    >> stage(transform, "Log transformation", reads=[raw, orders], writes=[curated])
    >> stage(validate, "Log validation", reads=[curated], writes=[report])
    >> Choice("Valid?")
    .when(validate.result.Payload.valid, stage(load, "Log destination", reads=[curated], writes=[warehouse]))
    .otherwise(Raise("Invalid", error="ReturnsInvalid", cause=f"see s3://acme-quality/returns/day={day}/report.json")),
    on_error=park >> failed,
)
