"""`sfdsl run` as a user meets it: what it reads, what it tells, and one clear message for whatever is wrong."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from sfdsl.cli import main

CALL = {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Parameters": {"FunctionName": "f"}}
MACHINE = {"StartAt": "Extract", "States": {"Extract": {**CALL, "Next": "Load"}, "Load": {**CALL, "End": True}}}
LOOP = {"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "B"}, "B": {"Type": "Pass", "Next": "A"}}}
LIMITED = {
    "StartAt": "Each",
    "States": {
        "Each": {
            "Type": "Map", "MaxConcurrency": "${Limit}", "End": True,
            "ItemProcessor": {"StartAt": "One", "States": {"One": {"Type": "Pass", "End": True}}},
        }
    },
}  # fmt: skip


@pytest.fixture(autouse=True)
def _project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "pyproject.toml").write_text("")
    monkeypatch.chdir(tmp_path)


def write(name: str, content: Any) -> str:
    data = (
        content
        if isinstance(content, bytes)
        else (content if isinstance(content, str) else json.dumps(content)).encode()
    )
    Path(name).write_bytes(data)
    return name


def run(definition: Any = MACHINE, *options: str, **files: Any) -> Result:
    """Run a machine; `tasks=` and `input=` are written to files that the options of those names name."""
    named = [part for key, content in files.items() for part in (f"--{key}", write(f"{key}.json", content))]
    return CliRunner().invoke(main, ["run", write("m.asl.json", definition), *named, *options])


def test_the_path_goes_to_stdout_and_warnings_to_stderr() -> None:
    done = run(tasks={"lambda:invoke": {"Payload": 1, "Paylod": 2}, "Lode": 1})
    assert done.exit_code == 0
    assert done.stdout == (
        " 00:00:00  Extract (Task) <- {}\n"
        ' 00:00:00     -> {"Payload":1,"Paylod":2}\n'
        ' 00:00:00  Load (Task) <- {"Payload":1,"Paylod":2}\n'
        ' 00:00:00     -> {"Payload":1,"Paylod":2}\n'
        'SUCCEEDED: {"Payload":1,"Paylod":2}\n'
        "2 states, 2 task calls, 0 seconds of virtual time, 12 events\n"
    )
    assert done.stderr.splitlines() == [
        "warning: no state and no call of 'm' is named 'Lode', so its mock is not used; did you mean 'Load'?",
        *(
            f"warning: the mock of task {state!r} gives what arn:aws:states:::lambda:invoke does not: "
            "Paylod is no field of the result; did you mean Payload?"
            for state in ("Extract", "Load")
        ),
    ]


def test_the_file_of_mocks_may_hold_the_input_and_what_fills_in_a_template() -> None:
    done = run(LIMITED, tasks={"tasks": {}, "substitutions": {"Limit": 1}, "input": [1, 2]})
    assert "SUCCEEDED: [1,2]" in done.stdout
    assert "SUCCEEDED: [3]" in run(LIMITED, tasks={"tasks": {}, "substitutions": {"Limit": 1}}, input=[3]).stdout


def test_the_file_of_step_functions_local_is_run_by_its_test_case() -> None:
    mocks = {
        "StateMachines": {"m": {"TestCases": {"Well": {"Extract": "Ok", "Load": "Ok"}, "Ill": {"Extract": "Busy"}}}},
        "MockedResponses": {"Ok": {"0": {"Return": {"Payload": 1}}}, "Busy": {"0": {"Throw": {"Error": "Busy", "Cause": "c"}}}},
    }  # fmt: skip
    assert "SUCCEEDED" in run(MACHINE, "--case", "Well", tasks=mocks).stdout
    assert "FAILED: Busy: c" in run(MACHINE, "--case", "Ill", tasks=mocks).stdout


DEEP = "[" * 100_000 + "]" * 100_000
WRONG = [
    pytest.param({"tasks": "{"}, (), "tasks.json is not JSON: ", id="half a file"),
    pytest.param({"tasks": b"\xff\xfe{"}, (), "tasks.json is not JSON: 'utf-8' codec", id="no text"),
    pytest.param({"tasks": DEEP}, (), "tasks.json is nested too deeply", id="mocks nested too deeply"),
    pytest.param({"input": DEEP}, (), "input.json is nested too deeply", id="an input nested too deeply to be read"),
    pytest.param({"input": "[" * 500 + "]" * 500}, (), "the input is no JSON: it has more than 400 arrays and objects", id="nested deeply"),
    pytest.param({"input": "[" * 700 + "]" * 700}, (), "it has more than 400 arrays", id="nested more deeply"),
    pytest.param({"input": '{"a": NaN}'}, (), "input.json is not JSON: NaN is no JSON number", id="NaN"),
    pytest.param({"input": '{"a": -Infinity}'}, (), "-Infinity is no JSON number", id="an infinity"),
    pytest.param({"input": "1e999"}, (), "1e999 is too large a number", id="a number beyond floats"),
    pytest.param({"input": '"\\ud800"'}, (), "half of a surrogate pair stands alone", id="half a surrogate pair"),
    pytest.param({"input": "x" * 10}, (), "input.json is not JSON: ", id="plain text"),
    pytest.param(
        {"input": json.dumps("x" * 300_000)}, (),
        "the input has 300,002 bytes; StartExecution takes 262,144 at most", id="a large input",
    ),
    pytest.param({"tasks": []}, (), "a file of mocks holds a JSON object, not array", id="an array of mocks"),
    pytest.param({}, ("--case", "Sad"), "only AWS's MockConfigFile.json has test cases", id="a case without its file"),
    pytest.param({}, ("--input", "nowhere.json"), "'nowhere.json' does not exist", id="no such file"),
    pytest.param({}, (), 'mocks stand in a JSON file that --tasks names', id="no mocks"),
    pytest.param(
        {"tasks": {"Extrakt": {"Payload": 1}}}, (),
        "has no mock; give it one: tasks={'Extract': ...}; or is the mock of 'Extrakt' meant for it?", id="a misspelt state",
    ),
    pytest.param({"tasks": {"Extract": [{"Payload": 1}]}}, (), "task 'Load' calls", id="a mock that is missing later"),
]  # fmt: skip


@pytest.mark.parametrize(("files", "options", "message"), WRONG)
def test_what_is_wrong_is_one_message_and_never_a_traceback(
    files: dict[str, Any], options: tuple[str, ...], message: str
) -> None:
    done = run(MACHINE, *options, **files)
    assert message in done.stderr
    assert done.exit_code == 2
    assert "Traceback" not in done.output


@pytest.mark.parametrize(
    ("definition", "options", "message"),
    [
        pytest.param(
            {"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "Nowhere"}}}, (),
            "state 'A' leads to 'Nowhere', which its flow does not have", id="a Next that leads nowhere",
        ),
        pytest.param(LIMITED, (), "MaxConcurrency must be a number, not '${Limit}'", id="an unfilled template"),
        pytest.param(
            LOOP, ("--type", "express", "--quiet", "--max-transitions", "1000"),
            "1000 states were entered and the execution has not ended", id="an endless loop",
        ),
    ],
)  # fmt: skip
def test_a_machine_that_cannot_be_run_says_why(definition: Any, options: tuple[str, ...], message: str) -> None:
    done = run(definition, *options)
    assert message in done.stderr
    assert done.exit_code == 2
    assert "Traceback" not in done.output


def test_a_target_that_cannot_be_written_is_one_message() -> None:
    Path("folder").mkdir()
    done = run(LOOP, "--quiet", "--history", "folder")
    assert done.exit_code == 2
    assert "Traceback" not in done.output
    assert "folder" in done.stderr


def test_a_loop_in_a_standard_machine_ends_where_its_history_is_full() -> None:
    done = run(LOOP, "--quiet")
    assert done.exit_code == 1
    assert "FAILED: States.Runtime: The execution reached the maximum number of history events (25000)." in done.stdout
