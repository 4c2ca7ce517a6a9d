"""The pytest plugin: the fixture `simulate`, and a report of the ways that the tests of each pipeline took.

Options: `--sfdsl-cov` reports all pipelines that were simulated, `--sfdsl-cov=PATH` all that the file or folder
declares, too; `--sfdsl-cov-fail-under=N` fails the session where a pipeline has less than N percent.
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
        "with PATH also of pipelines that no test simulated",
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

            sent[_SENT] = {
                name: {"taken": each.as_json(), "machine": asl.write(self.workflows[name].machine)}
                for name, each in self.collected.items()
            }
            return
        least = self.config.getoption("--sfdsl-cov-fail-under")
        if least is not None:
            self.too_low = [each.name for each in self.coverages() if each.percent < least]
            if self.too_low and session.exitstatus in (0, pytest.ExitCode.NO_TESTS_COLLECTED):
                session.exitstatus = pytest.ExitCode.TESTS_FAILED

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any, error: object) -> None:
        """Take in what a process of pytest-xdist counted."""
        from sfdsl.model import asl
        from sfdsl.model.workflow import Workflow
        from sfdsl.simulate.coverage import Collected

        for name, told in getattr(node, "workeroutput", {}).get(_SENT, {}).items():
            self.workflows.setdefault(name, Workflow(name=name, machine=asl.read(told["machine"])))
            self.collected.setdefault(name, Collected()).merge(told["taken"])

    def coverages(self) -> list[PathCoverage]:
        """The coverage of every pipeline that is known."""
        from sfdsl.simulate.coverage import Collected, path_coverage

        for path in self.config.getoption("--sfdsl-cov"):
            for workflow in _declared(path) if path else ():
                self._name(workflow)
        return [
            path_coverage(name, each, self.collected.get(name, Collected())) for name, each in self.workflows.items()
        ]

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Print the report."""
        from sfdsl.simulate.coverage import table

        coverages = self.coverages()
        terminalreporter.section("path coverage of pipelines")
        for line in table(coverages) if coverages else ["no pipeline was simulated"]:
            terminalreporter.write_line(line)
        least = self.config.getoption("--sfdsl-cov-fail-under")
        if self.too_low:
            names = ", ".join(self.too_low)
            terminalreporter.write_line(f"FAIL: covered less than {least:g} %: {names}", red=True)


def _declared(path: str) -> list[Workflow]:
    """The pipelines of a file or folder."""
    from pathlib import Path

    from sfdsl.load import pipeline_file
    from sfdsl.testing import machine_of

    place = Path(path)
    files = sorted(place.glob("*.py")) if place.is_dir() else [place]
    loaded = [pipeline_file(file) for file in files if not file.name.startswith("_")]
    return [machine_of(pipeline) for each in loaded for pipeline in each.pipelines]
