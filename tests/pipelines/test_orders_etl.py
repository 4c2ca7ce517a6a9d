"""The main flow, as a flowchart and as a sequence."""

from __future__ import annotations

from tests.pipelines.evidence import END, START, Around, Calls, Catch, Has, Path, Retried, Table
from tests.pipelines.realised import each_edge, missing

FLOWS: dict[str, Table] = {
    "Step Functions ETL Processing Flow": {
        ("Data Sources", "Step Functions State Machine"): Has(
            "Extract", ("Arguments", "Arguments", "--source"), "orders-db"
        ),
        ("Step Functions State Machine", "Extract State"): Path(START, "Extract"),
        ("Extract State", "Transform State"): Path("Extract", "Transform"),
        ("Transform State", "Validate State"): Path("Transform", "Validate"),
        ("Validate State", "Load State"): Path("Validate", "Rows rejected?", "Load"),
        ("Load State", "Target Systems"): Has("Load", ("Arguments", "Arguments", "--target"), "warehouse.sales.orders"),
        # The handler serves the stages: each leads its errors there.
        ("Error Handler", "Extract State"): Catch("Extract", "Park in dead letter queue"),
        ("Error Handler", "Transform State"): Catch("Transform", "Park in dead letter queue"),
        ("Error Handler", "Validate State"): Catch("Validate", "Park in dead letter queue"),
        ("Error Handler", "Load State"): Catch("Load", "Park in dead letter queue"),
        # What retries do not heal comes to the handler, and the queue is the handler's.
        ("Retry Logic", "Error Handler"): (
            Retried("Extract", "Glue.InternalServiceException", {"MaxAttempts": 4, "BackoffRate": 2.0}),
            Retried("Transform", "Glue.ConcurrentRunsExceededException"),
            Retried("Validate", "Lambda.TooManyRequestsException"),
            Retried("Load", "Glue.SdkClientException"),
            Catch("Extract", "Park in dead letter queue"),
        ),
        ("Dead Letter Queue", "Error Handler"): (
            Calls("Park in dead letter queue", "sqs:sendMessage"),
            Path("Park in dead letter queue", "Failed", END),
        ),
    },
    "State Machine Execution Flow": {
        ("Scheduler", "Step Functions", "Start Execution"): Around(
            "schedule", "EventBridge Scheduler starts executions"
        ),
        ("Step Functions", "Extract State", "Execute Extract State"): Path(START, "Extract"),
        ("Extract State", "Extract State", "Process Data"): Calls("Extract", "glue:startJobRun.sync"),
        ("Extract State", "Step Functions", "State Complete"): Path("Extract", "Transform"),
        ("Step Functions", "Transform State", "Execute Transform State"): Path("Extract", "Transform"),
        ("Transform State", "Transform State", "Transform Data"): Calls("Transform", "glue:startJobRun.sync"),
        ("Transform State", "Step Functions", "State Complete"): Path("Transform", "Validate"),
        ("Step Functions", "Validate State", "Execute Validate State"): Path("Transform", "Validate"),
        ("Validate State", "Validate State", "Validate Data"): Calls("Validate", "lambda:invoke"),
        ("Validate State", "Step Functions", "State Complete"): Path("Validate", "Rows rejected?"),
        ("Step Functions", "Load State", "Execute Load State"): (
            Path("Rows rejected?", "Load"),
            Path("Rows rejected?", "Correct", "Corrected?", "Load"),
        ),
        ("Load State", "Target System", "Write Data"): (
            Calls("Load", "glue:startJobRun.sync"),
            Has("Load", ("Arguments", "Arguments", "--target"), "warehouse.sales.orders"),
        ),
        # The job succeeds only when the warehouse has confirmed; `.sync` waits for that.
        ("Target System", "Load State", "Confirm Success"): Calls("Load", "glue:startJobRun.sync"),
        ("Load State", "Step Functions", "State Complete"): Path("Load", END),
        ("Step Functions", "Scheduler", "Execution Complete"): Around(
            "status event", "a scheduler does not wait; EventBridge tells the end of an execution to whoever asked"
        ),
    },
}


@each_edge(FLOWS)
def test_the_machine_has_the_way_of_an_edge(section: str, edge: tuple[str, ...]) -> None:
    assert missing(__file__, FLOWS[section], edge) == []
