"""How large a definition is, and how large a payload is at least."""

from __future__ import annotations

import json
from collections.abc import Iterator
from weakref import WeakKeyDictionary

from sfdsl.checks.base import Placed
from sfdsl.graph import WorkflowGraph
from sfdsl.model.asl import write
from sfdsl.model.fields import ABSENT, Json
from sfdsl.model.states import Catcher, ChoiceRule, Map, Opaque, State

_MEASURED: WeakKeyDictionary[WorkflowGraph, int] = WeakKeyDictionary()


def definition_size(graph: WorkflowGraph) -> int:
    """Characters of the definition as compact JSON, the least that it can be deployed with."""
    size = _MEASURED.get(graph)
    if size is None:
        size = _MEASURED[graph] = len(_compact(write(graph.machine)))
    return size


def written_size(graph: WorkflowGraph) -> int:
    """Characters of the definition as it is written for reviewers: two spaces a level."""
    return len(json.dumps(write(graph.machine), indent=2, ensure_ascii=False))


def json_bytes(value: Json) -> int:
    """Bytes of a value as compact JSON in UTF-8."""
    text = _compact(value)
    return len(text) if text.isascii() else len(text.encode("utf-8", "replace"))


def _compact(value: Json) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def least_bytes(payload: Json) -> int:
    """Bytes that a payload has at least, whatever its paths and expressions give."""
    return json_bytes(_without_expressions(payload))


def _without_expressions(value: Json) -> Json:
    match value:
        case dict():
            return {
                key.removesuffix(".$"): 0 if key.endswith(".$") else _without_expressions(item)
                for key, item in value.items()
            }
        case list():
            return [_without_expressions(item) for item in value]
        case str() if value.startswith("{%"):
            return 0
        case _:
            return value


_PAYLOADS = (
    ("parameters", "Parameters"),
    ("arguments", "Arguments"),
    ("result", "Result"),
    ("item_selector", "ItemSelector"),
    ("result_selector", "ResultSelector"),
    ("output", "Output"),
    ("assign", "Assign"),
)


def payloads(state: State) -> Iterator[tuple[Placed, str, Json]]:
    """What a state hands to a service, to its body or to the next state: the node, the ASL key and the value."""
    if isinstance(state, Opaque):
        return
    parts: list[Placed] = [state, *_parts(state)]
    for part in parts:
        for attribute, key in _PAYLOADS:
            value = getattr(part, attribute, ABSENT)
            if value is not ABSENT:
                yield part, key, value
    if isinstance(state, Map) and state.item_batcher is not None and state.item_batcher.batch_input is not ABSENT:
        yield state.item_batcher, "BatchInput", state.item_batcher.batch_input


def _parts(state: State) -> Iterator[Catcher | ChoiceRule]:
    yield from getattr(state, "choices", ())
    yield from getattr(state, "catch", ())
