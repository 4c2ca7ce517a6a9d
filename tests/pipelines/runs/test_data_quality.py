"""Product feeds: validated row by row and as a whole, corrected in rounds, loaded or refused."""

from __future__ import annotations

import json
from typing import Any

from pipelines.data_quality import feeds
from sfdsl.testing import Run, simulate
from tests.pipelines.runs.answers import BAD_SCORE, JOB, QUALITY_GATE, SENT

WELL: dict[str, Any] = {
    **QUALITY_GATE,
    "Validate rows": {"Payload": {"wrong": 0}},
    "Stage feed": JOB,
    "Transform": JOB,
    "Load to target": JOB,
    "Success notification": SENT,
    "Error notification": SENT,
    "Quarantine feed": {},
    "Error logging": {},
}
FEED = "sku,price\n" + "\n".join(f"{number},1" for number in range(2500))


def run(answers: dict[str, Any] | None = None, feed: str = FEED) -> Run:
    given = {"supplier": "acme", "key": "feed.csv"}
    objects = {"s3://acme-feeds/feed.csv": feed}
    return simulate(feeds, given, tasks={**WELL, **(answers or {})}, objects=objects)


def corrected(*failed: str, round: int = 1, progress: bool = True) -> dict[str, Any]:
    """What the function says after a round of corrections."""
    return {"Payload": {"failed": list(failed), "round": round, "progress": progress}}


def test_a_good_feed_is_loaded_and_buyers_hear_of_it() -> None:
    feed = run()
    assert feed.status == "SUCCEEDED"
    assert feed.path[-4:] == ("Quality good enough?", "Transform", "Load to target", "Success notification")
    message = feed.arguments("Success notification")[0]["Message"]
    assert message.startswith("The feed feed.csv of acme is in the catalogue.")


def test_rows_are_validated_in_batches_by_child_executions() -> None:
    feed = run()
    batches = [call["Payload"] for call in feed.arguments("Validate rows")]
    assert [len(batch["rows"]) for batch in batches] == [1000, 1000, 500]
    assert batches[0]["rows"][0] == {"sku": "0", "price": "1"}
    assert {batch["supplier"] for batch in batches} == {"acme"}
    assert len(feed.children) == 3


def test_a_feed_without_rows_has_no_wrong_ones() -> None:
    feed = run(feed="sku,price\n")
    assert feed.status == "SUCCEEDED"
    assert "Validate rows" not in feed.path


def test_wrong_rows_put_the_feed_into_quarantine() -> None:
    feed = run({"Validate rows": [{"Payload": {"wrong": 2}}, {"Payload": {"wrong": 3}}, {"Payload": {"wrong": 0}}]})
    assert feed.error == "FeedRefused"
    assert feed.path[-4:] == ("Schema valid?", "Quarantine feed", "Error notification", "Feed refused")
    assert feed.arguments("Quarantine feed")[0]["Tagging"] == "reason=schema&wrong-rows=5"


def test_a_second_round_goes_on_with_what_the_first_has_left() -> None:
    feed = run({"Read quality score": BAD_SCORE, "Data correction": [corrected("Rule_9"), corrected(round=2)]})
    assert feed.status == "SUCCEEDED"
    rounds = [call["Payload"] for call in feed.arguments("Data correction")]
    assert [(each["failed"], each["round"]) for each in rounds] == [(["Rule_1"], 1), (["Rule_9"], 2)]
    assert feed.path[-4:] == ("Correction success?", "Transform", "Load to target", "Success notification")


def test_after_three_rounds_the_feed_is_refused_and_the_log_says_why() -> None:
    def still_wrong(arguments: Any) -> dict[str, Any]:
        return corrected("Rule_1", round=arguments["Payload"]["round"])

    feed = run({"Read quality score": BAD_SCORE, "Data correction": still_wrong})
    assert feed.error == "FeedRefused"
    assert feed.path.count("Data correction") == 3
    assert feed.path[-3:] == ("Error logging", "Error notification", "Feed refused")
    logged = json.loads(feed.arguments("Error logging")[0]["LogEvents"][0]["Message"])
    assert (logged["score"], logged["failed"]) == (0.5, [{"Name": "Rule_1", "Result": "FAIL"}])


def test_a_round_that_helps_nothing_is_the_last() -> None:
    feed = run({"Read quality score": BAD_SCORE, "Data correction": corrected("Rule_1", progress=False)})
    assert feed.error == "FeedRefused"
    assert feed.path.count("Data correction") == 1


def test_an_evaluation_that_breaks_down_fails_the_run() -> None:
    feed = run({"Look at quality check": {"Status": "FAILED"}})
    assert feed.error == "QualityCheckFailed"
    assert feed.path[-2:] == ("Quality check done?", "Quality check broke down")
