"""The life of an execution: a client starts it, states call services, results are logged, the client gets the answer.

A client asks whether a day of a dataset is loaded, and what its figures are. The machine is Express and is started
synchronously behind an API: one call, one answer, a few milliseconds. Express keeps no history, so the log group with
the results of all states is the only record of what an execution did. Both calls only read and may run twice.
"""

from sfdsl import Choice, Defaults, Fail, Pipeline, Retry, Succeed, aws, fn

lifecycle = Pipeline(
    "lifecycle",
    type="express",
    executions_per_month=3_000_000,
    budget=10,
    input={"dataset": str, "day": str},
    timeout="20s",
    defaults=Defaults(timeout="5s", retry=Retry.transient(interval=1, max_attempts=2)),
)
dataset, day = lifecycle.input.dataset, lifecycle.input.day

look_up = aws.dynamodb.get_item(
    "Look up load",
    TableName="etl-loads",
    Key={"dataset": {"S": dataset}, "day": {"S": day}},
    ConsistentRead=True,
    idempotent=True,
)
load = look_up.result.Item

read = aws.s3.get_object(
    "Read figures",
    Bucket="acme-curated",
    Key=load.figures.S,
    idempotent=True,
    output=lambda result: {"status": "LOADED", "loadedAt": load.loaded_at.S, "figures": fn.parse(result.Body)},
)
pending = Succeed("Not loaded yet", output={"status": "PENDING"})
failed = Fail("Load failed", error="LoadFailed", cause=f"the load of {dataset} on {day} failed")

lifecycle.define(
    look_up
    >> Choice("Loaded?")
    .when(~fn.exists(load.status.S), pending)
    .when(load.status.S == "FAILED", failed)
    .when(load.status.S == "LOADED", read)
    .otherwise(pending)
)
