"""Maps as an author holds them: a body for each item, in the execution itself or in child executions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from sfdsl.dsl.errors import DeclarationError
from sfdsl.dsl.given import number, number_or_later, one_of, optional_text, shown, text, texts
from sfdsl.dsl.references import MapIndex, MapItem
from sfdsl.dsl.steps import UNSET, Catching, Chain, Step, Steps, chain
from sfdsl.jsonata import Expression, Value


class Map(Catching):
    """Run a body for each item: `Map("Each file", over=listing.result.Contents, body=lambda item: ...)`.

    Args:
        name: Of the state.
        over: The array.
        body: A function that is given the item, and as a second parameter its index, and returns the steps; or steps.
        max_concurrency: How many at a time; 0 as many as AWS runs, about 40.
        select: What the body is given in place of the item.
        items: Assert how many there are as a rule, for the estimate of cost.
        common: See `Step`.
    """

    distributed: ClassVar[bool] = False

    def __init__(
        self,
        name: str,
        *,
        over: Value = UNSET,
        body: Callable[..., Steps] | Steps,
        max_concurrency: Value = None,
        select: Value = UNSET,
        items: int | None = None,
        **common: Any,
    ) -> None:
        super().__init__(name, **common)
        self.over = over
        self.max_concurrency = number_or_later(max_concurrency, f"max_concurrency of {self.name!r}")
        self.select = select
        self.items = None if items is None else number(items, f"items of {self.name!r}", whole=True)
        self.item: MapItem | None = None
        self.index: MapIndex | None = None
        self._head = self._build(body)

    def _build(self, body: Callable[..., Steps] | Steps) -> Step:
        if isinstance(body, (Step, Chain)):
            return chain(body, "as the body").head
        if not callable(body) or isinstance(body, Expression):
            raise DeclarationError(f"the body of {self.name!r} is {shown(body)}", "write body=lambda item: steps")
        names = _parameters(body)
        if len(names) > 2:
            raise DeclarationError(
                f"the body of {self.name!r} takes {len(names)} parameters",
                "take the item, and its index as a second one; give others a default: lambda item, source=source: ...",
            )
        given: list[Expression] = []
        if names:
            self.item = MapItem(self, names[0])
            given.append(self.item)
        if len(names) > 1:
            self.index = MapIndex(self, names[1])
            given.append(self.index)
        return chain(body(*given), f"returned by the body of {self.name!r}").head


def _parameters(body: Callable[..., Steps]) -> list[str]:
    """The parameters of a body that it is to be given; one with a default is the author's way to hold on to a value."""
    import inspect

    try:
        parameters = inspect.signature(body).parameters.values()
    except (TypeError, ValueError):
        return []
    positional = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    return [each.name for each in parameters if each.kind in positional and each.default is each.empty]


class DistributedMap(Map):
    """Run a body for each item, or batch of items, of a data set, in child executions of their own.

    Args:
        name: Of the state.
        body: As of `Map`; with `batch` it is given the batch (`batch.Items`).
        over: An array or object; instead of it `reader`.
        reader: Where the items come from: `Reader.csv(Bucket=..., Key=...)`.
        batch: How items are grouped: `Batch(items=100)`.
        writer: Where results go: `Writer(Bucket=..., Prefix=...)`.
        tolerated_failure_percentage, tolerated_failure_count: How much may fail; None is nothing.
        execution_type: Of the children, `STANDARD` or `EXPRESS`.
        label: For the names of the children, at most 40 characters.
        more: As of `Map`.
    """

    distributed = True

    def __init__(
        self,
        name: str,
        *,
        body: Callable[..., Steps] | Steps,
        reader: Reader | None = None,
        batch: Batch | None = None,
        writer: Writer | None = None,
        tolerated_failure_percentage: Value = None,
        tolerated_failure_count: Value = None,
        execution_type: str = "STANDARD",
        label: str | None = None,
        **more: Any,
    ) -> None:
        if not isinstance(execution_type, str):
            raise DeclarationError(
                f"execution_type of {shown(name)} is a text, not {shown(execution_type)}",
                "write 'STANDARD' or 'EXPRESS'",
            )
        self.reader = one_of(reader, Reader, f"the reader of {shown(name)}", "write Reader.csv(Bucket=..., Key=...)")
        self.batch = one_of(batch, Batch, f"the batch of {shown(name)}", "write Batch(items=100)")
        self.writer = one_of(writer, Writer, f"the writer of {shown(name)}", "write Writer(Bucket=..., Prefix=...)")
        self.tolerated_failure_percentage = number_or_later(
            tolerated_failure_percentage, f"tolerated_failure_percentage of {shown(name)}"
        )
        self.tolerated_failure_count = number_or_later(
            tolerated_failure_count, f"tolerated_failure_count of {shown(name)}"
        )
        self.execution_type = execution_type.upper()
        self.label = None if label is None else text(label, f"the label of {shown(name)}")
        super().__init__(name, body=body, **more)
        if batch is not None and self.index is not None:
            raise DeclarationError(
                f"{self.name!r} has batches, so that no item has an index", "take one parameter, the batch"
            )
        if reader is not None and self.over is not UNSET:
            raise DeclarationError(
                f"{self.name!r} takes its items from a reader and from over=", "leave one of them out"
            )


class Reader:
    """Where a Distributed Map takes its items from; made by its class methods.

    Source: Step Functions Developer Guide, ItemReader.
    """

    def __init__(self, api: str, arguments: dict[str, Value], config: dict[str, Value]) -> None:
        self.resource = f"arn:aws:states:::s3:{api}"
        self.arguments = arguments
        self.config = {key: value for key, value in config.items() if value is not None}
        for key, value in self.config.items():
            if key == "MaxItems":
                number_or_later(value, "max_items of a Reader")
            elif key != "CSVHeaders":
                text(value, f"{key} of a Reader")

    @classmethod
    def csv(
        cls,
        *,
        headers: Sequence[str] | None = None,
        delimiter: str | None = None,
        max_items: Value = None,
        **object_: Value,
    ) -> Reader:
        """The rows of a CSV file (`Bucket`, `Key`), by the names of its first row or those given."""
        config = {"InputType": "CSV", "CSVHeaderLocation": "FIRST_ROW" if headers is None else "GIVEN"}
        given = None if headers is None else list(texts(headers, "a header of a CSV file"))
        return cls(
            "getObject", object_, {**config, "CSVHeaders": given, "CSVDelimiter": delimiter, "MaxItems": max_items}
        )

    @classmethod
    def json(cls, *, pointer: str | None = None, max_items: Value = None, **object_: Value) -> Reader:
        """The elements of the array in a JSON file (`Bucket`, `Key`), or of the one that a JSON Pointer names."""
        return cls("getObject", object_, {"InputType": "JSON", "ItemsPointer": pointer, "MaxItems": max_items})

    @classmethod
    def jsonl(cls, *, max_items: Value = None, **object_: Value) -> Reader:
        """The lines of a JSON Lines file (`Bucket`, `Key`)."""
        return cls("getObject", object_, {"InputType": "JSONL", "MaxItems": max_items})

    @classmethod
    def parquet(cls, *, max_items: Value = None, **object_: Value) -> Reader:
        """The rows of a Parquet file (`Bucket`, `Key`)."""
        return cls("getObject", object_, {"InputType": "PARQUET", "MaxItems": max_items})

    @classmethod
    def inventory(cls, *, max_items: Value = None, **object_: Value) -> Reader:
        """The objects that an S3 inventory manifest (`Bucket`, `Key`) lists."""
        return cls("getObject", object_, {"ManifestType": "S3_INVENTORY", "MaxItems": max_items})

    @classmethod
    def athena(cls, *, format: str = "CSV", max_items: Value = None, **object_: Value) -> Reader:
        """The rows of the files that an Athena UNLOAD manifest (`Bucket`, `Key`) lists: CSV, JSONL or PARQUET."""
        config = {"ManifestType": "ATHENA_DATA", "InputType": format, "MaxItems": max_items}
        return cls("getObject", object_, config)

    @classmethod
    def listing(cls, *, load: str | None = None, max_items: Value = None, **prefix: Value) -> Reader:
        """The objects of a bucket (`Bucket`, `Prefix`); with `load` what is in them, as CSV, JSON, JSONL or PARQUET."""
        config = {} if load is None else {"Transformation": "LOAD_AND_FLATTEN", "InputType": load}
        return cls("listObjectsV2", prefix, {**config, "MaxItems": max_items})


class Batch:
    """How items are grouped: at most so many, or so many bytes (up to 262,144), with an input for each batch."""

    def __init__(self, *, items: Value = None, bytes: Value = None, input: dict[str, Value] | None = None) -> None:
        if items is None and bytes is None:
            raise DeclarationError("a Batch needs a limit", "write Batch(items=100) or Batch(bytes=200_000)")
        if input is not None and not isinstance(input, dict):
            raise DeclarationError(f"the input of a Batch is {shown(input)}", "write a dict")
        self.items = number_or_later(items, "items of a Batch")
        self.bytes = number_or_later(bytes, "bytes of a Batch")
        self.input = {} if input is None else input


class Writer:
    """Where the results of a Distributed Map go (`Bucket`, `Prefix`), and in which form."""

    def __init__(self, *, transformation: str | None = None, output_type: str | None = None, **target: Value) -> None:
        self.arguments = target
        self.transformation = optional_text(transformation, "the transformation of a Writer")
        self.output_type = optional_text(output_type, "output_type of a Writer")
