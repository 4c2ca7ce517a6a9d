"""What is said to the user, and where: findings, differences, progress."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sfdsl import diagnostics
from sfdsl.diagnostics import Diagnostic, Severity

if TYPE_CHECKING:
    from sfdsl.settings import Settings


def displayed(findings: Iterable[Diagnostic], settings: Settings, file: Path | None = None) -> list[Diagnostic]:
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


def tell(
    findings: Sequence[Diagnostic],
    subjects: int,
    format_: str,
    *,
    err: bool,
    noun: str = "pipeline",
    least: Severity = Severity.INFO,
) -> None:
    """Write findings and their summary.

    Args:
        findings: In order.
        subjects: How many pipelines or state machines were looked at.
        format_: One of `diagnostics.FORMATS`.
        err: Whether the text goes to stderr, because the product is files; other formats go to stdout.
        noun: What the subjects are.
        least: In text, what weighs less is told in number only.
    """
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
        weights = list(Severity)
        for finding in findings:
            if weights.index(finding.severity) > weights.index(least):
                continue
            label = click.style(f"{finding.severity.value}[{finding.code}]", fg=colors[finding.severity], bold=True)
            click.echo(f"{diagnostics.place(finding.origin)}: {label} {finding.message}", err=err)
            if finding.hint:
                click.echo(f"  hint: {finding.hint}", err=err)
        click.echo(diagnostics.summary(findings, subjects, noun), err=True)


def show_diff(path: Path, before: str | None, after: str | None) -> None:
    """Show how a file changes, as a unified diff; None is a file that is not there."""
    import difflib

    old = (before or "").splitlines(keepends=True)
    fresh = (after or "").splitlines(keepends=True)
    names = (str(path) if before is not None else "/dev/null", str(path) if after is not None else "/dev/null")
    for line in difflib.unified_diff(old, fresh, *names):
        text = line.rstrip("\n")
        color = {"+": "green", "-": "red", "@": "cyan"}.get(text[:1])
        click.secho(text, fg=color)


class Progress:
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


def count(number: int, noun: str) -> str:
    """A number with its noun: `1 file`, `2 files`."""
    return f"{number} {noun}{'s' if number != 1 else ''}"
