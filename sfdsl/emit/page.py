"""The page of a pipeline: what a reviewer wants to know before the deployment, in Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from attrs import frozen

from sfdsl.diagnostics import Diagnostic
from sfdsl.emit import labels
from sfdsl.graph import WorkflowGraph
from sfdsl.model.asl import write
from sfdsl.model.edges import edges, flow_order
from sfdsl.model.states import Catcher, Choice, Json, Map, Parallel, State, Task, Wait
from sfdsl.model.workflow import Scope, inner
from sfdsl.origin import Origin
from sfdsl.permissions import Permissions

_PLACEHOLDER = re.compile(r"\$\{([^}]+)\}")
_MARKUP = re.compile(r"([\\`*_\[\]<>|#~])")


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


def emit(graph: WorkflowGraph, findings: Sequence[Diagnostic] = (), permissions: Permissions | None = None) -> str:
    """The page of a workflow; ends in a newline.

    Args:
        graph: The workflow.
        findings: What is reported about it; errors never get here.
        permissions: What its role may do, with reasons; None leaves the section out.
    """
    from jinja2 import Environment, StrictUndefined

    environment = Environment(
        undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True, autoescape=False
    )
    environment.filters.update(text=text, code=code)
    template = environment.from_string((Path(__file__).parent / "templates" / "page.md.j2").read_text("utf-8"))
    workflow = graph.workflow
    machine = workflow.machine
    documentation = workflow.documentation.strip()
    return template.render(
        name=workflow.name,
        title=workflow.title or machine.comment or "",
        documentation=documentation.partition("\n")[2].strip(),
        type="Standard" if workflow.type.value == "STANDARD" else "Express",
        timeout=labels.number(machine.timeout_seconds),
        source=_place(workflow.origin),
        mermaid=f"{workflow.name}.mmd",
        rows=list(_rows(graph)),
        count=sum(1 for _ in graph.states()),
        placeholders=_placeholders(write(machine)),
        handled=_handled(graph),
        permissions=permissions,
        findings=[finding for finding in findings if finding.severity.value != "error"],
        place=_place,
    )


def text(value: str) -> str:
    """A text that shows as it is, in a paragraph or a cell of a table."""
    return _MARKUP.sub(r"\\\1", " ".join(labels.printable(value).split()))


def code(value: str) -> str:
    """A text as code, in a paragraph or a cell of a table, whatever is in it."""
    plain = " ".join(labels.printable(value).split()).replace("|", "\\|")
    fence = "`" * (max((len(run) for run in re.findall("`+", plain)), default=0) + 1)
    pad = " " if plain.startswith("`") or plain.endswith("`") else ""
    return f"{fence}{pad}{plain}{pad}{fence}" if plain else ""


def _place(origin: Origin) -> str:
    if not origin.file:
        return ""
    return f"{origin.file}:{origin.line}" if origin.line is not None else f"{origin.file} {origin.pointer}"


def _rows(graph: WorkflowGraph) -> Iterator[Row]:
    yield from _rows_of(graph.scopes[0], 0)


def _rows_of(scope: Scope, depth: int) -> Iterator[Row]:
    for state in flow_order(scope.flow):
        then = [edge.target for edge in edges(state) if edge.kind.value != "Catch"]
        retry = state.retry if isinstance(state, (Task, Parallel, Map)) else ()
        limit = labels.number(state.timeout_seconds, state.timeout_seconds_path) if isinstance(state, Task) else ""
        yield Row(
            name="&emsp;" * depth + f"**{text(state.name)}**",
            does=_does(state),
            then=" · ".join(text(name) for name in dict.fromkeys(then)) or "*ends*",
            retries=labels.attempts(retry),
            timeout=text(limit),
            source=code(_place(state.origin)),
        )
        for below in inner(scope, state):
            yield from _rows_of(below, depth + 1)


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
        case _:
            return {"Pass": "hands on a value", "Succeed": "ends well", "Fail": "ends with an error"}.get(kind, kind)


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


def _placeholders(value: Json) -> list[str]:
    """What the deployment substitutes, by name; pseudo parameters of CloudFormation are not among it."""
    found: set[str] = set()
    waiting = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, str):
            found.update(name for name in _PLACEHOLDER.findall(item) if not name.startswith("AWS::"))
        elif isinstance(item, dict):
            waiting += item.values()
        elif isinstance(item, list):
            waiting += item
    return sorted(found)
