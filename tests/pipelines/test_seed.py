"""The tables of the flows against the architecture itself, and the shipped pipelines as a whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from sfdsl.compile import compile_pipeline
from sfdsl.diagnostics import Severity
from sfdsl.load import pipeline_file
from tests.conftest import shared
from tests.pipelines.evidence import START, Around, Calls, Catch, Decides, Has, Retried
from tests.pipelines.evidence import Path as Way
from tests.pipelines.realised import PIPELINES, machine
from tests.pipelines.seed import sections
from tests.pipelines.tables import FLOWS, MODULES, edge_table

FILES = sorted(path for path in PIPELINES.glob("*.py") if not path.name.startswith("_"))


def test_the_tables_name_every_edge_of_every_diagram_and_no_other() -> None:
    diagrams = sections(shared("SEED.md").read_text(encoding="utf-8"))
    assert {title: len(edges) for title, edges in diagrams.items()} == {
        title: len(table) for title, (_, table) in FLOWS.items()
    }
    for title, edges in diagrams.items():
        assert list(FLOWS[title][1]) == edges, title  # in the order of the diagram, so that a reader can compare


def test_every_edge_is_realised_by_the_machine_or_has_a_reason_not_to_be() -> None:
    assert [(row.section, row.edges) for row in edge_table()] == [
        (row.section, row.in_machine + row.around) for row in edge_table()
    ]


def test_only_what_a_machine_cannot_do_itself_stands_around_it() -> None:
    around = {
        (section, edge[-1]): evidence.what
        for section, (_, table) in FLOWS.items()
        for edge, evidence in table.items()
        if isinstance(evidence, Around)
    }
    assert around == {
        ("State Machine Execution Flow", "Start Execution"): "schedule",
        ("State Machine Execution Flow", "Execution Complete"): "status event",
        ("State Machine Lifecycle Flow", "Start Execution"): "api",
        ("State Machine Lifecycle Flow", "Log State Result"): "logs",
    }


def test_every_pipeline_serves_a_flow() -> None:
    assert [path.stem for path in FILES] == sorted(module.__name__.rpartition(".test_")[2] for module in MODULES)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_shipped_pipeline_has_no_findings(path: Path) -> None:
    loaded = pipeline_file(path)
    compiled = [compile_pipeline(pipeline, emitting=False) for pipeline in loaded.pipelines]
    found = [*loaded.findings, *(finding for each in compiled for finding in each.findings)]
    assert [f"{f.origin} {f.code} {f.message}" for f in found if f.severity is not Severity.INFO] == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_shipped_pipeline_is_named_after_its_file_and_says_what_it_shows(path: Path) -> None:
    (pipeline,) = pipeline_file(path).pipelines
    title, _, rest = pipeline.documentation.partition("\n")
    assert pipeline.name in (path.stem, path.stem.replace("_", "-"))
    assert title.endswith(".") and len(title) <= 120 and len(rest) > 200


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_task_of_a_shipped_pipeline_has_a_timeout_and_the_execution_too(path: Path) -> None:
    (pipeline,) = pipeline_file(path).pipelines
    assert pipeline.timeout is not None
    tasks = {name: machine(path.stem).json(name) for name in machine(path.stem).states}
    assert [n for n, state in tasks.items() if state["Type"] == "Task" and "TimeoutSeconds" not in state] == []


@pytest.mark.parametrize(
    "evidence",
    [
        pytest.param(Way("Extract", "Validate"), id="a hop that is none"),
        pytest.param(Way(START, "Transform"), id="another start"),
        pytest.param(Way("Extract", "Park in dead letter queue"), id="a catch is no way without errors"),
        pytest.param(Catch("Extract", "Failed"), id="a catch to another handler"),
        pytest.param(Catch("Extract", "Park in dead letter queue", "States.Timeout"), id="a catch of another error"),
        pytest.param(Calls("Extract", "glue:startJobRun"), id="a call that does not wait"),
        pytest.param(Calls("Rows rejected?", "glue:startJobRun.sync"), id="no task at all"),
        pytest.param(Has("Load", ("Arguments", "JobName"), "orders-extract"), id="another value"),
        pytest.param(Has("Load", ("Arguments", "Arguments", "--nothing"), "x"), id="a field that is not there"),
        pytest.param(Retried("Extract", "Glue.AccessDeniedException"), id="an error that is not retried"),
        pytest.param(Retried("Extract", None, {"MaxAttempts": 5}), id="another number of attempts"),
        pytest.param(Decides("Failed"), id="a state without two ways"),
    ],
)
def test_evidence_that_is_not_so_is_told(evidence: Way | Catch | Calls | Has | Retried | Decides) -> None:
    assert list(evidence.missing(machine("orders_etl")))
