"""SF207."""

from __future__ import annotations

from collections.abc import Iterator

from sfdsl.checks.dataflow._view import Expression, TextCheck, view
from sfdsl.diagnostics import Diagnostic, Severity
from sfdsl.graph import WorkflowGraph
from sfdsl.model.states import Catcher, Map, Parallel, Task


class StatesFieldWithoutValue(TextCheck):
    """`$states.result` or `$states.errorOutput` where it has no value.

    Why it matters:
        Step Functions refuses the definition. A result exists in Output and Assign of Task, Parallel and Map,
        an error output in those of a catcher.

    Fires on:
        {"Type": "Task", "QueryLanguage": "JSONata", "Resource": "arn:aws:states:::sqs:sendMessage",
         "Arguments": {"QueueUrl": "orders", "MessageBody": "{% $states.result %}"}, "End": true}

    Instead:
        {"Type": "Task", "QueryLanguage": "JSONata", "Resource": "arn:aws:states:::sqs:sendMessage",
         "Arguments": {"QueueUrl": "orders", "MessageBody": "{% $states.input %}"}, "End": true}
    """

    code = "SF207"
    severity = Severity.ERROR

    def run(self, graph: WorkflowGraph) -> Iterator[Diagnostic]:
        """One finding for each field of `$states` in an expression."""
        for seen in view(graph).expressions:
            for name in sorted({read[0] for read in seen.facts.states if read}):
                if name in ("result", "errorOutput") and name not in seen.text.field.states:
                    yield self.about(seen, f"reads $states.{name}, which has no value there", hint=_hint(seen, name))


def _hint(seen: Expression, name: str) -> str:
    if name == "errorOutput":
        return "read it in Output or Assign of a catcher, and pass it on from there, for example as a variable"
    if isinstance(seen.text.node, Catcher):
        return "after an error there is no result; read $states.errorOutput or $states.input"
    if isinstance(seen.state, (Task, Parallel, Map)):
        return "read it in Output or Assign, after the work is done; before that there is $states.input"
    return f"a {type(seen.state).__name__} has no result; write $states.input"
