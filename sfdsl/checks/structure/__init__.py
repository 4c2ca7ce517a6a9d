"""The graph and the fields of states (SF1xx)."""

from __future__ import annotations

from sfdsl.checks.base import Check
from sfdsl.checks.structure.ambiguous_test import AmbiguousTest
from sfdsl.checks.structure.awkward_state_name import AwkwardStateName
from sfdsl.checks.structure.bad_label import BadLabel
from sfdsl.checks.structure.bad_start import BadStart
from sfdsl.checks.structure.bad_state_name_length import BadStateNameLength
from sfdsl.checks.structure.bad_timestamp import BadTimestamp
from sfdsl.checks.structure.busy_loop import BusyLoop
from sfdsl.checks.structure.choice_without_default import ChoiceWithoutDefault
from sfdsl.checks.structure.deprecated_form import DeprecatedForm
from sfdsl.checks.structure.distributed_only_field import DistributedOnlyField
from sfdsl.checks.structure.duplicate_state_name import DuplicateStateName
from sfdsl.checks.structure.empty_collection import EmptyCollection
from sfdsl.checks.structure.end_not_true import EndNotTrue
from sfdsl.checks.structure.exclusive_fields import ExclusiveFields
from sfdsl.checks.structure.flow_without_end import FlowWithoutEnd
from sfdsl.checks.structure.idle_map_field import IdleMapField
from sfdsl.checks.structure.jsonpath_in_jsonata import JsonpathInJsonata
from sfdsl.checks.structure.loop_without_exit import LoopWithoutExit
from sfdsl.checks.structure.loop_without_wait import LoopWithoutWait
from sfdsl.checks.structure.misshapen_field import MisshapenField
from sfdsl.checks.structure.missing_field import MissingField
from sfdsl.checks.structure.missing_target import MissingTarget
from sfdsl.checks.structure.missing_test import MissingTest
from sfdsl.checks.structure.missing_transition import MissingTransition
from sfdsl.checks.structure.nested_rule_field import NestedRuleField
from sfdsl.checks.structure.not_a_number import NotANumber
from sfdsl.checks.structure.number_out_of_range import NumberOutOfRange
from sfdsl.checks.structure.reader_conflict import ReaderConflict
from sfdsl.checks.structure.transition_not_allowed import TransitionNotAllowed
from sfdsl.checks.structure.unknown_field import UnknownField
from sfdsl.checks.structure.unknown_operator import UnknownOperator
from sfdsl.checks.structure.unknown_state_type import UnknownStateType
from sfdsl.checks.structure.unknown_value import UnknownValue
from sfdsl.checks.structure.unreachable_state import UnreachableState
from sfdsl.checks.structure.wrong_language_field import WrongLanguageField
from sfdsl.checks.structure.wrong_operand import WrongOperand

CHECKS: tuple[type[Check], ...] = (
    UnreachableState,
    MissingTarget,
    BadStart,
    FlowWithoutEnd,
    LoopWithoutExit,
    BusyLoop,
    LoopWithoutWait,
    DuplicateStateName,
    BadStateNameLength,
    AwkwardStateName,
    UnknownStateType,
    UnknownField,
    MisshapenField,
    MissingField,
    ExclusiveFields,
    MissingTransition,
    EndNotTrue,
    TransitionNotAllowed,
    EmptyCollection,
    ChoiceWithoutDefault,
    NestedRuleField,
    AmbiguousTest,
    MissingTest,
    UnknownOperator,
    WrongOperand,
    NumberOutOfRange,
    NotANumber,
    WrongLanguageField,
    JsonpathInJsonata,
    UnknownValue,
    DistributedOnlyField,
    IdleMapField,
    ReaderConflict,
    BadLabel,
    DeprecatedForm,
    BadTimestamp,
)
