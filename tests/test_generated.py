"""What is committed in generated/ is what pipelines/ compile to."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from sfdsl.compile import Compiled, Costing, compile_pipeline, rules_page
from sfdsl.load import pipeline_file, profile_of, traffic

ROOT = Path(__file__).resolve().parent.parent
GENERATED = ROOT / "generated"
PIPELINES = sorted((ROOT / "pipelines").glob("[!_]*.py"))


def compiled(path: Path) -> list[Compiled]:
    found = []
    for pipeline in pipeline_file(path).pipelines:
        told = traffic(profile_of(path.parent, pipeline.name))
        assert told.findings == ()
        found.append(compile_pipeline(pipeline, costing=Costing(profile=told.profile, measured=told.measured)))
    return found


@pytest.mark.parametrize("path", PIPELINES, ids=lambda path: path.stem)
def test_committed_output_is_what_the_pipeline_compiles_to(path: Path) -> None:
    for each in compiled(path):
        folders = [GENERATED / machine.name for machine in each.machines]
        committed = {file.relative_to(GENERATED).as_posix() for folder in folders for file in folder.iterdir()}
        assert set(each.files) == committed
        for name, text in each.files.items():
            assert text == (GENERATED / name).read_text(encoding="utf-8"), "run `sfdsl compile` and review the diff"


def test_the_page_of_all_rules_is_what_their_docstrings_say() -> None:
    assert (GENERATED / "rules.md").read_text(encoding="utf-8") == rules_page()


def test_nothing_else_is_committed() -> None:
    names = {machine.name for path in PIPELINES for each in compiled(path) for machine in each.machines}
    assert {path.name for path in GENERATED.iterdir()} == {*names, "rules.md"}


@pytest.mark.parametrize("seed", ["1", "2"])
def test_output_does_not_depend_on_the_order_of_sets(seed: str) -> None:
    command = [sys.executable, "-m", "sfdsl.cli", "compile", "--check"]
    done = subprocess.run(
        command, cwd=ROOT, env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout
