"""The machine as Graphviz DOT, and the SVG picture that is drawn of it."""

from __future__ import annotations

import re
import shutil
import sys
import unicodedata
from pathlib import Path
from typing import Any, Final

from attrs import evolve, frozen

from sfdsl.emit.diagram import CATCH_LINE, LINE, MUTED, PALETTE, Arrow, ArrowKind, Box, Diagram, Frame, Kind
from sfdsl.emit.drawing import draw
from sfdsl.graph import WorkflowGraph

__all__ = ["CannotDraw", "emit", "svg"]

# Graphviz measures texts by the metrics of the font's first name; with a list of names it would measure Times.
FONT: Final = "Helvetica"
FAMILY: Final = "Helvetica,Arial,sans-serif"
NAME_SIZE: Final = 11
SMALL_SIZE: Final = 9

MOST_BOXES: Final = 1_000
MOST_SPREAD: Final = 15_000
"""Beyond either there is no picture. Source: measured, 1.6 s for a spread of 20,000, 7 s for 45,000."""
FINE_SPREAD: Final = 1_500
"""Beyond it, the layout is quicker and less fine. Source: measured, 0.3 s for 1,250 otherwise, 36 s for 5,000."""
_TOO_LARGE: Final = "Too large for a picture"

_SHAPES: Final[dict[Kind, dict[str, str]]] = {
    Kind.START: {"shape": "box", "style": "rounded,filled"},
    Kind.END: {"shape": "box", "style": "rounded,filled"},
    Kind.TASK: {},
    Kind.PASS: {"style": "filled"},
    Kind.WAIT: {"shape": "hexagon", "style": "filled", "margin": "0.02,0.05"},
    Kind.CHOICE: {"shape": "diamond", "style": "filled", "margin": "0.03,0.03"},
    Kind.SUCCEED: {"style": "rounded,filled"},
    Kind.FAIL: {"style": "rounded,filled"},
    Kind.ENTRY: {"style": "rounded,filled"},
    Kind.ERRORS: {"style": "dashed,filled"},
    Kind.UNKNOWN: {"style": "dashed,filled"},
}


class CannotDraw(RuntimeError):
    """There is no Graphviz to draw with, or it refused the text."""


def emit(graph: WorkflowGraph) -> str:
    """The machine as DOT: clusters for Parallels, branches and Maps, dashed red arrows for errors."""
    from graphviz import Digraph, escape

    diagram = draw(graph)
    boxes, spread = sum(1 for _ in diagram.boxes()), diagram.spread
    large = boxes > MOST_BOXES or spread > MOST_SPREAD
    dot = Digraph(name=escape(diagram.title), comment=f"{_TOO_LARGE}: {boxes:,} boxes" if large else None)
    quick = {"mclimit": "0.1", "nslimit": "0.5", "splines": "line"} if spread > FINE_SPREAD else {}
    dot.attr("graph", bgcolor="white", compound="true", fontname=FONT, nodesep="0.35", pad="0.2", ranksep="0.4",
             **quick)  # fmt: skip
    dot.attr("node", fontname=FONT, fontsize=str(NAME_SIZE), height="0.4", margin="0.14,0.07", shape="box",
             style="rounded,filled")  # fmt: skip
    # The way without errors is drawn straightest and shortest: it weighs more than catches and invisible edges.
    dot.attr("edge", arrowsize="0.7", color=LINE, fontcolor=MUTED, fontname=FONT, fontsize=str(SMALL_SIZE), weight="4")
    leaving = {arrow.tail for arrow in diagram.arrows()} & set(diagram.frames)
    exits = {name: _exit(diagram.frames[name]) for name in leaving}
    _frame(dot, diagram.machine, diagram, exits)
    return str(dot.source)


@frozen
class _Exit:
    """The node that arrows leave a frame from, and what stays above it; nothing where it is the last box itself."""

    node: str
    below: tuple[str, ...] = ()


def _exit(frame: Frame) -> _Exit:
    last = tuple(box.id for box in frame.last())
    return _Exit(last[0]) if len(last) == 1 else _Exit(frame.exit, last)


def _frame(dot: Any, frame: Frame, diagram: Diagram, exits: dict[str, _Exit]) -> None:
    """What a frame holds, and its arrows: those of a cluster stand in it, so that their texts stay inside."""
    if frame.entry is not None:
        _box(dot, frame.entry)
    for part in frame.parts:
        if isinstance(part, Box):
            _box(dot, part)
        else:
            with dot.subgraph(name=_cluster(part)) as below:
                below.attr("graph", **_cluster_look(part))
                _frame(below, part, diagram, exits)
    for arrow in frame.arrows:
        _arrow(dot, arrow, diagram, exits)
    if frame.id in exits and exits[frame.id].below:
        # An unseen point under all the ends of the frame, so that what follows the frame is drawn below it.
        out = exits[frame.id]
        dot.node(out.node, label="", shape="point", style="invis", width="0.01", height="0.01")
        for end in out.below:
            dot.edge(end, out.node, style="invis", weight="1")


def _box(dot: Any, box: Box) -> None:
    paint = PALETTE[box.paint]
    dot.node(box.id, label=_label(box), color=paint.line, fillcolor=paint.fill, fontcolor=paint.text,
             **_SHAPES[box.kind])  # fmt: skip


def _cluster_look(frame: Frame) -> dict[str, str]:
    paint = PALETTE[frame.kind]
    look = {"color": paint.line, "fillcolor": paint.fill}
    if frame.kind is Kind.BRANCH:
        # At the foot, where no arrow comes in.
        return look | {"fontcolor": MUTED, "fontsize": str(SMALL_SIZE), "label": frame.name[0], "labeljust": "l",
                       "labelloc": "b", "margin": "8", "style": "rounded,filled,dashed"}  # fmt: skip
    label = _rows([(line, NAME_SIZE, True) for line in frame.name])
    return look | {"fontcolor": paint.text, "fontsize": str(NAME_SIZE), "label": label, "labeljust": "c",
                   "labelloc": "t", "margin": "12", "style": "rounded,filled"}  # fmt: skip


def _arrow(dot: Any, arrow: Arrow, diagram: Diagram, exits: dict[str, _Exit]) -> None:
    look: dict[str, str] = {}
    tail, head = diagram.frames.get(arrow.tail), diagram.frames.get(arrow.head)
    if head is not None and head.kind is Kind.BRANCH:
        # Into a branch means to the state that it starts with; that is a frame where it is a Parallel or Map.
        if head.start is None:
            return
        arrow, head = evolve(arrow, head=head.start), diagram.frames.get(head.start)
    ends = [arrow.tail if tail is None else exits[tail.id].node, arrow.head]
    if head is not None and head.entry is not None:
        ends[1] = head.entry.id
    clusters = [None, None] if tail is head else [tail, head]
    if arrow.label:
        # Graphviz puts the text right beside the line; the spaces keep it off.
        look["label"] = "\\n".join(f"  {_plain(line)}  " for line in arrow.label)
    if arrow.kind is ArrowKind.CATCH:
        look |= {"color": CATCH_LINE, "fontcolor": CATCH_LINE, "style": "dashed", "weight": "1"}
    if arrow.back and ends[0] != ends[1]:
        # Left to find the loops by itself, Graphviz may put the start below what it leads to.
        ends.reverse()
        clusters.reverse()
        look |= {"dir": "back", "weight": "1"}
    for key, frame in zip(("ltail", "lhead"), clusters, strict=True):
        if frame is not None:
            look[key] = _cluster(frame)
    dot.edge(*ends, **look)


def _cluster(frame: Frame) -> str:
    return f"cluster_{frame.id}"


def _label(box: Box) -> str:
    bold = box.kind is not Kind.ENTRY
    lines = [(line, NAME_SIZE, bold) for line in box.name]
    lines += ((line, SMALL_SIZE, False) for line in (*box.detail, *box.badge_lines("   ")))
    return _rows(lines)


def _rows(lines: list[tuple[str, int, bool]]) -> str:
    """Lines of text, size and weight as an HTML-like label."""
    rows = [_styled(text, size, bold) for text, size, bold in lines]
    if all(text.isascii() for text, _, _ in lines) or max(_wider(*line) for line in lines) <= 4:
        return f"<{'<br/>'.join(rows)}>"
    # Graphviz has no metrics beyond ASCII and would let such text run out of its box, so each line is told its width.
    cells = "".join(
        f'<tr><td width="{_width(text, size, bold):.0f}">{row}</td></tr>'
        for (text, size, bold), row in zip(lines, rows, strict=True)
    )
    return f'<<table border="0" cellborder="0" cellspacing="0" cellpadding="0">{cells}</table>>'


def _styled(text: str, size: int, bold: bool) -> str:
    row = _xml(text)
    if size != NAME_SIZE:
        # The spaces in the larger size keep the line at a distance from the one above.
        row = f' <font point-size="{size}" color="{MUTED}">{row}</font> '
    return f"<b>{row}</b>" if bold else row


def _xml(text: str) -> str:
    """A text inside an HTML-like label, where a single backslash before N still means the name of the node."""
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
    return escaped.replace("\\", "\\\\")


def _plain(text: str) -> str:
    """A text inside a quoted label: Graphviz reads entities and backslashes in it."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace("\\", "\\\\")


def _width(text: str, size: int, bold: bool) -> float:
    """About how many points wide a text is."""
    ems = sum(_em(char) for char in text)
    return ems * size * (1.06 if bold else 1.0)


def _em(char: str) -> float:
    if char.isascii():
        return 0.56
    if unicodedata.category(char) in ("Mn", "Me", "Cf"):
        return 0.0
    return 1.05 if unicodedata.east_asian_width(char) in ("W", "F") or char > "\uffff" else 0.62


def _wider(text: str, size: int, bold: bool) -> float:
    """How many points the text is wider than Graphviz reckons: a space for each byte beyond ASCII."""
    reckoned = sum(0.56 if char.isascii() else 0.278 * len(char.encode()) for char in text) * size
    return _width(text, size, bold) - reckoned * (1.06 if bold else 1.0)


def svg(dot: str) -> str:
    """The picture of a DOT text, without the name and version of what drew it.

    Where `emit` found the machine too large, the picture says just that: nobody could read it, and drawing it takes
    longer than all else together.

    Drawn by the program of the pip package graphviz-pure, which gives the same bytes on every platform; by an
    installed Graphviz where that is missing, whose pictures differ a little from version to version.

    Raises:
        CannotDraw: Neither is there, or the text is no DOT.
    """
    import subprocess

    if dot.startswith(f"// {_TOO_LARGE}"):
        return _notice(dot.partition("\n")[0].removeprefix("// "))
    program = _program()
    if program is None:
        raise CannotDraw(
            "no Graphviz to draw with: `pip install graphviz-pure`, or install Graphviz so that `dot` runs"
        )
    done = subprocess.run([program, "-Tsvg"], input=dot.encode(), capture_output=True, check=False)
    if done.returncode != 0:
        raise CannotDraw(f"{Path(program).name}: {done.stderr.decode(errors='replace').strip()}")
    return _clean(done.stdout.decode())


def _notice(text: str) -> str:
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="no"?>\n'
        '<svg width="360pt" height="60pt" viewBox="0 0 360 60" xmlns="http://www.w3.org/2000/svg">\n'
        '<rect width="360" height="60" fill="white"/>\n'
        f'<text x="180" y="34" text-anchor="middle" font-family="{FAMILY}" font-size="11" fill="{MUTED}">'
        f"{_xml(text)}</text>\n</svg>\n"
    )


_NOISE = re.compile(r"<!--.*?-->\s*?\n|<!DOCTYPE[^>]*>\n", re.DOTALL)

_SPACER = re.compile(r"<text [^>]*> </text>\n")


def _clean(picture: str) -> str:
    text = _SPACER.sub("", _NOISE.sub("", picture.replace("\r\n", "\n")))
    return re.sub(r'font-family="Helvetica[^"]*"', f'font-family="{FAMILY}"', text)


def _program() -> str | None:
    """The program that draws: the one installed with this package first, then whatever is on the PATH."""
    name = "graphviz-pure.exe" if sys.platform == "win32" else "graphviz-pure"
    beside = Path(sys.executable).parent / name
    if beside.exists():
        return str(beside)
    return _installed(name) or shutil.which("graphviz-pure") or shutil.which("dot")


def _installed(name: str) -> str | None:
    """The program where pip says that it put it; for installations that have no scripts beside the interpreter."""
    from importlib.metadata import PackageNotFoundError, files

    try:
        found = [Path(str(file.locate())) for file in files("graphviz-pure") or () if file.name == name]
    except PackageNotFoundError:
        return None
    return next((str(path.resolve()) for path in found if path.exists()), None)
