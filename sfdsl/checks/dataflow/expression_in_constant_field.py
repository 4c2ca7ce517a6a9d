"""SF211."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from sfdsl.checks.base import Check
from sfdsl.checks.dataflow._view import shown
from sfdsl.diagnostics import Diagnostic, Severity
from sfdsl.graph import WorkflowGraph
from sfdsl.model.states import Choice, Map, Parallel, Pass, State, Task, Wait

_WHY: Final[dict[str, str]] = {
    "Next": "lead a Choice to the states it can be",
    "Default": "lead the rules of the Choice to the states it can be",
    "Label": "write a fixed name of at most 40 characters",
}


class ExpressionInConstantField(Check):
    """A JSONata expression in a field that takes none.

    Why it matters:
        Step Functions does not evaluate it: it refuses the definition, or it looks for a state, an
        error or a service that is called `{% ... %}`. What leads where and what is called is fixed at deploy time.

    Fires on:
        {"StartAt": "Sort", "QueryLanguage": "JSONata", "States": {
          "Sort": {"Type": "Pass", "Next": "{% $states.input.size > 10 ? 'Big' : 'Small' %}"},
          "Big": {"Type": "Succeed"}, "Small": {"Type": "Succeed"}}}

    Instead:
        {"StartAt": "Sort", "QueryLanguage": "JSONata", "States": {
          "Sort": {"Type": "Choice", "Default": "Small", "Choices": [
            {"Condition": "{% $states.input.size > 10 %}", "Next": "Big"}]},
          "Big": {"Type": "Succeed"}, "Small": {"Type": "Succeed"}}}
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
    """The fields of a state that AWS takes as they stand: node, key, value.

    Numbers are SF127, and the Resource of a Task is SF501.
    """
    if isinstance(state, (Task, Pass, Wait, Parallel, Map)):
        yield state, "Next", state.next
    if isinstance(state, Choice):
        yield state, "Default", state.default
        for rule in state.choices:
            yield rule, "Next", rule.next
    if isinstance(state, (Task, Parallel, Map)):
        for retrier in state.retry:
            yield from ((retrier, "ErrorEquals", error) for error in retrier.error_equals)
            yield retrier, "JitterStrategy", retrier.jitter_strategy
        for catcher in state.catch:
            yield from ((catcher, "ErrorEquals", error) for error in catcher.error_equals)
            yield catcher, "Next", catcher.next
    if isinstance(state, Map):
        yield from _of_map(state)


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
