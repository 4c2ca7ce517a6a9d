"""What the simulator and the checks say of everything recorded on AWS: counts by feature, and each difference.

python benchmarks/recordings.py
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # the comparison lies beside the tests

from tests.simulate import recordings, test_definitions, test_teststate
from tests.simulate.recordings import features

Record = dict[str, Any]
differing: list[str] = []


def table(
    title: str, records: Iterable[Record], equal: Callable[[Record], bool], kinds: Callable[[Record], list[str]]
) -> None:
    """Print how many records are equal to AWS's, by kind; a record has many kinds."""
    counts: dict[str, Counter[bool]] = {}
    for record in records:
        verdict = equal(record)
        if not verdict:
            differing.append(f"{title}: {record['id']}")
        for kind in kinds(record):
            counts.setdefault(kind, Counter())[verdict] += 1
    print(f"\n{title:<44}  equal  different")
    for kind, verdicts in sorted(counts.items(), key=lambda pair: (-sum(pair[1].values()), pair[0])):
        print(f"  {kind:<42}  {verdicts[True]:>5}  {verdicts[False]:>9}")


def left_out(records: Iterable[Record], reason: Callable[[Record], str | None]) -> None:
    """Print why records are not compared."""
    counts = Counter(why for record in records if (why := reason(record)) is not None)
    for why, count in counts.most_common():
        print(f"  {'not compared: ' + why:<90}  {count:>4}")


def main() -> int:
    """Print all tables."""
    executions = recordings.executions()
    print(f"{len(executions)} executions that AWS validated")
    ends = [record for record in executions if recordings.not_compared(record) is None]
    table("status, error, cause and output", ends, recordings.ends_as_recorded, features)
    left_out(executions, recordings.not_compared)
    asked = [record for record in ends if record["task_inputs"]]
    table("what tasks were called with", asked, recordings.calls_as_recorded, lambda record: ["executions"])
    attempts = sum(len(each) for record in asked for each in record["task_inputs"].values())
    print(f"  {attempts} calls in all")
    told = [record for record in executions if recordings.history_not_compared(record) is None]
    table("history, event by event", told, recordings.history_as_recorded, features)
    left_out(executions, recordings.history_not_compared)
    print(f"  {sum(len(record['history']) for record in told)} events in all")
    older = sum(map(recordings.older_links, told))
    print(
        f"  {older} MapStateExited events recorded before {recordings.OLDER_LINKS} name MapRunSucceeded as what led to"
    )
    print("  them; later recordings, and the simulator, name MapRunStarted. Nothing else of them differs.")
    table(
        "definitions",
        test_definitions.definitions(),
        lambda record: test_definitions.accepted(record) == record["accepted"],
        lambda record: ["all", "accepted by AWS" if record["accepted"] else "refused by AWS"],
    )
    table(
        "TestState calls",
        test_teststate.calls(),
        lambda record: recordings.like(record["expected"], test_teststate.answer(record)),
        lambda record: ["all", record["expected"].get("status", "refused"), f"level {record['inspection_level']}"],
    )
    print(f"\n{len(differing)} differences")
    print("".join(f"  {each}\n" for each in sorted(differing)), end="")
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
