"""Quotas that the rules compare with, each with its unit and source."""

from __future__ import annotations

from typing import Final

from attrs import frozen


@frozen
class Quota:
    """A quota that cannot be raised: the limit, its unit, and where it stands."""

    limit: float
    unit: str
    source: str


_QUOTAS = "Step Functions Developer Guide, Quotas, as of 2025-Q4"

DEFINITION_BYTES: Final = Quota(1_048_576, "bytes", f"{_QUOTAS}: state machine definition size")
PAYLOAD_BYTES: Final = Quota(262_144, "bytes", f"{_QUOTAS}: input or result size of a task, state or execution")
HISTORY_EVENTS: Final = Quota(25_000, "events", f"{_QUOTAS}: execution event history size")
EXECUTION_SECONDS: Final = Quota(31_536_000, "seconds", f"{_QUOTAS}: maximum execution time of a Standard execution")
INLINE_MAP_CONCURRENCY: Final = Quota(40, "iterations", "Developer Guide, Map state, field MaxConcurrency: about 40")
MAP_RUN_CONCURRENCY: Final = Quota(10_000, "child executions", f"{_QUOTAS}: maximum parallel child executions")
MAP_RUN_ITEMS: Final = Quota(100_000_000, "items", "Developer Guide, ItemReader, field MaxItems")
STATE_MACHINE_NAME: Final = Quota(80, "characters", f"{_QUOTAS}: state machine name")
HTTP_TASK_SECONDS: Final = Quota(60, "seconds", f"{_QUOTAS}: HTTP task duration")
FAIL_ERROR: Final = Quota(256, "characters", "botocore 1.44.5, stepfunctions: shape Error")
FAIL_CAUSE: Final = Quota(32_768, "characters", "botocore 1.44.5, stepfunctions: shape Cause")
