"""States moved into a child: what they read of the execution around them is read from a variable instead.

`$states.context.Execution.Input` of the parent is `$caller.Execution.Input` in the child, in both query languages.
Only `Execution`, `StateMachine` and `Map` are another's in a child; a Map inside the region has items of its own.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from sfdsl.jsonata_text import facts, is_expression
from sfdsl.model.fields import Json
from sfdsl.model.workflow import JSONATA

_STRINGS = r""""(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`|/\*.*?\*/"""
_JSONATA = re.compile(rf"({_STRINGS})|\$states\s*\.\s*context\s*\.\s*(Execution|StateMachine|Map)\b", re.DOTALL)
_JSONPATH = re.compile(r"('(?:[^'\\]|\\.)*')|\$\$\.(Execution|StateMachine|Map)\b")
_FLOWS = ("ItemProcessor", "Iterator")
_OWN_ITEM = ("ItemSelector", "Parameters")


def moved(state: Json, language: str, variable: str) -> Json:
    """The JSON of a state as it stands in a child.

    Args:
        state: As `asl.write_state` gives it; it is left as it is.
        language: Query language of the flow that it stands in.
        variable: Name of the variable that holds the caller's context, without `$`.
    """
    return _state(state, language, variable, True)


def readable(text: str) -> bool:
    """Whether all that an expression reads of the context can be read from a variable instead."""
    if "context" not in text or not is_expression(text):
        return True
    left = facts(_jsonata(text, "caller", True)).states
    return not any(read[:1] == ("context",) and read[1:2] in ((), ("Execution",), ("StateMachine",)) for read in left)


def _state(state: Json, language: str, variable: str, item: bool) -> Json:
    if not isinstance(state, dict):
        return state
    own = state.get("QueryLanguage", language)
    is_map = state.get("Type") == "Map"
    found: dict[str, Any] = {}
    for key, value in state.items():
        if key in _FLOWS and isinstance(value, dict):
            found[key] = _flow(value, language, variable, False)
        elif key == "Branches" and isinstance(value, list):
            found[key] = [_flow(each, language, variable, item) for each in value]
        elif key in ("Comment", "Next", "Default", "Type", "Resource", "Result"):
            found[key] = value
        else:
            found[key] = _value(key, value, own == JSONATA, variable, item and not (is_map and key in _OWN_ITEM))
    return found


def _flow(flow: Json, language: str, variable: str, item: bool) -> Json:
    if not isinstance(flow, dict):
        return flow
    own = flow.get("QueryLanguage", language)
    states = flow.get("States")
    if not isinstance(states, dict):
        return flow
    return {**flow, "States": {name: _state(state, own, variable, item) for name, state in states.items()}}


def _value(key: str, value: Json, jsonata: bool, variable: str, item: bool) -> Json:
    if isinstance(value, dict):
        return {name: _value(name, each, jsonata, variable, item) for name, each in value.items()}
    if isinstance(value, list):
        return [_value(key, each, jsonata, variable, item) for each in value]
    if not isinstance(value, str):
        return value
    if jsonata:
        return _jsonata(value, variable, item) if is_expression(value) else value
    if key.endswith((".$", "Path")) or key == "Variable":
        path = _JSONPATH.sub(lambda found: _replaced(found, variable, item), value)
        # Blanks around a path of the context object are taken; around that of a variable, asl-validator refuses them.
        return value if path == value else path.strip()
    return value


@lru_cache(maxsize=4096)
def _jsonata(text: str, variable: str, item: bool) -> str:
    return _JSONATA.sub(lambda found: _replaced(found, variable, item), text)


def _replaced(found: re.Match[str], variable: str, item: bool) -> str:
    if found[1] is not None or (found[2] == "Map" and not item):
        return found[0]
    return f"${variable}.{found[2]}"
