"""The group that all commands hang on, what they share, and the exit codes."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from sfdsl import diagnostics

FINE, FINDINGS, WRONG_CALL, OUR_BUG = 0, 1, 2, 3

EXIT_CODES = """
\b
Exit codes:
  0  fine
  1  findings that are errors, or output that is stale
  2  a wrong call, or a file that cannot be read
  3  a bug of sfdsl: please report it
"""


class Refused(click.ClickException):
    """What cannot be done as the call asks for it: exit code 2."""

    exit_code = WRONG_CALL


class _Main(click.Group):
    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except (click.exceptions.Exit, click.ClickException, click.Abort, BrokenPipeError):
            raise
        except OSError as problem:
            raise Refused(f"{problem.filename or 'a file'}: {problem.strerror or problem}") from problem
        except Exception as problem:
            import traceback

            from sfdsl.emit.graphviz import CannotDraw

            if isinstance(problem, CannotDraw):
                raise Refused(str(problem)) from problem
            # Anything else is a bug of ours, and the traceback is what helps to mend it.

            traceback.print_exc()
            click.echo("This is a bug of sfdsl: please report it with the lines above.", err=True)
            sys.exit(OUR_BUG)


def examples(*lines: str) -> str:
    """An epilog: examples as they are typed, then the exit codes."""
    return "\b\nExamples:\n" + "\n".join(f"  {line}" for line in lines) + "\n" + EXIT_CODES


@click.group(cls=_Main, epilog=EXIT_CODES, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(None, "--version", package_name="sfdsl", message="sfdsl %(version)s")
def main() -> None:
    """Declare AWS Step Functions pipelines in Python; compile them to ASL, IAM, diagrams and a page.

    Pipelines are Python files that declare `Pipeline` objects. Without PATH, commands work on what
    `pipelines` names under [tool.sfdsl] in pyproject.toml, by default the folder pipelines/.
    """


format_option = click.option(
    "--format",
    "format_",
    type=click.Choice(diagnostics.FORMATS),
    default="text",
    show_default=True,
    help="How findings are told: for people, as JSON, as SARIF, or as GitHub annotations.",
)
paths_argument = click.argument("paths", nargs=-1, type=click.Path(path_type=Path), metavar="[PATH]...")
type_option = click.option(
    "--type",
    "type_",
    type=click.Choice(["standard", "express"]),
    default="standard",
    show_default=True,
    help="What state machines in .json files are deployed as.",
)
