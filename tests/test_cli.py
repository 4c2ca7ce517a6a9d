"""The command line: what it writes, what it says, and how it exits."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from sfdsl.cli import main

GOOD = """\
'''Orders, nightly.'''
from sfdsl import Pipeline, aws
orders = Pipeline("orders")
load = aws.lambda_.invoke("Load", FunctionName="orders-load", Payload={}, timeout="5m")
orders.define(load)
"""
WRONG = """\
from sfdsl import Pipeline, aws
sales = Pipeline("sales")
load = aws.lamda.invoke("Load", FunctionName="sales-load", Payload={}, timeout="5m")
stray = aws.sns.publish("Stray", TopicArn="${Topic}", Message="m", timeout="1m")
sales.define(load)
"""
BROKEN = "from sfdsl import Pipeline\nPipelin('x')\n"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "pyproject.toml").write_text("")
    (tmp_path / "pipelines").mkdir()
    (tmp_path / "pipelines" / "orders.py").write_text(GOOD)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments))


def output_of(project: Path) -> dict[str, str]:
    folder = project / "generated"
    return {str(path.relative_to(folder)): path.read_text() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_compile_writes_every_file(project: Path) -> None:
    done = run("compile")
    assert done.exit_code == 0, done.output
    assert sorted(output_of(project)) == [
        "orders/README.md", "orders/orders.asl.json", "orders/orders.gv", "orders/orders.iam.json", "orders/orders.mmd",
        "orders/orders.svg", "orders/orders.trust.json", "rules.md",
    ]  # fmt: skip


def test_explain_tells_a_cost_rule() -> None:
    done = run("explain", "r1")
    assert done.exit_code == 0
    assert done.output.startswith("R1 skip_idle_pass (cost rule)\n\nLead transitions past a Pass that does nothing.\n")
    assert "R1     cost     Lead transitions past" in run("explain").output


def test_a_second_compile_changes_nothing(project: Path) -> None:
    run("compile")
    before = {path: path.stat().st_mtime_ns for path in (project / "generated").rglob("*")}
    assert "0 changed" in run("compile").stderr
    assert {path: path.stat().st_mtime_ns for path in (project / "generated").rglob("*")} == before


def test_check_of_a_compile_fails_and_shows_what_is_stale(project: Path) -> None:
    run("compile")
    assert run("compile", "--check").exit_code == 0
    (project / "pipelines" / "orders.py").write_text(GOOD.replace("5m", "6m"))
    before = output_of(project)
    done = run("compile", "--check")
    assert done.exit_code == 1
    assert '-      "TimeoutSeconds": 300,' in done.stdout
    assert '+      "TimeoutSeconds": 360,' in done.stdout
    assert output_of(project) == before


def test_diff_shows_and_writes(project: Path) -> None:
    run("compile")
    (project / "pipelines" / "orders.py").write_text(GOOD.replace("5m", "6m"))
    done = run("compile", "--diff")
    assert done.exit_code == 0
    assert '+      "TimeoutSeconds": 360,' in done.stdout
    assert '"TimeoutSeconds": 360' in output_of(project)["orders/orders.asl.json"]


def test_output_that_no_pipeline_writes_any_more_is_removed(project: Path) -> None:
    run("compile")
    (project / "pipelines" / "orders.py").write_text(GOOD.replace('"orders"', '"invoices"'))
    notes = project / "generated" / "orders" / "notes.txt"
    notes.write_text("mine")
    assert run("compile", "--check").exit_code == 1
    assert "7 removed" in run("compile").stderr
    kept = [name for name in output_of(project) if name.startswith("orders/")]
    assert kept == ["orders/notes.txt"]


def test_compiling_one_file_removes_nothing(project: Path) -> None:
    run("compile")
    (project / "pipelines" / "other.py").write_text(GOOD.replace('"orders"', '"invoices"'))
    (project / "pipelines" / "orders.py").unlink()
    assert run("compile", "pipelines/other.py").exit_code == 0
    assert "orders/orders.asl.json" in output_of(project)


def test_a_wrong_pipeline_is_reported_and_the_others_are_written(project: Path) -> None:
    (project / "pipelines" / "sales.py").write_text(WRONG)
    (project / "pipelines" / "broken.py").write_text(BROKEN)
    done = run("compile")
    assert done.exit_code == 1
    assert "pipelines/sales.py:3: error[SF" in done.stderr
    assert "did you mean" in done.stderr
    assert "pipelines/sales.py:4: error[SF180] step 'Stray' is part of no pipeline" in done.stderr
    assert "pipelines/broken.py:2: error[SF001]" in done.stderr
    assert "orders/orders.asl.json" in output_of(project)
    assert not any(name.startswith("sales/") for name in output_of(project))


def test_a_failed_pipeline_keeps_the_output_it_had(project: Path) -> None:
    run("compile")
    before = output_of(project)["orders/orders.asl.json"]
    (project / "pipelines" / "orders.py").write_text(GOOD.replace("aws.lambda_", "aws.lamda"))
    assert run("compile").exit_code == 1
    assert output_of(project)["orders/orders.asl.json"] == before


def test_two_pipelines_of_one_name_are_not_written(project: Path) -> None:
    (project / "pipelines" / "zz.py").write_text(GOOD)
    done = run("compile")
    assert done.exit_code == 1
    assert (
        "pipelines/zz.py:3: error[SF005] pipeline 'orders' has the name of the one in pipelines/orders.py:3"
        in done.stderr
    )
    assert "orders/orders.asl.json" not in output_of(project)


def test_check_reports_pipelines(project: Path) -> None:
    (project / "pipelines" / "sales.py").write_text(WRONG)
    done = run("check")
    assert done.exit_code == 1
    assert "pipelines/sales.py:3: error[SF" in done.stdout
    assert not (project / "generated").exists()


def test_check_reports_state_machines_at_their_line(project: Path) -> None:
    text = '{\n  "StartAt": "A",\n  "States": {\n    "A": {"Type": "Pass", "Next": "B"},\n    "Bee": {"Type": "Succeed"}\n  }\n}\n'
    (project / "x.asl.json").write_text(text)
    done = run("check", "x.asl.json")
    assert done.exit_code == 1
    assert "x.asl.json:4 (/States/A/Next): error[SF102]" in done.stdout


def test_check_of_an_express_machine_knows_its_limits(project: Path) -> None:
    state = {
        "Type": "Task",
        "Resource": "arn:aws:states:::glue:startJobRun.sync",
        "Parameters": {"JobName": "j"},
        "TimeoutSeconds": 60,
        "End": True,
    }
    (project / "x.json").write_text(json.dumps({"StartAt": "A", "States": {"A": state}}))
    assert run("check", "x.json").exit_code == 0
    done = run("check", "--type", "express", "x.json")
    assert done.exit_code == 1
    assert "error[SF4" in done.stdout


@pytest.mark.parametrize("format_", ["json", "sarif", "github"])
def test_findings_come_in_other_formats(project: Path, format_: str) -> None:
    (project / "pipelines" / "sales.py").write_text(WRONG)
    done = run("check", "--format", format_)
    assert done.exit_code == 1
    if format_ == "json":
        rows = json.loads(done.stdout)
        assert {"file": "pipelines/sales.py", "line": 4, "code": "SF180"}.items() <= rows[-1].items()
    elif format_ == "sarif":
        document = json.loads(done.stdout)
        assert document["version"] == "2.1.0"
        results = document["runs"][0]["results"]
        assert results[-1]["ruleId"] == "SF180"
        assert results[-1]["locations"][0]["physicalLocation"]["region"] == {"startLine": 4}
        rule = document["runs"][0]["tool"]["driver"]["rules"][results[-1]["ruleIndex"]]
        assert rule["id"] == "SF180"
    else:
        assert done.stdout.splitlines()[-1].startswith(
            "::error file=pipelines/sales.py,line=4,title=SF180::step 'Stray'"
        )


def test_findings_are_suppressed_by_step_pipeline_and_project(project: Path) -> None:
    path = project / "pipelines" / "sales.py"
    path.write_text(WRONG.replace("aws.lamda", "aws.lambda_"))
    assert "SF180" in run("check").stdout
    path.write_text(WRONG.replace("aws.lamda", "aws.lambda_").replace('Message="m"', 'Message="m", suppress=["SF180"]'))
    assert run("check").exit_code == 0
    path.write_text(WRONG.replace("aws.lamda", "aws.lambda_"))
    (project / "pyproject.toml").write_text('[tool.sfdsl]\nsuppress = ["SF180"]\n')
    assert run("check").exit_code == 0


def test_a_wrong_setting_is_reported_at_its_line(project: Path) -> None:
    (project / "pyproject.toml").write_text('[project]\nname = "x"\n[tool.sfdsl]\nsupress = ["SF180"]\noutput = 3\n')
    stderr = run("check").stderr
    assert (
        "pyproject.toml:4: warning[SF006] there is no setting 'supress' in [tool.sfdsl]\n  hint: did you mean 'suppress'?"
        in stderr
    )
    assert "pyproject.toml:5: warning[SF006] the setting 'output' is a text, not 3" in stderr


def test_explain_prints_the_documentation() -> None:
    done = run("explain", "sf270")
    assert done.exit_code == 0
    assert done.stdout.startswith("SF270 result not on every path (error)\n")
    assert "Why it matters:" in done.stdout
    assert "SF101" in run("explain").stdout


def test_list_names_the_pipelines(project: Path) -> None:
    done = run("list")
    assert done.stdout == "orders  standard  1 states  pipelines/orders.py:3  Orders, nightly.\n"


def test_new_writes_a_starter_and_never_overwrites(project: Path) -> None:
    assert run("new", "daily-sales").exit_code == 0
    assert (project / "pipelines" / "daily_sales.py").exists()
    done = run("new", "daily-sales")
    assert done.exit_code == 2
    assert "nothing of yours is overwritten" in done.stderr
    assert run("compile").exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        pytest.param(["check", "pipelines/order.py"], "did you mean 'orders.py'?", id="a path that is not there"),
        pytest.param(["explain", "SF27"], "there is no rule 'SF27'", id="a rule that is not there"),
        pytest.param(["new", "1 2"], "is no pipeline name", id="a name that cannot be"),
        pytest.param(["compile", "--formatt", "json"], "No such option", id="an option that is not there"),
    ],
)
def test_wrong_calls_exit_with_two(project: Path, arguments: list[str], message: str) -> None:
    done = run(*arguments)
    assert done.exit_code == 2
    assert message in done.stderr


def test_a_project_without_pipelines_says_how_to_begin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "pyproject.toml").write_text("")
    monkeypatch.chdir(tmp_path)
    done = run("compile")
    assert done.exit_code == 2
    assert "sfdsl new NAME" in done.stderr


def test_a_bug_of_ours_exits_with_three(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("boom")

    monkeypatch.setattr("sfdsl.compile.compile_pipeline", fail)
    done = run("compile")
    assert done.exit_code == 3
    assert "This is a bug of sfdsl" in done.stderr


def test_no_path_of_the_machine_gets_into_output(project: Path) -> None:
    run("compile")
    assert not [name for name, text in output_of(project).items() if str(project) in text]


def test_help_shows_examples_and_exit_codes() -> None:
    text = run("compile", "--help").stdout
    assert "Examples:" in text
    assert "Exit codes:" in text


def test_a_machine_that_nothing_can_draw_is_no_bug(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sfdsl.emit.graphviz._program", lambda: None)
    done = run("compile")
    assert done.exit_code == 2
    assert "pip install graphviz-pure" in done.stderr


def test_iam_prints_explains_and_compares(project: Path) -> None:
    policy = json.loads(run("iam", "orders").stdout)
    assert [statement["Action"] for statement in policy["Statement"]] == ["lambda:InvokeFunction"]
    assert "because 'Load' does lambda:invoke" in run("iam", "orders", "--explain").stdout
    (project / "old.json").write_text(json.dumps({"Version": "2012-10-17", "Statement": []}))
    done = run("iam", "--diff", "old.json", "orders", "--fail-on", "new-access")
    assert done.exit_code == 1
    assert done.stdout.startswith("new       lambda:InvokeFunction on ")
    assert run("iam", "--diff", "orders", "orders", "--fail-on", "new-access").exit_code == 0


def test_run_tells_the_path_and_the_outcome(project: Path) -> None:
    (project / "mocks.json").write_text(json.dumps({"Load": [{"error": "Boom", "cause": "no"}]}))
    done = run("run", "orders", "--tasks", "mocks.json", "--history", "h.json", "--sequence", "s.mmd")
    assert done.exit_code == 1
    assert "Load (Task)" in done.stdout
    assert "FAILED: Boom: no" in done.stdout
    assert json.loads((project / "h.json").read_text())["events"][-1]["type"] == "ExecutionFailed"
    assert "sequenceDiagram" in (project / "s.mmd").read_text()
    (project / "mocks.json").write_text(json.dumps({"Load": {"Payload": {"rows": 1}}}))
    assert run("run", "orders", "--tasks", "mocks.json", "--quiet").exit_code == 0


def test_run_without_a_mock_shows_what_the_task_is_called_with(project: Path) -> None:
    done = run("run", "orders")
    assert done.exit_code == 2
    assert "task 'Load' calls arn:aws:states:::lambda:invoke and has no mock" in done.stderr


def test_a_pipeline_that_is_not_there_is_named(project: Path) -> None:
    done = run("iam", "order")
    assert done.exit_code == 2
    assert "there is no pipeline 'order' and no such file; did you mean 'orders'?" in done.stderr
