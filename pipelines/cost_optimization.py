"""Costs that are watched and brought down: Cost Explorer, a threshold, and four kinds of savings made side by side.

The week's cost of the ETL is read from Cost Explorer. Above the threshold, four things happen at once: functions, Glue
jobs and EMR groups get the size that they need; the nightly load moves to the variant with parallel stages; short
chatty parts move to an Express machine; and the slowest pipeline is compiled again with fewer transitions. What was
changed is recorded, and after two days, which Cost Explorer needs to see it, the costs are read again. After two weeks
without success somebody has to decide.
"""

from sfdsl import Choice, Defaults, Fail, Parallel, Pipeline, Retry, Wait, aws, context, fn, fragment
from sfdsl.dsl.steps import Task
from sfdsl.etl import notify, right_size_functions, right_size_glue_job
from sfdsl.jsonata import Expression

costs = Pipeline(
    "cost-optimization",
    executions_per_month=4,
    input={"weekly_limit": float, "emr_task_nodes": int},
    timeout="21d",
    defaults=Defaults(timeout="5m", retry=Retry.transient()),
)
_DAY = 86_400_000  # milliseconds


def date(days_ago: int) -> Expression:
    """A date as Cost Explorer takes it."""
    return fn.from_millis(fn.millis() - days_ago * _DAY, "[Y0001]-[M01]-[D01]")


read = aws.ce.get_cost_and_usage(
    "Cost monitoring",
    TimePeriod={"Start": date(7), "End": date(0)},
    Granularity="DAILY",
    Metrics=["UnblendedCost"],
    Filter={"Tags": {"Key": "workload", "Values": ["etl"]}},
)
spent = fn.sum(fn.map(read.result.ResultsByTime, lambda each: fn.number(each.Total.UnblendedCost.Amount)))

carry_on = aws.cloudwatch.put_metric_data(
    "Continue normal operation",
    Namespace="Acme/Cost",
    MetricData=[{"MetricName": "WeeklyCost", "Unit": "None", "Value": spent}],
)

# Resource right-sizing
functions = right_size_functions(
    "Read memory recommendations",
    "Each function",
    "Optimize Lambda memory",
    resources=["arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:function:etl-*"],
)
glue_job = right_size_glue_job(
    "Read Glue job",
    "Optimize Glue capacity",
    "orders-transform",
    role="arn:${AWS::Partition}:iam::${AWS::AccountId}:role/orders-transform",
    factor=0.75,
)
cluster = aws.emr.modify_instance_group_by_name(
    "Optimize EMR instances",
    ClusterId="${EmrClusterId}",
    InstanceGroupName="task",
    InstanceGroup={"InstanceCount": costs.input.emr_task_nodes},
)
right_size = Parallel("Resource right-sizing", functions, glue_job, cluster)


@fragment
def build(profile: str, pipeline: str) -> Task:
    """Compile a pipeline in another way and deploy it beside the running one; gives the ARN of what was deployed."""
    return aws.codebuild.start_build.sync(
        "Build variant",
        ProjectName="etl-pipelines",
        EnvironmentVariablesOverride=[
            {"Name": "PIPELINE", "Value": pipeline},
            {"Name": "PROFILE", "Value": profile},
        ],
        timeout="30m",
    )


def deployed(variant: Task) -> Expression:
    """The ARN that a build exports."""
    return variant.result.Build.ExportedEnvironmentVariables[0].Value


# Parallel execution: the alias of the nightly load leads to the version whose stages run side by side.
parallel_variant = build("parallel-stages", "orders-etl", label="parallel stages")
use_parallel = aws.stepfunctions.update_state_machine_alias(
    "Use parallel states",
    StateMachineAliasArn="${OrdersAliasArn}",
    RoutingConfiguration=[{"StateMachineVersionArn": deployed(parallel_variant), "Weight": 100}],
    resources="arn:${AWS::Partition}:states:${AWS::Region}:${AWS::AccountId}:stateMachine:orders-etl",
)

# Express workflows: the rule that starts the short part starts an Express machine instead.
express_variant = build("express", "enrich-order", label="Express")
use_express = aws.events.put_targets(
    "Use Express workflows",
    Rule="order-received",
    Targets=[{"Id": "enrich-order", "Arn": deployed(express_variant), "RoleArn": "${RuleRoleArn}"}],
)

# State optimization: fewer transitions in the pipeline with the most of them, first for a tenth of its executions.
lean_variant = build("fewest-transitions", "customer-360", label="fewest transitions")
use_lean = aws.stepfunctions.update_state_machine_alias(
    "Minimize state transitions",
    StateMachineAliasArn="${CustomersAliasArn}",
    RoutingConfiguration=[
        {"StateMachineVersionArn": deployed(lean_variant), "Weight": 10},
        {"StateMachineVersionArn": "${CustomersStableVersionArn}", "Weight": 90},
    ],
    resources="arn:${AWS::Partition}:states:${AWS::Region}:${AWS::AccountId}:stateMachine:customer-360",
)

optimize = Parallel(
    "Cost optimization",
    right_size,
    parallel_variant >> use_parallel,
    express_variant >> use_express,
    lean_variant >> use_lean,
)

record = aws.ssm.put_parameter(
    "Updated configuration",
    Name="/etl/cost/last-optimization",
    Type="String",
    Overwrite=True,
    Value=fn.string({"at": fn.now(), "execution": context.Execution.Id, "weekly_cost": spent}),
)
impact = Wait("Monitor impact", "2d")

tried_for = fn.millis() - fn.to_millis(context.Execution.StartTime)
ask = notify(
    "Ask for a decision",
    "ETL costs stay above their limit",
    f"The ETL has cost {fn.string(spent)} USD in the last week, in spite of two weeks of savings.",
)
too_high = Fail("Costs stay too high", error="CostsTooHigh", cause=f"{fn.string(spent)} USD in a week")

tell = notify("Report failure", "Cost optimization failed", f"{costs.error.State} failed: {costs.error.Cause}")
failed = Fail("Failed", error=costs.error.Error, cause=costs.error.Cause)

costs.define(
    read
    >> Choice("Cost threshold?")
    .when(spent <= costs.input.weekly_limit, carry_on)
    .when(tried_for > 14 * _DAY, ask >> too_high)
    .otherwise(optimize >> record >> impact >> read),
    on_error=tell >> failed,
)
