"""Nightly orders, started by a schedule: extract, transform, validate, load, with retries and a dead letter queue.

The architecture's main flow. Glue jobs extract the day's orders, transform them and write them to the warehouse; a
function validates them in between, and another corrects the rows that it rejects. Every task retries what passes by
itself. What fails nevertheless, or cannot be corrected, leads to the error handler: it parks the run in the dead letter
queue, with all that is needed to start it again, and ends the execution with the error.
"""

from sfdsl import Choice, Defaults, Fail, Pipeline, Raise, Retry, aws
from sfdsl.etl import correction_loop, dead_letter

orders = Pipeline(
    "orders-etl",
    input={"day": str},
    timeout="6h",
    defaults=Defaults(timeout="1h", retry=Retry.transient()),
)

extract = aws.glue.start_job_run.sync(
    "Extract",
    JobName="orders-extract",
    Arguments={"--day": orders.input.day, "--source": "orders-db", "--target": "s3://acme-orders-raw/orders/"},
    timeout="2h",
)
transform = aws.glue.start_job_run.sync(
    "Transform",
    JobName="orders-transform",
    Arguments={"--day": orders.input.day, "--run": extract.result.Id},
    timeout="2h",
)
validate = aws.lambda_.invoke(
    "Validate",
    FunctionName="orders-validate",
    Payload={"day": orders.input.day, "run": transform.result.Id},
    timeout="15m",
    idempotent=True,
)
correct = aws.lambda_.invoke(
    "Correct",
    FunctionName="orders-correct",
    Payload={"day": orders.input.day, "rejected": validate.result.Payload.rejected_at},
    timeout="15m",
    idempotent=True,
)
load = aws.glue.start_job_run.sync(
    "Load",
    JobName="orders-load",
    Arguments={"--day": orders.input.day, "--run": transform.result.Id, "--target": "warehouse.sales.orders"},
)

park = dead_letter(orders)
failed = Fail("Failed", error=orders.error.Error, cause=orders.error.Cause)

orders.define(
    extract
    >> transform
    >> validate
    >> Choice("Rows rejected?")
    .when(validate.result.Payload.rejected == 0, load, probability=0.9)
    .otherwise(
        correction_loop(
            correct,
            corrected=correct.result.Payload.rejected == 0,
            otherwise=Raise(
                "Uncorrectable", error="RowsUncorrectable", cause="rows are still rejected after the correction"
            ),
        )
        >> load
    ),
    on_error=park >> failed,
)
