"""Limits of Step Functions, each with its unit and source; every number stands here once.

A quota that an account can have raised is marked `adjustable`. What only a running account can know (throttling of
its APIs, open executions) is here where a cost or sizing rule needs it.
"""

from __future__ import annotations

from datetime import date

from attrs import frozen

__all__ = ["EVENTS_PER_STATE", "QUOTAS", "Quota"]


@frozen(kw_only=True)
class Quota:
    """A limit of AWS.

    Attributes:
        limit: The greatest value that is allowed.
        unit: What `limit` counts.
        least: The least value that is allowed; None where there is no such limit.
        adjustable: Whether AWS raises it on request.
        read_on: When the source was read.
        source: Page and section.
    """

    limit: int
    unit: str
    least: int | None = None
    adjustable: bool = False
    read_on: date
    source: str

    def exceeded_by(self, value: float) -> bool:
        """Whether a value is above `limit`, or below `least` where there is one."""
        return value > self.limit or (self.least is not None and value < self.least)


_READ = date(2026, 11, 23)
_GUIDE = "Step Functions Developer Guide, "
_QUOTAS = f"{_GUIDE}Step Functions service quotas"
_API = "Step Functions API model, botocore 1.44.5"


def _quota(
    limit: int, unit: str, source: str = _QUOTAS, *, least: int | None = None, adjustable: bool = False
) -> Quota:
    return Quota(limit=limit, unit=unit, least=least, adjustable=adjustable, read_on=_READ, source=source)


# Definition and names
DEFINITION_CHARACTERS = _quota(1_048_576, "characters of JSON text", f"{_API}, Definition")
STATE_NAME_CHARACTERS = _quota(80, "characters", least=1)
STATE_MACHINE_NAME_CHARACTERS = _quota(80, "characters", least=1)
EXECUTION_NAME_CHARACTERS = _quota(80, "characters", least=1)
ACTIVITY_NAME_CHARACTERS = _quota(80, "characters", least=1)
ALIAS_NAME_CHARACTERS = _quota(80, "characters", f"{_API}, CharacterRestrictedName", least=1)
DESCRIPTION_CHARACTERS = _quota(256, "characters", f"{_API}, VersionDescription, AliasDescription")
MAP_LABEL_CHARACTERS = _quota(40, "characters", f"{_GUIDE}Map workflow state, field Label")
VARIABLE_NAME_CHARACTERS = _quota(80, "characters", f"{_GUIDE}Passing data between states with variables", least=1)
TAGS = _quota(50, "tags per resource")
TAG_KEY_CHARACTERS = _quota(128, "characters", least=1)
TAG_VALUE_CHARACTERS = _quota(256, "characters")
VERSIONS = _quota(1_000, "versions per state machine", adjustable=True)
ALIASES = _quota(100, "aliases per state machine", adjustable=True)

# Fields of states
TIMEOUT_SECONDS = _quota(99_999_999, "seconds", f"{_GUIDE}Task workflow state, field TimeoutSeconds", least=1)
HEARTBEAT_SECONDS = _quota(99_999_999, "seconds", f"{_GUIDE}Task workflow state, field HeartbeatSeconds", least=1)
WAIT_SECONDS = _quota(99_999_999, "seconds", f"{_GUIDE}Wait workflow state, field Seconds", least=0)
HTTP_TASK_SECONDS = _quota(60, "seconds")
INTERVAL_SECONDS = _quota(99_999_999, "seconds", f"{_GUIDE}Handling errors, field IntervalSeconds", least=1)
MAX_ATTEMPTS = _quota(99_999_999, "attempts", f"{_GUIDE}Handling errors, field MaxAttempts", least=0)
MAX_DELAY_SECONDS = _quota(31_622_400, "seconds", f"{_GUIDE}Handling errors, field MaxDelaySeconds", least=1)
FAIL_ERROR_CHARACTERS = _quota(256, "characters", f"{_API}, SensitiveError")
FAIL_CAUSE_CHARACTERS = _quota(32_768, "characters", f"{_API}, SensitiveCause")
INTRINSIC_NESTING = _quota(10, "nested calls per field", f"{_GUIDE}Intrinsic functions")
ARRAY_RANGE_ELEMENTS = _quota(1_000, "elements", f"{_GUIDE}Intrinsic functions, States.ArrayRange")
INTRINSIC_TEXT_CHARACTERS = _quota(
    10_000, "characters", f"{_GUIDE}Intrinsic functions, States.Base64Encode, States.Base64Decode and States.Hash"
)

# Data
PAYLOAD_BYTES = _quota(262_144, "bytes of UTF-8")
VARIABLE_BYTES = _quota(262_144, "bytes of UTF-8", f"{_GUIDE}Passing data between states with variables")
ASSIGN_BYTES = _quota(262_144, "bytes of UTF-8", f"{_GUIDE}Passing data between states with variables")
ALL_VARIABLES_BYTES = _quota(
    10 * 1_048_576, "bytes of UTF-8 per execution", f"{_GUIDE}Passing data between states with variables"
)
BATCH_BYTES = _quota(262_144, "bytes of UTF-8 per batch", f"{_GUIDE}ItemBatcher, field MaxInputBytesPerBatch", least=1)
LOGGED_PAYLOAD_BYTES = _quota(248 * 1_024, "bytes before truncation", f"{_GUIDE}Logging in CloudWatch Logs")
TASK_TOKEN_CHARACTERS = _quota(1_024, "characters", least=1)

# Executions
STANDARD_SECONDS = _quota(365 * 86_400, "seconds per execution")
EXPRESS_SECONDS = _quota(5 * 60, "seconds per execution")
HISTORY_EVENTS = _quota(25_000, "events per Standard execution")
OPEN_EXECUTIONS = _quota(1_000_000, "open Standard executions per account and Region", adjustable=True)
REDRIVE_DAYS = _quota(14, "days after the end of an execution")
RETENTION_DAYS = _quota(90, "days that history is kept")

# Map
INLINE_MAP_CONCURRENCY = _quota(40, "iterations at a time", f"{_GUIDE}Map workflow state, Inline mode")
DISTRIBUTED_MAP_CONCURRENCY = _quota(10_000, "child executions at a time")
DISTRIBUTED_MAP_ITEMS = _quota(100_000_000, "items", f"{_GUIDE}ItemReader, field MaxItems", least=1)
TOLERATED_FAILURE_PERCENTAGE = _quota(
    100, "percent", f"{_GUIDE}Map workflow state, field ToleratedFailurePercentage", least=0
)
OPEN_MAP_RUNS = _quota(1_000, "open Map Runs per account and Region")
MAP_RUN_REDRIVES = _quota(1_000, "redrives of a Map Run")
ITEM_READER_OBJECT_BYTES = _quota(10 * 1_073_741_824, "bytes per object", f"{_GUIDE}ItemReader")
ITEM_READER_ITEM_BYTES = _quota(8 * 1_048_576, "bytes per item before ItemSelector", f"{_GUIDE}ItemReader")

# Rates, in us-east-1, us-west-2 and eu-west-1; other Regions have less
STANDARD_STARTS_PER_SECOND = _quota(300, "StartExecution calls per second", adjustable=True)
EXPRESS_STARTS_PER_SECOND = _quota(6_000, "StartExecution calls per second", adjustable=True)
STANDARD_TRANSITIONS_PER_SECOND = _quota(5_000, "state transitions per second", adjustable=True)

# Logs
LOG_RESOURCE_POLICY_CHARACTERS = _quota(5_120, "characters of a CloudWatch Logs resource policy")

QUOTAS: dict[str, Quota] = {name: value for name, value in globals().items() if isinstance(value, Quota)}
"""Every quota by its name in this module."""

EVENTS_PER_STATE: dict[str, int] = {
    "Execution": 2,  # started and ended
    "Pass": 2,  # entered, exited
    "Choice": 2,
    "Wait": 2,
    "Succeed": 2,
    "Fail": 1,  # entered
    "Task": 5,  # entered, scheduled, started, succeeded, exited
    "TaskWaiting": 6,  # a job or a callback: submitted as well
    "FailedAttempt": 3,  # scheduled, started, failed
    "Parallel": 4,  # entered, started, succeeded, exited; besides the states of the branches
    "Map": 4,  # likewise; besides the iterations
    "MapIteration": 2,  # started, succeeded; besides the states of the iteration
    "DistributedMap": 6,  # the children have histories of their own
}
"""Events that a state leaves in the history of a Standard execution, for the budget of `HISTORY_EVENTS`.

Source: measured, recorded executions; `DistributedMap` about so, assumed.
"""
