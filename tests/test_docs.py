"""What the documentation shows works as shown."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from sfdsl.compile import compile_pipeline
from sfdsl.diagnostics import as_text
from sfdsl.load import pipeline_file
from sfdsl.starter import file_name, problem_of, starter
from sfdsl.testing import simulate

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


# -- docs/testing.md: a project of its own ----------------------------------------------------------------------------

TESTING = (ROOT / "docs/testing.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files that docs/testing.md shows, where it says that they are."""
    folder = tmp_path_factory.mktemp("project")
    (folder / "pyproject.toml").write_text("")
    files = re.findall(r"```python\n# (\S+)\n(.*?)```", TESTING, re.DOTALL)
    files += re.findall(r"```json (\S+)\n(.*?)```", TESTING, re.DOTALL)
    for name, text in files:
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    assert [name for name, _ in files] == [
        "pipelines/orders.py", "tests/test_orders.py", "tests/test_rows.py", "mocks.json",
    ]  # fmt: skip
    return folder


def shell(folder: Path, module: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", module, *arguments]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


CONSOLE = re.findall(r"```console\n\$ (.*?)\n(.*?)```", TESTING, re.DOTALL)


def test_the_tests_of_the_documentation_pass_and_take_every_way(project: Path) -> None:
    full = ("--sfdsl-cov=pipelines", "--sfdsl-cov-fail-under=100", "-W", "error::sfdsl.testing.MockWarning")
    done = shell(project, "pytest", "-p", "no:cacheprovider", *full)
    assert done.returncode == 0, done.stdout
    assert re.search(r"^orders +\d+ .* 100.0%$", done.stdout, re.MULTILINE)


@pytest.mark.parametrize(("command", "shown"), CONSOLE, ids=[command.split()[0] for command, _ in CONSOLE])
def test_the_documentation_shows_what_commands_print(project: Path, command: str, shown: str) -> None:
    name, *arguments = shlex.split(command)
    done = shell(project, {"pytest": "pytest", "sfdsl": "sfdsl.cli"}[name], *arguments)
    assert shown in done.stdout, done.stdout + done.stderr


def test_the_documentation_lists_every_attribute_of_a_run() -> None:
    documented = set(re.findall(r"`(\w+)", TESTING.split("## What a run tells")[1].split("##")[0]))
    public = {name for name in vars(simulate({"StartAt": "A", "States": {"A": {"Type": "Succeed"}}})) if name[0] != "_"}
    assert public - {"execution", "taken"} <= documented
