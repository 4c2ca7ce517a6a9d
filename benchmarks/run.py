"""Measure sfdsl against sfnx, and the AWS data science SDK where it is installed, on the same machines.

Everything runs in one go on one machine and is told as ratios, because the machine's own speed cancels out.
Usage: `make bench`, or `python benchmarks/run.py [--sizes 10 100] [--repeat 5] [--json FILE]`.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))
import machines

SIZES = (10, 100, 1000, 5000)


def median(runs: list[float]) -> float:
    return statistics.median(runs)


def interleaved(tasks: dict[str, Callable[[], float]], repeat: int) -> dict[str, list[float]]:
    """Seconds of each task's runs, taken in turn so that a slow moment of the machine meets all alike."""
    times: dict[str, list[float]] = {name: [] for name in tasks}
    for _ in range(repeat):
        for name, task in tasks.items():
            times[name].append(task())
    return times


def process(*command: str, cwd: Path) -> Callable[[], float]:
    def run() -> float:
        began = time.perf_counter()
        subprocess.run(command, cwd=cwd, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        return time.perf_counter() - began

    return run


def in_process(setup: str, statement: str, cwd: Path) -> Callable[[], float]:
    """A fresh interpreter that imports everything first and prints the seconds of the statement alone."""
    code = f"{setup}\nimport time\nbegan = time.perf_counter()\n{statement}\nprint(time.perf_counter() - began)"

    def run() -> float:
        done = subprocess.run([sys.executable, "-c", code], cwd=cwd, check=True, capture_output=True, text=True)
        return float(done.stdout.splitlines()[-1])

    return run


def available(module: str) -> bool:
    return importlib.util.find_spec(module) is not None


WARM_SFDSL = """
from pathlib import Path
from sfdsl.load import pipeline_file
from sfdsl.compile import compile_pipeline
from sfdsl.graph import WorkflowGraph
from sfdsl.dsl.lower import lower
from sfdsl.emit import asl
import sfdsl.checks
warm = compile_pipeline(pipeline_file(Path("warm.py")).pipelines[0])
assert warm.files
"""
WARM_SFNX = """
from sfnx.compiler import definitions, read
definitions(read("warm_sfnx.py"), "warm_sfnx.py", False)
"""


def measure(size: int, repeat: int, folder: Path) -> dict[str, dict[str, list[float]]]:
    """Whole processes and work in process, for one size; the runs of each by name."""
    bin_ = Path(sys.executable).parent
    (folder / "bench.py").write_text(machines.for_sfdsl(size))
    (folder / "bench_sfnx.py").write_text(machines.for_sfnx(size))
    whole = {
        "sfdsl compile (everything)": process(str(bin_ / "sfdsl"), "compile", "bench.py", "-o", "out", cwd=folder),
        "sfdsl check": process(str(bin_ / "sfdsl"), "check", "bench.py", cwd=folder),
    }
    inside = {
        "sfdsl everything": in_process(
            WARM_SFDSL, 'c = compile_pipeline(pipeline_file(Path("bench.py")).pipelines[0]); assert c.files', folder
        ),
        "sfdsl ASL": in_process(
            WARM_SFDSL, 'asl.emit(lower(pipeline_file(Path("bench.py")).pipelines[0]).workflow)', folder
        ),
    }
    if available("sfnx"):
        whole["sfnx compile (ASL)"] = process(
            str(bin_ / "sfnx"), "compile", "bench_sfnx.py", "-o", "out.json", cwd=folder
        )
        inside["sfnx ASL"] = in_process(WARM_SFNX, 'definitions(read("bench_sfnx.py"), "bench_sfnx.py", False)', folder)
    if available("stepfunctions"):
        (folder / "bench_sdk.py").write_text(machines.for_stepfunctions(size))
        whole["stepfunctions (ASL)"] = process(sys.executable, "bench_sdk.py", cwd=folder)
    runs = 1 if size >= 5000 else max(3, repeat // 3) if size >= 1000 else repeat
    return {"whole process": interleaved(whole, runs), "in process": interleaved(inside, runs)}


def imports(repeat: int, folder: Path) -> dict[str, list[float]]:
    """Milliseconds are for people; the ratio to bare Python is what is compared."""
    tasks = {
        name: process(sys.executable, "-c", code, cwd=folder)
        for name, code in (("bare Python", "pass"), ("import sfdsl", "import sfdsl"), ("import sfnx", "import sfnx"))
        if name != "import sfnx" or available("sfnx")
    }
    return interleaved(tasks, repeat * 3)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    parser.add_argument("--repeat", type=int, default=9)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    results: dict[str, Any] = {}
    os.environ["PYTHONDONTWRITEBYTECODE"] = ""  # both tools start from compiled modules, as an installed tool does
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "pyproject.toml").write_text("")
        (folder / "warm.py").write_text(machines.for_sfdsl(10))
        (folder / "warm_sfnx.py").write_text(machines.for_sfnx(10))
        began = imports(options.repeat, folder)
        results["imports"] = {key: min(runs) for key, runs in began.items()}
        bare = results["imports"]["bare Python"]
        for key, seconds in results["imports"].items():
            print(f"{key:<28} {seconds * 1000:8.1f} ms   {(seconds - bare) * 1000:+7.1f} ms over bare Python")
        for size in options.sizes:
            kinds = measure(size, options.repeat, folder)
            results[str(size)] = {kind: {key: median(runs) for key, runs in of.items()} for kind, of in kinds.items()}
            for kind, of in results[str(size)].items():
                print(f"\n{size} states, {kind}")
                judge = next((seconds for key, seconds in of.items() if key.startswith("sfnx")), None)
                for key, seconds in of.items():
                    ratio = f"   {seconds / judge:6.2f} x sfnx" if judge else ""
                    print(f"  {key:<28} {seconds * 1000:9.1f} ms{ratio}")
        if "1000" in results and "5000" in results:
            print("\ngrowth from 1,000 to 5,000 states (linear is 5)")
            for kind, of in results["5000"].items():
                for key, seconds in of.items():
                    before = results["1000"][kind].get(key)
                    if before:
                        print(f"  {key:<28} {kind:<14} {seconds / before:6.2f}")
    if options.json:
        options.json.write_text(json.dumps(results, indent=2) + "\n")


if __name__ == "__main__":
    main()
