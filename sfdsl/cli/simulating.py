"""`sfdsl run`."""

from __future__ import annotations

import json
import sys
import warnings
from pathlib import Path
from typing import Any

import click

from sfdsl.cli.app import FINDINGS, FINE, Refused, examples, main, type_option
from sfdsl.cli.files import read_json, write
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
@click.option("--input", "input_", type=_FILE, help="JSON file with the input.  [default: that of --tasks, or {}]")
@click.option("--tasks", type=_FILE, help="JSON file with what tasks return, or AWS's MockConfigFile.json.")
@click.option("--case", help="Test case of a MockConfigFile.json.")
@click.option("--history", type=_TARGET, help="Write the events to this file, as GetExecutionHistory returns them.")
@click.option("--sequence", type=_TARGET, help="Write a Mermaid sequence diagram of the execution to this file.")
@click.option("--seed", type=int, default=0, show_default=True, help="For jitter and random numbers.")
@click.option(
    "--max-transitions",
    type=click.IntRange(min=1),
    default=1_000_000,
    show_default=True,
    help="States that may be entered before a loop is taken for endless.",
)
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
    max_transitions: int,
    quiet: bool,
    type_: str,
) -> None:
    """Run a pipeline on this machine as AWS would, with mocks for its tasks and a virtual clock.

    PIPELINE is the name of a pipeline, a file that declares one, or a state machine in ASL (.json). Nothing is
    called and nothing waits; the exit code is 1 where the execution does not succeed.
    """
    from sfdsl.model.fields import ABSENT
    from sfdsl.simulate import narrative
    from sfdsl.simulate.files import InvalidMocks, read_mocks
    from sfdsl.simulate.sequence import sequence as diagram
    from sfdsl.testing import InvalidDefinition, MockWarning, NotJson, SimulationError, UnmockedTask, simulate

    workflow = one_workflow(pipeline, type_, project_settings())
    given = ABSENT if input_ is None else read_json(input_)
    told = {} if tasks is None else read_json(tasks)
    try:
        mocks = read_mocks(told, workflow.name, case, None if tasks is None else tasks.parent)
        if given is ABSENT:
            given = {} if mocks.input is ABSENT else mocks.input
        with warnings.catch_warnings():
            warnings.simplefilter("always", MockWarning)
            warnings.showwarning = _show_warning
            done = simulate(
                workflow,
                given,
                mocks.tasks,
                objects=mocks.objects,
                durations=mocks.durations,
                substitutions=mocks.substitutions,
                seed=seed,
                max_transitions=max_transitions,
                listener=None if quiet else narrative.Narrator(click.echo),
            )
    except UnmockedTask as problem:
        hint = "mocks stand in a JSON file that --tasks names" if tasks is None else f"mocks stand in {tasks}"
        raise Refused(f'{problem}\n  {hint}: {{"NAME OF THE STATE": what it returns}}') from problem
    except (InvalidMocks, InvalidDefinition, NotJson, SimulationError) as problem:
        raise Refused(str(problem)) from problem
    head, *rest = narrative.outcome(done)
    click.secho(head, fg="green" if done.status == "SUCCEEDED" else "red")
    for line in rest:
        click.echo(line)
    if history is not None:
        write(history, json.dumps({"events": done.history}, indent=2, ensure_ascii=False, default=str) + "\n")
    if sequence is not None:
        write(sequence, diagram(done, workflow.name))
    sys.exit(FINE if done.status == "SUCCEEDED" else FINDINGS)


def _show_warning(message: Warning | str, *_: Any, **__: Any) -> None:
    """Tell a warning to people who ran no Python of their own: without a file and line of ours."""
    click.echo(f"warning: {message}", err=True)
