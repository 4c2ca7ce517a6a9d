"""`sfdsl iam`."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click

from sfdsl.cli.app import FINDINGS, FINE, examples, main, type_option
from sfdsl.cli.files import read_json
from sfdsl.cli.work import deployed, project_settings


@main.command(
    epilog=examples(
        "sfdsl iam orders-etl                          the policy of the execution role",
        "sfdsl iam machine.asl.json --explain          which states need each statement, and why",
        "sfdsl iam --diff old.json new.json            what one policy allows that the other does not",
        "sfdsl iam --diff old.json orders-etl --fail-on new-access",
    )
)
@click.argument("pipeline", nargs=-1, metavar="PIPELINE | OLD NEW")
@click.option("--explain", is_flag=True, help="Tell the reasons for each statement instead of the policy.")
@click.option("--diff", is_flag=True, help="Compare two: policies (.json), pipelines, or state machines.")
@click.option("--fail-on", type=click.Choice(["new-access"]), help="With --diff: exit 1 if the second allows more.")
@type_option
def iam(pipeline: tuple[str, ...], explain: bool, diff: bool, fail_on: str | None, type_: str) -> None:
    """Print what the role of a pipeline may do, explain it, or compare two roles.

    PIPELINE is the name of a pipeline, a file that declares one, or a state machine in ASL (.json).
    """
    from sfdsl.emit import iam as emitter
    from sfdsl.graph import WorkflowGraph

    wanted = 2 if diff else 1
    if len(pipeline) != wanted:
        raise click.UsageError(f"name {'the old and the new one' if diff else 'one pipeline or state machine'}")
    if fail_on and not diff:
        raise click.UsageError("--fail-on goes with --diff")
    settings = project_settings()
    if diff:
        old, new = (_policy(name, type_) for name in pipeline)
        text, found = emitter.compare(old, new)
        click.echo(text, nl=False)
        sys.exit(FINDINGS if fail_on and (found.adds) else FINE)
    graph = WorkflowGraph(deployed(pipeline[0], type_, settings)[0])
    click.echo(emitter.explain(graph) if explain else emitter.policy(graph), nl=False)


def _policy(name: str, type_: str) -> dict[str, Any]:
    """The policy that a user names: a document of IAM as it is, or that of a pipeline or state machine."""
    from sfdsl.emit import iam as emitter
    from sfdsl.graph import WorkflowGraph

    path = Path(name)
    if path.suffix == ".json" and path.is_file():
        document = read_json(path)
        if isinstance(document, dict) and "Statement" in document:
            return document
    workflow = deployed(name, type_, project_settings())[0]
    policy: dict[str, Any] = json.loads(emitter.policy(WorkflowGraph(workflow)))
    return policy
