"""Whether a pipeline's machine has what a table says, and the table of all flows."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

import pytest

from sfdsl.dsl.lower import lower
from sfdsl.dsl.pipeline import Pipeline
from sfdsl.load import pipeline_file
from tests.conftest import ROOT
from tests.pipelines.evidence import Around, Machine, Table, evidences

PIPELINES = ROOT / "pipelines"


@functools.cache
def shipped(stem: str) -> Pipeline:
    """A shipped pipeline, by the stem of its file."""
    loaded = pipeline_file(PIPELINES / f"{stem}.py")
    assert loaded.findings == ()
    (pipeline,) = loaded.pipelines
    return pipeline


@functools.cache
def machine(stem: str) -> Machine:
    """The compiled machine of a shipped pipeline, by the stem of its file."""
    lowered = lower(shipped(stem))
    assert lowered.findings == ()
    assert lowered.workflow is not None
    return Machine(lowered.workflow)


def each_edge(flows: dict[str, Table]) -> Any:
    """Parameters `section` and `edge` for a test of every edge."""
    cases = [
        pytest.param(section, edge, id=f"{' -> '.join(edge[:2])}{': ' + edge[2] if len(edge) > 2 else ''}")
        for section, table in flows.items()
        for edge in table
    ]
    return pytest.mark.parametrize(("section", "edge"), cases)


def missing(file: str, table: Table, edge: tuple[str, ...]) -> list[str]:
    """What the machine of the pipeline that a test file is named after does not have; a misspelt state is told first."""
    found = machine(Path(file).stem.removeprefix("test_"))
    names = [name for evidence in evidences(table[edge]) for name in evidence.names() if name not in found.states]
    return [f"there is no state {name!r}" for name in names] or [
        fault for evidence in evidences(table[edge]) for fault in evidence.missing(found)
    ]


def is_around(table: Table, edge: tuple[str, ...]) -> bool:
    """Whether only something around the machine realises an edge."""
    return all(isinstance(evidence, Around) for evidence in evidences(table[edge]))
