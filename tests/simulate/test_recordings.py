"""The judge of the simulator: what AWS did, recorded. Exact counts, so that nothing drops out unnoticed."""

from __future__ import annotations

from collections import Counter

from tests.simulate.recordings import (
    calls_as_recorded,
    ended,
    ends_as_recorded,
    executions,
    features,
    history_as_recorded,
    history_not_compared,
    name,
    not_compared,
    older_links,
)

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


def test_every_comparable_execution_ends_as_it_did_on_aws() -> None:
    records = [record for record in executions() if record["comparable"]]
    assert {name(record): ended(record) for record in records if not ends_as_recorded(record)} == {}
    counted: Counter[str] = Counter()
    for record in records:
        counted.update(features(record))
    assert {feature: counted[feature] for feature in COMPARED} == COMPARED


def test_executions_with_placeholders_end_as_on_aws_but_for_those() -> None:
    records = [record for record in executions() if not record["comparable"] and not_compared(record) is None]
    assert {name(record): ended(record) for record in records if not ends_as_recorded(record)} == {}
    assert len(records) == 15


def test_tasks_are_given_what_aws_gave_them() -> None:
    records = [record for record in executions() if not_compared(record) is None and record["task_inputs"]]
    assert [name(record) for record in records if not calls_as_recorded(record)] == []
    assert sum(len(attempts) for record in records for attempts in record["task_inputs"].values()) == 136


def test_every_reliable_history_is_event_by_event_that_of_aws() -> None:
    records = [record for record in executions() if history_not_compared(record) is None]
    assert [name(record) for record in records if not history_as_recorded(record)] == []
    assert len(records) == 393
    assert sum(map(older_links, records)) == 24
