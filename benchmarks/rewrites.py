"""What the rewrites do to machines that people published: which are touched, what is saved, and that none gets worse.

The definitions are those of ../shared/corpus. Usage: `python benchmarks/rewrites.py [FOLDER] [--json FILE] [--why]`.
Transitions are counted once for each way that got shorter, however often an execution takes it.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

from sfdsl.checks import check
from sfdsl.cost.rewrites import REWRITES, rewrite
from sfdsl.diagnostics import Severity
from sfdsl.graph import WorkflowGraph
from sfdsl.model import asl
from sfdsl.model.workflow import Workflow, walk

CORPUS = Path(__file__).resolve().parent.parent.parent / "shared" / "corpus" / "asl"


def errors(workflow: Workflow) -> Counter[str]:
    return Counter(finding.code for finding in check(WorkflowGraph(workflow)) if finding.severity is Severity.ERROR)


def states(workflow: Workflow) -> int:
    return sum(1 for _ in walk(workflow.machine))


def chain(size: int) -> Workflow:
    """Tasks in a row, each behind a Pass that prepares its arguments."""
    made: dict[str, Any] = {}
    for i in range(size):
        way: dict[str, Any] = {"Next": f"S{i + 1}"} if i + 1 < size else {"End": True}
        if i % 2:
            resource = "arn:aws:lambda:us-east-1:123456789012:function:f"
            made[f"S{i}"] = {"Type": "Task", "Resource": resource, "Arguments": {"a": "{% $states.input.a %}"}, **way}
        else:
            made[f"S{i}"] = {"Type": "Pass", "Output": {"a": f"{{% $states.input.a{i} & 'x' %}}"}, **way}
    machine = asl.read({"QueryLanguage": "JSONata", "StartAt": "S0", "States": made})
    return Workflow(name="chain", machine=machine)


def measure(folder: Path) -> dict[str, Any]:
    machines: Counter[str] = Counter()
    removed: Counter[str] = Counter()
    saved: Counter[str] = Counter()
    refused: Counter[tuple[str, str]] = Counter()
    worse: list[str] = []
    count, before, after, seconds = 0, 0, 0, 0.0
    for file in sorted(folder.glob("*.json")):
        workflow = Workflow(name="w", machine=asl.read(json.loads(file.read_text(encoding="utf-8"))))
        began = time.perf_counter()
        result = rewrite(workflow)
        seconds += time.perf_counter() - began
        count += 1
        before += states(workflow)
        after += states(result.workflow)
        machines.update({done.rewrite for done in result.evidence})
        machines.update(["any"] if result.evidence else [])
        for done in result.evidence:
            removed[done.rewrite] += len(done.removed)
            saved[done.rewrite] += done.transitions_saved
        refused.update((refusal.rewrite, refusal.hazard.value) for refusal in result.refusals)
        if errors(result.workflow) - errors(workflow):
            worse.append(file.name)
    table = {
        each.name: {"rule": each.number, "machines": machines[each.name], "states removed": removed[each.name],
                    "transitions saved": saved[each.name]}
        for each in REWRITES
    }  # fmt: skip
    totals = {"machines": count, "touched": machines["any"], "states before": before, "states after": after}
    return {"rules": table, "totals": totals, "worse": worse, "refused": refused, "seconds": seconds}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?", default=CORPUS)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--why", action="store_true", help="tell why things were left alone, too")
    options = parser.parse_args()
    if not options.folder.is_dir():
        print(f"no folder {options.folder}: name one with definitions", file=sys.stderr)
        return 2
    found = measure(options.folder)
    print(f"{'rewrite':<20}{'rule':>5}{'machines':>10}{'states':>9}{'transitions':>13}")
    for name, row in found["rules"].items():
        cells = row["machines"], row["states removed"], row["transitions saved"]
        print(f"{name:<20}{row['rule']:>5}{cells[0]:>10}{cells[1]:>9}{cells[2]:>13}")
    totals = found["totals"]
    print(
        f"\n{totals['touched']} of {totals['machines']} machines, "
        f"{totals['states before']} -> {totals['states after']} states"
    )
    print(f"new errors of the checks in {len(found['worse'])} machines {' '.join(found['worse'])}")
    print(f"{found['seconds']:.2f} s for all of them")
    if options.why:
        print()
        for (name, hazard), times in found["refused"].most_common():
            print(f"{times:>5}  {name}: {hazard}")
    times = []
    for size in (500, 1000, 5000):
        workflow = chain(size)
        began = time.perf_counter()
        rewrite(workflow)
        times.append(time.perf_counter() - began)
        print(f"{size:>5} states, every other one a Pass: {times[-1]:.2f} s")
    if options.json:
        found["refused"] = {f"{name}: {hazard}": n for (name, hazard), n in found["refused"].items()}
        options.json.write_text(json.dumps(found, indent=2) + "\n")
    return 1 if found["worse"] else 0


if __name__ == "__main__":
    sys.exit(main())
