"""The machine as a Mermaid flowchart, which GitHub and most documentation tools draw."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from attrs import evolve

from sfdsl.emit.diagram import CATCH_LINE, PALETTE, Arrow, ArrowKind, Box, Diagram, Frame, Kind
from sfdsl.emit.drawing import draw
from sfdsl.graph import WorkflowGraph

__all__ = ["emit"]

_SHAPES: Final[dict[Kind, tuple[str, str]]] = {
    Kind.START: ("([", "])"),
    Kind.END: ("([", "])"),
    Kind.TASK: ("[", "]"),
    Kind.PASS: ("(", ")"),
    Kind.WAIT: ("{{", "}}"),
    Kind.CHOICE: ("{", "}"),
    Kind.SUCCEED: ("([", "])"),
    Kind.FAIL: ("([", "])"),
    Kind.ENTRY: ("([", "])"),
    Kind.ERRORS: ("[", "]"),
    Kind.UNKNOWN: ("[", "]"),
}

# Labels come in lines already; left to itself Mermaid would break them again.
_SETTINGS: Final = '%%{init: {"flowchart": {"wrappingWidth": 400}}}%%'

_ARROW_WIDTH: Final = 22
"""Characters that surely fit into the 200 pixels that Mermaid gives the label of an arrow."""


def emit(graph: WorkflowGraph) -> str:
    """The machine as a flowchart: states in flow order, then the arrows, then the colours; ends in a newline."""
    diagram = draw(graph)
    frames = list(diagram.frames.values())
    arrows = list(_ways(diagram))
    used = {box.paint for box in diagram.boxes()} | {frame.kind for frame in frames}
    joins = {arrow.head for arrow in arrows}
    lines = [_SETTINGS, "flowchart TD", *_parts(diagram.machine, "    ", joins), ""]
    lines += (f"    {_arrow(arrow)}" for arrow in arrows)
    lines.append("")
    for kind, paint in PALETTE.items():
        if kind in used:
            dashes = ",stroke-dasharray:4 3" if kind in (Kind.BRANCH, Kind.ERRORS, Kind.UNKNOWN) else ""
            lines.append(f"    classDef {kind.value} fill:{paint.fill},stroke:{paint.line},color:{paint.text}{dashes}")
    for kind in (Kind.PARALLEL, Kind.MAP, Kind.BRANCH):
        ids = [frame.id for frame in frames if frame.kind is kind and (frame.entry is not None or frame.parts)]
        if ids:
            lines.append(f"    class {','.join(ids)} {kind.value}")
    catches = [str(i) for i, arrow in enumerate(arrows) if arrow.kind is ArrowKind.CATCH]
    if catches:
        lines.append(f"    linkStyle {','.join(catches)} stroke:{CATCH_LINE},stroke-dasharray:6 4,color:{CATCH_LINE}")
    return "\n".join(lines) + "\n"


def _ways(diagram: Diagram) -> Iterator[Arrow]:
    """Every arrow, from box to box.

    Mermaid has arrows between subgraphs too, but fails to lay out many a diagram in which these are nested.
    """
    for frame in diagram.frames.values():
        joined: set[str] = set()
        for arrow in frame.arrows:
            tail, head = diagram.frames.get(arrow.tail), diagram.frames.get(arrow.head)
            label = head.name if head is not None and head.kind is Kind.BRANCH else arrow.label
            while head is not None and head.start is not None:
                arrow = evolve(arrow, head=head.start, label=label)
                head = diagram.frames.get(head.start)
            if head is not None:  # a branch that holds nothing
                continue
            if tail is None:
                yield arrow
                continue
            if tail.id not in joined:
                yield from _join(tail)
                joined.add(tail.id)
            yield evolve(arrow, tail=_exit(tail, arrow.kind))


def _exit(frame: Frame, kind: ArrowKind) -> str:
    """The box that an arrow leaves a frame from: errors are the frame's own, whatever state they come from."""
    last = _normal_ends(frame)
    if frame.entry is not None and (kind is ArrowKind.CATCH or not last):
        return frame.entry.id
    return last[0].id if len(last) == 1 else frame.exit


def _join(frame: Frame) -> Iterator[Arrow]:
    """From the several ends of a frame to the point that it is left from."""
    last = _normal_ends(frame)
    if len(last) > 1:
        for box in last:
            yield Arrow(tail=box.id, head=frame.exit, kind=ArrowKind.NEXT)


def _normal_ends(frame: Frame) -> list[Box]:
    return [box for box in frame.last() if box.kind is not Kind.FAIL]


def _parts(frame: Frame, indent: str, joins: set[str]) -> Iterator[str]:
    if frame.entry is not None:
        # The name stands in the entry: a title of the subgraph would lie under the arrow that comes in.
        yield f"{indent}{_box(evolve(frame.entry, name=frame.name, detail=(*frame.entry.name, *frame.entry.detail)))}"
    for part in frame.parts:
        if isinstance(part, Box):
            yield f"{indent}{_box(part)}"
        elif part.entry is not None or part.parts:
            yield f'{indent}subgraph {part.id}[" "]'
            yield from _parts(part, indent + "    ", joins)
            yield f"{indent}end"
    if frame.exit in joins:
        yield f"{indent}{frame.exit}(( )):::entry"


def _box(box: Box) -> str:
    lines = [f"<b>{text(line)}</b>" for line in box.name]
    lines += map(text, box.detail)
    lines += map(text, box.badge_lines(" · "))
    opening, closing = _SHAPES[box.kind]
    return f'{box.id}{opening}"{_label(lines, box.id)}"{closing}:::{box.paint.value}'


def _arrow(arrow: Arrow) -> str:
    line = "-.->" if arrow.kind is ArrowKind.CATCH else "-->"
    # Mermaid would break these lines again, whatever the settings say about labels.
    lines = (text(part).replace(" ", "#nbsp;") if len(part) > _ARROW_WIDTH else text(part) for part in arrow.label)
    label = f'|"{_label(lines, arrow.tail, arrow.head)}"|' if arrow.label else ""
    return f"{arrow.tail} {line}{label} {arrow.head}"


# What Mermaid, the Markdown in it or the HTML it makes could read as more than a character.
_SPECIAL = re.compile(
    r"""["#;<>&`*~|\\]"""
    r"|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])"  # emphasis
    r"|(?<=\])\("  # a link
    r"|:(?=//)|@|(?<=www)\."  # an address that becomes a link
    r"|%(?=[%{])|(?<=%)%"  # a comment, a directive
    r"|^[-+=](?=\s|$)|(?<=^\d)[.)]|(?<=^\d\d)[.)]|(?<=^\d\d\d)[.)]"  # a list
)
# What Mermaid reads after it has decoded entities: a formula, an icon, a line break, the end of an entity.
# A space without width parts the two halves, and nothing shows of it.
_PARTED = re.compile(
    r"(?<=\$)(?=\$)|(?<=[fF][aA]:)(?=fa)|(?<=[fF][aA][bklrsBKLRS]:)(?=fa)|(?<=\\)(?=n)|(?<=\u00b6)(?=\u00df)"
)
_NAMED: Final = {'"': "#quot;", "<": "#lt;", ">": "#gt;", "&": "#amp;"}


def text(line: str) -> str:
    """A line of text inside a quoted label of Mermaid: exactly its characters are shown."""
    # The ligature is Mermaid's own, as the beginning of an entity.
    parted = _PARTED.sub("\u200b", line.replace("\ufb02", "fl"))
    return _SPECIAL.sub(_entity, parted).replace("\u200b", "#8203;")


def _label(lines: Iterable[str], *ids: str) -> str:
    """Escaped lines as one label of a line of Mermaid that has these ids."""
    label = "<br/>".join(lines)
    # Mermaid takes the last semicolon, here an entity's, from a line with one of these words, a colon and then a `#`.
    if "#" in label and re.search("style|classDef", " ".join((*ids, label))):
        return label.replace(":", "#58;")
    return label


def _entity(found: re.Match[str]) -> str:
    char = found[0]
    return _NAMED.get(char) or f"#{ord(char)};"
