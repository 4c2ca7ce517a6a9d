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
