"""Retries, catches and timeouts (SF3xx)."""

from __future__ import annotations

from sfdsl.checks.base import Check
from sfdsl.checks.errors.callback_without_timeout import CallbackWithoutTimeout
from sfdsl.checks.errors.catch_leads_back import CatchLeadsBack
from sfdsl.checks.errors.catch_loses_input import CatchLosesInput
from sfdsl.checks.errors.foreign_error_prefix import ForeignErrorPrefix
from sfdsl.checks.errors.heartbeat_not_below_timeout import HeartbeatNotBelowTimeout
from sfdsl.checks.errors.hidden_handler import HiddenHandler
from sfdsl.checks.errors.idle_retry_field import IdleRetryField
from sfdsl.checks.errors.impossible_error import ImpossibleError
from sfdsl.checks.errors.job_without_timeout import JobWithoutTimeout
from sfdsl.checks.errors.max_delay_below_interval import MaxDelayBelowInterval
from sfdsl.checks.errors.redundant_error_name import RedundantErrorName
from sfdsl.checks.errors.repeated_error_name import RepeatedErrorName
from sfdsl.checks.errors.retries_outlast_execution import RetriesOutlastExecution
from sfdsl.checks.errors.retries_outlast_timeout import RetriesOutlastTimeout
from sfdsl.checks.errors.states_all_not_alone import StatesAllNotAlone
from sfdsl.checks.errors.states_all_not_last import StatesAllNotLast
from sfdsl.checks.errors.timeout_not_caught import TimeoutNotCaught
from sfdsl.checks.errors.uncatchable_error import UncatchableError
from sfdsl.checks.errors.unknown_reserved_error import UnknownReservedError

CHECKS: tuple[type[Check], ...] = (
    StatesAllNotAlone,
    StatesAllNotLast,
    HiddenHandler,
    RepeatedErrorName,
    RetriesOutlastTimeout,
    RedundantErrorName,
    ImpossibleError,
    UncatchableError,
    UnknownReservedError,
    ForeignErrorPrefix,
    HeartbeatNotBelowTimeout,
    MaxDelayBelowInterval,
    IdleRetryField,
    RetriesOutlastExecution,
    JobWithoutTimeout,
    CallbackWithoutTimeout,
    CatchLeadsBack,
    CatchLosesInput,
    TimeoutNotCaught,
)
