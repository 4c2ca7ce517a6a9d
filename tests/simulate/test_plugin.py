"""The pytest plugin, in a pytest of its own: the fixture, the report, the threshold."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path

import pytest

PIPELINE = """
DEFINITION = {
    "StartAt": "Load",
    "States": {
        "Load": {
            "Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Parameters": {"FunctionName": "f"},
            "Catch": [{"ErrorEquals": ["Busy"], "Next": "Park"}, {"ErrorEquals": ["States.ALL"], "Next": "Failed"}],
            "Next": "Any rows?",
        },
        "Any rows?": {
            "Type": "Choice",
            "Choices": [{"Variable": "$.Payload", "NumericGreaterThan": 0, "Next": "Done"}],
            "Default": "Done",
        },
        "Park": {"Type": "Pass", "Next": "Done"},
        "Done": {"Type": "Succeed"},
        "Failed": {"Type": "Fail"},
    },
}
"""
TESTS = f"""{PIPELINE}
from sfdsl.testing import TaskError

def test_rows(simulate):
    assert simulate(DEFINITION, tasks={{"Load": {{"Payload": 1}}}}).status == "SUCCEEDED"

def test_parked(simulate):
    assert simulate(DEFINITION, tasks={{"Load": TaskError("Busy")}}).path == ("Load", "Park", "Done")
"""
REST = """
def test_rest(simulate):
    simulate(DEFINITION, tasks={"Load": {"Payload": 0}})
    simulate(DEFINITION, tasks={"Load": TaskError("Other")})
"""
REPORT = """\
pipeline  runs   states    edges    rules  catchers  covered
machine      2      4/5      2/3      1/1       1/2    72.7%
  machine: not taken: catcher 2 of 'Load' (States.ALL) to 'Failed'
  machine: not taken: Default of 'Any rows?' to 'Done'
  machine: not taken: state 'Failed'
"""


def run_pytest(folder: Path, tests: str, *options: str) -> subprocess.CompletedProcess[str]:
    (folder / "test_it.py").write_text(tests)
    installed = any(entry.value == "sfdsl.pytest_plugin" for entry in entry_points(group="pytest11"))
    named = [] if installed else ["-p", "sfdsl.pytest_plugin"]
    command = [sys.executable, "-m", "pytest", *named, "-p", "no:cacheprovider", *options, "."]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_the_report_says_what_no_test_took(tmp_path: Path) -> None:
    done = run_pytest(tmp_path, TESTS, "--sfdsl-cov")
    assert done.returncode == 0, done.stdout
    assert REPORT in done.stdout


@pytest.mark.parametrize(("percent", "code"), [("72", 0), ("73", 1)])
def test_too_little_coverage_fails_the_session(tmp_path: Path, percent: str, code: int) -> None:
    done = run_pytest(tmp_path, TESTS, f"--sfdsl-cov-fail-under={percent}")
    assert done.returncode == code
    assert ("FAIL: covered less than 73 %: machine" in done.stdout) is (code == 1)


def test_full_coverage_has_nothing_to_say_but_the_table(tmp_path: Path) -> None:
    done = run_pytest(tmp_path, TESTS + REST, "--sfdsl-cov-fail-under=100")
    assert done.returncode == 0
    assert "machine      4      5/5      3/3      1/1       2/2   100.0%" in done.stdout
    assert "not taken" not in done.stdout


def test_without_the_option_nothing_is_measured(tmp_path: Path) -> None:
    assert "path coverage" not in run_pytest(tmp_path, TESTS).stdout


def test_a_pipeline_that_no_test_ran_is_reported_where_its_file_is_given(tmp_path: Path) -> None:
    (tmp_path / "pipelines").mkdir()
    (tmp_path / "pipelines" / "nightly.py").write_text(
        "from sfdsl import Pass, Pipeline\nPipeline('nightly').define(Pass('Only', output=1))\n"
    )
    done = run_pytest(tmp_path, TESTS, "--sfdsl-cov=pipelines")
    assert "nightly      0      0/1      0/0      0/0       0/0     0.0%" in done.stdout
    assert "machine      2      4/5" in done.stdout


def test_processes_of_xdist_add_up(tmp_path: Path) -> None:
    pytest.importorskip("xdist", reason="pytest-xdist is a development dependency")
    done = run_pytest(tmp_path, TESTS, "--sfdsl-cov", "-n", "2")
    assert done.returncode == 0, done.stdout
    assert REPORT in done.stdout
