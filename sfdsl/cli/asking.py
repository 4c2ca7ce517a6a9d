"""`sfdsl explain`, `sfdsl list` and `sfdsl new`."""

from __future__ import annotations

import inspect
import sys
from pathlib import Path

import click

from sfdsl import diagnostics
from sfdsl.cli.app import FINDINGS, FINE, examples, main, paths_argument
from sfdsl.cli.files import pipeline_files, write
from sfdsl.cli.telling import displayed
from sfdsl.cli.work import project_settings
from sfdsl.diagnostics import Severity


@main.command(
    epilog=examples(
        "sfdsl explain SF101", "sfdsl explain R4         a cost rule", "sfdsl explain            all rules, a line each"
    )
)
@click.argument("code", required=False)
def explain(code: str | None) -> None:
    """Print what a rule finds, why it matters and what to write instead, or what a cost rule does and why."""
    from sfdsl.compile import rules
    from sfdsl.cost.rewrites import REWRITES

    known = {rule.code: rule for rule in rules()}
    rewrites = {each.number: each for each in REWRITES}
    if code is None:
        for rule in known.values():
            click.echo(f"{rule.code}  {rule.severity.value:<7}  {rule.documentation().title}")
        for number, each in rewrites.items():
            click.echo(f"{number:<5}  cost     {each.documentation.splitlines()[0]}")
        return
    if code.upper() in rewrites:
        each = rewrites[code.upper()]
        needs = ", where the author asserts what it needs" if each.asserted else ""
        click.echo(f"{each.number} {each.name} (cost rule{needs})\n\n{inspect.cleandoc(each.documentation)}")
        return
    wanted = known.get(code.upper())
    if wanted is None:
        hint = diagnostics.did_you_mean(code.upper(), [*known, *rewrites])
        raise click.UsageError(f"there is no rule {code!r}" + (f"; {hint}" if hint else ""))
    documentation = wanted.documentation()
    click.echo(f"{wanted.code} {wanted.name()} ({wanted.severity.value})\n\n{documentation.title}")
    for heading, text in documentation.sections.items():
        body = "\n".join(f"    {line}" if line else "" for line in text.splitlines())
        click.echo(f"\n{heading}:\n{body}" if heading else f"\n{text}")


@main.command("list", epilog=examples("sfdsl list", "sfdsl list pipelines/orders.py"))
@paths_argument
def list_(paths: tuple[Path, ...]) -> None:
    """List pipelines: name, type, states, and where they are declared."""
    from sfdsl.dsl.lower import lower
    from sfdsl.load import pipeline_file
    from sfdsl.model.workflow import walk

    settings = project_settings()
    rows: list[tuple[str, ...]] = []
    failed = False
    for file in pipeline_files(paths, settings):
        loaded = pipeline_file(file)
        failed = failed or any(finding.severity is Severity.ERROR for finding in loaded.findings)
        click.echo(diagnostics.as_text(displayed(loaded.findings, settings)), nl=False, err=True)
        for pipeline in loaded.pipelines:
            lowered = lower(pipeline)
            states = str(sum(1 for _ in walk(lowered.workflow.machine))) if lowered.workflow is not None else "-"
            where = f"{pipeline.origin.file}:{pipeline.origin.line}"
            rows.append((pipeline.name, pipeline.type, states, where, pipeline.documentation.partition("\n")[0]))
    widths = [max((len(row[i]) for row in rows), default=0) for i in range(4)]
    for row in rows:
        name, kind, states, where, title = row
        line = f"{name:<{widths[0]}}  {kind:<{widths[1]}}  {states:>{widths[2]}} states  {where:<{widths[3]}}  {title}"
        click.echo(line.rstrip())
    sys.exit(FINDINGS if failed else FINE)


@main.command(epilog=examples("sfdsl new daily-sales", "sfdsl new daily-sales -o etl/"))
@click.argument("name")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Folder to write to.  [default: pipelines]")
def new(name: str, output: Path | None) -> None:
    """Write a commented starter pipeline that compiles as it is."""
    from sfdsl.starter import file_name, problem_of, starter

    problem = problem_of(name)
    if problem:
        raise click.UsageError(problem)
    settings = project_settings()
    folder = output if output is not None else settings.root / settings.pipelines[0]
    path = folder / file_name(name)
    if path.exists():
        raise click.UsageError(f"{path} is there already, and nothing of yours is overwritten: choose another name")
    write(path, starter(name))
    click.echo(f"{path} written; compile it with: sfdsl compile {path}")
