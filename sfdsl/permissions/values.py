"""What a definition tells of the arguments of a call, in both query languages.

A text is known in full, in part or not at all: a part that only the execution knows is a `GAP`, so that
`{% 'orders-' & $day %}` is `orders-` and a gap, which a policy writes `orders-*`. Placeholders stay as they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from attrs import field, frozen

from sfdsl import jsonpath
from sfdsl.model.fields import ABSENT, Absent, Json
from sfdsl.model.states import Choice, StateMachine, Task
from sfdsl.model.workflow import JSONATA, walk

__all__ = ["GAP", "UNKNOWN", "Arguments", "Constants", "Value"]

GAP: Final = "\0"
_MOST_ALTERNATIVES = 16
_DEEPEST = 8


class Unknown:
    """The type of `UNKNOWN`."""

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN: Final = Unknown()
"""A JSON value of which nothing is known."""


@frozen
class Result:
    """What the call of a state gave: known only at run time, but not whose it is."""

    state: str


@frozen
class OneOf:
    """A JSON value that is one of several, as in `a ? b : c`."""

    options: tuple[Any, ...]


@frozen
class Value:
    """What is known of one argument.

    Attributes:
        texts: What it can be; each is a text with gaps.
        path: The argument, such as `Arguments.Overrides.TaskRoleArn`.
        certain: Whether the argument is given; otherwise it may be absent at run time.
    """

    texts: tuple[str, ...]
    path: str = ""
    certain: bool = True

    @property
    def dynamic(self) -> bool:
        """Whether any part of it is known only at run time."""
        return any(GAP in text for text in self.texts)


class Constants:
    """The values that a machine assigns to its variables.

    A variable's value at any time is one of those that some state assigns to that name, whichever ran last,
    so that all of them together cover it.
    """

    def __init__(self, machine: StateMachine, name: str, substitutions: Mapping[str, str] | None = None) -> None:
        self.name = name
        self.substitutions = substitutions or {}
        self._assigned: dict[str, list[tuple[Json, str, str]]] = {}
        self._hidden = False  # an Assign that is an expression may assign anything
        for scope, state in walk(machine):
            language = scope.language(state)
            self._add(getattr(state, "assign", ABSENT), language, state.name if isinstance(state, Task) else "")
            for catcher in getattr(state, "catch", ()):
                self._add(catcher.assign, language)
            if isinstance(state, Choice):
                for rule in state.choices:
                    self._add(rule.assign, language)

    def _add(self, assign: Json | Absent, language: str, state: str = "") -> None:
        if assign is ABSENT:
            return
        if not isinstance(assign, dict):
            self._hidden = True
            return
        for key, value in assign.items():
            name = key.removesuffix(".$")
            entry = {key: value} if name == key else {name + ".$": value}
            self._assigned.setdefault(name, []).append((entry, language, state))

    def substituted(self, text: str) -> str:
        """A text with the placeholders replaced whose values are known."""
        if not self.substitutions or "${" not in text:
            return text
        return re.sub(r"\$\{([^{}]*)\}", lambda found: self.substitutions.get(found[1], found[0]), text)

    def variable(self, name: str, steps: Sequence[str | int], depth: int) -> Any:
        """What a variable, or a part of its value, can be."""
        if self._hidden or name not in self._assigned or depth > _DEEPEST:
            return UNKNOWN
        found = []
        for entry, language, state in self._assigned[name]:
            reader = Reader(language, self, depth + 1, state)
            value = reader.child(entry, name)
            for step in steps:
                value = reader.step(value, step)
            found.append(reader.simple(value))
        return found[0] if len(found) == 1 else OneOf(tuple(found))

    def context(self, steps: Sequence[str | int]) -> Any:
        """What the context object says about the machine itself."""
        head = "arn:${AWS::Partition}:states:${AWS::Region}:${AWS::AccountId}:"
        match tuple(steps):
            case ("StateMachine", "Name"):
                return self.name
            case ("StateMachine", "Id"):
                return f"{head}stateMachine:{self.name}"
            case ("Execution", "Id"):
                return f"{head}execution:{self.name}:{GAP}"
            case _:
                return UNKNOWN


class Reader:
    """Reads JSON as one query language does, giving texts with gaps for what it computes.

    Args:
        language: The query language.
        constants: Of the machine.
        depth: How many variables led here, each assigned from the next.
        state: Name of the state whose result is at hand, as in the Assign of a Task; empty where none is.
    """

    def __init__(self, language: str, constants: Constants, depth: int = 0, state: str = "") -> None:
        self.jsonata = language == JSONATA
        self.constants = constants
        self.depth = depth
        self.state = state

    def simple(self, value: Any) -> Any:
        """A value with its expression, if it is one, replaced by what is known of it."""
        if self.jsonata and isinstance(value, str) and value.strip().startswith("{%"):
            return self._expression(value)
        return value

    def child(self, value: Any, key: str) -> Any:
        """The field of an object; ABSENT where it has none."""
        value = self.simple(value)
        if isinstance(value, OneOf):
            return OneOf(tuple(self.child(option, key) for option in value.options))
        if value is UNKNOWN or value is ABSENT or isinstance(value, Result):
            return value
        if not isinstance(value, dict):
            return ABSENT if value is None else UNKNOWN
        found = _same(value, key)
        if found is not None:
            return self.simple(value[found])
        if not self.jsonata and (found := _same(value, key + ".$")) is not None:
            text = value[found]
            return self._path(text) if isinstance(text, str) else UNKNOWN
        return ABSENT

    def step(self, value: Any, step: str | int) -> Any:
        """A field or an element."""
        if isinstance(step, str):
            return self.child(value, step)
        value = self.simple(value)
        if isinstance(value, Result):
            return value
        if isinstance(value, OneOf):
            return OneOf(tuple(self.step(option, step) for option in value.options))
        if isinstance(value, list) and -len(value) <= step < len(value):
            return self.simple(value[step])
        return UNKNOWN

    def elements(self, value: Any) -> Any:
        """What the elements of an array can be."""
        value = self.simple(value)
        if isinstance(value, OneOf):
            return OneOf(tuple(self.elements(option) for option in value.options))
        if isinstance(value, list):
            return OneOf(tuple(self.simple(item) for item in value)) if value else ABSENT
        return value if value is ABSENT or isinstance(value, Result) else UNKNOWN

    def texts(self, value: Any) -> Iterator[str | None]:
        """What a value can be as a text, gaps included; None where it can be absent."""
        value = self.simple(value)
        match value:
            case OneOf():
                for option in value.options:
                    yield from self.texts(option)
            case None:
                yield None
            case str():
                yield self.constants.substituted(value)
            case bool():
                yield "true" if value else "false"
            case int() | float():
                yield str(value)
            case _:
                yield None if value is ABSENT else GAP

    # JSONPath

    def _path(self, text: str) -> Any:
        try:
            node: Any = jsonpath.parse(text)
        except jsonpath.SyntaxProblem:
            return UNKNOWN
        return self._of_path(node)

    def _of_path(self, node: Any) -> Any:
        match node:
            case jsonpath.Literal():
                return node.value
            case jsonpath.Placeholder():
                return node.text
            case jsonpath.Path():
                steps: list[str | int] = []
                for step in node.steps:
                    match step:
                        case jsonpath.Name():
                            steps.append(step.name)
                        case jsonpath.Index():
                            steps.append(step.index)
                        case _:
                            return UNKNOWN
                if isinstance(node.root, jsonpath.Variable):
                    return self.constants.variable(node.root.name, steps, self.depth)
                if node.root is jsonpath.Root.CONTEXT:
                    return self.constants.context(steps)
                return Result(self.state) if self.state else UNKNOWN
            case jsonpath.Call(function="States.Format") if node.arguments:
                return self._format(node)
            case jsonpath.Call(function="States.Array"):
                return [self._of_path(argument) for argument in node.arguments]
            case _:
                return UNKNOWN

    def _format(self, call: jsonpath.Call) -> Any:
        template, *arguments = call.arguments
        if not isinstance(template, jsonpath.Literal) or not isinstance(template.value, str):
            return UNKNOWN
        parts: list[tuple[str, ...]] = []
        rest = iter(arguments)
        for piece in re.findall(r"\\.|\{\}|[^\\{}]+|[{}]|\\", template.raw):
            if piece == "{}":
                parts.append(self._options(self._of_path(next(rest, None))))
            else:
                parts.append((piece[1:] if piece.startswith("\\") and len(piece) == 2 else piece,))
        return _joined(parts)

    def _options(self, value: Any) -> tuple[str, ...]:
        texts = [text if text is not None else GAP for text in self.texts(value)]
        return tuple(dict.fromkeys(texts)) if len(texts) <= _MOST_ALTERNATIVES else (GAP,)

    # JSONata

    def _expression(self, text: str) -> Any:
        from sfdsl.jsonata_text.nodes import Unsure
        from sfdsl.jsonata_text.scanner import scan

        inner = text.strip()
        if not inner.endswith("%}"):
            return UNKNOWN
        try:
            node = scan(inner[2:-2]).node
        except Unsure:
            return UNKNOWN
        return self._of_node(node)

    def _of_node(self, node: Any) -> Any:
        from sfdsl.jsonata_text import nodes

        match node:
            case nodes.Literal():
                return node.value
            case nodes.Block():
                return self._of_node(node.inner)
            case nodes.Binary(operator="&"):
                return _joined(
                    [self._options_of(self._of_node(node.left)), self._options_of(self._of_node(node.right))]
                )
            case nodes.Condition():
                otherwise = ABSENT if node.otherwise is None else self._of_node(node.otherwise)
                return OneOf((self._of_node(node.then), otherwise))
            case nodes.Invoke(function="string") if len(node.arguments) == 1:
                inner = self._of_node(node.arguments[0])
                return inner if isinstance(inner, str) else UNKNOWN
            case nodes.Array():
                return [self._of_node(item) for item in node.items]
            case nodes.Object():
                made = {}
                for key, value in node.pairs:
                    name = self._of_node(key)
                    if not isinstance(name, str) or GAP in name:
                        return UNKNOWN
                    made[name] = self._of_node(value)
                return made
            case nodes.Read():
                return self.constants.variable(node.name, (), self.depth) if node.name != "states" else UNKNOWN
            case nodes.Select(base=nodes.Read(name="states")):
                if node.steps[:1] == ("context",):
                    return self.constants.context(node.steps[1:])
                return Result(self.state) if self.state and node.steps[:1] == ("result",) else UNKNOWN
            case nodes.Select(base=nodes.Read(name=name)):
                return self.constants.variable(name, node.steps, self.depth)
            case _:
                return UNKNOWN

    def _options_of(self, value: Any) -> tuple[str, ...]:
        if value is ABSENT:
            return ("",)  # nothing joins as nothing
        return self._options(value)


def _joined(parts: list[tuple[str, ...]]) -> Any:
    """Every way to put the parts together, as one text or several."""
    texts = [""]
    for options in parts:
        texts = [text + option for text in texts for option in options]
        if len(texts) > _MOST_ALTERNATIVES:
            return UNKNOWN
    texts = list(dict.fromkeys(re.sub(f"{GAP}+", GAP, text) for text in texts))
    return texts[0] if len(texts) == 1 else OneOf(tuple(texts))


def _same(value: dict[str, Any], key: str) -> str | None:
    """The key of an object that is meant, capitals aside: botocore and ASL differ in them."""
    if key in value:
        return key
    folded = key.lower()
    return next((name for name in value if name.lower() == folded), None)


@frozen
class Arguments:
    """The arguments of a call or of a reader or writer, as the definition gives them.

    Attributes:
        payload: The value of `Parameters` or `Arguments`; `UNKNOWN` where the state's input stands for it.
        key: Which of the two.
    """

    payload: Any
    key: str
    _reader: Reader = field(repr=False, eq=False)

    @classmethod
    def of(cls, node: Any, language: str, constants: Constants) -> Arguments:
        """The arguments of a Task, an ItemReader or a ResultWriter."""
        name = "Arguments" if language == JSONATA else "Parameters"
        payload = node.arguments if language == JSONATA else node.parameters
        reader = Reader(language, constants)
        return cls(UNKNOWN if payload is ABSENT else reader.simple(payload), name, reader)

    def raw(self, path: str) -> Any:
        """The value of an argument, ABSENT or UNKNOWN.

        Args:
            path: Names with dots between them; `[]` behind a name stands for every element.
        """
        value = self.payload
        for step in path.split("."):
            value = self._reader.child(value, step.removesuffix("[]"))
            if step.endswith("[]"):
                value = self._reader.elements(value)
        return value

    def get(self, path: str) -> Value | None:
        """What is known of an argument; None where it is not given."""
        texts = list(self._reader.texts(self.raw(path)))
        known = tuple(dict.fromkeys(text for text in texts if text is not None))
        if not known:
            return None
        if len(known) > _MOST_ALTERNATIVES:
            known = (GAP,)
        certain = None not in texts and not self._may_be_absent(path)
        return Value(known, f"{self.key}.{path}", certain)

    def keys(self, path: str) -> tuple[str, ...] | None:
        """The keys of a map; None where it is not known."""
        value = self.raw(path)
        options = value.options if isinstance(value, OneOf) else (value,)
        if not all(isinstance(option, dict) for option in options):
            return None
        return tuple(dict.fromkeys(key.removesuffix(".$") for option in options for key in option))

    def sources(self) -> frozenset[str]:
        """Names of the states whose results the ids and ARNs among the arguments are, as far as all of them tell."""
        found: set[str] = set()
        for key in self.payload if isinstance(self.payload, dict) else ():
            name = key.removesuffix(".$")
            if re.search(r"(id|ids|arn|arns)$", name, re.IGNORECASE):
                value = self.raw(name)
                options = value.options if isinstance(value, OneOf) else (value,)
                if not all(isinstance(option, Result) for option in options):
                    continue
                found.update(option.state for option in options)
        return frozenset(found)

    def given(self, path: str) -> bool:
        """Whether an argument is given or may be."""
        return self.raw(path) is not ABSENT

    def _may_be_absent(self, path: str) -> bool:
        """Whether what holds the argument is not known, so that the argument may not be in it."""
        value = self.payload
        for step in path.split("."):
            if value is UNKNOWN or isinstance(value, OneOf):
                return True
            value = self._reader.child(value, step.removesuffix("[]"))
            if step.endswith("[]"):
                value = self._reader.elements(value)
        return False
