"""The rules take long machines and load nothing heavy, also where everything is wrong."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest

from tests.checks.structure.machines import findings, machine

SIZE = 5_000


def chain(wrong: bool) -> dict[str, Any]:
    """A long way of Tasks and Choices that lead back by three; or the same with every Next and field misspelt."""
    states: dict[str, Any] = {}
    for i in range(0, SIZE, 2):
        states[f"T{i}"] = {"Type": "Task", "Resource": "arn:aws:states:::glue:startJobRun.sync", "Next": f"C{i}"}
        rules = [{"Variable": "$.x", "NumericEquals": 3, "Next": f"T{max(0, i - 2)}"}]
        states[f"C{i}"] = {"Type": "Choice", "Choices": rules, "Default": f"T{i + 2}" if i + 2 < SIZE else "Done"}
        if wrong:
            states[f"T{i}"] |= {"Next": f"K{i}", "Coment": "c", "TimeoutSeconds": "5", "Retry": [{"ErrorEquals": "E"}]}
    return machine(**states, Done={"Type": "Succeed"})


@pytest.mark.parametrize(("wrong", "least"), [(False, 0), (True, 4 * SIZE // 2)])
def test_five_thousand_states(wrong: bool, least: int) -> None:
    found = findings(chain(wrong))
    assert len(found) >= least
    assert bool(found) is wrong


def test_nothing_heavy_is_loaded() -> None:
    code = (
        "import sys\n"
        "from tests.checks.structure.test_long_machines import chain\n"
        "from tests.checks.structure.machines import findings\n"
        "from tests.checks.errors.machines import findings as errors\n"
        "findings(chain(False)), errors(chain(False)), findings(chain(True)), errors(chain(True))\n"
        "heavy = {'networkx', 'botocore', 'jinja2', 'graphviz', 'jsonata', 'click', 'rich'}\n"
        "print(sorted(heavy & {name.split('.')[0] for name in sys.modules}))\n"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"
