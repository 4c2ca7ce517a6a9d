"""Lowering: from an author's pipeline to a workflow of the model."""

from __future__ import annotations

from typing import Any

from attrs import frozen

from sfdsl.diagnostics import Diagnostic
from sfdsl.dsl.lower.bind import Binder
from sfdsl.dsl.lower.build import Builder
from sfdsl.dsl.lower.notes import notes
from sfdsl.dsl.lower.scopes import Outline
from sfdsl.dsl.pipeline import Pipeline
from sfdsl.dsl.rules import UndefinedPipeline
from sfdsl.dsl.steps import Step
from sfdsl.model import asl
from sfdsl.model.workflow import MachineType, Workflow


@frozen(kw_only=True)
class Lowered:
    """What became of a pipeline.

    Attributes:
        workflow: The machine; None where findings say why there is none.
        findings: What is wrong with the declaration.
        steps: The steps that are part of the pipeline.
    """

    workflow: Workflow | None
    findings: tuple[Diagnostic, ...]
    steps: frozenset[Step]


def lower(pipeline: Pipeline) -> Lowered:
    """The workflow that a pipeline declares, or what is wrong with the declaration."""
    common: dict[str, Any] = {
        "name": pipeline.name,
        "type": MachineType.EXPRESS if pipeline.type == "express" else MachineType.STANDARD,
        "auto": pipeline.type == "auto",
        "rewrites": pipeline.rewrites,
        "executions_per_month": pipeline.executions_per_month,
        "budget": pipeline.budget,
        "title": pipeline.documentation.partition("\n")[0],
        "documentation": pipeline.documentation,
        "suppress": pipeline.suppress,
        "origin": pipeline.origin,
    }
    if pipeline.definition is not None:
        machine = asl.read(pipeline.definition, pipeline.origin)
        return Lowered(workflow=Workflow(machine=machine, **common), findings=(), steps=frozenset())
    if pipeline._head is None:
        message = f"pipeline {pipeline.name!r} has no steps"
        hint = "write pipeline.define(first >> second)"
        finding = UndefinedPipeline.finding(message, hint=hint, origin=pipeline.origin)
        return Lowered(workflow=None, findings=(finding,), steps=frozenset())
    outline = Outline(pipeline)
    steps = frozenset(outline.scope_of)
    if outline.findings:
        return Lowered(workflow=None, findings=tuple(outline.findings), steps=steps)
    binder = Binder(outline)
    binder.run()
    if binder.findings:
        return Lowered(workflow=None, findings=tuple(binder.findings), steps=steps)
    workflow = Workflow(machine=Builder(outline, binder).build(), notes=notes(outline), **common)
    return Lowered(workflow=workflow, findings=(), steps=steps)
