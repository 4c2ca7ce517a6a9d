"""SF130."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from sfdsl.aws.resource import Malformed, ServiceTask, Unresolved, parse
from sfdsl.checks.structure._fields import is_template
from sfdsl.checks.structure._parts import STATES, PartCheck, parts
from sfdsl.diagnostics import Diagnostic, Severity, did_you_mean
from sfdsl.graph import WorkflowGraph
from sfdsl.model.states import (
    Branch,
    ItemProcessor,
    ItemReader,
    ProcessorConfig,
    ReaderConfig,
    ResultWriter,
    Retrier,
    StateMachine,
    WriterConfig,
)


class UnknownValue(PartCheck):
    """A field that takes one of a few words, and has another.

    Why it matters:
        Step Functions refuses the definition; words are written exactly so, in capitals or not.

    Fires on:
        {"Type": "Pass", "QueryLanguage": "Jsonata", "End": true}

    Instead:
        {"Type": "Pass", "QueryLanguage": "JSONata", "End": true}
    """

    code = "SF130"
    severity = Severity.ERROR

    def run(self, graph: WorkflowGraph) -> Iterator[Diagnostic]:
        """One finding for each field."""
        found = parts(graph)
        for cls, fields in _WORDS.items():
            for part in found.of[cls]:
                for attribute, key, allowed in fields:
                    value = getattr(part.node, attribute)
                    if value is None or value in allowed or is_template(value):
                        continue
                    message = f"{part.field(key)} is {value!r}; {_either(allowed)} may be written there"
                    hint = did_you_mean(value, allowed) or f'write `"{key}": "{allowed[0]}"`'
                    yield self.about(graph, part, message, hint=hint, field=key)
        for resource_cls, apis in _RESOURCES.items():
            for part in found.of[resource_cls]:
                resource = part.node.resource
                if resource is None:
                    continue
                what = parse(resource)
                if isinstance(what, Unresolved) or (isinstance(what, ServiceTask) and what.name in apis):
                    continue
                if isinstance(what, Malformed) and is_template(resource):
                    continue
                known = [f"arn:aws:states:::{api}" for api in apis]
                message = f"{part.field('Resource')} is {resource!r}; {_either(known)} may be written there"
                hint = did_you_mean(resource, known) or f'write `"Resource": "{known[0]}"`'
                yield self.about(graph, part, message, hint=hint, field="Resource")


def _either(allowed: tuple[str, ...] | list[str]) -> str:
    if len(allowed) == 1:
        return f"only {allowed[0]}"
    return f"{', '.join(allowed[:-1])} or {allowed[-1]}"


_LANGUAGE: Final = ("query_language", "QueryLanguage", ("JSONPath", "JSONata"))
_WORDS: Final[dict[type[Any], tuple[tuple[str, str, tuple[str, ...]], ...]]] = {
    **{cls: (_LANGUAGE,) for cls in (*STATES, Branch, ItemProcessor)},
    StateMachine: (_LANGUAGE, ("version", "Version", ("1.0",))),
    ProcessorConfig: (
        ("mode", "Mode", ("INLINE", "DISTRIBUTED")),
        ("execution_type", "ExecutionType", ("STANDARD", "EXPRESS")),
    ),
    ReaderConfig: (
        ("input_type", "InputType", ("CSV", "JSON", "JSONL", "PARQUET", "MANIFEST")),
        ("transformation", "Transformation", ("NONE", "LOAD_AND_FLATTEN")),
        ("manifest_type", "ManifestType", ("ATHENA_DATA", "S3_INVENTORY")),
        ("csv_header_location", "CSVHeaderLocation", ("FIRST_ROW", "GIVEN")),
        ("csv_delimiter", "CSVDelimiter", ("COMMA", "PIPE", "SEMICOLON", "SPACE", "TAB")),
    ),
    WriterConfig: (
        ("transformation", "Transformation", ("NONE", "COMPACT", "FLATTEN")),
        ("output_type", "OutputType", ("JSON", "JSONL")),
    ),
    Retrier: (("jitter_strategy", "JitterStrategy", ("FULL", "NONE")),),
}
"""By class: attribute, ASL key and the words it takes. Source: Step Functions Developer Guide, pages of the states."""

_RESOURCES: Final[dict[type[Any], tuple[str, ...]]] = {
    ItemReader: ("s3:getObject", "s3:listObjectsV2"),
    ResultWriter: ("s3:putObject",),
}
