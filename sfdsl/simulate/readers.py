"""ItemReaders: the items of a Distributed Map from objects, listings and manifests.

Source: Step Functions Developer Guide, "ItemReader (Map)"; how rows and limits are treated: measured, the
test_map_item_reader tests of the recorded executions.
"""

from __future__ import annotations

import csv
import gzip
import io
import zlib
from collections.abc import Callable, Iterator
from datetime import date
from datetime import time as clock
from decimal import Decimal
from itertools import islice
from math import isfinite
from typing import TYPE_CHECKING, Any

from attrs import frozen

from sfdsl.model.states import ABSENT, ItemReader, ReaderConfig
from sfdsl.simulate.data import Data, QueryData
from sfdsl.simulate.errors import ITEM_READER, StatesError
from sfdsl.simulate.objects import Objects, Stored
from sfdsl.simulate.paths import InvalidText, path, template, unfilled
from sfdsl.simulate.queries import query, typed
from sfdsl.simulate.values import Json, parsed

if TYPE_CHECKING:
    from sfdsl.simulate.frames import Frame

_UNREADABLE = (OSError, EOFError, csv.Error, zlib.error, ValueError, NotImplementedError)
"""What Python's readers raise for bytes that are not what their InputType says; pyarrow's errors are among these."""

csv.field_size_limit(2**31 - 1)  # Python's own limit is half of what an item may hold

_DELIMITERS = {"COMMA": ",", "PIPE": "|", "SEMICOLON": ";", "SPACE": " ", "TAB": "\t"}


@frozen
class Item:
    """One item.

    Attributes:
        value: What it is.
        source: Where it came from: a URI, or STATE_DATA.
        key: Its key where an object is iterated; None elsewhere.
    """

    value: Json
    source: str = "STATE_DATA"
    key: str | None = None


class Reading:
    """An ItemReader, compiled."""

    def __init__(self, reader: ItemReader, jsonata: bool) -> None:
        self.resource = (reader.resource or "").rpartition(":::")[2]
        if self.resource not in ("s3:getObject", "s3:listObjectsV2"):
            raise InvalidText(f"ItemReader takes s3:getObject or s3:listObjectsV2, not {reader.resource!r}")
        self.config = reader.reader_config or ReaderConfig()
        given = reader.arguments if jsonata else reader.parameters
        self.given: Any = None
        if given is not ABSENT:
            self.given = query(given, "ItemReader/Arguments") if jsonata else template(given)
        limit = self.config.max_items
        self.limit: Any = None
        if isinstance(limit, str):
            if not jsonata:
                raise InvalidText(f"MaxItems must be a number, not {limit!r}{unfilled(limit)}")
            self.limit = typed(limit, "ItemReader/ReaderConfig/MaxItems", "number")
        self.limit_path = None if self.config.max_items_path is None else path(self.config.max_items_path)

    def arguments(self, data: Data, frame: Frame, effective: Json) -> dict[str, Json]:
        """What the reader is asked for: Bucket, Key, Prefix."""
        if self.given is None:
            return {}
        found = self.given(frame, data.states(frame)) if isinstance(data, QueryData) else self.given(effective, frame)
        return found if isinstance(found, dict) else {}

    def max_items(self, data: Data, frame: Frame, effective: Json) -> int | None:
        """How many items at most; None where there is no limit."""
        limit: Json = self.config.max_items
        if self.limit is not None and isinstance(data, QueryData):
            limit = self.limit(frame, data.states(frame))
        elif self.limit_path is not None:
            limit = self.limit_path(effective, frame)
        if limit is None:
            return None
        if isinstance(limit, bool) or not isinstance(limit, int | float):
            raise failed("field MaxItems must be a number")
        if limit < 0:
            raise failed("field MaxItems must be positive")
        return int(limit) or None

    def read(self, objects: Objects, arguments: dict[str, Json], limit: int | None) -> list[Item]:
        """The items.

        Raises:
            StatesError: States.ItemReaderFailed, as AWS says it where that is recorded.
        """
        bucket = str(arguments.get("Bucket", ""))
        if self.resource == "s3:listObjectsV2":
            found: Iterator[Item]
            listed = objects.list(bucket, str(arguments.get("Prefix") or ""))
            if self.config.transformation == "LOAD_AND_FLATTEN":
                found = (item for stored in listed for item in self._items(objects, stored))
            else:
                found = (Item(_listing(stored), f"s3://{bucket}") for stored in listed)
        else:
            stored = _stored(objects, bucket, str(arguments.get("Key", "")))
            found = self._items(objects, stored)
        return list(islice(found, limit))

    def _items(self, objects: Objects, stored: Stored) -> Iterator[Item]:
        source = f"s3://{stored.bucket}/{stored.key}"
        if self.config.input_type == "MANIFEST" or self.config.manifest_type is not None:
            for part in self._manifest(objects, stored):
                yield from (
                    Item(value, f"s3://{part.bucket}/{part.key}") for value in self._values(part, of_manifest=True)
                )
            return
        yield from (Item(value, source) for value in self._values(stored))

    def _values(self, stored: Stored, *, of_manifest: bool = False) -> Iterator[Json]:
        kind = self.config.input_type
        if of_manifest and kind in (None, "MANIFEST"):
            kind = "CSV"
        formats: dict[str | None, Callable[[bytes], Iterator[Json]]] = {
            "CSV": self._csv,
            "JSON": self._json,
            "JSONL": _json_lines,
            "PARQUET": _parquet,
        }
        if kind not in formats:
            raise failed(f"unsupported InputType {kind}")
        try:
            yield from formats[kind](_plain(stored))
        except RecursionError:
            raise failed(f"s3://{stored.bucket}/{stored.key} is nested too deeply") from None
        except _UNREADABLE as wrong:
            raise failed(f"s3://{stored.bucket}/{stored.key} cannot be read as {kind}: {wrong}") from None

    def _json(self, body: bytes) -> Iterator[Json]:
        try:
            value = parsed(body)
        except ValueError as wrong:
            raise failed(f"Unable to parse the JSON file: {wrong}") from None
        if self.config.items_pointer:
            value = _pointed(value, self.config.items_pointer)
            if isinstance(value, dict):
                value = [{"Key": key, "Value": item} for key, item in value.items()]
        if not isinstance(value, list):
            raise failed("Attempting to map over non-iterable node.")
        return iter(value)

    def _csv(self, body: bytes) -> Iterator[Json]:
        delimiter = _DELIMITERS.get(self.config.csv_delimiter or "COMMA", ",")
        rows = csv.reader(io.StringIO(_text(body), newline=""), delimiter=delimiter)
        given = self.config.csv_header_location == "GIVEN"
        headers = list(self.config.csv_headers) if given else next(rows, [])
        if len(set(headers)) != len(headers):
            raise failed("CSV headers cannot contain duplicates.")
        # A short row is filled with "", a long one cut; a line without anything is no row.
        return (
            {header: row[place] if place < len(row) else "" for place, header in enumerate(headers)}
            for row in rows
            if row
        )

    def _manifest(self, objects: Objects, manifest: Stored) -> Iterator[Stored]:
        """The files that a manifest of an S3 inventory, or of an Athena query, names."""
        body = _plain(manifest)
        try:
            told = parsed(body)
        except ValueError:
            told = None
        if isinstance(told, dict) and isinstance(told.get("files"), list):
            bucket = str(told.get("destinationBucket", manifest.bucket)).removeprefix("arn:aws:s3:::")
            for file in told["files"]:
                if not isinstance(file, dict) or "key" not in file:
                    raise failed(f"the manifest s3://{manifest.bucket}/{manifest.key} has a file without a key")
                yield _stored(objects, bucket, str(file["key"]))
            return
        for line in _text(body).split():
            bucket, _, key = line.strip().removeprefix("s3://").partition("/")
            yield _stored(objects, bucket, key)


def failed(cause: str) -> StatesError:
    """A States.ItemReaderFailed error."""
    return StatesError(ITEM_READER, cause)


def _stored(objects: Objects, bucket: str, key: str) -> Stored:
    found = objects.get(bucket, key)
    if found is None:
        # AWS's text is not recorded; this one says what the test has to give.
        raise failed(
            f"s3://{bucket}/{key} does not exist; give it to the simulation: objects={{'s3://{bucket}/{key}': ...}}"
        )
    return found


def _listing(stored: Stored) -> Json:
    return {
        "Etag": stored.etag,
        "Key": stored.key,
        "LastModified": 1767225600,
        "Size": len(stored.body),
        "StorageClass": "STANDARD",
    }


def _plain(stored: Stored) -> bytes:
    """The bytes of an object, unpacked as its name says."""
    if stored.key.endswith((".gz", ".gzip")):
        return gzip.decompress(stored.body)
    if stored.key.endswith((".zst", ".zstd")):
        try:
            import zstandard  # type: ignore[import-not-found, unused-ignore]
        except ImportError:
            raise failed(f"{stored.key} is packed with ZSTD; install zstandard to simulate it") from None
        unpacked: bytes = zstandard.ZstdDecompressor().decompressobj().decompress(stored.body)
        return unpacked
    return stored.body


def _text(body: bytes) -> str:
    return body.decode("utf-8-sig", "replace")


def _json_lines(body: bytes) -> Iterator[Json]:
    for line in _text(body).split("\n"):  # other ends of lines may stand in a text
        if line.strip():
            try:
                yield parsed(line)
            except ValueError as wrong:
                raise failed(f"Unable to parse a line of the JSONL file: {wrong}") from None


def _parquet(body: bytes) -> Iterator[Json]:
    try:
        from pyarrow import parquet  # type: ignore[import-not-found, import-untyped, unused-ignore]
    except ImportError:
        raise failed("PARQUET needs pyarrow; install it to simulate this reader") from None
    rows: list[Json] = parquet.read_table(io.BytesIO(body)).to_pylist()
    return map(_column_value, rows)


def _column_value(value: Any) -> Json:
    """A value of a Parquet column as JSON. Source: assumed; the guide does not say how types without JSON are told."""
    if isinstance(value, dict):
        return {key: _column_value(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_column_value(item) for item in value]
    if isinstance(value, date | clock):  # a datetime is a date
        return value.isoformat()
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if isinstance(value, float) and not isfinite(value):
        return None
    return value


def _pointed(value: Json, pointer: str) -> Json:
    """The value at a JSON Pointer (RFC 6901)."""
    for token in pointer.lstrip("/").split("/") if pointer.strip("/") else []:
        key = token.replace("~1", "/").replace("~0", "~")
        if isinstance(value, dict) and key in value:
            value = value[key]
        elif isinstance(value, list) and key.isdecimal() and int(key) < len(value):
            value = value[int(key)]
        else:
            raise failed(f"ItemsPointer {pointer} finds nothing")
    return value
