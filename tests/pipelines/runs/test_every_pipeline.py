"""Every shipped pipeline has its stories here. `make test` fails where they leave a way of one untaken."""

from __future__ import annotations

from pathlib import Path

from tests.conftest import ROOT

HERE = Path(__file__).parent


def test_every_shipped_pipeline_has_a_file_of_stories() -> None:
    shipped = {path.stem for path in (ROOT / "pipelines").glob("*.py")}
    assert shipped <= {path.stem.removeprefix("test_") for path in HERE.glob("test_*.py")}


def test_the_tests_of_the_project_are_held_to_full_path_coverage() -> None:
    (command,) = [line for line in (ROOT / "Makefile").read_text().splitlines() if '-m "not campaign"' in line]
    assert "--sfdsl-cov=pipelines --sfdsl-cov-fail-under=100" in command
