"""Three sources extracted side by side, joined by Spark, validated, and loaded into the warehouse.

Orders come from a database by a Glue job, customers from the CRM by a container on Fargate, and clicks from the data
lake of another account by an Athena query under a role of that account. The branches of the Parallel run at the same
time, and each hands on where its data lies. A Spark job on EMR Serverless joins them, Glue Data Quality evaluates the
new partition, and Redshift loads it in one transaction. Without quality nothing is loaded.
"""

from sfdsl import Defaults, Fail, Parallel, Pipeline, Raise, Retry, Succeed, aws, context
from sfdsl.etl import dead_letter, poll, quality_gate

customer_360 = Pipeline(
    "parallel-sources",
    executions_per_month=30,
    input={"day": str},
    timeout="8h",
    defaults=Defaults(timeout="2h", retry=Retry.transient()),
)
day = customer_360.input.day
run = context.Execution.Name  # part of each path, so that a second run never meets the files of a first one

orders = aws.glue.start_job_run.sync(
    "Extract orders",
    JobName="customer-360-orders",
    Arguments={"--day": day, "--target": f"s3://acme-staging/orders/{run}/"},
    output={"path": f"s3://acme-staging/orders/{run}/"},
)
customers = aws.ecs.run_task.sync(
    "Extract customers",
    Cluster="${ClusterArn}",
    TaskDefinition="${CrmExportTaskDefinitionArn}",
    LaunchType="FARGATE",
    NetworkConfiguration={
        "AwsvpcConfiguration": {
            "Subnets": ["${SubnetA}", "${SubnetB}"],
            "SecurityGroups": ["${CrmExportSecurityGroup}"],
            "AssignPublicIp": "DISABLED",
        }
    },
    Overrides={
        "ContainerOverrides": [
            {
                "Name": "crm-export",
                "Environment": [
                    {"Name": "DAY", "Value": day},
                    {"Name": "TARGET", "Value": f"s3://acme-staging/customers/{run}/"},
                ],
            }
        ]
    },
    output={"path": f"s3://acme-staging/customers/{run}/"},
    resources=[
        "arn:${AWS::Partition}:iam::${AWS::AccountId}:role/crm-export-task",
        "arn:${AWS::Partition}:iam::${AWS::AccountId}:role/crm-export-execution",
    ],
)
clicks = aws.athena.start_query_execution.sync(
    "Extract clicks",
    QueryString=(
        "UNLOAD (SELECT customer_id, page, occurred_at FROM clicks WHERE day = ?) "
        f"TO 's3://acme-staging/clicks/{run}/' WITH (format = 'PARQUET')"
    ),
    ExecutionParameters=[f"'{day}'"],
    QueryExecutionContext={"Database": "clickstream"},
    WorkGroup="clickstream-exports",
    credentials="${ClickstreamAccountRoleArn}",
    timeout="1h",
    output={"path": f"s3://acme-staging/clicks/{run}/"},
)
sources = Parallel("Extract sources", orders, customers, clicks)

transform = aws.emr_serverless.start_job_run.sync(
    "Transform",
    Name="customer-360",
    ApplicationId="${SparkApplicationId}",
    ExecutionRoleArn="${SparkJobRoleArn}",
    JobDriver={
        "SparkSubmit": {
            "EntryPoint": "s3://acme-code/customer_360/join.py",
            "EntryPointArguments": [
                "--day", day,
                "--orders", sources.result[0].path,
                "--customers", sources.result[1].path,
                "--clicks", sources.result[2].path,
                "--target", f"s3://acme-curated/customer_360/day={day}/",
            ],
            "SparkSubmitParameters": "--conf spark.executor.cores=4 --conf spark.executor.memory=16g",
        }
    },
    timeout="4h",
)  # fmt: skip

validate = quality_gate(
    database="curated",
    table="customer_360",
    rows=f"day = '{day}'",
    rulesets=["customer-360"],
    minimum=0.98,
    otherwise=lambda result: Raise(
        "Quality too low", error="QualityTooLow", cause=f"the rules passed with a score of {result.Score}, not 0.98"
    ),
)

load = aws.redshift_data.batch_execute_statement(
    "Load",
    WorkgroupName="analytics",
    Database="warehouse",
    Sqls=[
        f"DELETE FROM sales.customer_360 WHERE day = '{day}'",
        f"COPY sales.customer_360 FROM 's3://acme-curated/customer_360/day={day}/' IAM_ROLE default FORMAT AS PARQUET",
    ],
    resources="arn:${AWS::Partition}:redshift-serverless:${AWS::Region}:${AWS::AccountId}:workgroup/${WorkgroupId}",
    timeout="1m",
)
look = aws.redshift_data.describe_statement("Look at load", Id=load.result.Id, timeout="1m")
loaded = poll(
    "Wait for load",
    "30s",
    look,
    done=look.result.Status == "FINISHED",
    failed=look.result.Status.is_in(["FAILED", "ABORTED"]),
    otherwise=Raise("Load failed", error="LoadFailed", cause=look.result.Error),
    question="Loaded?",
)

park = dead_letter(customer_360)
failed = Fail("Failed", error=customer_360.error.Error, cause=customer_360.error.Cause)

customer_360.define(sources >> transform >> validate >> load >> loaded >> Succeed("Done"), on_error=park >> failed)
