"""The state machine as the Amazon States Language text that is committed, reviewed and deployed."""

from __future__ import annotations

import json
import re
from typing import Any

from sfdsl.model import asl
from sfdsl.model.edges import flow_order
from sfdsl.model.states import Flow, Map, Parallel
from sfdsl.model.workflow import Workflow

_LONE = re.compile("[\ud800-\udfff]")


def emit(workflow: Workflow) -> str:
    """The definition with the states of every scope in the order in which they run; two spaces, a final newline.

    Keys of a state are in one order for all states (`Type` first, the way on last), keys of a payload in the
    author's. Text is written as it is, without escapes; only a lone surrogate, which UTF-8 cannot carry, has one.
    """
    definition = asl.write(workflow.machine)
    _order(workflow.machine, definition)
    text = json.dumps(definition, indent=2, ensure_ascii=False)
    return _LONE.sub(lambda m: f"\\u{ord(m[0]):04x}", text) + "\n"


def _order(flow: Flow, written: dict[str, Any]) -> None:
    """Put the states of a written flow, and of the flows inside it, into flow order."""
    for state in flow.states:
        if isinstance(state, Parallel):
            for branch, below in zip(state.branches, written["States"][state.name]["Branches"], strict=True):
                _order(branch, below)
        elif isinstance(state, Map):
            for body, key in ((state.item_processor, "ItemProcessor"), (state.iterator, "Iterator")):
                if body is not None:
                    _order(body, written["States"][state.name][key])
    if flow.states:
        written["States"] = {state.name: written["States"][state.name] for state in flow_order(flow)}
