"""What commands have in common: the project's settings, compiling many files, finding the one that is meant."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click
from attrs import evolve, frozen

from sfdsl import diagnostics
from sfdsl.cli.files import pipeline_files
from sfdsl.cli.telling import Progress, displayed
from sfdsl.diagnostics import Diagnostic, Severity

if TYPE_CHECKING:
    from sfdsl.compile import Compiled, Costing
    from sfdsl.cost.prices import Prices
    from sfdsl.dsl.pipeline import Pipeline
    from sfdsl.dsl.steps import Step
    from sfdsl.model.workflow import Workflow
    from sfdsl.settings import Settings


def project_settings() -> Settings:
    """The settings of the project that the command runs in; what is wrong with them is told."""
    from sfdsl.load import project_root
    from sfdsl.settings import read_settings

    settings = read_settings(project_root(Path.cwd()))
    click.echo(diagnostics.as_text(displayed(settings.findings, settings)), nl=False, err=True)
    return settings


class Run:
    """What became of all files of a call."""

    def __init__(self) -> None:
        self.compiled: list[Compiled] = []
        self.findings: list[Diagnostic] = []

    @property
    def failed(self) -> bool:
        return any(finding.severity is Severity.ERROR for finding in self.findings)


def project_prices(settings: Settings) -> Prices | None:
    """The prices that the project reckons with; None where they are the list prices of us-east-1.

    Raises:
        click.UsageError: A price is none.
    """
    if settings.region == "us-east-1" and not settings.prices:
        return None
    from sfdsl.cost.prices import PriceError, load

    try:
        return load(settings.region, settings.prices)
    except PriceError as problem:
        raise click.UsageError(f"[tool.sfdsl.prices] of pyproject.toml: {problem}") from problem


def compile_files(files: Sequence[Path], settings: Settings, *, emitting: bool = True, rewrites: bool = True) -> Run:
    """Compile pipeline files, or with `emitting=False` check them; one that fails does not keep the others."""
    from sfdsl.compile import Costing, compile_pipeline, same_names, unwired
    from sfdsl.load import pipeline_file, profile_of, traffic

    run = Run()
    prices = project_prices(settings)
    pipelines: list[Pipeline] = []
    steps: list[Step] = []
    findings: list[Diagnostic] = []
    with Progress("Compiling", len(files)) as advance:
        for file in files:
            loaded = pipeline_file(file)
            findings += loaded.findings
            pipelines += loaded.pipelines
            steps += loaded.steps
            for pipeline in loaded.pipelines:
                told = traffic(profile_of(file.parent, pipeline.name))
                costing = Costing(profile=told.profile, prices=prices, measured=told.measured, rewrites=rewrites)
                # With a wrong profile the page would say wrong costs: it is left as it was.
                compiled = compile_pipeline(
                    pipeline, settings.suppress, costing, emitting=emitting and not told.findings
                )
                run.compiled.append(compiled)
                findings += [*told.findings, *compiled.findings]
                findings += told.unknown(compiled.workflow) if compiled.workflow is not None else []
            advance(file.name)
    findings += unwired(steps, run.compiled)
    doubled = same_names(pipelines, run.compiled)
    if doubled:
        names = {pipeline.name for pipeline in pipelines if any(repr(pipeline.name) in f.message for f in doubled)}
        for compiled in run.compiled:
            if compiled.name in names:
                compiled.files.clear()
    findings += doubled
    kept = (finding for finding in findings if finding.code not in settings.suppress)
    run.findings = displayed(diagnostics.ordered(kept), settings)
    return run


def check_definitions(paths: Sequence[Path], type_: str, settings: Settings) -> list[Diagnostic]:
    """The findings of state machines in JSON files."""
    from sfdsl.checks import check
    from sfdsl.graph import WorkflowGraph
    from sfdsl.load import asl_file, with_lines
    from sfdsl.model.workflow import MachineType

    findings: list[Diagnostic] = []
    with Progress("Checking", len(paths)) as advance:
        for path in paths:
            workflow, found = asl_file(path, MachineType(type_.upper()))
            if workflow is not None:
                found = [*found, *check(WorkflowGraph(workflow), settings.suppress)]
            located = with_lines(found, path.read_text(encoding="utf-8-sig")) if found and workflow else found
            findings += displayed(diagnostics.ordered(located), settings, file=path)
            advance(path.name)
    return findings


@frozen(kw_only=True)
class Named:
    """The workflow that a user named, with what costs are reckoned with.

    Attributes:
        workflow: As declared.
        costing: Profile, prices and measurements.
    """

    workflow: Workflow
    costing: Costing


def one_workflow(name: str, type_: str, settings: Settings) -> Workflow:
    """The workflow that a user names, as declared; see `named`."""
    return named(name, type_, settings).workflow


def deployed(name: str, type_: str, settings: Settings) -> tuple[Workflow, ...]:
    """What is deployed of the workflow that a user names: a pipeline after the cost rules, then its Express children.

    A state machine in JSON is what it is.
    """
    from sfdsl.cost.analysis import analyse

    subject = named(name, type_, settings)
    if Path(name).suffix == ".json":
        return (subject.workflow,)
    return analyse(subject.workflow, subject.costing.profile, subject.costing.prices, unlocking=False).machines


def named(name: str, type_: str, settings: Settings, profile: Path | None = None) -> Named:
    """The workflow that a user names: a pipeline by its name, a file with one pipeline, or a state machine in JSON.

    Args:
        name: As the user wrote it.
        type_: What a state machine in JSON is deployed as: standard, express, or auto.
        settings: Of the project.
        profile: File with the traffic; None looks for it beside the pipeline.

    Raises:
        click.UsageError: There is no such pipeline, or the file declares more than one.
        click.ClickException: It has errors; they are told before.
    """
    from sfdsl.compile import Costing, compile_pipeline
    from sfdsl.load import asl_file, profile_of, traffic
    from sfdsl.model.workflow import MachineType

    path = Path(name)
    if path.suffix == ".json" and path.is_file():
        kind = MachineType.EXPRESS if type_ == "express" else MachineType.STANDARD
        workflow, findings = asl_file(path, kind)
        if workflow is not None:
            workflow = evolve(workflow, auto=type_ == "auto")
    else:
        pipeline, path = _pipeline(name, settings)
        compiled = compile_pipeline(pipeline, settings.suppress, emitting=False)
        workflow, findings = compiled.workflow, _errors(compiled.findings)
    usable = _usable(workflow, findings, settings)
    told = traffic(profile if profile is not None else profile_of(path.parent, usable.name))
    _usable(usable, [*told.findings, *told.unknown(usable)], settings)
    costing = Costing(profile=told.profile, prices=project_prices(settings), measured=told.measured)
    return Named(workflow=usable, costing=costing)


def _pipeline(name: str, settings: Settings) -> tuple[Pipeline, Path]:
    """The pipeline that a user names, and the file that declares it."""
    from sfdsl.load import pipeline_file

    path = Path(name)
    files = [path] if path.is_file() else pipeline_files((), settings)
    loaded = [pipeline_file(file) for file in files]
    pipelines = [(pipeline, each.path) for each in loaded for pipeline in each.pipelines]
    if path.is_file() and not pipelines:
        _usable(None, list(loaded[0].findings), settings)
    meant = pipelines if path.is_file() else [pair for pair in pipelines if pair[0].name == name]
    if len(meant) != 1:
        names = [pipeline.name for pipeline, _ in pipelines]
        if meant:
            raise click.UsageError(f"{name} declares {', '.join(names)}: name one of them")
        hint = diagnostics.did_you_mean(name, names) or f"there are {', '.join(names) or 'none'}"
        raise click.UsageError(f"there is no pipeline {name!r} and no such file; {hint}")
    return meant[0]


def _errors(findings: Sequence[Diagnostic]) -> list[Diagnostic]:
    return [finding for finding in findings if finding.severity is Severity.ERROR]


def _usable(workflow: Workflow | None, findings: Sequence[Diagnostic], settings: Settings) -> Workflow:
    click.echo(diagnostics.as_text(displayed(findings, settings)), nl=False, err=True)
    if workflow is None or any(finding.severity is Severity.ERROR for finding in findings):
        raise click.ClickException("mend what is told above first")
    return workflow
