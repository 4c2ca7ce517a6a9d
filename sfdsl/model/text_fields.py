"""Which fields of which nodes hold data-carrying texts, and what those may read there: the tables behind `texts`.

Source: Amazon States Language; Step Functions Developer Guide, "Transforming data", "Processing input and output".
"""

from __future__ import annotations

from enum import Enum
from typing import Any, Final, NamedTuple

from sfdsl import jsonpath
from sfdsl.model.states import (
    Catcher,
    Choice,
    ChoiceRule,
    Comparison,
    Condition,
    Fail,
    ItemBatcher,
    ItemReader,
    Map,
    Parallel,
    Pass,
    ReaderConfig,
    ResultWriter,
    Succeed,
    Task,
    Wait,
)
from sfdsl.model.workflow import JSONATA, JSONPATH


class Shape(Enum):
    """What a field holds: any JSON, one text or number that may be an expression, or a path."""

    PAYLOAD = "payload"
    SCALAR = "scalar"
    PATH = "path"


INPUT: Final = frozenset({"input", "context"})
RESULT: Final = INPUT | {"result"}
ERROR_OUTPUT: Final = INPUT | {"errorOutput"}

NO_INTRINSICS: Final[frozenset[str]] = frozenset()
INTRINSICS: Final = frozenset(jsonpath.FUNCTIONS)
FAIL_INTRINSICS: Final = frozenset(
    f"States.{name}"
    for name in ("Format", "JsonToString", "ArrayGetItem", "Base64Encode", "Base64Decode", "Hash", "UUID")
)
"""What ErrorPath and CausePath may call. Source: Developer Guide, "Fail workflow state"."""


class Field(NamedTuple):
    """A field that holds such texts, and what they may read there.

    Attributes:
        key: ASL's name for it.
        attribute: Its name in the node.
        shape: What it holds.
        states: Which fields of `$states` have a value in its expressions.
        reference: Whether a path there must be a reference path.
        context: Whether a path there may begin with `$$`.
        variables: Whether a path there may begin with a variable.
        intrinsics: The intrinsic functions that may be called there.
        evaluated: Whether AWS looks into it at all; false for `Result` of a Pass.
    """

    key: str
    attribute: str
    shape: Shape
    states: frozenset[str] = INPUT
    reference: bool = False
    context: bool = True
    variables: bool = True
    intrinsics: frozenset[str] = NO_INTRINSICS
    evaluated: bool = True


def _payload(key: str, attribute: str, states: frozenset[str] = INPUT, **more: Any) -> Field:
    return Field(key=key, attribute=attribute, shape=Shape.PAYLOAD, states=states, intrinsics=INTRINSICS, **more)


def _scalar(key: str, attribute: str) -> Field:
    return Field(key=key, attribute=attribute, shape=Shape.SCALAR)


def _reference(key: str, attribute: str, intrinsics: frozenset[str] = NO_INTRINSICS) -> Field:
    return Field(key=key, attribute=attribute, shape=Shape.PATH, reference=True, intrinsics=intrinsics)


_INPUT_PATH = Field(key="InputPath", attribute="input_path", shape=Shape.PATH)
_OUTPUT_PATH = Field(key="OutputPath", attribute="output_path", shape=Shape.PATH)
_RESULT_PATH = Field(
    key="ResultPath", attribute="result_path", shape=Shape.PATH, reference=True, context=False, variables=False
)
_PARAMETERS = _payload("Parameters", "parameters")
_ARGUMENTS = _payload("Arguments", "arguments")
_RESULT_SELECTOR = _payload("ResultSelector", "result_selector", RESULT)
_OUTPUT = _payload("Output", "output")
_OUTPUT_OF_RESULT = _payload("Output", "output", RESULT)
_ASSIGN = _payload("Assign", "assign")
_ASSIGN_OF_RESULT = _payload("Assign", "assign", RESULT)
_CREDENTIALS = _payload("Credentials", "credentials")
_VARIABLE = _reference("Variable", "variable")
_CONDITION = Field(key="Condition", attribute="text", shape=Shape.SCALAR)

_BOTH: Final[dict[type[Any], tuple[Field, ...]]] = {
    Task: (
        _CREDENTIALS,
        _scalar("TimeoutSeconds", "timeout_seconds"),
        _scalar("HeartbeatSeconds", "heartbeat_seconds"),
        _ASSIGN_OF_RESULT,
    ),
    Pass: (_ASSIGN,),
    Choice: (_ASSIGN,),
    Wait: (_scalar("Seconds", "seconds"), _scalar("Timestamp", "timestamp"), _ASSIGN),
    Fail: (_scalar("Error", "error"), _scalar("Cause", "cause")),
    Parallel: (_ASSIGN_OF_RESULT,),
    Map: (
        _payload("ItemSelector", "item_selector"),
        _scalar("MaxConcurrency", "max_concurrency"),
        _scalar("ToleratedFailurePercentage", "tolerated_failure_percentage"),
        _scalar("ToleratedFailureCount", "tolerated_failure_count"),
        _ASSIGN_OF_RESULT,
    ),
    ItemBatcher: (
        _scalar("MaxItemsPerBatch", "max_items_per_batch"),
        _scalar("MaxInputBytesPerBatch", "max_input_bytes_per_batch"),
        _payload("BatchInput", "batch_input"),
    ),
    ReaderConfig: (_scalar("MaxItems", "max_items"),),
    ChoiceRule: (_ASSIGN,),
    Catcher: (_payload("Assign", "assign", ERROR_OUTPUT),),
}
"""Fields that both query languages have."""

_JSONATA: Final[dict[type[Any], tuple[Field, ...]]] = {
    Task: (_ARGUMENTS, _OUTPUT_OF_RESULT),
    Pass: (_OUTPUT,),
    Choice: (_OUTPUT,),
    Wait: (_OUTPUT,),
    Succeed: (_OUTPUT,),
    Parallel: (_ARGUMENTS, _OUTPUT_OF_RESULT),
    Map: (_payload("Items", "items"), _OUTPUT_OF_RESULT),
    ItemReader: (_ARGUMENTS,),
    ResultWriter: (_ARGUMENTS,),
    ChoiceRule: (_OUTPUT,),
    Condition: (_CONDITION,),
    Catcher: (_payload("Output", "output", ERROR_OUTPUT),),
}

_JSONPATH: Final[dict[type[Any], tuple[Field, ...]]] = {
    Task: (
        _INPUT_PATH,
        _PARAMETERS,
        _reference("TimeoutSecondsPath", "timeout_seconds_path"),
        _reference("HeartbeatSecondsPath", "heartbeat_seconds_path"),
        _RESULT_SELECTOR,
        _RESULT_PATH,
        _OUTPUT_PATH,
    ),
    Pass: (_INPUT_PATH, _PARAMETERS, _payload("Result", "result", evaluated=False), _RESULT_PATH, _OUTPUT_PATH),
    Choice: (_INPUT_PATH, _OUTPUT_PATH),
    Wait: (
        _reference("SecondsPath", "seconds_path"),
        _reference("TimestampPath", "timestamp_path"),
        _INPUT_PATH,
        _OUTPUT_PATH,
    ),
    Succeed: (_INPUT_PATH, _OUTPUT_PATH),
    Fail: (
        _reference("ErrorPath", "error_path", FAIL_INTRINSICS),
        _reference("CausePath", "cause_path", FAIL_INTRINSICS),
    ),
    Parallel: (_INPUT_PATH, _PARAMETERS, _RESULT_SELECTOR, _RESULT_PATH, _OUTPUT_PATH),
    Map: (
        _reference("ItemsPath", "items_path"),
        _reference("MaxConcurrencyPath", "max_concurrency_path"),
        _reference("ToleratedFailurePercentagePath", "tolerated_failure_percentage_path"),
        _reference("ToleratedFailureCountPath", "tolerated_failure_count_path"),
        _INPUT_PATH,
        _PARAMETERS,
        _RESULT_SELECTOR,
        _RESULT_PATH,
        _OUTPUT_PATH,
    ),
    ItemReader: (_PARAMETERS,),
    ReaderConfig: (_reference("MaxItemsPath", "max_items_path"),),
    ItemBatcher: (
        _reference("MaxItemsPerBatchPath", "max_items_per_batch_path"),
        _reference("MaxInputBytesPerBatchPath", "max_input_bytes_per_batch_path"),
    ),
    ResultWriter: (_PARAMETERS,),
    Comparison: (_VARIABLE,),
    Catcher: (_RESULT_PATH,),
}

FIELDS: Final[dict[str, dict[type[Any], tuple[Field, ...]]]] = {
    language: {cls: own.get(cls, ()) + _BOTH.get(cls, ()) for cls in {**own, **_BOTH}}
    for language, own in ((JSONPATH, _JSONPATH), (JSONATA, _JSONATA))
}
"""Query language -> class of node -> its fields."""

_OPERANDS: dict[str, Field] = {}


def operand(operator: str) -> Field:
    """The field of a comparison whose operand is a path: `StringEqualsPath` and its kin."""
    if operator not in _OPERANDS:
        _OPERANDS[operator] = _VARIABLE._replace(key=operator, attribute="operand")
    return _OPERANDS[operator]
