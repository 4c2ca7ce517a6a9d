"""The recorded TestState calls, answered as AWS answered them."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

from sfdsl.model.fields import ABSENT
from sfdsl.simulate.teststate import Refused, Request, inspect_state
from tests.conftest import shared
from tests.simulate.recordings import _TOKENS, like


def calls() -> list[dict[str, Any]]:
    """Every call that AWS has validated."""
    records = []
    for line in shared("aws_recordings/teststate.jsonl").read_text().rstrip("\n").split("\n"):
        for token, text in _TOKENS.items():
            line = line.replace(token, text)
        records.append(json.loads(line))
    return [record for record in records if record["aws_validated"]]


def tasks(record: dict[str, Any]) -> dict[str, Any]:
    """What the real service answered, where the call had no mock: a Lambda function's result."""
    if "mock" in record or not record["accepted"]:
        return {}
    told = record["expected"].get("inspectionData", {})
    return {"*": told["result"] if "result" in told else record["expected"].get("output")}


def answer(record: dict[str, Any]) -> dict[str, Any]:
    request = Request(
        definition=record["definition"],
        state_name=record.get("state_name"),
        input=record["input"] if record["input_given"] else ABSENT,
        level=record["inspection_level"] or "INFO",
        role_arn="arn:aws:iam::111111111111:role/tester" if record["role_arn_given"] else None,
        variables=record.get("variables") or {},
        context=record.get("context"),
        mock=record.get("mock"),
        configuration=record.get("state_configuration") or {},
        reveal_secrets=record.get("reveal_secrets", False),
        tasks=tasks(record),
    )
    try:
        return inspect_state(request)
    except Refused as refused:
        return {"error_code": refused.code, "message": refused.message}


def test_every_call_is_answered_as_aws_answered() -> None:
    differing: dict[str, Any] = {}
    counted: Counter[str] = Counter()
    for record in calls():
        told = answer(record)
        counted[record["expected"].get("status", "refused")] += 1
        if not like(record["expected"], told):
            differing[record["id"].rpartition("::")[2]] = (told, record["expected"])
    assert differing == {}
    assert counted == {"SUCCEEDED": 58, "refused": 34, "FAILED": 12, "RETRIABLE": 5, "CAUGHT_ERROR": 5}
