"""How the work on a machine grows with its size: seconds at 1,000 and 5,000 states, and their ratio (linear is 5).

Every figure is the best of three runs in one process, after a run on a small machine has loaded what is needed.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from sfdsl import checks
from sfdsl.emit import asl, graphviz, mermaid
from sfdsl.graph import WorkflowGraph
from sfdsl.jsonata_text import facts
from sfdsl.model.asl import read, write
from sfdsl.model.workflow import Workflow
from sfdsl.permissions import derive

SIZES = (1000, 5000)
FAMILIES = {
    "structure": checks.structure.CHECKS,
    "dataflow": checks.dataflow.CHECKS,
    "errors": checks.errors.CHECKS,
    "limits": checks.limits.CHECKS,
    "integrations": checks.integrations.CHECKS,
    "permissions": checks.permissions.CHECKS,
}


def definition(size: int) -> dict[str, Any]:
    """Tasks that read the variable of the one before, with retries and a catcher, and Choices that lead back."""
    states: dict[str, Any] = {}
    for i in range(0, size - 2, 2):
        states[f"T{i}"] = {
            "Type": "Task",
            "Resource": "arn:aws:states:::lambda:invoke",
            "Arguments": {"FunctionName": f"f{i % 50}", "Payload": {"x": f"{{% $v{i - 2} %}}" if i else 1}},
            "Assign": {f"v{i}": "{% $states.result.Payload.x %}"},
            "TimeoutSeconds": 60,
            "Retry": [{"ErrorEquals": ["Lambda.TooManyRequestsException"], "MaxAttempts": 2}],
            "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Failed"}],
            "Next": f"C{i}",
        }
        rules = [{"Condition": f"{{% $v{i} > {i} %}}", "Next": f"T{max(0, i - 2)}"}]
        after = f"T{i + 2}" if i + 2 < size - 2 else "Done"
        states[f"C{i}"] = {"Type": "Choice", "Choices": rules, "Default": after}
    states["Done"] = {"Type": "Succeed"}
    states["Failed"] = {"Type": "Fail", "Error": "Failed"}
    return {"QueryLanguage": "JSONata", "StartAt": "T0", "States": states}


def tasks(size: int) -> dict[str, Callable[[], object]]:
    given = definition(size)
    machine = read(given)

    def fresh() -> WorkflowGraph:
        return WorkflowGraph(Workflow(name="growth", machine=machine))

    shared = fresh()
    found: dict[str, Callable[[], object]] = {
        "read": lambda: read(given),
        "write": lambda: write(machine),
        "graph": lambda: fresh().graph(fresh().scopes[0]).completes_before("T0", "T4"),
        "all checks": lambda: checks.check(fresh()),
    }
    for family, rules in FAMILIES.items():
        found[f"checks: {family}"] = lambda rules=rules: run(rules, fresh())
    found |= {
        "permissions": lambda: derive(fresh()),
        "emit: asl": lambda: asl.emit(shared.workflow),
        "emit: mermaid": lambda: mermaid.emit(fresh()),
        "emit: graphviz": lambda: graphviz.emit(fresh()),
        "facts of expressions": lambda: [facts(f"{{% $a{i}.b = {size} %}}") for i in range(size)],
    }
    return found


def run(rules: tuple[type[checks.Check], ...], graph: WorkflowGraph) -> list[object]:
    return [finding for rule in rules for finding in rule().run(graph)]


def best(task: Callable[[], object]) -> float:
    runs = []
    for _ in range(3):
        began = time.process_time()
        task()
        runs.append(time.process_time() - began)
    return min(runs)


def main() -> None:
    for warm in tasks(10).values():
        warm()
    small, large = ({name: best(task) for name, task in tasks(size).items()} for size in SIZES)
    print(f"{'':<24}{SIZES[0]:>10,}{SIZES[1]:>10,}   growth")
    for name in small:
        print(f"{name:<24}{small[name] * 1000:>8.1f}ms{large[name] * 1000:>8.1f}ms   {large[name] / small[name]:5.2f}")


if __name__ == "__main__":
    main()
