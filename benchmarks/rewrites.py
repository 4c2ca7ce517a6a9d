"""What rewrites and Express children do to machines that people published: what is touched and saved, what breaks.

The definitions are those of ../shared/corpus. Usage: `python -m benchmarks.rewrites [--why] [--json FILE]`.

Each rewrite runs alone, then all together, then Express children, for which everything is taken to be idempotent and
every task to take a second. The simulator runs each changed machine before and after, with faults and odd inputs; the
checks and asl-validator (npm, see `tools/judges`) judge what came out. Transitions are counted once for each way that
got shorter, and in the executions that were run.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from attrs import define, field

from sfdsl.cost.rewrites import REWRITES, Rewrite, rewrite
from sfdsl.model import asl
from sfdsl.model.workflow import Workflow
from tests.cost.partition import test_corpus as children
from tests.cost.rewrites.test_corpus import Words, corpus, errors, filled, run

ROOT = Path(__file__).resolve().parent.parent
SEEDS = 6
COLUMNS = (
    "machines",
    "states",
    "saved",
    "executions",
    "with faults",
    "before",
    "after",
    "different",
    "new errors",
    "refused",
)


@define
class Row:
    """What one rewrite came to, or all of them.

    Attributes:
        made: Definitions that came out, by the name of a file.
        given: Those they were made of.
    """

    count: Counter[str] = field(factory=Counter)
    different: list[str] = field(factory=list)
    made: dict[str, Any] = field(factory=dict)
    given: dict[str, Any] = field(factory=dict)


def rewritten(workflows: Iterable[tuple[str, Workflow]], rewrites: tuple[Rewrite, ...]) -> Row:
    """What some rewrites do to published machines."""
    row = Row()
    for name, workflow in workflows:
        result = rewrite(workflow, rewrites=rewrites)
        if not result.evidence:
            continue
        row.count["machines"] += 1
        row.count["states"] += sum(len(done.removed) for done in result.evidence)
        row.count["saved"] += sum(done.transitions_saved for done in result.evidence)
        row.count["new errors"] += (errors(result.workflow) - errors(workflow)).total()
        row.given[name], row.made[name] = asl.write(workflow.machine), asl.write(result.workflow.machine)
        before = Workflow(name="w", machine=asl.read(filled(asl.write(workflow.machine))), type=workflow.type)
        after = rewrite(before, rewrites=rewrites).workflow
        words = Words(before)
        for seed in range(SEEDS):
            given, faults = words.draw(random.Random(f"{name} {seed}")), (0.0, 0.15, 0.4)[seed % 3]
            was, now = (run(each, given, seed, faults, words) for each in (before, after))
            row.count["executions"] += 1
            if isinstance(was, str) or isinstance(now, str):
                same = was == now
            else:
                same = was.same(now) and now.transitions <= was.transitions
                row.count["with faults"] += bool(was.faults)
                if "TOO LONG" not in (was.status, now.status):
                    row.count["before"] += was.transitions
                    row.count["after"] += now.transitions
            if not same:
                row.different.append(f"{name} {seed}")
    return row


def outlined() -> Row:
    """What Express children do to published machines."""
    row = Row()
    for name, plan, found in children.outlined():
        row.count["machines"] += 1
        row.count["states"] += sum(len(region.states) for region in plan.regions)
        for number, each in enumerate(children.machines(found)):
            row.made[f"{name}-{number}"] = asl.write(each.machine)
            row.count["new errors"] += len(set(errors(each)) - set(errors(plan.workflow)))
        row.given[f"{name}-0"] = asl.write(plan.workflow.machine)
        row.count["executions"] += len(children.FAULTS)
        try:
            ends = children.compare(name, plan, found)
        except AssertionError:
            row.different.append(name)
            continue
        row.count["before"] += ends["transitions before"]
        row.count["after"] += ends["transitions after"]
        row.count["with faults"] += ends["with faults"]
    return row


def refused(definitions: dict[str, Any]) -> set[str]:
    """The definitions that asl-validator refuses."""
    with tempfile.TemporaryDirectory() as folder:
        for name, definition in definitions.items():
            Path(folder, f"{name}.asl.json").write_text(json.dumps(definition), encoding="utf-8")
        command = ["node", str(ROOT / "tools" / "mermaid" / "validate-asl.mjs"), folder]
        told = subprocess.run(command, capture_output=True, text=True, check=False)
    if "definitions are valid" not in told.stdout and definitions:
        sys.exit(f"asl-validator does not run; `make judges` installs it\n{told.stderr}")
    return {
        Path(line.partition(":")[0]).name[: -len(".asl.json")]
        for line in told.stderr.splitlines()
        if ".asl.json:" in line
    }


def machine(name: str) -> str:
    """The published machine that a definition is, or is a part of."""
    return name.partition("-")[0]


def rows() -> Iterator[tuple[str, str, Row]]:
    workflows = list(corpus())
    for each in REWRITES:
        yield each.name, each.number, rewritten(workflows, (each,))
    yield "all rewrites", "", rewritten(workflows, REWRITES)
    yield "Express children", "R17, R19", outlined()


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


def reasons(print_line: Callable[[str], None]) -> None:
    """Why things were left alone, the most frequent first."""
    told: Counter[tuple[str, str]] = Counter()
    for _, workflow in corpus():
        told.update((refusal.rewrite, refusal.hazard.value) for refusal in rewrite(workflow).refusals)
    for (name, hazard), times in told.most_common():
        print_line(f"{times:>5}  {name}: {hazard}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--why", action="store_true", help="tell why things were left alone, too")
    options = parser.parse_args()
    began = time.perf_counter()
    print(f"{'rewrite':<20}{'rule':>9}" + "".join(f"{column:>12}" for column in COLUMNS))
    found: dict[str, dict[str, int]] = {}
    bad = False
    for name, number, row in rows():
        row.count["different"] = len(row.different)
        before = {machine(each) for each in refused(row.given)}
        row.count["refused"] = sum(machine(each) not in before for each in refused(row.made))
        found[name] = {column: row.count[column] for column in COLUMNS}
        print(f"{name:<20}{number:>9}" + "".join(f"{row.count[column]:>12}" for column in COLUMNS), flush=True)
        for each in row.different:
            print(f"  differs: {each}")
        bad = bad or any(row.count[column] for column in ("different", "new errors", "refused"))
    print(f"{time.perf_counter() - began:.0f} s; refused: by asl-validator, and not before")
    if options.why:
        reasons(print)
    if options.json:
        options.json.write_text(json.dumps(found, indent=2) + "\n")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
