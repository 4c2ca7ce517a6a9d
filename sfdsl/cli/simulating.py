"""`sfdsl run`."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click

from sfdsl.cli.app import FINDINGS, FINE, examples, main, type_option
from sfdsl.cli.files import write
from sfdsl.cli.work import one_workflow, project_settings

_FILE = click.Path(path_type=Path, exists=True, dir_okay=False)
_TARGET = click.Path(path_type=Path)


@main.command(
    epilog=examples(
        "sfdsl run orders-etl --input day.json --tasks mocks.json",
        "sfdsl run machine.asl.json --tasks MockConfigFile.json --case HappyPath",
        "sfdsl run orders-etl --tasks mocks.json --sequence run.mmd --history run.json",
    )
)
@click.argument("pipeline")
@click.option("--input", "input_", type=_FILE, help="JSON file with the input.  [default: {}]")
@click.option("--tasks", type=_FILE, help="JSON file with what tasks return, or AWS's MockConfigFile.json.")
@click.option("--case", help="Test case of a MockConfigFile.json.")
@click.option("--history", type=_TARGET, help="Write the events to this file, as GetExecutionHistory returns them.")
@click.option("--sequence", type=_TARGET, help="Write a Mermaid sequence diagram of the execution to this file.")
@click.option("--seed", type=int, default=0, show_default=True, help="For jitter and random numbers.")
@click.option("--quiet", is_flag=True, help="Print the outcome alone.")
@type_option
def run(
    pipeline: str,
    input_: Path | None,
    tasks: Path | None,
    case: str | None,
    history: Path | None,
    sequence: Path | None,
    seed: int,
    quiet: bool,
    type_: str,
) -> None:
    """Run a pipeline on this machine as AWS would, with mocks for its tasks and a virtual clock.

    PIPELINE is the name of a pipeline, a file that declares one, or a state machine in ASL (.json). Nothing is
    called and nothing waits; the exit code is 1 where the execution does not succeed.
    """
    from sfdsl.model.workflow import MachineType
    from sfdsl.simulate import narrative
    from sfdsl.simulate.errors import SimulationError
    from sfdsl.simulate.files import InvalidMocks, read_mocks
    from sfdsl.simulate.mocks import Mocks
    from sfdsl.simulate.objects import Objects
    from sfdsl.simulate.options import Options
    from sfdsl.simulate.run import program_of, run_program
    from sfdsl.simulate.sequence import sequence as diagram

    workflow = one_workflow(pipeline, type_, project_settings())
    given = {} if input_ is None else _json(input_)
    try:
        mocks = read_mocks({} if tasks is None else _json(tasks), workflow.name, case)
        noted = {state: notes.duration for state, notes in workflow.notes.items() if notes.duration}
        options = Options(
            tasks=Mocks(mocks.tasks, {**noted, **mocks.durations}),
            objects=Objects(mocks.objects),
            seed=seed,
            listener=None if quiet else narrative.Narrator(click.echo),
        )
        program = program_of(workflow.machine, workflow.name, workflow.type is MachineType.EXPRESS)
        done = run_program(program, given, options)
    except (InvalidMocks, SimulationError) as problem:
        raise click.UsageError(str(problem)) from problem
    for line in narrative.outcome(done):
        click.echo(line)
    if history is not None:
        write(history, json.dumps({"events": done.history}, indent=2, ensure_ascii=False, default=str) + "\n")
    if sequence is not None:
        write(sequence, diagram(done, workflow.name))
    sys.exit(FINE if done.status == "SUCCEEDED" else FINDINGS)


def _json(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except ValueError as broken:
        raise click.UsageError(f"{path} is not JSON: {broken}") from broken
