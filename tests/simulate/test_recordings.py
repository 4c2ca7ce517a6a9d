"""The judge of the simulator: what AWS did, recorded. Exact counts, so that nothing drops out unnoticed."""

from __future__ import annotations

from collections import Counter
from typing import Any

from sfdsl.simulate.run import Run
from sfdsl.simulate.values import same
from tests.simulate.recordings import executions, like, replay

COMPARED = {
    "all": 686,
    "JSONPath": 590, "JSONata": 85, "mixed": 11, "Express": 5,
    "Pass": 579, "Choice": 316, "Task": 114, "Map": 66, "Fail": 26, "Wait": 23, "Succeed": 14, "Parallel": 4,
    "InlineMap": 37, "DistributedMap": 29, "ItemReader": 14, "ItemSelector": 7, "Iterator": 7, "MaxConcurrencyPath": 2,
    "ToleratedFailurePercentagePath": 4, "ToleratedFailureCount": 2, "ToleratedFailureCountPath": 2,
    "InputPath": 14, "Parameters": 188, "ResultSelector": 2, "ResultPath": 40, "OutputPath": 9, "ItemsPath": 19,
    "Arguments": 20, "Output": 52, "Items": 17, "Assign": 31, "ContextObject": 33, "JSONPathAdvanced": 10,
    "Catch": 25, "Retry": 9, "StatesErrorOutput": 7, "ErrorPath": 2, "CausePath": 2,
    "TimeoutSeconds": 10, "TimeoutSecondsPath": 2, "HeartbeatSeconds": 4, "HeartbeatSecondsPath": 4, "GlobalTimeout": 1,
    "SecondsPath": 10, "TimestampPath": 6, "Timestamp": 5, "Seconds": 3,
    "LambdaDirect": 18, "Sync": 7, "WaitForTaskToken": 11, "Credentials": 6,
    "Op": 307, "Intrinsic": 85, "JsonataFn": 23, "Service": 93,
}  # fmt: skip
"""Executions by feature, all of them equal to AWS's. A record has many features."""

NOT_REPLAYED = {
    "test_activity_task_on_deleted#0": "the activity was deleted while the execution ran",
    "test_invoke_with_headers[singleStringHeader]#0": "the integration itself refused the arguments it was given",
}
"""Records that could be replayed and are not, and why: what happened lies outside a state machine."""

OLDER_LINKS = "09-2024"
"""Until about then AWS named MapRunSucceeded as what led to MapStateExited, since then MapRunStarted, as simulated."""

OLDER_CONTEXT = "test_lambda_invoke_with_retry_extended_input#0"
"""Recorded before executions could be redriven: its context object has no RedriveCount."""


def name(record: dict[str, Any]) -> str:
    return str(record["id"]).rpartition("::")[2]


def features(records: list[dict[str, Any]]) -> Counter[str]:
    counted: Counter[str] = Counter()
    for record in records:
        kinds = {feature.partition(":")[0] for feature in record["features"]}
        counted.update(["all", record["query_language"], *kinds])
    return counted


def test_every_comparable_execution_ends_as_it_did_on_aws() -> None:
    records = [record for record in executions() if record["comparable"]]
    differing: dict[str, Any] = {}
    for record in records:
        run, _ = replay(record)
        ends = (run.status, run.error, run.cause)
        equal = ends == (record["status"], record["error"], record["cause"])
        if not equal or not same(run.output, record["output"], spelling=True):
            differing[name(record)] = (*ends, run.output)
    assert differing == {}
    counted = features(records)
    assert {feature: counted[feature] for feature in COMPARED} == COMPARED


def test_executions_with_placeholders_end_as_on_aws_but_for_those() -> None:
    records = [record for record in executions() if not record["comparable"] and record["replayable"]]
    compared, differing = 0, {}
    for record in records:
        if name(record) in NOT_REPLAYED:
            continue
        compared += 1
        run, _ = replay(record)
        ends = (run.status, run.error, run.cause, run.output)
        if not like([record["status"], record["error"], record["cause"], record["output"]], list(ends)):
            differing[name(record)] = ends
    assert differing == {}
    assert compared == 15


def test_tasks_are_given_what_aws_gave_them() -> None:
    attempts, differing = 0, {}
    for record in executions():
        if not record["replayable"] or not record["task_inputs"] or name(record) in NOT_REPLAYED:
            continue
        _, services = replay(record)
        attempts += sum(map(len, record["task_inputs"].values()))
        if name(record) == OLDER_CONTEXT:
            forget_redrives(services.asked)
        if not like(record["task_inputs"], services.asked):
            differing[name(record)] = services.asked
    assert differing == {}
    assert attempts == 136


def forget_redrives(value: Any) -> None:
    if isinstance(value, dict):
        if value.get("RedriveCount") == 0:
            del value["RedriveCount"]
        value = list(value.values())
    for inner in value if isinstance(value, list) else ():
        forget_redrives(inner)


def events(run: Run) -> list[list[Any]]:
    """A history in the form of the recordings: type, state, details."""
    told = []
    for event in run.execution.events:
        details = {key: value for key, value in event.details.items() if value is not None}
        state = details.pop("name", details.pop("state", None))
        details |= {"id": event.id, "prev": event.previous}
        for own in ("roleArn", "mapRunArn"):
            details.pop(own, None)
        told.append([event.type, state, details])
    return told


def recorded_events(record: dict[str, Any]) -> list[list[Any]]:
    told = []
    for type, state, details in record["history"]:
        kept = {key: value for key, value in details.items() if value is not None}
        for unsaid in ("iteration", "mapRunArn", "cause_text_approximate"):
            kept.pop(unsaid, None)
        told.append([type, state, kept])
    return told


def linked_in_the_older_way(record: dict[str, Any]) -> bool:
    _, month, year = record["recorded_date"].split(",")[0].split("-")
    return (year, month) < tuple(reversed(OLDER_LINKS.split("-")))


def test_every_reliable_history_is_event_by_event_that_of_aws() -> None:
    compared, older, differing = 0, 0, {}
    for record in executions():
        reliable = record.get("history_order_reliable", True)
        if not record["history"] or not reliable or not record["replayable"] or name(record) in NOT_REPLAYED:
            continue
        compared += 1
        simulated, recorded = events(replay(record)[0]), recorded_events(record)
        if name(record) == OLDER_CONTEXT:
            forget_redrives(simulated)
        for ours, aws in zip(simulated, recorded, strict=False):
            if aws[1] is None:
                ours[1] = None  # events that name no state, of which the recording may tell it or not
            elif ours[1] is None:
                ours[1] = aws[1]
            if ours[0] == "MapStateExited" and linked_in_the_older_way(record) and ours[2]["prev"] != aws[2]["prev"]:
                ours[2]["prev"] = aws[2]["prev"]
                older += 1
        if not like(recorded, simulated):
            differing[name(record)] = simulated
    assert differing == {}
    assert (compared, older) == (393, 24)
