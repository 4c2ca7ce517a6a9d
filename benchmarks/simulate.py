"""Executions per second: sfdsl's simulator against moto (JSONPath) and sfnx (JSONata) on the same machines, in one run.

    python benchmarks/simulate.py [SECONDS]

sfdsl reads the definition once and runs it again and again with the same input and mocks; a second row has it read the
definition each time, as sfnx does and moto's API. moto is measured without its API, parsing each time and parsed once.
"""

from __future__ import annotations

import logging
import resource
import sys
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # the judges live beside the tests

from sfdsl.model.asl import read
from sfdsl.simulate.options import Options
from sfdsl.simulate.run import Run, program_of, run_program
from tests.simulate import judges
from tests.simulate.machines import Case, draw
from tests.simulate.test_judges import Ends

Json = Any


def etl(jsonata: bool) -> Case:
    """A small pipeline: four tasks, one of them retried, a choice, a correction, passes that shape data."""
    call = {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke"}

    def task(function: str, payload: Json, keep: Json, **more: Json) -> Json:
        if jsonata:
            return {**call, "Arguments": {"FunctionName": function, "Payload": payload}, **keep, **more}
        return {**call, "Parameters": {"FunctionName": function, "Payload": payload}, **keep, **more}

    retry = [{"ErrorEquals": ["Busy"], "IntervalSeconds": 1, "MaxAttempts": 2}]
    if jsonata:
        states = {
            "Begin": {"Type": "Pass", "Assign": {"day": "{% $states.input.day %}"}, "Next": "Extract"},
            "Extract": task(
                "extract",
                {"day": "{% $day %}"},
                {"Assign": {"run": "{% $states.result.Payload.run %}"}},
                Retry=retry,
                Next="Transform",
            ),
            "Transform": task("transform", {"run": "{% $run %}"}, {}, Next="Validate"),
            "Validate": task(
                "validate", {"run": "{% $run %}"}, {"Output": "{% $states.result.Payload %}"}, Next="Rejected?"
            ),
            "Rejected?": {
                "Type": "Choice",
                "Default": "Correct",
                "Choices": [{"Condition": "{% $states.input.rejected = 0 %}", "Next": "Load"}],
            },
            "Correct": {
                "Type": "Pass",
                "Next": "Load",
                "Output": {"rejected": 0, "corrected": "{% $states.input.rejected %}"},
            },
            "Load": task("load", {"run": "{% $run %}", "rows": "{% $states.input.rejected %}"}, {}, Next="Report"),
            "Report": {"Type": "Pass", "Output": {"run": "{% $run %}", "done": True}, "Next": "Done"},
            "Done": {"Type": "Succeed"},
        }
    else:
        states = {
            "Begin": {"Type": "Pass", "Parameters": {"day.$": "$.day"}, "Next": "Extract"},
            "Extract": task("extract", {"day.$": "$.day"}, {"ResultPath": "$.extract"}, Retry=retry, Next="Transform"),
            "Transform": task("transform", {"run.$": "$.extract.Payload.run"}, {"ResultPath": None}, Next="Validate"),
            "Validate": task(
                "validate",
                {"run.$": "$.extract.Payload.run"},
                {"ResultSelector": {"rejected.$": "$.Payload.rejected"}, "ResultPath": "$.validate"},
                Next="Rejected?",
            ),
            "Rejected?": {
                "Type": "Choice",
                "Default": "Correct",
                "Choices": [{"Variable": "$.validate.rejected", "NumericEquals": 0, "Next": "Load"}],
            },
            "Correct": {
                "Type": "Pass",
                "Parameters": {"rejected": 0, "corrected.$": "$.validate.rejected"},
                "ResultPath": "$.validate",
                "Next": "Load",
            },
            "Load": task(
                "load",
                {"run.$": "$.extract.Payload.run", "rows.$": "$.validate.rejected"},
                {"ResultPath": None},
                Next="Report",
            ),
            "Report": {"Type": "Pass", "Parameters": {"run.$": "$.extract.Payload.run", "done": True}, "Next": "Done"},
            "Done": {"Type": "Succeed"},
        }
    definition: Json = {"StartAt": "Begin", "States": states}
    if jsonata:
        definition["QueryLanguage"] = "JSONata"
    ends = {
        "Extract": [{"error": "Busy", "cause": "again"}, {"return": {"Payload": {"run": "r-1"}, "StatusCode": 200}}],
        "Transform": [{"return": {"Payload": {}, "StatusCode": 200}}],
        "Validate": [{"return": {"Payload": {"rejected": 3}, "StatusCode": 200}}],
        "Load": [{"return": {"Payload": {}, "StatusCode": 200}}],
    }
    return Case(0, definition, {"day": "2026-11-23"}, ends)  # fmt: skip


def prepared(case: Case) -> Callable[[], Run]:
    """sfdsl's simulator with the machine compiled."""
    program = program_of(read(case.definition))
    return lambda: run_program(program, case.input, Options(tasks=Ends(case, by_attempt=True)))


def compare(jsonata: bool, least: float) -> None:
    """Print executions per second on the small pipeline and on a mix of drawn machines."""
    logging.disable(logging.CRITICAL)
    judge = "sfnx" if jsonata else "moto"
    fast = [case for case in map(lambda seed: draw(seed, jsonata=jsonata), range(60)) if agrees(case, judge)][:20]
    for name, cases in (("pipeline of 9 states", [etl(jsonata)]), ("20 drawn machines", fast)):
        runs = [prepared(case) for case in cases]
        ours = judges.timed(lambda runs=runs: [run() for run in runs], least) * len(cases)
        run = getattr(judges, judge)
        theirs = judges.timed(lambda cases=cases, run=run: [run(case) for case in cases], least) * len(cases)
        show(name, ours, judge, theirs)
        reading = judges.timed(lambda cases=cases: [prepared(case)() for case in cases], least) * len(cases)
        show(f"{name}, read each time", reading, judge, theirs)
        if not jsonata:
            parsed = [(judges.moto_program(case.definition), case) for case in cases]
            theirs = judges.timed(lambda parsed=parsed: [run(case) for run, case in parsed], least) * len(cases)
            show(name, ours, "moto, parsed once", theirs)


def agrees(case: Case, judge: str) -> bool:
    """Whether both end a case the same way, so that they do the same work."""
    theirs = getattr(judges, judge)(case)
    ours = prepared(case)()
    return (ours.status, ours.error) == (theirs.status, theirs.error)


def show(name: str, ours: float, label: str, theirs: float) -> None:
    print(f"{name:<38} sfdsl {ours:>9,.0f}/s   {label:<18} {theirs:>9,.0f}/s   ratio {ours / theirs:>7.1f}")


def large_map(items: int, mode: str) -> None:
    """Print the time and the memory of a Map whose body has three states."""
    body = {
        "StartAt": "One",
        "States": {
            "One": {"Type": "Pass", "Next": "Two",
                    "Parameters": {"id.$": "$.id", "twice.$": "States.Array($.id, $.id)"}},
            "Two": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "ResultPath": "$.result",
                    "Parameters": {"FunctionName": "f", "Payload.$": "$"}, "Next": "Three"},
            "Three": {"Type": "Pass", "OutputPath": "$.id", "End": True},
        },
    }  # fmt: skip
    config = {"Mode": mode, **({"ExecutionType": "STANDARD"} if mode == "DISTRIBUTED" else {})}
    state = {"Type": "Map", "ItemsPath": "$", "ItemProcessor": {"ProcessorConfig": config, **body}, "End": True}
    case = Case(0, {"StartAt": "Each", "States": {"Each": state}}, [{"id": place} for place in range(items)],
                {"Two": [{"return": {"Payload": 1, "StatusCode": 200}}]})  # fmt: skip
    program = program_of(read(case.definition), express=mode == "INLINE")  # a Standard history holds 25,000 events
    options = Options(tasks=Ends(case, by_attempt=True))
    begin = time.perf_counter()
    run = run_program(program, case.input, options)
    passed = time.perf_counter() - begin
    assert run.output == list(range(items)), run
    tracemalloc.start()
    run_program(program, case.input, Options(tasks=Ends(case, by_attempt=True)))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    print(f"{mode.lower()} Map of {items:>6,} items, 3 states each: {passed:6.2f} s, {peak / 2**20:7.1f} MiB at most")


def main() -> None:
    """Print all figures."""
    least = float(sys.argv[1]) if len(sys.argv) > 1 else 3.0
    compare(jsonata=False, least=least)
    compare(jsonata=True, least=least)
    for mode in ("INLINE", "DISTRIBUTED"):
        for items in (2_500, 10_000):
            large_map(items, mode)
    print(f"largest resident size {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB")


if __name__ == "__main__":
    main()
