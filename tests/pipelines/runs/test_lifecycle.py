"""Whether a day is loaded: a question that an Express machine answers at once."""

from __future__ import annotations

from typing import Any

import pytest

from pipelines.lifecycle import lifecycle
from sfdsl.testing import Run, TaskError, simulate

LOADED = {"status": {"S": "LOADED"}, "figures": {"S": "orders/figures.json"}, "loaded_at": {"S": "noon"}}


def ask(item: dict[str, Any] | None, **answers: Any) -> Run:
    found = {} if item is None else {"Item": item}
    tasks = {"Look up load": found, "Read figures": {"Body": '{"rows": 3}'}, **answers}
    return simulate(lifecycle, {"dataset": "orders", "day": "2026-11-23"}, tasks=tasks)


def test_a_client_gets_the_figures_of_a_loaded_day() -> None:
    answer = ask(LOADED)
    assert answer.output == {"status": "LOADED", "loadedAt": "noon", "figures": {"rows": 3}}
    assert answer.arguments("Read figures") == [{"Bucket": "acme-curated", "Key": "orders/figures.json"}]


@pytest.mark.parametrize("item", [None, {"status": {"S": "RUNNING"}}], ids=["nobody began", "it is under way"])
def test_a_day_that_is_not_loaded_is_pending(item: dict[str, Any] | None) -> None:
    answer = ask(item)
    assert answer.output == {"status": "PENDING"}
    assert answer.path == ("Look up load", "Loaded?", "Not loaded yet")


def test_a_load_that_failed_is_told_as_a_failure() -> None:
    answer = ask({"status": {"S": "FAILED"}})
    assert (answer.error, answer.cause) == ("LoadFailed", "the load of orders on 2026-11-23 failed")


def test_a_table_that_throttles_is_asked_again() -> None:
    throttled = TaskError("DynamoDB.ProvisionedThroughputExceededException")
    answer = ask(LOADED, **{"Look up load": [throttled, throttled, {"Item": LOADED}]})
    assert answer.status == "SUCCEEDED"
    assert answer.duration < 20
