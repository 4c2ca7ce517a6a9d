"""Reading pipeline files and ASL files: what is wrong with a file is a finding at its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from sfdsl.diagnostics import Diagnostic
from sfdsl.load import asl_file, pipeline_file, with_lines
from sfdsl.model.locate import locate


def short(findings: list[Diagnostic] | tuple[Diagnostic, ...]) -> list[tuple[str, int | None, str]]:
    return [(f.code, f.origin.line, f.message) for f in findings]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "pyproject.toml").write_text("")
    return tmp_path


def write(folder: Path, text: str, name: str = "orders.py") -> Path:
    path = folder / name
    path.write_text(text)
    return path


@pytest.mark.parametrize(
    ("text", "code", "line", "message", "hint"),
    [
        pytest.param(
            "x = 1\ny = functoin\n", "SF001", 2, "NameError: name 'functoin' is not defined", "", id="a misspelt name"
        ),
        pytest.param(
            "x = 1\naws.s3\n", "SF001", 2, "name 'aws' is not defined", "from sfdsl import aws", id="a forgotten import"
        ),
        pytest.param("def f(:\n  pass\n", "SF001", 1, "this is not Python", "", id="a syntax error"),
        pytest.param(
            "import json\n\njson.loads('{')\n",
            "SF001",
            3,
            "JSONDecodeError",
            "raised in decoder.py",
            id="an error further down",
        ),
        pytest.param(
            "import no_such_module\n",
            "SF001",
            1,
            "No module named 'no_such_module'",
            "",
            id="a module that is not there",
        ),
        pytest.param("raise SystemExit(0)\n", "SF001", 1, "SystemExit", "", id="a file that ends the process"),
        pytest.param(
            "from sfdsl import Wait\n\nWait('W',\n     'soon')\n",
            "SF185",
            3,
            "duration in whole seconds",
            "write a number",
            id="a declaration",
        ),
        pytest.param(
            "from sfdsl import aws\naws.glue.start_job_run('Run', jobName='x')\n",
            "SF185",
            2,
            "no option 'jobName'",
            "'JobName'",
            id="a parameter in lower case",
        ),
        pytest.param("x = 1\n", "SF004", 1, "declares no pipeline", "underscore", id="nothing in it"),
        pytest.param(
            "from sfdsl import aws\nr = aws.s3.get_object('G', Bucket='b', Key='k').result\nif r.x: pass\n",
            "SF001",
            3,
            "Python cannot test it",
            "",
            id="an if on a reference",
        ),
    ],
)
def test_a_file_that_fails_is_reported_at_its_line(
    project: Path, text: str, code: str, line: int, message: str, hint: str
) -> None:
    (finding,) = pipeline_file(write(project, text)).findings
    assert (finding.code, finding.origin.file, finding.origin.line) == (code, "orders.py", line)
    assert message in finding.message
    assert hint in finding.hint


def test_a_file_gives_its_pipelines_with_its_docstring(project: Path) -> None:
    text = '"""Orders, nightly.\n\nMore."""\nfrom sfdsl import Pipeline, Succeed\np = Pipeline("orders")\np.define(Succeed("S"))\n'
    loaded = pipeline_file(write(project, text))
    assert loaded.findings == ()
    (pipeline,) = loaded.pipelines
    assert pipeline.documentation == "Orders, nightly.\n\nMore."
    assert (pipeline.origin.file, pipeline.origin.line) == ("orders.py", 5)
    assert [step.name for step in loaded.steps] == ["S"]


def test_a_file_can_import_its_neighbour(project: Path) -> None:
    write(project, "from sfdsl import Succeed\n\ndef end():\n    return Succeed('S')\n", "_shared_ends.py")
    text = "from sfdsl import Pipeline\nfrom _shared_ends import end\nPipeline('p').define(end())\n"
    loaded = pipeline_file(write(project, text))
    assert loaded.findings == ()
    assert loaded.steps[0].origin.file == "_shared_ends.py"


@pytest.mark.parametrize(
    ("text", "code", "line", "message"),
    [
        pytest.param('{"StartAt": "A",\n "States": {},}', "SF002", 2, "this is not JSON", id="a trailing comma"),
        pytest.param("// a comment\n{}", "SF002", 1, "this is not JSON", id="a comment"),
        pytest.param("", "SF002", 1, "this is not JSON", id="an empty file"),
        pytest.param("[1]", "SF002", 1, "a state machine is a JSON object, not an array", id="an array"),
        pytest.param("[" * 100_000, "SF002", None, "nested too deeply", id="endless nesting"),
        pytest.param(
            '{"States": {\n"A": 1,\n"A": 2}}',
            "SF003",
            3,
            "the key 'A' stands twice, first in line 2",
            id="a state twice",
        ),
    ],
)
def test_a_broken_asl_file_is_reported_at_its_line(
    tmp_path: Path, text: str, code: str, line: int, message: str
) -> None:
    _, findings = asl_file(write(tmp_path, text, "x.asl.json"))
    (finding,) = findings
    assert (finding.code, finding.origin.line) == (code, line)
    assert message in finding.message


def test_bytes_that_are_no_text_are_reported(tmp_path: Path) -> None:
    path = tmp_path / "x.asl.json"
    path.write_bytes(b'{"a": "\xff"}')
    assert short(asl_file(path)[1]) == [("SF002", None, "the file is not UTF-8: invalid start byte at byte 7")]


def test_findings_of_an_asl_file_get_the_line_of_their_pointer(tmp_path: Path) -> None:
    text = '{"StartAt": "A",\n "States": {\n  "A": {"Type": "Pass",\n   "Next": "B"}}}'
    workflow, findings = asl_file(write(tmp_path, text, "x.asl.json"))
    assert findings == []
    assert workflow is not None
    state = workflow.machine.states[0]
    finding = Diagnostic(code="SF102", severity=None, message="m", origin=state.origin.down("Next"))  # type: ignore[arg-type]
    (placed,) = with_lines([finding], text)
    assert (placed.origin.line, placed.origin.pointer) == (4, "/States/A/Next")


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        pytest.param("1", {"": 1}, id="a number"),
        pytest.param(
            '\n {"a": [1,\n {"b": null}],\n "c/d": {}, "e~": []}',
            {"": 2, "/a": 2, "/a/0": 2, "/a/1": 3, "/a/1/b": 3, "/c~1d": 4, "/e~0": 4},
            id="nested",
        ),
        pytest.param('{"a\\"}": "x\\\\", "b": "{[,"}', {"": 1, '/a"}': 1, "/b": 1}, id="signs in texts"),
    ],
)
def test_every_place_has_a_line(text: str, lines: dict[str, int]) -> None:
    assert locate(text).lines == lines
