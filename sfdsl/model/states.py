"""Frozen nodes for the whole Amazon States Language, in both query languages.

Field names are ASL's in snake_case. A node holds whatever ASL can carry, even values that AWS
refuses: checks judge. Common to all nodes:

- `origin`: where it was declared; takes no part in equality.
- `extra`: what stood in the JSON object beyond the node's own fields (unknown keys, values of the wrong shape).
- `next`: name of the state that follows; None ends the flow (`End: true`). Other spellings are kept in
  `extra["End"]`: `ABSENT` where neither was written, the value itself where it is not `true` or stands beside `Next`.
  A flow without `States` has `ABSENT` in `extra["States"]`.

Source: Amazon States Language (states-language.net/spec.html) and AWS Step Functions Developer Guide.
"""

from __future__ import annotations

from typing import Any, Final, TypeAlias

from attrs import field, frozen

from sfdsl.model.fields import (
    ABSENT,
    Absent,
    Json,
    Number,
    extra,
    node,
    nodes,
    number,
    origin,
    path,
    payload,
    text,
    texts,
)
from sfdsl.origin import Origin

__all__ = [
    "ABSENT",
    "And",
    "Branch",
    "Catcher",
    "Choice",
    "ChoiceRule",
    "Comparison",
    "Condition",
    "Fail",
    "Flow",
    "ItemBatcher",
    "ItemProcessor",
    "ItemReader",
    "Json",
    "Map",
    "Not",
    "Number",
    "Opaque",
    "Or",
    "Parallel",
    "Pass",
    "ProcessorConfig",
    "ReaderConfig",
    "ResultWriter",
    "Retrier",
    "State",
    "StateMachine",
    "Succeed",
    "Task",
    "Test",
    "Wait",
    "WriterConfig",
]

OPERATORS: Final = (
    *(
        f"String{op}{p}"
        for op in ("Equals", "LessThan", "GreaterThan", "LessThanEquals", "GreaterThanEquals")
        for p in ("", "Path")
    ),
    "StringMatches",
    *(
        f"Numeric{op}{p}"
        for op in ("Equals", "LessThan", "GreaterThan", "LessThanEquals", "GreaterThanEquals")
        for p in ("", "Path")
    ),
    "BooleanEquals",
    "BooleanEqualsPath",
    *(
        f"Timestamp{op}{p}"
        for op in ("Equals", "LessThan", "GreaterThan", "LessThanEquals", "GreaterThanEquals")
        for p in ("", "Path")
    ),
    "IsNull",
    "IsPresent",
    "IsNumeric",
    "IsString",
    "IsBoolean",
    "IsTimestamp",
)
"""The 39 comparison operators of a JSONPath Choice rule."""


@frozen(kw_only=True)
class Retrier:
    """One entry of `Retry`: which errors are tried again, and when.

    Attributes:
        error_equals: Error names; `States.ALL` stands alone and last.
        interval_seconds: Seconds before the first retry, 1 to 99999999; None is 1.
        max_attempts: Retries at most, 0 to 99999999; None is 3, 0 never retries.
        backoff_rate: Factor from one interval to the next, at least 1.0; None is 2.0.
        max_delay_seconds: Ceiling of an interval, 1 to 31622400; None is none.
        jitter_strategy: `FULL` draws each interval from 0 to its value; None is `NONE`.
    """

    error_equals: tuple[str, ...] = texts("ErrorEquals")
    interval_seconds: Number | None = number("IntervalSeconds")
    max_attempts: Number | None = number("MaxAttempts")
    backoff_rate: Number | None = number("BackoffRate")
    max_delay_seconds: Number | None = number("MaxDelaySeconds")
    jitter_strategy: str | None = text("JitterStrategy")
    comment: str | None = text("Comment")
    extra: dict[str, Json] = extra()
    origin: Origin = origin()


@frozen(kw_only=True)
class Catcher:
    """One entry of `Catch`: which errors lead to which state, and what it is given.

    Attributes:
        result_path: JSONPath: where the error output goes; None drops it, ABSENT is `$`.
        assign, output: Evaluated with `$states.errorOutput` in JSONata.
    """

    error_equals: tuple[str, ...] = texts("ErrorEquals")
    next: str | None = text("Next")
    result_path: str | Absent | None = path("ResultPath")
    assign: Json | Absent = payload("Assign")
    output: Json | Absent = payload("Output")
    comment: str | None = text("Comment")
    extra: dict[str, Json] = extra()
    origin: Origin = origin()


@frozen(kw_only=True)
class Comparison:
    """A JSONPath test: a variable, one operator of `OPERATORS`, and the operand.

    A test that names no known operator has None; further operators are in `extra`.
    """

    variable: str | None = None
    operator: str | None = None
    operand: Json = field(default=None, hash=False)
    comment: str | None = None
    extra: dict[str, Json] = extra()
    origin: Origin = origin()


@frozen(kw_only=True)
class And:
    """True where all tests are; tried from left to right."""

    tests: tuple[Test, ...] = ()
    comment: str | None = None
    extra: dict[str, Json] = extra()
    origin: Origin = origin()


@frozen(kw_only=True)
class Or:
    """True where one test is; tried from left to right."""

    tests: tuple[Test, ...] = ()
    comment: str | None = None
    extra: dict[str, Json] = extra()
    origin: Origin = origin()


@frozen(kw_only=True)
class Not:
    """True where its test is false."""

    test: Test
    comment: str | None = None
    extra: dict[str, Json] = extra()
    origin: Origin = origin()


@frozen(kw_only=True)
class Condition:
    """A JSONata test: the text of `Condition` with its `{% %}`, or a literal boolean."""

    text: str | bool
    extra: dict[str, Json] = extra()
    origin: Origin = origin()


Test: TypeAlias = "Comparison | And | Or | Not | Condition"


@frozen(kw_only=True)
class ChoiceRule:
    """One entry of `Choices`: a test, and where it leads when it is the first that is true."""

    test: Test
    next: str | None = None
    assign: Json | Absent = field(default=ABSENT, hash=False)
    output: Json | Absent = field(default=ABSENT, hash=False)
    comment: str | None = None
    extra: dict[str, Json] = extra()
    origin: Origin = origin()


@frozen(kw_only=True)
class Task:
    """A unit of work that an AWS service, a Lambda function, an activity or an HTTPS endpoint does.

    Attributes:
        resource: What does the work (`sfdsl.aws.resource` reads it).
        timeout_seconds, heartbeat_seconds: 1 to 99999999; None is 99999999, in effect none.
        credentials: `{"RoleArn": ...}`, the role to take on for this task.
    """

    name: str
    resource: str | None = text("Resource")
    input_path: str | Absent | None = path("InputPath")
    parameters: Json | Absent = payload("Parameters")
    arguments: Json | Absent = payload("Arguments")
    credentials: Json | Absent = payload("Credentials")
    timeout_seconds: Number | None = number("TimeoutSeconds")
    timeout_seconds_path: str | None = text("TimeoutSecondsPath")
    heartbeat_seconds: Number | None = number("HeartbeatSeconds")
    heartbeat_seconds_path: str | None = text("HeartbeatSecondsPath")
    result_selector: Json | Absent = payload("ResultSelector")
    result_path: str | Absent | None = path("ResultPath")
    output_path: str | Absent | None = path("OutputPath")
    output: Json | Absent = payload("Output")
    assign: Json | Absent = payload("Assign")
    retry: tuple[Retrier, ...] = nodes("Retry", "Retrier")
    catch: tuple[Catcher, ...] = nodes("Catch", "Catcher")
    comment: str | None = text("Comment")
    query_language: str | None = text("QueryLanguage")
    next: str | None = None
    extra: dict[str, Json] = extra()
    origin: Origin = origin()


@frozen(kw_only=True)
class Pass:
    """Hand the input on, or a fixed or computed value instead; does no work."""

    name: str
    input_path: str | Absent | None = path("InputPath")
    parameters: Json | Absent = payload("Parameters")
    result: Json | Absent = payload("Result")
    result_path: str | Absent | None = path("ResultPath")
    output_path: str | Absent | None = path("OutputPath")
    output: Json | Absent = payload("Output")
    assign: Json | Absent = payload("Assign")
    comment: str | None = text("Comment")
    query_language: str | None = text("QueryLanguage")
    next: str | None = None
    extra: dict[str, Json] = extra()
    origin: Origin = origin()


@frozen(kw_only=True)
class Choice:
    """Go where the first true rule leads, else to the default.

    Attributes:
        default: Name of the state when no rule is true; None fails the execution with States.NoChoiceMatched.
        assign, output: Apply when the default is taken; a matched rule has its own.
    """

    name: str
    choices: tuple[ChoiceRule, ...] = nodes("Choices", "ChoiceRule")
    default: str | None = text("Default")
    input_path: str | Absent | None = path("InputPath")
    output_path: str | Absent | None = path("OutputPath")
    output: Json | Absent = payload("Output")
    assign: Json | Absent = payload("Assign")
    comment: str | None = text("Comment")
    query_language: str | None = text("QueryLanguage")
    extra: dict[str, Json] = extra()
    origin: Origin = origin()


@frozen(kw_only=True)
class Wait:
    """Hold the execution for a time or until a moment, then continue.

    Attributes:
        seconds: 0 to 99999999.
        timestamp: RFC 3339 with capital T and Z.
    """

    name: str
    seconds: Number | None = number("Seconds")
    seconds_path: str | None = text("SecondsPath")
    timestamp: str | None = text("Timestamp")
    timestamp_path: str | None = text("TimestampPath")
    input_path: str | Absent | None = path("InputPath")
    output_path: str | Absent | None = path("OutputPath")
    output: Json | Absent = payload("Output")
    assign: Json | Absent = payload("Assign")
    comment: str | None = text("Comment")
    query_language: str | None = text("QueryLanguage")
    next: str | None = None
    extra: dict[str, Json] = extra()
    origin: Origin = origin()


@frozen(kw_only=True)
class Succeed:
    """End the flow well."""

    name: str
    input_path: str | Absent | None = path("InputPath")
    output_path: str | Absent | None = path("OutputPath")
    output: Json | Absent = payload("Output")
    comment: str | None = text("Comment")
    query_language: str | None = text("QueryLanguage")
    extra: dict[str, Json] = extra()
    origin: Origin = origin()


@frozen(kw_only=True)
class Fail:
    """End the flow with an error; `error` at most 256 characters, `cause` at most 32768."""

    name: str
    error: str | None = text("Error")
    error_path: str | None = text("ErrorPath")
    cause: str | None = text("Cause")
    cause_path: str | None = text("CausePath")
    comment: str | None = text("Comment")
    query_language: str | None = text("QueryLanguage")
    extra: dict[str, Json] = extra()
    origin: Origin = origin()


@frozen(kw_only=True)
class Branch:
    """One branch of a Parallel: a flow with its own states."""

    start_at: str | None = text("StartAt")
    states: tuple[State, ...] = ()
    comment: str | None = text("Comment")
    query_language: str | None = text("QueryLanguage")
    extra: dict[str, Json] = extra()
    origin: Origin = origin()


@frozen(kw_only=True)
class Parallel:
    """Run branches side by side; the result is the array of their outputs, in order."""

    name: str
    branches: tuple[Branch, ...] = nodes("Branches", "Branch")
    input_path: str | Absent | None = path("InputPath")
    parameters: Json | Absent = payload("Parameters")
    arguments: Json | Absent = payload("Arguments")
    result_selector: Json | Absent = payload("ResultSelector")
    result_path: str | Absent | None = path("ResultPath")
    output_path: str | Absent | None = path("OutputPath")
    output: Json | Absent = payload("Output")
    assign: Json | Absent = payload("Assign")
    retry: tuple[Retrier, ...] = nodes("Retry", "Retrier")
    catch: tuple[Catcher, ...] = nodes("Catch", "Catcher")
    comment: str | None = text("Comment")
    query_language: str | None = text("QueryLanguage")
    next: str | None = None
    extra: dict[str, Json] = extra()
    origin: Origin = origin()


@frozen(kw_only=True)
class ProcessorConfig:
    """How a Map runs its body: `mode` INLINE or DISTRIBUTED; `execution_type` STANDARD or EXPRESS with DISTRIBUTED."""

    mode: str | None = text("Mode")
    execution_type: str | None = text("ExecutionType")
    comment: str | None = text("Comment")
    extra: dict[str, Json] = extra()
    origin: Origin = origin()


@frozen(kw_only=True)
class ItemProcessor:
    """The body of a Map: a flow that runs once for each item or batch."""

    processor_config: ProcessorConfig | None = node("ProcessorConfig", "ProcessorConfig")
    start_at: str | None = text("StartAt")
    states: tuple[State, ...] = ()
    comment: str | None = text("Comment")
    query_language: str | None = text("QueryLanguage")
    extra: dict[str, Json] = extra()
    origin: Origin = origin()


@frozen(kw_only=True)
class ReaderConfig:
    """What an ItemReader reads: format, header, delimiter, how many items at most."""

    input_type: str | None = text("InputType")
    transformation: str | None = text("Transformation")
    manifest_type: str | None = text("ManifestType")
    csv_header_location: str | None = text("CSVHeaderLocation")
    csv_headers: tuple[str, ...] = texts("CSVHeaders")
    csv_delimiter: str | None = text("CSVDelimiter")
    max_items: Number | None = number("MaxItems")
    max_items_path: str | None = text("MaxItemsPath")
    items_pointer: str | None = text("ItemsPointer")
    comment: str | None = text("Comment")
    extra: dict[str, Json] = extra()
    origin: Origin = origin()


@frozen(kw_only=True)
class ItemReader:
    """Where a Distributed Map takes its items from: an S3 object or a listing of a bucket."""

    resource: str | None = text("Resource")
    parameters: Json | Absent = payload("Parameters")
    arguments: Json | Absent = payload("Arguments")
    reader_config: ReaderConfig | None = node("ReaderConfig", "ReaderConfig")
    comment: str | None = text("Comment")
    extra: dict[str, Json] = extra()
    origin: Origin = origin()


@frozen(kw_only=True)
class ItemBatcher:
    """How a Distributed Map groups items: a child is given `{"BatchInput": ..., "Items": [...]}`."""

    max_items_per_batch: Number | None = number("MaxItemsPerBatch")
    max_items_per_batch_path: str | None = text("MaxItemsPerBatchPath")
    max_input_bytes_per_batch: Number | None = number("MaxInputBytesPerBatch")
    max_input_bytes_per_batch_path: str | None = text("MaxInputBytesPerBatchPath")
    batch_input: Json | Absent = payload("BatchInput")
    comment: str | None = text("Comment")
    extra: dict[str, Json] = extra()
    origin: Origin = origin()


@frozen(kw_only=True)
class WriterConfig:
    """How a ResultWriter writes: `transformation` NONE, COMPACT or FLATTEN; `output_type` JSON or JSONL."""

    transformation: str | None = text("Transformation")
    output_type: str | None = text("OutputType")
    comment: str | None = text("Comment")
    extra: dict[str, Json] = extra()
    origin: Origin = origin()


@frozen(kw_only=True)
class ResultWriter:
    """Where a Distributed Map writes its results, and in which form."""

    resource: str | None = text("Resource")
    parameters: Json | Absent = payload("Parameters")
    arguments: Json | Absent = payload("Arguments")
    writer_config: WriterConfig | None = node("WriterConfig", "WriterConfig")
    comment: str | None = text("Comment")
    extra: dict[str, Json] = extra()
    origin: Origin = origin()


@frozen(kw_only=True)
class Map:
    """Run a body for each item of an array (inline), or of a data set in child executions (distributed).

    Attributes:
        item_processor: The body; `iterator` is its deprecated synonym.
        max_concurrency: 0 is unlimited (inline about 40 at a time, distributed 10,000).
        item_selector: What the body is given in place of the item; `parameters` is its deprecated synonym.
    """

    name: str
    item_processor: ItemProcessor | None = node("ItemProcessor", "ItemProcessor")
    iterator: ItemProcessor | None = node("Iterator", "ItemProcessor")
    items: Json | Absent = payload("Items")
    items_path: str | Absent | None = path("ItemsPath")
    item_reader: ItemReader | None = node("ItemReader", "ItemReader")
    item_selector: Json | Absent = payload("ItemSelector")
    item_batcher: ItemBatcher | None = node("ItemBatcher", "ItemBatcher")
    result_writer: ResultWriter | None = node("ResultWriter", "ResultWriter")
    max_concurrency: Number | None = number("MaxConcurrency")
    max_concurrency_path: str | None = text("MaxConcurrencyPath")
    tolerated_failure_percentage: Number | None = number("ToleratedFailurePercentage")
    tolerated_failure_percentage_path: str | None = text("ToleratedFailurePercentagePath")
    tolerated_failure_count: Number | None = number("ToleratedFailureCount")
    tolerated_failure_count_path: str | None = text("ToleratedFailureCountPath")
    label: str | None = text("Label")
    input_path: str | Absent | None = path("InputPath")
    parameters: Json | Absent = payload("Parameters")
    result_selector: Json | Absent = payload("ResultSelector")
    result_path: str | Absent | None = path("ResultPath")
    output_path: str | Absent | None = path("OutputPath")
    output: Json | Absent = payload("Output")
    assign: Json | Absent = payload("Assign")
    retry: tuple[Retrier, ...] = nodes("Retry", "Retrier")
    catch: tuple[Catcher, ...] = nodes("Catch", "Catcher")
    comment: str | None = text("Comment")
    query_language: str | None = text("QueryLanguage")
    next: str | None = None
    extra: dict[str, Json] = extra()
    origin: Origin = origin()

    @property
    def body(self) -> ItemProcessor | None:
        """The body, under whichever of its two names it was written."""
        return self.item_processor if self.item_processor is not None else self.iterator

    @property
    def distributed(self) -> bool:
        """Whether each item or batch runs in a child execution."""
        config = self.body.processor_config if self.body is not None else None
        return config is not None and config.mode == "DISTRIBUTED"


@frozen(kw_only=True)
class Opaque:
    """A state that is none of the eight types: its JSON as it was read, for a check to report."""

    name: str
    value: Json = field(hash=False)
    origin: Origin = origin()


State: TypeAlias = "Task | Pass | Choice | Wait | Succeed | Fail | Parallel | Map | Opaque"


@frozen(kw_only=True)
class StateMachine:
    """A whole machine, as CreateStateMachine takes it.

    Attributes:
        query_language: `JSONPath` or `JSONata`; None is JSONPath.
        timeout_seconds: For the whole execution, 1 to 99999999; None is none.
        version: Only `1.0`.
    """

    comment: str | None = text("Comment")
    query_language: str | None = text("QueryLanguage")
    version: str | None = text("Version")
    timeout_seconds: Number | None = number("TimeoutSeconds")
    start_at: str | None = text("StartAt")
    states: tuple[State, ...] = ()
    extra: dict[str, Json] = extra()
    origin: Origin = origin()


Flow: TypeAlias = "StateMachine | Branch | ItemProcessor"
"""What has `start_at` and `states`: the machine, a branch of a Parallel, the body of a Map."""

NODE_CLASSES: Final[dict[str, type[Any]]] = {
    cls.__name__: cls
    for cls in (
        Retrier, Catcher, ChoiceRule, Task, Pass, Choice, Wait, Succeed, Fail, Branch, Parallel, ProcessorConfig,
        ItemProcessor, ReaderConfig, ItemReader, ItemBatcher, WriterConfig, ResultWriter, Map, StateMachine,
    )
}  # fmt: skip
"""The classes that `asl` reads and writes by the table of their fields."""
