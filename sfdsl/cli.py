"""The command line: arguments, files, streams and exit codes; nothing else of sfdsl reads or writes for the user."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sfdsl import diagnostics
from sfdsl.diagnostics import Diagnostic, Severity

if TYPE_CHECKING:
    from sfdsl.compile import Compiled
    from sfdsl.dsl.pipeline import Pipeline
    from sfdsl.dsl.steps import Step
    from sfdsl.settings import Settings

FINE, FINDINGS, WRONG_CALL, OUR_BUG = 0, 1, 2, 3

_EXIT_CODES = """
\b
Exit codes:
  0  fine
  1  findings that are errors, or output that is stale
  2  a wrong call, or a file that cannot be read
  3  a bug of sfdsl: please report it
"""


class _Main(click.Group):
    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except (click.exceptions.Exit, click.ClickException, click.Abort, BrokenPipeError):
            raise
        except OSError as problem:
            raise click.ClickException(f"{problem.filename or 'a file'}: {problem.strerror or problem}") from problem
        except Exception:  # anything else is a bug of ours, and the traceback is what helps to mend it
            import traceback

            traceback.print_exc()
            click.echo("This is a bug of sfdsl: please report it with the lines above.", err=True)
            sys.exit(OUR_BUG)


def _examples(*lines: str) -> str:
    """An epilog: examples as they are typed, then the exit codes."""
    return "\b\nExamples:\n" + "\n".join(f"  {line}" for line in lines) + "\n" + _EXIT_CODES


@click.group(cls=_Main, epilog=_EXIT_CODES, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(None, "--version", package_name="sfdsl", message="sfdsl %(version)s")
def main() -> None:
    """Declare AWS Step Functions pipelines in Python; compile them to ASL, IAM, diagrams and a page.

    Pipelines are Python files that declare `Pipeline` objects. Without PATH, commands work on what
    `pipelines` names under [tool.sfdsl] in pyproject.toml, by default the folder pipelines/.
    """


_format = click.option(
    "--format",
    "format_",
    type=click.Choice(diagnostics.FORMATS),
    default="text",
    show_default=True,
    help="How findings are told: for people, as JSON, as SARIF, or as GitHub annotations.",
)
_paths = click.argument("paths", nargs=-1, type=click.Path(path_type=Path), metavar="[PATH]...")


@main.command(
    "compile",
    epilog=_examples(
        "sfdsl compile                        compile everything into generated/",
        "sfdsl compile pipelines/orders.py    compile one file",
        "sfdsl compile --check                in CI: fail if generated/ is stale",
    ),
)
@_paths
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Folder to write to.  [default: generated]")
@click.option("--check", is_flag=True, help="Write nothing; show what would change, and exit 1 if anything would.")
@click.option("--diff", is_flag=True, help="Show what changes in the output, and write it.")
@_format
def compile_(paths: tuple[Path, ...], output: Path | None, check: bool, diff: bool, format_: str) -> None:
    """Compile pipelines into the files that you commit and review.

    A pipeline with errors is reported and left as it was; the others are written. A file that no pipeline
    writes any more is removed when everything is compiled.
    """
    settings = _settings()
    files = _pipeline_files(paths, settings)
    target = output if output is not None else settings.root / settings.output
    run = _compile(files, settings)
    _tell(run.findings, len(run.compiled), format_, err=True)
    texts = {path: text for each in run.compiled for path, text in each.files.items()}
    whole = not paths
    if whole:
        texts["rules.md"] = _rules_page()
    stale = _abandoned(target, run, texts) if whole and not run.failed else []
    changed = {path: text for path, text in texts.items() if _read(target / path) != text}
    if check or diff:
        for path in sorted({*changed, *stale}):
            _show_diff(target / path, _read(target / path), changed.get(path))
    if check:
        if changed or stale:
            click.echo(f"{_count(len(changed) + len(stale), 'file')} in {target} stale: run `sfdsl compile`", err=True)
        sys.exit(FINDINGS if changed or stale or run.failed else FINE)
    for path, text in changed.items():
        _write(target / path, text)
    for path in stale:
        (target / path).unlink()
        _remove_if_empty((target / path).parent)
    if format_ == "text":
        written = f"{_count(len(texts), 'file')} in {target}, {len(changed)} changed"
        click.echo(written + (f", {len(stale)} removed" if stale else ""), err=True)
    sys.exit(FINDINGS if run.failed else FINE)


@main.command(
    "check",
    epilog=_examples(
        "sfdsl check                          check all pipelines",
        "sfdsl check machine.asl.json         check a state machine that others wrote",
        "sfdsl check --format sarif > x.sarif for code scanning",
    ),
)
@_paths
@click.option("--type", "type_", type=click.Choice(["standard", "express"]), default="standard", show_default=True,
              help="What the state machines of .json files are deployed as.")  # fmt: skip
@click.option("--strict", is_flag=True, help="Exit 1 for warnings, too.")
@_format
def check_(paths: tuple[Path, ...], type_: str, strict: bool, format_: str) -> None:
    """Report what is wrong with pipelines, or with state machines in ASL; write nothing.

    PATH is a pipeline file, a state machine (.json), or a folder with either.
    """
    settings = _settings()
    definitions = [path for path in _expand(paths, (".json",)) if path.suffix == ".json"] if paths else []
    python = _pipeline_files(paths, settings, required=not definitions)
    run = _compile(python, settings, emitting=False)
    findings = [*run.findings, *_check_definitions(definitions, type_, settings)]
    subjects = len(run.compiled) + len(definitions)
    _tell(findings, subjects, format_, err=False, noun="state machine" if definitions else "pipeline")
    bad = (Severity.ERROR, Severity.WARNING) if strict else (Severity.ERROR,)
    sys.exit(FINDINGS if any(finding.severity in bad for finding in findings) else FINE)


@main.command(epilog=_examples("sfdsl explain SF101", "sfdsl explain            all rules, a line each"))
@click.argument("code", required=False)
def explain(code: str | None) -> None:
    """Print what a rule finds, why it matters, and what to write instead."""
    from sfdsl.compile import rules

    known = {rule.code: rule for rule in rules()}
    if code is None:
        for rule in known.values():
            click.echo(f"{rule.code}  {rule.severity.value:<7}  {rule.documentation().title}")
        return
    wanted = known.get(code.upper())
    if wanted is None:
        hint = diagnostics.did_you_mean(code.upper(), known)
        raise click.UsageError(f"there is no rule {code!r}" + (f"; {hint}" if hint else ""))
    documentation = wanted.documentation()
    click.echo(f"{wanted.code} {wanted.name()} ({wanted.severity.value})\n\n{documentation.title}")
    for heading, text in documentation.sections.items():
        body = "\n".join(f"    {line}" if line else "" for line in text.splitlines())
        click.echo(f"\n{heading}:\n{body}" if heading else f"\n{text}")


@main.command("list", epilog=_examples("sfdsl list", "sfdsl list pipelines/orders.py"))
@_paths
def list_(paths: tuple[Path, ...]) -> None:
    """List pipelines: name, type, states, and where they are declared."""
    from sfdsl.dsl.lower import lower
    from sfdsl.load import pipeline_file
    from sfdsl.model.workflow import walk

    settings = _settings()
    rows: list[tuple[str, ...]] = []
    failed = False
    for file in _pipeline_files(paths, settings):
        loaded = pipeline_file(file)
        failed = failed or any(finding.severity is Severity.ERROR for finding in loaded.findings)
        click.echo(diagnostics.as_text(_displayed(loaded.findings, settings)), nl=False, err=True)
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


@main.command(epilog=_examples("sfdsl new daily-sales", "sfdsl new daily-sales -o etl/"))
@click.argument("name")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Folder to write to.  [default: pipelines]")
def new(name: str, output: Path | None) -> None:
    """Write a commented starter pipeline that compiles as it is."""
    from sfdsl.starter import file_name, problem_of, starter

    problem = problem_of(name)
    if problem:
        raise click.UsageError(problem)
    settings = _settings()
    folder = output if output is not None else settings.root / settings.pipelines[0]
    path = folder / file_name(name)
    if path.exists():
        raise click.UsageError(f"{path} is there already, and nothing of yours is overwritten: choose another name")
    _write(path, starter(name))
    click.echo(f"{path} written; compile it with: sfdsl compile {path}")


# -- files --------------------------------------------------------------------------------------------------------


def _settings() -> Settings:
    from sfdsl.load import project_root
    from sfdsl.settings import read_settings

    settings = read_settings(project_root(Path.cwd()))
    click.echo(diagnostics.as_text(_displayed(settings.findings, settings)), nl=False, err=True)
    return settings


def _pipeline_files(paths: Sequence[Path], settings: Settings, required: bool = True) -> list[Path]:
    """The pipeline files that are meant: those named, or those of the settings."""
    given = paths or [settings.root / path for path in settings.pipelines]
    if not paths and not any(path.exists() for path in given):
        names = ", ".join(str(path.relative_to(settings.root)) for path in given)
        raise click.UsageError(
            f"there is no {names} in {settings.root}: name a PATH, write a pipeline with `sfdsl new NAME`, "
            "or set `pipelines` under [tool.sfdsl] in pyproject.toml"
        )
    files = [path for path in _expand(given, (".py",)) if path.suffix == ".py"]
    if required and not files:
        raise click.UsageError(f"no pipeline file in {', '.join(map(str, given))}")
    return files


def _expand(paths: Iterable[Path], suffixes: tuple[str, ...]) -> list[Path]:
    """Files as named, and folders as the files in them; names that begin with `_` or `.` are left out of folders."""
    files: dict[Path, None] = {}
    for path in paths:
        if path.is_dir():
            found = sorted(file for suffix in suffixes for file in path.rglob(f"*{suffix}"))
            inside = (file.relative_to(path).parts for file in found)
            files.update(
                (file, None)
                for file, parts in zip(found, inside, strict=True)
                if not any(part.startswith(("_", ".")) for part in parts)
            )
        elif path.is_file():
            files[path] = None
        else:
            near = (
                diagnostics.did_you_mean(path.name, [p.name for p in path.parent.glob("*")])
                if path.parent.is_dir()
                else ""
            )
            raise click.UsageError(f"there is no {path}" + (f"; {near}" if near else ""))
    return list(files)


def _read(path: Path) -> str | None:
    try:
        return path.read_bytes().decode("utf-8")
    except (FileNotFoundError, UnicodeDecodeError):
        return None


def _write(path: Path, text: str) -> None:
    """Write a file whole or not at all: an interrupted run leaves the old one."""
    import os
    import tempfile

    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(text.encode("utf-8"))
        mask = os.umask(0)
        os.umask(mask)
        os.chmod(temporary, 0o666 & ~mask)  # noqa: PTH101 - mkstemp makes files that only the user can read
        os.replace(temporary, path)  # noqa: PTH105 - the same as above, by the same name
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def _remove_if_empty(folder: Path) -> None:
    if folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()


def _abandoned(target: Path, run: _Run, texts: dict[str, str]) -> list[str]:
    """Files below the output folder that look like ours and that no pipeline writes any more."""
    from sfdsl.compile import FILES

    if not target.is_dir():
        return []
    found = []
    for folder in sorted(path for path in target.iterdir() if path.is_dir()):
        name = folder.name
        if not (folder / f"{name}.asl.json").is_file():
            continue  # not a folder of ours
        ours = (f"{name}/{pattern.format(name=name)}" for pattern in FILES)
        found += [path for path in ours if path not in texts and (target / path).is_file()]
    return found


def _show_diff(path: Path, before: str | None, after: str | None) -> None:
    import difflib

    old = (before or "").splitlines(keepends=True)
    fresh = (after or "").splitlines(keepends=True)
    names = (str(path) if before is not None else "/dev/null", str(path) if after is not None else "/dev/null")
    for line in difflib.unified_diff(old, fresh, *names):
        text = line.rstrip("\n")
        color = {"+": "green", "-": "red", "@": "cyan"}.get(text[:1])
        click.secho(text, fg=color)


# -- compiling ----------------------------------------------------------------------------------------------------


class _Run:
    """What became of all files of a call."""

    def __init__(self) -> None:
        self.compiled: list[Compiled] = []
        self.findings: list[Diagnostic] = []

    @property
    def failed(self) -> bool:
        return any(finding.severity is Severity.ERROR for finding in self.findings)


def _compile(files: Sequence[Path], settings: Settings, *, emitting: bool = True) -> _Run:
    from sfdsl.compile import compile_pipeline, same_names, unwired
    from sfdsl.load import pipeline_file

    run = _Run()
    pipelines: list[Pipeline] = []
    steps: list[Step] = []
    findings: list[Diagnostic] = []
    with _Progress("Compiling", len(files)) as advance:
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
    run.findings = _displayed(diagnostics.ordered(kept), settings)
    return run


def _check_definitions(paths: Sequence[Path], type_: str, settings: Settings) -> list[Diagnostic]:
    from sfdsl.checks import check
    from sfdsl.graph import WorkflowGraph
    from sfdsl.load import asl_file, with_lines
    from sfdsl.model.workflow import MachineType

    findings: list[Diagnostic] = []
    with _Progress("Checking", len(paths)) as advance:
        for path in paths:
            workflow, found = asl_file(path, MachineType(type_.upper()))
            if workflow is not None:
                found = [*found, *check(WorkflowGraph(workflow), settings.suppress)]
            located = with_lines(found, path.read_text(encoding="utf-8-sig")) if found and workflow else found
            findings += _displayed(diagnostics.ordered(located), settings, file=path)
            advance(path.name)
    return findings


def _rules_page() -> str:
    from sfdsl.compile import rules
    from sfdsl.emit.rules import emit

    return emit(rules())


class _Progress:
    """A line on a terminal that says how far a long run has come; nothing where the output goes elsewhere."""

    def __init__(self, verb: str, total: int) -> None:
        self.verb, self.total, self.done = verb, total, 0
        self.live: Any = None
        self.began = 0.0

    def __enter__(self) -> Callable[[str], None]:
        import time

        self.began = time.monotonic()
        return self._advance

    def _advance(self, name: str) -> None:
        import time

        self.done += 1
        if self.live is None and sys.stderr.isatty() and time.monotonic() - self.began > 1.0:
            from rich.console import Console
            from rich.status import Status

            self.live = Status("", console=Console(stderr=True))
            self.live.start()
        if self.live is not None:
            self.live.update(f"{self.verb} {name} ({self.done} of {self.total})")

    def __exit__(self, *_: object) -> None:
        if self.live is not None:
            self.live.stop()


# -- telling ------------------------------------------------------------------------------------------------------


def _displayed(findings: Iterable[Diagnostic], settings: Settings, file: Path | None = None) -> list[Diagnostic]:
    """Findings with files as the user would name them from here."""
    import os

    from attrs import evolve

    shown = []
    for finding in findings:
        name = finding.origin.file
        if file is not None:
            name = str(file)
        elif name:
            whole = settings.root / name
            name = os.path.relpath(whole) if whole.exists() else name
        shown.append(evolve(finding, origin=finding.origin._replace(file=name)))
    return shown


def _tell(findings: Sequence[Diagnostic], subjects: int, format_: str, *, err: bool, noun: str = "pipeline") -> None:
    """Write findings: as text to stderr after a compile and to stdout after a check, else to stdout."""
    if format_ == "json":
        click.echo(diagnostics.as_json(findings), nl=False)
    elif format_ == "sarif":
        from sfdsl.compile import rules

        known = [(rule.code, rule.documentation().title, rule.severity) for rule in rules()]
        click.echo(diagnostics.as_sarif(findings, known), nl=False)
    elif format_ == "github":
        click.echo(diagnostics.as_github(findings), nl=False)
        click.echo(diagnostics.summary(findings, subjects, noun), err=True)
    else:
        colors = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.INFO: "blue"}
        for finding in findings:
            label = click.style(f"{finding.severity.value}[{finding.code}]", fg=colors[finding.severity], bold=True)
            click.echo(f"{diagnostics.place(finding.origin)}: {label} {finding.message}", err=err)
            if finding.hint:
                click.echo(f"  hint: {finding.hint}", err=err)
        click.echo(diagnostics.summary(findings, subjects, noun), err=True)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'s' if number != 1 else ''}"


if __name__ == "__main__":
    main()
