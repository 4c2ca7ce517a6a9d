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


# -- docs/testing.md and docs/cost.md: a project each ------------------------------------------------------------------

FILES = {
    "testing": ["pipelines/orders.py", "tests/test_orders.py", "tests/test_rows.py", "mocks.json"],
    "cost": ["pipelines/payments.py", "pipelines/payments.profile.toml", "pyproject.toml"],
}
PAGES = {name: (ROOT / f"docs/{name}.md").read_text(encoding="utf-8") for name in FILES}
TESTING = PAGES["testing"]


@pytest.fixture(scope="module")
def projects(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The files that a page shows, where it says that they are."""
    return {name: written(tmp_path_factory.mktemp(name), page, FILES[name]) for name, page in PAGES.items()}


def written(folder: Path, page: str, expected: list[str]) -> Path:
    (folder / "pyproject.toml").write_text("")
    files = re.findall(r"```python\n# (\S+)\n(.*?)```", page, re.DOTALL)
    files += re.findall(r"```(?:json|toml) (\S+)\n(.*?)```", page, re.DOTALL)
    for name, text in files:
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    assert [name for name, _ in files] == expected
    return folder


def shell(folder: Path, module: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", module, *arguments]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


CONSOLE = [
    pytest.param(name, *shown, id=f"{name}: {shown[0]}")
    for name, page in PAGES.items()
    for shown in re.findall(r"```console\n\$ (.*?)\n(.*?)```", page, re.DOTALL)
]


def test_the_tests_of_the_documentation_pass_and_take_every_way(projects: dict[str, Path]) -> None:
    full = ("--sfdsl-cov=pipelines", "--sfdsl-cov-fail-under=100", "-W", "error::sfdsl.testing.MockWarning")
    done = shell(projects["testing"], "pytest", "-p", "no:cacheprovider", *full)
    assert done.returncode == 0, done.stdout
    assert re.search(r"^orders +\d+ .* 100.0%$", done.stdout, re.MULTILINE)


@pytest.mark.parametrize(("page", "command", "shown"), CONSOLE)
def test_the_documentation_shows_what_commands_print(
    projects: dict[str, Path], page: str, command: str, shown: str
) -> None:
    name, *arguments = shlex.split(command)
    done = shell(projects[page], {"pytest": "pytest", "sfdsl": "sfdsl.cli"}[name], *arguments)
    assert shown in done.stdout, done.stdout + done.stderr


def test_the_documentation_lists_every_attribute_of_a_run() -> None:
    documented = set(re.findall(r"`(\w+)", TESTING.split("## What a run tells")[1].split("##")[0]))
    public = {name for name in vars(simulate({"StartAt": "A", "States": {"A": {"Type": "Succeed"}}})) if name[0] != "_"}
    assert public - {"execution", "taken"} <= documented
