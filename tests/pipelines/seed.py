"""The edges of the architecture's diagrams, read from ../shared/SEED.md."""

from __future__ import annotations

import re
from typing import TypeAlias

Edge: TypeAlias = "tuple[str, ...]"
"""From, to, and the label or message where there is one."""

_NODE = r"(\w+)(?:\[([^\]]*)\]|\{([^}]*)\})?"
_ARROW = re.compile(rf"\s*{_NODE}\s*-->\s*(?:\|([^|]*)\|\s*)?{_NODE}\s*")
_PARTICIPANT = re.compile(r"\s*participant (\w+) as (.+?)\s*")
_MESSAGE = re.compile(r"\s*(\w+)-?->>(\w+):\s*(.+?)\s*")


def sections(text: str) -> dict[str, list[Edge]]:
    """The edges of each section's diagram in their order, by the title of the section."""
    found: dict[str, list[Edge]] = {}
    for part in text.split("\n## ")[1:]:
        title, _, rest = part.partition("\n")
        diagram = rest.partition("```mermaid\n")[2].partition("```")[0]
        found[title.strip()] = _flowchart(diagram) if diagram.startswith("flowchart") else _sequence(diagram)
    return found


def _flowchart(diagram: str) -> list[Edge]:
    arrows = [match for line in diagram.splitlines() if (match := _ARROW.fullmatch(line))]
    assert len(arrows) == diagram.count("-->")  # nothing was overlooked
    names: dict[str, str] = {}
    for arrow in arrows:
        for key, box, rhombus in (arrow.group(1, 2, 3), arrow.group(5, 6, 7)):
            names.setdefault(key, box or rhombus or names.get(key, ""))
    return [(names[arrow[1]], names[arrow[5]], *([arrow[4]] if arrow[4] else [])) for arrow in arrows]


def _sequence(diagram: str) -> list[Edge]:
    lines = diagram.splitlines()
    names = {match[1]: match[2] for line in lines if (match := _PARTICIPANT.fullmatch(line))}
    messages = [match for line in lines if (match := _MESSAGE.fullmatch(line))]
    assert len(messages) == diagram.count("->>")
    return [(names[match[1]], names[match[2]], match[3]) for match in messages]
