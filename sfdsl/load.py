"""Read what users hand in: pipeline files in Python, and state machines as ASL in JSON."""

from __future__ import annotations

import json
import sys
import traceback
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import ModuleType, TracebackType
from typing import TYPE_CHECKING, Any

from attrs import evolve, field, frozen

from sfdsl import toml
from sfdsl.diagnostics import Diagnostic, Rule, Severity, did_you_mean
from sfdsl.dsl.errors import DeclarationError
from sfdsl.dsl.pipeline import Pipeline
from sfdsl.dsl.registry import collecting
from sfdsl.dsl.rules import ImpossibleDeclaration
from sfdsl.dsl.steps import Step
from sfdsl.model.asl import NotAStateMachine, read
from sfdsl.model.workflow import MachineType, Workflow, walk
from sfdsl.origin import Origin, relative, rooted, unescape

if TYPE_CHECKING:
    from sfdsl.cost.profile import Profile


class BrokenPipelineFile(Rule):
    """A pipeline file that does not run.

    Why it matters:
        None of its pipelines can be compiled; other files are compiled all the same.

    Fires on:
        load = aws.lambda_.invoke("Load", FunctionName=functoin)

    Instead:
        load = aws.lambda_.invoke("Load", FunctionName=function)
    """

    code = "SF001"
    severity = Severity.ERROR


class NoJsonText(Rule):
    """An ASL file that is not JSON.

    Why it matters:
        CreateStateMachine refuses the definition. Comments and trailing commas are not JSON.

    Fires on:
        {"StartAt": "A", "States": {"A": {"Type": "Succeed"},}}

    Instead:
        {"StartAt": "A", "States": {"A": {"Type": "Succeed"}}}
    """

    code = "SF002"
    severity = Severity.ERROR


class DuplicateKey(Rule):
    """A key that stands twice in one JSON object.

    Why it matters:
        Only the last of the two counts: a state or a field of that name is lost without a word.

    Fires on:
        {"StartAt": "A", "States": {"A": {"Type": "Pass", "End": true}, "A": {"Type": "Succeed"}}}

    Instead:
        {"StartAt": "A", "States": {"A": {"Type": "Succeed"}}}
    """

    code = "SF003"
    severity = Severity.ERROR


class NoPipeline(Rule):
    """A pipeline file that declares no pipeline.

    Why it matters:
        It compiles to nothing. A module that others import can be named with a leading underscore.

    Fires on:
        load = aws.lambda_.invoke("Load", FunctionName="load")

    Instead:
        Pipeline("orders").define(load)
    """

    code = "SF004"
    severity = Severity.WARNING


class SameName(Rule):
    """Two pipelines of one name.

    Why it matters:
        Both would be written to the same folder, and deployed as the same state machine.

    Fires on:
        Pipeline("orders") in two files

    Instead:
        Pipeline("orders-eu") and Pipeline("orders-us")
    """

    code = "SF005"
    severity = Severity.ERROR


class BrokenProfile(Rule):
    """A profile that cannot be read, or a file of measurements that it names.

    Why it matters:
        Costs would be reckoned without what somebody wrote down about the traffic.

    Fires on:
        [profile.states."Validate"]
        duratoin = 1.2

    Instead:
        [profile.states."Validate"]
        duration = 1.2
    """

    code = "SF007"
    severity = Severity.ERROR


class UnknownProfiledState(Rule):
    """A profile that speaks of a state that its pipeline does not have.

    Why it matters:
        What it says has no effect on the costs, although somebody measured or asserted it.

    Fires on:
        [profile.states."Validat"]
        duration = 1.2

    Instead:
        [profile.states."Validate"]
        duration = 1.2
    """

    code = "SF008"
    severity = Severity.WARNING


RULES: tuple[type[Rule], ...] = (
    BrokenPipelineFile, NoJsonText, DuplicateKey, NoPipeline, SameName, BrokenProfile, UnknownProfiledState,
)  # fmt: skip
"""What can be wrong with a file, by code."""


@frozen(kw_only=True)
class Loaded:
    """What a pipeline file declares."""

    path: Path
    pipelines: tuple[Pipeline, ...]
    steps: tuple[Step, ...]
    findings: tuple[Diagnostic, ...]


def project_root(path: Path) -> Path:
    """The folder that paths in output are relative to: the nearest with pyproject.toml or .git, else the file's own."""
    start = path.resolve()
    folder = start if start.is_dir() else start.parent
    for candidate in (folder, *folder.parents):
        if (candidate / "pyproject.toml").exists() or (candidate / ".git").exists():
            return candidate
    return folder


def pipeline_file(path: Path) -> Loaded:
    """Run a pipeline file and collect what it declares.

    Whatever goes wrong in it becomes a finding at its own line; nothing is raised but what ends the process.
    """
    file = path.resolve()
    with rooted(str(project_root(file))), collecting() as declared:
        findings = _run(file)
    broken = any(finding.severity is Severity.ERROR for finding in findings)
    if not declared.pipelines and not broken:
        findings.append(
            NoPipeline.finding(
                f"{path.name} declares no pipeline",
                hint="write Pipeline('name').define(...), or begin the file's name with an underscore",
                origin=Origin(file=_named(file), line=1),
            )
        )
    return Loaded(
        path=path,
        pipelines=() if broken else tuple(declared.pipelines),
        steps=() if broken else tuple(declared.steps),
        findings=tuple(findings),
    )


def _run(file: Path) -> list[Diagnostic]:
    folder = str(file.parent)
    sys.path.insert(0, folder)  # so that a pipeline file can import its neighbours
    module = ModuleType(f"_sfdsl_pipeline_{file.stem}")
    module.__file__ = str(file)
    sys.modules[module.__name__] = module  # typing.get_type_hints looks names up there
    try:
        code = compile(file.read_bytes(), str(file), "exec")
        exec(code, module.__dict__)
    except DeclarationError as refused:
        return [ImpossibleDeclaration.finding(refused.message, hint=refused.hint, origin=refused.origin)]
    except SyntaxError as broken:
        origin = Origin(file=relative(broken.filename or str(file)), line=broken.lineno or 1)
        return [BrokenPipelineFile.finding(f"this is not Python: {broken.msg}", origin=origin)]
    except (Exception, SystemExit) as broken:
        return [_broken(broken, file)]
    finally:
        sys.path.remove(folder)
        sys.modules.pop(module.__name__, None)
    return []


def _broken(problem: BaseException, file: Path) -> Diagnostic:
    line = _line_in(problem.__traceback__, str(file))
    said = str(problem)
    message = f"the file fails with {type(problem).__name__}" + (f": {said}" if said else "")
    inner = traceback.extract_tb(problem.__traceback__)
    hint = ""
    if inner and inner[-1].filename != str(file):
        hint = f"raised in {Path(inner[-1].filename).name}, line {inner[-1].lineno}, which this line leads to"
    if isinstance(problem, NameError) and problem.name is not None:
        import sfdsl

        if problem.name in sfdsl.__all__:
            hint = f"write: from sfdsl import {problem.name}"
    return BrokenPipelineFile.finding(message, hint=hint, origin=Origin(file=relative(str(file)), line=line))


def _line_in(trace: TracebackType | None, file: str) -> int:
    lines = [frame.lineno for frame in traceback.extract_tb(trace) if frame.filename == file and frame.lineno]
    return lines[-1] if lines else 1


def _named(file: Path) -> str:
    with rooted(str(project_root(file))):
        return relative(str(file))


def asl_file(path: Path, type_: MachineType = MachineType.STANDARD) -> tuple[Workflow | None, list[Diagnostic]]:
    """The workflow in an ASL file; None where the text is no JSON object, with a finding that says so."""
    name = _named(path.resolve())
    origin = Origin(file=name)
    try:
        text = path.read_text(encoding="utf-8-sig")
        value = json.loads(text)
    except UnicodeDecodeError as broken:
        return None, [
            NoJsonText.finding(f"the file is not UTF-8: {broken.reason} at byte {broken.start}", origin=origin)
        ]
    except json.JSONDecodeError as broken:
        at = Origin(file=name, line=broken.lineno)
        hint = "JSON has no comments and no trailing commas" if _nearly_json(text, broken.pos) else ""
        return None, [
            NoJsonText.finding(f"this is not JSON: {broken.msg} (column {broken.colno})", hint=hint, origin=at)
        ]
    except RecursionError:
        return None, [NoJsonText.finding("the JSON is nested too deeply to be read", origin=origin)]
    try:
        machine = read(value, origin)
    except NotAStateMachine as refused:
        hint = 'write {"StartAt": ..., "States": {...}}'
        return None, [NoJsonText.finding(str(refused), hint=hint, origin=Origin(file=name, line=1))]
    workflow = Workflow(name=path.name.partition(".")[0], machine=machine, type=type_, origin=origin)
    from sfdsl.model.locate import locate

    duplicates = locate(text).duplicates if _may_have_duplicates(text, value) else ()
    return workflow, [
        DuplicateKey.finding(
            f"the key {unescape(pointer.rpartition('/')[2])!r} stands twice, first in line {first}",
            hint="rename one of them, or take one out",
            origin=Origin(file=name, line=second, pointer=pointer),
        )
        for pointer, first, second in duplicates
    ]


def _may_have_duplicates(text: str, value: object) -> bool:
    """Whether the text has more keys than the value: counted by the parser, without looking for places."""
    kept = 0
    seen = 0

    def count(pairs: list[tuple[str, object]]) -> dict[str, object]:
        nonlocal kept, seen
        as_dict = dict(pairs)
        kept += len(as_dict)
        seen += len(pairs)
        return as_dict

    json.loads(text, object_pairs_hook=count)
    return seen != kept


def _nearly_json(text: str, at: int) -> bool:
    before = text[:at].rstrip()
    return before.endswith(",") or text[at : at + 1] in ("/", "#") or text[at : at + 2] == "//"


def with_lines(findings: Iterable[Diagnostic], text: str) -> list[Diagnostic]:
    """Findings of an ASL file with the lines that their pointers stand at."""
    from sfdsl.model.locate import locate

    lines: dict[str, int] | None = None
    placed = []
    for finding in findings:
        origin = finding.origin
        if origin.line is None:
            if lines is None:
                lines = locate(text).lines
            pointer = origin.pointer
            while pointer not in lines and pointer:
                pointer = pointer.rpartition("/")[0]
            finding = evolve(finding, origin=origin._replace(line=lines.get(pointer, 1)))
        placed.append(finding)
    return placed


@frozen(kw_only=True)
class Traffic:
    """What a profile says, with the measurements that it names.

    Attributes:
        path: Of the file.
        profile: None where there is no file, or it is wrong.
        measured: State -> measurements as parsed JSON.
        findings: What is wrong with it.
    """

    path: Path
    profile: Profile | None = None
    measured: Mapping[str, Any] = field(factory=dict, hash=False)
    findings: tuple[Diagnostic, ...] = ()

    def unknown(self, workflow: Workflow) -> list[Diagnostic]:
        """A finding for every state that the profile speaks of and the workflow does not have."""
        names = [state.name for _, state in walk(workflow.machine)]
        origin = Origin(file=_named(self.path.resolve()), line=1)
        return [
            UnknownProfiledState.finding(
                f"the profile speaks of {name!r}, and {workflow.name!r} has no such state",
                hint=did_you_mean(name, names) or f"take it out of {self.path.name}",
                origin=origin,
            )
            for name in (self.profile.states if self.profile is not None else ())
            if name not in names
        ]


def profile_of(folder: Path, name: str) -> Path:
    """Where the profile of a pipeline or state machine is looked for: beside it, by its name."""
    return folder / f"{name}.profile.toml"


def traffic(path: Path) -> Traffic:
    """The profile in a TOML file, and the measurements that it names; where there is no file, nothing is said."""
    if not path.is_file():
        return Traffic(path=path)
    from sfdsl.cost.profile import ProfileError, read

    origin = Origin(file=_named(path.resolve()), line=1)
    try:
        table = toml.loads(path.read_text(encoding="utf-8"))
        for key in table:
            if key != "profile":
                raise ProfileError(f"{path.name}: there is no table {key!r}; write [profile]")
        profile = read(table.get("profile", {}), source=path.name)
    except ValueError as problem:
        return Traffic(path=path, findings=(BrokenProfile.finding(str(problem), origin=origin),))
    findings: list[Diagnostic] = []
    measured: dict[str, Any] = {}
    for name, state in profile.states.items():
        if state.measured is None:
            continue
        try:
            measured[name] = json.loads((path.parent / state.measured).read_text(encoding="utf-8"))
        except (OSError, ValueError) as problem:
            said = problem.strerror if isinstance(problem, OSError) else f"this is not JSON: {problem}"
            message = f"the measurements of {name!r} in {state.measured}: {said}"
            findings.append(BrokenProfile.finding(message, origin=origin))
    return Traffic(path=path, profile=profile, measured=measured, findings=tuple(findings))
