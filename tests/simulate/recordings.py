"""The recorded executions as tests use them: read, answered with the recorded task results, compared."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import Any

from sfdsl.model.asl import read
from sfdsl.simulate.objects import Objects
from sfdsl.simulate.options import Options
from sfdsl.simulate.outcomes import Call, NoAnswer, Outcome, Result, TaskError
from sfdsl.simulate.run import Run, program_of, run_program
from sfdsl.simulate.values import same
from tests.conftest import shared

# Tokens of the recorder inside ARNs, which a parser of ARNs would refuse; replaced all over a record alike.
_TOKENS = {
    '"activity_arn"': '"arn:aws:states:us-east-1:111111111111:activity:worker"',
    "<partition>": "aws",
    "<region>": "us-east-1",
    "<lambda_function_name>": "function",
}


@cache
def executions() -> list[dict[str, Any]]:
    """Every record that AWS has validated."""
    lines = shared("aws_recordings/executions.jsonl").read_text().rstrip("\n").split("\n")
    records = []
    for line in lines:
        for token, text in _TOKENS.items():
            line = line.replace(token, text)
        records.append(json.loads(line))
    return [record for record in records if record["aws_validated"]]


class Replay:
    """Answers each attempt of a task as AWS's services did."""

    wants_context = False

    def __init__(self, record: dict[str, Any]) -> None:
        self.left = {state: list(attempts) for state, attempts in record["tasks"].items()}
        self.asked: dict[str, list[Any]] = {}

    def answer(self, call: Call) -> Outcome:
        self.asked.setdefault(call.state, []).append(call.arguments)
        attempts = self.left[call.state]
        told = next(each for each in attempts if tuple(each.get("iteration", call.iteration)) == call.iteration)
        attempts.remove(told)
        submitted = told.get("submitted")
        if told.get("timed_out"):
            return NoAnswer(submitted)
        if "error" in told:
            return TaskError(told["error"], told.get("cause"), submitted=submitted)
        return Result(told["output"], submitted=submitted)


def replay(record: dict[str, Any]) -> tuple[Run, Replay]:
    """Run a record's definition with its input and its task results."""
    services = Replay(record)
    objects = {f"{stored['bucket']}/{stored['key']}": stored["body"] for stored in record.get("s3_objects") or ()}
    program = program_of(read(record["definition"]), express=record["type"] == "EXPRESS")
    return run_program(program, record["input"], Options(tasks=services, objects=Objects(objects))), services


_PLACEHOLDER = re.compile(
    r"<<[^<>]+>[^<>]*>|<[^<>]+>|\b(?:date|start-date|stop-date|start-time|entered-time|timestamp|snf_role_arn|sfn_role_arn"
    r"|a_task_token|generated-uuid|RandomNumberGenerated|111111111111)\b"
)


def like(recorded: Any, simulated: Any) -> bool:
    """Whether a value is the recorded one, where the recorder's placeholders stand for anything."""
    if isinstance(recorded, dict):
        return (
            isinstance(simulated, dict)
            and recorded.keys() == simulated.keys()
            and all(like(recorded[key], simulated[key]) for key in recorded)
        )
    if isinstance(recorded, list):
        return (
            isinstance(simulated, list)
            and len(recorded) == len(simulated)
            and all(like(a, b) for a, b in zip(recorded, simulated, strict=True))
        )
    if isinstance(recorded, str) and _PLACEHOLDER.search(recorded):
        pattern = ".*".join(re.escape(part) for part in _PLACEHOLDER.split(recorded))
        text = simulated if isinstance(simulated, str) else json.dumps(simulated)
        return re.fullmatch(pattern, text, re.DOTALL) is not None
    return type(recorded) is type(simulated) and recorded == simulated


# -- what is compared, and how ----------------------------------------------------------------------------------------

NOT_REPLAYED = {
    "test_activity_task_on_deleted#0": "the activity was deleted while the execution ran",
    "test_invoke_with_headers[singleStringHeader]#0": "the integration itself refused the arguments it was given",
}
"""Records that could be replayed and are not, and why: what happened lies outside a state machine."""

OLDER_LINKS = "09-2024"
"""Until about then AWS named MapRunSucceeded as what led to MapStateExited, since then MapRunStarted, as simulated."""

OLDER_CONTEXT = "test_lambda_invoke_with_retry_extended_input#0"
"""Recorded before executions could be redriven: its context object has no RedriveCount."""


def name(record: dict[str, Any]) -> str:
    """The last part of a record's id."""
    return str(record["id"]).rpartition("::")[2]


def features(record: dict[str, Any]) -> list[str]:
    """What a record is counted under: the features that it uses, without their details."""
    kinds = {feature.partition(":")[0] for feature in record["features"]}
    return ["all", record["query_language"], *sorted(kinds)]


def not_compared(record: dict[str, Any]) -> str | None:
    """Why the end of a record is not compared; None where it is."""
    if name(record) in NOT_REPLAYED:
        return NOT_REPLAYED[name(record)]
    return None if record["replayable"] else "what its tasks returned was not recorded"


def ended(record: dict[str, Any]) -> list[Any]:
    """How the simulation of a record ends: status, error, cause, output."""
    run, _ = replay(record)
    return [run.status, run.error, run.cause, run.output]


def ends_as_recorded(record: dict[str, Any]) -> bool:
    """Whether status, error, cause and output are AWS's; placeholders stand for anything where they cannot be known."""
    ours, aws = ended(record), [record[key] for key in ("status", "error", "cause", "output")]
    if record["comparable"]:
        return ours[:3] == aws[:3] and same(ours[3], aws[3], spelling=True)
    return like(aws, ours)


def calls_as_recorded(record: dict[str, Any]) -> bool:
    """Whether tasks were given what AWS gave them."""
    _, services = replay(record)
    if name(record) == OLDER_CONTEXT:
        forget_redrives(services.asked)
    return like(record["task_inputs"], services.asked)


def history_not_compared(record: dict[str, Any]) -> str | None:
    """Why the history of a record is not compared; None where it is."""
    if not record["history"]:
        return "no history was recorded"
    if not record.get("history_order_reliable", True):
        return "the recorder has sorted its events"
    return not_compared(record)


def history_as_recorded(record: dict[str, Any]) -> bool:
    """Whether every event is AWS's: type, state, ids, inputs, outputs, assigned variables, errors, causes, resources."""
    return like(recorded_events(record), _aligned(record)[0])


def older_links(record: dict[str, Any]) -> int:
    """How many events name, as AWS does now, another event before them than AWS did when they were recorded."""
    return _aligned(record)[1]


def _aligned(record: dict[str, Any]) -> tuple[list[list[Any]], int]:
    """The simulated events, with what recordings leave open or AWS has changed since taken from the recording."""
    simulated, older = events(replay(record)[0]), 0
    if name(record) == OLDER_CONTEXT:
        forget_redrives(simulated)
    for ours, aws in zip(simulated, recorded_events(record), strict=False):
        if aws[1] is None:
            ours[1] = None  # events that name no state, of which the recording may tell it or not
        elif ours[1] is None:
            ours[1] = aws[1]
        if ours[0] == "MapStateExited" and linked_in_the_older_way(record) and ours[2]["prev"] != aws[2]["prev"]:
            ours[2]["prev"] = aws[2]["prev"]
            older += 1
    return simulated, older


def forget_redrives(value: Any) -> None:
    if isinstance(value, dict):
        if value.get("RedriveCount") == 0:
            del value["RedriveCount"]
        value = list(value.values())
    for inner in value if isinstance(value, list) else ():
        forget_redrives(inner)


def events(run: Run) -> list[list[Any]]:
    """A history in the form of the recordings: type, state, details."""
    told = []
    for event in run.execution.events:
        details = {key: value for key, value in event.details.items() if value is not None}
        state = details.pop("name", details.pop("state", None))
        details |= {"id": event.id, "prev": event.previous}
        for own in ("roleArn", "mapRunArn"):
            details.pop(own, None)
        told.append([event.type, state, details])
    return told


def recorded_events(record: dict[str, Any]) -> list[list[Any]]:
    told = []
    for type, state, details in record["history"]:
        kept = {key: value for key, value in details.items() if value is not None}
        for unsaid in ("iteration", "mapRunArn", "cause_text_approximate"):
            kept.pop(unsaid, None)
        told.append([type, state, kept])
    return told


def linked_in_the_older_way(record: dict[str, Any]) -> bool:
    _, month, year = record["recorded_date"].split(",")[0].split("-")
    return (year, month) < tuple(reversed(OLDER_LINKS.split("-")))
