"""Imports point one way, and `import sfdsl` stays light."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent / "sfdsl"
LAYERS: dict[str, int] = {
    "origin": 0, "toml": 0, "diagnostics": 1, "jsonata": 1, "jsonata_text": 1, "jsonpath": 1, "dominance": 1, "aws": 2, "fn": 2,
    "model": 3, "graph": 4, "permissions": 5, "operations": 5,
    "dsl": 6, "etl": 7, "adopt": 6, "checks": 6, "cost": 6, "emit": 6, "simulate": 6,
    "settings": 7, "load": 7, "starter": 7, "compile": 8, "testing": 9, "pytest_plugin": 10, "cli": 10, "__init__": 8,
}  # fmt: skip
"""A part imports from parts of a lower layer and from itself; of its own layer only where `BESIDE` says so."""
BESIDE: set[tuple[str, str]] = set()


def parts() -> list[Path]:
    return sorted(ROOT.rglob("*.py"))


def part(path: Path) -> str:
    return path.relative_to(ROOT).parts[0].removesuffix(".py")


def imported(path: Path) -> set[str]:
    """The parts of sfdsl that a module imports, wherever in it."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names = []
        if isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            names = [f"{node.module}.{alias.name}" if node.module == "sfdsl" else node.module for alias in node.names]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        for name in names:
            first, _, rest = name.partition(".")
            if first == "sfdsl":
                below = rest.partition(".")[0]
                found.add(below if below in LAYERS else "__init__")
    return found


@pytest.mark.parametrize("path", parts(), ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_point_one_way(path: Path) -> None:
    own = part(path)
    wrong = {
        other for other in imported(path) - {own}
        if not (LAYERS[other] < LAYERS[own] or (own, other) in BESIDE or other == "__init__")
    }  # fmt: skip
    assert wrong == set(), f"{own} must not import {', '.join(sorted(wrong))}"


def test_only_the_graph_imports_networkx() -> None:
    users = {
        part(path)
        for path in parts()
        if any("networkx" in ast.unparse(node) for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
               if isinstance(node, (ast.Import, ast.ImportFrom)))
    }  # fmt: skip
    assert users <= {"graph"}


def test_import_sfdsl_loads_nothing_heavy() -> None:
    heavy = ("networkx", "botocore", "jinja2", "graphviz", "jsonata", "click", "rich", "stepfunctions")
    code = f"import sys, sfdsl; print([name for name in {heavy!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_aws_stays_the_authors_object_whatever_is_imported_later() -> None:
    code = (
        "import sfdsl, sfdsl.cli, sfdsl.compile, sfdsl.aws.services, sfdsl.aws.errors\n"
        "from sfdsl import aws\nprint(repr(aws.glue.start_job_run.sync))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "aws.glue.start_job_run.sync"
