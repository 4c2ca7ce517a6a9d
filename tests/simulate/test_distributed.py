"""Distributed Map: readers, batches, tolerated failures, writers, child executions."""

from __future__ import annotations

import gzip
import json
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from sfdsl.testing import Result, Run, TaskError, simulate

CHECK = {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "End": True}
GET = "arn:aws:states:::s3:getObject"
LIST = "arn:aws:states:::s3:listObjectsV2"


def machine(body: dict[str, Any] | None = None, type: str = "STANDARD", **fields: Any) -> dict[str, Any]:
    config = {"Mode": "DISTRIBUTED", "ExecutionType": type}
    states = body or {"Pass": {"Type": "Pass", "End": True}}
    processor = {"ProcessorConfig": config, "StartAt": next(iter(states)), "States": states}
    return {"StartAt": "M", "States": {"M": {"Type": "Map", "ItemProcessor": processor, "End": True, **fields}}}


def reader(resource: str = GET, key: str | None = "rows", **config: Any) -> dict[str, Any]:
    parameters = {"Bucket": "bucket", **({"Key": key} if key is not None else {})}
    told = {"Resource": resource, "Parameters": parameters, **({"ReaderConfig": config} if config else {})}
    return {"ItemReader": told}


def run(definition: dict[str, Any], input: Any = None, tasks: Any = None, **options: Any) -> Run:
    return simulate(definition, input, tasks, check_results=False, **options)


# -- readers ----------------------------------------------------------------------------------------------------------

ROWS = [{"id": 1}, {"id": 2}]
LINES = '{"id": 1}\n\n{"id": 2}\n'


@pytest.mark.parametrize(
    ("config", "key", "body", "items"),
    [
        pytest.param({"InputType": "JSON"}, "rows", ROWS, ROWS, id="JSON"),
        pytest.param({"InputType": "JSON", "ItemsPointer": "/a~1b/1"}, "rows", {"a/b": [0, [7]]}, [7], id="a JSON Pointer"),
        pytest.param(
            {"InputType": "JSON", "ItemsPointer": "/o"}, "rows", {"o": {"k": 1}}, [{"Key": "k", "Value": 1}], id="an object",
        ),
        pytest.param({"InputType": "JSONL"}, "rows", LINES, ROWS, id="JSON Lines"),
        pytest.param({"InputType": "JSONL"}, "rows.gz", gzip.compress(LINES.encode()), ROWS, id="packed by its name"),
        pytest.param(
            {"InputType": "CSV", "CSVHeaderLocation": "FIRST_ROW"}, "rows", 'id,x\n1,"a,b"\n\n2\n3,4,5\n',
            [{"id": "1", "x": "a,b"}, {"id": "2", "x": ""}, {"id": "3", "x": "4"}], id="CSV",
        ),
        pytest.param(
            {"InputType": "CSV", "CSVHeaderLocation": "GIVEN", "CSVHeaders": ["a", "b"], "CSVDelimiter": "PIPE"}, "rows",
            "\ufeff1|2\n", [{"a": "1", "b": "2"}], id="CSV with given headers and bars",
        ),
        pytest.param({"InputType": "JSON", "MaxItems": 1}, "rows", ROWS, ROWS[:1], id="at most so many"),
        pytest.param(
            {"InputType": "JSONL"}, "rows", '{"a": "x\u2028y"}\r\n{"a": 1}', [{"a": "x\u2028y"}, {"a": 1}],
            id="JSON Lines with a Unicode end of line in a text",
        ),
        pytest.param(
            {"InputType": "CSV", "CSVHeaderLocation": "FIRST_ROW"}, "rows", "a\n" + "x" * 150_000,
            [{"a": "x" * 150_000}], id="CSV with a field beyond the limit of Python's reader",
        ),
    ],
)  # fmt: skip
def test_what_a_reader_makes_of_an_object(config: dict[str, Any], key: str, body: Any, items: list[Any]) -> None:
    done = run(machine(**reader(key=key, **config)), objects={f"s3://bucket/{key}": body})
    assert (done.status, done.output) == ("SUCCEEDED", items)


def test_parquet_is_read_where_pyarrow_is_there() -> None:
    pyarrow = pytest.importorskip("pyarrow", reason="pyarrow is not a dependency")
    parquet = pytest.importorskip("pyarrow.parquet")
    sink = pyarrow.BufferOutputStream()
    parquet.write_table(pyarrow.Table.from_pylist(ROWS), sink)
    body = sink.getvalue().to_pybytes()
    assert run(machine(**reader(InputType="PARQUET")), objects={"bucket/rows": body}).output == ROWS


def test_parquet_columns_without_a_json_type_are_texts_and_numbers() -> None:
    pyarrow = pytest.importorskip("pyarrow", reason="pyarrow is not a dependency")
    parquet = pytest.importorskip("pyarrow.parquet")
    sink = pyarrow.BufferOutputStream()
    row = {
        "at": datetime(2026, 1, 2, 3),
        "on": date(2026, 1, 2),
        "price": Decimal("1.50"),
        "raw": b"xy",
        "none": float("nan"),
    }
    parquet.write_table(pyarrow.Table.from_pylist([row]), sink)
    done = run(machine(**reader(InputType="PARQUET")), objects={"bucket/rows": sink.getvalue().to_pybytes()})
    assert done.output == [{"at": "2026-01-02T03:00:00", "on": "2026-01-02", "price": 1.5, "raw": "xy", "none": None}]


@pytest.mark.parametrize(
    ("kind", "key", "body", "cause"),
    [
        pytest.param("JSON", "rows.gz", b"no", "s3://bucket/rows.gz cannot be read as JSON: Not a gzipped file", id="not packed"),
        pytest.param("JSON", "rows.gz", gzip.compress(b"[1, 2]" * 99)[:20], "cannot be read as JSON: Compressed file ended", id="half a packed file"),
        pytest.param("JSON", "rows", "[NaN]", "Unable to parse the JSON file: NaN is no JSON number", id="NaN"),
        pytest.param("JSON", "rows", "[1e999]", "1e999 is too large a number", id="infinite"),
        pytest.param("JSON", "rows", "[" * 100_000, "s3://bucket/rows is nested too deeply", id="nested too deeply"),
        pytest.param("JSONL", "rows", '{"a": Infinity}', "Infinity is no JSON number", id="an infinite line"),
        pytest.param("MANIFEST", "rows", '{"files": [{}]}', "the manifest s3://bucket/rows has a file without a key", id="a manifest without keys"),
        pytest.param("MANIFEST", "rows", '{"files": ["a"]}', "the manifest s3://bucket/rows has a file without a key", id="a manifest of texts"),
    ],
)  # fmt: skip
def test_an_object_that_cannot_be_read_is_an_error_of_the_reader(kind: str, key: str, body: Any, cause: str) -> None:
    done = run(machine(**reader(key=key, InputType=kind)), objects={f"bucket/{key}": body})
    assert done.error == "States.ItemReaderFailed"
    assert cause in str(done.cause)


def test_bytes_that_are_no_parquet_are_an_error_of_the_reader() -> None:
    pytest.importorskip("pyarrow", reason="pyarrow is not a dependency")
    done = run(machine(**reader(InputType="PARQUET")), objects={"bucket/rows": b"no"})
    assert done.error == "States.ItemReaderFailed"
    assert "s3://bucket/rows cannot be read as PARQUET: " in str(done.cause)


def test_a_bucket_is_listed_by_prefix() -> None:
    listing = reader(LIST, None)
    listing["ItemReader"]["Parameters"]["Prefix"] = "in/"
    done = run(
        machine(**listing), objects={"bucket/in/b": "22", "bucket/in/a": "1", "bucket/out/c": "3", "other/in/d": ""}
    )
    assert [(item["Key"], item["Size"]) for item in done.output] == [("in/a", 1), ("in/b", 2)]
    assert done.output[0].keys() == {"Etag", "Key", "LastModified", "Size", "StorageClass"}


def test_listed_objects_can_be_loaded_and_their_items_joined() -> None:
    joined = machine(**reader(LIST, None, InputType="JSONL", Transformation="LOAD_AND_FLATTEN"))
    done = run(joined, objects={"bucket/a": '{"n":1}\n{"n":2}', "bucket/b": '{"n":3}'})
    assert done.output == [{"n": 1}, {"n": 2}, {"n": 3}]


def test_a_manifest_leads_to_its_files() -> None:
    inventory = {"destinationBucket": "arn:aws:s3:::bucket", "files": [{"key": "one"}, {"key": "two"}]}
    config = {"InputType": "MANIFEST", "CSVHeaderLocation": "GIVEN", "CSVHeaders": ["Bucket", "Key"]}
    given = {"bucket/rows": inventory, "bucket/one": "b,k1\n", "bucket/two": "b,k2\n"}
    assert [item["Key"] for item in run(machine(**reader(**config)), objects=given).output] == ["k1", "k2"]
    athena = {"InputType": "JSONL", "ManifestType": "ATHENA_DATA"}
    given = {"bucket/rows": "s3://bucket/one\ns3://bucket/two\n", "bucket/one": '{"n":1}', "bucket/two": '{"n":2}'}
    assert run(machine(**reader(**athena)), objects=given).output == [{"n": 1}, {"n": 2}]


def test_local_files_stand_for_objects(tmp_path: Path) -> None:
    (tmp_path / "bucket").mkdir()
    (tmp_path / "bucket" / "rows").write_text(json.dumps(ROWS))
    assert run(machine(**reader(InputType="JSON")), objects=tmp_path).output == ROWS
    assert (
        run(machine(**reader(InputType="JSON")), objects={"bucket/rows": tmp_path / "bucket" / "rows"}).output == ROWS
    )


def test_an_object_that_is_not_there_says_how_to_give_it() -> None:
    catch = [{"ErrorEquals": ["States.ItemReaderFailed"], "Next": "End"}]
    definition = machine(**reader(InputType="JSON"), Catch=catch)
    definition["States"]["End"] = {"Type": "Succeed"}
    done = run(definition)
    assert done.output["Error"] == "States.ItemReaderFailed"
    assert "objects={'s3://bucket/rows': ...}" in done.output["Cause"]


# -- items, selectors, batches ----------------------------------------------------------------------------------------


def test_what_the_context_says_of_an_item() -> None:
    selector = {"i.$": "$$.Map.Item.Index", "v.$": "$$.Map.Item.Value", "s.$": "$$.Map.Item.Source"}
    assert run(machine(ItemSelector=selector), ["x"]).output == [{"i": 0, "v": "x", "s": "STATE_DATA"}]
    read = machine(**reader(InputType="JSON"), ItemSelector={"s.$": "$$.Map.Item.Source"})
    assert run(read, objects={"bucket/rows": [1]}).output == [{"s": "s3://bucket/rows"}]


def test_an_object_of_items_gives_its_entries() -> None:
    given = machine(ItemsPath="$.o")
    assert run(given, {"o": {"a": 1}}).output == [{"Key": "a", "Value": 1}]
    selected = machine(ItemsPath="$.o", ItemSelector={"k.$": "$$.Map.Item.Key", "v.$": "$$.Map.Item.Value"})
    assert run(selected, {"o": {"a": 1}}).output == [{"k": "a", "v": 1}]


def test_batches_are_cut_by_count_and_by_bytes() -> None:
    by_count = machine(ItemBatcher={"MaxItemsPerBatch": 2, "BatchInput": {"day.$": "$$.Execution.Input[0]"}})
    assert run(by_count, [1, 2, 3]).output == [
        {"BatchInput": {"day": 1}, "Items": [1, 2]}, {"BatchInput": {"day": 1}, "Items": [3]},
    ]  # fmt: skip
    by_bytes = machine(ItemBatcher={"MaxInputBytesPerBatch": len('{"Items":["aa","bb"]}')})
    assert run(by_bytes, ["aa", "bb", "c", "dd", "e"]).output == [
        {"Items": ["aa", "bb"]}, {"Items": ["c", "dd"]}, {"Items": ["e"]},
    ]  # fmt: skip


def test_a_child_sees_its_own_execution_and_no_outer_variables() -> None:
    shape = {"Type": "Pass", "Parameters": {"in.$": "$$.Execution.Input", "id.$": "$$.Execution.Id"}, "End": True}
    definition = machine({"Shape": shape})
    definition["StartAt"] = "Before"
    definition["States"]["Before"] = {"Type": "Pass", "Assign": {"outer": 1}, "Next": "M"}
    done = run(definition, ["x"])
    assert done.output[0]["in"] == "x"
    assert done.output[0]["id"] == done.children[0].arn
    assert ":execution:machine/M:" in done.children[0].arn
    hidden = machine({"Read": {"Type": "Pass", "Parameters": {"o.$": "$outer"}, "End": True}})
    hidden["StartAt"] = "Before"
    hidden["States"]["Before"] = {"Type": "Pass", "Assign": {"outer": 1}, "Next": "M"}
    assert run(hidden, ["x"]).error == "States.ExceedToleratedFailureThreshold"


# -- failures ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("tolerated", "failures", "status"),
    [
        ({}, 0, "SUCCEEDED"), ({}, 1, "FAILED"),
        ({"ToleratedFailureCount": 2}, 2, "SUCCEEDED"), ({"ToleratedFailureCount": 2}, 3, "FAILED"),
        ({"ToleratedFailurePercentage": 20}, 2, "SUCCEEDED"), ({"ToleratedFailurePercentage": 20}, 3, "FAILED"),
        ({"ToleratedFailureCount": 5, "ToleratedFailurePercentage": 20}, 3, "FAILED"),
        ({"ToleratedFailurePercentage": 100}, 10, "SUCCEEDED"), ({"ToleratedFailureCount": 0}, 1, "FAILED"),
    ],
)  # fmt: skip
def test_how_many_failures_are_tolerated(tolerated: dict[str, Any], failures: int, status: str) -> None:
    def answer(item: int) -> Any:
        return TaskError("Bad", "it is") if item < failures else item

    done = run(machine({"Check": CHECK}, **tolerated), list(range(10)), {"Check": answer})
    assert done.status == status
    if status == "SUCCEEDED":
        bad = {"Status": "FAILED", "Error": "Bad", "Cause": "it is"}
        assert done.output == [bad] * failures + list(range(failures, 10))
    else:
        assert (done.error, done.cause) == (
            "States.ExceedToleratedFailureThreshold", "The specified tolerated failure threshold was exceeded",
        )  # fmt: skip


def test_a_run_that_fails_stops_its_children_and_is_run_anew_by_a_retry() -> None:
    definition = machine({"Check": CHECK}, Retry=[{"ErrorEquals": ["States.ALL"], "IntervalSeconds": 60}])
    calls = iter([Result(1, after=100), TaskError("Bad", after=10), Result(1), Result(2)])
    done = run(definition, ["a", "b"], {"Check": calls})
    assert (done.output, done.duration) == ([1, 2], 70)
    assert [child.status for child in done.children] == ["ABORTED", "FAILED", "SUCCEEDED", "SUCCEEDED"]
    started = [
        event["mapRunStartedEventDetails"]["mapRunArn"] for event in done.history if event["type"] == "MapRunStarted"
    ]
    assert len(set(started)) == 2


def test_failed_batches_count_all_their_items() -> None:
    batched = machine({"Check": CHECK}, ItemBatcher={"MaxItemsPerBatch": 2}, ToleratedFailureCount=3)
    answers = [TaskError("Bad"), 1, TaskError("Bad")]
    assert run(batched, [1, 2, 3, 4, 5], {"Check": answers}).status == "SUCCEEDED"
    assert run(batched, [1, 2, 3, 4, 5, 6], {"Check": answers}).status == "FAILED"


def test_an_express_child_has_five_minutes() -> None:
    waiting = {"Wait": {"Type": "Wait", "Seconds": 301, "End": True}}
    assert run(machine(waiting, "EXPRESS"), [1]).status == "FAILED"
    assert run(machine(waiting, "STANDARD"), [1]).status == "SUCCEEDED"


def test_children_have_histories_of_their_own() -> None:
    done = run(machine({"Check": CHECK}), ["a", "b"], {"Check": 1})
    assert [event["type"] for event in done.history] == [
        "ExecutionStarted", "MapStateEntered", "MapStateStarted", "MapRunStarted", "MapRunSucceeded", "MapStateSucceeded",
        "MapStateExited", "ExecutionSucceeded",
    ]  # fmt: skip
    assert [len(child.events) for child in done.children] == [7, 7]


# -- writers ----------------------------------------------------------------------------------------------------------


def test_results_are_written_where_the_writer_says() -> None:
    writer = {"Resource": "arn:aws:states:::s3:putObject", "Parameters": {"Bucket": "out", "Prefix": "runs"}}
    definition = machine({"Check": CHECK}, ResultWriter=writer, ToleratedFailureCount=1, Label="Files")
    done = run(definition, ["a", "b"], {"Check": [1, TaskError("Bad", "it is")]})
    assert ":mapRun:machine/Files:" in done.output["MapRunArn"]
    details = done.output["ResultWriterDetails"]
    manifest = json.loads(done.written[f"s3://out/{details['Key']}"])
    assert manifest["DestinationBucket"] == "out"
    (succeeded,), (failed,) = manifest["ResultFiles"]["SUCCEEDED"], manifest["ResultFiles"]["FAILED"]
    assert manifest["ResultFiles"]["PENDING"] == []
    good = json.loads(done.written[f"s3://out/{succeeded['Key']}"])
    assert [(each["Input"], each["Output"], each["Status"]) for each in good] == [('"a"', "1", "SUCCEEDED")]
    bad = json.loads(done.written[f"s3://out/{failed['Key']}"])
    assert [(each["Error"], each["Cause"], each["Status"]) for each in bad] == [("Bad", "it is", "FAILED")]


@pytest.mark.parametrize(("transformation", "output"), [("COMPACT", [[1, 2], [1, 2]]), ("FLATTEN", [1, 2, 1, 2])])
def test_results_can_be_transformed_without_being_written(transformation: str, output: list[Any]) -> None:
    writer = {"WriterConfig": {"OutputType": "JSON", "Transformation": transformation}}
    done = run(machine({"Check": CHECK}, ResultWriter=writer), ["a", "b"], {"Check": Result([1, 2])})
    assert done.output == output


def test_lines_are_written_for_jsonl() -> None:
    writer = {
        "Resource": "arn:aws:states:::s3:putObject", "Parameters": {"Bucket": "out"},
        "WriterConfig": {"OutputType": "JSONL", "Transformation": "COMPACT"},
    }  # fmt: skip
    done = run(machine({"Check": CHECK}, ResultWriter=writer), ["a", "b"], {"Check": {"n": 1}})
    (file,) = [body for name, body in done.written.items() if name.endswith("SUCCEEDED_0.jsonl")]
    assert file == b'{"n":1}\n{"n":1}\n'


def test_results_beyond_the_payload_need_a_writer() -> None:
    done = run(machine({"Check": CHECK}), list(range(10)), {"Check": "x" * 30_000})
    assert done.error == "States.DataLimitExceeded"


@pytest.mark.campaign
def test_ten_thousand_items_take_seconds_and_memory_grows_with_them() -> None:
    import time
    import tracemalloc

    body = {
        "One": {"Type": "Pass", "Parameters": {"id.$": "$.id"}, "Next": "Two"},
        "Two": {**CHECK, "ResultPath": "$.result", "End": False} | {"Next": "Three"},
        "Three": {"Type": "Pass", "OutputPath": "$.id", "End": True},
    }
    body["Two"].pop("End")
    peaks = []
    for count in (2_500, 10_000):
        tracemalloc.start()
        begin = time.process_time()
        done = run(machine(body), [{"id": place} for place in range(count)], {"Two": 1})
        passed = time.process_time() - begin
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        assert done.output == list(range(count))
        assert passed < 60  # of processor time, under tracemalloc; a tenth of it without
    assert peaks[1] < 5 * peaks[0]
