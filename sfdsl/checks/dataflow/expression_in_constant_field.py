"""SF211."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from sfdsl.checks.base import Check
from sfdsl.checks.dataflow._view import shown
from sfdsl.diagnostics import Diagnostic, Severity
from sfdsl.graph import WorkflowGraph
from sfdsl.model.states import Catcher, Choice, Map, Parallel, Pass, Retrier, State, Task, Wait

_WHY: Final[dict[str, str]] = {
    "Resource": "name what is called in Arguments instead, or lead a Choice to one Task for each Resource",
    "Next": "lead a Choice to the states it can be",
    "Default": "lead the rules of the Choice to the states it can be",
    "Label": "write a fixed name of at most 40 characters",
}
_RETRY = (
    ("IntervalSeconds", "interval_seconds"),
    ("MaxAttempts", "max_attempts"),
    ("BackoffRate", "backoff_rate"),
    ("MaxDelaySeconds", "max_delay_seconds"),
    ("JitterStrategy", "jitter_strategy"),
)


class ExpressionInConstantField(Check):
    """A JSONata expression in a field that takes none.

    Why it matters:
        Step Functions does not evaluate it: it refuses the definition, or it looks for a state, an
        error or a service that is called `{% ... %}`. What leads where and what is called is fixed at deploy time.

    Fires on:
        {"Type": "Task", "QueryLanguage": "JSONata", "Resource": "{% $states.input.resource %}", "End": true}

    Instead:
        {"Type": "Task", "QueryLanguage": "JSONata", "Resource": "arn:aws:states:::lambda:invoke",
         "Arguments": {"FunctionName": "{% $states.input.function %}"}, "End": true}
    """

    code = "SF211"
    severity = Severity.ERROR

    def run(self, graph: WorkflowGraph) -> Iterator[Diagnostic]:
        """One finding for each field."""
        for _, state in graph.states():
            for node, key, value in _constants(state):
                if isinstance(value, str) and value.startswith("{%"):
                    message = f"{key} of state {state.name!r} takes no expression, and it is {shown(value)}"
                    yield self.at(state, message, hint=_WHY.get(key, "write a fixed value"), field=key, node=node)


def _constants(state: State) -> Iterator[tuple[Any, str, object]]:
    """The fields of a state that AWS takes as they stand: node, key, value."""
    if isinstance(state, (Task, Pass, Wait, Parallel, Map)):
        yield state, "Next", state.next
    if isinstance(state, Task):
        yield state, "Resource", state.resource
    if isinstance(state, Choice):
        yield state, "Default", state.default
        for rule in state.choices:
            yield rule, "Next", rule.next
    if isinstance(state, (Task, Parallel, Map)):
        for retrier in state.retry:
            yield from _of_handler(retrier)
        for catcher in state.catch:
            yield from _of_handler(catcher)
    if isinstance(state, Map):
        yield from _of_map(state)


def _of_handler(node: Retrier | Catcher) -> Iterator[tuple[Any, str, object]]:
    for error in node.error_equals:
        yield node, "ErrorEquals", error
    if isinstance(node, Catcher):
        yield node, "Next", node.next
    else:
        for key, attribute in _RETRY:
            yield node, key, getattr(node, attribute)


def _of_map(state: Map) -> Iterator[tuple[Any, str, object]]:
    yield state, "Label", state.label
    if state.body is not None:
        yield state.body, "StartAt", state.body.start_at
        if state.body.processor_config is not None:
            yield state.body.processor_config, "Mode", state.body.processor_config.mode
            yield state.body.processor_config, "ExecutionType", state.body.processor_config.execution_type
    if (reader := state.item_reader) is not None:
        yield reader, "Resource", reader.resource
        if (config := reader.reader_config) is not None:
            yield config, "InputType", config.input_type
            yield config, "Transformation", config.transformation
            yield config, "ManifestType", config.manifest_type
            yield config, "CSVHeaderLocation", config.csv_header_location
            yield config, "CSVDelimiter", config.csv_delimiter
            yield config, "ItemsPointer", config.items_pointer
            for header in config.csv_headers:
                yield config, "CSVHeaders", header
    if (writer := state.result_writer) is not None:
        yield writer, "Resource", writer.resource
        if writer.writer_config is not None:
            yield writer.writer_config, "Transformation", writer.writer_config.transformation
            yield writer.writer_config, "OutputType", writer.writer_config.output_type
