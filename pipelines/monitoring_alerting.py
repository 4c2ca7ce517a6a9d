"""A shift of micro-batches under watch: metrics, thresholds, an alarm by mail, SMS and Slack, and a person who decides.

Each round runs the micro-batch machine, publishes how long it took and what it moved as CloudWatch metrics, and holds
them against thresholds that the operators keep in Parameter Store. Within them the next round follows after a pause,
until the shift is over. Beyond them the alarm is raised and goes out on three channels side by side; the operators'
desk then says whether the shift goes on. A channel that is down does not keep the question from being asked.
"""

from sfdsl import Choice, Defaults, Fail, Parallel, Pipeline, Retry, Succeed, Wait, aws, context, fn
from sfdsl.etl import manual_intervention, notify

shift = Pipeline(
    "monitoring-alerting",
    executions_per_month=60,
    input={"stream": str, "hours": int},
    timeout="1d",
    defaults=Defaults(timeout="1m", retry=Retry.transient()),
)
stream = shift.input.stream

run = aws.stepfunctions.start_execution.sync(
    "Run micro-batch",
    StateMachineArn="${MicroBatchMachineArn}",
    Input={"stream": stream, "AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID": context.Execution.Id},
    timeout="30m",
)
took, moved = run.result.Output.seconds, run.result.Output.rows

dimensions = [{"Name": "Stream", "Value": stream}]
publish = aws.cloudwatch.put_metric_data(
    "Publish metrics",
    Namespace="Acme/MicroBatch",
    MetricData=[
        {"MetricName": "Duration", "Unit": "Seconds", "Value": took, "Dimensions": dimensions},
        {"MetricName": "Rows", "Unit": "Count", "Value": moved, "Dimensions": dimensions},
    ],
)
read = aws.ssm.get_parameter("Read thresholds", Name="/micro-batch/thresholds")
thresholds = fn.parse(read.result.Parameter.Value)  # {"seconds": 600, "rows": 1000}
exceeded = (took > thresholds.seconds) | (moved < thresholds.rows)

what = f"The micro-batch of {stream} took {fn.string(took)} seconds and moved {fn.string(moved)} rows."
alarm = aws.cloudwatch.set_alarm_state(
    "Raise alarm", AlarmName="micro-batch-beyond-thresholds", StateValue="ALARM", StateReason=what
)
channels = Parallel(
    "Send notifications",
    notify("Email alert", "Micro-batch beyond its thresholds", what),
    aws.sns.publish("SMS alert", PhoneNumber="${OnCallPhoneNumber}", Message=what),
    aws.lambda_.invoke(
        "Slack notification", FunctionName="post-to-slack", Payload={"channel": "#etl-alerts", "text": what}
    ),
)
ask = manual_intervention(
    "Manual intervention",
    f"{what} Shall the shift go on?",
    answers=("continue", "stop"),
    within="4h",
)
channels.catch(ask)

over = fn.millis() - fn.to_millis(context.Execution.StartTime) > shift.input.hours * 3_600_000
pause = Wait("Continue monitoring", "5m")

tell = notify(
    "Report failure", "A shift of micro-batches failed", f"{shift.error.State} failed with {shift.error.Error}."
)
failed = Fail("Failed", error=shift.error.Error, cause=shift.error.Cause)
stopped = Fail("Stopped by the operators", error="StoppedByOperators", cause="the operators stopped the shift")

shift.define(
    run
    >> publish
    >> read
    >> Choice("Threshold exceeded?")
    .when(
        exceeded,
        alarm >> channels >> ask >> Choice("Go on?").when(ask.result.decision == "continue", pause).otherwise(stopped),
    )
    .when(over, Succeed("Shift is over"))
    .otherwise(pause >> run),
    on_error=tell >> failed,
)
