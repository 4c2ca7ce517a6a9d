"""The pytest plugin: the fixture `simulate`, and a report of the ways that the tests of each pipeline took.

Options: `--sfdsl-cov` reports every machine that was simulated, `--sfdsl-cov=PATH` the pipelines that the file or
folder declares and no others, simulated or not; `--sfdsl-cov-fail-under=N` fails the session where one that is reported
has less than N percent.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sfdsl.model.workflow import Workflow
    from sfdsl.simulate.coverage import Collected, PathCoverage
    from sfdsl.simulate.run import Run

_SENT = "sfdsl_coverage"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options."""
    group = parser.getgroup("sfdsl", "path coverage of Step Functions pipelines")
    group.addoption(
        "--sfdsl-cov",
        action="append",
        nargs="?",
        const="",
        default=[],
        metavar="PATH",
        help="report which states, edges, choice rules and catchers of each pipeline the tests took; "
        "with PATH of the pipelines that this file or folder declares, those that no test simulated included",
    )
    group.addoption(
        "--sfdsl-cov-fail-under",
        type=float,
        default=None,
        metavar="PERCENT",
        help="fail if a pipeline is covered less than this; implies --sfdsl-cov",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Begin to measure where that was asked for."""
    from pathlib import Path

    for path in config.getoption("--sfdsl-cov"):
        if path and not Path(path).exists():
            raise pytest.UsageError(f"--sfdsl-cov={path}: there is no such file or folder")
    if config.getoption("--sfdsl-cov") or config.getoption("--sfdsl-cov-fail-under") is not None:
        config.pluginmanager.register(Coverage(config), "sfdsl-coverage")


@pytest.fixture
def simulate() -> Callable[..., Run]:
    """`sfdsl.testing.simulate`."""
    from sfdsl.testing import simulate

    return simulate


class Coverage:
    """Collects what all tests took, in this process and in those of pytest-xdist."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.workflows: dict[str, Workflow] = {}
        self.collected: dict[str, Collected] = {}
        self.too_low: list[str] = []
        self.problems: list[str] = []
        self._coverages: list[PathCoverage] | None = None

    def observe(self, workflow: Workflow, run: Run) -> None:
        """Count a run."""
        from sfdsl.simulate.coverage import Collected

        name = self._name(workflow)
        self.collected.setdefault(name, Collected()).add(run)

    def _name(self, workflow: Workflow) -> str:
        """The name to report a workflow under; a second machine of one name gets a number."""
        name, number = workflow.name, 1
        while self.workflows.setdefault(name, workflow).machine is not workflow.machine:
            if self.workflows[name].machine == workflow.machine:
                break
            number += 1
            name = f"{workflow.name} ({number})"
        return name

    @pytest.hookimpl(wrapper=True)
    def pytest_runtestloop(self) -> Iterator[None]:
        """Listen while the tests run."""
        from sfdsl import testing

        testing.observers.append(self.observe)
        try:
            return (yield)
        finally:
            testing.observers.remove(self.observe)

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Send what was counted to the process that reports, or judge it here."""
        sent = getattr(self.config, "workeroutput", None)
        if sent is not None:
            from sfdsl.model import asl

            sent[_SENT] = [
                {"name": workflow.name, "machine": asl.write(workflow.machine), "taken": self.collected[name].as_json()}
                for name, workflow in self.workflows.items()
            ]
            return
        if self.config.getoption("--collect-only"):
            return
        least = self.config.getoption("--sfdsl-cov-fail-under")
        coverages = self.coverages()
        self.too_low = [each.name for each in coverages if least is not None and each.percent < least]
        wrong = self.too_low or self.problems
        if wrong and session.exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any, error: object) -> None:
        """Take in what a process of pytest-xdist counted."""
        from sfdsl.model import asl
        from sfdsl.model.workflow import Workflow
        from sfdsl.simulate.coverage import Collected

        for told in getattr(node, "workeroutput", {}).get(_SENT, []):
            name = self._name(Workflow(name=told["name"], machine=asl.read(told["machine"])))
            self.collected.setdefault(name, Collected()).merge(told["taken"])

    def coverages(self) -> list[PathCoverage]:
        """The coverage of every pipeline that is to be reported."""
        from sfdsl.simulate.coverage import Collected, path_coverage

        if self._coverages is None:
            asked = [path for path in self.config.getoption("--sfdsl-cov") if path]
            declared, self.problems = _declared(asked)
            names = list(dict.fromkeys(self._name(workflow) for workflow in declared)) if asked else self.workflows
            self._coverages = [
                path_coverage(name, self.workflows[name], self.collected.get(name, Collected())) for name in names
            ]
        return self._coverages

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Print the report."""
        from sfdsl.simulate.coverage import table

        if self.config.getoption("--collect-only"):
            return
        coverages = self.coverages()
        terminalreporter.section("path coverage of pipelines")
        for line in table(coverages) if coverages else ["no pipeline was simulated"]:
            terminalreporter.write_line(line)
        for problem in self.problems:
            terminalreporter.write_line(f"FAIL: {problem}", red=True)
        least = self.config.getoption("--sfdsl-cov-fail-under")
        if self.too_low:
            names = ", ".join(self.too_low)
            terminalreporter.write_line(f"FAIL: covered less than {least:g} %: {names}", red=True)


def _declared(paths: list[str]) -> tuple[list[Workflow], list[str]]:
    """The pipelines of files and folders, and what keeps others from being read."""
    from pathlib import Path

    from sfdsl.diagnostics import Severity, as_text
    from sfdsl.load import pipeline_file
    from sfdsl.testing import InvalidDefinition, machine_of

    found: list[Workflow] = []
    problems: list[str] = []
    for place in map(Path, paths):
        files = sorted(place.rglob("*.py")) if place.is_dir() else [place]
        for file in files:
            if place.is_dir() and any(part.startswith(("_", ".")) for part in file.relative_to(place).parts):
                continue
            loaded = pipeline_file(file)
            problems += as_text([f for f in loaded.findings if f.severity is Severity.ERROR]).splitlines()
            for pipeline in loaded.pipelines:
                try:
                    found.append(machine_of(pipeline))
                except InvalidDefinition as invalid:
                    problems += [f"{file}: pipeline {pipeline.name!r}: {line}" for line in str(invalid).splitlines()]
    if paths and not found and not problems:
        # `pytest --sfdsl-cov tests` takes the folder of the tests for the option's.
        problems.append(f"--sfdsl-cov={paths[0]} declares no pipeline; folders of tests stand before the option")
    return found, problems
