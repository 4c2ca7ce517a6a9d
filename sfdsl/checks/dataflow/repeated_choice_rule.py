"""SF258."""

from __future__ import annotations

import json
from collections.abc import Iterator

from sfdsl.checks.base import Check
from sfdsl.diagnostics import Diagnostic, Severity
from sfdsl.graph import WorkflowGraph
from sfdsl.model.asl import write_test
from sfdsl.model.states import Choice


class RepeatedChoiceRule(Check):
    """A rule of a Choice with the same test as a rule before it.

    Why it matters:
        The first rule that is true wins, so that the later one never does. One of them usually meant
        another field or value.

    Fires on:
        {"StartAt": "Size?", "States": {
          "Size?": {"Type": "Choice", "Default": "Small", "Choices": [
            {"Variable": "$.size", "StringEquals": "L", "Next": "Big"},
            {"Variable": "$.size", "StringEquals": "L", "Next": "Huge"}]},
          "Big": {"Type": "Succeed"}, "Huge": {"Type": "Succeed"}, "Small": {"Type": "Succeed"}}}

    Instead:
        {"StartAt": "Size?", "States": {
          "Size?": {"Type": "Choice", "Default": "Small", "Choices": [
            {"Variable": "$.size", "StringEquals": "L", "Next": "Big"},
            {"Variable": "$.size", "StringEquals": "XL", "Next": "Huge"}]},
          "Big": {"Type": "Succeed"}, "Huge": {"Type": "Succeed"}, "Small": {"Type": "Succeed"}}}
    """

    code = "SF258"
    severity = Severity.WARNING

    def run(self, graph: WorkflowGraph) -> Iterator[Diagnostic]:
        """One finding for each later rule."""
        for _, state in graph.states():
            if not isinstance(state, Choice) or len(state.choices) < 2:
                continue
            first: dict[str, int] = {}
            for i, rule in enumerate(state.choices):
                written = {key: value for key, value in write_test(rule.test).items() if key != "Comment"}
                if not written:
                    continue
                test = json.dumps(written, sort_keys=True)
                if test in first:
                    message = f"Choices[{i}] of state {state.name!r} tests what Choices[{first[test]}] tests"
                    hint = f"leave it out, or test something else; Choices[{first[test]}] is tried before it"
                    yield self.at(state, message, hint=hint, node=rule)
                first.setdefault(test, i)
