"""`sfdsl cost`, `sfdsl profile`, and what costs do to `sfdsl compile`: from the call to the files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from sfdsl.cli import main
from sfdsl.compile import BrokenRewrite, compile_workflow
from sfdsl.cost import rewrites
from sfdsl.cost.rewrites.base import rewrite_of
from sfdsl.cost.rewrites.draft import Draft
from sfdsl.cost.rewrites.reasons import Reason
from sfdsl.model import asl
from sfdsl.model.workflow import Workflow

ORDERS = """\
'''Orders: two people approve, then six short steps.'''
from sfdsl import Pass, Pipeline, aws, context

orders = Pipeline("orders", type={type!r}, executions_per_month=1_000_000, budget={budget})
first, second = (
    aws.sqs.send_message.wait_for_task_token(
        name, QueueUrl="https://sqs.eu-west-1.amazonaws.com/123456789012/approvals",
        MessageBody={{"token": context.Task.Token}}, timeout="7d"
    )
    for name in ("Approve", "Pay")
)
note = Pass("Note")
steps = [
    aws.lambda_.invoke(name, FunctionName="orders-" + name.lower(), Payload={{"day": orders.input.day}},
                       timeout="1m", idempotent=True, duration="300ms")
    for name in ("Stock", "Invoice", "Ship")
]
orders.define(first >> note >> second >> steps[0] >> steps[1] >> steps[2])
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "pyproject.toml").write_text("")
    (tmp_path / "pipelines").mkdir()
    declare(tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def declare(project: Path, type: str = "auto", budget: float | None = None) -> None:
    (project / "pipelines" / "orders.py").write_text(ORDERS.format(type=type, budget=budget))


def traffic(project: Path, text: str) -> None:
    (project / "pipelines" / "orders.profile.toml").write_text(text)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments))


def states(project: Path, name: str = "orders") -> dict[str, Any]:
    found: dict[str, Any] = json.loads((project / "generated" / name / f"{name}.asl.json").read_text())["States"]
    return found


def test_compile_writes_the_pipeline_after_the_cost_rules_and_its_children(project: Path) -> None:
    done = run("compile")
    assert done.exit_code == 0, done.output
    assert list(states(project)) == ["Approve", "Pay", "Stock and 2 more", "Failed in child"]
    assert [name for name in states(project, "orders-stock") if name in ("Stock", "Invoice", "Ship")] == [
        "Stock",
        "Invoice",
        "Ship",
    ]
    folder = project / "generated" / "orders-stock"
    assert sorted(path.name for path in folder.iterdir()) == [
        "README.md", "orders-stock.asl.json", "orders-stock.gv", "orders-stock.iam.json", "orders-stock.mmd",
        "orders-stock.svg", "orders-stock.trust.json",
    ]  # fmt: skip
    parent = (project / "generated" / "orders" / "orders.iam.json").read_text()
    assert "states:StartSyncExecution" in parent
    assert "lambda:InvokeFunction" not in parent
    assert "lambda:InvokeFunction" in (folder / "orders-stock.iam.json").read_text()


def test_the_page_tells_the_cost_and_links_the_children(project: Path) -> None:
    run("compile")
    page = (project / "generated" / "orders" / "README.md").read_text()
    assert "| state transitions | 6.00 | 3.00 | 6 | 6 |" in page
    assert "| a month of 1,000,000 executions, in dollars | " in page
    assert "[orders-stock](../orders-stock/README.md)" in page
    assert "waits for a task token, which Express does not offer" in page


def test_children_that_are_no_longer_made_are_removed(project: Path) -> None:
    run("compile")
    declare(project, type="standard")
    assert run("compile", "--check").exit_code == 1
    assert "7 removed" in run("compile").stderr
    assert not (project / "generated" / "orders-stock").exists()
    assert list(states(project)) == ["Approve", "Pay", "Stock", "Invoice", "Ship"]


def test_without_rewrites_every_state_stays(project: Path) -> None:
    declare(project, type="standard")
    run("compile", "--no-rewrites")
    assert list(states(project)) == ["Approve", "Note", "Pay", "Stock", "Invoice", "Ship"]


def test_a_pipeline_with_the_name_of_a_child_is_refused(project: Path) -> None:
    (project / "pipelines" / "other.py").write_text(
        "from sfdsl import Pass, Pipeline\nPipeline('orders-stock').define(Pass('A'))\n"
    )
    done = run("compile")
    assert done.exit_code == 1
    assert "pipeline 'orders-stock' has the name of an Express child of 'orders'" in done.stderr
    assert not (project / "generated" / "orders-stock").exists()


def test_the_difference_of_a_machine_comes_with_that_of_its_cost(project: Path) -> None:
    declare(project, type="standard")
    run("compile", "--no-rewrites")
    done = run("compile", "--check")
    assert "orders: 6.00 -> 5.00 state transitions, " in done.output


def test_iam_is_that_of_what_is_deployed(project: Path) -> None:
    run("compile")
    assert run("iam", "orders").output == (project / "generated" / "orders" / "orders.iam.json").read_text()


def test_a_report_of_one_pipeline(project: Path) -> None:
    done = run("cost", "orders")
    assert done.exit_code == 0, done.output
    assert done.output.startswith("orders: $")
    assert "skip_idle_pass (R1): saves 1.00 transitions, $25.00 a month" in done.output
    assert "Express child orders-stock: saves " in done.output
    assert "'Approve', 'Pay': waits for a task token, which Express does not offer" in done.output


def test_a_pipeline_that_stays_standard_is_told_what_choosing_would_save(project: Path) -> None:
    declare(project, type="standard")
    found = json.loads(run("cost", "orders", "--format", "json").output)
    assert found["children"] == []
    assert found["unlocks"][0]["hint"] == 'let the compiler choose: type="auto"'
    chosen = json.loads(run("cost", "orders", "--type", "auto", "--format", "json").output)
    assert chosen["month"]["after"] == pytest.approx(found["month"]["after"] - found["unlocks"][0]["month"])


def test_all_pipelines_are_a_table(project: Path) -> None:
    lines = run("cost").output.splitlines()
    assert lines[1].split()[:4] == ["orders", "standard,", "1", "child"]
    assert lines[2].startswith("together")


def test_a_difference_of_the_machines(project: Path) -> None:
    lines = run("cost", "orders", "--diff").output.splitlines()
    assert '-    "Note": {' in lines
    assert '+    "Stock and 2 more": {' in lines
    assert "+++ orders-stock.asl.json" in lines


@pytest.mark.parametrize(("budget", "code"), [(1, 1), (10_000, 0)])
def test_a_budget_that_is_exceeded_fails_the_call_and_is_a_finding(project: Path, budget: float, code: int) -> None:
    declare(project, budget=budget)
    assert run("cost", "orders").exit_code == code
    assert ("SF450" in run("check").output) == bool(code)
    assert run("check", "--strict").exit_code == code


def test_the_profile_beside_the_pipeline_is_read(project: Path) -> None:
    traffic(project, '[profile]\nexecutions_per_month = 10\n[profile.states."Stock"]\nduration = [1.0, 3.0]\n')
    found = json.loads(run("cost", "orders", "--format", "json").output)
    assert found["executions_per_month"] == 10
    assert {
        "state": "Stock",
        "what": "takes 2 s on average of 2 measured",
        "source": "orders.profile.toml",
        "hint": "",
    } in found["assumptions"]
    assert (
        json.loads(run("cost", "orders", "--executions", "20", "--format", "json").output)["executions_per_month"] == 20
    )


@pytest.mark.parametrize(
    ("text", "told"),
    [
        pytest.param("[profile\n", "error[SF007] this is not TOML", id="no TOML"),
        pytest.param("[profile]\nduratoin = 1\n", "profile has no field 'duratoin'", id="an unknown field"),
        pytest.param("[traffic]\n", "there is no table 'traffic'; write [profile]", id="an unknown table"),
        pytest.param(
            '[profile.states."Stock"]\nmeasured = "no.json"\n',
            "the measurements of 'Stock' in no.json: No such file",
            id="no measurements",
        ),
    ],
)
def test_a_wrong_profile_is_an_error_and_nothing_is_written(project: Path, text: str, told: str) -> None:
    traffic(project, text)
    done = run("compile")
    assert done.exit_code == 1
    assert told in done.stderr
    assert "pipelines/orders.profile.toml:1" in done.stderr
    assert not (project / "generated" / "orders").exists()


def test_a_profile_of_another_state_is_a_warning(project: Path) -> None:
    traffic(project, '[profile.states."Stok"]\nduration = 1\n')
    done = run("check")
    assert done.exit_code == 0
    assert (
        "warning[SF008] the profile speaks of 'Stok', and 'orders' has no such state\n  hint: did you mean 'Stock'?"
        in done.output
    )


def test_assertions_in_the_profile_serve_machines_that_others_wrote(project: Path) -> None:
    declare(project, type="standard")
    run("compile")
    machine = project / "generated" / "orders" / "orders.asl.json"
    steps = "\n".join(
        f'[profile.states."{name}"]\nidempotent = true\nduration = 0.3' for name in ("Stock", "Invoice", "Ship")
    )
    (project / "traffic.toml").write_text(f"[profile]\n{steps}\n")
    found = json.loads(
        run("cost", str(machine), "--type", "auto", "--profile", "traffic.toml", "--format", "json").output
    )
    assert [child["states"] for child in found["children"]] == [["Stock", "Invoice", "Ship"]]


def test_prices_of_the_project(project: Path) -> None:
    (project / "pyproject.toml").write_text(
        '[tool.sfdsl]\nregion = "sa-east-1"\n[tool.sfdsl.prices]\nstart_end_surcharge = 2\n'
    )
    found = json.loads(run("cost", "orders", "--format", "json").output)["prices"]
    assert (found["region"], found["start_end_surcharge"]) == ("sa-east-1", 2)
    (project / "pyproject.toml").write_text("[tool.sfdsl.prices]\ntransitoin = 2\n")
    done = run("compile")
    assert done.exit_code == 2
    assert "there is no price 'transitoin'" in done.stderr


def test_a_measured_function_is_a_finding_with_the_dollars(project: Path) -> None:
    power = {"stats": [{"value": 512, "averageDuration": 300}, {"value": 1024, "averageDuration": 280}]}
    (project / "pipelines" / "power.json").write_text(json.dumps(power))
    traffic(project, '[profile.states."Stock"]\nmemory_mb = 1024\nmeasured = "power.json"\n')
    done = run("check", "--format", "json")
    (found,) = [each for each in json.loads(done.output) if each["code"] == "SF452"]
    assert found["hint"].startswith("set the memory of the function to 512 MB (now 1024 MB)")
    assert "a month more than it need" in found["message"]
    told = run("cost", "orders").output
    assert (
        "What other sizes would save\n  'Stock': set the memory of the function to 512 MB (now 1024 MB): saves $"
        in told
    )


def test_a_measurement_that_says_nothing_is_a_warning(project: Path) -> None:
    (project / "power.json").write_text(json.dumps({"stats": [{"value": 512, "averageDuration": 300}]}))
    told = run("cost", "orders", "--measured", "Stock=power.json").output
    assert "'Stock': say memory_mb of 'Stock' in the profile: the size of the function today" in told
    traffic(project, '[profile.states."Stock"]\nmeasured = "../power.json"\n')
    assert "warning[SF453] 'Stock': say memory_mb" in run("check").output


def test_a_profile_is_measured_from_simulated_histories(project: Path) -> None:
    (project / "input.json").write_text('{"day": "2026-11-28"}')
    mocks = {name: {"Payload": {}, "StatusCode": 200} for name in ("Stock", "Invoice", "Ship")}
    (project / "tasks.json").write_text(json.dumps({**mocks, "Approve": {}, "Pay": {}}))
    done = run("run", "orders", "--input", "input.json", "--tasks", "tasks.json", "--history", "run.json", "--quiet")
    assert done.exit_code == 0, done.output
    assert run("profile", "run.json").output.startswith("[profile]\n\n[profile.states.")
    target = "pipelines/orders.profile.toml"
    traffic(project, '[profile]\nexecutions_per_month = 7\n[profile.states."Stock"]\nmemory_mb = 256\n')
    assert run("profile", "run.json", "-o", target).exit_code == 0
    text = (project / target).read_text()
    assert "executions_per_month = 7" in text
    assert '[profile.states."Stock"]\nduration = 0.3\n' in text
    assert "memory_mb = 256" in text
    assert run("cost", "orders").exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        pytest.param(("cost", "ordrs"), "did you mean 'orders'?", id="no such pipeline"),
        pytest.param(
            ("cost", "--diff"),
            "--profile, --measured and --diff are about one PIPELINE: name it",
            id="a difference of all",
        ),
        pytest.param(("cost", "orders", "--measured", "power.json"), "--measured takes STATE=FILE", id="no state"),
        pytest.param(("profile", "pipelines/orders.py"), "is not JSON", id="no history"),
    ],
)
def test_wrong_calls(project: Path, arguments: tuple[str, ...], told: str) -> None:
    done = run(*arguments)
    assert done.exit_code == 2
    assert told in done.stderr


def test_a_rewrite_that_breaks_a_machine_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    @rewrite_of("R0")
    def lose_the_end(draft: Draft) -> None:
        """Remove a state that another leads to."""
        if "B" in draft:
            draft.remove("B")
            draft.did(Reason.CANNOT_FAIL, removed=("B",))

    monkeypatch.setattr(rewrites, "REWRITES", (lose_the_end,))
    monkeypatch.setattr(
        rewrites.rewrite, "__kwdefaults__", {**rewrites.rewrite.__kwdefaults__, "rewrites": (lose_the_end,)}
    )
    machine = asl.read({"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "B"}, "B": {"Type": "Succeed"}}})
    with pytest.raises(BrokenRewrite, match=r"rewrite lose_the_end \(R0\) of B: .*'B'"):
        compile_workflow(Workflow(name="w", machine=machine))
