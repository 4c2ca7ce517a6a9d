"""A pipeline that is measured and tuned: latency, cost and throughput each have their own three remedies.

CloudWatch says how long executions of the orders pipeline take, how many transitions they cost and how many orders they
finish. Latency is met by fewer states, leaner logic and an Express machine; cost by the right size of functions and
Glue jobs and by Spot capacity; low throughput by more items at a time, larger batches and reserved concurrency. A build
applies the changes, an hour later the same figures are read again, and what did not help is handed to the engineers.
The watch lasts a week; the schedule starts the next one.
"""

from sfdsl import Choice, Defaults, Fail, Parallel, Pipeline, Retry, Succeed, Wait, aws, context, fn
from sfdsl.dsl.steps import Task
from sfdsl.etl import notify, right_size_functions, right_size_glue_job
from sfdsl.jsonata import Expression

tuning = Pipeline(
    "performance-optimization",
    executions_per_month=4,
    input={"seconds_at_most": int, "transitions_at_most": int, "executions_at_least": int},
    timeout="8d",
    defaults=Defaults(timeout="5m", retry=Retry.transient()),
)
limits = tuning.input
MACHINE = "${OrdersMachineArn}"
_HOUR = 3_600_000  # milliseconds


def metric(id: str, name: str, statistic: str, **more: str) -> dict[str, object]:
    """One query for a metric of the machine over the last hour."""
    dimensions = [{"Name": "StateMachineArn", "Value": MACHINE}]
    dimensions += [{"Name": key, "Value": value} for key, value in more.items()]
    found = {"Namespace": "AWS/States", "MetricName": name, "Dimensions": dimensions}
    return {"Id": id, "MetricStat": {"Metric": found, "Period": 3600, "Stat": statistic}}


def measure(name: str) -> Task:
    """A step that reads the three figures; a figure without data is 0."""
    return aws.cloudwatch.get_metric_data(
        name,
        StartTime=fn.from_millis(fn.millis() - _HOUR),
        EndTime=fn.now(),
        MetricDataQueries=[
            metric("latency", "ExecutionTime", "p95"),
            metric("transitions", "ConsumedCapacity", "Sum", ServiceMetric="StateTransition"),
            metric("finished", "ExecutionsSucceeded", "Sum"),
        ],
    )


def figure(measured: Task, position: int) -> Expression:
    """One of the figures."""
    return fn.sum(measured.result.MetricDataResults[position].Values)


watch = measure("Performance monitoring")
slow = figure(watch, 0) > limits.seconds_at_most * 1000
costly = figure(watch, 1) > limits.transitions_at_most
sluggish = figure(watch, 2) < limits.executions_at_least


def build(name: str, profile: str) -> Task:
    """Compile the pipeline with a set of rewrites and leave the definition in the bucket of variants."""
    return aws.codebuild.start_build.sync(
        name,
        ProjectName="etl-pipelines",
        EnvironmentVariablesOverride=[
            {"Name": "PIPELINE", "Value": "orders-etl"},
            {"Name": "PROFILE", "Value": profile},
        ],
        timeout="30m",
    )


# High latency
express = aws.s3.get_object("Read Express definition", Bucket="acme-variants", Key="orders-etl/express.asl.json")
use_express = aws.stepfunctions.create_state_machine(
    "Use Express workflow",
    Name="orders-etl-express",
    Type="EXPRESS",
    RoleArn="${OrdersRoleArn}",
    Definition=express.result.Body,
    Publish=True,
)
update_express = aws.stepfunctions.update_state_machine(
    "Update Express workflow",
    StateMachineArn="${OrdersExpressMachineArn}",
    Definition=express.result.Body,
    Publish=True,
)
use_express.catch(update_express, errors="Sfn.StateMachineAlreadyExistsException")  # of an earlier round
transitions = Parallel(
    "Optimize state transitions",
    build("Minimize state count", "fewest-states"),
    build("Optimize state logic", "direct-integrations"),
    express >> use_express,
)

# High cost
resources = Parallel(
    "Optimize resources",
    right_size_functions(
        "Read memory recommendations",
        "Each function",
        "Right-size Lambda",
        resources=["arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:function:orders-*"],
    ),
    right_size_glue_job(
        "Read Glue job",
        "Optimize Glue capacity",
        "orders-transform",
        role="arn:${AWS::Partition}:iam::${AWS::AccountId}:role/orders-transform",
        factor=0.75,
    ),
    aws.emr.modify_instance_fleet_by_name(
        "Use Spot instances",
        ClusterId="${EmrClusterId}",
        InstanceFleetName="task",
        InstanceFleet={"TargetOnDemandCapacity": 0, "TargetSpotCapacity": 16},
    ),
)

# Low throughput
running = aws.stepfunctions.list_executions(
    "Find running execution", StateMachineArn=MACHINE, StatusFilter="RUNNING", MaxResults=1
)
map_runs = aws.stepfunctions.list_map_runs(
    "Find map run",
    ExecutionArn=running.result.Executions[0].ExecutionArn,
    resources="arn:${AWS::Partition}:states:${AWS::Region}:${AWS::AccountId}:execution:orders-etl:*",
)
more_children = aws.stepfunctions.update_map_run(
    "Increase parallel states",
    MapRunArn=map_runs.result.MapRuns[0].MapRunArn,
    MaxConcurrency=200,
    resources="arn:${AWS::Partition}:states:${AWS::Region}:${AWS::AccountId}:mapRun:orders-etl/*:*",
)
nothing_runs = Succeed("Nothing runs now")
parallelism = Parallel(
    "Optimize parallelism",
    running
    >> Choice("Is one running?")
    .when(
        fn.count(running.result.Executions) > 0,
        map_runs
        >> Choice("Is it in a Map?").when(fn.count(map_runs.result.MapRuns) > 0, more_children).otherwise(nothing_runs),
    )
    .otherwise(nothing_runs),
    aws.lambda_.update_event_source_mapping(
        "Optimize batch size", Uuid="${OrdersMappingId}", BatchSize=500, MaximumBatchingWindowInSeconds=10
    ),
    aws.lambda_.put_function_concurrency(
        "Use concurrent execution", FunctionName="orders-validate", ReservedConcurrentExecutions=200
    ),
)

apply = aws.codebuild.start_build.sync("Apply changes", ProjectName="etl-deploy", timeout="30m")
settle = Wait("Let it settle", "1h")
again = measure("Monitor impact")
improved = (
    (figure(again, 0) <= limits.seconds_at_most * 1000)
    & (figure(again, 1) <= limits.transitions_at_most)
    & (figure(again, 2) >= limits.executions_at_least)
)
carry_on = Wait("Continue monitoring", "6h")
further = notify(
    "Further optimization",
    "orders-etl is still slow, costly or sluggish",
    f"p95 {fn.string(figure(again, 0))} ms, {fn.string(figure(again, 1))} transitions and "
    f"{fn.string(figure(again, 2))} executions in the last hour.",
)
over = fn.millis() - fn.to_millis(context.Execution.StartTime) > 7 * 24 * _HOUR

tell = notify("Report failure", "Tuning of orders-etl failed", f"{tuning.error.State}: {tuning.error.Cause}")
failed = Fail("Failed", error=tuning.error.Error, cause=tuning.error.Cause)

tuning.define(
    watch
    >> Choice("Performance issue?")
    .when(over, Succeed("Watch is over"))
    .when(slow, transitions)
    .when(costly, resources)
    .when(sluggish, parallelism)
    .otherwise(carry_on)
    >> apply,
    on_error=tell >> failed,
)
apply >> settle >> again >> Choice("Performance improved?").when(improved, carry_on).otherwise(further)
carry_on >> watch
further >> watch
