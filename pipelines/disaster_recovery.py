"""Disaster recovery: a failing primary region is confirmed, the backup region activated, the pipeline started there.

This machine is deployed in the backup region, because tasks can call only services of their own region and a machine in
the failed one would fail with it. A schedule starts it every few minutes. It asks Route 53, whose checkers look from
all over the world, and looks again for three minutes before it believes in a failure. Then it announces the recovery,
promotes the database, lets the schedules of this region run, makes room for the load, and starts the pipeline here.
"""

from sfdsl import Choice, Defaults, Fail, Parallel, Pipeline, Raise, Retry, Succeed, Wait, aws, context, fn
from sfdsl.etl import notify, poll

recovery = Pipeline(
    "disaster-recovery",
    executions_per_month=8640,
    input={"day": str},
    timeout="8h",
    defaults=Defaults(timeout="2m", retry=Retry.transient(max_attempts=6)),
)

check = aws.route53.get_health_check_status("Check primary health", HealthCheckId="${PrimaryHealthCheckId}")
observations = check.result.HealthCheckObservations
healthy = fn.count(fn.filter(observations, lambda seen: fn.contains(seen.StatusReport.Status, "Success")))
watched_for = fn.millis() - fn.to_millis(context.Execution.StartTime)

trigger = aws.events.put_events(
    "Trigger recovery",
    Entries=[
        {
            "Source": "acme.recovery",
            "DetailType": "Recovery triggered",
            "EventBusName": "${RecoveryBusName}",
            "Detail": {"execution": context.Execution.Id, "healthy_checkers": healthy},
        }
    ],
)

promote = aws.rds.failover_global_cluster(
    "Promote backup database",
    GlobalClusterIdentifier="orders-global",
    TargetDbClusterIdentifier="${BackupClusterArn}",
    AllowDataLoss=True,  # the primary is gone: what it has not replicated cannot be waited for
)
look = aws.rds.describe_global_clusters("Look at database", GlobalClusterIdentifier="orders-global")
members = look.result.GlobalClusters[0].GlobalClusterMembers
writers = fn.filter(members, lambda member: (member.DbClusterArn == "${BackupClusterArn}") & member.IsWriter)
promoted = poll(
    "Wait for promotion",
    "20s",
    look,
    done=fn.count(writers) == 1,
    failed=watched_for > 3_600_000,
    otherwise=Raise("Not promoted", error="NotPromoted", cause="the backup database is no writer after an hour"),
    question="Database promoted?",
)
activate = Parallel(
    "Activate backup",
    promote >> promoted >> Succeed("Database is promoted"),
    aws.events.enable_rule("Enable schedules", Name="orders-nightly"),
    aws.lambda_.put_function_concurrency(
        "Make room for the load", FunctionName="orders-validate", ReservedConcurrentExecutions=200
    ),
)

start = aws.stepfunctions.start_execution.sync(
    "Start pipeline in backup region",
    StateMachineArn="${OrdersMachineArn}",
    Input={"day": recovery.input.day, "AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID": context.Execution.Id},
    timeout="6h",
)
report = notify(
    "Report recovery",
    "The backup region has taken over",
    f"The orders of {recovery.input.day} were processed in the backup region.",
)

tell = notify(
    "Call for help",
    "Recovery failed: act now",
    f"{recovery.error.State} failed with {recovery.error.Error}: {recovery.error.Cause}",
)
failed = Fail("Failed", error=recovery.error.Error, cause=recovery.error.Cause)

recovery.define(
    check
    >> Choice("Primary healthy?")
    .when(healthy * 2 > fn.count(observations), Succeed("Primary is healthy"))
    .when(watched_for < 180_000, Wait("Look again", "30s") >> check)
    .otherwise(trigger >> activate >> start >> report),
    on_error=tell >> failed,
)
