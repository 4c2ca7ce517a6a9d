"""What the documentation shows works as shown."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sfdsl.compile import compile_pipeline
from sfdsl.diagnostics import as_text
from sfdsl.load import pipeline_file
from sfdsl.starter import file_name, problem_of, starter

ROOT = Path(__file__).resolve().parent.parent
BLOCKS = [
    pytest.param(block, id=f"{file}-{i}")
    for file in ("README.md", "docs/authoring.md")
    for i, block in enumerate(re.findall(r"```python\n(.*?)```", (ROOT / file).read_text(encoding="utf-8"), re.DOTALL))
]


def compiled(path: Path, text: str) -> None:
    (path.parent / "pyproject.toml").write_text("")
    path.write_text(text, encoding="utf-8")
    loaded = pipeline_file(path)
    assert as_text(loaded.findings) == ""
    for pipeline in loaded.pipelines:
        done = compile_pipeline(pipeline)
        assert as_text([f for f in done.findings if f.severity.value != "info"]) == ""
        assert f"{pipeline.name}/{pipeline.name}.asl.json" in done.files


@pytest.mark.parametrize("block", BLOCKS)
def test_every_pipeline_of_the_documentation_compiles(block: str, tmp_path: Path) -> None:
    compiled(tmp_path / "example.py", block)


@pytest.mark.parametrize("name", ["orders", "daily-sales", "Class", "x_1"])
def test_the_starter_compiles_as_it_is(name: str, tmp_path: Path) -> None:
    assert problem_of(name) == ""
    compiled(tmp_path / file_name(name), starter(name))


@pytest.mark.parametrize("name", ["", "1st", "a b", "a/b", "x" * 81])
def test_a_name_that_cannot_be_is_refused(name: str) -> None:
    assert "is no pipeline name" in problem_of(name)
