"""SF133."""

from __future__ import annotations

from collections.abc import Iterator

from sfdsl.aws.resource import ServiceTask, parse
from sfdsl.checks.structure._fields import given, is_template
from sfdsl.checks.structure._parts import PartCheck, parts
from sfdsl.diagnostics import Diagnostic, Severity
from sfdsl.graph import WorkflowGraph
from sfdsl.model.states import ItemReader, ReaderConfig


class ReaderConflict(PartCheck):
    """An ItemReader whose settings do not go together.

    Why it matters:
        Step Functions refuses the definition, or the Map fails with States.ItemReaderFailed when it starts
        to read. A file needs an InputType; CSV settings are for CSV files; given headers need their names.

    Fires on:
        {"Type": "Map", "End": true,
         "ItemReader": {"Resource": "arn:aws:states:::s3:getObject", "Parameters": {"Bucket": "b", "Key": "k.csv"},
                        "ReaderConfig": {"InputType": "CSV", "CSVHeaderLocation": "GIVEN"}},
         "ItemProcessor": {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
                           "StartAt": "Load", "States": {"Load": {"Type": "Succeed"}}}}

    Instead:
        {"Type": "Map", "End": true,
         "ItemReader": {"Resource": "arn:aws:states:::s3:getObject", "Parameters": {"Bucket": "b", "Key": "k.csv"},
                        "ReaderConfig": {"InputType": "CSV", "CSVHeaderLocation": "GIVEN", "CSVHeaders": ["id"]}},
         "ItemProcessor": {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
                           "StartAt": "Load", "States": {"Load": {"Type": "Succeed"}}}}
    """

    code = "SF133"
    severity = Severity.ERROR

    def run(self, graph: WorkflowGraph) -> Iterator[Diagnostic]:
        """One finding for each conflict."""
        for part in parts(graph).of[ItemReader]:
            reader = part.node
            if reader.reader_config is None and "ReaderConfig" in reader.extra:
                continue
            config = reader.reader_config or ReaderConfig()
            resource = parse(reader.resource) if reader.resource is not None else None
            api = resource.api if isinstance(resource, ServiceTask) else ""
            for field, problem, hint in conflicts(api, config):
                place = part.field(f"ReaderConfig.{field}" if given(config, field) else "ReaderConfig")
                node = config if reader.reader_config is not None else reader
                finding = self.at(part.state, f"{place} {problem}", hint=hint, field=field, node=node)  # type: ignore[arg-type]
                yield finding


def conflicts(api: str, config: ReaderConfig) -> Iterator[tuple[str, str, str]]:
    """Field, what is wrong, and what to write. Nothing is said about placeholders and words that do not exist.

    Args:
        api: `getObject` or `listObjectsV2`; empty where it is not known.
        config: The settings.
    """
    type_ = config.input_type
    known = type_ in _TYPES
    flatten = config.transformation == "LOAD_AND_FLATTEN"
    inventory = config.manifest_type == "S3_INVENTORY"
    missing = type_ is None and "InputType" not in config.extra
    if api == "getObject" and missing and config.manifest_type is None:
        yield "InputType", "does not say what kind of file is read", 'add `"InputType": "JSON"`, or CSV, JSONL, PARQUET'
    if flatten and missing:
        yield "InputType", "does not say what kind of files are flattened", 'add `"InputType": "JSONL"`, or CSV, JSON'
    if flatten and api == "getObject":
        yield "Transformation", "is LOAD_AND_FLATTEN, which is for s3:listObjectsV2", "delete it, or list the objects"
    if flatten and type_ == "MANIFEST":
        yield (
            "InputType",
            "is MANIFEST, which LOAD_AND_FLATTEN does not read",
            'write "CSV", "JSON", "JSONL" or "PARQUET"',
        )
    if config.manifest_type == "ATHENA_DATA" and known and type_ not in ("CSV", "JSONL", "PARQUET"):
        yield "InputType", f"is {type_}, which no ATHENA_DATA manifest lists", 'write "CSV", "JSONL" or "PARQUET"'
    if inventory and known and type_ not in ("CSV", "MANIFEST"):
        yield "InputType", f"is {type_}; an S3_INVENTORY manifest lists CSV", "delete InputType"
    given_headers = config.csv_header_location == "GIVEN"
    if given_headers and not given(config, "CSVHeaders"):
        yield "CSVHeaderLocation", "is GIVEN and there are no CSVHeaders", 'add `"CSVHeaders": ["id", "name"]`'
    if config.csv_headers and config.csv_header_location == "FIRST_ROW":
        yield "CSVHeaders", "are given although CSVHeaderLocation is FIRST_ROW", 'write `"CSVHeaderLocation": "GIVEN"`'
    if known and type_ not in ("CSV", "MANIFEST"):
        for key in ("CSVHeaderLocation", "CSVHeaders", "CSVDelimiter"):
            if given(config, key):
                yield key, f"is for CSV, and InputType is {type_}", 'delete it, or write `"InputType": "CSV"`'
    if config.items_pointer is not None and known and type_ != "JSON" and not is_template(config.items_pointer):
        yield "ItemsPointer", f"is for JSON, and InputType is {type_}", "delete it"


_TYPES = ("CSV", "JSON", "JSONL", "PARQUET", "MANIFEST")
