"""Errors told apart: some are retried, some corrected, the rest parked and handed to a person who decides.

A settlement batch is processed and published. When that fails, the handler counts the failure in the batch's own record
and asks what kind of error it was. What passes by itself is tried again after a growing pause, as often as the retry
policy in Parameter Store allows; rows of bad quality are corrected; everything else is parked in the dead letter queue,
somebody is told, and the operators' desk returns a task token with the decision.
"""

from sfdsl import Choice, Defaults, Fail, Pipeline, Retry, Wait, aws, fn
from sfdsl.etl import correction_loop, dead_letter, manual_intervention, notify

settlements = Pipeline(
    "error-recovery",
    executions_per_month=1000,
    input={"batch": str, "bucket": str, "key": str},
    timeout="7d",
    defaults=Defaults(timeout="5m", retry=Retry.transient()),
)
batch = settlements.input.batch
error = settlements.error

process = aws.lambda_.invoke(
    "Process batch",
    FunctionName="settlements-process",
    Payload={"batch": batch, "bucket": settlements.input.bucket, "key": settlements.input.key},
    timeout="15m",
    idempotent=True,
)
publish = aws.events.put_events(
    "Publish batch",
    Entries=[
        {
            "Source": "acme.settlements",
            "DetailType": "Batch processed",
            "EventBusName": "${EventBusName}",
            "Detail": {"batch": batch},
        }
    ],
)

# The error handler: first the record, which counts the failures of this batch over all its executions.
record = aws.dynamodb.update_item(
    "Record failure",
    TableName="settlement-batches",
    Key={"batch": {"S": batch}},
    UpdateExpression="SET #status = :failed, last_error = :error ADD failures :one",
    ExpressionAttributeNames={"#status": "status"},
    ExpressionAttributeValues={":failed": {"S": "FAILED"}, ":error": {"S": error.Error}, ":one": {"N": "1"}},
    ReturnValues="UPDATED_NEW",
)
failures = fn.number(record.result.Attributes.failures.N)

policy = aws.ssm.get_parameter("Read retry policy", Name="/settlements/retry-policy")
retries = fn.parse(policy.result.Parameter.Value)  # {"max": 5, "first": 30, "ceiling": 900}
pause = Wait("Back off", fn.min([retries.first * fn.power(2, failures - 1), retries.ceiling]))

correct = aws.lambda_.invoke(
    "Correct data",
    FunctionName="settlements-correct",
    Payload={"batch": batch, "complaint": error.Cause},
    timeout="15m",
    idempotent=True,
)

park = dead_letter(settlements)
tell = notify(
    "Tell the settlements team",
    "Settlement batch failed",
    f"Batch {batch} failed in {error.State} with {error.Error}: {error.Cause}",
)
ask = manual_intervention(
    "Manual intervention",
    f"Batch {batch} failed with {error.Error}. Process it again, or give it up?",
    answers=("retry", "abandon"),
    details=error,
)
abandoned = Fail("Abandoned", error=error.Error, cause=error.Cause)

give_up = (
    park
    >> tell
    >> ask.catch(abandoned, errors="States.Timeout")
    >> Choice("Decision?").when(ask.result.decision == "retry", process).otherwise(abandoned)
)

settlements.define(
    process >> publish,
    on_error=record
    >> Choice("Error type?")
    .when(
        error.Error.is_in(["States.Timeout", "LedgerLocked", "GatewayTimeout", "Lambda.TooManyRequestsException"]),
        policy >> Choice("Retries left?").when(failures <= retries.max, pause >> process).otherwise(give_up),
    )
    .when(
        error.Error == "BadRows",
        correction_loop(correct.catch(give_up), corrected=correct.result.Payload.rejected == 0, otherwise=give_up)
        >> publish,
    )
    .otherwise(give_up),
)
