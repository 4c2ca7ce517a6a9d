"""A pipeline does what its author means: drawn pipelines, run by the simulator, against a reading of their meaning.

`generate` draws a program, `authoring` writes it in the public language, `meaning` says what it is to do.
`SFDSL_EXAMPLES` sets how many are drawn.
"""

from __future__ import annotations

import json
import os
import random
from typing import Any

import pytest

from sfdsl.dsl.lower import lower
from sfdsl.testing import TaskError, simulate
from tests.dsl.authoring import build
from tests.dsl.generate import Draw
from tests.dsl.meaning import INPUT, Meaning, Unsure, respond

CHUNKS = 8
EACH = int(os.environ.get("SFDSL_EXAMPLES", "400")) // CHUNKS


def difference(seed: int, size: int) -> tuple[str, Any]:
    """What a drawn program does otherwise than it means: `ok` for nothing, `unsure` where the meaning is open."""
    program = Draw(random.Random(seed), size).program()
    meaning = Meaning(program)
    try:
        expected = meaning.run()
    except Unsure:
        return "unsure", None
    lowered = lower(build(program))
    if lowered.workflow is None:
        return "finding", [f"{finding.code} {finding.message}" for finding in lowered.findings]

    def answer(arguments: Any, call: Any) -> Any:
        given = respond(program, call.state, arguments["Payload"])
        if isinstance(given, str):
            raise TaskError(given, "cause")
        return {"Payload": given}

    run = simulate(lowered.workflow, INPUT, {"*": answer}, check_results=False)
    found = (run.status, run.output if run.status == "SUCCEEDED" else run.error)
    if found != expected:
        return "outcome", (expected, found, run.cause)
    calls: dict[Any, list[Any]] = {}
    for call in run.calls:
        calls.setdefault(call.iteration, []).append((call.state, call.arguments["Payload"]))
    wanted, made = _told(meaning.calls, meaning.unsure), _told(calls, meaning.unsure)
    return ("ok", None) if wanted == made else ("calls", (wanted, made))


def _told(calls: dict[Any, list[Any]], unsure: Any) -> dict[Any, list[str]]:
    kept = {key: [json.dumps(c, sort_keys=True) for c in made if c[0] not in unsure] for key, made in calls.items()}
    return {key: sorted(made) for key, made in kept.items() if made}


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_a_pipeline_does_what_its_author_means(chunk: int) -> None:
    seeds = range(chunk * EACH, (chunk + 1) * EACH)
    results = {seed: difference(seed, 3 + seed % 4) for seed in seeds}
    assert {seed: told for seed, told in results.items() if told[0] not in ("ok", "unsure")} == {}
    assert sum(told[0] == "ok" for told in results.values()) > EACH // 2
