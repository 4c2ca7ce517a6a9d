"""What commands have in common: the project's settings, compiling many files, finding the one that is meant."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sfdsl import diagnostics
from sfdsl.cli.files import pipeline_files
from sfdsl.cli.telling import Progress, displayed
from sfdsl.diagnostics import Diagnostic, Severity

if TYPE_CHECKING:
    from sfdsl.compile import Compiled
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


def compile_files(files: Sequence[Path], settings: Settings, *, emitting: bool = True) -> Run:
    """Compile pipeline files, or with `emitting=False` check them; one that fails does not keep the others."""
    from sfdsl.compile import compile_pipeline, same_names, unwired
    from sfdsl.load import pipeline_file

    run = Run()
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
                compiled = compile_pipeline(pipeline, settings.suppress, emitting=emitting)
                run.compiled.append(compiled)
                findings += compiled.findings
            advance(file.name)
    findings += unwired(steps, run.compiled)
    doubled = same_names(pipelines)
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


def one_workflow(name: str, type_: str, settings: Settings) -> Workflow:
    """The workflow that a user names: a pipeline by its name, a file with one pipeline, or a state machine in JSON.

    Raises:
        click.UsageError: There is no such pipeline, or the file declares more than one.
        click.ClickException: It has errors; they are told before.
    """
    from sfdsl.compile import compile_pipeline
    from sfdsl.load import asl_file, pipeline_file
    from sfdsl.model.workflow import MachineType

    path = Path(name)
    if path.suffix == ".json" and path.is_file():
        workflow, found = asl_file(path, MachineType(type_.upper()))
        return _usable(workflow, found, settings)
    files = [path] if path.is_file() else pipeline_files((), settings)
    pipelines = [(pipeline, loaded) for loaded in map(pipeline_file, files) for pipeline in loaded.pipelines]
    if path.is_file() and not pipelines:
        return _usable(None, list(pipeline_file(path).findings), settings)
    meant = pipelines if path.is_file() else [pair for pair in pipelines if pair[0].name == name]
    if len(meant) != 1:
        names = [pipeline.name for pipeline, _ in pipelines]
        if meant:
            raise click.UsageError(f"{name} declares {', '.join(names)}: name one of them")
        hint = diagnostics.did_you_mean(name, names) or f"there are {', '.join(names) or 'none'}"
        raise click.UsageError(f"there is no pipeline {name!r} and no such file; {hint}")
    compiled = compile_pipeline(meant[0][0], settings.suppress, emitting=False)
    errors = [finding for finding in compiled.findings if finding.severity is Severity.ERROR]
    return _usable(compiled.workflow, errors, settings)


def _usable(workflow: Workflow | None, findings: Sequence[Diagnostic], settings: Settings) -> Workflow:
    click.echo(diagnostics.as_text(displayed(findings, settings)), nl=False, err=True)
    if workflow is None or any(finding.severity is Severity.ERROR for finding in findings):
        raise click.ClickException("mend what is told above first")
    return workflow
