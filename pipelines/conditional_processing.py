"""Processing that depends on the data: SQL for tables, a model for documents, Flink for streams.

An intake function extracts a batch and says what kind of data it is. Structured data is transformed by Athena;
unstructured documents go to a model of Amazon Bedrock, one child execution each, by a Distributed Map over the bucket;
a stream is transformed by a Flink application that is started and awaited. Whatever the way, Glue Data Quality
evaluates the batch. A batch that fails is corrected by a state machine of its own and then loaded, or rejected.
"""

from sfdsl import Choice, Defaults, DistributedMap, Fail, Pipeline, Raise, Reader, Retry, Writer, aws, context, fn
from sfdsl.dsl.steps import Steps, Task
from sfdsl.etl import correction_loop, dead_letter, poll, quality_gate
from sfdsl.jsonata import Expression

intake = Pipeline(
    "conditional-processing",
    type="auto",
    input={"source": str},
    executions_per_month=300,
    timeout="12h",
    defaults=Defaults(timeout="1h", retry=Retry.transient()),
)

extract = aws.lambda_.invoke(
    "Extract data",
    FunctionName="intake-extract",
    Payload={"source": intake.input.source},
    timeout="15m",
)
batch = extract.result.Payload.batch

transform_by_sql = aws.athena.start_query_execution.sync(
    "SQL transform",
    QueryString=(
        "INSERT INTO curated.events "
        "SELECT event_id, customer_id, lower(kind), CAST(amount AS decimal(12, 2)), occurred_at, batch "
        "FROM raw.events WHERE batch = ?"
    ),
    ExecutionParameters=[f"'{batch}'"],
    WorkGroup="intake",
)


def read_document(document: Expression) -> Task:
    """Let the model read one document; what is no JSON counts as a failed item."""
    return aws.bedrock_runtime.converse(
        "Read document",
        ModelId="amazon.nova-lite-v1:0",
        System=[{"Text": "Answer with one JSON object: customer_id, kind, amount, occurred_at. Nothing else."}],
        Messages=[
            {
                "Role": "user",
                "Content": [
                    {
                        "Document": {
                            "Format": "pdf",
                            "Name": "document",
                            "Source": {"S3Location": {"Uri": f"s3://acme-intake/{document.Key}"}},
                        }
                    },
                    {"Text": "Which event does this document describe?"},
                ],
            }
        ],
        InferenceConfig={"MaxTokens": 500, "Temperature": 0},
        timeout="40s",  # five attempts and the pauses between them fit into the five minutes of an Express execution
        idempotent=True,
        duration="8s",
        output=lambda answer: {"document": document.Key, "event": fn.parse(answer.Output.Message.Content[0].Text)},
    )


transform_by_model = DistributedMap(
    "ML transform",
    reader=Reader.listing(Bucket="acme-intake", Prefix=extract.result.Payload.prefix),
    body=read_document,
    writer=Writer(Bucket="acme-curated", Prefix="documents", output_type="JSONL", transformation="FLATTEN"),
    max_concurrency=50,
    tolerated_failure_percentage=2,
    label="Documents",
    items=2000,
)

start_flink = aws.kinesisanalyticsv2.start_application(
    "Real-time transform",
    ApplicationName="intake-enrichment",
    RunConfiguration={"ApplicationRestoreConfiguration": {"ApplicationRestoreType": "RESTORE_FROM_LATEST_SNAPSHOT"}},
    timeout="1m",
)
look_at_flink = aws.kinesisanalyticsv2.describe_application(
    "Look at application", ApplicationName="intake-enrichment", timeout="1m"
)
status = look_at_flink.result.ApplicationDetail.ApplicationStatus
flink_runs = poll(
    "Wait for application",
    "30s",
    look_at_flink,
    done=status == "RUNNING",
    failed=~status.is_in(["STARTING", "UPDATING", "AUTOSCALING"]),
    otherwise=Raise("Application stopped", error="ApplicationStopped", cause=f"the Flink application is {status}"),
    question="Application runs?",
)
# It may be running already, started by an earlier batch of the same stream; trying again would not change that.
start_flink.retry(Retry(errors="KinesisAnalyticsV2.SdkClientException"))
start_flink.catch(flink_runs, errors="KinesisAnalyticsV2.ResourceInUseException")


def correct(result: Expression) -> Task:
    """Start the machine that corrects batches; it is told which rules failed."""
    return aws.stepfunctions.start_execution.sync(
        "Correct data",
        StateMachineArn="${CorrectionMachineArn}",
        Input={
            "batch": batch,
            "failed_rules": fn.array(fn.filter(result.RuleResults, lambda rule: rule.Result != "PASS").Name),
            "AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID": context.Execution.Id,
        },
    )


load = aws.batch.submit_job.sync(
    "Load data",
    JobName="intake-load",
    JobQueue="${LoadQueueArn}",
    JobDefinition="${LoadJobDefinitionArn}",
    ContainerOverrides={"Environment": [{"Name": "BATCH", "Value": batch}]},
)


def correct_or_reject(result: Expression) -> Steps:
    """What happens to a batch that fails the validation."""
    corrected = correct(result)
    return correction_loop(
        corrected,
        corrected=corrected.result.Output.corrected,
        otherwise=Raise("Uncorrectable", error="BatchUncorrectable", cause=f"batch {batch} could not be corrected"),
    )


validate = quality_gate(
    database="curated",
    table="events",
    rows=f"batch = '{batch}'",
    rulesets=["curated-events"],
    otherwise=correct_or_reject,
    question="Validation passed?",
)

park = dead_letter(intake)
rejected = Fail("Rejected", error=intake.error.Error, cause=intake.error.Cause)

intake.define(
    extract
    >> Choice("Data type?")
    .when(extract.result.Payload.kind == "structured", transform_by_sql, probability=0.7)
    .when(extract.result.Payload.kind == "unstructured", transform_by_model, probability=0.2)
    .when(extract.result.Payload.kind == "streaming", start_flink >> flink_runs, probability=0.1)
    .otherwise(
        Raise(
            "Unknown data type", error="UnknownDataType", cause=f"{extract.result.Payload.kind} data has no transform"
        )
    )
    .then(validate)
    >> load,
    on_error=park >> rejected,
)
