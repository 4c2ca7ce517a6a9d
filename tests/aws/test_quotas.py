from __future__ import annotations

import json
import re
from collections import Counter

from sfdsl.aws import quotas
from sfdsl.aws.quotas import EVENTS_PER_STATE, QUOTAS, Quota
from sfdsl.aws.sdk import sdk_service
from tests.conftest import shared


def test_every_quota_has_a_unit_and_a_source() -> None:
    assert len(QUOTAS) > 40
    for name, quota in QUOTAS.items():
        assert re.fullmatch("[A-Z_]+", name)
        assert quota.limit > 0
        assert quota.unit and quota.source, name
        assert quota.least is None or 0 <= quota.least < quota.limit


def test_a_value_is_above_below_or_within() -> None:
    assert quotas.WAIT_SECONDS.exceeded_by(100_000_000)
    assert not quotas.WAIT_SECONDS.exceeded_by(99_999_999)
    assert not quotas.WAIT_SECONDS.exceeded_by(0)
    assert quotas.TIMEOUT_SECONDS.exceeded_by(0)
    assert not Quota(limit=3, unit="things", read_on=quotas.TAGS.read_on, source="a test").exceeded_by(-1)


def test_quotas_of_the_api_are_those_of_the_installed_model() -> None:
    service = sdk_service("sfn")
    assert service is not None
    create = service.operation("createStateMachine")
    history = service.operation("getExecutionHistory")
    assert create is not None and history is not None
    assert create.input.members["Definition"].maximum == quotas.DEFINITION_CHARACTERS.limit
    assert create.input.members["Name"].maximum == quotas.STATE_MACHINE_NAME_CHARACTERS.limit
    assert create.input.members["VersionDescription"].maximum == quotas.DESCRIPTION_CHARACTERS.limit
    failed = history.output.at("Events", 0, "ExecutionFailedEventDetails")
    assert failed is not None
    assert failed.members["Error"].maximum == quotas.FAIL_ERROR_CHARACTERS.limit
    assert failed.members["Cause"].maximum == quotas.FAIL_CAUSE_CHARACTERS.limit


def test_numbers_of_the_facts() -> None:
    text = shared("facts/quotas.md").read_text()
    for number in ("1,048,576", "262,144", "25,000", "31,622,400", "99,999,999", "100,000,000", "10,000", "1,000,000"):
        assert number in text
        assert int(number.replace(",", "")) in {quota.limit for quota in QUOTAS.values()}


_SIMPLE = ("Pass", "Choice", "Wait", "Succeed", "Fail", "Task")


def test_events_per_state_are_those_of_recorded_executions() -> None:
    """Machines of simple states that succeeded at the first attempt: the histories are as long as the table says."""
    checked: Counter[str] = Counter()
    for line in shared("aws_recordings/executions.jsonl").read_text().splitlines():
        record = json.loads(line)
        states = record["definition"].get("States", {})
        entered = [name for kind, name, _ in record["history"] if kind.endswith("StateEntered")]
        if not entered or record["status"] == "TIMED_OUT" or any(name not in states for name in entered):
            continue
        kinds = [states[name]["Type"] for name in entered]
        if any(kind not in _SIMPLE for kind in kinds) or any("Retry" in states[name] for name in entered):
            continue
        attempts = [attempt for tries in record["tasks"].values() for attempt in tries]
        if record["status"] == "FAILED" and kinds[-1] != "Fail":
            continue  # the state that failed has no exit
        if any("error" in attempt or "timed_out" in attempt for attempt in attempts):
            continue
        expected = EVENTS_PER_STATE["Execution"]
        for name, kind in zip(entered, kinds, strict=True):
            waits = kind == "Task" and str(states[name].get("Resource", "")).endswith((".sync", ".waitForTaskToken"))
            expected += EVENTS_PER_STATE["TaskWaiting" if waits else kind]
            checked["TaskWaiting" if waits else kind] += 1
        if any(kind.startswith("EvaluationFailed") for kind, _, _ in record["history"]):
            continue
        assert len(record["history"]) == expected, record["id"]
    assert all(checked[kind] > 0 for kind in (*_SIMPLE, "TaskWaiting")), checked
