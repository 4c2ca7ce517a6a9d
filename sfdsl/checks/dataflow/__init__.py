"""Paths, expressions, variables and payloads (SF2xx)."""

from __future__ import annotations

from sfdsl.checks.base import Check
from sfdsl.checks.dataflow.bad_variable_name import BadVariableName
from sfdsl.checks.dataflow.condition_not_boolean import ConditionNotBoolean
from sfdsl.checks.dataflow.constant_condition import ConstantCondition
from sfdsl.checks.dataflow.dollar_key_without_path import DollarKeyWithoutPath
from sfdsl.checks.dataflow.eval_call import EvalCall
from sfdsl.checks.dataflow.expression_as_key import ExpressionAsKey
from sfdsl.checks.dataflow.expression_in_constant_field import ExpressionInConstantField
from sfdsl.checks.dataflow.expression_in_jsonpath_state import ExpressionInJsonpathState
from sfdsl.checks.dataflow.field_given_twice import FieldGivenTwice
from sfdsl.checks.dataflow.half_delimited_expression import HalfDelimitedExpression
from sfdsl.checks.dataflow.inner_assignment import InnerAssignment
from sfdsl.checks.dataflow.intrinsic_argument import IntrinsicArgument
from sfdsl.checks.dataflow.intrinsic_arity import IntrinsicArity
from sfdsl.checks.dataflow.intrinsic_nesting import IntrinsicNesting
from sfdsl.checks.dataflow.intrinsic_not_allowed import IntrinsicNotAllowed
from sfdsl.checks.dataflow.items_not_array import ItemsNotArray
from sfdsl.checks.dataflow.jsonata_syntax import JsonataSyntax
from sfdsl.checks.dataflow.map_item_outside_map import MapItemOutsideMap
from sfdsl.checks.dataflow.maybe_undefined_variable import MaybeUndefinedVariable
from sfdsl.checks.dataflow.name_without_value import NameWithoutValue
from sfdsl.checks.dataflow.never_read_variable import NeverReadVariable
from sfdsl.checks.dataflow.not_a_reference_path import NotAReferencePath
from sfdsl.checks.dataflow.outer_variable_in_distributed_map import OuterVariableInDistributedMap
from sfdsl.checks.dataflow.partial_assignment import PartialAssignment
from sfdsl.checks.dataflow.path_in_jsonata_state import PathInJsonataState
from sfdsl.checks.dataflow.path_syntax import PathSyntax
from sfdsl.checks.dataflow.path_without_dollar_key import PathWithoutDollarKey
from sfdsl.checks.dataflow.repeated_choice_rule import RepeatedChoiceRule
from sfdsl.checks.dataflow.result_not_evaluated import ResultNotEvaluated
from sfdsl.checks.dataflow.singleton_items import SingletonItems
from sfdsl.checks.dataflow.space_around_expression import SpaceAroundExpression
from sfdsl.checks.dataflow.states_field_without_value import StatesFieldWithoutValue
from sfdsl.checks.dataflow.task_token_never_passed import TaskTokenNeverPassed
from sfdsl.checks.dataflow.task_token_outside_task import TaskTokenOutsideTask
from sfdsl.checks.dataflow.task_token_without_waiting import TaskTokenWithoutWaiting
from sfdsl.checks.dataflow.undefined_variable import UndefinedVariable
from sfdsl.checks.dataflow.undelimited_expression import UndelimitedExpression
from sfdsl.checks.dataflow.unguarded_test import UnguardedTest
from sfdsl.checks.dataflow.unknown_context_field import UnknownContextField
from sfdsl.checks.dataflow.unknown_function import UnknownFunction
from sfdsl.checks.dataflow.unknown_intrinsic import UnknownIntrinsic
from sfdsl.checks.dataflow.unknown_states_field import UnknownStatesField
from sfdsl.checks.dataflow.wrong_number_of_arguments import WrongNumberOfArguments
from sfdsl.checks.dataflow.wrong_root_of_result_path import WrongRootOfResultPath

CHECKS: tuple[type[Check], ...] = (
    JsonataSyntax,
    HalfDelimitedExpression,
    SpaceAroundExpression,
    UnknownFunction,
    WrongNumberOfArguments,
    EvalCall,
    StatesFieldWithoutValue,
    UnknownStatesField,
    UnknownContextField,
    NameWithoutValue,
    ExpressionInConstantField,
    PathInJsonataState,
    ExpressionInJsonpathState,
    UndelimitedExpression,
    ExpressionAsKey,
    PathSyntax,
    NotAReferencePath,
    WrongRootOfResultPath,
    IntrinsicNotAllowed,
    UnknownIntrinsic,
    IntrinsicArity,
    IntrinsicArgument,
    IntrinsicNesting,
    DollarKeyWithoutPath,
    FieldGivenTwice,
    PathWithoutDollarKey,
    ResultNotEvaluated,
    UndefinedVariable,
    MaybeUndefinedVariable,
    NeverReadVariable,
    InnerAssignment,
    OuterVariableInDistributedMap,
    BadVariableName,
    PartialAssignment,
    MapItemOutsideMap,
    TaskTokenOutsideTask,
    TaskTokenNeverPassed,
    TaskTokenWithoutWaiting,
    UnguardedTest,
    ConstantCondition,
    ConditionNotBoolean,
    RepeatedChoiceRule,
    SingletonItems,
    ItemsNotArray,
)
