"""The pytest plugin, in a pytest of its own: the fixture, the report, the threshold."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path

import pytest

from tests.conftest import ROOT

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
    command = [sys.executable, "-m", "pytest", *named, "-p", "no:cacheprovider", ".", *options]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}  # the plugin of this checkout, whichever is installed
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


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


NIGHTLY = """
from sfdsl import Pass, Pipeline
nightly = Pipeline('nightly')
nightly.define(Pass('Only', output='${Bucket}'))
"""


def declare(folder: Path, name: str, text: str) -> None:
    (folder / "pipelines").mkdir(exist_ok=True)
    (folder / "pipelines" / name).write_text(text)


def test_with_a_path_the_pipelines_declared_there_are_reported_and_no_others(tmp_path: Path) -> None:
    declare(tmp_path, "nightly.py", NIGHTLY)
    declare(tmp_path, "_helpers.py", "raise SystemExit('not a pipeline')")
    done = run_pytest(tmp_path, TESTS, "--sfdsl-cov=pipelines", "--sfdsl-cov-fail-under=1")
    assert "nightly      0      0/1      0/0      0/0       0/0     0.0%" in done.stdout
    assert "FAIL: covered less than 1 %: nightly\n" in done.stdout
    assert "\nmachine " not in done.stdout
    assert done.returncode == 1


def test_a_template_that_is_filled_in_counts_for_its_pipeline(tmp_path: Path) -> None:
    declare(tmp_path, "nightly.py", NIGHTLY)
    tests = """
from pipelines.nightly import nightly

def test_filled_in(simulate):
    assert simulate(nightly, substitutions={"Bucket": "b"}).output == "b"
"""
    done = run_pytest(tmp_path, tests, "--sfdsl-cov=pipelines", "--sfdsl-cov-fail-under=100")
    assert "nightly      1      1/1      0/0      0/0       0/0   100.0%" in done.stdout
    assert done.returncode == 0


def test_a_path_that_is_not_there_is_a_wrong_call(tmp_path: Path) -> None:
    done = run_pytest(tmp_path, TESTS, "--sfdsl-cov=pipeline")
    assert "--sfdsl-cov=pipeline: there is no such file or folder" in done.stderr
    assert done.returncode == pytest.ExitCode.USAGE_ERROR


def test_a_pipeline_file_that_cannot_be_read_fails_the_session(tmp_path: Path) -> None:
    declare(tmp_path, "broken.py", "nightly = (")
    declare(tmp_path, "nightly.py", NIGHTLY)
    done = run_pytest(tmp_path, TESTS, "--sfdsl-cov=pipelines")
    assert "broken.py:1: error[" in done.stdout
    assert "Traceback" not in done.stdout
    assert done.returncode == 1


def test_a_folder_of_tests_behind_the_option_is_told_of(tmp_path: Path) -> None:
    done = run_pytest(tmp_path, TESTS, "--sfdsl-cov", ".")
    assert "FAIL: --sfdsl-cov=. declares no pipeline; folders of tests stand before the option" in done.stdout
    assert done.returncode == 1


def test_collecting_alone_reports_nothing(tmp_path: Path) -> None:
    done = run_pytest(tmp_path, TESTS, "--sfdsl-cov-fail-under=100", "--collect-only")
    assert "path coverage" not in done.stdout
    assert done.returncode == 0


def test_processes_of_xdist_add_up(tmp_path: Path) -> None:
    pytest.importorskip("xdist", reason="pytest-xdist is a development dependency")
    done = run_pytest(tmp_path, TESTS, "--sfdsl-cov", "-n", "2")
    assert done.returncode == 0, done.stdout
    assert REPORT in done.stdout


def test_processes_of_xdist_tell_machines_of_one_name_apart(tmp_path: Path) -> None:
    pytest.importorskip("xdist", reason="pytest-xdist is a development dependency")
    tests = """
import pytest

@pytest.mark.parametrize("end", ["Succeed", "Fail"] * 4)
def test_it(simulate, end):
    simulate({"StartAt": end, "States": {end: {"Type": end}, "Never": {"Type": end}}})
"""
    done = run_pytest(tmp_path, tests, "--sfdsl-cov-fail-under=51", "-n", "2")
    rows = sorted(line.split()[-6:] for line in done.stdout.splitlines() if line.startswith("machine"))
    assert rows == [["4", "1/2", "0/0", "0/0", "0/0", "50.0%"]] * 2
    assert done.returncode == 1
