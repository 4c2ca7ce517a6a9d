"""What each node class can carry: its keys, the shape of each, and which of them a node was given."""

from __future__ import annotations

from typing import Any, Final

import attrs

from sfdsl.aws.resource import has_placeholder
from sfdsl.model import fields as shapes
from sfdsl.model.states import And, ChoiceRule, Comparison, Condition, Not, Or

_SHAPES: Final = {
    shapes._text: "a text",
    shapes._number: "a number",
    shapes._texts: "an array of texts",
    shapes._path: "a path or null",
}
_BY_KEY: Final = {
    "States": "an object that holds the states by their names",
    "StartAt": "the name of a state",
    "Next": "the name of a state",
    "Default": "the name of a state",
    "ErrorEquals": "an array of error names",
    "ItemsPath": "a path",
    "Variable": "a path",
    "Timestamp": "a timestamp",
    "And": "an array of rules",
    "Or": "an array of rules",
    "Not": "a rule",
    "Condition": "a JSONata expression or a boolean",
    "Choices": "an array of rules",
    "Retry": "an array of retriers",
    "Catch": "an array of catchers",
    "Branches": "an array of branches",
}
_TESTS: Final = (Comparison, And, Or, Not, Condition)


_ATTRIBUTES: dict[type[Any], dict[str, tuple[str, Any]]] = {
    ChoiceRule: {
        "Next": ("next", None), "Comment": ("comment", None),
        "Assign": ("assign", shapes.ABSENT), "Output": ("output", shapes.ABSENT),
    },
    **{key: {"Variable": ("variable", None), "Comment": ("comment", None)} for key in _TESTS},
    Condition: {},
}  # fmt: skip


def attributes(cls: type[Any]) -> dict[str, tuple[str, Any]]:
    """ASL key -> attribute of a node class and its value where the key is not written."""
    if cls not in _ATTRIBUTES:
        found = {}
        for field in attrs.fields(cls):
            if "slot" in field.metadata:
                found[field.metadata["slot"].key] = field.name, field.default
            elif "node" in field.metadata or "nodes" in field.metadata:
                found[(field.metadata.get("node") or field.metadata["nodes"])[0]] = field.name, field.default
            elif field.name in ("states", "next"):
                found[field.name.capitalize()] = field.name, field.default
        _ATTRIBUTES[cls] = found
    return _ATTRIBUTES[cls]


def expected(cls: type[Any], key: str) -> str:
    """In words, the shape of a field; empty where the class has no field of that key, or one that takes anything."""
    if key == "Comment":
        return "a text"
    if key in _BY_KEY and (key in attributes(cls) or cls in _TESTS):
        return _BY_KEY[key]
    if key not in attributes(cls):
        return ""
    field = attrs.fields_dict(cls)[attributes(cls)[key][0]]
    if "node" in field.metadata:
        return "an object"
    slot = field.metadata.get("slot")
    if slot is None:
        return ""
    return "a path" if key.endswith("Path") and slot.read is shapes._text else _SHAPES.get(slot.read, "")


def given(node: Any, key: str) -> bool:
    """Whether the node's JSON object has the key, whatever its value."""
    known = attributes(type(node)).get(key)
    if known is not None:
        value = getattr(node, known[0])
        if value is not known[1] and value != known[1]:
            return True
    return key in node.extra and node.extra[key] is not shapes.ABSENT


def is_template(text: object) -> bool:
    """Whether a value is a text with a `${Placeholder}`, which deployment replaces by who knows what."""
    return isinstance(text, str) and ("{" in text) and has_placeholder(text)


def is_expression(text: object) -> bool:
    """Whether a value is a JSONata expression, `{% ... %}`."""
    return isinstance(text, str) and text.startswith("{%") and text.endswith("%}")


def words(value: Any) -> str:
    """A JSON value as a message shows it: short, or what kind of thing it is."""
    import json

    if value is None or isinstance(value, (bool, int, float)):
        return json.dumps(value)
    if isinstance(value, str):
        return repr(value) if len(value) <= 60 else f"a text of {len(value):,} characters"
    if not value:
        return "an empty array" if isinstance(value, list) else "an empty object"
    return "an array" if isinstance(value, list) else "an object"


def listed(keys: list[str], most: int = 4) -> str:
    """Keys in quotes, joined as a sentence does: `'A', 'B' and 'C'`."""
    shown = [repr(key) for key in keys[:most]]
    if len(keys) > most:
        return f"{', '.join(shown)} and {len(keys) - most} more"
    return f"{', '.join(shown[:-1])} and {shown[-1]}" if len(shown) > 1 else "".join(shown)
