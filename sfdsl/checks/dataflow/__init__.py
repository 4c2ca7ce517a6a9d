"""Paths, expressions, variables and payloads (SF2xx)."""

from __future__ import annotations

from sfdsl.checks.base import Check
from sfdsl.checks.dataflow.eval_call import EvalCall
from sfdsl.checks.dataflow.half_delimited_expression import HalfDelimitedExpression
from sfdsl.checks.dataflow.jsonata_syntax import JsonataSyntax
from sfdsl.checks.dataflow.name_without_value import NameWithoutValue
from sfdsl.checks.dataflow.space_around_expression import SpaceAroundExpression
from sfdsl.checks.dataflow.states_field_without_value import StatesFieldWithoutValue
from sfdsl.checks.dataflow.unknown_context_field import UnknownContextField
from sfdsl.checks.dataflow.unknown_function import UnknownFunction
from sfdsl.checks.dataflow.unknown_states_field import UnknownStatesField
from sfdsl.checks.dataflow.wrong_number_of_arguments import WrongNumberOfArguments

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
)
