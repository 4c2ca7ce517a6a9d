"""From pipelines to files: lower, check, emit. Gives texts by path and touches no disk."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from attrs import evolve, field, frozen

from sfdsl import load, settings
from sfdsl.diagnostics import Diagnostic, Rule, Severity, count, ordered
from sfdsl.dsl import rules as declaration
from sfdsl.dsl.lower import lower
from sfdsl.dsl.pipeline import Pipeline
from sfdsl.dsl.steps import Step
from sfdsl.graph import WorkflowGraph
from sfdsl.model.workflow import Workflow


@frozen(kw_only=True)
class Compiled:
    """What became of one pipeline.

    Attributes:
        name: Of the pipeline.
        workflow: Its machine; None where the declaration is wrong.
        files: Text by path relative to the output folder; empty where there are errors.
        findings: All of them, in order.
        steps: The author's steps that are part of it.
    """

    name: str
    workflow: Workflow | None = None
    files: dict[str, str] = field(factory=dict)
    findings: tuple[Diagnostic, ...] = ()
    steps: frozenset[Step] = frozenset()

    @property
    def failed(self) -> bool:
        """Whether a finding is an error."""
        return count(self.findings, Severity.ERROR) > 0


def compile_pipeline(pipeline: Pipeline, suppress: Collection[str] = (), *, emitting: bool = True) -> Compiled:
    """Lower, check and emit a pipeline.

    Args:
        pipeline: As its author declared it.
        suppress: Codes of findings that are not reported, on top of those the pipeline and its steps suppress.
        emitting: Whether to make the files; without them it is a check.
    """
    lowered = lower(pipeline)
    if lowered.workflow is None:
        silent = {*suppress, *pipeline.suppress}
        findings = [finding for finding in lowered.findings if finding.code not in silent]
        return Compiled(name=pipeline.name, findings=tuple(ordered(findings)), steps=lowered.steps)
    return evolve(compile_workflow(lowered.workflow, suppress, emitting=emitting), steps=lowered.steps)


def compile_workflow(workflow: Workflow, suppress: Collection[str] = (), *, emitting: bool = True) -> Compiled:
    """Check and emit a workflow; an error leaves it without files."""
    from sfdsl.checks import check

    graph = WorkflowGraph(workflow)
    findings = tuple(check(graph, suppress))
    compiled = Compiled(name=workflow.name, workflow=workflow, findings=findings)
    return evolve(compiled, files=emit(graph, findings)) if emitting and not compiled.failed else compiled


def emit(graph: WorkflowGraph, findings: Sequence[Diagnostic] = ()) -> dict[str, str]:
    """Every file of a workflow, by path relative to the output folder."""
    from sfdsl.emit import asl, graphviz, iam, mermaid, page
    from sfdsl.permissions import derive

    name = graph.workflow.name
    permissions = derive(graph)
    dot = graphviz.emit(graph)
    texts = {
        f"{name}.asl.json": asl.emit(graph.workflow),
        **{_policy_file(name, number): text for number, text in enumerate(iam.policies(graph), start=1)},
        f"{name}.trust.json": iam.trust(graph),
        f"{name}.mmd": mermaid.emit(graph),
        f"{name}.gv": dot,
        f"{name}.svg": graphviz.svg(dot),
        "README.md": page.emit(graph, findings, permissions),
    }
    return {f"{name}/{file}": text for file, text in texts.items()}


def _policy_file(name: str, number: int) -> str:
    """The file of one policy: a role whose permissions are too long for one policy has several."""
    return f"{name}.iam.json" if number == 1 else f"{name}.iam-{number}.json"


FILES = (
    "{name}.asl.json",
    *(_policy_file("{name}", number) for number in range(1, 11)),
    "{name}.trust.json",
    "{name}.mmd",
    "{name}.gv",
    "{name}.svg",
    "README.md",
)
"""What `emit` may write for a pipeline, by the pattern of its name; a role takes ten managed policies."""


def unwired(steps: Iterable[Step], compiled: Iterable[Compiled]) -> list[Diagnostic]:
    """Steps that were declared and are part of no pipeline."""
    used = frozenset().union(*(each.steps for each in compiled))
    return [
        declaration.UnwiredStep.finding(
            f"step {step.name!r} is part of no pipeline",
            hint="join it with >> in define(), or delete it",
            origin=step.origin,
            state=step.name,
        )
        for step in steps
        if step not in used and declaration.UnwiredStep.code not in step.suppress
    ]


def same_names(pipelines: Sequence[Pipeline]) -> list[Diagnostic]:
    """A finding for every pipeline whose name another one has before it."""
    first: dict[str, Pipeline] = {}
    findings = []
    for pipeline in pipelines:
        other = first.setdefault(pipeline.name, pipeline)
        if other is not pipeline:
            findings.append(
                load.SameName.finding(
                    f"pipeline {pipeline.name!r} has the name of the one in {other.origin.file}:{other.origin.line}",
                    hint="give it a name of its own",
                    origin=pipeline.origin,
                )
            )
    return findings


def rules() -> tuple[type[Rule], ...]:
    """Every rule there is, by code."""
    from sfdsl.checks import CHECKS

    return tuple(sorted((*load.RULES, *settings.RULES, *declaration.RULES, *CHECKS), key=lambda rule: rule.code))
