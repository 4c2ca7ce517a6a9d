"""The shipped pipelines run: each way through them, with services that answer as they do."""

from __future__ import annotations

import json
import warnings
from typing import Any

import pytest

from sfdsl.testing import MockWarning, NoAnswer, Run, TaskError, simulate
from tests.pipelines.realised import PIPELINES, machine, shipped

JOB = {"Id": "jr_1", "JobRunState": "SUCCEEDED"}
SENT = {"MessageId": "0b8ad1f4"}
GATE: dict[str, Any] = {
    "Start quality check": {"RunId": "dqrun-1"},
    "Look at quality check": [{"Status": "RUNNING"}, {"Status": "SUCCEEDED", "ResultIds": ["dqresult-1"]}],
    "Read quality score": {"Score": 1.0, "RuleResults": []},
}
BAD = {
    "Score": 0.5,
    "RuleResults": [{"Name": "Rule_1", "Result": "FAIL"}, {"Name": "Rule_2", "Result": "PASS"}],
}


def failures(count: int) -> dict[str, Any]:
    return {"Attributes": {"failures": {"N": str(count)}}}


def corrected(*failed: str, round: int = 1, progress: bool = True) -> dict[str, Any]:
    return {"Payload": {"failed": list(failed), "round": round, "progress": progress}}


def kind(name: str) -> dict[str, Any]:
    return {"Payload": {"kind": name, "batch": "b-7", "prefix": "inbox/"}}


def application(status: str) -> dict[str, Any]:
    return {"ApplicationDetail": {"ApplicationStatus": status}}


def micro_batch(seconds: int) -> dict[str, Any]:
    return {"Output": {"seconds": seconds, "rows": 5000}}


def cost(*days: float) -> dict[str, Any]:
    return {"ResultsByTime": [{"Total": {"UnblendedCost": {"Amount": str(day), "Unit": "USD"}}} for day in days]}


def checkers(healthy: int) -> dict[str, Any]:
    seen = ["Success: HTTP Status Code 200, OK" if i < healthy else "Failure: Connection timed out" for i in range(16)]
    return {"HealthCheckObservations": [{"StatusReport": {"Status": status}} for status in seen]}


def database(writer: bool) -> dict[str, Any]:
    member = {"DbClusterArn": "${BackupClusterArn}", "IsWriter": writer}
    return {"GlobalClusters": [{"GlobalClusterMembers": [{"DbClusterArn": "other", "IsWriter": not writer}, member]}]}


def metrics(latency: list[float], transitions: list[float], finished: list[float]) -> dict[str, Any]:
    return {"MetricDataResults": [{"Values": values} for values in (latency, transitions, finished)]}


def variant(arn: str) -> dict[str, Any]:
    return {"Build": {"ExportedEnvironmentVariables": [{"Name": "ARN", "Value": arn}]}}


def advice(name: str, *sizes: int) -> dict[str, Any]:
    options = [{"MemorySize": size} for size in sizes]
    return {
        "FunctionArn": f"arn:aws:lambda:eu-west-1:1:function:{name}:$LATEST",
        "MemorySizeRecommendationOptions": options,
    }


FEED = "sku,price\n" + "\n".join(f"{i},1" for i in range(2500))
GLUE_JOB = {
    "Job": {"Name": "j", "Role": "r", "CreatedOn": "2026-01-01T00:00:00Z", "MaxCapacity": 10.0, "NumberOfWorkers": 10,
            "WorkerType": "G.1X", "Command": {"Name": "glueetl"}}
}  # fmt: skip
SIZES = {"LambdaFunctionRecommendations": [advice("etl-a", 512, 1024), advice("etl-b")]}

INPUT: dict[str, Any] = {
    "orders_etl": {"day": "2026-11-23"},
    "parallel_sources": {"day": "2026-11-23"},
    "error_recovery": {"batch": "b-7", "bucket": "settlements", "key": "b-7.csv"},
    "conditional_processing": {"source": "partner"},
    "lifecycle": {"dataset": "orders", "day": "2026-11-23"},
    "data_quality": {"supplier": "acme", "key": "feed.csv"},
    "retry_backoff": {"day": "2026-11-23", "currencies": ["EUR", "USD"]},
    "monitoring_alerting": {"stream": "orders", "hours": 1},
    "cost_optimization": {"weekly_limit": 100, "emr_task_nodes": 2},
    "security_compliance": {"access_token": "t", "dataset": "salaries"},
    "disaster_recovery": {"day": "2026-11-23"},
    "performance_optimization": {"seconds_at_most": 600, "transitions_at_most": 1000, "executions_at_least": 5},
    "data_lineage": {"day": "2026-11-23"},
}
WELL = metrics([1000.0], [10.0], [9.0])
TASKS: dict[str, dict[str, Any]] = {
    "orders_etl": {"Extract": JOB, "Transform": JOB, "Validate": {"Payload": {"rejected": 0}}, "Load": JOB},
    "parallel_sources": {
        **GATE, "Extract orders": JOB, "Extract customers": {}, "Extract clicks": {}, "Transform": {}, "Load": {"Id": "q"},
        "Look at load": [{"Status": "STARTED"}, {"Status": "FINISHED"}],
    },
    "error_recovery": {
        "Process batch": {"Payload": {}}, "Publish batch": {"FailedEntryCount": 0},
        "Record failure": [failures(1), failures(2), failures(3)],
        "Read retry policy": {"Parameter": {"Value": json.dumps({"max": 2, "first": 30, "ceiling": 900})}},
        "Tell the settlements team": SENT,
    },
    "conditional_processing": {
        **GATE, "Extract data": kind("structured"), "SQL transform": {}, "Real-time transform": {}, "Load data": {},
        "Look at application": [application("STARTING"), application("RUNNING")],
        "Read document": {"Output": {"Message": {"Role": "assistant", "Content": [{"Text": '{"kind": "invoice"}'}]}}},
    },
    "lifecycle": {"Look up load": {}, "Read figures": {"Body": '{"rows": 3}'}},
    "data_quality": {
        **GATE, "Validate rows": {"Payload": {"wrong": 0}}, "Stage feed": JOB, "Transform": JOB, "Load to target": JOB,
        "Success notification": SENT, "Error notification": SENT, "Quarantine feed": {}, "Error logging": {},
    },
    "retry_backoff": {
        "Fetch rates": {"StatusCode": 200, "ResponseBody": {"CHF": 0.9}}, "Store rates": {}, "Add partition": {},
        "Tell the treasury": SENT,
    },
    "monitoring_alerting": {
        "Run micro-batch": [micro_batch(100), ...], "Publish metrics": {}, "Raise alarm": {}, "Report failure": SENT,
        "Read thresholds": {"Parameter": {"Value": json.dumps({"seconds": 600, "rows": 1000})}},
        "Email alert": SENT, "SMS alert": SENT, "Slack notification": {"Payload": None},
    },
    "cost_optimization": {
        "Cost monitoring": [cost(50, 60), cost(10)], "Continue normal operation": {}, "Optimize EMR instances": {},
        "Read memory recommendations": SIZES, "Optimize Lambda memory": {}, "Read Glue job": GLUE_JOB,
        "Optimize Glue capacity": {}, "Build variant (parallel stages)": variant("arn:parallel"),
        "Build variant (Express)": variant("arn:express"), "Build variant (fewest transitions)": variant("arn:lean"),
        "Use parallel states": {}, "Use Express workflows": {}, "Minimize state transitions": {},
        "Updated configuration": {}, "Ask for a decision": SENT, "Report failure": SENT,
    },
    "security_compliance": {
        "Authenticate": {"Username": "ann", "UserAttributes": []}, "Execute ingest": {"Output": {"key": "s.parquet"}},
        "Authorize": {"Decision": "ALLOW", "DeterminingPolicies": [], "Errors": []},
        "Write audit log": {"Successful": [], "Failed": []}, "Encrypt data": {}, "Complete execution": {},
        "Check compliance": {"EvaluationResults": []}, "Log success": {}, "Access denied": {},
        "Compliance violation": {"FailedCount": 0, "SuccessCount": 1}, "Security alert": SENT, "Report failure": SENT,
    },
    "disaster_recovery": {
        "Check primary health": checkers(2), "Trigger recovery": {"FailedEntryCount": 0}, "Promote backup database": {},
        "Look at database": [database(False), database(True)], "Enable schedules": {}, "Make room for the load": {},
        "Start pipeline in backup region": {"Output": {}}, "Report recovery": SENT, "Call for help": SENT,
    },
    "performance_optimization": {
        "Performance monitoring": [WELL, ...], "Monitor impact": WELL, "Apply changes": {}, "Minimize state count": {},
        "Optimize state logic": {}, "Read Express definition": {"Body": "{}"}, "Update Express workflow": {},
        "Use Express workflow": {"StateMachineArn": "arn:express", "CreationDate": "2026-01-01T00:00:00Z"},
        "Read memory recommendations": SIZES, "Right-size Lambda": {}, "Read Glue job": GLUE_JOB,
        "Optimize Glue capacity": {}, "Use Spot instances": {}, "Further optimization": SENT, "Report failure": SENT,
        "Find running execution": {"Executions": [{"ExecutionArn": "arn:running"}]},
        "Find map run": {"MapRuns": [{"MapRunArn": "arn:map"}]}, "Increase parallel states": {},
        "Optimize batch size": {}, "Use concurrent execution": {},
    },
    "data_lineage": {
        "Extract": JOB, "Transform": JOB, "Load": JOB, "Validate": {"Payload": {"valid": True}},
        "aws-sdk:datazone:postLineageEvent": {"Id": "event-1"},
    },
}  # fmt: skip
"""How each pipeline's services answer where all is well."""

SUCCEEDS, THROTTLED = None, TaskError("States.Http.StatusCode.429")

# Pipeline, what happens, answers that differ from `TASKS`, the error that it ends with, and states in the order entered.
SCENARIOS: list[tuple[str, str, dict[str, Any], str | None, list[str]]] = [
    ("orders_etl", "all rows are right", {}, SUCCEEDS, ["Extract", "Transform", "Validate", "Rows rejected?", "Load"]),
    ("orders_etl", "rows are corrected",
     {"Validate": {"Payload": {"rejected": 3, "rejected_at": "s3://r"}}, "Correct": {"Payload": {"rejected": 0}}},
     SUCCEEDS, ["Rows rejected?", "Correct", "Corrected?", "Load"]),
    ("orders_etl", "rows stay wrong",
     {"Validate": {"Payload": {"rejected": 3, "rejected_at": "s3://r"}}, "Correct": {"Payload": {"rejected": 1}}},
     "RowsUncorrectable", ["Corrected?", "Park in dead letter queue", "Failed"]),
    ("orders_etl", "the warehouse is down", {"Load": TaskError("States.TaskFailed", "no connection")},
     "States.TaskFailed", ["Load", "Park in dead letter queue", "Failed"]),
    ("parallel_sources", "all is well", {}, SUCCEEDS,
     ["Extract sources", "Extract clicks", "Transform", "Start quality check", "Quality good enough?", "Load", "Done"]),
    ("parallel_sources", "the quality is too low", {"Read quality score": BAD}, "QualityTooLow",
     ["Quality good enough?", "Park in dead letter queue", "Failed"]),
    ("parallel_sources", "the evaluation breaks down", {"Look at quality check": {"Status": "TIMEOUT"}},
     "QualityCheckFailed", ["Quality check done?", "Park in dead letter queue"]),
    ("parallel_sources", "the load fails", {"Look at load": {"Status": "FAILED", "Error": "no such bucket"}},
     "LoadFailed", ["Loaded?", "Park in dead letter queue"]),
    ("error_recovery", "all is well", {}, SUCCEEDS, ["Process batch", "Publish batch"]),
    ("error_recovery", "a gateway recovers", {"Process batch": [TaskError("GatewayTimeout"), {"Payload": {}}]}, SUCCEEDS,
     ["Record failure", "Error type?", "Retries left?", "Back off", "Process batch", "Publish batch"]),
    ("error_recovery", "a gateway stays away",
     {"Process batch": TaskError("GatewayTimeout"), "Manual intervention": {"decision": "abandon"}}, "GatewayTimeout",
     ["Back off", "Back off", "Retries left?", "Park in dead letter queue", "Decision?", "Abandoned"]),
    ("error_recovery", "rows are corrected",
     {"Process batch": TaskError("BadRows", "7 rows"), "Correct data": {"Payload": {"rejected": 0}}}, SUCCEEDS,
     ["Error type?", "Correct data", "Corrected?", "Publish batch"]),
    ("error_recovery", "the correction fails",
     {"Process batch": TaskError("BadRows"), "Correct data": TaskError("X"), "Manual intervention": NoAnswer()},
     "States.Timeout", ["Correct data", "Park in dead letter queue", "Manual intervention", "Abandoned"]),
    ("error_recovery", "an operator wants another try",
     {"Process batch": [TaskError("Odd"), {"Payload": {}}], "Manual intervention": {"decision": "retry"}}, SUCCEEDS,
     ["Tell the settlements team", "Manual intervention", "Decision?", "Process batch", "Publish batch"]),
    ("conditional_processing", "a table", {}, SUCCEEDS, ["Data type?", "SQL transform", "Validation passed?", "Load data"]),
    ("conditional_processing", "documents", {"Extract data": kind("unstructured")}, SUCCEEDS,
     ["ML transform", "Read document", "Read document", "Start quality check", "Load data"]),
    ("conditional_processing", "a stream", {"Extract data": kind("streaming")}, SUCCEEDS,
     ["Real-time transform", "Wait for application", "Wait for application", "Start quality check", "Load data"]),
    ("conditional_processing", "a stream that is transformed already",
     {"Extract data": kind("streaming"), "Real-time transform": TaskError("KinesisAnalyticsV2.ResourceInUseException")},
     SUCCEEDS, ["Real-time transform", "Look at application", "Load data"]),
    ("conditional_processing", "a stream whose application stops",
     {"Extract data": kind("streaming"), "Look at application": application("STOPPING")}, "ApplicationStopped",
     ["Application runs?", "Park in dead letter queue", "Rejected"]),
    ("conditional_processing", "something else", {"Extract data": kind("odd")}, "UnknownDataType",
     ["Data type?", "Park in dead letter queue"]),
    ("conditional_processing", "a batch that is corrected",
     {"Read quality score": BAD, "Correct data": {"Output": {"corrected": True}}}, SUCCEEDS,
     ["Validation passed?", "Correct data", "Corrected?", "Load data"]),
    ("conditional_processing", "a batch that is not",
     {"Read quality score": BAD, "Correct data": {"Output": {"corrected": False}}}, "BatchUncorrectable",
     ["Corrected?", "Park in dead letter queue", "Rejected"]),
    ("lifecycle", "nobody loaded it", {}, SUCCEEDS, ["Look up load", "Loaded?", "Not loaded yet"]),
    ("lifecycle", "it is being loaded", {"Look up load": {"Item": {"status": {"S": "RUNNING"}}}}, SUCCEEDS,
     ["Not loaded yet"]),
    ("lifecycle", "it is loaded",
     {"Look up load": {"Item": {"status": {"S": "LOADED"}, "figures": {"S": "f.json"}, "loaded_at": {"S": "now"}}}},
     SUCCEEDS, ["Loaded?", "Read figures"]),
    ("lifecycle", "its load failed", {"Look up load": {"Item": {"status": {"S": "FAILED"}}}}, "LoadFailed",
     ["Loaded?", "Load failed"]),
    ("data_quality", "all is well", {}, SUCCEEDS,
     ["Validate schema", "Validate rows", "Schema valid?", "Stage feed", "Transform", "Success notification"]),
    ("data_quality", "wrong rows", {"Validate rows": {"Payload": {"wrong": 2}}}, "FeedRefused",
     ["Schema valid?", "Quarantine feed", "Error notification", "Feed refused"]),
    ("data_quality", "the second correction helps",
     {"Read quality score": BAD, "Data correction": [corrected("Rule_1"), corrected(round=2)]}, SUCCEEDS,
     ["Data correction", "Correction success?", "Data correction", "Correction success?", "Transform"]),
    ("data_quality", "no correction helps",
     {"Read quality score": BAD, "Data correction": lambda a: corrected("Rule_1", round=a["Payload"]["round"])},
     "FeedRefused", [*["Data correction", "Correction success?"] * 3, "Error logging", "Error notification"]),
    ("data_quality", "the evaluation breaks down", {"Look at quality check": {"Status": "FAILED"}}, "QualityCheckFailed",
     ["Quality check done?", "Quality check broke down"]),
    ("retry_backoff", "all is well", {}, SUCCEEDS, ["Each currency", "Fetch rates", "Store rates", "Add partition"]),
    ("retry_backoff", "the provider throttles",
     {"Fetch rates": [THROTTLED, THROTTLED, {"StatusCode": 200, "ResponseBody": {}}, ...]}, SUCCEEDS, ["Add partition"]),
    ("retry_backoff", "the key is wrong", {"Fetch rates": TaskError("States.Http.StatusCode.403", "forbidden")},
     "States.Http.StatusCode.403", ["Fetch rates", "Tell the treasury", "Failed"]),
    ("monitoring_alerting", "all is well", {}, SUCCEEDS,
     ["Run micro-batch", "Threshold exceeded?", "Continue monitoring", "Run micro-batch", "Shift is over"]),
    ("monitoring_alerting", "one is slow",
     {"Run micro-batch": [micro_batch(900), micro_batch(9), ...], "Manual intervention": {"decision": "continue"}},
     SUCCEEDS, ["Raise alarm", "Send notifications", "Slack notification", "Manual intervention", "Continue monitoring"]),
    ("monitoring_alerting", "one is slow, and Slack is down",
     {"Run micro-batch": micro_batch(900), "Slack notification": TaskError("X"), "Manual intervention": {"decision": "stop"}},
     "StoppedByOperators", ["Send notifications", "Manual intervention", "Go on?", "Stopped by the operators"]),
    ("monitoring_alerting", "one fails", {"Run micro-batch": TaskError("States.TaskFailed")}, "States.TaskFailed",
     ["Run micro-batch", "Report failure", "Failed"]),
    ("cost_optimization", "savings help", {}, SUCCEEDS,
     ["Cost monitoring", "Cost optimization", "Optimize Lambda memory", "Updated configuration", "Monitor impact",
      "Cost monitoring", "Continue normal operation"]),
    ("cost_optimization", "savings do not help", {"Cost monitoring": cost(50, 60)}, "CostsTooHigh",
     [*["Cost optimization", "Monitor impact"] * 8, "Ask for a decision", "Costs stay too high"]),
    ("cost_optimization", "no function has the wrong size",
     {"Read memory recommendations": {"LambdaFunctionRecommendations": []}}, SUCCEEDS, ["Each function", "Monitor impact"]),
    ("cost_optimization", "a build fails", {"Build variant (Express)": TaskError("States.TaskFailed")},
     "States.TaskFailed", ["Cost optimization", "Report failure", "Failed"]),
    ("security_compliance", "all is well", {}, SUCCEEDS,
     ["Authenticate", "Authorize", "Execute ingest", "Write audit log", "Encrypt data", "Compliant?", "Log success"]),
    ("security_compliance", "nobody known",
     {"Authenticate": TaskError("CognitoIdentityProvider.NotAuthorizedException")}, "Refused",
     ["Authenticate", "Access denied", "Security alert", "Refused"]),
    ("security_compliance", "somebody who may not",
     {"Authorize": {"Decision": "DENY", "DeterminingPolicies": [], "Errors": []}}, "Refused",
     ["Authorized?", "Access denied", "Security alert"]),
    ("security_compliance", "a rule is broken",
     {"Check compliance": {"EvaluationResults": [{"ComplianceType": "NON_COMPLIANT"}]}}, "Refused",
     ["Compliant?", "Compliance violation", "Security alert"]),
    ("security_compliance", "the ingest fails", {"Execute ingest": TaskError("States.TaskFailed")}, "States.TaskFailed",
     ["Execute ingest", "Report failure", "Failed"]),
    ("disaster_recovery", "the primary is healthy", {"Check primary health": checkers(16)}, SUCCEEDS,
     ["Primary healthy?", "Primary is healthy"]),
    ("disaster_recovery", "a moment's failure", {"Check primary health": [checkers(1), checkers(15)]}, SUCCEEDS,
     ["Look again", "Check primary health", "Primary is healthy"]),
    ("disaster_recovery", "the primary is gone", {}, SUCCEEDS,
     ["Look again", "Trigger recovery", "Activate backup", "Database promoted?", "Start pipeline in backup region",
      "Report recovery"]),
    ("disaster_recovery", "the backup is not promoted", {"Look at database": database(False)}, "NotPromoted",
     ["Database promoted?", "Not promoted", "Call for help", "Failed"]),
    ("performance_optimization", "too slow",
     {"Performance monitoring": [metrics([9e6], [], [9.0]), WELL, ...]}, SUCCEEDS,
     ["Optimize state transitions", "Use Express workflow", "Apply changes", "Monitor impact", "Continue monitoring",
      "Performance monitoring", "Watch is over"]),
    ("performance_optimization", "too slow, with an Express machine already",
     {"Performance monitoring": [metrics([9e6], [], [9.0]), WELL, ...],
      "Use Express workflow": TaskError("Sfn.StateMachineAlreadyExistsException")}, SUCCEEDS,
     ["Use Express workflow", "Update Express workflow", "Apply changes"]),
    ("performance_optimization", "too costly",
     {"Performance monitoring": [metrics([], [5000.0], [9.0]), WELL, ...], "Monitor impact": metrics([], [5000.0], [9.0])},
     SUCCEEDS, ["Optimize resources", "Right-size Lambda", "Apply changes", "Further optimization", "Watch is over"]),
    ("performance_optimization", "too sluggish", {"Performance monitoring": [metrics([], [], []), WELL, ...]}, SUCCEEDS,
     ["Optimize parallelism", "Find map run", "Increase parallel states", "Apply changes"]),
    ("performance_optimization", "too sluggish because nothing runs",
     {"Performance monitoring": [metrics([], [], []), WELL, ...], "Find running execution": {"Executions": []}}, SUCCEEDS,
     ["Is one running?", "Nothing runs now", "Apply changes"]),
    ("performance_optimization", "the deployment fails",
     {"Performance monitoring": [metrics([], [], []), WELL, ...], "Apply changes": TaskError("States.TaskFailed")},
     "States.TaskFailed", ["Apply changes", "Report failure", "Failed"]),
    ("data_lineage", "all is well", {}, SUCCEEDS,
     ["Extract", "Log data source", "Transform", "Log transformation", "Validate", "Log validation", "Load",
      "Log destination"]),
    ("data_lineage", "the returns are invalid", {"Validate": {"Payload": {"valid": False}}}, "ReturnsInvalid",
     ["Valid?", "Park in dead letter queue", "Failed"]),
]  # fmt: skip

OBJECTS = {"s3://acme-feeds/feed.csv": FEED, "s3://acme-intake/inbox/a.pdf": "a", "s3://acme-intake/inbox/b.pdf": "b"}


def run(stem: str, answers: dict[str, Any], objects: dict[str, Any] | None = None) -> Run:
    tasks = {**TASKS[stem], "Park in dead letter queue": SENT, **answers}
    with warnings.catch_warnings():
        warnings.simplefilter("error", MockWarning)  # an answer that the service cannot give proves nothing
        return simulate(shipped(stem), INPUT[stem], tasks, objects=OBJECTS if objects is None else objects)


def arguments(found: Run, state: str) -> list[Any]:
    return [call.arguments for call in found.calls if call.state == state]


@pytest.mark.parametrize(
    ("stem", "answers", "error", "expected"),
    [pytest.param(stem, *rest, id=f"{stem}: {what}") for stem, what, *rest in SCENARIOS],
)
def test_a_run_goes_its_way(stem: str, answers: dict[str, Any], error: str | None, expected: list[str]) -> None:
    found = run(stem, answers)
    assert (found.status, found.error) == ("SUCCEEDED" if error is None else "FAILED", error), found.cause
    entered = iter(found.path)
    assert [name for name in expected if name not in entered] == []  # in this order, others between them


@pytest.mark.parametrize("stem", INPUT)
def test_some_run_enters_each_state(stem: str) -> None:
    entered = {name for of, _, answers, *_ in SCENARIOS if of == stem for name in run(stem, answers).path}
    assert set(machine(stem).states) == entered


def test_every_shipped_pipeline_runs() -> None:
    assert sorted(INPUT) == sorted(path.stem for path in PIPELINES.glob("*.py"))


def test_the_dead_letter_holds_all_that_a_second_run_needs() -> None:
    (sent,) = arguments(
        run("orders_etl", {"Load": TaskError("States.TaskFailed", "full")}), "Park in dead letter queue"
    )
    assert sent["MessageBody"] == {
        "execution": "arn:aws:states:us-east-1:123456789012:execution:orders-etl:simulated",
        "input": {"day": "2026-11-23"},
        "error": {"Error": "States.TaskFailed", "Cause": "full", "State": "Load"},
    }


def test_operators_are_asked_with_a_token_and_the_error() -> None:
    answers = {"Process batch": TaskError("Odd", "why"), "Manual intervention": {"decision": "abandon"}}
    (sent,) = arguments(run("error_recovery", answers), "Manual intervention")
    assert sent["MessageBody"] == {
        "taskToken": "token-1",
        "execution": "arn:aws:states:us-east-1:123456789012:execution:error-recovery:simulated",
        "question": "Batch b-7 failed with Odd. Process it again, or give it up?",
        "answers": ["retry", "abandon"],
        "details": {"Error": "Odd", "Cause": "why", "State": "Process batch"},
    }


def test_the_pauses_between_retries_grow() -> None:
    found = run("error_recovery", {"Process batch": [*[TaskError("GatewayTimeout")] * 2, {"Payload": {}}]})
    assert found.duration == 30 + 60


def test_rows_are_validated_in_batches_with_what_the_parent_knows() -> None:
    calls = [call["Payload"] for call in arguments(run("data_quality", {}), "Validate rows")]
    assert [len(call["rows"]) for call in calls] == [1000, 1000, 500]
    assert {call["supplier"] for call in calls} == {"acme"}


def test_a_feed_without_rows_has_no_wrong_ones() -> None:
    found = run("data_quality", {}, {"s3://acme-feeds/feed.csv": "sku,price\n"})
    assert found.status == "SUCCEEDED"
    assert "Validate rows" not in found.path


def test_a_correction_is_told_what_the_one_before_has_left() -> None:
    answers = {"Read quality score": BAD, "Data correction": [corrected("Rule_9"), corrected(round=2)]}
    calls = [call["Payload"] for call in arguments(run("data_quality", answers), "Data correction")]
    assert [(call["failed"], call["round"]) for call in calls] == [(["Rule_1"], 1), (["Rule_9"], 2)]


def test_a_resized_glue_job_keeps_what_it_was() -> None:
    (change,) = arguments(run("cost_optimization", {}), "Optimize Glue capacity")
    kept = {"Role": "r", "WorkerType": "G.1X", "Command": {"Name": "glueetl"}}
    assert change == {"JobName": "orders-transform", "JobUpdate": {**kept, "NumberOfWorkers": 8}}


def test_a_function_is_given_the_best_size_by_its_name() -> None:
    assert arguments(run("cost_optimization", {}), "Optimize Lambda memory") == [
        {"FunctionName": "etl-a", "MemorySize": 512}
    ]


def test_costs_are_read_for_the_last_week() -> None:
    first = arguments(run("cost_optimization", {}), "Cost monitoring")[0]
    assert first["TimePeriod"] == {"Start": "2025-12-25", "End": "2026-01-01"}


def test_a_stage_records_what_it_read_and_wrote() -> None:
    (sent,) = arguments(run("data_lineage", {}), "Log transformation")
    event = json.loads(sent["Event"])
    assert event["inputs"] == [
        {"namespace": "s3://acme-raw", "name": "returns/day=2026-11-23"},
        {"namespace": "awsglue://eu-west-1", "name": "curated.orders"},
    ]
    assert event["outputs"] == [{"namespace": "awsglue://eu-west-1", "name": "curated.returns"}]
    assert event["job"] == {"namespace": "data-lineage", "name": "Transform"}


def test_a_client_gets_the_figures() -> None:
    item = {"status": {"S": "LOADED"}, "figures": {"S": "f.json"}, "loaded_at": {"S": "noon"}}
    found = run("lifecycle", {"Look up load": {"Item": item}})
    assert found.output == {"status": "LOADED", "loadedAt": "noon", "figures": {"rows": 3}}
