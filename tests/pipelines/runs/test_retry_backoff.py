"""Exchange rates: a provider who throttles is left alone for longer and longer; one who means it is not asked again."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from pipelines.retry_backoff import rates
from sfdsl.testing import Run, TaskError, simulate
from tests.pipelines.runs.answers import BROKEN, SENT

FETCHED = {"StatusCode": 200, "ResponseBody": {"CHF": 0.9}}
THROTTLED = TaskError("States.Http.StatusCode.429")


def run(currencies: tuple[str, ...] = ("EUR", "USD"), **answers: Any) -> Run:
    well: dict[str, Any] = {
        "Fetch rates": FETCHED, "Store rates": {}, "Add partition": {}, "Tell the treasury": SENT,
    }  # fmt: skip
    given = {"day": "2026-11-23", "currencies": list(currencies)}
    return simulate(rates, given, tasks={**well, **{name.replace("_", " "): mock for name, mock in answers.items()}})


def test_each_currency_is_fetched_and_stored() -> None:
    day = run()
    assert day.status == "SUCCEEDED"
    assert [call["QueryParameters"]["base"] for call in day.arguments("Fetch rates")] == ["EUR", "USD"]
    assert [call["Key"] for call in day.arguments("Store rates")] == [
        "rates/day=2026-11-23/EUR.json",
        "rates/day=2026-11-23/USD.json",
    ]
    assert day.arguments("Store rates")[0]["Body"] == {"CHF": 0.9}


def test_a_provider_who_throttles_is_left_alone_for_longer_and_longer() -> None:
    seen = []

    def provider(arguments: Any, call: Any) -> Any:
        seen.append(call.time)
        return FETCHED if call.attempt == 7 else THROTTLED

    day = run(("EUR",), Fetch_rates=provider)
    assert day.status == "SUCCEEDED"
    pauses = [later - earlier for earlier, later in itertools.pairwise(seen)]
    assert all(0 <= pause <= most for pause, most in zip(pauses, [30, 60, 120, 240, 480, 600], strict=True))


def test_a_provider_who_throttles_for_ever_is_given_up() -> None:
    day = run(("EUR",), Fetch_rates=THROTTLED)
    assert day.error == "States.Http.StatusCode.429"
    assert len(day.arguments("Fetch rates")) == 1 + 6


def test_a_fault_of_the_provider_is_tried_again_soon() -> None:
    day = run(("EUR",), Fetch_rates=[TaskError("States.Http.StatusCode.503"), FETCHED])
    assert day.status == "SUCCEEDED"
    assert day.duration <= 2


def test_a_wrong_key_is_not_worth_a_second_call() -> None:
    day = run(("EUR",), Fetch_rates=TaskError("States.Http.StatusCode.403", "forbidden"))
    assert len(day.arguments("Fetch rates")) == 1
    assert day.path[-2:] == ("Tell the treasury", "Failed")
    assert (day.error, day.cause) == ("States.Http.StatusCode.403", "forbidden")
    assert day.arguments("Tell the treasury")[0]["Message"].startswith(
        "No rates for 2026-11-23: Each currency failed with States.Http.StatusCode.403: forbidden"
    )


@pytest.mark.parametrize("task", ["Store rates", "Add partition"])
def test_what_breaks_is_told_to_the_treasury(task: str) -> None:
    day = run(**{task: BROKEN})
    assert (day.status, day.error) == ("FAILED", "States.TaskFailed")
    assert day.path[-2:] == ("Tell the treasury", "Failed")
