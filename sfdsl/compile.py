"""From pipelines to files: lower, check, rewrite, check again, emit. Gives texts by path and touches no disk."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NoReturn

from attrs import evolve, field, frozen

from sfdsl import load, settings
from sfdsl.diagnostics import Diagnostic, Rule, Severity, count, ordered
from sfdsl.dsl import rules as declaration
from sfdsl.dsl.lower import lower
from sfdsl.dsl.pipeline import Pipeline
from sfdsl.dsl.steps import Step
from sfdsl.graph import WorkflowGraph
from sfdsl.model.workflow import Workflow, walk

if TYPE_CHECKING:
    from sfdsl.cost.analysis import Analysis
    from sfdsl.cost.prices import Prices
    from sfdsl.cost.profile import Profile
    from sfdsl.emit import page


@frozen(kw_only=True)
class Costing:
    """What the costs of one pipeline are reckoned with.

    Attributes:
        profile: Its traffic; None is what the pipeline itself says.
        prices: None is us-east-1.
        measured: State -> measurements of the sizes of what it calls.
        rewrites: False keeps cost rules from rewriting anything, whatever the pipeline says.
    """

    profile: Profile | None = None
    prices: Prices | None = None
    measured: Mapping[str, Any] = field(factory=dict, hash=False)
    rewrites: bool = True


@frozen(kw_only=True)
class Compiled:
    """What became of one pipeline.

    Attributes:
        name: Of the pipeline.
        workflow: Its machine as declared; None where the declaration is wrong.
        machines: What is deployed: the pipeline after the cost rules, then its Express children; empty where there are
            errors, and where nothing is emitted.
        analysis: What it costs, before and after; None where nobody asked.
        files: Text by path relative to the output folder; empty where there are errors.
        findings: All of them, in order.
        steps: The author's steps that are part of it.
    """

    name: str
    workflow: Workflow | None = None
    machines: tuple[Workflow, ...] = ()
    analysis: Analysis | None = None
    files: dict[str, str] = field(factory=dict)
    findings: tuple[Diagnostic, ...] = ()
    steps: frozenset[Step] = frozenset()

    @property
    def failed(self) -> bool:
        """Whether a finding is an error."""
        return count(self.findings, Severity.ERROR) > 0


class BrokenRewrite(RuntimeError):
    """A cost rule made a machine that the checks refuse; the message names the rule and the states: a bug of ours."""


def compile_pipeline(
    pipeline: Pipeline, suppress: Collection[str] = (), costing: Costing | None = None, *, emitting: bool = True
) -> Compiled:
    """Lower, check, apply the cost rules, check again and emit a pipeline.

    Args:
        pipeline: As its author declared it.
        suppress: Codes of findings that are not reported, on top of those the pipeline and its steps suppress.
        costing: What costs are reckoned with.
        emitting: Whether to make the files; without them it is a check.

    Raises:
        BrokenRewrite: A cost rule made what the checks refuse.
    """
    lowered = lower(pipeline)
    if lowered.workflow is None:
        silent = {*suppress, *pipeline.suppress}
        findings = [finding for finding in lowered.findings if finding.code not in silent]
        return Compiled(name=pipeline.name, findings=tuple(ordered(findings)), steps=lowered.steps)
    return evolve(compile_workflow(lowered.workflow, suppress, costing, emitting=emitting), steps=lowered.steps)


def compile_workflow(
    workflow: Workflow, suppress: Collection[str] = (), costing: Costing | None = None, *, emitting: bool = True
) -> Compiled:
    """Check a workflow, apply the cost rules, check again and emit; an error leaves it without files.

    Raises:
        BrokenRewrite: A cost rule made what the checks refuse.
    """
    from sfdsl.checks import check

    costing = costing or Costing()
    workflow = evolve(workflow, rewrites=workflow.rewrites and costing.rewrites)
    graph = WorkflowGraph(workflow)
    findings = tuple(check(graph, suppress))
    compiled = Compiled(name=workflow.name, workflow=workflow, findings=findings)
    if compiled.failed or not (emitting or workflow.auto or workflow.budget is not None or costing.measured):
        return compiled
    from sfdsl.cost.analysis import analyse

    analysis = analyse(workflow, costing.profile, costing.prices, measured=costing.measured, unlocking=False)
    about = [finding for finding in _findings(analysis) if finding.code not in {*suppress, *workflow.suppress}]
    findings = tuple(ordered([*findings, *_of_the_result(analysis, suppress, findings), *about]))
    compiled = evolve(compiled, machines=analysis.machines, analysis=analysis, findings=findings)
    return evolve(compiled, files=_files(compiled)) if emitting else compiled


def _of_the_result(
    analysis: Analysis, suppress: Collection[str], before: Sequence[Diagnostic]
) -> list[Diagnostic]:  # fmt: skip
    """What the checks find in Express children and did not find before, such as one that may take too long.

    What a rewritten pipeline itself is warned of is not its author's doing; an error is ours.

    Raises:
        BrokenRewrite: One of them is an error.
    """
    if analysis.machines == (analysis.workflow,):
        return []
    found: list[Diagnostic] = []
    for machine in analysis.machines:
        new = _new(machine, suppress, before)
        if count(new, Severity.ERROR):
            _blame(analysis, suppress, before, machine.name)
        found += new if machine is not analysis.machines[0] else []
    return found


def _blame(analysis: Analysis, suppress: Collection[str], before: Sequence[Diagnostic], name: str) -> NoReturn:
    """Find the rule that made an error, and raise."""
    from sfdsl.cost.rewrites import Rewrite, Rewritten, rewrite

    def look(each: Rewrite, made: Rewritten) -> None:
        for finding in _new(made.workflow, suppress, before):
            if finding.severity is Severity.ERROR:
                changed = sorted({name for done in made.evidence for name in (*done.removed, *done.states)})
                raise BrokenRewrite(f"rewrite {each.name} ({each.number}) of {', '.join(changed)}: {finding.message}")

    if analysis.workflow.rewrites:
        rewrite(analysis.workflow, after=look)
    raise BrokenRewrite(f"the partition of {analysis.workflow.name!r} into Express children: {name!r} has errors")


def _new(workflow: Workflow, suppress: Collection[str], before: Sequence[Diagnostic]) -> list[Diagnostic]:
    from sfdsl.checks import check

    known = {(finding.code, finding.state) for finding in before}
    return [each for each in check(WorkflowGraph(workflow), suppress) if (each.code, each.state) not in known]


def _findings(analysis: Analysis) -> list[Diagnostic]:
    """What costs have to say: a budget that is exceeded, and sizes that were measured to be wrong."""
    from sfdsl.cost.budget import check_budget
    from sfdsl.cost.sizing.advice import UnusableMeasurement, finding

    workflow, sized = analysis.workflow, analysis.sized
    places = {state.name: state.origin for _, state in walk(workflow.machine)}
    found = [] if workflow.budget is None else [check_budget(analysis, workflow.budget)]
    for each in sized.advice:
        entered = analysis.before.entries.get(each.state, 0.0)
        monthly = analysis.executions_per_month
        runs = None if monthly is None else monthly * entered
        found.append(finding(each, runs, places[each.state]))
    for state, problem in sized.problems:
        origin = places.get(state, workflow.origin)
        found.append(UnusableMeasurement.finding(f"{state!r}: {problem}", origin=origin, state=state))
    return [each for each in found if each is not None]


def _files(compiled: Compiled) -> dict[str, str]:
    """Every file of a pipeline and of its Express children."""
    from sfdsl.cost import report

    assert compiled.analysis is not None
    main, *children = compiled.machines
    files = emit(WorkflowGraph(main), compiled.findings, report.page_section(compiled.analysis))
    for child in children:
        files |= emit(WorkflowGraph(child), parent=main.name)
    return files


def emit(
    graph: WorkflowGraph,
    findings: Sequence[Diagnostic] = (),
    cost: page.CostSection | None = None,
    parent: str | None = None,
) -> dict[str, str]:
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
        "README.md": page.emit(graph, findings, permissions, cost, parent),
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


def same_names(pipelines: Sequence[Pipeline], compiled: Sequence[Compiled] = ()) -> list[Diagnostic]:
    """A finding for every pipeline whose name another one has before it, or an Express child of one."""
    first: dict[str, Pipeline] = {}
    findings = []
    children = {machine.name: each.name for each in compiled for machine in each.machines[1:]}
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
        elif pipeline.name in children:
            findings.append(
                load.SameName.finding(
                    f"pipeline {pipeline.name!r} has the name of an Express child of {children[pipeline.name]!r}",
                    hint="give it a name of its own",
                    origin=pipeline.origin,
                )
            )
    return findings


def rules() -> tuple[type[Rule], ...]:
    """Every rule there is, by code."""
    from sfdsl.checks import CHECKS
    from sfdsl.cost import budget
    from sfdsl.cost.sizing import advice

    known = (*load.RULES, *settings.RULES, *declaration.RULES, *CHECKS, *budget.RULES, *advice.RULES)
    return tuple(sorted(known, key=lambda rule: rule.code))


def rules_page() -> str:
    """rules.md: every check and every cost rule."""
    from sfdsl.cost.rewrites import REWRITES
    from sfdsl.emit.rules import emit as page_of

    return page_of(rules(), REWRITES)
