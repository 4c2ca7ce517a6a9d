"""SF113."""

from __future__ import annotations

from collections.abc import Iterator

from sfdsl.checks.structure._fields import attributes, expected, is_expression, is_template, words
from sfdsl.checks.structure._parts import TESTS, Part, PartCheck, parts
from sfdsl.checks.structure.ambiguous_test import LOGIC
from sfdsl.checks.structure.empty_collection import is_empty
from sfdsl.checks.structure.wrong_language_field import fields_of
from sfdsl.diagnostics import Diagnostic, Severity
from sfdsl.graph import WorkflowGraph
from sfdsl.model.fields import ABSENT, Json
from sfdsl.model.states import Catcher, Choice, ChoiceRule, Map, Parallel, Pass, Task, Wait


class MisshapenField(PartCheck):
    """A field whose value is of the wrong JSON type: a text where the language has an array, a null, a number.

    Why it matters:
        Step Functions refuses the definition.

    Fires on:
        {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Comment": ["a", "b"],
         "Retry": {"ErrorEquals": ["States.ALL"]}, "End": true}

    Instead:
        {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Comment": "a, b",
         "Retry": [{"ErrorEquals": ["States.ALL"]}], "End": true}
    """

    code = "SF113"
    severity = Severity.ERROR

    def run(self, graph: WorkflowGraph) -> Iterator[Diagnostic]:
        """One finding for each field."""
        found = parts(graph)
        for part in found.flawed:
            cls = type(part.node)
            for key, value in part.node.extra.items():
                if value is ABSENT or is_template(value) or is_empty(cls, key, value):
                    continue
                # A field of the other query language is that fault alone (SF128).
                if key in fields_of(cls, part.language) or (part.language == "JSONata" and key in _JSONPATH_TESTS):
                    continue
                shape = expected(cls, key) if key in attributes(cls) or (cls in TESTS and key in _TEST_KEYS) else ""
                # A second And beside an And is no misfit but one test too many (SF122).
                if shape and not (cls in TESTS and _fits(key, value)):
                    yield self._finding(graph, part, key, value, shape)
        for map_ in found.of[Map]:
            if map_.node.items_path is None:
                yield self._finding(graph, map_, "ItemsPath", None, "a path")
        for cls, name, key in _OBJECTS:
            for part in found.of[cls]:
                value = getattr(part.node, name)
                if value is ABSENT or isinstance(value, dict) or is_template(value):
                    continue
                if key == "ItemSelector" and part.language == "JSONata" and is_expression(value):
                    continue
                yield self._finding(graph, part, key, value, "an object")

    def _finding(self, graph: WorkflowGraph, part: Part, key: str, value: Json, shape: str) -> Diagnostic:
        what = f"is {words(value)}"
        if isinstance(value, list) and shape.startswith("an array"):
            wrong = str if shape.endswith(("names", "texts")) else dict
            i, member = next(((i, item) for i, item in enumerate(value) if not isinstance(item, wrong)), (0, value))
            what = f"has {words(member)} at [{i}]"
        message = f"{part.field(key)} {what}; it is {shape}"
        hint = f"write {_example(key, value)}" if _example(key, value) else f"make it {shape}, or leave {key!r} out"
        return self.about(graph, part, message, hint=hint, field=key)


_JSONPATH_TESTS = ("Variable", *LOGIC)
_TEST_KEYS = ("Variable", "Condition", "Comment", *LOGIC)

_OBJECTS = (
    *((cls, "assign", "Assign") for cls in (Task, Pass, Choice, Wait, Parallel, Map, Catcher, ChoiceRule)),
    (Map, "item_selector", "ItemSelector"),
    (Task, "credentials", "Credentials"),
)
"""Fields that hold any JSON value in the model, and an object in the language."""


def _fits(key: str, value: Json) -> bool:
    if key in ("And", "Or"):
        return isinstance(value, list)
    if key == "Not":
        return isinstance(value, dict)
    if key == "Condition":
        return isinstance(value, (str, bool))
    return isinstance(value, str)


def _example(key: str, value: Json) -> str:
    """The value in the right shape, where it is plain which was meant."""
    if key == "ErrorEquals" and isinstance(value, str):
        return f'["{value}"]'
    if key in ("Retry", "Catch", "Choices", "Branches", "And", "Or") and isinstance(value, dict):
        return "it in brackets: [{...}]"
    if key == "CSVHeaders" and isinstance(value, str):
        return "[" + ", ".join(f'"{name.strip()}"' for name in value.split(",")) + "]"
    return ""
