"""Short ways to write definitions, and to see what the rules on data say of them."""

from __future__ import annotations

from typing import Any

from sfdsl.checks.dataflow import CHECKS
from sfdsl.diagnostics import Diagnostic
from sfdsl.graph import WorkflowGraph
from sfdsl.model.asl import read
from sfdsl.model.workflow import Workflow

Json = dict[str, Any]


def machine(*states: tuple[str, Json], language: str = "JSONPath") -> Json:
    """A definition of states that lead to one another in order, where they do not say otherwise."""
    named: Json = {}
    for i, (name, state) in enumerate(states):
        ends = state["Type"] in ("Choice", "Succeed", "Fail")
        onward = {"Next": states[i + 1][0]} if i + 1 < len(states) else {"End": True}
        named[name] = state if ends or "Next" in state or "End" in state else {**state, **onward}
    return {"QueryLanguage": language, "StartAt": states[0][0], "States": named}


def one(state: Json, language: str = "JSONPath") -> Json:
    """A definition of one state."""
    return machine(("S", state), language=language)


def jsonata(output: Any) -> Json:
    """A JSONata machine of one Pass with this Output."""
    return one({"Type": "Pass", "Output": output}, "JSONata")


def template(parameters: Any) -> Json:
    """A JSONPath machine of one Pass with these Parameters."""
    return one({"Type": "Pass", "Parameters": parameters})


def findings(definition: Json) -> list[Diagnostic]:
    """What all rules of the family find."""
    graph = WorkflowGraph(Workflow(name="test", machine=read(definition)))
    return [finding for check in CHECKS for finding in check().run(graph)]


def codes(definition: Json) -> list[str]:
    """The codes of all findings, in order."""
    return [finding.code for finding in findings(definition)]


def only(definition: Json) -> tuple[str, str, str, str]:
    """Code, place, message and hint of the single finding."""
    (finding,) = findings(definition)
    return finding.code, finding.origin.pointer, finding.message, finding.hint
