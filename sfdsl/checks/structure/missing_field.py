"""SF114."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from sfdsl.checks.structure._fields import given
from sfdsl.checks.structure._parts import Part, PartCheck, parts
from sfdsl.diagnostics import Diagnostic, Severity
from sfdsl.graph import WorkflowGraph
from sfdsl.model.states import (
    Branch,
    Catcher,
    Choice,
    ChoiceRule,
    ItemBatcher,
    ItemProcessor,
    ItemReader,
    Map,
    Parallel,
    ProcessorConfig,
    ResultWriter,
    Retrier,
    StateMachine,
    Task,
    Wait,
    WriterConfig,
)


class MissingField(PartCheck):
    """A required field that is not there.

    Why it matters:
        Step Functions refuses the definition.

    Fires on:
        {"StartAt": "Load", "States": {
            "Load": {"Type": "Task", "Catch": [{"ErrorEquals": ["States.ALL"]}], "End": true}}}

    Instead:
        {"StartAt": "Load", "States": {
            "Load": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke",
                     "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Failed"}], "End": true},
            "Failed": {"Type": "Fail"}}}
    """

    code = "SF114"
    severity = Severity.ERROR

    def run(self, graph: WorkflowGraph) -> Iterator[Diagnostic]:
        """One finding for each part and what it lacks."""
        found = parts(graph)
        for cls, attribute, alternatives, hint in _REQUIRED:
            for part in found.of[cls]:
                if getattr(part.node, attribute) or (attribute == "states" and "States" not in part.node.extra):
                    continue
                keys = alternatives if part.language == "JSONPath" else alternatives[: _JSONATA.get(cls, 9)]
                if not any(given(part.node, key) for key in alternatives):
                    yield self.about(graph, part, f"{part} has no {_either(keys)}", hint=hint)
        for part in found.of[ProcessorConfig]:
            if part.node.mode == "DISTRIBUTED" and not given(part.node, "ExecutionType"):
                message = f"{part} is DISTRIBUTED and has no ExecutionType"
                yield self.about(graph, part, message, hint='add `"ExecutionType": "STANDARD"`, or "EXPRESS"')
        for part in found.of[Task]:
            yield from self._credentials(graph, part)

    def _credentials(self, graph: WorkflowGraph, part: Part) -> Iterator[Diagnostic]:
        credentials = part.node.credentials
        if isinstance(credentials, dict) and "RoleArn" not in credentials and "RoleArn.$" not in credentials:
            # Source: measured, CreateStateMachine: "The field 'RoleArn' is required but was missing".
            message = f"{part.field('Credentials')} has no RoleArn"
            hint = 'write {"RoleArn": "arn:aws:iam::123456789012:role/other-account"}'
            yield self.about(graph, part, message, hint=hint, field="Credentials")


def _either(keys: tuple[str, ...]) -> str:
    return keys[0] if len(keys) == 1 else f"{', '.join(keys[:-1])} or {keys[-1]}"


_STATES_HINT: Final = 'add `"States": {"Done": {"Type": "Succeed"}}`'
_JSONATA: Final = {Wait: 2, ItemBatcher: 2}
"""How many of the alternatives a JSONata state has."""

_REQUIRED: Final[tuple[tuple[type[Any], str, tuple[str, ...], str], ...]] = (
    (StateMachine, "states", ("States",), _STATES_HINT),
    (Branch, "states", ("States",), _STATES_HINT),
    (ItemProcessor, "states", ("States",), _STATES_HINT),
    (Task, "resource", ("Resource",), 'add `"Resource": "arn:aws:states:::lambda:invoke"`, or what does the work'),
    (Parallel, "branches", ("Branches",), 'add `"Branches": [{"StartAt": ..., "States": {...}}, ...]`'),
    (Map, "item_processor", ("ItemProcessor", "Iterator"), 'add `"ItemProcessor": {"StartAt": ..., "States": {...}}`'),
    (Choice, "choices", ("Choices",), 'add `"Choices": [{"Variable": ..., ..., "Next": ...}]`'),
    (ChoiceRule, "next", ("Next",), 'add a `"Next"` that names the state to go to'),
    (Wait, "seconds", ("Seconds", "Timestamp", "SecondsPath", "TimestampPath"), 'add `"Seconds": 60`'),
    (Retrier, "error_equals", ("ErrorEquals",), 'add `"ErrorEquals": ["States.ALL"]`, or the errors that are meant'),
    (Catcher, "error_equals", ("ErrorEquals",), 'add `"ErrorEquals": ["States.ALL"]`, or the errors that are meant'),
    (Catcher, "next", ("Next",), 'add a `"Next"` that names the state to go to'),
    (ItemReader, "resource", ("Resource",), 'add `"Resource": "arn:aws:states:::s3:getObject"`, or s3:listObjectsV2'),
    (
        ItemBatcher,
        "max_items_per_batch",
        ("MaxItemsPerBatch", "MaxInputBytesPerBatch", "MaxItemsPerBatchPath", "MaxInputBytesPerBatchPath"),
        'add `"MaxItemsPerBatch": 100`',
    ),
    (
        ResultWriter,
        "resource",
        ("Resource", "WriterConfig"),
        'add `"Resource": "arn:aws:states:::s3:putObject"` with its bucket, or a WriterConfig',
    ),
    (WriterConfig, "output_type", ("OutputType",), 'add `"OutputType": "JSON"`, or "JSONL"'),
)
"""Class, the attribute that is usually there, the keys of which one is needed, and what to write."""
