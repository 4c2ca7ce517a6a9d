"""Rules about Maps and about times (SF131 to SF136)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.checks.structure.machines import (
    BODY,
    DISTRIBUTED,
    READER,
    codes,
    listing,
    lone,
    machine,
    map_,
    one,
    pass_,
    reader,
)

JSONATA = {"QueryLanguage": "JSONata"}


@pytest.mark.parametrize(
    ("definition", "expected"),
    [
        pytest.param(
            map_(ItemReader=READER | {"ReaderConfig": {"InputType": "JSON"}}), {"SF131"}, id="a reader inline"
        ),
        pytest.param(map_(ItemBatcher={"MaxItemsPerBatch": 5}), {"SF131"}, id="a batcher inline"),
        pytest.param(map_(DISTRIBUTED, ItemBatcher={"MaxItemsPerBatch": 5}), set(), id="a batcher distributed"),
        pytest.param(
            map_(BODY | {"ProcessorConfig": {"Mode": "${Mode}"}}, ItemBatcher={"MaxItemsPerBatch": 5}),
            set(),
            id="a mode nobody knows",
        ),
        pytest.param(map_(ToleratedFailureCount=1), {"SF132"}, id="tolerance inline is taken and does nothing"),
        pytest.param(map_(Label="L"), {"SF132"}, id="a Label inline"),
        pytest.param(
            map_(BODY | {"ProcessorConfig": {"Mode": "INLINE", "ExecutionType": "STANDARD"}}),
            {"SF132"},
            id="an ExecutionType inline",
        ),
        pytest.param(
            lone("Map", Iterator=DISTRIBUTED, ItemBatcher={"MaxItemsPerBatch": 5}),
            {"SF135"},
            id="a distributed Iterator",
        ),
        pytest.param(map_(DISTRIBUTED, ItemReader=READER), {"SF133"}, id="a file of no type"),
        pytest.param(listing(), set(), id="a listing needs no type"),
        pytest.param(listing(Transformation="LOAD_AND_FLATTEN"), {"SF133"}, id="flattened files of no type"),
        pytest.param(listing(Transformation="LOAD_AND_FLATTEN", InputType="JSONL"), set(), id="flattened files"),
        pytest.param(reader(Transformation="LOAD_AND_FLATTEN", InputType="CSV"), {"SF133"}, id="a flattened file"),
        pytest.param(reader(InputType="CSV", CSVHeaderLocation="FIRST_ROW"), set(), id="headers in the file"),
        pytest.param(reader(InputType="CSV", CSVHeaderLocation="GIVEN"), {"SF133"}, id="headers that are not given"),
        pytest.param(reader(InputType="CSV", CSVHeaderLocation="GIVEN", CSVHeaders=["a"]), set(), id="given headers"),
        pytest.param(
            reader(InputType="CSV", CSVHeaderLocation="GIVEN", CSVHeaders="a"), {"SF113"}, id="misshapen headers"
        ),
        pytest.param(reader(InputType="CSV", CSVHeaderLocation="FIRST_ROW", CSVHeaders=["a"]), {"SF133"}, id="both"),
        pytest.param(reader(InputType="JSON", CSVDelimiter="TAB"), {"SF133"}, id="a delimiter of JSON"),
        pytest.param(reader(InputType="JSON", ItemsPointer="/rows"), set(), id="a pointer into JSON"),
        pytest.param(reader(InputType="JSONL", ItemsPointer="/rows"), {"SF133"}, id="a pointer into lines"),
        pytest.param(reader(ManifestType="ATHENA_DATA", InputType="JSON"), {"SF133"}, id="a manifest of JSON"),
        pytest.param(reader(ManifestType="S3_INVENTORY"), set(), id="an inventory"),
        pytest.param(reader(InputType="${Type}", CSVDelimiter="TAB"), set(), id="a type that is a placeholder"),
        pytest.param(map_(DISTRIBUTED, Label="Each_file-1"), set(), id="a Label"),
        pytest.param(map_(DISTRIBUTED, Label=""), {"SF134"}, id="an empty Label"),
        pytest.param(map_(DISTRIBUTED, Label="a" * 40), set(), id="40 characters"),
        pytest.param(map_(DISTRIBUTED, Label="a" * 41), {"SF134"}, id="41 characters"),
        pytest.param(map_(DISTRIBUTED, Label="a b"), {"SF134"}, id="a blank"),
        pytest.param(map_(DISTRIBUTED, Label="a\u008db"), {"SF134"}, id="a control character"),
        pytest.param(map_(DISTRIBUTED, Label="${Label}"), set(), id="a Label that is a placeholder"),
        pytest.param(lone("Map", Iterator=BODY), {"SF135"}, id="an Iterator"),
        pytest.param(map_(Parameters={"a": 1}), {"SF135"}, id="Parameters of a Map"),
        pytest.param(lone("Wait", Timestamp="2026-12-24T18:00:00Z"), set(), id="a timestamp"),
        pytest.param(lone("Wait", Timestamp="2026-12-24T18:00:00.123456789+01:00"), set(), id="with an offset"),
        pytest.param(lone("Wait", Timestamp="2026-12-24T18:00:00"), {"SF136"}, id="without a zone"),
        pytest.param(lone("Wait", Timestamp="2026-12-24t18:00:00z"), {"SF136"}, id="in small letters"),
        pytest.param(lone("Wait", Timestamp="2026-02-29T00:00:00Z"), {"SF136"}, id="a day that does not exist"),
        pytest.param(lone("Wait", Timestamp="2028-02-29T00:00:00Z"), set(), id="a leap day"),
        pytest.param(lone("Wait", Timestamp="2016-12-05T25:29:29Z"), {"SF136"}, id="hour 25"),
        pytest.param(lone("Wait", Timestamp="2016-12-31T23:59:60Z"), set(), id="a leap second"),
        pytest.param(lone("Wait", Timestamp="${When}"), set(), id="a timestamp that is a placeholder"),
        pytest.param(lone("Wait", Timestamp="{% $when %}", **JSONATA), set(), id="an expression"),
        pytest.param(lone("Wait", Timestamp="{% $when %}"), {"SF136"}, id="an expression in a JSONPath state"),
    ],
)
def test_maps_and_times(definition: dict[str, Any], expected: set[str]) -> None:
    assert codes(definition) == expected


def test_two_maps_with_one_label() -> None:
    definition = machine(
        A={"Type": "Map", "Label": "L", "ItemProcessor": DISTRIBUTED, "Next": "B"},
        B={
            "Type": "Map",
            "Label": "L",
            "End": True,
            "ItemProcessor": DISTRIBUTED | {"StartAt": "In", "States": {"In": pass_()}},
        },
    )
    finding = one(definition, "SF134")
    assert finding.message == "Label of state 'B' is 'L', which state 'A' has already"
    assert finding.hint == 'write `"Label": "L2"`'
