"""Print which pipeline serves which section of the architecture, and how many edges of its diagram are realised.

Run it from the checkout: python benchmarks/seed_edges.py
"""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def main() -> None:
    """Print the table as Markdown."""
    sys.path.insert(0, str(ROOT))
    from tests.pipelines.tables import edge_table

    rows = edge_table()
    print("| Section | Pipeline | Edges in the diagram | In the machine | Around it | Realised |")
    print("|---|---|---:|---:|---:|---:|")
    for row in rows:
        done = row.in_machine + row.around
        print(f"| {row.section} | {row.pipeline} | {row.edges} | {row.in_machine} | {row.around} | {done} |")
    pipelines = len({row.pipeline for row in rows})
    edges, inside, around = (sum(getattr(row, name) for row in rows) for name in ("edges", "in_machine", "around"))
    print(f"| all | {pipelines} pipelines | {edges} | {inside} | {around} | {inside + around} |")


if __name__ == "__main__":
    main()
