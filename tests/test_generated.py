"""What is committed in generated/ is what pipelines/ compile to."""

from __future__ import annotations

from pathlib import Path

import pytest

from sfdsl.compile import compile_pipeline, rules
from sfdsl.emit.rules import emit
from sfdsl.load import pipeline_file

ROOT = Path(__file__).resolve().parent.parent
GENERATED = ROOT / "generated"
PIPELINES = sorted((ROOT / "pipelines").glob("[!_]*.py"))


@pytest.mark.parametrize("path", PIPELINES, ids=lambda path: path.stem)
def test_committed_output_is_what_the_pipeline_compiles_to(path: Path) -> None:
    for pipeline in pipeline_file(path).pipelines:
        compiled = compile_pipeline(pipeline)
        committed = {path.name for path in (GENERATED / compiled.name).iterdir()}
        assert {Path(name).name for name in compiled.files} == committed
        for name, text in compiled.files.items():
            assert text == (GENERATED / name).read_text(encoding="utf-8"), "run `sfdsl compile` and review the diff"


def test_the_page_of_all_rules_is_what_their_docstrings_say() -> None:
    assert (GENERATED / "rules.md").read_text(encoding="utf-8") == emit(rules())


def test_nothing_else_is_committed() -> None:
    names = {path.stem.replace("_", "-") for path in PIPELINES}
    assert {path.name for path in GENERATED.iterdir()} == {*names, "rules.md"}
