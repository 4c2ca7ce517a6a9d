"""What sfdsl makes of the definitions in ../shared/corpus: reading without loss, and what the checks say.

Usage: `python benchmarks/corpus.py [--errors]`; with `--errors` every error is printed with its place and its hint.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import Counter
from pathlib import Path
from typing import Any

from sfdsl.checks import check
from sfdsl.diagnostics import Severity, place
from sfdsl.graph import WorkflowGraph
from sfdsl.load import asl_file, with_lines
from sfdsl.model.asl import read, write
from sfdsl.model.workflow import MachineType

CORPUS = Path(__file__).resolve().parent.parent.parent / "shared" / "corpus"


def ordered(value: Any) -> Any:
    """The value with the keys of each `States` as pairs, so that their order takes part in comparisons."""
    if isinstance(value, dict):
        return {
            key: list(map(list, ordered(item).items())) if key == "States" and isinstance(item, dict) else ordered(item)
            for key, item in value.items()
        }
    return [ordered(item) for item in value] if isinstance(value, list) else value


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--errors", action="store_true")
    options = parser.parse_args()
    index = {row["file"]: row for row in map(json.loads, (CORPUS / "index.jsonl").read_text().splitlines())}
    lossless = crashed = 0
    by_rule: dict[str, Counter[str]] = {severity.value: Counter() for severity in Severity}
    files_with_errors: set[str] = set()
    began = time.perf_counter()
    files = sorted((CORPUS / "asl").glob("*.json"))
    for file in files:
        value = json.loads(file.read_text())
        lossless += ordered(write(read(value))) == ordered(value)
        row = index[f"asl/{file.name}"]
        try:
            workflow, findings = asl_file(
                file, MachineType.EXPRESS if row["type"] == "EXPRESS" else MachineType.STANDARD
            )
            assert workflow is not None
            findings = with_lines([*findings, *check(WorkflowGraph(workflow))], file.read_text())
        except Exception as problem:
            crashed += 1
            print(f"crash: {file.name}: {problem!r}")
            continue
        for finding in findings:
            by_rule[finding.severity.value][finding.code] += 1
            if finding.severity is Severity.ERROR:
                files_with_errors.add(file.name)
                if options.errors:
                    print(
                        f"{row['origin']:<9} {place(finding.origin).rpartition('asl/')[2]}: "
                        f"{finding.code} {finding.message}"
                    )
    seconds = time.perf_counter() - began
    print(f"lossless: {lossless} of {len(files)}; crashes: {crashed}; {seconds:.1f} s")
    for severity, counts in by_rule.items():
        told = ", ".join(f"{code} {number}" for code, number in sorted(counts.items()))
        print(f"{severity}s: {counts.total()} ({told})")
    print(f"definitions with errors: {len(files_with_errors)}")


if __name__ == "__main__":
    main()
