"""SF257."""

from __future__ import annotations

from collections.abc import Iterator

from sfdsl.aws.resource import has_placeholder
from sfdsl.checks.dataflow._view import TextCheck, is_jsonata, shown, view
from sfdsl.diagnostics import Diagnostic, Severity
from sfdsl.graph import WorkflowGraph
from sfdsl.jsonata_text import half_delimited


class ConditionNotBoolean(TextCheck):
    """A Condition that cannot be true or false: a plain text, or an expression with another constant value.

    Why it matters:
        Step Functions refuses the definition, or the execution fails with States.QueryEvaluationError when
        it comes to the state. JSONata's own idea of what counts as true does not apply.

    Fires on:
        {"StartAt": "Big?", "States": {
          "Big?": {"Type": "Choice", "QueryLanguage": "JSONata", "Default": "Small", "Choices": [
            {"Condition": "$states.input.size > 10", "Next": "Big"}]},
          "Big": {"Type": "Succeed"}, "Small": {"Type": "Succeed"}}}

    Instead:
        {"StartAt": "Big?", "States": {
          "Big?": {"Type": "Choice", "QueryLanguage": "JSONata", "Default": "Small", "Choices": [
            {"Condition": "{% $states.input.size > 10 %}", "Next": "Big"}]},
          "Big": {"Type": "Succeed"}, "Small": {"Type": "Succeed"}}}
    """

    code = "SF257"
    severity = Severity.ERROR

    def run(self, graph: WorkflowGraph) -> Iterator[Diagnostic]:
        """One finding for each Condition."""
        found = view(graph)
        for literal in found.literals:
            text = literal.text.text
            if literal.text.field.key != "Condition" or not is_jsonata(literal):
                continue
            if not half_delimited(text) and not has_placeholder(text):  # half-delimited: SF202
                bare = text.strip().removeprefix("{%").removesuffix("%}").strip()
                hint = (
                    f"write {{% {bare} %}}" if "$" in bare else f"compare with it: {{% $states.input.x = '{bare}' %}}"
                )
                yield self.about(literal, f"is the text {shown(text)} and no expression", hint=hint)
        for seen in found.expressions:
            if seen.text.field.key == "Condition" and seen.facts.constant is not None:
                value = seen.facts.constant.value
                if not isinstance(value, bool):
                    hint = "compare it with something: {% $states.input.x = ... %}"
                    yield self.about(seen, f"is {shown(seen.text.text)}, which is never true or false", hint=hint)
