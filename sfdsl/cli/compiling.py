"""`sfdsl compile` and `sfdsl check`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from sfdsl.cli.app import FINDINGS, FINE, examples, format_option, main, paths_argument
from sfdsl.cli.costing import show_cost
from sfdsl.cli.files import abandoned, expand, pipeline_files, read, remove_if_empty, write
from sfdsl.cli.telling import count, show_diff, tell
from sfdsl.cli.work import check_definitions, compile_files, project_settings
from sfdsl.diagnostics import Severity


@main.command(
    "compile",
    epilog=examples(
        "sfdsl compile                        compile everything into generated/",
        "sfdsl compile pipelines/orders.py    compile one file",
        "sfdsl compile --check                in CI: fail if generated/ is stale",
    ),
)
@paths_argument
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Folder to write to.  [default: generated]")
@click.option("--check", is_flag=True, help="Write nothing; show what would change, and exit 1 if anything would.")
@click.option("--diff", is_flag=True, help="Show what changes in the output and in the cost, and write it.")
@click.option("--no-rewrites", is_flag=True, help="Leave every state as declared: no cost rule rewrites anything.")
@format_option
def compile_(
    paths: tuple[Path, ...], output: Path | None, check: bool, diff: bool, no_rewrites: bool, format_: str
) -> None:
    """Compile pipelines into the files that you commit and review.

    A pipeline with errors is reported and left as it was; the others are written. Infos are told in number
    only: `sfdsl check` shows them, and the page of the pipeline has them. A file that no pipeline
    writes any more is removed when everything is compiled.
    """
    settings = project_settings()
    files = pipeline_files(paths, settings)
    target = output if output is not None else settings.root / settings.output
    run = compile_files(files, settings, rewrites=not no_rewrites)
    tell(run.findings, len(run.compiled), format_, err=True, least=Severity.WARNING)
    texts = {path: text for each in run.compiled for path, text in each.files.items()}
    whole = not paths
    if whole:
        from sfdsl.compile import rules_page

        texts["rules.md"] = rules_page()
    stale = abandoned(target, texts) if whole and not run.failed else []
    changed = {path: text for path, text in texts.items() if read(target / path) != text}
    if check or diff:
        for path in sorted({*changed, *stale}):
            show_diff(target / path, read(target / path), changed.get(path))
        for compiled in run.compiled:
            if f"{compiled.name}/{compiled.name}.asl.json" in changed:
                show_cost(compiled, read(target / compiled.name / f"{compiled.name}.asl.json"))
    if check:
        if changed or stale:
            click.echo(f"{count(len(changed) + len(stale), 'file')} in {target} stale: run `sfdsl compile`", err=True)
        sys.exit(FINDINGS if changed or stale or run.failed else FINE)
    for path, text in changed.items():
        write(target / path, text)
    for path in stale:
        (target / path).unlink()
        remove_if_empty((target / path).parent)
    if format_ == "text":
        written = f"{count(len(texts), 'file')} in {target}, {len(changed)} changed"
        click.echo(written + (f", {len(stale)} removed" if stale else ""), err=True)
    sys.exit(FINDINGS if run.failed else FINE)


@main.command(
    "check",
    epilog=examples(
        "sfdsl check                          check all pipelines",
        "sfdsl check machine.asl.json         check a state machine that others wrote",
        "sfdsl check --format sarif > x.sarif for code scanning",
    ),
)
@paths_argument
@click.option("--type", "type_", type=click.Choice(["standard", "express"]), default="standard", show_default=True,
              help="What the state machines of .json files are deployed as.")  # fmt: skip
@click.option("--strict", is_flag=True, help="Exit 1 for warnings, too.")
@format_option
def check_(paths: tuple[Path, ...], type_: str, strict: bool, format_: str) -> None:
    """Report what is wrong with pipelines, or with state machines in ASL; write nothing.

    PATH is a pipeline file, a state machine (.json), or a folder with either.
    """
    settings = project_settings()
    definitions = [path for path in expand(paths, (".json",)) if path.suffix == ".json"] if paths else []
    python = pipeline_files(paths, settings, required=not definitions)
    run = compile_files(python, settings, emitting=False)
    findings = [*run.findings, *check_definitions(definitions, type_, settings)]
    subjects = len(run.compiled) + len(definitions)
    tell(findings, subjects, format_, err=False, noun="state machine" if definitions else "pipeline")
    bad = (Severity.ERROR, Severity.WARNING) if strict else (Severity.ERROR,)
    sys.exit(FINDINGS if any(finding.severity in bad for finding in findings) else FINE)
