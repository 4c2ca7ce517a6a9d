"""Quotas, Express and cost (SF4xx)."""

from __future__ import annotations

from sfdsl.checks.base import Check
from sfdsl.checks.limits.activity_in_express import ActivityInExpress
from sfdsl.checks.limits.batch_too_large import BatchTooLarge
from sfdsl.checks.limits.callback_in_express import CallbackInExpress
from sfdsl.checks.limits.definition_nearly_too_large import DefinitionNearlyTooLarge
from sfdsl.checks.limits.definition_too_large import DefinitionTooLarge
from sfdsl.checks.limits.distributed_map_in_express import DistributedMapInExpress
from sfdsl.checks.limits.express_may_time_out import ExpressMayTimeOut
from sfdsl.checks.limits.express_outlasted import ExpressOutlasted
from sfdsl.checks.limits.express_timeout import ExpressTimeout
from sfdsl.checks.limits.fail_text_too_long import FailTextTooLong
from sfdsl.checks.limits.history_at_risk import HistoryAtRisk
from sfdsl.checks.limits.history_of_polling import HistoryOfPolling
from sfdsl.checks.limits.history_overflow import HistoryOverflow
from sfdsl.checks.limits.http_timeout import HttpTimeout
from sfdsl.checks.limits.inline_concurrency import InlineConcurrency
from sfdsl.checks.limits.machine_name import MachineName
from sfdsl.checks.limits.map_run_concurrency import MapRunConcurrency
from sfdsl.checks.limits.max_items_over_quota import MaxItemsOverQuota
from sfdsl.checks.limits.oversized_payload import OversizedPayload
from sfdsl.checks.limits.polling_by_hand import PollingByHand
from sfdsl.checks.limits.repeated_task_in_express import RepeatedTaskInExpress
from sfdsl.checks.limits.secret_in_definition import SecretInDefinition
from sfdsl.checks.limits.suspected_secret import SuspectedSecret
from sfdsl.checks.limits.sync_in_express import SyncInExpress
from sfdsl.checks.limits.unmeasured_name import UnmeasuredName
from sfdsl.checks.limits.wait_over_a_year import WaitOverAYear

CHECKS: tuple[type[Check], ...] = (
    DefinitionTooLarge,
    DefinitionNearlyTooLarge,
    OversizedPayload,
    HistoryOverflow,
    HistoryAtRisk,
    HistoryOfPolling,
    InlineConcurrency,
    MapRunConcurrency,
    MaxItemsOverQuota,
    BatchTooLarge,
    SyncInExpress,
    CallbackInExpress,
    ActivityInExpress,
    DistributedMapInExpress,
    ExpressOutlasted,
    ExpressMayTimeOut,
    ExpressTimeout,
    RepeatedTaskInExpress,
    SecretInDefinition,
    SuspectedSecret,
    WaitOverAYear,
    MachineName,
    UnmeasuredName,
    PollingByHand,
    HttpTimeout,
    FailTextTooLong,
)
