"""A product feed that has to prove itself: schema row by row, rules on the whole, corrections, and a word to everyone.

A supplier's CSV file is read by a Distributed Map, whose child executions validate batches of rows against the schema.
A feed with wrong rows goes to quarantine. The rest is staged, and Glue Data Quality judges it as a whole; what fails is
corrected by a function, up to three rounds, as long as a round helps. Good data is transformed and loaded. Suppliers
hear of every failure, buyers of every success.
"""

from sfdsl import Batch, Choice, Defaults, DistributedMap, Fail, Pipeline, Reader, Retry, aws, context, fn
from sfdsl.dsl.steps import Steps, Task
from sfdsl.etl import correction_loop, notify, quality_gate
from sfdsl.jsonata import Expression

feeds = Pipeline(
    "data-quality",
    executions_per_month=900,
    input={"supplier": str, "key": str},
    timeout="6h",
    defaults=Defaults(timeout="1h", retry=Retry.transient()),
)
supplier, key = feeds.input.supplier, feeds.input.key


def validate_rows(batch: Expression) -> Task:
    """Validate a batch of rows; gives how many are wrong."""
    return aws.lambda_.invoke(
        "Validate rows",
        FunctionName="feeds-validate-rows",
        Payload={"supplier": supplier, "rows": batch.Items},
        timeout="40s",  # five attempts and the pauses between them fit into the five minutes of an Express execution
        idempotent=True,
        output=lambda result: {"wrong": result.Payload.wrong},
    )


schema = DistributedMap(
    "Validate schema",
    reader=Reader.csv(Bucket="acme-feeds", Key=key),
    batch=Batch(items=1000),
    body=validate_rows,
    max_concurrency=20,
    execution_type="EXPRESS",
    label="Rows",
    items=50,
)
wrong_rows = fn.sum(schema.result.wrong)

# What goes wrong, and who is told.
quarantine = aws.s3.copy_object(
    "Quarantine feed",
    Bucket="acme-quarantine",
    Key=key,
    CopySource=f"acme-feeds/{key}",
    TaggingDirective="REPLACE",
    timeout="5m",
    Tagging=f"reason=schema&wrong-rows={fn.string(wrong_rows)}",
)
refused = Fail("Feed refused", error="FeedRefused", cause="the feed does not meet its schema or its quality rules")
tell_supplier = notify(
    "Error notification",
    "A product feed was refused",
    f"The feed {key} of {supplier} was refused. What is wrong with it stands in the log group /feeds/refused.",
    topic="${SupplierTopicArn}",
)

stage = aws.glue.start_job_run.sync(
    "Stage feed", JobName="feeds-stage", Arguments={"--supplier": supplier, "--key": key, "--table": "feeds.staged"}
)


def failed_rules(result: Expression) -> Expression:
    """The rules that did not pass, with what they say."""
    return fn.filter(result.RuleResults, lambda rule: rule.Result != "PASS")


def log_error(result: Expression) -> Task:
    """Write the rules that failed into the log of refused feeds."""
    return aws.logs.put_log_events(
        "Error logging",
        LogGroupName="/feeds/refused",
        LogStreamName="quality",
        timeout="1m",
        LogEvents=[
            {
                "Timestamp": fn.millis(),
                "Message": fn.string(
                    {
                        "execution": context.Execution.Id,
                        "supplier": supplier,
                        "key": key,
                        "score": result.Score,
                        "failed": fn.array(failed_rules(result)),
                    }
                ),
            }
        ],
    )


def correct(result: Expression) -> Steps:
    """Correct what the rules complain about; a round may leave rules that the next one can meet."""
    fix = aws.lambda_.invoke(
        "Data correction",
        FunctionName="feeds-correct",
        timeout="15m",
        idempotent=True,
        suppress="SF107",  # a round starts at once because it works on what the one before has left; three at most
    )
    done = fix.result.Payload
    fix.arguments["Payload"] = {
        "supplier": supplier,
        "key": key,
        "failed": done.failed.default(fn.array(failed_rules(result).Name)),
        "round": done.round.default(0) + 1,
    }
    return correction_loop(
        fix,
        corrected=fn.count(done.failed) == 0,
        again=(done.round < 3) & done.progress,
        otherwise=log_error(result) >> tell_supplier,
        question="Correction success?",
    )


checked = quality_gate(
    database="feeds",
    table="staged",
    rows=f"key = '{key}'",
    rulesets=["product-feeds"],
    minimum=0.99,
    otherwise=correct,
)

transform = aws.glue.start_job_run.sync("Transform", JobName="feeds-transform", Arguments={"--key": key})
load = aws.glue.start_job_run.sync("Load to target", JobName="feeds-load", Arguments={"--run": transform.result.Id})
tell_buyers = notify(
    "Success notification",
    "A product feed was loaded",
    f"The feed {key} of {supplier} is in the catalogue.",
    topic="${BuyerTopicArn}",
)

feeds.define(
    schema
    >> Choice("Schema valid?")
    .when(wrong_rows == 0, stage >> checked >> transform >> load >> tell_buyers)
    .otherwise(quarantine >> tell_supplier >> refused)
)
