"""`sfdsl cost` and `sfdsl profile`."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from attrs import evolve

from sfdsl.cli.app import FINDINGS, FINE, examples, main
from sfdsl.cli.files import pipeline_files, read_json, write
from sfdsl.cli.telling import show_diff
from sfdsl.cli.work import Named, named, project_settings

if TYPE_CHECKING:
    from sfdsl.compile import Compiled
    from sfdsl.cost.analysis import Analysis

_FILE = click.Path(path_type=Path, exists=True, dir_okay=False)


@main.command(
    epilog=examples(
        "sfdsl cost                            all pipelines, a line each",
        "sfdsl cost orders-etl                 before and after, why, and what would save more",
        "sfdsl cost orders-etl --diff          what the cost rules change in the state machine",
        "sfdsl cost machine.asl.json --profile traffic.toml --type auto",
        "sfdsl cost orders-etl --measured Validate=power.json",
    )
)
@click.argument("pipeline", required=False)
@click.option("--profile", type=_FILE, help="TOML file with the traffic.  [default: NAME.profile.toml beside it]")
@click.option("--executions", type=click.FloatRange(min=0), metavar="N", help="Executions a month.")
@click.option("--region", metavar="NAME", help="AWS Region whose prices are taken.  [default: us-east-1]")
@click.option("--type", "type_", type=click.Choice(["declared", "standard", "express", "auto"]), default="declared",
              show_default=True, help="Reckon with this type; auto chooses. A .json file is standard.")  # fmt: skip
@click.option("--no-rewrites", is_flag=True, help="Without the cost rules.")
@click.option("--measured", multiple=True, metavar="STATE=FILE", help="Measurements of what a state calls.")
@click.option("--diff", is_flag=True, help="Show what the cost rules change in the state machine.")
@click.option("--format", "format_", type=click.Choice(["text", "json"]), default="text", show_default=True,
              help="For people, or for programs.")  # fmt: skip
def cost(
    pipeline: str | None,
    profile: Path | None,
    executions: float | None,
    region: str | None,
    type_: str,
    no_rewrites: bool,
    measured: tuple[str, ...],
    diff: bool,
    format_: str,
) -> None:
    """Say what a pipeline costs before and after the cost rules, what each saved, and what would save more.

    PIPELINE is the name of a pipeline, a file that declares one, or a state machine in ASL (.json); without it, all
    pipelines are compared. The exit code is 1 where a budget is exceeded.
    """
    from sfdsl.cost import report, report_json

    settings = project_settings()
    if region is not None:
        settings = evolve(settings, region=region)
    if pipeline is None:
        if profile or measured or diff:
            raise click.UsageError("--profile, --measured and --diff are about one PIPELINE: name it")
        names = [each for file in pipeline_files((), settings) for each in _names(file)]
    else:
        names = [pipeline]
    analyses = []
    for name in names:
        subject = named(name, type_, settings, profile)
        subject = _wished(subject, type_, executions, rewrites=not no_rewrites)
        analyses.append(_analysis(subject, _measurements(measured), unlocking=pipeline is not None and not diff))
    if diff:
        _show_changes(analyses[0])
    elif format_ == "json":
        objects = [report_json.as_object(each) for each in analyses]
        click.echo(json.dumps(objects if pipeline is None else objects[0], indent=2, ensure_ascii=False))
    else:
        click.echo(report.overview(analyses) if pipeline is None else report.as_text(analyses[0]), nl=False)
    sys.exit(FINDINGS if any(_over_budget(each) for each in analyses) else FINE)


def _names(file: Path) -> list[str]:
    from sfdsl.load import pipeline_file

    return [pipeline.name for pipeline in pipeline_file(file).pipelines]


def _wished(subject: Named, type_: str, executions: float | None, *, rewrites: bool) -> Named:
    from sfdsl.cost.profile import Profile
    from sfdsl.model.workflow import MachineType

    workflow = subject.workflow
    if type_ != "declared":
        kind = MachineType.EXPRESS if type_ == "express" else MachineType.STANDARD
        workflow = evolve(workflow, type=kind, auto=type_ == "auto")
    workflow = evolve(workflow, rewrites=workflow.rewrites and rewrites)
    costing = subject.costing
    if executions is not None:
        costing = evolve(costing, profile=evolve(costing.profile or Profile(), executions_per_month=executions))
    return Named(workflow=workflow, costing=costing)


def _measurements(given: tuple[str, ...]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for each in given:
        state, is_, file = each.rpartition("=")
        if not is_ or not state:
            raise click.UsageError(f"--measured takes STATE=FILE, not {each!r}")
        found[state] = read_json(Path(file))
    return found


def _analysis(subject: Named, measured: Mapping[str, Any], *, unlocking: bool) -> Analysis:
    from sfdsl.cost.analysis import analyse

    costing = subject.costing
    documents = {**costing.measured, **measured}
    return analyse(subject.workflow, costing.profile, costing.prices, measured=documents, unlocking=unlocking)


def _show_changes(analysis: Analysis) -> None:
    """The state machine as declared against what is deployed."""
    from sfdsl.emit import asl

    main_, *children = analysis.machines
    file = Path(f"{main_.name}.asl.json")
    show_diff(file, asl.emit(analysis.workflow), asl.emit(main_))
    for child in children:
        show_diff(Path(f"{child.name}.asl.json"), None, asl.emit(child))


def show_cost(compiled: Compiled, old: str | None) -> None:
    """Say what a changed state machine does to the cost, below the difference of the texts."""
    from sfdsl.cost import report
    from sfdsl.cost.estimate import estimate
    from sfdsl.model.asl import NotAStateMachine, read

    analysis = compiled.analysis
    if analysis is None or old is None:
        return
    try:
        machine = read(json.loads(old))
    except (ValueError, NotAStateMachine):
        return
    before = estimate(evolve(analysis.machines[0], machine=machine), analysis.profile, analysis.before.prices)
    click.echo(report.change(analysis, before.transitions))


def _over_budget(analysis: Analysis) -> bool:
    from sfdsl.cost.budget import OverBudget, check_budget

    budget = analysis.workflow.budget
    found = None if budget is None else check_budget(analysis, budget)
    if found is not None:
        click.echo(f"{found.severity.value}[{found.code}] {found.message}\n  hint: {found.hint}", err=True)
    return found is not None and found.code == OverBudget.code


@main.command(
    epilog=examples(
        "aws stepfunctions get-execution-history --execution-arn ARN > run1.json",
        "sfdsl profile run1.json run2.json -o pipelines/orders-etl.profile.toml",
        "sfdsl profile runs/*.json --executions 30000",
    )
)
@click.argument("histories", nargs=-1, required=True, type=_FILE, metavar="HISTORY...")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="TOML file to write.  [default: stdout]")
@click.option("--executions", type=click.FloatRange(min=0), metavar="N", help="Executions a month, for the profile.")
def profile(histories: tuple[Path, ...], output: Path | None, executions: float | None) -> None:
    """Measure a traffic profile from execution histories: durations, items, failures, ways.

    HISTORY is an answer of GetExecutionHistory, of AWS or of `sfdsl run --history`. A profile that is there already
    is kept where the histories say nothing.
    """
    from sfdsl import toml
    from sfdsl.cost.measured import measured
    from sfdsl.cost.profile import ProfileError, as_toml, merged, read

    try:
        found = measured([read_json(path) for path in histories], executions)
        if output is not None and output.is_file():
            old = read(toml.loads(output.read_text(encoding="utf-8")).get("profile", {}), output.name)
            found = merged(old, found)
    except (ProfileError, ValueError) as problem:
        raise click.UsageError(str(problem)) from problem
    text = as_toml(found)
    if output is None:
        click.echo(text, nl=False)
    else:
        write(output, text)
        click.echo(f"{output} written: {len(found.states)} states", err=True)
