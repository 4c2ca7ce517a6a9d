"""The numbers of the language: which field takes which."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from attrs import frozen

from sfdsl.aws import quotas
from sfdsl.checks.structure._fields import is_expression, is_template
from sfdsl.checks.structure._parts import Part, parts
from sfdsl.graph import WorkflowGraph
from sfdsl.model.fields import Number
from sfdsl.model.states import ItemBatcher, Map, ReaderConfig, Retrier, StateMachine, Task, Wait


@frozen
class Limits:
    """What a number may be.

    Attributes:
        least, most: Both allowed; `most` is None where the language sets no limit.
        whole: Whether it is a whole number.
        dynamic: Whether a JSONata expression may stand in its place.
        unit: What it counts, for messages; empty for a plain number.
    """

    least: float
    most: float | None = None
    whole: bool = True
    dynamic: bool = True
    unit: str = "seconds"


def _of(quota: quotas.Quota, *, dynamic: bool = True, unit: str = "seconds") -> Limits:
    return Limits(quota.least or 0, quota.limit, dynamic=dynamic, unit=unit)


NUMBERS: Final[dict[type[Any], tuple[tuple[str, str, Limits], ...]]] = {
    StateMachine: (("timeout_seconds", "TimeoutSeconds", _of(quotas.TIMEOUT_SECONDS, dynamic=False)),),
    Task: (
        ("timeout_seconds", "TimeoutSeconds", _of(quotas.TIMEOUT_SECONDS)),
        ("heartbeat_seconds", "HeartbeatSeconds", _of(quotas.HEARTBEAT_SECONDS)),
    ),
    Wait: (("seconds", "Seconds", _of(quotas.WAIT_SECONDS)),),
    Map: (
        ("max_concurrency", "MaxConcurrency", Limits(0, unit="iterations")),
        ("tolerated_failure_percentage", "ToleratedFailurePercentage", Limits(0, 100, whole=False, unit="percent")),
        ("tolerated_failure_count", "ToleratedFailureCount", Limits(0, unit="items")),
    ),
    # The console writes MaxItems 0 for "no limit", and deployed definitions have it. What is too much for a Map Run, in
    # items or in bytes, is a quota (SF409, SF410).
    ReaderConfig: (("max_items", "MaxItems", Limits(0, unit="items")),),
    ItemBatcher: (
        ("max_items_per_batch", "MaxItemsPerBatch", Limits(1, unit="items")),
        ("max_input_bytes_per_batch", "MaxInputBytesPerBatch", Limits(1, unit="bytes")),
    ),
    Retrier: (
        ("interval_seconds", "IntervalSeconds", _of(quotas.INTERVAL_SECONDS, dynamic=False)),
        ("max_attempts", "MaxAttempts", _of(quotas.MAX_ATTEMPTS, dynamic=False, unit="attempts")),
        ("backoff_rate", "BackoffRate", Limits(1.0, whole=False, dynamic=False, unit="")),
        ("max_delay_seconds", "MaxDelaySeconds", _of(quotas.MAX_DELAY_SECONDS, dynamic=False)),
    ),
}
"""By class: attribute, ASL key and limits. Source: Step Functions Developer Guide, the pages of the states, "Handling
errors" and "Service quotas"."""


def numbers(graph: WorkflowGraph) -> Iterator[tuple[Part, str, Number, Limits]]:
    """Every number that is written, without placeholders and without expressions where they may stand."""
    for cls, fields in NUMBERS.items():
        for part in parts(graph).of[cls]:
            for attribute, key, limits in fields:
                value = getattr(part.node, attribute)
                if value is None:
                    continue
                if isinstance(value, str) and (
                    is_template(value) or (limits.dynamic and part.language == "JSONata" and is_expression(value))
                ):
                    continue
                yield part, key, value, limits
