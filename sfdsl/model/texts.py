"""Where the texts stand that carry data: expressions, paths, payload entries, and plain literals beside them.

`texts(scope, state)` gives every one of them with what it may read there; `values` the fields they stand in, whole;
`assigned` the variables that a state writes and on which way out; `reads` the variables that it reads. The texts
of nested flows belong to their own states. A field of the other query language gives nothing: it has no meaning.

Source: Amazon States Language; Step Functions Developer Guide, "Transforming data", "Passing data with variables".
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from typing import Any, Final, NamedTuple, TypeAlias

from attrs import frozen

from sfdsl import jsonpath
from sfdsl.jsonata_text import facts, is_expression
from sfdsl.model.edges import EdgeKind
from sfdsl.model.fields import ABSENT, Json
from sfdsl.model.states import (
    And,
    Catcher,
    Choice,
    ChoiceRule,
    Comparison,
    Condition,
    Fail,
    ItemBatcher,
    ItemReader,
    Map,
    Not,
    Or,
    Parallel,
    Pass,
    ReaderConfig,
    ResultWriter,
    State,
    Succeed,
    Task,
    Test,
    Wait,
)
from sfdsl.model.workflow import JSONATA, JSONPATH, Scope
from sfdsl.origin import Origin

Node: TypeAlias = (
    "State | Catcher | ChoiceRule | Comparison | Condition | ItemReader | ReaderConfig | ItemBatcher | ResultWriter"
)
"""What has fields with texts: a state, or a part of one."""


class Kind(Enum):
    """What AWS takes a text for.

    Members:
        EXPRESSION: JSONata, `{% ... %}`.
        PATH: The path of a JSONPath field such as `InputPath`, or the intrinsic call that stands for one.
        ENTRY: The path or intrinsic call of a `.$` key of a payload template.
        LITERAL: A text that is handed on as it stands.
    """

    EXPRESSION = "expression"
    PATH = "path"
    ENTRY = "entry"
    LITERAL = "literal"


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


class Value(NamedTuple):
    """A field that is written in a node, with what stands there."""

    node: Node
    field: Field
    value: Json
    language: str

    @property
    def origin(self) -> Origin:
        """The place of the field."""
        return self.node.origin.down(self.field.key)


class Text(NamedTuple):
    """A text in a field of a state.

    Attributes:
        text: As written, delimiters included.
        keys: The way to it from the node: the field's key, then keys and positions inside the payload.
        node: What has the field: the state, or its catcher, rule, test, reader, batcher or writer.
        field: The field, with what may be read there.
        language: Query language of the state.
    """

    kind: Kind
    text: str
    keys: tuple[str | int, ...]
    node: Node
    field: Field
    language: str

    @property
    def origin(self) -> Origin:
        """The place of the text."""
        return self.node.origin.down(*self.keys)

    @property
    def pointer(self) -> str:
        """JSON Pointer of the text from the node."""
        return Origin().down(*self.keys).pointer

    @property
    def key(self) -> str:
        """The nearest key that names it; the field's own for a text that is the whole field."""
        return next(key for key in reversed(self.keys) if isinstance(key, str))


@frozen(kw_only=True)
class Assigned:
    """A variable that a state writes.

    Attributes:
        name: Without `$`, and without the `.$` that a JSONPath key may end in.
        key: As written.
        value: What it is set to.
        node: What has the `Assign`: the state, a rule or a catcher.
        kind, index: The way out on which it is written, as `edges` counts them; NEXT also where the flow ends there.
    """

    name: str
    key: str
    value: Json
    node: State | ChoiceRule | Catcher
    kind: EdgeKind
    index: int = 0

    @property
    def origin(self) -> Origin:
        """The place of the key."""
        return self.node.origin.down("Assign", self.key)


class Read(NamedTuple):
    """A variable that a text reads; the name is without `$`."""

    name: str
    text: Text


def texts(scope: Scope, state: State) -> Iterator[Text]:
    """Every text of a state, field by field, in document order inside each.

    Args:
        scope: The scope that the state stands in.
        state: The state. One of unknown type or language gives nothing.
    """
    for each in values(scope, state):
        field = each.field
        found: list[Text] = []
        if field.shape is Shape.PATH:
            if isinstance(each.value, str):
                yield Text(Kind.PATH, each.value, (field.key,), each.node, field, each.language)
            continue
        evaluated = Kind.EXPRESSION if each.language == JSONATA else Kind.ENTRY
        _inside(each.value, (field.key,), evaluated if field.evaluated else Kind.LITERAL, each, found)
        yield from found


def values(scope: Scope, state: State) -> Iterator[Value]:
    """Every field of a state that can hold such texts and is written, whatever its value; null paths are left out."""
    language = scope.language(state)
    if language not in (JSONPATH, JSONATA):
        return
    yield from _written(state, language)
    if isinstance(state, Choice):
        for rule in state.choices:
            yield from _of_test(rule.test, language)
            yield from _written(rule, language)
    elif isinstance(state, (Task, Parallel, Map)):
        if isinstance(state, Map):
            for part in (state.item_reader, state.item_batcher, state.result_writer):
                if part is not None:
                    yield from _written(part, language)
            if state.item_reader is not None and state.item_reader.reader_config is not None:
                yield from _written(state.item_reader.reader_config, language)
        for catcher in state.catch:
            yield from _written(catcher, language)


def assigned(scope: Scope, state: State) -> Iterator[Assigned]:
    """The variables that a state writes, on whichever way out; nothing for an `Assign` that is not an object."""
    if isinstance(state, Choice):
        for i, rule in enumerate(state.choices):
            yield from _assigned(scope, state, rule, EdgeKind.RULE, i)
        yield from _assigned(scope, state, state, EdgeKind.DEFAULT, 0)
        return
    if isinstance(state, (Task, Pass, Wait, Parallel, Map)):
        yield from _assigned(scope, state, state, EdgeKind.NEXT, 0)
    if isinstance(state, (Task, Parallel, Map)):
        for i, catcher in enumerate(state.catch):
            yield from _assigned(scope, state, catcher, EdgeKind.CATCH, i)


def reads(scope: Scope, state: State) -> Iterator[Read]:
    """The variables that a state reads, text by text; a text with a syntax error reads nothing."""
    for text in texts(scope, state):
        for name in sorted(variables(text)):
            yield Read(name=name, text=text)


def variables(text: Text) -> frozenset[str]:
    """The names of the variables that a text reads, without `$`."""
    match text.kind:
        case Kind.EXPRESSION:
            return facts(text.text).variables
        case Kind.PATH | Kind.ENTRY:
            node = parsed(text)
            return frozenset() if isinstance(node, jsonpath.SyntaxProblem) else jsonpath.variables(node)
        case Kind.LITERAL:
            return frozenset()


def parsed(text: Text) -> jsonpath.Node | jsonpath.SyntaxProblem:
    """The node of a path or a `.$` entry, or what is wrong with it."""
    try:
        return jsonpath.parse(text.text)
    except jsonpath.SyntaxProblem as problem:
        return problem


# -- which fields ------------------------------------------------------------------------------------------------------


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

_FIELDS: Final[dict[str, dict[type[Any], tuple[Field, ...]]]] = {
    language: {cls: own.get(cls, ()) + _BOTH.get(cls, ()) for cls in {**own, **_BOTH}}
    for language, own in ((JSONPATH, _JSONPATH), (JSONATA, _JSONATA))
}

_OPERANDS: dict[str, Field] = {}


def _operand(operator: str) -> Field:
    """The field of a comparison whose operand is a path: `StringEqualsPath` and its kin."""
    if operator not in _OPERANDS:
        _OPERANDS[operator] = _VARIABLE._replace(key=operator, attribute="operand")
    return _OPERANDS[operator]


# -- reading them ------------------------------------------------------------------------------------------------------


def _written(node: Node, language: str) -> Iterator[Value]:
    for field in _FIELDS[language].get(type(node), ()):
        value = getattr(node, field.attribute)
        # Null means something in a path only (no input, no output), and there it is no text.
        if value is not None and value is not ABSENT:
            yield Value(node, field, value, language)


def _of_test(test: Test, language: str) -> Iterator[Value]:
    match test:
        case Comparison():
            yield from _written(test, language)
            if language == JSONPATH and test.operator is not None and test.operator.endswith("Path"):
                yield Value(test, _operand(test.operator), test.operand, language)
        case Condition():
            yield from _written(test, language)
        case And() | Or():
            for inner in test.tests:
                yield from _of_test(inner, language)
        case Not():
            yield from _of_test(test.test, language)


def _inside(value: Json, keys: tuple[str | int, ...], kind: Kind, place: Value, found: list[Text]) -> None:
    """Append the texts of a value.

    Args:
        value: What stands at `keys`.
        keys: The way there from the node.
        kind: LITERAL where nothing is evaluated; ENTRY in a payload template, EXPRESSION in JSONata.
        place: The field.
        found: What they are appended to.
    """
    if isinstance(value, str):
        if kind is Kind.EXPRESSION:
            own = Kind.EXPRESSION if is_expression(value) else Kind.LITERAL
        elif kind is Kind.ENTRY:
            last = keys[-1]
            own = Kind.ENTRY if isinstance(last, str) and last.endswith(".$") else Kind.LITERAL
        else:
            own = Kind.LITERAL
        found.append(Text(own, value, keys, place.node, place.field, place.language))
    elif isinstance(value, dict):
        for key, below in value.items():
            if isinstance(below, (str, dict, list)):
                _inside(below, (*keys, key), kind, place, found)
    elif isinstance(value, list):
        for i, below in enumerate(value):
            if isinstance(below, (str, dict, list)):
                _inside(below, (*keys, i), kind, place, found)


def _assigned(
    scope: Scope, state: State, node: Choice | Task | Pass | Wait | Parallel | Map | ChoiceRule | Catcher,
    kind: EdgeKind, index: int,
) -> Iterator[Assigned]:  # fmt: skip
    if not isinstance(node.assign, dict):
        return
    template = scope.language(state) != JSONATA
    for key, value in node.assign.items():
        name = key[:-2] if template and key.endswith(".$") else key
        yield Assigned(name=name, key=key, value=value, node=node, kind=kind, index=index)
