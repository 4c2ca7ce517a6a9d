"""The page of a pipeline: what a reviewer wants to know before the deployment, in Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Protocol

from attrs import frozen

from sfdsl.diagnostics import Diagnostic
from sfdsl.emit import labels
from sfdsl.graph import WorkflowGraph
from sfdsl.model.asl import write, write_state
from sfdsl.model.edges import EdgeKind, edges, flow_order
from sfdsl.model.states import Catcher, Choice, ChoiceRule, Fail, Json, Map, Parallel, State, StateMachine, Task, Wait
from sfdsl.model.workflow import Scope, inner, walk
from sfdsl.origin import Origin
from sfdsl.permissions import Permissions

_PLACEHOLDER = re.compile(r"\$\{([^}]+)\}")
_MARKUP = re.compile(r"[\\`*_\[\]<>|#~&$]|^[-+](?=\s|$)|(?<=^\d)[.)]|:(?=\w+:)|:(?=//)|@|(?<=www)\.")


@frozen(kw_only=True)
class Row:
    """One state in the table of the page, with texts ready for Markdown."""

    name: str
    does: str
    then: str
    retries: str
    timeout: str
    source: str


@frozen(kw_only=True)
class Handled:
    """One way that errors take: from states to the handler."""

    errors: str
    states: str
    handler: str


class CostSection(Protocol):
    """What the page says of costs; texts as people read them, without markup.

    Attributes:
        columns: Above the figures.
        figures: Rows: what, then a text for each column.
        improvements: What lowered the cost, and details of each.
        children: Names of the Express children.
        blocked: Why states do not run in Express, where that was to be chosen.
        assumptions: What the figures rest on.
        prices: Which prices they are.
    """

    @property
    def columns(self) -> Sequence[str]: ...
    @property
    def figures(self) -> Sequence[Sequence[str]]: ...
    @property
    def improvements(self) -> Sequence[tuple[str, Sequence[str]]]: ...
    @property
    def children(self) -> Sequence[str]: ...
    @property
    def blocked(self) -> Sequence[str]: ...
    @property
    def assumptions(self) -> Sequence[str]: ...
    @property
    def prices(self) -> Sequence[str]: ...


def emit(
    graph: WorkflowGraph,
    findings: Sequence[Diagnostic] = (),
    permissions: Permissions | None = None,
    cost: CostSection | None = None,
    parent: str | None = None,
) -> str:
    """The page of a workflow; ends in a newline.

    Args:
        graph: The workflow.
        findings: What is reported about it; errors never get here.
        permissions: What its role may do, with reasons; None leaves the section out.
        cost: What it costs; None leaves the section out.
        parent: The workflow that runs it as its Express child; None where it is a pipeline.
    """
    from jinja2 import Environment, StrictUndefined

    environment = Environment(
        undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True, autoescape=False
    )
    environment.filters.update(text=text, code=code, url=url)
    template = environment.from_string((Path(__file__).parent / "templates" / "page.md.j2").read_text("utf-8"))
    workflow = graph.workflow
    machine = workflow.machine
    documentation = workflow.documentation.strip()
    rendered = template.render(
        name=workflow.name,
        title=workflow.title or machine.comment or "",
        documentation=documentation.partition("\n")[2].strip(),
        type="Standard" if workflow.type.value == "STANDARD" else "Express",
        timeout=labels.number(machine.timeout_seconds),
        source=_place(workflow.origin),
        rows=list(_rows(graph)),
        count=sum(1 for _ in graph.states()),
        placeholders=_placeholders(machine),
        handled=_handled(graph),
        permissions=permissions,
        cost=cost,
        parent=parent,
        findings=[finding for finding in findings if finding.severity.value != "error"],
        place=_place,
    )
    return rendered.rstrip() + "\n"


def text(value: str) -> str:
    """A text that shows as it is, in a paragraph or a cell of a table: no markup, link, formula or emoji.

    Placeholders show as code, which is what they are.
    """
    pieces = re.split(r"(\$\{[^}`]+\})", " ".join(labels.printable(value).split()))
    return "".join(code(piece) if i % 2 else _MARKUP.sub(_escape, piece) for i, piece in enumerate(pieces))


def _escape(found: re.Match[str]) -> str:
    # GitHub makes formulas, links and emoji even of what has a backslash.
    char = found[0]
    return f"&#{ord(char)};" if char in "&$:@." else f"\\{char}"


def url(name: str) -> str:
    """A file name as the target of a link."""
    # urllib.parse.quote does the same, for one more import.
    return re.sub(rb"[^A-Za-z0-9._~-]", lambda m: f"%{m[0][0]:02X}".encode(), name.encode(errors="replace")).decode()


def code(value: str) -> str:
    """A text as code, in a paragraph or a cell of a table, whatever is in it."""
    plain = " ".join(labels.printable(value).split()).replace("|", "\\|")
    fence = "`" * (max((len(run) for run in re.findall("`+", plain)), default=0) + 1)
    pad = " " if plain.startswith("`") or plain.endswith("`") else ""
    return f"{fence}{pad}{plain}{pad}{fence}" if plain else ""


def _place(origin: Origin) -> str:
    """Where something was declared; of a path that only this machine has, the name of the file."""
    if not origin.file:
        return ""
    file = Path(origin.file).name if Path(origin.file).is_absolute() else origin.file
    return f"{file}:{origin.line}" if origin.line is not None else f"{file} {origin.pointer}".rstrip()


def _rows(graph: WorkflowGraph) -> Iterator[Row]:
    yield from _rows_of(graph.scopes[0], 0, graph.workflow.origin)


def _rows_of(scope: Scope, depth: int, around: Origin) -> Iterator[Row]:
    for state in flow_order(scope.flow):
        retry = state.retry if isinstance(state, (Task, Parallel, Map)) else ()
        limit = labels.number(state.timeout_seconds, state.timeout_seconds_path) if isinstance(state, Task) else ""
        yield Row(
            name="&emsp;" * depth + f"**{text(state.name)}**",
            does=_does(state),
            then=_then(state),
            retries=labels.attempts(retry),
            timeout=text(limit),
            source=_line(state.origin, around),
        )
        for below in inner(scope, state):
            yield from _rows_of(below, depth + 1, around)


def _line(origin: Origin, around: Origin) -> str:
    """Where a state was declared; the line alone in the file of its pipeline, which the page names above."""
    if origin.file == around.file and origin.line is not None:
        return f"line {origin.line}"
    return code(_place(origin))


def _then(state: State) -> str:
    """Where a state leads: every rule with its condition, which the picture may cut short."""
    ways = []
    for edge in edges(state):
        match edge.kind:
            case EdgeKind.RULE if isinstance(edge.via, ChoiceRule):
                ways.append(f"{text(edge.target)} if {code(labels.condition(edge.via.test))}")
            case EdgeKind.DEFAULT:
                ways.append(f"{text(edge.target)} otherwise")
            case EdgeKind.NEXT:
                ways.append(text(edge.target))
    return "<br>".join(ways) or "*ends*"


def _does(state: State) -> str:
    kind = type(state).__name__
    match state:
        case Task():
            return code(labels.service(state.resource))
        case Wait():
            return f"waits {text(labels.until(state))}"
        case Choice():
            return "chooses"
        case Parallel():
            return f"{len(state.branches)} branches side by side"
        case Map():
            where = ", in child executions" if state.distributed else ""
            return text(labels.each(state)) + where
        case Fail():
            error = state.error if state.error is not None else state.error_path
            return "fails" if error is None else f"fails with {code(labels.expression(error))}"
        case _:
            return {"Pass": "hands on a value", "Succeed": "ends well"}.get(kind, kind)


def _handled(graph: WorkflowGraph) -> list[Handled]:
    """Who catches what: states that lead the same errors to the same handler stand together."""
    ways: dict[tuple[str, str], list[str]] = {}
    for scope in graph.scopes:
        for state in flow_order(scope.flow):
            for edge in edges(state):
                if isinstance(edge.via, Catcher):
                    errors = ", ".join("every error" if e == "States.ALL" else code(e) for e in edge.via.error_equals)
                    ways.setdefault((errors, edge.target), []).append(state.name)
    return [
        Handled(errors=errors, states=", ".join(text(name) for name in dict.fromkeys(names)), handler=text(handler))
        for (errors, handler), names in ways.items()
    ]


@frozen(kw_only=True)
class Placeholder:
    """What the deployment substitutes, and the states it stands in; none where it stands in the machine itself."""

    name: str
    states: str


def _placeholders(machine: StateMachine) -> list[Placeholder]:
    """By name; pseudo parameters of CloudFormation, which need nobody to fill them in, are not among them."""
    found: dict[str, list[str]] = {}
    for name in _named(write(machine)):
        found[name] = []
    for _, state in walk(machine):
        own = {key: value for key, value in write_state(state).items() if key not in _INNER}
        for name in _named(own):
            found[name].append(state.name)
    return [Placeholder(name=name, states=", ".join(map(text, found[name]))) for name in sorted(found)]


_INNER = ("Branches", "ItemProcessor", "Iterator")


def _named(value: Json) -> Iterator[str]:
    """The names of the placeholders in a JSON value, each once."""
    found: dict[str, None] = {}
    waiting = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, str):
            found.update((name, None) for name in _PLACEHOLDER.findall(item) if not name.startswith("AWS::"))
        elif isinstance(item, dict):
            waiting += item.values()
        elif isinstance(item, list):
            waiting += item
    yield from found
