"""Where the texts stand that carry data: expressions, paths, payload entries, and plain literals beside them.

`texts(scope, state)` gives every one of them with what it may read there; `values` the fields they stand in, whole;
`assigned` the variables that a state writes and on which way out; `reads` the variables that it reads. The texts
of nested flows belong to their own states. A field of the other query language gives nothing: it has no meaning.

Source: Amazon States Language; Step Functions Developer Guide, "Transforming data", "Passing data with variables".
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from typing import NamedTuple, TypeAlias

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
    Task,
    Test,
    Wait,
)
from sfdsl.model.text_fields import (
    ERROR_OUTPUT,
    FAIL_INTRINSICS,
    FIELDS,
    INPUT,
    INTRINSICS,
    RESULT,
    Field,
    Shape,
    operand,
)
from sfdsl.model.workflow import JSONATA, JSONPATH, Scope
from sfdsl.origin import Origin

__all__ = [
    "ERROR_OUTPUT",
    "FAIL_INTRINSICS",
    "INPUT",
    "INTRINSICS",
    "RESULT",
    "Assigned",
    "Field",
    "Kind",
    "Node",
    "Read",
    "Shape",
    "Text",
    "Value",
    "assigned",
    "parsed",
    "reads",
    "texts",
    "values",
    "variables",
]

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


# -- reading them ------------------------------------------------------------------------------------------------------


def _written(node: Node, language: str) -> Iterator[Value]:
    for field in FIELDS[language].get(type(node), ()):
        value = getattr(node, field.attribute)
        # Null means something in a path only (no input, no output), and there it is no text.
        if value is not None and value is not ABSENT:
            yield Value(node, field, value, language)


def _of_test(test: Test, language: str) -> Iterator[Value]:
    match test:
        case Comparison():
            yield from _written(test, language)
            if language == JSONPATH and test.operator is not None and test.operator.endswith("Path"):
                yield Value(test, operand(test.operator), test.operand, language)
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
