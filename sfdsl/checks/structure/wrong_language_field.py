"""SF128."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from sfdsl.checks.structure._fields import attributes, given, listed
from sfdsl.checks.structure._parts import STATES, TESTS, Part, PartCheck, parts
from sfdsl.diagnostics import Diagnostic, Severity
from sfdsl.graph import WorkflowGraph
from sfdsl.model.states import (
    OPERATORS,
    Catcher,
    ChoiceRule,
    Condition,
    ItemBatcher,
    ItemReader,
    ReaderConfig,
    ResultWriter,
)

JSONPATH_ONLY: Final = frozenset({
    "InputPath", "OutputPath", "Parameters", "ResultSelector", "ResultPath", "Result", "ItemsPath", "SecondsPath",
    "TimestampPath", "TimeoutSecondsPath", "HeartbeatSecondsPath", "ErrorPath", "CausePath", "MaxConcurrencyPath",
    "ToleratedFailurePercentagePath", "ToleratedFailureCountPath", "MaxItemsPath", "MaxItemsPerBatchPath",
    "MaxInputBytesPerBatchPath",
})  # fmt: skip
JSONATA_ONLY: Final = frozenset({"Arguments", "Output", "Items"})
_TESTS: Final = frozenset(("Variable", "And", "Or", "Not", *OPERATORS))


class WrongLanguageField(PartCheck):
    """A field of JSONPath in a state that is written in JSONata, or the reverse.

    Why it matters:
        Step Functions refuses the definition. The two languages have different fields: JSONPath InputPath,
        Parameters, ResultSelector, ResultPath, OutputPath and those that end in Path, JSONata Arguments and Output.

    Fires on:
        {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Arguments": {"FunctionName": "load"},
         "Output": "{% $states.result.Payload %}", "End": true}

    Instead:
        {"Type": "Task", "QueryLanguage": "JSONata", "Resource": "arn:aws:states:::lambda:invoke",
         "Arguments": {"FunctionName": "load"}, "Output": "{% $states.result.Payload %}", "End": true}
    """

    code = "SF128"
    severity = Severity.ERROR

    def run(self, graph: WorkflowGraph) -> Iterator[Diagnostic]:
        """One finding for each state, with all its fields of the other language."""
        found = parts(graph)
        wrong: dict[int, tuple[Part, list[str]]] = {}
        for cls in (*STATES, Catcher, ChoiceRule, ItemReader, ReaderConfig, ItemBatcher, ResultWriter, *TESTS):
            for part in found.of[cls]:
                keys = _foreign(part)
                if keys:
                    _, all_ = wrong.setdefault(id(part.state), (part, []))
                    all_ += [f"{part.key}.{key}" if part.key else key for key in keys]
        for part, keys in wrong.values():
            other = "JSONPath" if part.language == "JSONata" else "JSONata"
            count = "fields" if len(keys) > 1 else "field"
            message = f"{part.owner} is written in {part.language} and has the {other} {count} {listed(keys)}"
            yield self.about(graph, part, message, hint=_hint(part, keys), field=keys[0].rpartition(".")[2])


_FIELDS: dict[tuple[type[Any], str], tuple[str, ...]] = {}


def fields_of(cls: type[Any], language: str) -> tuple[str, ...]:
    """The keys of a class that belong to the other query language; none where the language is unknown."""
    if (cls, language) not in _FIELDS:
        foreign = {"JSONata": JSONPATH_ONLY, "JSONPath": JSONATA_ONLY}.get(language, frozenset())
        _FIELDS[cls, language] = tuple(key for key in attributes(cls) if key in foreign)
    return _FIELDS[cls, language]


def _foreign(part: Part) -> list[str]:
    node = part.node
    cls = type(node)
    if cls not in TESTS:
        return [key for key in fields_of(cls, part.language) if given(node, key)]
    if part.nested:
        return []  # its outermost rule stands for it
    if part.language == "JSONata":
        if isinstance(node, Condition):
            return [key for key in node.extra if key in _TESTS]
        name = cls.__name__ if cls.__name__ in _TESTS else getattr(node, "operator", None)
        own = [name] if name is not None else []
        first = ["Variable"] if getattr(node, "variable", None) is not None else []
        return first + own + [key for key in node.extra if key in _TESTS]
    if part.language == "JSONPath":
        return ["Condition"] if isinstance(node, Condition) or "Condition" in node.extra else []
    return []


_INSTEAD: Final = {
    "Arguments": "Parameters",
    "Output": "ResultSelector, ResultPath or OutputPath",
    "Items": "ItemsPath",
    "Condition": "Variable with an operator",
    "InputPath": "Arguments",
    "Parameters": "Arguments",
    "ResultSelector": "Output",
    "ResultPath": "Output or Assign",
    "OutputPath": "Output",
    "Result": "Output",
    "ItemsPath": "Items",
    "Variable": "a Condition",
}


def _hint(part: Part, keys: list[str]) -> str:
    machine_is = part.scope.query_language
    bare = [key.rpartition(".")[2] for key in keys]
    if part.language == "JSONPath":
        return 'add `"QueryLanguage": "JSONata"` to the state' + (
            f", or write {_INSTEAD[bare[0]]} instead" if bare[0] in _INSTEAD else ""
        )
    key = bare[0]
    if key == "Parameters" and part.node.__class__.__name__ == "Map":
        instead = "ItemSelector"
    elif key == "Parameters" and part.node.__class__.__name__ == "Pass":
        instead = "Output"
    elif key in _INSTEAD:
        instead = _INSTEAD[key]
    elif key.endswith("Path"):
        instead = f'`"{key.removesuffix("Path")}": "{{% ... %}}"`'
    else:
        instead = "a Condition"
    if machine_is == "JSONPath":
        return f"write {instead} instead, or delete the state's QueryLanguage"
    return f"write {instead} instead; in a machine written in JSONata every state is"
